import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.labels import Box, LabelError, NamedBox, parse_box, place_inside, project_boxes

CLASSES = ("tank", "ifv_apc", "car")


def test_a_line_is_a_box() -> None:
    assert parse_box("1 0.5 0.5 0.2 0.1", class_count=2) == Box(1, 0.5, 0.5, 0.2, 0.1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2 0.5 0.5 0.1 0.1", "class 2"),
        ("-1 0.5 0.5 0.1 0.1", "class -1"),
        ("0 1.5 0.5 0.1 0.1", "outside the picture"),
        ("0 0.98 0.5 0.1 0.1", "outside the picture"),
        ("0 0.5 0.5 0 0.1", "without area"),
        ("0 0.5 0.5 -0.1 0.1", "without area"),
        ("0 0.5 0.5 nan 0.1", "outside the picture"),
        ("0 inf 0.5 0.1 0.1", "outside the picture"),
        ("0 1e308 0.5 1e308 0.1", "outside the picture"),
        ("0 0.5 0.5 0.1", "not a box"),
        ("0 0.1 0.1 0.2 0.1 0.2 0.2", "not a box"),
        ("tank 0.5 0.5 0.1 0.1", "not a box"),
        ("9" * 5000 + " 0.5 0.5 0.1 0.1", "not a box"),
    ],
)
def test_a_line_that_is_no_box_in_the_picture_is_refused(line: str, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        parse_box(line, class_count=2)


def test_what_rounding_put_over_the_edge_is_cut_off() -> None:
    cx, cy, width, height = place_inside(0.9505, 0.5, 0.1, 0.2)
    assert cx + width / 2 == pytest.approx(1)
    assert cx - width / 2 == pytest.approx(0.9005)
    assert (cy, height) == pytest.approx((0.5, 0.2))


@given(st.text(max_size=60))
def test_any_line_is_a_box_in_the_picture_or_refused(line: str) -> None:
    try:
        box = parse_box(line, class_count=3)
    except LabelError:
        return
    assert 0 <= box.class_index < 3
    assert 0 <= box.cx <= 1
    assert 0 <= box.cy <= 1
    assert 0 < box.width <= 1.01
    assert 0 < box.height <= 1.01


@given(st.integers(0, 2), *[st.floats(0.01, 0.49)] * 4)
def test_a_box_written_and_read_is_the_same_box(index: int, cx: float, cy: float, width: float, height: float) -> None:
    box = Box(index, 0.25 + cx, 0.25 + cy, width, height)
    again = parse_box(box.line(), class_count=3)
    assert again.class_index == index
    assert [again.cx, again.cy, again.width, again.height] == pytest.approx(
        [box.cx, box.cy, box.width, box.height], abs=1e-6
    )


def test_classes_are_renamed_and_unwanted_ones_dropped() -> None:
    mapping: dict[str, str | None] = {"other": None, "APC": "ifv_apc"}
    boxes = [NamedBox("other", 0.5, 0.5, 0.1, 0.1), NamedBox("APC", 0.2, 0.2, 0.1, 0.1)]
    assert project_boxes(boxes, mapping, CLASSES) == [Box(1, 0.2, 0.2, 0.1, 0.1)]
