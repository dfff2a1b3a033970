"""When something smokes or burns: scores of single frames to events with a beginning, an end and a place.

A flag that flickers is useless: scores are voted on over a short window, where only what lies in the same place of the
ground speaks for one another (`event_votes`), and an event is switched with hysteresis. It ends with its shot. What
burns for a moment only is a flash and no matter of votes (`flashes`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.chosen import Chosen
from detector.event_records import Event
from detector.event_votes import OFF_SHARE, vote
from detector.flashes import flash_runs
from detector.sightings import Sighting

SHORTEST_S = 0.4
LONGEST_GAP_S = 0.5
LONGEST_FLASH_S = 1.0  # what lights up and goes on for longer is fire
HESITATES_FROM = 0.5  # of the score that a look-alike scores too

Run = tuple[int, int]
Array = NDArray[np.float64]


def find_events(
    sightings: Sequence[Sighting],
    kind: str,
    threshold: float,
    to_ground: Mapping[int, Array],
    last: tuple[int, float],
    shot: int,
) -> list[Event]:
    """Events of one kind in one shot, in order; of "fire" also those of kind "flash".

    Args:
        sightings: frames of the shot that were looked at, in order.
        kind: "smoke" or "fire".
        threshold: voted score at which an event begins.
        to_ground: frame to the (3, 3) transform from its pixels to those of the shot's first frame.
        last: the shot's last frame and its time; a sighting stands for the frames up to the next one.
        shot: index of the shot, for the record.
    """
    regular = Chosen(sightings, np.flatnonzero([sighting.due for sighting in sightings]))
    times_s = np.array([sighting.time_s for sighting in regular])
    voted = vote(regular, kind, OFF_SHARE * threshold, to_ground)
    found = []
    for first, final in _join(_runs(voted, threshold), times_s):
        event = _event(regular[first : final + 1], kind, _end_of(regular, final, last), shot)
        if event.end_s - event.start_s >= SHORTEST_S:
            found.append(replace(event, score=float(np.quantile(voted[first : final + 1], 0.75))))
    if kind == "fire":
        return _with_flashes(found, _flashes(sightings, threshold, to_ground, last, shot))
    return [_beside_look_alike(event, sightings) for event in found]


def _flashes(
    sightings: Sequence[Sighting], threshold: float, to_ground: Mapping[int, Array], last: tuple[int, float], shot: int
) -> list[Event]:
    times_s = np.array([sighting.time_s for sighting in sightings])
    runs = _join(flash_runs(sightings, threshold, to_ground), times_s)
    found = []
    for first, final in runs:
        event = _event(sightings[first : final + 1], "fire", _end_of(sightings, final, last), shot)
        found.append(replace(event, kind="flash") if event.end_s - event.start_s < LONGEST_FLASH_S else event)
    return found


def _event(seen: Sequence[Sighting], kind: str, end: tuple[int, float], shot: int) -> Event:
    """What these sightings say; the score is that of the peak."""
    peak = max(seen, key=lambda sighting: sighting.score(kind))
    return Event(
        kind=kind,
        start=seen[0].frame,
        end=end[0],
        peak=peak.frame,
        start_s=seen[0].time_s,
        end_s=end[1],
        peak_s=peak.time_s,
        score=peak.score(kind),
        confidence=0.0,
        region=peak.region(kind),
        shot=shot,
    )


def _with_flashes(fires: list[Event], flashes: list[Event]) -> list[Event]:
    """Flashes beside a fire belong to it: it begins with the first and ends with the last of them."""
    alone = []
    for flash in flashes:
        beside = next((fire for fire in fires if _apart_s(fire, flash) < LONGEST_GAP_S), None)
        if beside is None:
            alone.append(flash)
        else:
            fires = [_joined(fire, flash) if fire is beside else fire for fire in fires]
    merged: list[Event] = []
    for fire in sorted(fires, key=lambda event: event.start):
        if merged and _apart_s(merged[-1], fire) < LONGEST_GAP_S:
            merged[-1] = _joined(merged[-1], fire)
        else:
            merged.append(fire)
    return sorted([*merged, *alone], key=lambda event: event.start)


def _apart_s(one: Event, other: Event) -> float:
    return max(one.start_s, other.start_s) - min(one.end_s, other.end_s)


def _joined(one: Event, other: Event) -> Event:
    """The first, over the time of both."""
    begins, ends = min(one, other, key=lambda e: e.start), max(one, other, key=lambda e: e.end)
    return replace(one, start=begins.start, start_s=begins.start_s, end=ends.end, end_s=ends.end_s)


def _beside_look_alike(event: Event, sightings: Sequence[Sighting]) -> Event:
    """An event of smoke with what the network says for dust, fog and their like over its time."""
    scores = [s.look_alike_score for s in sightings if event.start <= s.frame <= event.end]
    known = [score for score in scores if score is not None]
    if not known:
        return event
    look_alike = float(np.median(known))
    return replace(event, look_alike_score=look_alike, uncertain=look_alike >= HESITATES_FROM * event.score)


def _runs(voted: Array, threshold: float) -> list[Run]:
    """Stretches that reach the threshold, widened to where the score falls below OFF_SHARE of it."""
    above = voted >= OFF_SHARE * threshold
    edges = np.flatnonzero(np.diff(np.concatenate([[False], above, [False]]).astype(int)))
    stretches = [(int(first), int(after) - 1) for first, after in edges.reshape(-1, 2)]
    return [(first, final) for first, final in stretches if voted[first : final + 1].max() >= threshold]


def _join(runs: list[Run], times_s: Array) -> list[Run]:
    joined: list[Run] = []
    for first, final in runs:
        if joined and times_s[first] - times_s[min(joined[-1][1] + 1, len(times_s) - 1)] < LONGEST_GAP_S:
            joined[-1] = (joined[-1][0], final)
        else:
            joined.append((first, final))
    return joined


def _end_of(sightings: Sequence[Sighting], final: int, last: tuple[int, float]) -> tuple[int, float]:
    """The last frame a sighting stands for: the one before the next sighting, or the end of the shot."""
    if final + 1 == len(sightings):
        return last
    following = sightings[final + 1]
    return following.frame - 1, following.time_s
