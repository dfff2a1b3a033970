import re
from pathlib import Path

import pytest

from detector.frame_records import FrameRecord, FrameRecordError, frame_line
from detector.outputs.report_frames import frames_of
from tests.conftest import AnalysedClip
from tests.reports import box, record, report, track

REPORT = report(tracks=(track(1), track(2, "truck")))
HERE = (10.0, 20.0, 50.5, 40.0)
STILL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def written(folder: Path, *records: FrameRecord) -> Path:
    path = folder / "frames.jsonl"
    path.write_text("".join(frame_line(one) + "\n" for one in records))
    return path


def test_records_of_the_report_come_back_as_they_were(tmp_path: Path) -> None:
    records = [record(0, box(1, HERE), box(2, (-3.0, 0.0, 645.0, 361.0), "truck", filled=True)), record(99)]
    assert list(frames_of(REPORT, written(tmp_path, *records))) == records


def test_those_of_a_real_clip_do(analysed: AnalysedClip, tmp_path: Path) -> None:
    found = list(frames_of(analysed.report, written(tmp_path, *analysed.records)))
    assert [(one.frame, len(one.boxes)) for one in found] == [(one.frame, len(one.boxes)) for one in analysed.records]


def test_a_report_without_frames_has_no_records(tmp_path: Path) -> None:
    assert list(frames_of(report(shots=()), written(tmp_path))) == []
    with pytest.raises(FrameRecordError, match="no frame 0"):
        list(frames_of(report(shots=()), written(tmp_path, record(0))))


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        (record(100), "the report has no frame 100"),
        (record(1, box(7, HERE)), "the report has no vehicle 7"),
        (record(1, box(10**30, HERE)), f"the report has no vehicle {10**30}"),
        (record(1, box(1, HERE, "boat")), "a vehicle is of a class that the report does not know"),
        (record(1, box(1, (10.0, 20.0, 1e300, 40.0))), "a box lies far outside the picture"),
        (record(1, box(1, (50.0, 20.0, 10.0, 40.0))), "a box lies far outside the picture"),
        (record(1, smoke_box=(-1e300, 0.0, 9.0, 9.0)), "a box lies far outside the picture"),
        (record(1, camera_motion=(0.0,) * 9), "a camera motion takes the picture to infinity"),
        (record(1, camera_motion=(1e308, 1e308, *STILL[2:])), "a camera motion takes the picture to infinity"),
        (record(1, camera_motion=(*STILL[:6], -1 / 320, 0.0, 1.0)), "a camera motion takes the picture to infinity"),
        (FrameRecord(1, 1e308, (), 0.0, 0.0, ()), "the report has no frame at 1e+308 s"),
        (FrameRecord(1, 9.9, (), 0.0, 0.0, ()), "the report has no frame at 9.9 s"),
    ],
)
def test_a_record_that_the_report_knows_nothing_of_is_named(tmp_path: Path, odd: FrameRecord, says: str) -> None:
    path = written(tmp_path, record(0, box(1, HERE)), odd)
    expected = rf"frames\.jsonl, line 2: {re.escape(says)}; leave the file as detect wrote it, or analyse"
    with pytest.raises(FrameRecordError, match=expected):
        list(frames_of(REPORT, path))
