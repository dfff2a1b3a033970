"""How far the score of a whole frame can be trusted: a line through log odds (Platt 1999), two numbers a kind.

Fitted on val like the thresholds, so that an event can say what share of such frames really shows its kind.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from datasets.classes import SMOKE_FIRE_CLASSES
from detector.model_card import FrameCalibration, log_odds
from models.figures import Seen, frame_scores
from models.metrics import Judged

ROUNDS = 50
LITTLE = 1e-3  # on the diagonal, so that frames told apart without a fault still give a line


def frame_calibration(look: Seen, size_px: int) -> dict[str, Any]:
    """`frame_calibration` as model.json has it."""
    lines: dict[str, Any] = {}
    for kind in SMOKE_FIRE_CLASSES:
        judged = frame_scores(look.truths, look.found[size_px], kind)[1]
        line = fit(judged)
        lines[kind] = {"slope": round(line.slope, 4), "offset": round(line.offset, 4), **_figures(judged, line)}
    return lines


def fit(judged: Judged) -> FrameCalibration:
    """The line by Newton's method; targets are drawn in a little from 0 and 1 as Platt does.

    Raises:
        ValueError: there are no frames.
    """
    if not len(judged.scores):
        raise ValueError("no frames to fit a calibration to")
    odds = np.column_stack([log_odds(judged.scores), np.ones(len(judged.scores))])
    right, wrong = judged.hits.sum(), (~judged.hits).sum()
    target = np.where(judged.hits, (right + 1) / (right + 2), 1 / (wrong + 2))
    line = np.zeros(2)
    for _ in range(ROUNDS):
        share = 1 / (1 + np.exp(-odds @ line))
        curvature = odds.T @ (odds * (share * (1 - share))[:, None]) + LITTLE * np.eye(2)
        line += np.linalg.solve(curvature, odds.T @ (target - share) - LITTLE * line)
    return FrameCalibration(float(line[0]), float(line[1]))


def _figures(judged: Judged, line: FrameCalibration) -> Mapping[str, float]:
    said = np.array([line.share_true(float(score)) for score in judged.scores])
    return {"frames": len(said), "brier_score": round(float(np.mean((said - judged.hits) ** 2)), 4)}
