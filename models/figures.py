"""Every figure of a network from what it found on val: plain dictionaries, as they are kept as JSON.

The size of an object is the square root of its box's area in pixels of the picture scaled to 640 px, the vehicle
network's default input, whatever size is looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from datasets.classes import BOXED_VEHICLES, SMOKE_FIRE_CLASSES, VEHICLE_CLASSES
from detector.detections import Detections
from models.box_precision import (
    SIZE_EDGES_PX,
    SIZE_NAMES,
    agnostic_precision,
    class_precision,
    sizes_px,
)
from models.metrics import Judged, average_precision, confusion, curve, judge, recall_at_false_boxes
from models.truth import BOXED_SOURCES, EMPTY_SOURCES, FRAMES, Truth, boxed_kinds, source_of

CONFUSION_SOURCE = "mian"  # the only source all of whose classes are sure
FRAME_GROUPS: dict[str, tuple[str, ...] | None] = {
    "zem and mian": ("zem", "mian"),
    "drone and elevated (zem, mian, worldkpax, plasma)": ("zem", "mian", "worldkpax", "plasma"),
    "all": None,
}


@dataclass(frozen=True)
class Seen:
    """The val pictures of one source, and what a network found on each, by input size."""

    truths: list[Truth]
    found: dict[int, list[Detections]]


def vehicle_figures(seen: Mapping[str, Seen], default_px: int, confidence: float) -> dict[str, Any]:
    """Every figure of the vehicle network.

    Args:
        default_px: input size of the confusion matrix.
        confidence: operating threshold for empty scenes and the confusion matrix.
    """
    figures: dict[str, Any] = {"sources": {}, "empty": {}}
    for source, look in seen.items():
        if source in EMPTY_SOURCES:
            figures["empty"][source] = _empty_figures(look, confidence)
        else:
            figures["sources"][source] = box_figures(look, VEHICLE_CLASSES)
            if source in BOXED_VEHICLES:
                figures["sources"][f"{source}_own"] = box_figures(only_boxed(look, source), VEHICLE_CLASSES)
    if CONFUSION_SOURCE in seen and default_px in seen[CONFUSION_SOURCE].found:
        look = seen[CONFUSION_SOURCE]
        above = [detections.above(confidence) for detections in look.found[default_px]]
        figures["confusion"] = {
            "source": CONFUSION_SOURCE,
            "size_px": default_px,
            "confidence": confidence,
            "rows": [*VEHICLE_CLASSES, "false alarm"],
            "columns": [*VEHICLE_CLASSES, "missed"],
            "table": confusion(look.truths, above, len(VEHICLE_CLASSES)).tolist(),
        }
    return figures


def box_figures(look: Seen, classes: Sequence[str]) -> dict[str, Any]:
    """What there is to find on one source, and for each input size how much of it is found."""
    sizes = np.concatenate([sizes_px(truth)[~truth.ignore] for truth in look.truths])
    kinds = np.concatenate([truth.classes[~truth.ignore] for truth in look.truths])
    counts = np.histogram(sizes, SIZE_EDGES_PX)[0]
    return {
        "pictures": len(look.truths),
        "boxes": len(sizes),
        "boxes_by_size": dict(zip(SIZE_NAMES, counts.tolist(), strict=True)),
        "boxes_by_class": {name: int((kinds == i).sum()) for i, name in enumerate(classes) if (kinds == i).any()},
        "at_px": {str(size_px): _found_figures(look.truths, found, classes) for size_px, found in look.found.items()},
    }


def _found_figures(truths: list[Truth], found: list[Detections], classes: Sequence[str]) -> dict[str, Any]:
    overall, by_size = agnostic_precision(truths, found)
    mean, by_class = class_precision(truths, found, classes)
    return {
        "class_agnostic": overall.as_dict(),
        "by_size": {name: value.as_dict() for name, value in by_size.items()},
        "mean_over_classes": mean.as_dict(),
        "by_class": {name: value.as_dict() for name, value in by_class.items()},
        "recall_at_1_false_box_a_picture": round(recall_at_false_boxes(judge(truths, found), 1.0), 4),
    }


def _empty_figures(look: Seen, confidence: float) -> dict[str, Any]:
    boxes = {size_px: [len(d.above(confidence)) for d in found] for size_px, found in look.found.items()}
    return {
        "pictures": len(look.truths),
        "confidence": confidence,
        "at_px": {
            str(size_px): {"pictures_with_a_box": sum(n > 0 for n in counts), "boxes": sum(counts)}
            for size_px, counts in boxes.items()
        },
    }


def smoke_fire_figures(seen: Mapping[str, Seen], thresholds: Mapping[str, float]) -> dict[str, Any]:
    """Every figure of the smoke and fire network.

    Args:
        thresholds: frame score of each kind at which a frame is flagged.
    """
    figures: dict[str, Any] = {"sources": {}, "frames": {}}
    for source, look in seen.items():
        if source == FRAMES:
            figures["frames"] = {
                "pictures": len(look.truths),
                "thresholds": dict(thresholds),
                "at_px": {
                    str(size_px): {
                        kind: _frame_figures(look.truths, found, kind, thresholds[kind]) for kind in thresholds
                    }
                    for size_px, found in look.found.items()
                },
            }
        else:
            figures["sources"][source] = box_figures(only_boxed(look, source), SMOKE_FIRE_CLASSES)
    return figures


def only_boxed(look: Seen, source: str) -> Seen:
    """Without the detections of kinds that the source does not box: they are neither right nor wrong."""
    if source in BOXED_VEHICLES:
        kept = [VEHICLE_CLASSES.index(kind) for kind in BOXED_VEHICLES[source]]
    elif source in BOXED_SOURCES:
        kept = [SMOKE_FIRE_CLASSES.index(kind) for kind in boxed_kinds(source)]
    else:
        return look
    found = {px: [d[np.isin(d.classes, kept)] for d in detections] for px, detections in look.found.items()}
    return Seen(look.truths, found)


def frame_scores(truths: Sequence[Truth], found: Sequence[Detections], kind: str) -> tuple[list[Truth], Judged]:
    """Frames of which it is known whether they show a kind, with the score that the network gives them."""
    known = [(truth, d) for truth, d in zip(truths, found, strict=True) if kind in truth.present]
    scores = np.array([_frame_score(d, SMOKE_FIRE_CLASSES.index(kind)) for _, d in known])
    hits = np.array([truth.present[kind] for truth, _ in known], bool)
    return [truth for truth, _ in known], Judged(scores, hits, int(hits.sum()), len(hits))


def _frame_score(found: Detections, class_index: int) -> float:
    """Of a network that does not judge frames, the score of the best box."""
    if found.frame is not None:
        return float(found.frame.scores[class_index])
    return float(found.scores[found.classes == class_index].max(initial=0.0))


def _frame_figures(truths: list[Truth], found: list[Detections], kind: str, threshold: float) -> dict[str, Any]:
    known, judged = frame_scores(truths, found, kind)
    sources = np.array([source_of(truth.picture) for truth in known])
    lookalikes = np.array([truth.lookalike for truth in known])
    flagged, clear = judged.scores >= threshold, ~judged.hits
    precision = {}
    for name, members in FRAME_GROUPS.items():
        chosen = np.isin(sources, members) if members else np.ones(len(known), bool)
        part = Judged(judged.scores[chosen], judged.hits[chosen], int(judged.hits[chosen].sum()), int(chosen.sum()))
        frames = {"frames": part.pictures, "showing_it": part.positives}
        precision[name] = frames | {"average_precision": round(average_precision(curve([part])), 4)}
    return {
        "groups": precision,
        "showing_it": {"frames": judged.positives, "flagged": int((flagged & judged.hits).sum())},
        "clear": {"frames": int(clear.sum()), "flagged": int((flagged & clear).sum())},
        "lookalikes": {
            str(name): {
                "frames": int((clear & (lookalikes == name)).sum()),
                "flagged": int((flagged & clear & (lookalikes == name)).sum()),
            }
            for name in np.unique(lookalikes[clear])
            if name
        },
    }


def differences(graph: Mapping[str, Seen], torch: Mapping[str, Seen], classes: Sequence[str]) -> dict[str, Any]:
    """mAP by source of the exported graph and of the checkpoint in torch, which looked at the same pictures once."""
    table: dict[str, Any] = {}
    for source in graph:
        table[source] = {"class_agnostic": {}, "mean_over_classes": {}}
        for name, seen in (("onnx", graph[source]), ("torch", torch[source])):
            look = only_boxed(seen, source)
            [found] = look.found.values()
            overall, _ = agnostic_precision(look.truths, found)
            mean, _ = class_precision(look.truths, found, classes)
            table[source]["class_agnostic"][name] = overall.as_dict()
            table[source]["mean_over_classes"][name] = mean.as_dict()
    return table


def furthest_apart(torch: Mapping[str, Any]) -> float:
    """The largest difference between the figures of graph and checkpoint, of AP50 and AP50-95, where both have one.

    Args:
        torch: that part of accuracy_<network>.json, whose `sources` are those of `differences`.
    """
    pairs = [
        (pair["onnx"][key], pair["torch"][key])
        for kinds in torch["sources"].values()
        for pair in kinds.values()
        for key in ("ap50", "ap50_95")
    ]
    return max((abs(one - other) for one, other in pairs if one is not None and other is not None), default=0.0)
