"""Pictures are textured ground, put together as editors do."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import analyze
from detector.shots import ShotFinder, thumbnail
from detector.split_screen import Tile, repeated_tile, repeats
from detector.track_boxes import TrackBox, TrackBoxes
from detector.tracking import Track
from tests.fakes import ground, noisy, square_networks, with_squares, write_pictures

Picture = NDArray[np.uint8]


def thumbnails(picture: Picture) -> tuple[NDArray[np.float32], ...]:
    finder = ShotFinder(25.0)
    for frame in range(30):
        finder.update(frame, thumbnail(noisy(picture, frame)))
    [span] = finder.finish()
    return span.thumbnails


def test_the_same_picture_side_by_side_above_and_four_times() -> None:
    one = ground(1)
    beside = np.hstack([one, one])
    assert repeated_tile(thumbnails(beside)) == Tile(0.5, 1.0)
    assert repeated_tile(thumbnails(np.vstack([one, one]))) == Tile(1.0, 0.5)
    assert repeated_tile(thumbnails(np.vstack([beside, beside]))) == Tile(0.5, 0.5)


def test_side_by_side_between_black_bars() -> None:
    one = ground(1)
    barred = np.pad(np.hstack([one, one]), ((96, 96), (0, 0), (0, 0)))
    assert repeated_tile(thumbnails(barred)) == Tile(0.5, 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_a_single_picture_and_two_different_ones_repeat_nothing(seed: int) -> None:
    assert repeated_tile(thumbnails(ground(seed))) is None
    assert repeated_tile(thumbnails(np.hstack([ground(seed), ground(seed + 50)]))) is None


def test_sky_above_ground_is_no_repetition() -> None:
    level = np.linspace(220, 60, 192).astype(np.uint8)[:, None, None]
    assert repeated_tile(thumbnails(np.broadcast_to(level, (192, 320, 3)).copy())) is None


def test_nothing_repeats_in_black_or_without_a_picture() -> None:
    assert repeated_tile(()) is None
    assert repeated_tile((np.zeros((32, 32), np.float32),)) is None


def test_the_tracks_outside_the_tile_are_repeats() -> None:
    def at(number: int, x: float) -> Track:
        return Track(number, TrackBoxes.of([TrackBox(0, 0.0, (x - 5, 40, x + 5, 50), 0.9, 0)]))

    assert repeats([at(1, 100), at(2, 420)], Tile(0.5, 1.0), (640, 100)) == {2}
    assert repeats([at(1, 100), at(2, 420)], None, (640, 100)) == frozenset()


def test_a_clip_of_a_column_shown_twice_counts_it_once(tmp_path: Path) -> None:
    def picture(frame: int) -> Picture:
        column = [(20 + 50 * number + 2 * frame, 80) for number in range(4)]
        one = with_squares(noisy(ground(1), frame), column)
        return np.hstack([one, one])

    clip = write_pictures(tmp_path / "twice.mp4", (picture(frame) for frame in range(50)))
    report = analyze(clip, networks=square_networks())
    [shot] = report.shots
    assert shot.most_at_once.vehicles == 4
    assert "shown twice" in shot.reason
    assert [convoy.size for convoy in report.convoys] == [4]
