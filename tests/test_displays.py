"""Shots of ten frames, over a ground that moves by so many pixels a frame."""

import numpy as np

from detector.detections import Detections
from detector.displays import StillTrack, displays, still_tracks
from detector.motion import CameraMotion
from detector.observations import Observation, Observations
from detector.shot_findings import ShotFindings
from detector.shots import ShotSpan
from detector.track_boxes import TrackBox, TrackBoxes
from detector.tracking import Track

DIAL = (540.0, 605.0, 740.0, 719.0)


def track(number: int, first: int, xyxy: tuple[float, float, float, float] = DIAL, per_frame_px: float = 0.0) -> Track:
    boxes = []
    for frame in range(first, first + 10):
        aside = per_frame_px * (frame - first)
        boxes.append(TrackBox(frame, frame / 10, (xyxy[0] + aside, xyxy[1], xyxy[2] + aside, xyxy[3]), 0.5, 0))
    return Track(number, TrackBoxes.of(boxes))


def shot(first: int, tracks: list[Track], ground_px: float = 10.0) -> list[StillTrack]:
    matrix = np.array([[1, 0, ground_px], [0, 1, 0], [0, 0, 1.0]])
    motion = CameraMotion(matrix, matrix[:2].astype(np.float32), known=True)
    seen = Observations(Observation(f, f / 10, Detections.none(), 640, motion, False) for f in range(first, first + 10))
    return list(still_tracks(ShotFindings(ShotSpan(first, first + 9, "footage", ()), seen, (), tuple(tracks), (), ())))


def test_what_stands_still_over_moving_ground_in_two_shots_is_drawn_over_them() -> None:
    assert displays([shot(0, [track(1, 0)]), shot(10, [track(2, 10)])]) == {1, 2}


def test_in_one_shot_it_may_be_a_vehicle_that_the_camera_follows() -> None:
    assert displays([shot(0, [track(1, 0)]), shot(10, [])]) == frozenset()


def test_a_parked_vehicle_that_a_still_camera_shows_again_is_none() -> None:
    assert displays([shot(0, [track(1, 0)], 0.0), shot(10, [track(2, 10)], 0.0)]) == frozenset()


def test_what_moves_in_the_picture_is_none() -> None:
    assert displays([shot(0, [track(1, 0, per_frame_px=5)]), shot(10, [track(2, 10, per_frame_px=5)])]) == frozenset()


def test_at_another_place_it_is_another_thing() -> None:
    elsewhere = (100.0, 605.0, 300.0, 719.0)
    assert displays([shot(0, [track(1, 0)]), shot(10, [track(2, 10, elsewhere)])]) == frozenset()


def test_no_shots_no_displays() -> None:
    assert displays([]) == frozenset()
