"""Which vehicles of a shot move as a convoy: three or more, one behind the other, along one path.

Everything is judged in the picture of one moment at a time, with the camera's motion over the last second taken out, so
errors of camera motion do not pile up over a long shot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from detector.tracking import Track

FEWEST_VEHICLES = 3
LOOK_BACK_S = 1.0
SAMPLE_EVERY_S = 0.5
SLOWEST_SIZES_PER_S = 0.25  # slower than this is parked, for all that the camera motion can tell
WIDEST_ANGLE_DEGREES = 40.0
LONGEST_GAP_SIZES = 10.0
WIDEST_OFFSET_SIZES = 2.5
FEWEST_LINKED_SAMPLES = 2
LEAST_LINKED_SHARE = 0.5

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ConvoySpan:
    """A convoy: track ids in order of march, leader first, and the frames where three of them are in the picture."""

    tracks: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class _State:
    """A vehicle at one moment, in the picture of that moment."""

    position: Array
    velocity: Array  # pixels a second over the ground
    size_px: float


def find_convoys(
    tracks: Sequence[Track], times_s: Mapping[int, float], to_ground: Mapping[int, Array]
) -> list[ConvoySpan]:
    """Convoys of one shot.

    Args:
        tracks: of the shot.
        times_s: time of every frame of the shot.
        to_ground: (3, 3) transform of every frame to the shot's first frame: the camera motions, accumulated.
    """
    moments = [_states(tracks, frame, earlier, times_s, to_ground) for frame, earlier in _samples(times_s)]
    together: dict[tuple[int, int], list[bool]] = {}
    for states in moments:
        for a, b in combinations(sorted(states), 2):
            together.setdefault((a, b), []).append(_linked(states[a], states[b]))
    links = [pair for pair, linked in together.items() if _lasting(linked)]
    by_id = {track.id: track for track in tracks}
    convoys = []
    for members in _components(links):
        span = _frames_with(FEWEST_VEHICLES, [by_id[member] for member in members])
        if len(members) >= FEWEST_VEHICLES and span is not None:
            convoys.append(ConvoySpan(_in_order(members, moments), *span))
    return sorted(convoys, key=lambda convoy: (convoy.start, convoy.tracks))


def _samples(times_s: Mapping[int, float]) -> list[tuple[int, int]]:
    """Pairs of a frame and one about LOOK_BACK_S before it, every SAMPLE_EVERY_S."""
    frames = sorted(times_s)
    samples: list[tuple[int, int]] = []
    earlier = 0
    next_s = -np.inf
    for frame in frames:
        while times_s[frame] - times_s[frames[earlier + 1 if earlier + 1 < len(frames) else earlier]] >= LOOK_BACK_S:
            earlier += 1
        if times_s[frame] - times_s[frames[earlier]] >= LOOK_BACK_S and times_s[frame] >= next_s:
            samples.append((frame, frames[earlier]))
            next_s = times_s[frame] + SAMPLE_EVERY_S
    return samples


def _states(
    tracks: Sequence[Track], frame: int, earlier: int, times_s: Mapping[int, float], to_ground: Mapping[int, Array]
) -> dict[int, _State]:
    """The moving vehicles at a frame, by track id."""
    earlier_to_now = np.linalg.inv(to_ground[frame]) @ to_ground[earlier]
    seconds = times_s[frame] - times_s[earlier]
    states = {}
    for track in tracks:
        now, before = _box_at(track, frame), _box_at(track, earlier)
        if now is None or before is None:
            continue
        was = earlier_to_now @ np.array([(before[0] + before[2]) / 2, (before[1] + before[3]) / 2, 1.0])
        position = np.array([(now[0] + now[2]) / 2, (now[1] + now[3]) / 2])
        size = float(np.sqrt(max(1.0, (now[2] - now[0]) * (now[3] - now[1]))))
        velocity = (position - was[:2] / was[2]) / seconds
        if float(np.linalg.norm(velocity)) / size >= SLOWEST_SIZES_PER_S:
            states[track.id] = _State(position, velocity, size)
    return states


def _box_at(track: Track, frame: int) -> tuple[float, float, float, float] | None:
    if not track.first <= frame <= track.last:
        return None
    index = np.searchsorted([box.frame for box in track.boxes], frame)
    box = track.boxes[int(index)]
    return box.xyxy if box.frame == frame else None


def _linked(a: _State, b: _State) -> bool:
    """Whether one follows the other closely: same heading, near each other, one on the other's line."""
    directions = [state.velocity / np.linalg.norm(state.velocity) for state in (a, b)]
    if float(directions[0] @ directions[1]) < np.cos(np.radians(WIDEST_ANGLE_DEGREES)):
        return False
    size = (a.size_px + b.size_px) / 2
    between = a.position - b.position
    if float(np.linalg.norm(between)) > LONGEST_GAP_SIZES * size:
        return False
    offsets = [abs(float(d[0] * between[1] - d[1] * between[0])) for d in directions]
    return min(offsets) <= WIDEST_OFFSET_SIZES * size


def _lasting(linked: list[bool]) -> bool:
    return sum(linked) >= FEWEST_LINKED_SAMPLES and sum(linked) >= LEAST_LINKED_SHARE * len(linked)


def _components(links: list[tuple[int, int]]) -> list[set[int]]:
    """Groups of tracks that hang together by links."""
    groups: list[set[int]] = []
    for pair in links:
        touching = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touching]
        groups.append(set(pair).union(*touching))
    return groups


def _frames_with(count: int, tracks: Sequence[Track]) -> tuple[int, int] | None:
    """First and last frame in which at least this many of the tracks exist."""
    edges = sorted([(track.first, 1) for track in tracks] + [(track.last + 1, -1) for track in tracks])
    present, frames = 0, []
    for frame, change in edges:
        before, present = present, present + change
        if present >= count > before:
            frames.append(frame)
        if before >= count > present:
            frames.append(frame - 1)
    return (frames[0], frames[-1]) if frames else None


def _in_order(members: set[int], moments: list[dict[int, _State]]) -> tuple[int, ...]:
    """Leader first: by the share of the others it is ahead of, among those it was seen together with."""
    ahead_of: dict[int, list[bool]] = {member: [] for member in members}
    for a, b in combinations(sorted(members), 2):
        votes = [_is_ahead(states[a], states[b]) for states in moments if a in states and b in states]
        if votes:
            a_leads = sum(votes) * 2 > len(votes)
            ahead_of[a].append(a_leads)
            ahead_of[b].append(not a_leads)
    return tuple(sorted(members, key=lambda member: (-float(np.mean(ahead_of[member])), member)))


def _is_ahead(a: _State, b: _State) -> bool:
    heading = a.velocity / np.linalg.norm(a.velocity) + b.velocity / np.linalg.norm(b.velocity)
    return float((a.position - b.position) @ heading) > 0
