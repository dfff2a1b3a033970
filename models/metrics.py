"""Figures of detections against truth: pure functions on boxes, scores and hits.

Everything but the box AP of faster-coco-eval (models/box_precision.py) is derived from one matching, `match`.
A threshold t always means: what scores t or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from models.truth import Truth

HIT_IOU = 0.5
FALSE, IGNORED = -1, -2  # in place of the truth box that a detection hits


def intersections(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Common area of every pair of xyxy boxes: (n, 4) and (m, 4) to (n, m)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=2), np.float64)


def areas(boxes: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, 4) xyxy to (n,)."""
    return ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).astype(np.float64)


def iou(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Intersection over union of every pair of xyxy boxes: (n, 4) and (m, 4) to (n, m)."""
    common = intersections(a, b)
    return common / np.maximum(areas(a)[:, None] + areas(b)[None] - common, 1e-9)


def match(truth: Truth, found: Detections, by_class: bool = False) -> NDArray[np.int64]:
    """Which truth box each detection hits, best score first, each box hit once, as COCO does it.

    A detection that hits none, but lies by half or more in a box to be ignored, is IGNORED (the rule of COCO for
    crowds); any other is FALSE.

    Args:
        by_class: only a box of the detection's own class can be hit.

    Returns:
        (n,) index into the truth's boxes, FALSE or IGNORED, in the order of the detections.
    """
    overlap = iou(found.xyxy, truth.xyxy)
    inside = intersections(found.xyxy, truth.xyxy) / np.maximum(areas(found.xyxy), 1e-9)[:, None]
    if by_class:
        other = found.classes[:, None] != truth.classes[None]
        overlap[other] = inside[other] = 0
    overlap[:, truth.ignore] = 0
    inside[:, ~truth.ignore] = 0
    hits = np.full(len(found), FALSE)
    for detection in np.argsort(-found.scores, kind="stable"):
        best = int(np.argmax(overlap[detection])) if overlap.shape[1] else 0
        if overlap.shape[1] and overlap[detection, best] >= HIT_IOU:
            hits[detection] = best
            overlap[:, best] = 0
        elif (inside[detection] >= HIT_IOU).any():
            hits[detection] = IGNORED
    return hits


@dataclass(frozen=True)
class Judged:
    """Everything found on one source, with whether it was right; also frames flagged, one score a frame.

    Attributes:
        scores: (n,) 0 to 1, in any order.
        hits: (n,) bool.
        positives: how many there were to find.
        pictures: how many were looked at.
    """

    scores: NDArray[np.float64]
    hits: NDArray[np.bool_]
    positives: int
    pictures: int

    @property
    def weight(self) -> float:
        """One over the number of things to find, so that sources weigh the same; where there is nothing to find,
        a picture counts as one thing."""
        return 1 / max(1, self.positives or self.pictures)


def judge(truths: Sequence[Truth], found: Sequence[Detections], by_class: bool = False) -> Judged:
    """Match the detections of every picture; those on boxes to be ignored are left out."""
    scores, hits = [np.zeros(0)], [np.zeros(0, bool)]
    for truth, detections in zip(truths, found, strict=True):
        matched = match(truth, detections, by_class)
        scores.append(detections.scores[matched != IGNORED].astype(np.float64))
        hits.append(matched[matched != IGNORED] >= 0)
    positives = sum(int((~truth.ignore).sum()) for truth in truths)
    return Judged(np.concatenate(scores), np.concatenate(hits), positives, len(truths))


@dataclass(frozen=True)
class OperatingPoint:
    """What a threshold gives."""

    confidence: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


@dataclass(frozen=True)
class Curve:
    """Precision and recall at every threshold that makes a difference, strictest first.

    Attributes:
        thresholds: (n,) every score once, falling.
        precision: (n,)
        recall: (n,) never falling.
        detections: (n,) how many reach the threshold.
        false: (n,) weight of those that are false.
    """

    thresholds: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    detections: NDArray[np.int64]
    false: NDArray[np.float64]

    def point(self, index: int) -> OperatingPoint:
        return OperatingPoint(float(self.thresholds[index]), float(self.precision[index]), float(self.recall[index]))

    def at(self, confidence: float) -> OperatingPoint:
        """What a given threshold gives; nothing found has a precision and a recall of 0."""
        last = int((self.thresholds >= confidence).sum()) - 1
        if last < 0:
            return OperatingPoint(confidence, 0.0, 0.0)
        return OperatingPoint(confidence, float(self.precision[last]), float(self.recall[last]))


def curve(sources: Sequence[Judged]) -> Curve:
    """Precision and recall over several sources, each weighing the same whatever its number of boxes.

    Recall is the mean over the sources that hold something to find. Precision is of detections weighted by
    `Judged.weight`: unlike a mean of precisions it is there where a source has no detection left, and it counts the
    false alarms of sources without anything to find.
    """
    scores = np.concatenate([source.scores for source in sources])
    hits = np.concatenate([source.hits for source in sources])
    weights = np.concatenate([np.full(len(source.scores), source.weight) for source in sources])
    order = np.argsort(-scores, kind="stable")
    scores, hits, weights = scores[order], hits[order], weights[order]
    ends = np.flatnonzero(np.append(np.diff(scores) != 0, True)) if len(scores) else np.zeros(0, np.int64)
    right = np.cumsum(weights * hits)[ends]
    false = np.cumsum(weights * ~hits)[ends]
    filled = sum(source.positives > 0 for source in sources)
    precision = right / np.maximum(right + false, 1e-12)
    return Curve(scores[ends], precision, right / max(1, filled), ends + 1, false)


def best_f1(line: Curve) -> OperatingPoint:
    """The point of the highest F1; of equal ones the strictest.

    Raises:
        ValueError: nothing was found at all.
    """
    _need_detections(line)
    total = line.precision + line.recall
    return line.point(int(np.argmax(2 * line.precision * line.recall / np.maximum(total, 1e-9))))


def at_precision(line: Curve, precision: float, least_detections: int) -> tuple[OperatingPoint, bool]:
    """The lowest threshold with at least this precision, or the point of the highest precision if there is none.

    Args:
        least_detections: points with fewer are not trusted: the best few boxes are nearly always right. Where even
            the last point has fewer, it is the last.

    Returns:
        The point, and whether the precision is reached.

    Raises:
        ValueError: nothing was found at all.
    """
    _need_detections(line)
    trusted = np.flatnonzero(line.detections >= min(least_detections, line.detections[-1]))
    reached = trusted[line.precision[trusted] >= precision]
    if len(reached):
        return line.point(int(reached[-1])), True
    return line.point(int(trusted[np.argmax(line.precision[trusted])])), False


def _need_detections(line: Curve) -> None:
    if not len(line.thresholds):
        raise ValueError("no detection on any source: there is no threshold to choose; look at the network first")


def average_precision(line: Curve) -> float:
    """Area under the precision-recall curve: precision summed over the steps of recall, not interpolated."""
    return float((line.precision * np.diff(line.recall, prepend=0.0)).sum())


def recall_at_false_boxes(judged: Judged, per_picture: float) -> float:
    """The highest recall with at most so many false boxes a picture, as in FROC curves."""
    line = curve([judged])
    allowed = line.false <= per_picture * judged.pictures * judged.weight * (1 + 1e-9)
    return float(line.recall[allowed].max(initial=0.0))


@dataclass(frozen=True)
class ScoreBin:
    """Detections of scores from `low` to `high`: what they promise and what they keep."""

    low: float
    high: float
    detections: int
    mean_score: float
    share_right: float


def reliability(sources: Sequence[Judged], edges: Sequence[float]) -> tuple[float, list[ScoreBin]]:
    """Expected calibration error and its bins, sources weighing the same.

    The error is the mean over the bins, by weight, of how far the mean score is from the share of right boxes (Guo et
    al., On Calibration of Modern Neural Networks, 2017). Empty bins are left out, as is what scores below the first
    edge.
    """
    scores = np.concatenate([source.scores for source in sources])
    hits = np.concatenate([source.hits for source in sources])
    weights = np.concatenate([np.full(len(source.scores), source.weight) for source in sources])
    which = np.minimum(np.searchsorted(edges, scores, side="right"), len(edges) - 1) - 1
    total = weights[which >= 0].sum()
    error, bins = 0.0, []
    for index, (low, high) in enumerate(pairwise(edges)):
        chosen = which == index
        if not chosen.any():
            continue
        mean_score = float(np.average(scores[chosen], weights=weights[chosen]))
        share_right = float(np.average(hits[chosen], weights=weights[chosen]))
        error += float(weights[chosen].sum() / total) * abs(mean_score - share_right)
        bins.append(ScoreBin(low, high, int(chosen.sum()), mean_score, share_right))
    return error, bins


def confusion(truths: Sequence[Truth], found: Sequence[Detections], class_count: int) -> NDArray[np.int64]:
    """What boxes that are hit are called, whatever their class.

    Returns:
        (class_count + 1, class_count + 1): rows truth, columns what it is called; the last column counts missed boxes,
        the last row false alarms.

    Raises:
        ValueError: a true box whose class is not told.
    """
    if any((truth.classes >= class_count).any() for truth in truths):
        raise ValueError("boxes without a class in the truth: a confusion matrix needs a source that tells every class")
    table = np.zeros((class_count + 1, class_count + 1), np.int64)
    for truth, detections in zip(truths, found, strict=True):
        matched = match(truth, detections)
        hit = matched >= 0
        np.add.at(table, (truth.classes[matched[hit]], detections.classes[hit]), 1)
        table[class_count] += np.bincount(detections.classes[matched == FALSE], minlength=class_count + 1)
        missed = np.setdiff1d(np.flatnonzero(~truth.ignore), matched[hit])
        table[:, class_count] += np.bincount(truth.classes[missed], minlength=class_count + 1)
    return table
