from dataclasses import replace

import pytest

from detector.event_records import Event
from detector.outputs.html import sentences
from detector.report import DamagedPlace, Distinct
from detector.review_records import Review, Verdict
from tests.conftest import AnalysedClip


@pytest.mark.parametrize(
    ("distinct", "text"),
    [
        (Distinct(0, 0, 0), "No vehicle was found."),
        (Distinct(1, 1, 1), "1 different vehicle was found."),
        (Distinct(4, 4, 4), "4 different vehicles were found."),
        (Distinct(1, 3, 5), "At least 1 different vehicle, at most 5; most likely 3."),
        (Distinct(0, 2, 2), "Perhaps none, at most 2 different vehicles; most likely 2."),
    ],
)
def test_the_headline_gives_the_range(distinct: Distinct, text: str) -> None:
    assert sentences.headline(distinct) == text


def event(**changes: object) -> Event:
    smoke = Event("smoke", 0, 49, 30, 0.0, 2.0, 1.2, 0.8, 0.72, None, 0)
    return replace(smoke, **changes)  # type: ignore[arg-type]


def test_events_are_told_with_what_is_uncertain(analysed: AnalysedClip) -> None:
    report = replace(analysed.report, events=(event(), event(start_s=5.0, end_s=70.0, uncertain=True)))
    assert sentences.events(report, "fire") == "Fire: none flagged."
    assert sentences.events(report, "smoke") == (
        "Smoke: flagged 2 times, 1:07.0 minutes in all, first at 0:00.0. "
        "1 of them is uncertain: dust or steam can look like it."
    )


def test_an_event_says_how_often_such_are_right_and_what_it_goes_with() -> None:
    text = sentences.event(event(tracks=(3, 4), continues=0, uncertain=True))
    for part in ("about 72% of cases", "vehicles 3, 4", "event 1", "uncertain"):
        assert part in text


def test_nothing_is_said_to_be_always_right() -> None:
    assert "about 99%" in sentences.event(event(confidence=1.0))


def test_convoys_are_told_with_their_sizes(analysed: AnalysedClip) -> None:
    [convoy] = analysed.report.convoys
    longer = replace(convoy, size=9)
    for found, text in [
        ((), "No convoy was found."),
        ((convoy,), "One convoy: 3 vehicles, going right in the picture, about 2.1 vehicle lengths apart."),
        ((convoy, convoy), "2 convoys, of 3 vehicles."),
        ((convoy, longer), "2 convoys, of 3 to 9 vehicles."),
    ]:
        assert sentences.convoys(replace(analysed.report, convoys=found)).startswith(text)


def test_what_was_not_seen_is_said_plainly(analysed: AnalysedClip) -> None:
    told = " ".join(sentences.not_seen(analysed.report))
    assert "Every picture could be decoded." in told
    assert "too small to see" in told
    assert "no proof" in told


def test_damage_interruption_and_choices_are_told(analysed: AnalysedClip) -> None:
    report = analysed.report
    damage = (DamagedPlace(9, 0.4, "the file ends here"),)
    coverage = replace(
        report.coverage, damage=damage, frames_failed=1, interrupted=True, frames_dark=3, smallest_vehicle_px=None
    )
    settings = replace(report.settings, classes=("tank",), from_s=1.0)
    hurt = replace(report, coverage=coverage, settings=settings)
    told = " ".join(sentences.not_seen(hurt))
    for part in (
        "broken off",
        "1 picture could not be decoded",
        "Not read from 0:00.4 to the end: the file ends here.",
        "3 pictures were too dark",
    ):
        assert part in told
    assert "Every picture" not in told
    assert "Only these kinds were asked for: tank." in told
    assert "from a file" in told
    assert "left out on purpose" in sentences.looked_at(hurt)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (DamagedPlace(-1, None, "no key frame", 2.0, 2.0), "Not read from the start to 0:02.0: no key frame."),
        (DamagedPlace(9, 3.0, "bytes missing", 5.5, 5.5), "Not read from 0:03.0 to 0:05.5: bytes missing."),
        (
            DamagedPlace(9, 3.0, "guessed", until_s=5.5, leaning_until_s=10.0),
            "Not read from 0:03.0 to 0:05.5, and pictures from 0:05.5 to 0:10.0 are made from broken ones: guessed.",
        ),
        (
            DamagedPlace(9, 3.0, "guessed", until_s=5.5),
            "Not read from 0:03.0 to 0:05.5, and pictures from 0:05.5 to the end are made from broken ones: guessed.",
        ),
        (DamagedPlace(-1, None, "nothing but noise"), "Not read from the start to the end: nothing but noise."),
    ],
)
def test_a_damaged_place_is_told_from_when_to_when(analysed: AnalysedClip, place: DamagedPlace, text: str) -> None:
    coverage = replace(analysed.report.coverage, damage=(place,))
    assert text in sentences.not_seen(replace(analysed.report, coverage=coverage))


@pytest.mark.parametrize(
    ("share_read", "text"),
    [
        (0.62, "The counts rest on 62 % of the pictures"),
        (0.9999, "The counts rest on over 99 % of the pictures"),
        (None, "nobody knows how long it was"),
    ],
)
def test_the_share_that_was_read_is_told(analysed: AnalysedClip, share_read: float | None, text: str) -> None:
    coverage = replace(analysed.report.coverage, frames_failed=3, share_read=share_read)
    assert text in " ".join(sentences.not_seen(replace(analysed.report, coverage=coverage)))
    assert "rest on" not in " ".join(sentences.not_seen(analysed.report)), "nothing is lost"


def test_a_shot_is_told_with_its_place_and_its_want_of_colour(analysed: AnalysedClip) -> None:
    footage = replace(analysed.report.shots[0], monochrome=False)
    assert sentences.shot(footage) == "footage"
    again = replace(footage, monochrome=True, same_place_as=0)
    assert sentences.shot(again) == "footage, without colour, same place as shot 1"
    assert sentences.shot(replace(footage, kind="black")) == "black picture"
    told = " ".join(sentences.not_seen(replace(analysed.report, shots=(footage, again))))
    assert "1 of 2 shots is thermal or black-and-white" in told
    assert sentences.smallest_in(replace(footage, smallest_vehicle_px=None)) == "not known"


def test_a_review_is_summed_up_and_changes_no_count() -> None:
    verdicts = (Verdict("track", 1, "confirmed"), Verdict("track", 2, "relabelled", "car"))
    text = sentences.reviewed(Review("2026-11-22T20:00:00Z", verdicts), 5)
    assert "2 of 5 findings: 1 confirmed, 1 relabelled (saved 2026-11-22)" in text
    assert "still the machine's" in text
