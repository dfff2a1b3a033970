"""Pictures whose vehicles are large or small, told apart by what was found in them."""

from pathlib import Path

import cv2
import numpy as np

from benchmarks.close_ups import Looked, close_ups, figures, look
from detector.detections import Detections
from models.truth import Truth
from tests.fakes import ground, square_networks, with_squares

CONFIDENCE = 0.5


def truth(side_px: float) -> Truth:
    """A picture of 640 px with one vehicle."""
    box = np.array([[100.0, 100, 100 + side_px, 100 + side_px]])
    return Truth(Path("picture.webp"), 640, 480, box, np.zeros(1, np.int64), np.zeros(1, np.bool_))


def found(*ones: Truth, scores: tuple[float, ...] = (0.9,)) -> Detections:
    xyxy = np.concatenate([one.xyxy for one in ones]).astype(np.float32)
    return Detections(xyxy, np.array(scores, np.float32), np.zeros(len(ones), np.int64))


def test_only_close_ups_take_what_was_found_in_fewer_pixels() -> None:
    truths = [truth(200), truth(30)]
    looked = Looked(truths, own=[found(one) for one in truths], close_up=[found(truths[0]), Detections.none()])
    assert close_ups(looked, CONFIDENCE) == [True, False]
    told = figures(looked, CONFIDENCE, None)
    assert (told["own_size"]["any"], told["close_ups_alone"]["any"]) == (1.0, 1.0)
    assert told["close_up_size"]["any"] < 1
    assert told["share_close_ups"] == 0.5


def test_a_box_below_what_the_analysis_is_shown_ends_no_close_up() -> None:
    large, small = truth(200), truth(30)
    unseen, seen = (found(large, small, scores=(0.9, weak)) for weak in (0.01, 0.2))
    assert close_ups(Looked([large] * 2, [unseen, seen], [unseen, seen]), CONFIDENCE) == [True, False]


def test_pictures_are_looked_at_in_both_sizes(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    cv2.imwrite(str(picture), with_squares(ground(1), [(50, 50)]))
    one = Truth(picture, 320, 192)
    looked = look(square_networks().vehicles, [one])  # type: ignore[arg-type]
    assert len(looked.own) == len(looked.close_up) == 1
