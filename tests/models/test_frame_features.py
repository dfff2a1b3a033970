"""Which pictures the head for frames is trained on, what is known of them, and how they are shown."""

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("onnx", reason="needs the extra test")

from models.frame_features import LabelledFrame, features, shown, training_frames

HEAD = "file,split,smoke,fire,lookalike,view\n"


def write_picture(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.random.default_rng(seed).integers(0, 256, (60, 90, 3), np.uint8))
    return path


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """Three labelled frames, one of them of val, and two pictures with boxes."""
    (tmp_path / "frame_labels.csv").write_text(
        HEAD
        + "zem/images/train/a.png,train,1,-1,,drone\n"
        + "zem/images/train/b.png,train,0,0,snow,drone\n"
        + "zem/images/val/c.png,val,1,1,,drone\n"
    )
    for name, label in (("smoking", "1 0.5 0.5 0.2 0.2\n"), ("burning", "0 0.5 0.5 0.2 0.2\n")):
        write_picture(tmp_path / "liuzifan" / "images" / "train" / f"{name}.png")
        (tmp_path / "liuzifan" / "labels" / "train").mkdir(parents=True, exist_ok=True)
        (tmp_path / "liuzifan" / "labels" / "train" / f"{name}.txt").write_text(label)
    (tmp_path / "liuzifan" / "data.yaml").write_text("nc: 2\nnames: ['fire', 'smoke']\n")
    return tmp_path


def known(frames: list[LabelledFrame]) -> dict[str, list[float | None]]:
    """Answers by name; None for what is not known."""
    return {frame.picture.stem: [None if np.isnan(a) else a for a in frame.answers] for frame in frames}


def test_frames_of_train_are_taken_with_what_is_known_of_smoke_fire_and_look_alikes(shared: Path) -> None:
    assert known(training_frames(shared, {}, 0)) == {"a": [1, None, 0], "b": [0, 0, 1]}


def test_boxes_say_what_a_picture_shows_and_nothing_of_look_alikes(shared: Path) -> None:
    frames = training_frames(shared, {"liuzifan": 9}, 0)
    assert known(frames[2:]) == {"smoking": [1, 0, None], "burning": [0, 1, None]}


def test_no_more_boxed_pictures_are_taken_than_asked_for(shared: Path) -> None:
    assert len(training_frames(shared, {"liuzifan": 1}, 0)) == 3
    assert training_frames(shared, {"liuzifan": 1}, 0) == training_frames(shared, {"liuzifan": 1}, 0)


def test_a_picture_is_shown_as_it_is_first_and_then_changed_in_the_same_way_each_time(tmp_path: Path) -> None:
    frame = LabelledFrame(write_picture(tmp_path / "zem" / "a.png"), "zem", (1.0, 0.0, 0.0))
    np.testing.assert_array_equal(shown(frame, 0), cv2.imread(str(frame.picture)))
    first, again, other = shown(frame, 1), shown(frame, 1), shown(frame, 2)
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or (first != other).any()


def test_of_a_picture_that_shows_smoke_little_is_cut_off(tmp_path: Path) -> None:
    frame = LabelledFrame(write_picture(tmp_path / "zem" / "a.png"), "zem", (1.0, 0.0, 0.0))
    areas = [np.prod(shown(frame, index).shape[:2]) for index in range(1, 20)]
    assert min(areas) >= 0.7 * 60 * 90 * 0.95


class CountingReader:
    """Stands where the network is, and counts what it is shown."""

    def __init__(self) -> None:
        self.looked = 0

    def cells(self, image: np.ndarray) -> np.ndarray:
        self.looked += 1
        return np.full((4, 2), image.mean(), np.float16)


def test_what_was_seen_before_is_not_looked_at_again(tmp_path: Path) -> None:
    frames = [
        LabelledFrame(write_picture(tmp_path / "zem" / f"{name}.png", seed), "zem", (np.nan, np.nan, np.nan))
        for seed, name in enumerate("ab")
    ]
    reader = CountingReader()
    first = list(features(frames, reader, 2, tmp_path))
    (tmp_path / "zem_b_1.npy").unlink()
    again = list(features(frames, reader, 2, tmp_path))
    assert reader.looked == 5
    np.testing.assert_array_equal(first, again)
    assert len(again) == 4
