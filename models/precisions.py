"""Measure what a network loses on val in fewer bits, and release that precision if it is next to nothing.

    python -m models.precisions vehicles ../shared/datasets int8
    python -m models.precisions vehicles ../shared/datasets bf16    # where onnxruntime-openvino is installed
    python -m models.precisions vehicles ../shared/datasets fp16    # no GPU needed, see models.halve.rounded

Compares AP50 of "a vehicle is here", and on mian, whose classes are sure, the mean over the kinds, with those of
model.onnx in float32 (benchmarks/results/accuracy_<network>.json), at the sizes that the sources are used at. Keeps the
figures in benchmarks/results/precision_<network>.json. Where none is lower by more than MOST_LOST, the precision is
written into model.json with what it loses, which is what `--precision auto` goes by; else it is taken out.
"""

import argparse
import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import onnx
import onnxruntime

from benchmarks.accuracy import FLOOR
from benchmarks.results import FOLDER, read_results, write_results, write_whole
from detector.device import CPU, Device
from detector.model import GRAPH_FILES, Network, load_card, load_network
from detector.wish import FASTER, Precision
from models.box_precision import agnostic_precision, class_precision
from models.figures import CONFUSION_SOURCE
from models.halve import rounded
from models.manifest import write_manifest
from models.truth import read_picture, vehicle_truth

MODELS = Path("models")
SIZES_PX = {"mian": (640,), "zem": (640,), "visdrone": (640, 960, 1280), "obulka": (640,)}
MOST_LOST = 0.01


ANY, KINDS = "class_agnostic", "mean_over_classes"  # as accuracy_<network>.json names them


@dataclass(frozen=True)
class Measured:
    """AP50 on the pictures of a source, at a longest side in pixels, of ANY or of KINDS."""

    source: str
    size_px: int
    of: str
    ap50: float


def opened(name: str, precision: Precision) -> Network:
    """The network as it computes on the CPU in this precision; in float16 as it would on a GPU, but slower."""
    if precision != "fp16":
        return load_network(name, "cpu", precision=precision)
    content = (MODELS / name / GRAPH_FILES[precision]).read_bytes()
    graph = rounded(onnx.load_from_string(content)).SerializeToString()
    card = replace(load_card(name), sha256=hashlib.sha256(content).hexdigest())
    reason = "float32 on the CPU, with what every operator gives rounded to float16"
    session = onnxruntime.InferenceSession(graph, providers=[CPU])
    return Network(card, session, Device("cpu", "cpu", reason, (CPU,), precision))


def measure(network: Network, shared: Path, sizes_px: Mapping[str, Sequence[int]]) -> Iterator[Measured]:
    """Every figure that is to be compared."""
    for source, sizes in sizes_px.items():
        truths = vehicle_truth(shared, source)
        for size_px in sizes:
            detections = [
                network.detect([read_picture(truth.picture)], confidence=FLOOR, size_px=size_px)[0] for truth in truths
            ]
            yield Measured(source, size_px, ANY, agnostic_precision(truths, detections)[0].as_dict()["ap50"])
            if source == CONFUSION_SOURCE:
                mean, _ = class_precision(truths, detections, network.classes)
                yield Measured(source, size_px, KINDS, mean.as_dict()["ap50"])


def beside_float32(measured: Iterable[Measured], accuracy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each figure with the one in float32 and what is lost.

    Args:
        accuracy: accuracy_<network>.json.
    """
    rows = []
    for each in measured:
        before = accuracy["sources"][each.source]["at_px"][str(each.size_px)][each.of]["ap50"]
        rows.append(asdict(each) | {"fp32": before, "lost": round(before - each.ap50, 4)})
    return rows


def release(folder: Path, precision: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Write the precision into model.json if it loses little enough, or take it out; whether it is in now."""
    document = json.loads((folder / "model.json").read_text())
    precisions = document.pop("precisions", {})
    precisions.pop(precision, None)
    good = all(row["lost"] <= MOST_LOST for row in rows)
    if good:
        precisions[precision] = {
            "ap50_lost": {
                f"{row['source']} {row['size_px']}{', kinds' if row['of'] == KINDS else ''}": row["lost"]
                for row in rows
            }
        }
    if precisions:
        document["precisions"] = precisions
    write_whole(folder / "model.json", json.dumps(document, indent=2) + "\n")
    write_manifest(folder.parent)
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", help="a released network of vehicles: a folder below models/")
    parser.add_argument("shared", type=Path, help="folder that holds the sources")
    parser.add_argument("precision", choices=FASTER)
    arguments = parser.parse_args()
    accuracy = read_results(f"accuracy_{arguments.network}")
    network = opened(arguments.network, arguments.precision)
    rows = beside_float32(measure(network, arguments.shared, SIZES_PX), accuracy)
    for row in rows:
        print(
            f"{row['source']:10} {row['size_px']:5} px  {row['fp32']:.4f}  {row['ap50']:.4f}  lost {row['lost']:+.4f}"
        )
    kept = f"precision_{arguments.network}"
    figures = read_results(kept) if (FOLDER / f"{kept}.json").is_file() else {}
    figures[arguments.precision] = {
        "graph_sha256": network.card.sha256,
        "device": network.device.reason,
        "versions": {
            "python": platform.python_version(),
            "onnxruntime": onnxruntime.__version__,
            "opencv": cv2.__version__,
        },
        "rows": rows,
    }
    write_results(kept, figures)
    good = release(MODELS / arguments.network, arguments.precision, rows)
    print(f"{arguments.precision} is {'released' if good else 'not released'} for {arguments.network}")


if __name__ == "__main__":
    main()
