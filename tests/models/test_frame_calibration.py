import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.model_card import FrameCalibration
from models.frame_calibration import fit
from models.metrics import Judged


def judged(scores: list[float], hits: list[bool]) -> Judged:
    return Judged(np.array(scores), np.array(hits), sum(hits), len(hits))


def test_scores_that_say_the_share_are_left_as_they_are() -> None:
    rng = np.random.default_rng(1)
    scores = rng.uniform(0.02, 0.98, 4000)
    line = fit(judged(scores.tolist(), (rng.uniform(size=4000) < scores).tolist()))
    assert line.slope == pytest.approx(1, abs=0.1)
    assert line.share_true(0.5) == pytest.approx(0.5, abs=0.05)


def test_scores_that_are_too_sure_are_drawn_in() -> None:
    line = fit(judged([0.99] * 100 + [0.01] * 100, ([True] * 80 + [False] * 20) + ([True] * 20 + [False] * 80)))
    assert line.share_true(0.99) == pytest.approx(0.8, abs=0.02)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_whatever_was_measured_gives_shares(pairs: list[tuple[float, bool]]) -> None:
    line = fit(judged([score for score, _ in pairs], [hit for _, hit in pairs]))
    assert all(0 <= line.share_true(score) <= 1 for score in (0.0, 0.3, 1.0))


def test_no_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="no frames"):
        fit(judged([], []))


def test_a_line_rises_with_the_score() -> None:
    line = FrameCalibration(0.7, 0.6)
    assert line.share_true(0.2) < line.share_true(0.7)
