from dataclasses import replace

from detector.frame_records import FrameRecord
from detector.outputs.running_count import RunningCount
from tests.conftest import AnalysedClip


def test_what_the_last_look_missed_does_not_count_until_one_finds_it(analysed: AnalysedClip) -> None:
    count, seen = RunningCount(analysed.report), replace(analysed.records[0], looked_at=True)
    lost, *others = seen.boxes
    carried = tuple(replace(box, filled=True) for box in seen.boxes)
    between = replace(seen, boxes=carried, looked_at=False)
    missing = replace(seen, boxes=(replace(lost, filled=True), *others))
    assert [count.update(record) for record in (seen, between, missing, between)] == [3, 3, 2, 2]
    assert count.missed == {lost.track}
    assert [count.update(record) for record in (seen, between)] == [3, 3]


def test_a_doubtful_track_never_counts(analysed: AnalysedClip) -> None:
    tracks = tuple(replace(track, counted=track.id != 1) for track in analysed.report.tracks)
    assert RunningCount(replace(analysed.report, tracks=tracks)).update(analysed.records[0]) == 2


def test_two_tracks_on_one_vehicle_are_not_more_than_the_most_at_once(analysed: AnalysedClip) -> None:
    counts = analysed.report.counts
    fewer = replace(counts, most_at_once=replace(counts.most_at_once, vehicles=1))
    assert RunningCount(replace(analysed.report, counts=fewer)).update(analysed.records[0]) == 1


def test_an_empty_frame_has_none(analysed: AnalysedClip) -> None:
    assert RunningCount(analysed.report).update(FrameRecord(0, 0.0, (), 0, 0, ())) == 0
