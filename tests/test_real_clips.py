"""The released networks on real footage; skipped where the clips are not."""

from collections import defaultdict
from pathlib import Path

import pytest

from detector import analyze
from detector.frame_records import FrameRecord
from detector.report import Report

CLIPS = Path(__file__).parents[2] / "shared" / "clips"
pytestmark = pytest.mark.skipif(not CLIPS.is_dir(), reason="the real clips are not here")

THREE_TRUCKS, NEAR_TANK = (1, 2, 3), 7  # ids of the tracking truth that are in the picture nearly throughout


@pytest.fixture(scope="module")
def convoy() -> tuple[Report, list[FrameRecord]]:
    records: list[FrameRecord] = []
    return analyze(CLIPS / "convoy_oblique.mp4", device="cpu", on_frames=records.extend), records


def truth_boxes(number: int) -> dict[int, tuple[float, float]]:
    """Frame to the centre of one vehicle's true box."""
    centres = {}
    for line in (CLIPS / "mot" / "convoy_oblique" / "gt" / "gt.txt").read_text().splitlines():
        frame, identity, left, top, width, height = (float(value) for value in line.split(",")[:6])
        if int(identity) == number:
            centres[int(frame) - 1] = (left + width / 2, top + height / 2)
    return centres


@pytest.mark.parametrize("number", [*THREE_TRUCKS, NEAR_TANK])
def test_trucks_and_near_tank_are_tracked_through_most_of_the_clip(
    convoy: tuple[Report, list[FrameRecord]], number: int
) -> None:
    frames_of_track: dict[int, int] = defaultdict(int)
    truth = truth_boxes(number)
    for record in convoy[1]:
        x, y = truth.get(record.frame, (-1.0, -1.0))
        for box in record.boxes:
            if box.xyxy[0] <= x <= box.xyxy[2] and box.xyxy[1] <= y <= box.xyxy[3]:
                frames_of_track[box.track] += 1
    assert max(frames_of_track.values(), default=0) > 0.5 * len(truth)


def test_it_is_one_shot_of_one_convoy(convoy: tuple[Report, list[FrameRecord]]) -> None:
    report = convoy[0]
    assert len(report.shots) == 1
    assert report.convoys
    assert report.counts.distinct.low <= 9 <= report.counts.distinct.high + 2


def test_a_clip_whose_header_declares_too_many_frames_is_whole() -> None:
    report = analyze(CLIPS / "ground_lav1.mp4", device="cpu", from_s=5.5)
    assert report.input.frames_declared == 183
    assert report.shots[-1].end == 175
    assert report.coverage.complete
