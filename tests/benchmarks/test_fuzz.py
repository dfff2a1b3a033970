"""A short run of the fuzzing of our own parsers and of the tracker; the long one is `python -m benchmarks.fuzz`."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from benchmarks.fuzz import broken, failures, parsers
from benchmarks.fuzzing.parser import Parser
from benchmarks.fuzzing.shots import tracker_failures
from detector.detections import Detections
from detector.tracking import Tracker

SLOW = {"list of clips": 10, "SHA256SUMS": 20, "classes of Roboflow": 20, "report.html": 20}  # documents of each
USUAL = 60
CORNERS = arrays.arrays(np.float32, st.tuples(st.integers(0, 40), st.just(4)), elements=st.floats(width=32))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Parser]]:
    with parsers(tmp_path_factory.mktemp("sound")) as found:
        yield found


def test_a_parser_gives_a_value_or_its_own_error(known: list[Parser], tmp_path: Path) -> None:
    for parser in known:
        assert failures(parser, range(SLOW.get(parser.name, USUAL)), tmp_path) == []


def test_sound_documents_are_read_and_broken_ones_made_alike_every_time(known: list[Parser], tmp_path: Path) -> None:
    for parser in known:
        (tmp_path / "sound").write_bytes(parser.sound)
        parser.read(tmp_path / "sound")
        assert broken(parser.sound, 1) == broken(parser.sound, 1) != parser.sound


def test_shots_without_sense_have_tracks_with_sense() -> None:
    assert tracker_failures(range(40)) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(CORNERS, min_size=1, max_size=4))
def test_any_boxes_are_tracked_or_told_to_be_none(pictures: list[np.ndarray]) -> None:
    tracker = Tracker(high_score=0.5, low_score=0.1)
    for frame, xyxy in enumerate(pictures):
        scores, classes = np.full(len(xyxy), 0.9, np.float32), np.zeros(len(xyxy), np.int64)
        if np.isfinite(xyxy).all() and (xyxy[:, 2:] >= xyxy[:, :2]).all():
            tracker.update(Detections(xyxy, scores, classes), frame, frame / 25)
        else:
            with pytest.raises(ValueError, match="the network is broken"):
                Detections(xyxy, scores, classes)
    for track in tracker.finish():
        assert np.isfinite([box.xyxy for box in track.boxes]).all()


def test_thousands_of_boxes_in_a_picture_are_tracked() -> None:
    corners = np.arange(2000, dtype=np.float32)[:, None] * [7, 0] % [1920, 1] + [0, 5]
    found = Detections(
        np.hstack([corners, corners + 6]).astype(np.float32), np.full(2000, 0.9, np.float32), np.zeros(2000, np.int64)
    )
    tracker = Tracker(high_score=0.5, low_score=0.1)
    for frame in range(2):
        tracker.update(found, frame, frame / 25)
    assert len(tracker.finish()) == 2000
