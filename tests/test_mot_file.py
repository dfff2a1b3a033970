from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.detections import Detections
from detector.frame_records import FrameBox, FrameRecord
from detector.model import load_card
from detector.model_card import ModelCard
from detector.mot_file import MotFileError, SavedDetections, detection_lines, read_detections, track_lines
from tests.fakes import square_networks

CARD: ModelCard = replace(square_networks().vehicles.card, classes=("tank", "truck"))


def read(tmp_path: Path, content: bytes) -> SavedDetections:
    file = tmp_path / "saved.txt"
    file.write_bytes(content)
    return read_detections(file, CARD)


def test_frames_and_classes_count_from_one_in_the_file_only(tmp_path: Path) -> None:
    found = read(tmp_path, b"1,-1,10,20,30,40,0.9,2,1\n").at(0, 100, 100)
    assert found.xyxy.tolist() == [[10, 20, 40, 60]]
    assert found.scores.tolist() == pytest.approx([0.9])
    assert found.classes.tolist() == [1]


def test_frames_may_come_in_any_order_and_be_left_out(tmp_path: Path) -> None:
    saved = read(tmp_path, b"9,-1,1,1,5,5,0.3,1,1\n2,-1,2,2,5,5,0.4,1,1\n9,-1,3,3,5,5,0.5,1,1\n")
    assert [len(saved.at(frame, 50, 50)) for frame in range(10)] == [0, 1, 0, 0, 0, 0, 0, 0, 2, 0]
    assert saved.at(8, 50, 50).scores.tolist() == pytest.approx([0.5, 0.3]), "best first, as a network gives them"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_a_clip_without_vehicles(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content).by_frame == {}


@pytest.mark.parametrize(
    "content",
    [
        b"1,-1,10,20,30,40,0.9,2,1\r\n3,-1,10,20,30,40,0.9,2,1\r\n",
        b"\xef\xbb\xbf1,-1,10,20,30,40,0.9,2,1\n3,-1,10,20,30,40,0.9,2,1",
        b"1, 17, 10.0, 20, 30, 40, .9, 2\n\n3,18,10,20,30,40,9e-1,2,1,-1\n",
    ],
)
def test_line_ends_spaces_ids_and_further_columns_do_not_matter(tmp_path: Path, content: bytes) -> None:
    assert sorted(read(tmp_path, content).by_frame) == [0, 2]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"1,-1,10,20,30,40,0.9", "7 columns"),
        (b"1 -1 10 20 30 40 0.9 1 1", "1 columns"),
        (b"1,-1,ten,20,30,40,0.9,1,1", "not all columns are numbers"),
        (b"1,-1,nan,20,30,40,0.9,1,1", "not finite"),
        (b"1,-1,10,20,inf,40,0.9,1,1", "not finite"),
        (b"1,-1,1e30,20,30,40,0.9,1,1", "far outside"),
        (b"0,-1,10,20,30,40,0.9,1,1", "frame 0 is no whole number from 1"),
        (b"1.5,-1,10,20,30,40,0.9,1,1", "frame 1.5"),
        (b"nan,-1,10,20,30,40,0.9,1,1", "frame nan"),
        (b"1,-1,10,20,-30,40,0.9,1,1", "a box of -30 by 40"),
        (b"1,-1,10,20,30,0,0.9,1,1", "a box of 30 by 0"),
        (b"1,-1,10,20,30,40,1.1,1,1", "score 1.1"),
        (b"1,-1,10,20,30,40,nan,1,1", "score nan"),
        (b"1,-1,10,20,30,40,0.9,0,1", "class 0 is none of 1 to 2"),
        (b"1,-1,10,20,30,40,0.9,-1,-1", "class -1"),
        (b"1,-1,10,20,30,40,0.9,1.5,1", "class 1.5"),
    ],
)
def test_a_line_that_is_no_box_is_named(tmp_path: Path, line: bytes, says: str) -> None:
    with pytest.raises(MotFileError, match=rf"saved\.txt, line 2: .*{says}.*frame,id,left"):
        read(tmp_path, b"1,-1,10,20,30,40,0.9,1,1\n" + line + b"\n")


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(MotFileError, match="no text"):
        read(tmp_path, bytes(range(256)))
    with pytest.raises(MotFileError, match="cannot be read"):
        read_detections(tmp_path, CARD)


def test_boxes_after_the_end_or_outside_belong_to_another_clip(tmp_path: Path) -> None:
    saved = read(tmp_path, b"20,-1,90,20,30,40,0.9,2,1\n")
    saved.must_end_by(20)
    with pytest.raises(MotFileError, match="frame 20, but the clip has 19"):
        saved.must_end_by(19)
    assert len(saved.at(19, 100, 100)) == 1, "a box over the edge is in the picture"
    with pytest.raises(MotFileError, match="outside the picture of 90x100"):
        saved.at(19, 90, 100)


def test_the_file_stands_in_the_report_in_place_of_a_network(tmp_path: Path) -> None:
    card = read(tmp_path, b"").card
    assert card.name == "saved.txt"
    assert card.sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (card.classes, card.thresholds) == (CARD.classes, CARD.thresholds)


def test_classes_and_thresholds_are_those_of_a_released_network() -> None:
    assert load_card("fast").classes == ("tank", "ifv_apc", "artillery", "mlrs", "truck", "car")


def test_filled_boxes_of_a_track_are_marked_invisible() -> None:
    boxes = (
        FrameBox(3, "truck", 0.5, (1.0, 2.0, 11.0, 22.0), False),
        FrameBox(4, "tank", 0.25, (5.0, 6.0, 7.0, 8.0), True),
    )
    lines = list(track_lines(FrameRecord(7, 0.28, boxes, 0.0, 0.0, ()), CARD.classes))
    assert lines == [
        "8,3,1.000,2.000,10.000,20.000,0.500000,2,1\n",
        "8,4,5.000,6.000,2.000,2.000,0.250000,1,0\n",
    ]


numbers = st.floats(0, 4000, width=32)
rows = st.lists(
    st.tuples(
        numbers, numbers, st.floats(0.5, 500, width=32), st.floats(0.5, 500, width=32), st.floats(0, 1), st.booleans()
    ),
    max_size=5,
)


@given(st.lists(rows, max_size=4))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, frames: list[list[tuple[float, ...]]]
) -> None:
    given_frames = []
    for boxes in frames:
        table = np.array(sorted(boxes, key=lambda box: -box[4]), np.float32).reshape(-1, 6)
        xyxy = np.concatenate([table[:, :2], table[:, :2] + table[:, 2:4]], axis=1)
        given_frames.append(Detections(xyxy, table[:, 4], table[:, 5].astype(np.int64)))
    text = "".join(line for n, found in enumerate(given_frames) for line in detection_lines(n, found))
    saved = read(tmp_path_factory.mktemp("mot"), text.encode())
    for frame, found in enumerate(given_frames):
        again = saved.at(frame, 10_000, 10_000)
        assert len(again) == len(found)
        assert again.scores == pytest.approx(found.scores, abs=1e-6)
        for box, kind in zip(found.xyxy, found.classes, strict=True):
            near = np.abs(again.xyxy - box).max(axis=1) < 0.003
            assert kind in again.classes[near]


def test_frames_that_nobody_looked_at_are_told_from_those_without_a_box(tmp_path: Path) -> None:
    lines = [*detection_lines(0, Detections.none()), *detection_lines(1, None)]
    assert lines == ["# not looked at: 2\n"]
    saved = read(tmp_path, "".join(lines).encode())
    assert saved.at(1, 50, 50) is None
    assert [len(found) for frame in (0, 2) if (found := saved.at(frame, 50, 50)) is not None] == [0, 0]


@pytest.mark.parametrize("comment", ["#", "# by hand", "# not looked at: ", "# not looked at: -1", "#" + "9" * 9999])
def test_other_comments_are_passed_over(tmp_path: Path, comment: str) -> None:
    assert not read(tmp_path, comment.encode()).not_looked_at


def test_a_box_is_believed_before_a_comment_that_denies_it(tmp_path: Path) -> None:
    found = read(tmp_path, b"# not looked at: 1\n1,-1,10,20,30,40,0.9,2,1\n").at(0, 100, 100)
    assert found is not None
    assert len(found) == 1
