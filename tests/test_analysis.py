from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import analyze
from detector.analysis import Networks
from detector.detections import Detections
from detector.frame_records import FrameRecord
from detector.model_card import ModelError, Threshold
from detector.mot_file import detection_lines
from detector.report import Report, report_document
from tests.fakes import (
    FIRE_RED,
    VEHICLE_BLUE,
    SquareFinder,
    ground,
    noisy,
    square_networks,
    with_squares,
    write_pictures,
)

FIRST, SECOND = 50, 40  # frames of the two shots


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three trucks in column drive over brown ground; after a cut one truck stands and burns beside it."""
    driving = [with_squares(ground(1), [(20 + 3 * f - 40 * n + 80, 90) for n in range(3)]) for f in range(FIRST)]
    standing = with_squares(ground(2), [(100, 50)])
    burning = with_squares(standing, [(200, 100)], FIRE_RED, side=30)
    pictures = driving + [standing if frame < 10 else burning for frame in range(SECOND)]
    return write_pictures(
        tmp_path_factory.mktemp("clip") / "column.mp4", [noisy(image, seed) for seed, image in enumerate(pictures)]
    )


@pytest.fixture(scope="module")
def records() -> list[FrameRecord]:
    return []


@pytest.fixture(scope="module")
def report(clip: Path, records: list[FrameRecord]) -> Report:
    return analyze(clip, networks=square_networks(), on_frames=records.extend)


def test_shots_and_their_counts(report: Report) -> None:
    assert [(shot.start, shot.end) for shot in report.shots] == [(0, 49), (50, 89)]
    assert [shot.most_at_once.vehicles for shot in report.shots] == [3, 1]
    assert report.counts.most_at_once.vehicles == 3
    assert (report.counts.distinct.low, report.counts.distinct.high) == (3, 4)
    assert list(report.counts.by_class) == ["truck"]


def test_a_cut_ends_every_identity(report: Report) -> None:
    assert [track.id for track in report.tracks] == [1, 2, 3, 4]
    assert {track.id: track.shot for track in report.tracks} == {1: 0, 2: 0, 3: 0, 4: 1}


def test_the_column_is_a_convoy_in_order_of_march(report: Report, records: list[FrameRecord]) -> None:
    [convoy] = report.convoys
    places = {box.track: box.xyxy[0] for box in records[40].boxes}
    assert convoy.size == 3
    assert list(convoy.tracks) == sorted(places, key=lambda track: -places[track])


def test_the_fire_is_an_event_of_the_second_shot(report: Report) -> None:
    [event] = report.events
    assert (event.kind, event.shot) == ("fire", 1)
    assert abs(event.start - 60) <= 10
    assert event.end == 89
    assert event.region == pytest.approx((200, 100, 230, 130), abs=3)


def test_every_frame_has_one_record_in_order(report: Report, records: list[FrameRecord]) -> None:
    assert [record.frame for record in records] == list(range(FIRST + SECOND))
    assert records[0].time_s == 0
    assert records[25].time_s == pytest.approx(1.0)
    assert {box.track for record in records for box in record.boxes} == {track.id for track in report.tracks}


def test_flags_are_those_of_the_event(report: Report, records: list[FrameRecord]) -> None:
    [event] = report.events
    flagged = [record.frame for record in records if "fire" in record.flags]
    assert flagged == list(range(event.start, event.end + 1))


def test_provenance(report: Report, clip: Path) -> None:
    import hashlib

    assert report.input.sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert (report.input.width, report.input.height, report.input.codec) == (320, 192, "h264")
    assert report.input.frames_declared == report.input.frames_decoded == FIRST + SECOND
    assert [network.name for network in report.networks] == ["vehicles", "smoke_fire"]
    assert report.device.used == "cpu"
    assert report.coverage.complete
    assert report.coverage.frames_decoded == FIRST + SECOND


def test_the_same_run_gives_the_same_report(report: Report, clip: Path) -> None:
    again = report_document(analyze(clip, networks=square_networks()))
    first = report_document(report)
    assert {key: value for key, value in again.items() if key != "run"} == {
        key: value for key, value in first.items() if key != "run"
    }


def test_only_the_range_asked_for_is_looked_at(clip: Path) -> None:
    seen: list[FrameRecord] = []
    report = analyze(clip, networks=square_networks(), from_s=0.4, to_s=1.0, on_frames=seen.extend)
    assert [record.frame for record in seen] == list(range(10, 25))
    assert report.input.frames_decoded == 15


def test_progress_is_told_against_what_is_expected(clip: Path) -> None:
    told: list[tuple[int, int | None]] = []
    analyze(clip, networks=square_networks(), to_s=1.8, on_progress=lambda *progress: told.append(progress))
    assert told == [(done, 45) for done in range(1, 46)]


def test_only_the_classes_asked_for_are_reported(clip: Path) -> None:
    report = analyze(clip, networks=square_networks(), classes=["tank"])
    assert report.tracks == ()
    assert report.counts.most_at_once.vehicles == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"classes": ["boat"]}, "unknown class boat"),
        ({"confidence": 1.5}, "not between"),
        ({"from_s": 3.0, "to_s": 2.0}, "empty"),
        ({"size": 650}, "multiple of 32"),
    ],
)
def test_wrong_arguments_are_named(clip: Path, wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        analyze(clip, networks=square_networks(), **wrong)  # type: ignore[arg-type]


class NearSighted(SquareFinder):
    """Misses what is narrower than 12 px at an input of 640, 8 at 960, 6 at 1280."""

    def detect(self, images, *, confidence=None, size_px=None):  # type: ignore[no-untyped-def]
        found = super().detect(images)
        return [d[d.xyxy[:, 2] - d.xyxy[:, 0] >= 7680 / size_px] for d in found]


@pytest.fixture(scope="module")
def far_and_near(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two trucks far off; after a cut one close by, for longer."""
    far = [with_squares(ground(1), [(40, 50), (150, 50)], side=9)] * 30
    near = [with_squares(ground(2), [(100, 50)], side=40)] * 50
    pictures = [noisy(image, seed) for seed, image in enumerate(far + near)]
    return write_pictures(tmp_path_factory.mktemp("clip") / "far.mp4", pictures)


def near_sighted() -> Networks:
    return replace(square_networks(), vehicles=NearSighted("vehicles", {"truck": VEHICLE_BLUE}))  # type: ignore[arg-type]


def test_the_size_is_chosen_for_each_shot(far_and_near: Path) -> None:
    report = analyze(far_and_near, networks=near_sighted())
    assert [shot.most_at_once.vehicles for shot in report.shots] == [2, 1]
    assert [shot.input_size_px for shot in report.shots] == [1280, 512]
    assert [shot.smallest_vehicle_px for shot in report.shots] == [2.0, 5.0]
    assert report.coverage.smallest_vehicle_px == 5.0, "the worst"
    assert report.networks[0].size_px == 512, "of most frames"
    assert report.settings.size == "auto"


def test_a_size_asked_for_is_used_throughout(far_and_near: Path) -> None:
    report = analyze(far_and_near, networks=near_sighted(), size=640)
    assert [shot.most_at_once.vehicles for shot in report.shots] == [0, 1]
    assert {shot.input_size_px for shot in report.shots} == {640}
    assert report.settings.size == 640


def test_the_conservative_threshold_is_that_of_both_networks(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SquareFinder, "score", 0.9)
    report = analyze(clip, networks=square_networks(), threshold="conservative")
    assert [network.confidence for network in report.networks] == [0.95, 0.95]
    assert (report.tracks, report.events) == ((), ()), "everything scores 0.9"
    assert report.settings.threshold == "conservative"


def test_what_scores_a_little_above_the_threshold_counts_but_is_not_certain(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SquareFinder, "score", 0.7)
    counts = analyze(clip, networks=square_networks()).counts
    assert counts.most_at_once.vehicles == 3
    assert (counts.distinct.low, counts.distinct.high) == (1, 4)


def test_smoke_and_fire_cannot_be_flagged_by_a_network_of_boxes_alone(clip: Path) -> None:
    networks = square_networks()
    networks.smoke_fire.card = replace(networks.smoke_fire.card, thresholds={"typical": Threshold(0.5, {})})
    with pytest.raises(ModelError, match="smoke_fire: its typical threshold has no scores for frames"):
        analyze(clip, networks=networks)


def test_a_flash_between_two_looks_is_caught(tmp_path: Path) -> None:
    seen: list[FrameRecord] = []
    dark = [noisy(ground(1), seed) for seed in range(40)]
    dark[22] = with_squares(dark[22], [(200, 100)], FIRE_RED, side=30)
    report = analyze(write_pictures(tmp_path / "c.mp4", dark), networks=square_networks(), on_frames=seen.extend)
    [flash] = report.events
    assert (flash.kind, flash.start, flash.end) == ("flash", 22, 23)
    assert [(r.frame, r.flags) for r in seen if r.flags] == [(frame, ("fire", "flash")) for frame in (22, 23)]
    assert seen[22].fire_box == pytest.approx((200, 100, 230, 130), abs=2)


def burning_truck(tmp_path: Path) -> Path:
    """It burns through the whole clip."""
    truck = with_squares(with_squares(ground(1), [(100, 50)], side=24), [(106, 42)], FIRE_RED, side=12)
    return write_pictures(tmp_path / "burning.mp4", [noisy(truck, seed) for seed in range(50)])


def test_a_wreck_that_burns_through_a_shot_is_one_event_on_its_track(tmp_path: Path) -> None:
    report = analyze(burning_truck(tmp_path), networks=square_networks())
    [event], [track] = report.events, report.tracks
    assert (event.start, event.end, event.tracks) == (0, 49, (track.id,))
    assert (track.burning, track.smoking) == (True, False)
    assert not report.shots[0].monochrome


def test_no_fire_is_claimed_where_there_are_no_colours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detector.analysis.chroma", lambda small: 0.0)
    report = analyze(burning_truck(tmp_path), networks=square_networks())
    assert report.shots[0].monochrome
    assert (report.events, report.tracks[0].burning) == ((), False)


def turned(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(picture[::-1])


@pytest.mark.parametrize(
    "picture",
    [
        lambda seed: np.full((96, 160, 3), (0, 120, 250), np.uint8),
        lambda seed: np.random.default_rng(seed).integers(0, 255, (96, 160, 3), np.uint8),
        lambda seed: turned(noisy(ground(1), seed)),
        lambda seed: noisy(ground(1, 64, 64), seed),
    ],
    ids=["one colour", "noise", "upside down", "64x64"],
)
def test_the_released_network_sees_no_event_in_bad_input(
    tmp_path: Path, picture: Callable[[int], NDArray[np.uint8]]
) -> None:
    saved = tmp_path / "detections.txt"
    saved.write_text("")
    clip = write_pictures(tmp_path / "c.mp4", [picture(seed) for seed in range(25)])
    assert analyze(clip, networks=Networks.load_saved(saved, "cpu")).events == ()


def test_breaking_off_keeps_what_was_done(clip: Path) -> None:
    seen: list[FrameRecord] = []

    def break_off(done: int, expected: int | None) -> None:
        if done == 30:
            raise KeyboardInterrupt

    report = analyze(clip, networks=square_networks(), on_frames=seen.extend, on_progress=break_off)
    assert report.coverage.interrupted
    assert len(seen) == report.input.frames_decoded == 30
    assert report.counts.most_at_once.vehicles == 3


def test_a_clip_of_one_frame(tmp_path: Path) -> None:
    clip = write_pictures(tmp_path / "one.mp4", [with_squares(ground(1), [(50, 50), (150, 50)])])
    report = analyze(clip, networks=square_networks())
    assert report.counts.most_at_once.vehicles == 2


def test_saved_looks_are_tracked_to_the_same_boxes(clip: Path, tmp_path: Path) -> None:
    """What was not looked at is told from what shows nothing."""
    found: dict[int, Detections | None] = {}
    first: list[FrameRecord] = []
    analyze(clip, every=4, networks=square_networks(), on_detections=found.__setitem__, on_frames=first.extend)
    assert {frame % 4 for frame in range(FIRST) if found[frame] is not None} == {0}
    saved = tmp_path / "detections.txt"
    saved.write_text("".join(line for frame in found for line in detection_lines(frame, found[frame])))
    again: list[FrameRecord] = []
    analyze(clip, networks=Networks.load_saved(saved, "cpu"), on_frames=again.extend)
    assert [record.looked_at for record in again] == [record.looked_at for record in first]
    for one, other in zip(first, again, strict=True):
        assert [box.filled for box in one.boxes] == [box.filled for box in other.boxes]
        assert [box.xyxy for box in one.boxes] == [pytest.approx(box.xyxy, abs=0.01) for box in other.boxes]


def test_saved_detections_stand_in_for_the_vehicle_network(clip: Path, report: Report, tmp_path: Path) -> None:
    """The released second network runs; of the first only the card is read."""
    found: dict[int, Detections | None] = {}
    analyze(clip, networks=square_networks(), on_detections=found.__setitem__)
    assert sorted(found) == list(range(FIRST + SECOND))
    saved = tmp_path / "detections.txt"
    saved.write_text("".join(line for frame in found for line in detection_lines(frame, found[frame])))
    again = analyze(clip, networks=Networks.load_saved(saved, "cpu"))
    assert again.networks[0].name == again.settings.tracks == "detections.txt"
    assert [(track.first, track.last) for track in again.tracks] == [(t.first, t.last) for t in report.tracks]
    assert {track.class_name for track in again.tracks} == {"ifv_apc"}, "the second class of the released network"
