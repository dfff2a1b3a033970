"""How events are scored, and that what is measured is what `detect` reports."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.colour_rules import colour_shares
from benchmarks.event_footage import Footage, Ranges, colour_ranges, event_ranges, events, single_frame_ranges, watch
from benchmarks.event_pictures import clear_thresholds, colourless, score_pictures
from benchmarks.events import HOUSE_FIRE, ClipScore, Timed, cost, printed, score_clips
from detector import analyze
from detector.analysis import SMOKE_FIRE_EVERY_S
from models.truth import Truth
from tests.fakes import FIRE_RED, SMOKE_GREY, ground, noisy, square_networks, with_squares, write_pictures

EMPTY = Footage("clip.mp4", 25.0, [], [], [], [], [], [])


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Smoke from frame 20 on, and fire in frame 33 alone."""
    pictures = [noisy(ground(1), seed) for seed in range(60)]
    pictures[20:] = [with_squares(one, [(30, 30)], SMOKE_GREY, 40) for one in pictures[20:]]
    pictures[33] = with_squares(pictures[33], [(200, 100)], FIRE_RED, 30)
    return write_pictures(tmp_path_factory.mktemp("clip") / "clip.mp4", pictures)


@pytest.fixture(scope="module")
def footage(clip: Path) -> Footage:
    return watch(clip, square_networks().smoke_fire)


def test_what_is_measured_is_what_is_reported(clip: Path, footage: Footage) -> None:
    networks = square_networks()
    card = networks.smoke_fire.card
    measured = events(footage, card, card.threshold("typical"), SMOKE_FIRE_EVERY_S)
    assert tuple(measured) == analyze(clip, networks=networks).events
    assert event_ranges(measured) == {"smoke": [[24, 59]], "fire": [[33, 39]]}


def test_the_other_methods_flag_frames(footage: Footage) -> None:
    card = square_networks().smoke_fire.card
    assert single_frame_ranges(footage, card, card.threshold("typical"), 0.2) == {"smoke": [[20, 59]], "fire": []}
    colours = [{"fire": 0.1 if frame == 33 else 0.0} for frame in range(60)]
    assert colour_ranges(replace(footage, colours=colours), {"fire": 0.05}) == {"fire": [[33, 33]]}


def score(truth: Mapping[str, Ranges], found: Mapping[str, Ranges], name: str = "clip.mp4") -> ClipScore:
    return score_clips([replace(EMPTY, name=name)], {name: truth}, lambda clip: found)


def test_ranges_of_a_second_are_hit_by_any_part_of_an_event() -> None:
    truth = {"smoke": [[0, 49], [100, 110]]}
    assert score(truth, {"smoke": [[49, 60]]}).figures() == {
        "ranges_hit": 1, "ranges": 1, "overlap": 0.014, "recall": 0.016, "false_events": 0, "house_fire_s": None,
    }  # fmt: skip
    assert score(truth, {"smoke": [[50, 120]]}).hit == 0


def test_kinds_are_not_mixed() -> None:
    assert score({"smoke": [[0, 49]], "fire": []}, {"smoke": [], "fire": [[0, 49]]}).common == 0


def test_false_events_are_those_in_clips_without_any() -> None:
    nothing: dict[str, Ranges] = {"smoke": [], "fire": []}
    assert score(nothing, {"smoke": [[0, 9], [50, 60]], "fire": [[3, 4]]}, "montage_mtlb.mp4").false_events == 3
    assert score(nothing, {"smoke": [[0, 9]], "fire": []}, "ground_lav2.mp4").false_events == 0


def test_house_fire_has_no_ranges_but_a_first_flame() -> None:
    assert score({}, {"smoke": [], "fire": [[50, 60], [25, 30]]}, HOUSE_FIRE).house_fire_s == 1.0
    assert score({}, {"smoke": [], "fire": []}, HOUSE_FIRE).house_fire_s is None


def picture(source: str, smoke: bool, fire: bool, lookalike: str = "") -> Truth:
    present = {"smoke": smoke, "fire": fire}
    return Truth(Path(source) / "images" / "val" / "a.webp", 640, 640, present=present, lookalike=lookalike)


def test_pictures_from_above_and_look_alikes() -> None:
    truths = [
        picture("zem", True, True),
        picture("mian", False, False, "dust"),
        picture("cair_clear", False, False),
        picture("zem", False, False),
    ]
    scores = {"smoke": np.array([0.9, 0.8, 0.1, 0.1]), "fire": np.array([0.2, 0.1, 0.9, 0.0])}
    figures = score_pictures(truths, scores, {"smoke": 0.5, "fire": 0.5})
    assert figures["smoke"] == {"average_precision": 1.0, "recall": 1.0, "clear_flagged": 0.5}
    assert figures["fire"] == {"average_precision": 1.0, "recall": 0.0, "clear_flagged": 0.0}
    assert figures["look_alikes"] == {"pictures": 2, "flagged": 2}
    assert clear_thresholds(truths, scores, 0.4)["smoke"] == pytest.approx(0.101)


def test_colours_of_fire_and_smoke() -> None:
    flames = with_squares(ground(1), [(100, 60)], (20, 140, 250), 80)
    assert colour_shares(flames)["fire"] == pytest.approx(80 * 80 / (320 * 192), abs=0.02)
    assert colour_shares(ground(1))["fire"] < 0.02
    assert colour_shares(np.full((96, 160, 3), 130, np.uint8)) == {"smoke": 1.0, "fire": 0.0}


def test_pictures_lose_their_colours_under_an_orange_display() -> None:
    found = colourless([np.repeat(np.repeat(ground(seed), 4, axis=0), 4, axis=1) for seed in (1, 2)])
    assert found == {"pictures": 2, "as_they_are": 0, "made_grey": 2}


def test_looks_of_both_networks_are_timed(clip: Path) -> None:
    [row] = cost([clip], square_networks()).values()
    assert row["smoke_fire_looks"] == 8, "every eighth of 50, and the flash"
    assert row["vehicle_looks"] >= 50
    assert row["share_of_vehicle_time"] > 0
    assert Timed(square_networks().vehicles).classes == ("tank", "truck")


def test_tables_hold_what_was_measured() -> None:
    kind = {"average_precision": 0.9, "recall": 0.8, "clear_flagged": 0.03}
    pictures = {"smoke": kind, "fire": kind, "look_alikes": {"pictures": 40, "flagged": 2}}
    clips = ClipScore(5, 6, 1, 2, 2, 1, None).figures()
    text = printed(
        {
            "pictures": {"typical": {"network": pictures}},
            "clips": {"typical": {"events": clips}},
            "rates": {"0.2 s, with cue": clips},
            "cost": {"clip.mp4": {"vehicle_looks": 50, "smoke_fire_looks": 11, "share_of_vehicle_time": 0.08}},
            "monochrome": {"pictures": 2},
        }
    )
    assert "| typical | network | 0.9 | 0.8 | 0.03 | 0.9 | 0.8 | 0.03 | 40 | 2 |" in text
    assert "| 0.2 s, with cue | 5 | 6 | 0.5 | 0.5 | 1 | None |" in text
