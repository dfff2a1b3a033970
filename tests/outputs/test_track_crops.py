import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detector.frame_records import FrameBox, FrameRecord
from detector.outputs.track_crops import TrackCrops, crop_height_px, crop_jpeg, frame_height_px, frame_jpeg, sharpness
from detector.report import TrackSummary

WIDTH, HEIGHT = 320, 240
BOX = (100.0, 80.0, 180.0, 140.0)


def picture(level: int, blur: float = 0.0) -> NDArray[np.uint8]:
    """Noise around a grey level, blurred or not."""
    noise = np.random.default_rng(7).normal(level, 30, (HEIGHT, WIDTH, 3))
    image = np.clip(noise, 0, 255).astype(np.uint8)
    return cv2.GaussianBlur(image, (0, 0), blur) if blur else image


def record(frame: int, xyxy: tuple[float, ...] = BOX, score: float = 0.8, filled: bool = False) -> FrameRecord:
    left, top, right, bottom = xyxy
    box = FrameBox(1, "tank", score, (left, top, right, bottom), filled)
    return FrameRecord(frame, frame / 25, (box,), 0.0, 0.0, ())


def track(last: int, track_id: int = 1) -> TrackSummary:
    return TrackSummary(track_id, "tank", 1.0, 0, last, 0.0, last / 25, last + 1, 0.8, True, False, False, 0)


def level_of_the_best(records: list[FrameRecord], blurs: dict[int, float] | None = None) -> int | None:
    """Which frame the crop was taken from, told by its grey level; None if there is no crop."""
    crops = TrackCrops(WIDTH, HEIGHT, [track(max(seen.frame for seen in records))])
    for seen in records:
        crops.propose(seen)
    for frame, wanted in sorted(crops.frames().items()):
        crops.look(picture(60 + 40 * frame, (blurs or {}).get(frame, 0.0)), wanted)
    [jpeg] = crops.crops().values() or [None]
    return None if jpeg is None else round((decoded(jpeg).mean() - 60) / 40)


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)


def test_of_equal_sights_the_higher_score_wins() -> None:
    assert level_of_the_best([record(0, score=0.5), record(1, score=0.9), record(2, score=0.6)]) == 1


def test_of_equal_scores_the_larger_box_wins() -> None:
    larger = (90.0, 70.0, 190.0, 150.0)
    assert level_of_the_best([record(0), record(1), record(2, larger)]) == 2


def test_of_equal_boxes_the_sharpest_wins() -> None:
    assert level_of_the_best([record(0), record(1), record(2)], blurs={0: 4.0, 2: 2.0}) == 1


def test_a_vehicle_cut_off_by_the_edge_gives_way_to_a_whole_one() -> None:
    cut_off = (0.0, 80.0, 80.0, 140.0)
    assert level_of_the_best([record(0, cut_off, 0.9), record(1, score=0.7)]) == 1


def test_a_box_that_was_filled_in_is_never_shown() -> None:
    assert level_of_the_best([record(0, score=0.99, filled=True), record(1, score=0.4)]) == 1
    assert level_of_the_best([record(0, filled=True)]) is None


def test_few_frames_are_looked_at_spread_over_the_life_of_a_track() -> None:
    crops = TrackCrops(WIDTH, HEIGHT, [track(999)])
    for frame in range(1000):
        crops.propose(record(frame))
    assert sorted(crops.frames()) == [0, 200, 400, 600, 800]


@pytest.mark.parametrize(
    "xyxy",
    [BOX, (0.0, 0.0, 320.0, 240.0), (318.0, 238.0, 330.0, 250.0), (50.0, 50.0, 50.0, 50.0)],
)
def test_crops_are_bounded_and_never_empty(xyxy: tuple[float, float, float, float]) -> None:
    height, width = decoded(crop_jpeg(picture(100), xyxy, 120)).shape[:2]
    assert 0 < height <= 120
    assert 0 < width <= 240


def test_a_small_vehicle_is_shown_with_its_surroundings_and_outlined() -> None:
    flat = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    crop = decoded(crop_jpeg(flat, (150.0, 100.0, 166.0, 110.0), 120))
    assert crop.shape[:2] == (64, 64)
    assert crop.max() > 200, "a light line"
    assert abs(int(crop[32, 32, 0]) - 128) < 20, "the vehicle itself stays visible"


def test_a_frame_is_shown_whole() -> None:
    assert decoded(frame_jpeg(picture(100), [BOX], 180)).shape[:2] == (180, 240)


def test_the_more_there_are_the_smaller_they_get() -> None:
    assert crop_height_px(3000) < crop_height_px(10)
    assert frame_height_px(3000) < frame_height_px(10)


def test_nothing_is_as_sharp_as_nothing() -> None:
    assert sharpness(np.zeros((0, 5, 3), np.uint8)) == 0.0
    assert sharpness(picture(100)) > sharpness(picture(100, blur=3.0)) > 0
