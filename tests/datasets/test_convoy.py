"""The drawn convoy: the truth that is told of a frame is the truth of its pixels."""

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from datasets.classes import VEHICLE_CLASSES
from datasets.convoy.footage import Sensor, write_video
from datasets.convoy.scene import Scene, build_scene, draw_frame, render
from datasets.convoy.settings import SceneSettings, View
from datasets.convoy.training import varied_settings, yolo_lines
from datasets.convoy.truth import FrameTruth, VehicleTruth, ranges, summarised

SETTINGS = SceneSettings(
    seed=3,
    width_px=320,
    height_px=192,
    frames=100,
    cut_frame=30,
    smoke_frame=40,
    fire_frame=70,
    convoy=("tank", "truck", "ifv_apc"),
    parked=("car",),
    burning=1,
    views=(View(62, 50, 44, 0.5, 1.0, 0.0), View(-118, 60, 46, 0.3, -1.0, 3.0)),
    sensor=Sensor(noise=0.0, sharpening=0.0, defocus_px=0.0),
    ground_m=110,
)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return build_scene(SETTINGS)


@pytest.fixture(scope="module")
def empty_scene() -> Scene:
    return build_scene(replace(SETTINGS, convoy=(), parked=()))


def within(picture: NDArray[np.generic], xyxy: tuple[float, float, float, float]) -> NDArray[np.generic]:
    left, top, right, bottom = (round(value) for value in xyxy)
    return picture[top:bottom, left:right]


def flame_coloured(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    blue, green, red = (picture[..., channel].astype(int) for channel in range(3))
    return (red > 190) & (red > blue + 80) & (green > 70)


def test_the_same_seed_draws_the_same_pixels(scene: Scene) -> None:
    again = build_scene(SETTINGS)
    for frame in (5, 80):
        np.testing.assert_array_equal(draw_frame(scene, frame)[0], draw_frame(again, frame)[0])


def test_another_seed_draws_other_pixels(scene: Scene) -> None:
    other = build_scene(replace(SETTINGS, seed=4))
    assert np.mean(draw_frame(scene, 5)[0] != draw_frame(other, 5)[0]) > 0.5


def test_rendering_goes_through_the_frames_in_order(scene: Scene) -> None:
    settings = replace(SETTINGS, frames=2)
    frames = list(render(settings))
    assert [truth.index for _, truth in frames] == [0, 1]
    picture, truth = draw_frame(scene, 1)
    np.testing.assert_array_equal(frames[1][0], picture)
    assert frames[1][1] == truth
    assert picture.shape == (192, 320, 3)
    assert picture.dtype == np.uint8


@pytest.mark.parametrize("frame", [0, 20, 35])
def test_boxes_lie_in_the_picture_and_are_tight_around_drawn_vehicles(
    scene: Scene, empty_scene: Scene, frame: int
) -> None:
    picture, truth = draw_frame(scene, frame)
    bare, _ = draw_frame(empty_scene, frame)
    changed = np.abs(picture.astype(int) - bare).max(axis=2) > 12
    assert truth.vehicles
    for vehicle in truth.vehicles:
        left, top, right, bottom = vehicle.xyxy
        assert 0 <= left < right <= 320
        assert 0 <= top < bottom <= 192
        inside = within(changed, vehicle.xyxy)
        assert inside.mean() > 0.4, f"{vehicle} is mostly ground"
        for edge in (inside[:, :3], inside[:, -3:], inside[:3], inside[-3:]):
            assert edge.any(), f"{vehicle} has a loose side"


def test_without_vehicles_nothing_is_told_of_any(empty_scene: Scene) -> None:
    truth = draw_frame(empty_scene, 80)[1]
    assert truth == FrameTruth(80, 1, (), None, None)


def test_identities_and_classes_last_and_boxes_move_smoothly(scene: Scene) -> None:
    def boxes(frame: int) -> dict[int, VehicleTruth]:
        return {vehicle.identity: vehicle for vehicle in draw_frame(scene, frame)[1].vehicles}

    frames = [boxes(frame) for frame in (10, 11, 12, 31, 32)]
    assert {identity for found in frames for identity in found} <= {1, 2, 3, 4}
    for found in frames:
        for identity, vehicle in found.items():
            assert vehicle.class_name == ("tank", "truck", "ifv_apc", "car")[identity - 1]
    for before, after in ((0, 1), (1, 2), (3, 4)):
        for identity in frames[before].keys() & frames[after].keys():
            step = np.subtract(frames[before][identity].xyxy, frames[after][identity].xyxy)
            assert np.abs(step).max() < 4


def test_the_convoy_is_what_drives_and_not_what_is_parked(scene: Scene) -> None:
    assert scene.convoy == {1, 2, 3}


def test_the_cut_breaks_the_picture_and_nothing_else_does(scene: Scene) -> None:
    pictures = {frame: draw_frame(scene, frame)[0].astype(int) for frame in (28, 29, 30, 31)}
    change = {frame: np.abs(pictures[frame] - pictures[frame - 1]).mean() for frame in (29, 30, 31)}
    assert change[30] > 2 * max(change[29], change[31])
    assert [draw_frame(scene, frame)[1].shot for frame in (29, 30)] == [0, 1]


def test_there_is_neither_smoke_nor_fire_before_its_time(scene: Scene) -> None:
    never = build_scene(replace(SETTINGS, smoke_frame=None, fire_frame=None))
    # Without smoke nobody halts, so only frames from before the halt can be compared.
    np.testing.assert_array_equal(draw_frame(scene, 20)[0], draw_frame(never, 20)[0])
    for frame in (0, 29, 30, 39):
        picture, truth = draw_frame(scene, frame)
        assert truth.smoke is None
        assert truth.fire is None
        assert not flame_coloured(picture).any()


def test_smoke_comes_first_and_darkens_the_picture(scene: Scene) -> None:
    clear = replace(scene, settings=replace(SETTINGS, smoke_frame=1000, fire_frame=None))
    picture, truth = draw_frame(scene, 69)
    assert truth.smoke is not None
    assert truth.fire is None
    assert not flame_coloured(picture).any()
    bare = draw_frame(clear, 69)[0]
    assert np.abs(within(picture, truth.smoke).astype(int) - within(bare, truth.smoke)).mean() > 8


def test_fire_is_bright_orange_at_the_burning_vehicle(scene: Scene) -> None:
    picture, truth = draw_frame(scene, 95)
    assert truth.fire is not None
    assert truth.smoke is not None
    flames = flame_coloured(picture)
    assert within(flames, truth.fire).mean() > 0.15
    burning = next(vehicle for vehicle in truth.vehicles if vehicle.identity == 2)
    left, top, right, bottom = burning.xyxy
    rows, columns = np.nonzero(flames)
    assert left - 20 < np.median(columns) < right + 20
    assert top - 30 < np.median(rows) < bottom + 10


def test_every_class_can_be_drawn() -> None:
    settings = replace(SETTINGS, convoy=VEHICLE_CLASSES, parked=(), gap_m=8.0, views=(View(90, 60, 30, 0, 0, 0),) * 2)
    truth = draw_frame(build_scene(settings), 30)[1]
    assert {vehicle.class_name for vehicle in truth.vehicles} == set(VEHICLE_CLASSES)


def test_a_range_for_every_unbroken_run() -> None:
    assert ranges([False, True, True, False, True]) == [[1, 2], [4, 4]]
    assert ranges([]) == []


def test_truth_is_summed_up_by_shot_track_and_convoy() -> None:
    tank, car = VehicleTruth(1, "tank", (1.04, 2, 3, 4)), VehicleTruth(2, "car", (5, 6, 7, 8))
    frames = [FrameTruth(0, 0, (tank, car), None, None), FrameTruth(1, 1, (tank,), (0, 0, 9, 9), None)]
    truth = summarised(frames, (20, 10), 25, frozenset({1}))
    assert truth["shots"] == [
        {"start": 0, "end": 0, "most_at_once": 2, "distinct": 2},
        {"start": 1, "end": 1, "most_at_once": 1, "distinct": 1},
    ]
    assert truth["tracks"] == [{"id": 1, "class": "tank", "convoy": True}, {"id": 2, "class": "car", "convoy": False}]
    assert truth["convoys"] == [{"tracks": [1], "size": 1}]
    assert truth["smoke"] == [[1, 1]]
    assert truth["fire"] == []
    assert truth["boxes"][1] == [{"id": 1, "class": "tank", "xyxy": [1.0, 2, 3, 4]}]


def test_labels_are_shares_of_the_picture_and_specks_are_left_out() -> None:
    truck, speck = VehicleTruth(1, "truck", (10, 10, 30, 20)), VehicleTruth(2, "car", (50, 50, 54, 60))
    assert yolo_lines(FrameTruth(0, 0, (truck, speck), None, None), 100, 50) == "4 0.20000 0.30000 0.20000 0.20000\n"


def test_training_scenes_differ_and_repeat() -> None:
    assert varied_settings(5) == varied_settings(5)
    assert len({varied_settings(seed).landscape for seed in range(20)}) == 4
    sizes = [varied_settings(seed).views[0].vehicle_px for seed in range(60)]
    assert min(sizes) < 25
    assert max(sizes) > 90


def test_written_video_has_every_frame(tmp_path: Path) -> None:
    pictures = [np.full((48, 64, 3), value, np.uint8) for value in (0, 100, 200)]
    write_video(tmp_path / "short.mp4", pictures, (64, 48), 25, 20)
    with av.open(str(tmp_path / "short.mp4")) as container:
        read = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    assert [round(picture.mean(), -1) for picture in read] == [0, 100, 200]


def test_the_packaged_truth_belongs_to_the_packaged_clip() -> None:
    demo = resources.files("detector") / "demo"
    truth = json.loads((demo / "truth.json").read_text("utf-8"))
    with resources.as_file(demo / "demo.mp4") as path, av.open(str(path)) as container:
        stream = container.streams.video[0]
        size = (stream.codec_context.width, stream.codec_context.height)
        count = sum(1 for _ in container.decode(video=0))
        assert path.stat().st_size <= 2_500_000
    assert size == (truth["width"], truth["height"])
    assert count == truth["frames"] == len(truth["boxes"])
    assert truth["shots"][-1]["end"] == count - 1
    assert truth["shots"][1]["start"] == truth["shots"][0]["end"] + 1
    assert truth["convoys"][0]["size"] >= 6
    (smoke_start, smoke_end), (fire_start, fire_end) = truth["smoke"][0], truth["fire"][0]
    assert smoke_end - smoke_start >= 3 * truth["frame_rate"]
    assert fire_end - fire_start >= 2 * truth["frame_rate"]
