import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from detector.clip import ClipError
from detector.frame_records import FrameRecord
from detector.outputs.annotated_video import write_annotated_video
from detector.outputs.html.material import COLUMNS, Material, gather, span_s
from detector.report import DamagedPlace, Report
from tests.conftest import FRAMES, AnalysedClip


@pytest.fixture(scope="module")
def material(analysed: AnalysedClip) -> Material:
    return gather(analysed.report, analysed.records, analysed.clip, None)


def test_every_finding_has_a_picture(analysed: AnalysedClip, material: Material) -> None:
    report = analysed.report
    wanted = {f"track {track.id}" for track in report.tracks} | {"event 0", "convoy 0"}
    assert set(material.pictures) == wanted
    assert len(report.events) == 1
    for picture in material.pictures.values():
        assert cv2.imdecode(np.frombuffer(base64.b64decode(picture), np.uint8), cv2.IMREAD_COLOR) is not None


def test_a_crop_shows_its_vehicle(material: Material) -> None:
    image = cv2.imdecode(np.frombuffer(base64.b64decode(material.pictures["track 1"]), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    blue, green, red = image[image.shape[0] // 2, image.shape[1] // 2]
    assert blue > 180 > 80 > max(green, red)


def test_the_columns_hold_the_vehicles_of_every_frame(material: Material) -> None:
    assert material.vehicles == (3,) * FRAMES


def test_a_track_that_does_not_count_is_not_in_the_columns(analysed: AnalysedClip) -> None:
    weak = tuple(replace(track, counted=False) for track in analysed.report.tracks[:1])
    report = replace(analysed.report, tracks=weak + analysed.report.tracks[1:])
    assert gather(report, analysed.records, analysed.clip, None).vehicles == (2,) * FRAMES


def test_a_vehicle_that_a_look_misses_is_in_the_columns_no_more_than_in_the_video(analysed: AnalysedClip) -> None:
    records = list(analysed.records)
    lost, *others = records[20].boxes
    found = (replace(box, filled=False) for box in others)
    records[20] = replace(records[20], boxes=(replace(lost, filled=True), *found), looked_at=True)
    records[21] = replace(records[21], looked_at=False)
    everything = tuple(replace(box, filled=False) for box in records[22].boxes)
    records[22] = replace(records[22], boxes=everything, looked_at=True)
    vehicles = gather(analysed.report, records, analysed.clip, None).vehicles
    assert vehicles[19:23] == (3, 2, 2, 3)


def test_progress_is_told(analysed: AnalysedClip) -> None:
    told: list[tuple[int, int | None]] = []
    gather(analysed.report, analysed.records, analysed.clip, None, lambda done, of: told.append((done, of)))
    assert told[0] == (1, FRAMES)
    assert told[-1][0] <= FRAMES


def test_without_a_video_there_is_no_moment_it_starts(material: Material) -> None:
    assert material.video_start_s is None


def test_the_video_starts_where_its_first_picture_is(analysed: AnalysedClip, tmp_path: Path) -> None:
    video = tmp_path / "annotated.mp4"
    write_annotated_video(analysed.report, analysed.records, analysed.clip, video)
    found = gather(analysed.report, analysed.records, analysed.clip, video)
    assert found.video_start_s == pytest.approx(0.0, abs=0.1)


def test_a_column_without_a_frame_takes_the_one_before_and_many_frames_share_one(analysed: AnalysedClip) -> None:
    [shot] = analysed.report.shots
    many = 5 * COLUMNS
    report = replace(
        analysed.report,
        tracks=(), convoys=(), events=(),
        shots=(replace(shot, end=many - 1, end_s=float(many - 1)),),
        input=replace(analysed.report.input, frames_decoded=many),
    )  # fmt: skip
    box = analysed.records[0].boxes[0]
    records = [FrameRecord(frame, float(frame), (box,) * (frame == 7), 0, 0, ()) for frame in range(many)]
    columns = gather(replace(report, tracks=analysed.report.tracks), records, analysed.clip, None).vehicles
    assert len(columns) == COLUMNS
    assert (columns[0], columns[1], sum(columns)) == (0, 1, 1), "one frame of many is not lost"


def test_damage_is_a_gap_until_sound_pictures_come_again(analysed: AnalysedClip) -> None:
    places = (
        DamagedPlace(-1, None, "no picture to begin with", until_s=0.2),
        DamagedPlace(9, 0.36, "guessed", until_s=0.80),
        DamagedPlace(FRAMES - 1, 1.96, "the file ends"),
    )
    report = replace(analysed.report, coverage=replace(analysed.report.coverage, damage=places))
    start_s, end_s = span_s(report)
    assert gather(report, analysed.records, analysed.clip, None).gaps == ((start_s, 0.2), (0.36, 0.80), (1.96, end_s))


def cut_off(analysed: AnalysedClip, **coverage: Any) -> Report:
    """Of a clip whose header promises four seconds, of which not quite two were read."""
    whole = replace(analysed.report.input, duration_s=4.0, start_s=0.0)
    return replace(analysed.report, input=whole, coverage=replace(analysed.report.coverage, **coverage))


@pytest.mark.parametrize("coverage", [{"damage": (DamagedPlace(FRAMES - 1, 1.96, "it ends"),)}, {"interrupted": True}])
def test_an_end_that_was_not_read_is_part_of_the_timeline(analysed: AnalysedClip, coverage: dict[str, Any]) -> None:
    report = cut_off(analysed, **coverage)
    found = gather(report, analysed.records, analysed.clip, None)
    assert span_s(report) == (0.0, 4.0)
    assert found.gaps == ((1.96, 4.0),)
    half = len(found.vehicles) // 2
    assert set(found.vehicles[:half]) == {3}
    assert set(found.vehicles[half:]) == {0}, "nobody knows what is there"


def test_the_timeline_ends_with_the_clip_where_all_was_read_and_with_the_range_where_one_was_asked_for(
    analysed: AnalysedClip,
) -> None:
    assert span_s(cut_off(analysed)) == (0.0, 1.96)
    report = cut_off(analysed, interrupted=True)
    assert span_s(replace(report, settings=replace(report.settings, to_s=3.0))) == (0.0, 3.0)


def test_a_header_that_promises_years_leaves_room_for_what_was_seen(analysed: AnalysedClip) -> None:
    report = cut_off(analysed, interrupted=True)
    start_s, end_s = span_s(replace(report, input=replace(report.input, duration_s=1e9)))
    assert (end_s - start_s) == pytest.approx(20 * 1.96)


def test_nothing_found_and_nothing_read(analysed: AnalysedClip) -> None:
    empty = replace(analysed.report, tracks=(), convoys=(), events=(), shots=())
    found = gather(empty, (), Path("nowhere.mp4"), None)
    assert (found.pictures, found.gaps, set(found.vehicles)) == ({}, (), {0})


def test_a_clip_that_is_gone_is_an_error(analysed: AnalysedClip, tmp_path: Path) -> None:
    with pytest.raises(ClipError, match=r"gone\.mp4"):
        gather(analysed.report, analysed.records, tmp_path / "gone.mp4", None)
