"""Operating thresholds chosen on val, and how far scores can be trusted.

`typical` is the confidence of the best F1, `conservative` the lowest one with precision 0.95. Whole frames of smoke and
fire have thresholds of their own. What release.yaml fixes by hand stays, with the figures it has on val beside it.

Sources weigh the same: visdrone has ten times the boxes of zem and would decide alone if boxes were pooled. A source
without anything to find counts a picture as one thing, so that false alarms on empty scenes cost as much as elsewhere.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.classes import SMOKE_FIRE_CLASSES
from models.figures import Seen, frame_scores, only_boxed
from models.metrics import (
    Curve,
    Judged,
    OperatingPoint,
    at_precision,
    best_f1,
    curve,
    judge,
    reliability,
)
from models.truth import BOXED_SOURCES, EMPTY_SOURCES, FRAMES

THRESHOLD_SOURCES = ("mian", "zem", "obulka", "visdrone", *EMPTY_SOURCES)
CONSERVATIVE_PRECISION = 0.95
LEAST_DETECTIONS = 50  # precision over fewer is luck
CLEAR_FLAGGED = {"typical": 0.03, "conservative": 0.005}  # most of the clear frames that may be flagged
LEAST_FRAME_THRESHOLD = 0.05
BIN_EDGES = (0.05, *np.round(np.arange(0.1, 1.01, 0.1), 1).tolist())
FRAME_BIN_EDGES = np.round(np.arange(0, 1.01, 0.1), 1).tolist()  # a frame without a box scores 0 and counts too
PROVISIONAL = "provisional"  # what release.yaml says of a threshold that is to be measured


def vehicle_sources(seen: Mapping[str, Seen], size_px: int) -> dict[str, Judged]:
    """Boxes of the vehicle network, right whatever their class; without those of kinds that a source does not box."""
    judged = {}
    for name in THRESHOLD_SOURCES:
        look = only_boxed(seen[name], name)
        judged[name] = judge(look.truths, look.found[size_px])
    return judged


def smoke_fire_sources(seen: Mapping[str, Seen], size_px: int) -> dict[str, Judged]:
    """Boxes of smoke and fire, right where the kind is too; on clear frames every one is false."""
    judged = {}
    for name in BOXED_SOURCES:
        look = only_boxed(seen[name], name)
        judged[name] = judge(look.truths, look.found[size_px], by_class=True)
    return judged | {"clear frames": _clear_frames(seen[FRAMES], size_px)}


def _clear_frames(look: Seen, size_px: int) -> Judged:
    """Boxes of a kind on frames known not to show it."""
    scores, pictures = [np.zeros(0)], 0
    for truth, found in zip(look.truths, look.found[size_px], strict=True):
        absent = [index for index, kind in enumerate(SMOKE_FIRE_CLASSES) if truth.present.get(kind) is False]
        scores.append(found.scores[np.isin(found.classes, absent)].astype(np.float64))
        pictures += bool(absent)
    false = np.concatenate(scores)
    return Judged(false, np.zeros(len(false), bool), 0, pictures)


def choose_thresholds(
    sources: Mapping[str, Judged], size_px: int, by_hand: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """`typical` and `conservative` as model.json has them: confidence, how it was chosen, and its figures on val.

    Args:
        by_hand: thresholds of release.yaml; those that are not provisional stay.

    Raises:
        ValueError: nothing was found on any source.
    """
    line = curve([in_thousandths(source) for source in sources.values()])
    where = f"over val of {_listed(list(sources))} at {size_px} px, sources weighing the same"
    chosen = {"typical": _typical(line, where), "conservative": _conservative(line, where)}
    for name, fixed in by_hand.items():
        if fixed["chosen"] != PROVISIONAL:
            chosen[name] = _fixed(line, where, fixed)
    return chosen


def in_thousandths(judged: Judged) -> Judged:
    """Scores rounded down to thousandths, so that a threshold can be written short and keep its figures."""
    return replace(judged, scores=np.floor(judged.scores * 1000 + 1e-6) / 1000)


def _typical(line: Curve, where: str) -> dict[str, Any]:
    return _threshold(best_f1(line), f"the best F1 {where}")


def _conservative(line: Curve, where: str) -> dict[str, Any]:
    point, reached = at_precision(line, CONSERVATIVE_PRECISION, LEAST_DETECTIONS)
    if reached:
        return _threshold(point, f"the lowest with precision {CONSERVATIVE_PRECISION} {where}")
    highest = f"the highest precision with at least {LEAST_DETECTIONS} boxes"
    return _threshold(point, f"precision {CONSERVATIVE_PRECISION} is not reached {where}; {highest}")


def _fixed(line: Curve, where: str, fixed: Mapping[str, Any]) -> dict[str, Any]:
    best = best_f1(line)
    beside = f"{where}, the best F1 is {best.f1:.3f} at {best.confidence:g}, and this has"
    given = {"frame": fixed["frame"]} if "frame" in fixed else {}
    return _threshold(line.at(fixed["confidence"]), f"by hand: {fixed['chosen']}; {beside}") | given


def _threshold(point: OperatingPoint, why: str) -> dict[str, Any]:
    figures = f"F1 {point.f1:.3f}, precision {point.precision:.3f}, recall {point.recall:.3f}"
    return {"confidence": point.confidence, "chosen": f"{why}: {figures}", "on_val": _figures(point)}


def _figures(point: OperatingPoint) -> dict[str, float]:
    return {"f1": round(point.f1, 4), "precision": round(point.precision, 4), "recall": round(point.recall, 4)}


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def add_frame_thresholds(thresholds: dict[str, dict[str, Any]], look: Seen, size_px: int) -> None:
    """Write into each threshold the frame scores at which smoke and fire are flagged, with their figures on val.

    Frame scores that a threshold already has were fixed by hand and stay.
    """
    judged = {kind: frame_scores(look.truths, look.found[size_px], kind)[1] for kind in SMOKE_FIRE_CLASSES}
    for name, share in CLEAR_FLAGGED.items():
        threshold = thresholds[name]
        if "frame" not in threshold:
            least_precision = CONSERVATIVE_PRECISION if name == "conservative" else 0.0
            chosen = {kind: _frame_threshold(judged[kind], share, least_precision) for kind in judged}
            threshold["frame"] = {kind: confidence for kind, (confidence, _) in chosen.items()}
            short = [kind for kind, (_, reached) in chosen.items() if not reached]
            threshold["chosen"] += _frames_chosen(share, least_precision, short)
        threshold["on_val"]["frame"] = {
            kind: _frame_figures(judged[kind], threshold["frame"][kind]) for kind in SMOKE_FIRE_CLASSES
        }


def _frame_threshold(judged: Judged, share: float, least_precision: float) -> tuple[float, bool]:
    """The threshold, and whether the precision is reached."""
    quiet = quiet_threshold(judged.scores[~judged.hits], share)
    precise, reached = at_precision(curve([in_thousandths(judged)]), least_precision, LEAST_DETECTIONS)
    return max(quiet, precise.confidence), reached


def _frames_chosen(share: float, least_precision: float, short: list[str]) -> str:
    """How the frame scores were chosen; `short` are the kinds whose precision is not reached."""
    chosen = f"; frame: at most {100 * share:g} % of the clear frames of val flagged"
    if least_precision:
        chosen += f", or precision {least_precision:g}, whichever is stricter"
    if short:
        chosen += (
            f"; precision {least_precision:g} is not reached for {_listed(short)}: "
            f"the highest precision with at least {LEAST_DETECTIONS} frames"
        )
    return chosen


def quiet_threshold(clear: NDArray[np.float64], share: float) -> float:
    """The lowest threshold, in thousandths, that flags at most this share of the clear frames."""
    allowed = int(share * len(clear))
    first_quiet = float(np.sort(clear)[::-1][allowed]) if allowed < len(clear) else 0.0
    return min(0.999, float(max(LEAST_FRAME_THRESHOLD, np.floor(first_quiet * 1000 + 1) / 1000)))


def _frame_figures(judged: Judged, threshold: float) -> dict[str, float]:
    point = curve([judged]).at(threshold)
    clear = judged.scores[~judged.hits]
    return {
        "clear_flagged": round(float((clear >= threshold).mean()), 4),
        "precision": round(point.precision, 4),
        "recall": round(point.recall, 4),
    }


def calibration(sources: Mapping[str, Judged], size_px: int) -> dict[str, Any]:
    """How far scores can be trusted, as model.json has it."""
    error, bins = reliability(list(sources.values()), BIN_EDGES)
    return {
        "of": f"boxes that score {BIN_EDGES[0]} or more on val of {_listed(list(sources))} at {size_px} px, "
        "each source weighing the same; right at IoU 0.5",
        "expected_calibration_error": round(error, 4),
        "bins": [
            {
                "score": [b.low, b.high],
                "boxes": b.detections,
                "mean_score": round(b.mean_score, 4),
                "share_right": round(b.share_right, 4),
            }
            for b in bins
        ],
    }


def frame_reliability(look: Seen, size_px: int) -> dict[str, Any]:
    """How far the scores of whole frames can be trusted, by kind, each frame weighing the same."""
    table = {}
    for kind in SMOKE_FIRE_CLASSES:
        judged = frame_scores(look.truths, look.found[size_px], kind)[1]
        error, _ = reliability([judged], FRAME_BIN_EDGES)
        table[kind] = {"frames": judged.pictures, "expected_calibration_error": round(error, 4)}
    return table
