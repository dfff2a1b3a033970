"""The measures of the tracking benchmark; skipped where `trackers` is not installed, as it is not with detect[test]."""

from typing import Any

import numpy as np
import pytest

from benchmarks.tracking_truth import Sequence, as_detections, disturb, wider_than

TRUTH = {
    frame: [(7, np.array([2.0 * frame, 10, 2 * frame + 30, 30])), (9, np.array([200.0 - frame, 50, 212 - frame, 60]))]
    for frame in range(1, 41)
}
SEQUENCE = Sequence("made up", TRUTH, 240, 60)


def test_a_disturbed_sequence_is_the_same_each_time_and_misses_about_a_fifth() -> None:
    first, second = disturb(SEQUENCE, 3, False), disturb(SEQUENCE, 3, False)
    assert all((a.xyxy == b.xyxy).all() for a, b in zip(first, second, strict=True))
    assert 0.7 * 80 < sum(len(found) for found in first) < 0.95 * 80


def test_true_boxes_are_a_detector_without_fault() -> None:
    found = as_detections(SEQUENCE)
    assert [len(boxes) for boxes in found] == [2] * 40
    assert found[0].xyxy[0].tolist() == [2, 10, 32, 30]


def test_narrow_vehicles_can_be_ignored() -> None:
    wide = wider_than(SEQUENCE, 18)
    assert {identity for rows in wide.truth.values() for identity, _ in rows} == {7}
    assert {identity for rows in wide.ignored.values() for identity, _ in rows} == {9}


def perturbed() -> dict[int, list[tuple[int, Any]]]:
    """An answer with jitter, a miss, a false box and identities that change places in the middle."""
    random = np.random.default_rng(2)
    answer: dict[int, list[tuple[int, Any]]] = {}
    for frame, rows in TRUTH.items():
        for identity, box in rows:
            if not (identity == 9 and frame % 5 == 0):
                named = identity if frame < 25 else 16 - identity
                answer.setdefault(frame, []).append((named, box + random.normal(0, 1.5, 4)))
        if frame % 9 == 0:
            answer[frame].append((100 + frame, np.array([100.0, 5, 120, 20])))
    return answer


def test_what_lies_on_ignored_truth_counts_for_nothing() -> None:
    from benchmarks.tracking_measures import without_ignored

    kept = without_ignored(wider_than(SEQUENCE, 18), dict(TRUTH))
    assert {identity for rows in kept.values() for identity, _ in rows} == {7}


def test_trackeval_and_trackers_eval_agree() -> None:
    pytest.importorskip("trackers.eval", reason="pip install trackers")
    trackeval = pytest.importorskip("trackeval", reason="pip install trackeval")
    from benchmarks.tracking_measures import in_frames, measure

    ours = measure(SEQUENCE, perturbed())
    frames = in_frames(SEQUENCE, perturbed())
    data = {
        "gt_ids": frames["truth"],
        "tracker_ids": frames["answer"],
        "similarity_scores": frames["overlap"],
        "num_gt_ids": 2,
        "num_tracker_ids": 1 + max(int(ids.max()) for ids in frames["answer"]),
        "num_gt_dets": 80,
        "num_tracker_dets": sum(len(ids) for ids in frames["answer"]),
        "num_timesteps": 40,
    }
    hota = trackeval.metrics.HOTA().eval_sequence(data)
    assert np.mean(hota["HOTA"]) == pytest.approx(ours["HOTA"]["HOTA"])
    assert np.mean(hota["AssA"]) == pytest.approx(ours["HOTA"]["AssA"])
    assert np.mean(hota["DetA"]) == pytest.approx(ours["HOTA"]["DetA"])
    quiet = {"PRINT_CONFIG": False}
    clear = trackeval.metrics.CLEAR(quiet).eval_sequence(data)
    assert clear["MOTA"] == pytest.approx(ours["CLEAR"]["MOTA"])
    assert clear["IDSW"] == ours["CLEAR"]["IDSW"] > 0
    identity = trackeval.metrics.Identity(quiet).eval_sequence(data)
    assert identity["IDF1"] == pytest.approx(ours["Identity"]["IDF1"])
