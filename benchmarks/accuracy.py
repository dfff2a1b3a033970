"""How right the released networks are on val, through `detector.model`: what ships is what is measured.

    python -m benchmarks.accuracy ../shared/datasets
    python -m benchmarks.accuracy ../shared/datasets --network smoke_fire
    python -m benchmarks.accuracy ../shared/datasets --sources mian zem --sizes 640
    python -m benchmarks.accuracy ../shared/datasets --torch runs/vehicles_3/weights/last.pt

Prints tables. A run of every source at every usual size, with `--torch`, also writes them to
benchmarks/results/accuracy_<network>.json, the record that the card is written from; any other run leaves it as it is.
Each picture is looked at once a size, down to the
lowest scores, and every figure is derived from these detections. The size of an object is the square root of its box's
area in pixels of the picture scaled to 640 px, the vehicle network's default input, whatever size is looked at.
`--torch` sets the checkpoint that was exported beside the graph: their mAP must agree to 0.002.
"""

import argparse
import hashlib
import importlib.metadata
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import onnxruntime
import yaml
from numpy.typing import NDArray

from benchmarks.accuracy_tables import tables
from benchmarks.results import write_results
from datasets.classes import SMOKE_FIRE_CLASSES
from detector.detections import Detections
from detector.model import Network, load_network
from detector.model_card import ModelCard, Threshold
from models.box_rule import BoxRule
from models.figures import Seen, differences, smoke_fire_figures, vehicle_figures
from models.torch_reference import TorchNetwork
from models.truth import (
    BOXED_SOURCES,
    EMPTY_SOURCES,
    FRAMES,
    VEHICLE_SOURCES,
    read_picture,
    smoke_fire_truth,
    vehicle_truth,
)

FLOOR = 0.005
VEHICLE_SIZES_PX = (640, 960, 1280)


class Detector(Protocol):
    """The network, or what stands in for it."""

    card: ModelCard

    def detect(
        self, images: Sequence[NDArray[np.uint8]], *, confidence: float | None = None, size_px: int | None = None
    ) -> list[Detections]: ...


def is_of_vehicles(card: ModelCard) -> bool:
    """Whether the network finds vehicles, or else smoke and fire: their truth and their figures differ."""
    return card.classes != SMOKE_FIRE_CLASSES


def all_sources(card: ModelCard) -> tuple[str, ...]:
    """Every source that says something of what the network finds, in the order of the tables."""
    return (*VEHICLE_SOURCES, *EMPTY_SOURCES) if is_of_vehicles(card) else (*BOXED_SOURCES, FRAMES)


def usual_sizes_px(card: ModelCard) -> tuple[int, ...]:
    """The sizes that `detect` looks at; if the network looks twice, those that leave its half-size look something."""
    if not is_of_vehicles(card):
        return (card.size_px,)
    return tuple(size_px for size_px in VEHICLE_SIZES_PX if 2 * size_px > card.size_px)


def see(
    network: Detector, shared: Path, sources: Sequence[str], sizes: Sequence[int], say: Callable[[str], None]
) -> dict[str, Seen]:
    """Look once at every picture of the sources at every size.

    Raises:
        SourceError: a source or picture that is not there.
    """
    truth_of = vehicle_truth if is_of_vehicles(network.card) else smoke_fire_truth
    truths = {source: truth_of(shared, source) for source in sources}
    seen = {}
    for source, pictures in truths.items():
        found: dict[int, list[Detections]] = {}
        for size_px in sizes:
            say(f"looking at {source}: {len(pictures)} pictures at {size_px} px")
            found[size_px] = [
                network.detect([read_picture(truth.picture)], confidence=FLOOR, size_px=size_px)[0]
                for truth in pictures
            ]
        seen[source] = Seen(pictures, found)
    return seen


def figures_of(network: Network, seen: Mapping[str, Seen], typical: Threshold) -> dict[str, Any]:
    """What accuracy_<network>.json says, with false alarms and confusion at the typical threshold."""
    card = network.card
    versions = {
        "python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "faster-coco-eval": importlib.metadata.version("faster-coco-eval"),
    }
    about = {
        "network": {"name": card.name, "sha256": card.sha256, "default_size_px": card.size_px},
        "device": network.device.used,
        "versions": versions,
        "pictures": {source: len(look.truths) for source, look in seen.items()},
    }
    if is_of_vehicles(card):
        return about | vehicle_figures(seen, card.size_px, typical.confidence)
    return about | smoke_fire_figures(seen, typical.frame)


def beside_torch(
    card: ModelCard, seen: Mapping[str, Seen], shared: Path, checkpoint: Path, say: Callable[[str], None]
) -> dict[str, Any]:
    """mAP of the exported graph and of the checkpoint itself, at the network's default size."""
    release = yaml.safe_load((Path("models") / card.name / "release.yaml").read_text())
    graph = {
        source: Seen(look.truths, {card.size_px: look.found[card.size_px]})
        for source, look in seen.items()
        if source not in (*EMPTY_SOURCES, FRAMES)
    }
    torch = see(TorchNetwork(checkpoint, card, BoxRule.of(release)), shared, list(graph), [card.size_px], say)
    return {
        "checkpoint_sha256": hashlib.sha256(checkpoint.read_bytes()).hexdigest(),
        "size_px": card.size_px,
        "sources": differences(graph, torch, card.classes),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="folder that holds the sources")
    parser.add_argument("--network", default="vehicles", help="a released network: a folder below models/")
    parser.add_argument("--sizes", type=int, nargs="+", help="longest sides of the input, px")
    parser.add_argument("--sources", nargs="+", help="only these")
    parser.add_argument("--torch", type=Path, help="checkpoint that the graph was exported from")
    arguments = parser.parse_args()
    network = load_network(arguments.network, "auto", precision="fp32")
    card = network.card
    sources, sizes = arguments.sources or all_sources(card), arguments.sizes or usual_sizes_px(card)
    if unknown := set(sources) - set(all_sources(card)):
        parser.error(f"no source {', '.join(sorted(unknown))} for {card.name}: {', '.join(all_sources(card))}")
    if arguments.torch and card.size_px not in sizes:
        parser.error(f"--torch compares at {card.size_px} px, the network's default: add it to --sizes")

    seen = see(network, arguments.shared, sources, sizes, print)
    figures = figures_of(network, seen, card.threshold("typical"))
    if arguments.torch:
        figures["torch"] = beside_torch(card, seen, arguments.shared, arguments.torch, print)
    print(tables(figures))
    if arguments.torch and (tuple(sources), tuple(sizes)) == (all_sources(card), usual_sizes_px(card)):
        write_results(f"accuracy_{card.name}", figures)
    else:
        print(f"accuracy_{card.name}.json is left as it is: only every source and size, with --torch, replaces it")


if __name__ == "__main__":
    main()
