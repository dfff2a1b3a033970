"""Measure a released network on val and write what was found: thresholds, figures, card.

    python -m models.evaluate vehicles ../shared/datasets
    python -m models.evaluate smoke_fire ../shared/datasets --torch runs/smoke_fire_2/weights/last.pt

Looks once at every val picture through `detector.model` and prints the tables of benchmarks/accuracy.py. Writes the
thresholds, the calibration and a summary of the figures into models/<network>/model.json, all figures into
benchmarks/results/accuracy_<network>.json, and the card models/<network>/README.md.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from benchmarks.accuracy import all_sources, beside_torch, figures_of, is_of_vehicles, see, usual_sizes_px
from benchmarks.accuracy_tables import tables
from benchmarks.results import write_results, write_whole
from detector.model import load_network
from detector.model_card import ModelCard, Threshold
from models.calibration import (
    add_frame_thresholds,
    calibration,
    choose_thresholds,
    frame_reliability,
    smoke_fire_sources,
    vehicle_sources,
)
from models.card import write_card
from models.figures import Seen
from models.frame_calibration import frame_calibration
from models.manifest import write_manifest
from models.truth import FRAMES

MODELS = Path("models")


def calibrated(card: ModelCard, seen: Mapping[str, Seen], release: Mapping[str, Any]) -> dict[str, Any]:
    """`thresholds`, `calibration` and, of whole frames, `frame_calibration` as model.json has them."""
    judged = (vehicle_sources if is_of_vehicles(card) else smoke_fire_sources)(seen, card.size_px)
    thresholds = choose_thresholds(judged, card.size_px, release["thresholds"])
    measured = {"thresholds": thresholds, "calibration": calibration(judged, card.size_px)}
    if not is_of_vehicles(card):
        add_frame_thresholds(thresholds, seen[FRAMES], card.size_px)
        measured["calibration"]["frames"] = frame_reliability(seen[FRAMES], card.size_px)
        measured["frame_calibration"] = frame_calibration(seen[FRAMES], card.size_px)
    return measured


def summary(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures that travel with the network; all of them are kept under benchmarks/results/."""
    short: dict[str, Any] = {
        kind: {
            source: {size_px: at[kind] for size_px, at in found["at_px"].items()}
            for source, found in figures["sources"].items()
        }
        for kind in ("class_agnostic", "mean_over_classes")
    }
    if figures.get("frames"):
        short["frame_average_precision"] = {
            size_px: {
                kind: {group: of["average_precision"] for group, of in found["groups"].items()}
                for kind, found in kinds.items()
            }
            for size_px, kinds in figures["frames"]["at_px"].items()
        }
    return short


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", help="a released network: a folder below models/")
    parser.add_argument("shared", type=Path, help="folder that holds the sources")
    parser.add_argument("--torch", type=Path, help="checkpoint that the graph was exported from, to compare with")
    arguments = parser.parse_args()
    network = load_network(arguments.network, "auto", precision="fp32")
    card = network.card
    folder = MODELS / card.name
    release = yaml.safe_load((folder / "release.yaml").read_text())

    seen = see(network, arguments.shared, all_sources(card), usual_sizes_px(card), print)
    measured = calibrated(card, seen, release)
    typical = measured["thresholds"]["typical"]
    figures = figures_of(network, seen, Threshold(typical["confidence"], typical.get("frame", {})))
    if arguments.torch:
        figures["torch"] = beside_torch(card, seen, arguments.shared, arguments.torch, print)
    print(tables(figures))
    for name, threshold in measured["thresholds"].items():
        print(f"{name} {threshold['confidence']:g}: {threshold['chosen']}")

    document = json.loads((folder / "model.json").read_text()) | measured | {"metrics_on_val": summary(figures)}
    write_whole(folder / "model.json", json.dumps(document, indent=2) + "\n")
    write_manifest(MODELS)
    write_results(f"accuracy_{card.name}", figures)
    write_card(folder)


if __name__ == "__main__":
    main()
