from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.detections import Detections
from models.calibration import (
    add_frame_thresholds,
    calibration,
    choose_thresholds,
    frame_reliability,
    quiet_threshold,
    smoke_fire_sources,
    vehicle_sources,
)
from models.figures import Seen
from models.metrics import Judged
from models.truth import FRAMES, Truth
from tests.models.squares import found, truth

PROVISIONAL = {"typical": {"confidence": 0.25, "chosen": "provisional"}}
SMOKE, FIRE = 0, 1


def source(right: int, wrong: int, missed: int = 0) -> Judged:
    """Right boxes of scores 0.9 downwards, then wrong ones of 0.4 downwards."""
    scores = np.concatenate([np.linspace(0.9, 0.5, right), np.linspace(0.4, 0.1, wrong)])
    return Judged(scores, np.arange(right + wrong) < right, right + missed, 10)


def frame(present: dict[str, bool], smoke: float, fire: float = 0.0) -> tuple[Truth, Detections]:
    picture = Truth(Path("zem/images/val/a.webp"), 640, 640, present=present)
    return picture, found((0, smoke), (50, fire), classes=[SMOKE, FIRE])


def frames(*pairs: tuple[Truth, Detections]) -> Seen:
    return Seen([picture for picture, _ in pairs], {384: [detections for _, detections in pairs]})


def test_typical_is_the_best_f1_and_says_so() -> None:
    typical = choose_thresholds({"mian": source(60, 40)}, 640, PROVISIONAL)["typical"]
    assert typical["confidence"] == 0.5
    assert typical["on_val"] == {"f1": 1.0, "precision": 1.0, "recall": 1.0}
    assert "the best F1 over val of mian at 640 px" in typical["chosen"]


def test_conservative_is_the_lowest_confidence_with_precision_095() -> None:
    conservative = choose_thresholds({"mian": source(57, 40)}, 640, {})["conservative"]
    assert conservative["on_val"]["precision"] == 0.95  # 57 of the first 60
    assert conservative["confidence"] == pytest.approx(np.linspace(0.4, 0.1, 40)[2], abs=0.001)


def test_a_threshold_is_written_short_and_keeps_its_figures() -> None:
    ranked = np.linspace(0.9999, 0.5, 200)  # several scores within each thousandth
    uneven = Judged(ranked, np.arange(200) % 21 != 20, 200, 10)
    conservative = choose_thresholds({"mian": uneven}, 640, {})["conservative"]
    kept = uneven.hits[uneven.scores >= conservative["confidence"]]
    assert conservative["confidence"] == round(conservative["confidence"], 3)
    assert conservative["on_val"]["precision"] == pytest.approx(kept.mean(), abs=1e-4)
    assert kept.mean() >= 0.95


def test_a_precision_that_is_not_reached_is_said_not_to_be() -> None:
    conservative = choose_thresholds({"mian": source(30, 40)}, 640, {})["conservative"]
    assert "precision 0.95 is not reached" in conservative["chosen"]
    assert conservative["on_val"]["precision"] == 0.6  # 30 of the first 50, the fewest to be trusted


def test_a_threshold_fixed_by_hand_stays_with_its_figures_on_val() -> None:
    by_hand = {"typical": {"confidence": 0.7, "chosen": "on eight clips"}}
    typical = choose_thresholds({"mian": source(61, 40)}, 640, by_hand)["typical"]
    assert typical["confidence"] == 0.7
    assert typical["on_val"]["recall"] == pytest.approx(31 / 61, abs=1e-4)
    assert typical["chosen"].startswith("by hand: on eight clips; ")
    assert "the best F1 is 1.000 at 0.5" in typical["chosen"]


def test_vehicle_sources_are_judged_whatever_the_class() -> None:
    one = Seen([truth(0, classes=[1])], {640: [found((0, 0.9))]})
    nothing = Seen([truth()], {640: [found((0, 0.8))]})
    seen = dict.fromkeys(("mian", "zem", "obulka", "visdrone"), one) | {"aryanraj_clear": nothing}
    judged = vehicle_sources(seen, 640)
    assert judged["mian"].hits.tolist() == [True]
    assert (judged["aryanraj_clear"].hits.tolist(), judged["aryanraj_clear"].positives) == ([False], 0)


def test_smoke_that_a_source_does_not_box_is_neither_right_nor_wrong() -> None:
    both = Seen([truth(0, classes=[FIRE])], {384: [found((0, 0.9), (50, 0.8), classes=[FIRE, SMOKE])]})
    judged = smoke_fire_sources({"liuzifan": both, "xiapinquan": both, FRAMES: frames()}, 384)
    assert judged["liuzifan"].hits.tolist() == [True, False]
    assert judged["xiapinquan"].hits.tolist() == [True]


def test_boxes_are_false_on_frames_known_to_be_clear_of_their_kind() -> None:
    nothing = Seen([], {384: []})
    clear_of_smoke = frames(frame({"smoke": False, "fire": True}, 0.6, 0.5), frame({"fire": True}, 0.4, 0.3))
    judged = smoke_fire_sources({"liuzifan": nothing, "xiapinquan": nothing, FRAMES: clear_of_smoke}, 384)
    assert judged["clear frames"].scores.tolist() == [pytest.approx(0.6)]
    assert (judged["clear frames"].positives, judged["clear frames"].pictures) == (0, 1)


def test_quiet_means_at_most_the_share_of_clear_frames() -> None:
    clear = np.linspace(0.01, 1, 100) * 0.9
    assert quiet_threshold(clear, 0.03) == pytest.approx(0.874)  # the fourth highest is 0.873
    assert quiet_threshold(np.zeros(100), 0.03) == 0.05


@given(st.lists(st.floats(0, 0.998), min_size=1, max_size=50), st.sampled_from([0.005, 0.03, 0.3]))
def test_no_more_clear_frames_are_flagged_than_allowed(scores: list[float], share: float) -> None:
    clear = np.array(scores)
    assert (clear >= quiet_threshold(clear, share)).mean() <= share


def test_frame_thresholds_are_quiet_and_the_conservative_one_is_stricter() -> None:
    absent, present = {"smoke": False, "fire": False}, {"smoke": True, "fire": True}
    look = frames(
        *[frame(absent, score, score) for score in np.linspace(0.01, 0.5, 100)],
        *[frame(present, score, score) for score in np.linspace(0.3, 0.9, 60)],
    )
    thresholds = choose_thresholds({"liuzifan": source(60, 10)}, 384, PROVISIONAL)
    add_frame_thresholds(thresholds, look, 384)
    typical, conservative = thresholds["typical"], thresholds["conservative"]
    assert typical["on_val"]["frame"]["smoke"]["clear_flagged"] == 0.03
    assert conservative["on_val"]["frame"]["smoke"]["clear_flagged"] == 0.0
    assert conservative["frame"]["smoke"] > typical["frame"]["smoke"]
    assert "at most 3 % of the clear frames" in typical["chosen"]


def test_a_precision_of_frames_that_is_not_reached_is_said_not_to_be() -> None:
    """Smoke is told from clear frames, fire is not."""
    clear, shown = {"smoke": False, "fire": False}, {"smoke": True, "fire": True}
    look = frames(*[frame(clear, 0.1, 0.5)] * 60, *[frame(shown, 0.9, 0.5)] * 60)
    thresholds = choose_thresholds({"liuzifan": source(60, 10)}, 384, PROVISIONAL)
    add_frame_thresholds(thresholds, look, 384)
    said = thresholds["conservative"]["chosen"]
    assert said.endswith(
        "or precision 0.95, whichever is stricter; precision 0.95 is not reached for fire: "
        "the highest precision with at least 50 frames"
    )
    assert thresholds["conservative"]["on_val"]["frame"]["smoke"]["precision"] == 1
    assert "not reached" not in thresholds["typical"]["chosen"]


def test_frame_thresholds_fixed_by_hand_stay() -> None:
    by_hand = {"typical": {"confidence": 0.3, "frame": {"smoke": 0.6, "fire": 0.5}, "chosen": "by eye"}}
    thresholds = choose_thresholds({"liuzifan": source(60, 10)}, 384, by_hand)
    look = frames(frame({"smoke": False, "fire": False}, 0.1), frame({"smoke": True, "fire": True}, 0.7, 0.7))
    add_frame_thresholds(thresholds, look, 384)
    assert thresholds["typical"]["frame"] == {"smoke": 0.6, "fire": 0.5}
    assert thresholds["typical"]["on_val"]["frame"]["fire"]["recall"] == 1


def test_calibration_says_what_a_score_keeps() -> None:
    said = calibration({"mian": Judged(np.array([0.15, 0.85]), np.array([False, True]), 1, 1)}, 640)
    assert [(b["score"], b["mean_score"], b["share_right"]) for b in said["bins"]] == [
        ([0.1, 0.2], 0.15, 0.0),
        ([0.8, 0.9], 0.85, 1.0),
    ]
    assert said["expected_calibration_error"] == 0.15


def test_a_kind_that_a_source_does_not_box_is_neither_right_nor_wrong() -> None:
    """obulka boxes tanks; the cars beside them are not boxed."""
    tank, car = 0, 5
    look = Seen([truth(0, classes=[tank])], {640: [found((0, 0.9), (100, 0.8), classes=[tank, car])]})
    nothing = Seen([truth()], {640: [found()]})
    sources = dict.fromkeys(("mian", "zem", "visdrone", "aryanraj_clear"), nothing)
    judged = vehicle_sources(sources | {"obulka": look}, 640)["obulka"]
    assert judged.hits.tolist() == [True]


def test_calibration_of_frames_counts_those_without_a_box_too() -> None:
    look = frames(frame({"smoke": True}, 0.7), frame({"smoke": False}, 0.0), frame({"fire": True}, 0.0, fire=0.9))
    said = frame_reliability(look, 384)
    assert said["smoke"] == {"frames": 2, "expected_calibration_error": pytest.approx(0.15)}
    assert said["fire"] == {"frames": 1, "expected_calibration_error": pytest.approx(0.1)}
