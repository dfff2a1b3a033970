"""What a track is, told by examples. Boxes only: tracking never sees a picture."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.detections import Detections
from detector.tracking import Track, Tracker

FRAME_S = 1 / 30


def found(*boxes: tuple[float, float, float], size: float = 20.0, class_index: int = 0) -> Detections:
    """Square detections given as (centre x, centre y, score)."""
    rows = np.array(boxes, np.float32).reshape(-1, 3)
    corners = np.concatenate([rows[:, :2] - size / 2, rows[:, :2] + size / 2], axis=1)
    return Detections(corners, rows[:, 2], np.full(len(rows), class_index, np.int64))


def tracked(
    pictures: Sequence[Detections | None], pan: float = 0.0, told: bool = False, first_id: int = 1
) -> list[Track]:
    """The tracks of a shot at 30 pictures a second, the camera's pan in pixels a picture told to the tracker or not."""
    tracker = Tracker(first_id, high_score=0.5, low_score=0.1)
    motion = np.array([[1, 0, pan], [0, 1, 0]], np.float32) if told else None
    for frame, detections in enumerate(pictures):
        tracker.update(detections, frame, frame * FRAME_S, motion)
    return tracker.finish()


def test_two_vehicles_that_cross_keep_their_identities() -> None:
    east, west = tracked([found((50 + 4 * n, 100, 0.9), (290 - 4 * n, 106, 0.9)) for n in range(60)])
    assert (east.id, west.id) == (1, 2)
    assert east.boxes[-1].xyxy[0] - east.boxes[0].xyxy[0] == pytest.approx(4 * 59)
    assert west.boxes[-1].xyxy[0] - west.boxes[0].xyxy[0] == pytest.approx(-4 * 59)


def test_a_gap_is_bridged_filled_and_marked() -> None:
    pictures = [found() if 20 <= n < 30 else found((50 + 3 * n, 100, 0.9)) for n in range(50)]
    (track,) = tracked(pictures)
    assert [box.frame for box in track.boxes] == list(range(50))
    assert [box.frame for box in track.boxes if box.filled] == list(range(20, 30))
    assert track.boxes[25].xyxy == pytest.approx((40 + 75, 90, 60 + 75, 110))


def test_a_vehicle_lost_for_longer_than_the_tracker_waits_is_stitched() -> None:
    pictures = [found() if 30 <= n < 75 else found((50 + 3 * n, 100, 0.9)) for n in range(120)]
    (track,) = tracked(pictures)
    assert sum(box.filled for box in track.boxes) == 45


def test_a_vehicle_that_comes_back_elsewhere_is_another_one() -> None:
    pictures = [found((50, 100, 0.9)) if n < 30 else found((400, 100, 0.9)) for n in range(60)]
    assert [(track.id, track.first, track.last) for track in tracked(pictures)] == [(1, 0, 29), (2, 30, 59)]


def test_a_fast_pan_needs_to_be_told() -> None:
    pictures = [found((40 * n, 100, 0.9), (40 * n + 60, 100, 0.9)) for n in range(40)]
    assert [len(track.boxes) for track in tracked(pictures, pan=40, told=True)] == [40, 40]
    assert len(tracked(pictures)) != 2


def test_a_gap_under_a_pan_is_filled_where_the_vehicle_was() -> None:
    pictures = [found() if 10 <= n < 20 else found((40 * n, 100 + 2 * n, 0.9)) for n in range(30)]
    (track,) = tracked(pictures, pan=40, told=True)
    assert track.boxes[15].filled
    assert track.boxes[15].xyxy[:2] == pytest.approx((40 * 15 - 10, 100 + 30 - 10))


def test_the_class_is_a_vote_by_score_and_stops_no_association() -> None:
    pictures = [found((50 + n, 100, 0.9 if n % 3 else 0.6), class_index=2 if n % 3 else 1) for n in range(30)]
    (track,) = tracked(pictures)
    assert track.class_index == 2
    assert track.class_share == pytest.approx(20 * 0.9 / (20 * 0.9 + 10 * 0.6), abs=1e-4)
    assert track.score == pytest.approx(0.9)


def test_two_weak_boxes_are_a_ghost() -> None:
    assert tracked([found((50, 100, 0.55)) if n in (3, 4) else found() for n in range(30)]) == []


@pytest.mark.parametrize("pictures", [1, 2, 5])
def test_a_shot_of_a_few_pictures_keeps_a_confident_box(pictures: int) -> None:
    (track,) = tracked([found((50, 100, 0.9)) if n == 0 else found() for n in range(pictures)])
    assert len(track.boxes) == 1
    assert track.score == pytest.approx(0.9)


def test_low_scores_carry_a_track_but_start_none() -> None:
    weak = [found((50 + n, 100, 0.2)) for n in range(30)]
    assert tracked(weak) == []
    (track,) = tracked([found((50, 100, 0.9)), *weak[1:]])
    assert len(track.boxes) == 30
    assert not any(box.filled for box in track.boxes)


def test_what_is_weak_for_long_keeps_its_identity() -> None:
    """As a lorry does whose input size suits it for two seconds of ten."""
    weak = [found((50 + 3 * n, 100, 0.6 if n < 50 else 0.12)) for n in range(250)]
    (track,) = tracked(weak)
    assert (track.first, track.last) == (0, 249)
    assert track.score == pytest.approx(0.6)


@pytest.mark.parametrize("pan", [0.0, 3.0])
def test_a_vehicle_is_told_from_before_it_was_sure(pan: float) -> None:
    pictures = [found((400 - (5 + pan) * n, 100, 0.15 if n < 40 else 0.8)) for n in range(90)]
    (track,) = tracked(pictures, pan=-pan, told=True)
    assert (track.first, track.last) == (0, 89)
    assert not any(box.filled for box in track.boxes)


def test_weak_boxes_off_the_way_are_left_alone() -> None:
    pictures = [
        found((330, 100, 0.15), (400 - 5 * n, 100 if n >= 40 else 180, 0.8 if n >= 40 else 0.15)) for n in range(80)
    ]
    (track,) = tracked(pictures)
    assert track.first == 40


def test_a_change_of_the_input_size_within_a_shot_breaks_no_identity() -> None:
    """At one size the boxes are sure and tight, at the other weak and a third larger, as networks give them."""
    pictures = []
    for n in range(240):
        small = (n // 40) % 2 == 0
        near, far = (60 + 2 * n, 100, 0.7 if small else 0.45), (20 + 2 * n, 112, 0.55 if small else 0.13)
        pictures.append(found(near, far, size=20 if small else 27))
    assert [(track.first, track.last) for track in tracked(pictures)] == [(0, 239), (0, 239)]


def test_positions_that_jitter_are_smoothed_over_both_directions_of_time() -> None:
    random = np.random.default_rng(3)
    true = [(50 + 3 * n, 100 + 0.02 * (n - 60) ** 2) for n in range(120)]
    pictures = [found((x + random.normal(0, 2), y + random.normal(0, 2), 0.9)) for x, y in true]
    (track,) = tracked(pictures)
    corners = np.array([box.xyxy for box in track.boxes])
    off = (corners[:, :2] + corners[:, 2:]) / 2 - np.array(true)
    assert np.sqrt((off**2).mean()) < 1.0


def test_a_parked_wreck_seen_by_a_shaking_camera_is_one_track() -> None:
    random = np.random.default_rng(4)
    tracker, at = Tracker(high_score=0.5, low_score=0.1), np.array([300.0, 200.0])
    for frame in range(200):
        shake = random.normal(0, 15, 2)
        at = at + shake
        seen = (
            found() if random.random() < 0.3 else found((float(at[0]), float(at[1]), float(random.uniform(0.2, 0.7))))
        )
        motion = np.column_stack([np.eye(2), shake]).astype(np.float32)
        tracker.update(seen, frame, frame * FRAME_S, motion)
    (track,) = tracker.finish()
    assert track.last - track.first > 150


@pytest.mark.parametrize("size", [8.0, 16.0])
def test_small_vehicles_in_column_are_not_mixed_up(size: float) -> None:
    """Three half a length apart, jittering by a tenth of their size and missed a fifth of the time."""
    random = np.random.default_rng(6)
    pictures = []
    for n in range(150):
        rows = [(100 + 1.5 * size * k + 0.8 * n + random.normal(0, 0.1 * size), 80.0, 0.8) for k in range(3)]
        pictures.append(found(*[row for row in rows if random.random() > 0.2], size=size))
    tracks = tracked(pictures)
    assert len(tracks) == 3
    for track in tracks:
        first, last = track.boxes[0], track.boxes[-1]
        assert last.xyxy[0] - first.xyxy[0] == pytest.approx(0.8 * (track.last - track.first), abs=0.5 * size)


def test_at_one_picture_a_second_traffic_between_parked_vehicles_keeps_its_identities() -> None:
    """Each moves by more than its own length between two pictures, and has no speed yet in its first."""
    tracker = Tracker(high_score=0.5, low_score=0.1)
    for frame in range(8):
        east, west = (40 + 50 * frame, 100, 0.9), (400 - 45 * frame, 125, 0.9)
        tracker.update(found((100, 60, 0.9), east, (260, 60, 0.9), west, size=36), frame, float(frame))
    assert [len(track.boxes) for track in tracker.finish()] == [8, 8, 8, 8]


def test_a_track_is_told_from_its_first_detection() -> None:
    (track,) = tracked([found() if n < 7 else found((50, 100, 0.9)) for n in range(30)])
    assert (track.first, track.last) == (7, 29)


def test_numbers_are_consecutive_in_order_of_appearance() -> None:
    pictures = [found(*[(100.0 * k, 50, 0.9) for k in range(1, 5) if n >= 5 * (4 - k)]) for n in range(40)]
    tracks = tracked(pictures, first_id=8)
    assert [track.id for track in tracks] == [8, 9, 10, 11]
    assert [track.first for track in tracks] == [0, 5, 10, 15]


def test_speed_is_in_seconds_so_that_an_odd_frame_rate_does_not_matter() -> None:
    tracker = Tracker(high_score=0.5, low_score=0.1)
    times_s = np.cumsum([0.02, 0.1, 0.03, 0.2, 0.02, 0.02, 0.3] * 5)
    for frame, time_s in enumerate(times_s):
        tracker.update(found((60 * time_s, 100, 0.9), (500 - 60 * time_s, 104, 0.9)), frame, float(time_s))
    assert [len(track.boxes) for track in tracker.finish()] == [35, 35]


number = st.floats(-2000, 2000, width=32)
boxes = st.lists(st.tuples(number, number, st.floats(0, 300, width=32), st.floats(0, 1, width=32)), max_size=6)
motions = st.none() | st.lists(st.floats(-1e4, 1e4, width=32), min_size=6, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(boxes, st.floats(-1, 3), motions), max_size=25))
def test_nothing_upsets_it(pictures: list[tuple[list[tuple[float, ...]], float, list[float] | None]]) -> None:
    answers = []
    for _ in range(2):
        tracker, time_s = Tracker(first_id=5, high_score=0.5, low_score=0.1), 0.0
        for frame, (rows, seconds, motion) in enumerate(pictures):
            values = np.array(rows, np.float32).reshape(-1, 4)
            corners = np.concatenate([values[:, :2], values[:, :2] + values[:, 2:3]], axis=1)
            time_s += seconds
            given_motion = None if motion is None else np.array(motion, np.float32).reshape(2, 3)
            classes = np.arange(len(values)) % 3
            tracker.update(Detections(corners, values[:, 3], classes), 10 + frame, time_s, given_motion)
        answers.append(tracker.finish())
    assert answers[0] == answers[1]
    assert [track.id for track in answers[0]] == list(range(5, 5 + len(answers[0])))
    for track in answers[0]:
        frames = [box.frame for box in track.boxes]
        assert all(before < after for before, after in pairwise(frames))
        assert 10 <= frames[0] <= frames[-1] < 10 + len(pictures)
        assert np.isfinite([box.xyxy for box in track.boxes]).all()


def test_thousands_of_boxes_in_a_frame_are_tracked() -> None:
    columns, rows = np.meshgrid(np.arange(60) * 30.0, np.arange(50) * 20.0)
    places = np.stack([columns.ravel(), rows.ravel()], axis=1)
    tracker = Tracker(high_score=0.5, low_score=0.1)
    for frame in range(4):
        tracker.update(found(*[(x + 2 * frame, y, 0.9) for x, y in places], size=16), frame, frame * FRAME_S)
    tracks = tracker.finish()
    assert len(tracks) == 3000
    assert all(len(track.boxes) == 4 for track in tracks)


def test_stamps_that_go_back_or_stand_still_break_no_identity() -> None:
    tracker = Tracker(high_score=0.5, low_score=0.1)
    for frame, time_s in enumerate([0.0, 0.04, 0.08, 0.02, 0.02, 0.16, 0.1, 0.24]):
        tracker.update(found((50 + 3 * frame, 100, 0.9)), frame, time_s)
    (track,) = tracker.finish()
    assert [box.time_s for box in track.boxes] == [0.0, 0.04, 0.08, 0.02, 0.02, 0.16, 0.1, 0.24]


def every_third(pictures: list[Detections]) -> list[Detections | None]:
    return [found if n % 3 == 0 else None for n, found in enumerate(pictures)]


def test_between_looks_a_vehicle_is_carried_to_where_it_was() -> None:
    pictures = [found((50 + 3 * n, 100, 0.9)) for n in range(40)]
    (every,), (track,) = tracked(pictures), tracked(every_third(pictures))
    assert [box.frame for box in track.boxes] == list(range(40))
    for box, seen in zip(track.boxes[:37], every.boxes, strict=False):
        assert box.xyxy == pytest.approx(seen.xyxy, abs=0.1)
        assert box.looked_at == (box.frame % 3 == 0)
        assert box.filled == (not box.looked_at)


def test_carried_with_the_camera_between_looks() -> None:
    pictures = [found((50 + 6 * n, 100, 0.9)) for n in range(30)]
    (track,) = tracked(every_third(pictures), pan=6.0, told=True)
    centres = [(box.xyxy[0] + box.xyxy[2]) / 2 for box in track.boxes]
    assert centres == pytest.approx([50 + 6 * n for n in range(30)], abs=0.1)


def test_a_track_reaches_half_way_to_the_look_that_does_not_show_it() -> None:
    pictures: list[Detections | None] = [None] * 41
    pictures[0] = pictures[40] = found()
    for frame in (10, 20, 30):
        pictures[frame] = found((100, 100, 0.9))
    (track,) = tracked(pictures)
    assert (track.first, track.last) == (6, 34)
    assert [box.frame for box in track.boxes if not box.filled] == [10, 20, 30]


def test_the_score_is_that_of_as_many_fewer_sightings_as_there_are_fewer_looks() -> None:
    pictures = [found((100, 100, 0.8 if n < 30 else 0.6)) for n in range(90)]
    (every,), (third,) = tracked(pictures), tracked(every_third(pictures))
    assert third.score == every.score == pytest.approx(0.8)


def test_a_shot_without_a_look_has_no_tracks() -> None:
    assert tracked([None] * 10) == []
