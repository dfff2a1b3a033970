"""The report in plain sentences, for an editor who reads no JSON. Honest about ranges, and about what was not seen."""

from collections import Counter
from collections.abc import Iterator

from detector.outputs.words import class_name, clock, counted, heading, share, span
from detector.report import Convoy, Count, Coverage, DamagedPlace, Distinct, Event, Report, Shot
from detector.review_records import Review


def headline(distinct: Distinct) -> str:
    """How many different vehicles, with the range."""
    if not distinct.high:
        return "No vehicle was found."
    if distinct.low == distinct.high:
        return f"{counted(distinct.best, 'different vehicle')} {'was' if distinct.best == 1 else 'were'} found."
    if not distinct.low:
        return f"Perhaps none, at most {counted(distinct.high, 'different vehicle')}; most likely {distinct.best}."
    return (
        f"At least {counted(distinct.low, 'different vehicle')}, at most {distinct.high}; most likely {distinct.best}."
    )


def why(report: Report) -> str:
    """Why the count is a range, or why it is none."""
    return _sentence(report.counts.reason)


def number(distinct: Distinct) -> str:
    """A range as short as it goes, for tables."""
    return str(distinct.best) if distinct.low == distinct.high else f"{distinct.low} to {distinct.high}"


def by_kind(report: Report) -> list[tuple[str, Count]]:
    """Rows of the table of kinds: names as people say them, most vehicles first."""
    rows = sorted(report.counts.by_class.items(), key=lambda item: -item[1].distinct.best)
    return [(class_name(name), count) for name, count in rows]


def convoys(report: Report) -> str:
    """How many convoys, and how large."""
    if not report.convoys:
        return "No convoy was found. A convoy is three or more vehicles that move along one path."
    if len(report.convoys) == 1:
        return f"One convoy: {convoy(report.convoys[0])}."
    sizes = sorted(found.size for found in report.convoys)
    size = f"{sizes[0]} to {sizes[-1]}" if sizes[0] < sizes[-1] else f"{sizes[0]}"
    return f"{len(report.convoys)} convoys, of {size} vehicles. After a cut the same convoy counts again."


def convoy(found: Convoy) -> str:
    """One convoy."""
    return (
        f"{found.size} vehicles, going {heading(found.direction_degrees)} in the picture, "
        f"about {found.spacing_lengths:.1f} vehicle lengths apart"
    )


def events(report: Report, kind: str) -> str:
    """When something of a kind was seen, in all."""
    found = [event for event in report.events if event.kind == kind]
    name = {"flash": "Flashes"}.get(kind, kind.capitalize())
    if not found:
        return f"{name}: none flagged."
    seconds = sum(event.end_s - event.start_s for event in found)
    unsure = sum(event.uncertain for event in found)
    which = "It is" if len(found) == 1 else f"{unsure} of them {'is' if unsure == 1 else 'are'}"
    text = f"{name}: flagged {_times(len(found))}, {_seconds(seconds)} in all, first at {clock(found[0].start_s)}."
    return text + (f" {which} uncertain: dust or steam can look like it." if unsure else "")


def event(found: Event) -> str:
    """What there is to say of one event beside its times."""
    parts = [f"such findings are right in about {min(found.confidence, 0.99):.0%} of cases"]
    if found.uncertain:
        parts.append("uncertain: dust or steam can look like it")
    if found.tracks:
        parts.append(f"at vehicle{'' if len(found.tracks) == 1 else 's'} {', '.join(map(str, found.tracks))}")
    if found.continues is not None:
        parts.append(f"seems to go on from event {found.continues + 1}")
    return "; ".join(parts)


def reviewed(review: Review, findings: int) -> str:
    """What a person said, in all."""
    said = Counter(verdict.verdict for verdict in review.verdicts)
    parts = [f"{said[name]} {name}" for name in ("confirmed", "rejected", "relabelled") if said[name]]
    listed = f": {', '.join(parts)}" if parts else ""
    return (
        f"A person judged {len(review.verdicts)} of {findings} findings{listed} (saved {review.saved[:10]}). "
        "The numbers above are still the machine's; the verdicts stand on the cards."
    )


def looked_at(report: Report) -> str:
    """What part of the clip was looked at."""
    covered, settings = report.coverage, report.settings
    text = f"{covered.frames_decoded:,} pictures were looked at"
    if report.shots:
        text += f", from {clock(report.shots[0].start_s)} to {clock(report.shots[-1].end_s)}"
    if settings.from_s is not None or settings.to_s is not None:
        text += ". The rest of the clip was left out on purpose"
    return text + "."


def not_seen(report: Report) -> list[str]:
    """What was not looked at and what could not have been seen."""
    covered = report.coverage
    return [
        *_unread(covered),
        *_smallest(report),
        *_blind(report),
        *_left_out(report),
        "Nothing found is no proof that nothing was there: vehicles are missed under trees, in smoke and in the dark.",
        "People are not looked for.",
    ]


def shot(found: Shot) -> str:
    """What a shot is."""
    parts = [{"black": "black picture", "title": "title card"}.get(found.kind, found.kind)]
    if found.monochrome:
        parts.append("without colour")
    if found.same_place_as is not None:
        parts.append(f"same place as shot {found.same_place_as + 1}")
    return ", ".join(parts)


def smallest_in(found: Shot) -> str:
    """How narrow a vehicle could be and still be seen in all of a shot."""
    return "not known" if found.smallest_vehicle_px is None else f"{found.smallest_vehicle_px:g} px"


def _unread(covered: Coverage) -> Iterator[str]:
    if covered.interrupted:
        yield "The run was broken off: what comes later in the clip was not looked at."
    if covered.clip_changed:
        yield "The file was changed or taken away while it was read: this may be of neither the old nor the new one."
    if not covered.complete:
        yield _rest_on(covered)
    if covered.frames_failed:
        yield f"{counted(covered.frames_failed, 'picture')} could not be decoded."
    for damage in covered.damage:
        yield _sentence(f"not read {span(damage.time_s, damage.until_s)}{_leaning(damage)}: {damage.reason}")
    if covered.complete and not covered.interrupted:
        yield "Every picture could be decoded."


def _leaning(damage: DamagedPlace) -> str:
    """What is said of the pictures between a damaged place and the next key frame, if there are any."""
    if damage.until_s is None or damage.until_s == damage.leaning_until_s:
        return ""
    return f", and pictures {span(damage.until_s, damage.leaning_until_s)} are made from broken ones"


def _rest_on(covered: Coverage) -> str:
    if covered.share_read is None:
        return "The end of the file is lost, and nobody knows how long it was: the counts are of what is left."
    return f"The counts rest on {share(covered.share_read)} of the pictures; the others could not be read."


def _smallest(report: Report) -> Iterator[str]:
    smallest_px = report.coverage.smallest_vehicle_px
    if smallest_px is None:
        yield "The vehicles come from a file, so it is not known how small ones could have been seen."
        return
    yield (
        f"Vehicles narrower than about {smallest_px:g} pixels were too small to see, at least in some shots; "
        f"the picture is {report.input.width} pixels wide."
    )


def _blind(report: Report) -> Iterator[str]:
    covered = report.coverage
    if covered.frames_dark:
        were = "was" if covered.frames_dark == 1 else "were"
        yield f"{counted(covered.frames_dark, 'picture')} {were} too dark to show a vehicle."
    if covered.frames_not_footage:
        show = "shows" if covered.frames_not_footage == 1 else "show"
        yield f"{counted(covered.frames_not_footage, 'picture')} {show} titles, black or transitions between shots."
    if covered.frames_looked_at < covered.frames_decoded:
        looked = counted(covered.frames_looked_at, "picture")
        yield f"Vehicles were looked for in {looked} of {covered.frames_decoded:,}; in between they were carried along."
    if covered.smoke_fire_every_frames > 1:
        yield f"Smoke and fire were looked for in one of {covered.smoke_fire_every_frames} pictures."
    monochrome = sum(found.monochrome for found in report.shots)
    if monochrome:
        yield (
            f"{monochrome} of {len(report.shots)} shots {'is' if monochrome == 1 else 'are'} thermal or "
            "black-and-white: fire is not claimed there by its colour."
        )
    for note in covered.notes:
        yield _sentence(note)


def _left_out(report: Report) -> Iterator[str]:
    if report.settings.classes:
        names = [class_name(name) for name in report.settings.classes]
        yield f"Only these kinds were asked for: {', '.join(names)}."


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{clock(seconds)} minutes"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
