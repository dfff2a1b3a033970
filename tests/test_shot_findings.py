"""One shot from observations made up as numbers; how clips become observations is tested in test_analysis.py."""

import numpy as np

from detector.detections import Detections
from detector.motion import UNKNOWN_MOTION, CameraMotion
from detector.observations import Observation, Observations
from detector.shot_findings import Looking, understand_shot
from detector.shots import ShotSpan
from detector.tracking import Track

STILL = CameraMotion(np.eye(3), np.eye(2, 3, dtype=np.float32), known=True)
LOOKING = Looking(("tank", "truck"), None, 0.5, 0.8, ("smoke", "fire"), 0.5, {"smoke": 0.5, "fire": 0.5})


def tracks_of(scores: list[float], gap_s: float = 0.0) -> tuple[Track, ...]:
    """A vehicle that drives through a shot of 25 pictures a second with these scores, 0 where it is not found.

    In the middle of the shot the clip lacks the pictures of so many seconds.
    """
    observations = Observations()
    for frame, score in enumerate(scores):
        found = Detections.none()
        if score:
            box = np.array([[100 + 2 * frame, 50, 130 + 2 * frame, 70]], np.float32)
            found = Detections(box, np.array([score], np.float32), np.array([1]))
        observations.append(
            Observation(frame, frame / 25 + gap_s * (2 * frame >= len(scores)), found, 640, UNKNOWN_MOTION, False)
        )
    span = ShotSpan(0, len(scores) - 1, "footage", ())
    return understand_shot(span, 0, observations, [], 1, LOOKING, (640, 360)).tracks


def test_weak_boxes_lengthen_a_track() -> None:
    [track] = tracks_of([0.1] * 40 + [0.8] * 20 + [0.1] * 40)
    assert (track.first, track.last) == (0, 99)


def test_weak_boxes_do_not_make_a_glimpse_a_track() -> None:
    assert tracks_of([0.0] * 20 + [0.1] * 20 + [0.8] * 4 + [0.1] * 20 + [0.0] * 20) == ()


def test_a_shot_hardly_longer_than_a_glimpse_may_hold_one() -> None:
    assert len(tracks_of([0.8] * 4)) == 1


def test_the_cab_of_a_lorry_is_a_track_but_not_in_its_convoy() -> None:
    lefts = np.array([[100], [200], [300]], np.float32)
    lorries = np.hstack([lefts, lefts * 0 + 50, lefts + 60, lefts * 0 + 80])
    boxes = np.vstack([lorries, [[145, 52, 160, 78]]]).astype(np.float32)
    scores, classes = np.array([0.9, 0.9, 0.9, 0.7], np.float32), np.array([1, 1, 1, 1])
    observations = Observations()
    for frame in range(100):
        found = Detections(boxes + np.array([2 * frame, 0, 2 * frame, 0], np.float32), scores, classes)
        observations.append(Observation(frame, frame / 25, found, 640, STILL, False))
    shot = understand_shot(ShotSpan(0, 99, "footage", ()), 0, observations, [], 1, LOOKING, (640, 360))
    assert len(shot.tracks) == 4
    assert [len(convoy.tracks) for convoy in shot.convoys] == [3]


def test_no_track_leaps_over_a_gap_in_the_clip() -> None:
    assert [(track.first, track.last) for track in tracks_of([0.8] * 100, gap_s=0.5)] == [(0, 99)]
    before, after = tracks_of([0.8] * 100, gap_s=3.0)
    assert (before.first, before.last, after.first, after.last) == (0, 49, 50, 99)
    assert before.id != after.id
