"""What is lost where close-ups are looked at in fewer pixels: AP50 on the val pictures of each source.

    python -m benchmarks.close_ups ../shared/datasets

With the network `fast`: all pictures at its own size, all at `detector.input_size.CLOSE_UP_PX`, and only those that
the look at its own size shows to be close-ups, as in a clip the look before does. What else can be told from pictures,
such as the kinds, is in there; what it does to tracks and counts is told by `benchmarks.look_schedule`. Prints a
table and writes benchmarks/results/close_ups.json.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.accuracy import FLOOR
from benchmarks.results import write_results
from detector.detections import Detections
from detector.input_size import CLOSE_UP_PX, is_close_up
from detector.model import Network, load_network
from detector.shot_findings import LOW_SCORE_SHARE
from models.box_precision import agnostic_precision, class_precision
from models.figures import CONFUSION_SOURCE
from models.truth import Truth, read_picture, vehicle_truth

SOURCES = ("mian", "zem", "visdrone", "obulka")


@dataclass(frozen=True)
class Looked:
    """Pictures, and what was found in each at the network's own size and at that of close-ups."""

    truths: Sequence[Truth]
    own: Sequence[Detections]
    close_up: Sequence[Detections]


def look(network: Network, truths: Sequence[Truth]) -> Looked:
    """Look at every picture in both sizes."""
    sizes_px = (network.card.size_px, CLOSE_UP_PX)
    found = [
        [network.detect([read_picture(truth.picture)], confidence=FLOOR, size_px=size_px)[0] for size_px in sizes_px]
        for truth in truths
    ]
    own, close_up = zip(*found, strict=True)
    return Looked(truths, own, close_up)


def close_ups(looked: Looked, confidence: float) -> list[bool]:
    """Of each picture, whether it is one by what the analysis would be shown of the look at the own size."""
    return [
        is_close_up(found.above(LOW_SCORE_SHARE * confidence), confidence, max(truth.width_px, truth.height_px))
        for truth, found in zip(looked.truths, looked.own, strict=True)
    ]


def figures(looked: Looked, confidence: float, classes: Sequence[str] | None) -> dict[str, Any]:
    """AP50 each way, of the kinds too where `classes` are given, and the share of close-ups."""
    chosen = close_ups(looked, confidence)
    both = zip(chosen, looked.close_up, looked.own, strict=True)
    ways = {
        "own_size": looked.own,
        "close_up_size": looked.close_up,
        "close_ups_alone": [smaller if is_one else own for is_one, smaller, own in both],
    }
    return {
        "pictures": len(chosen),
        "share_close_ups": round(sum(chosen) / len(chosen), 2),
        **{name: _ap50(looked.truths, found, classes) for name, found in ways.items()},
    }


def _ap50(truths: Sequence[Truth], found: Sequence[Detections], classes: Sequence[str] | None) -> dict[str, Any]:
    ap50 = {"any": agnostic_precision(truths, found)[0].ap50}
    return ap50 if classes is None else ap50 | {"kinds": class_precision(truths, found, classes)[0].ap50}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", type=Path)
    shared = parser.parse_args().datasets
    network = load_network("fast", "cpu", precision="fp32")
    confidence, result = network.card.threshold().confidence, {}
    print("| source | pictures | close-ups | own size | close-up size | close-ups alone |\n|---|---|---|---|---|---|")
    for source in SOURCES:
        classes = network.classes if source == CONFUSION_SOURCE else None
        one = result[source] = figures(look(network, vehicle_truth(shared, source)), confidence, classes)
        ways = (", ".join(map(str, one[name].values())) for name in ("own_size", "close_up_size", "close_ups_alone"))
        print("|", " | ".join([source, str(one["pictures"]), str(one["share_close_ups"]), *ways]), "|", flush=True)
    write_results("close_ups", {"size_px": network.card.size_px, "close_up_px": CLOSE_UP_PX, "sources": result})


if __name__ == "__main__":
    main()
