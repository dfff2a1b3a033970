import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.frame_records import FrameBox, FrameRecord, FrameRecordError, frame_line, read_frames

coordinates = st.floats(0, 4000).map(lambda value: round(value, 2))
xyxy = st.tuples(coordinates, coordinates, coordinates, coordinates)
scores = st.floats(0, 1).map(lambda value: round(value, 4))
boxes = st.builds(
    FrameBox, st.integers(1, 99), st.sampled_from(["tank", "car"]), scores,
    xyxy, st.booleans(),
)  # fmt: skip
records = st.builds(
    FrameRecord, st.integers(0, 10**6), st.floats(0, 1e5).map(lambda value: round(value, 6)),
    st.lists(boxes, max_size=4).map(tuple), scores, scores,
    st.sampled_from([(), ("smoke",), ("fire", "smoke")]), st.none() | xyxy, st.none() | xyxy,
    st.none() | st.tuples(*[st.floats(-4000, 4000).map(lambda value: round(value, 10))] * 9),
)  # fmt: skip


@given(records)
def test_a_frame_record_survives_its_line(record: FrameRecord) -> None:
    line = frame_line(record)
    assert "\n" not in line
    assert list(read_frames([line])) == [record]


def test_no_lines_are_no_records() -> None:
    assert list(read_frames([])) == []


def test_lines_keep_their_order_and_say_class() -> None:
    box = FrameBox(3, "truck", 0.123456, (1.0, 2.0, 3.004, 4.0), filled=True)
    lines = [frame_line(FrameRecord(frame, frame / 25, (box,), 0.0, 0.5, ("fire",))) for frame in (0, 1)]
    assert lines[1] == (
        '{"frame":1,"time_s":0.04,"boxes":[{"track":3,"class":"truck","score":0.1235,"xyxy":[1.0,2.0,3.0,4.0],'
        '"filled":true}],"smoke":0.0,"fire":0.5,"flags":["fire"],"smoke_box":null,"fire_box":null,"camera_motion":null,"looked_at":true}'
    )
    assert [record.frame for record in read_frames(lines)] == [0, 1]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        "[" * 100_000,
        frame_line(FrameRecord(2, 0.0, (), 0.0, 0.0, ()))[:-1],
        frame_line(FrameRecord(2, 0.0, (), 0.0, 0.0, ())).replace("0.0", "NaN", 1),
        frame_line(FrameRecord(2, 0.0, (), 0.0, 0.0, ())).replace("0.0", "1e999", 1),
        frame_line(FrameRecord(2, 0.0, (), 0.0, 0.0, ())).replace('"boxes":[]', '"boxes":[{"track":1}]'),
        frame_line(FrameRecord(2, 0.0, (), 0.0, 0.0, ())).encode() + b"\xff",
        frame_line(FrameRecord(1, 0.0, (), 0.0, 0.0, ())),
        frame_line(FrameRecord(-1, 0.0, (), 0.0, 0.0, ())),
    ],
)
def test_a_line_that_is_none_is_named(line: str | bytes) -> None:
    lines = [frame_line(FrameRecord(number, 0.0, (), 0.0, 0.0, ())) for number in (0, 1)]
    with pytest.raises(FrameRecordError, match=r"^there, line 3: .*; leave the file as detect wrote it, or analyse"):
        list(read_frames([*lines, line], "there"))
