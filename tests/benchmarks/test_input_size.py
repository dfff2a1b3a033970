"""What the comparison of input sizes reads, counts and plays over; how long it takes is for the benchmark itself."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.input_size import OVERLAP, SIZES_PX, Replay, Scene, Tally, clip_scene, mot_truth, quarter, replay_auto
from detector.detections import Detections
from detector.shots import thumbnail
from tests.fakes import ground, write_pictures
from tests.models.squares import SIDE_PX, found, truth

COST_MS = {640: 1.0, 960: 100.0, 1280: 10_000.0}
FRAMES = 12


def at_each_size(*counts: int) -> dict[int, Detections]:
    """So many small vehicles found at 640, 960 and 1280 px."""
    return {
        size_px: found(*((20 * place, 0.9) for place in range(count)))
        for size_px, count in zip(SIZES_PX, counts, strict=True)
    }


def scene_of(*looked_at: int) -> Scene:
    image = np.zeros((640, 640, 3), np.uint8)
    return Scene(
        [thumbnail(image)] * FRAMES,
        dict.fromkeys(looked_at, image),
        {frame: truth(0, 20) for frame in looked_at},
    )


def test_boxes_of_a_frame_in_mot_form(tmp_path: Path) -> None:
    """Frames are counted from 1 there; a flag of 0 says that the box is to be ignored."""
    file = tmp_path / "gt.txt"
    file.write_text("1,1,9,9,9,9,1,1,1\n3,1,10,20,30,40,1,1,1\n3,2,50,60,5,5,0,1,1\n")
    read = mot_truth(file, tmp_path / "clip.mp4", 2, np.zeros((100, 200, 3), np.uint8))
    assert read.xyxy.tolist() == [[10, 20, 40, 60], [50, 60, 55, 65]]
    assert read.ignore.tolist() == [False, True]
    assert (read.width_px, read.height_px) == (200, 100)
    assert mot_truth(file, tmp_path / "clip.mp4", 1, np.zeros((100, 200, 3), np.uint8)).xyxy.shape == (0, 4)


def test_frames_of_a_clip_are_spread_over_it(tmp_path: Path) -> None:
    clip = write_pictures(tmp_path / "clip.mp4", [ground(seed, 64, 64) for seed in range(10)])
    scene = clip_scene(clip, 5, None)
    assert (len(scene.thumbnails), sorted(scene.images), scene.truths) == (10, [0, 2, 4, 6, 8], {})


@given(st.integers(1, 8000), st.integers(1, 8000))
def test_two_by_two_slices_cover_the_picture_and_no_more(width: int, height: int) -> None:
    sides = quarter(np.broadcast_to(np.uint8(0), (height, width, 3)))
    for side, whole in zip(sides, (width, height), strict=True):
        covered = 2 * side - round(OVERLAP * side)
        assert whole <= covered <= whole + 2


def test_a_tally_counts_hits_and_false_boxes_but_not_what_is_to_be_ignored() -> None:
    tally = Tally()
    tally.add(found((0, 0.9), (100, 0.8), (200, 0.7)), truth(0, 50, ignore=[100]))
    tally.add(found(), truth(0, 50))
    figures = tally.figures()
    assert (figures["pictures"], figures["boxes"]) == (2, 4)
    assert (figures["recall"], figures["false_a_picture"], figures["found_a_picture"]) == (0.25, 0.5, 1.5)


def test_where_no_boxes_are_drawn_only_what_is_found_is_told() -> None:
    tally = Tally()
    tally.add(found((0, 0.9)), None)
    figures = tally.figures()
    assert (figures["recall"], figures["false_a_picture"], figures["found_a_picture"]) == (None, None, 1)


def test_a_frame_not_looked_at_answers_as_the_nearest_that_was() -> None:
    network = Replay({0: at_each_size(1, 1, 1), 10: at_each_size(2, 2, 2)})
    network.frame = 6
    [answer] = network.detect([np.zeros((640, 640, 3), np.uint8)], confidence=0.1, size_px=640)
    assert (len(answer), network.looked_px) == (2, [640])


@pytest.mark.parametrize(
    ("counts", "chosen_px", "probed_px"),
    [((2, 2, 2), 640, (640, 1280)), ((0, 0, 2), 1280, (640, 1280)), ((1, 2, 2), 1280, (640, 1280))],
)
def test_the_size_chosen_is_played_over_every_frame_and_probes_are_paid_for(
    counts: tuple[int, int, int], chosen_px: int, probed_px: tuple[int, ...]
) -> None:
    assert SIDE_PX < 40, "small vehicles, which a larger size may add"
    tally = Tally()
    answers = {0: at_each_size(*counts), 9: at_each_size(*counts)}
    replay_auto(scene_of(0, 9), answers, 0.5, COST_MS, tally)
    assert tally.sizes_px == {chosen_px: FRAMES}
    assert (tally.pictures, tally.hits) == (2, 4)
    assert tally.processor_ms == sum(COST_MS[px] for px in probed_px) + (FRAMES - 1) * COST_MS[chosen_px]
