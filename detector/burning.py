"""Which vehicles burn or smoke: those that flames or a plume rest on for long enough."""

import itertools
from collections.abc import Mapping, Sequence

from detector.sightings import Box
from detector.spool import one_by_one
from detector.tracking import Track

COINCIDE = 0.3  # of the smaller of both boxes; flames rise above what burns
LARGEST_PLUME = 8.0  # times the vehicle; what covers more shows smoke about it, not from it
LONGEST_GAP_S = 0.5  # between two looks, for which the first is taken to hold
LONG_ENOUGH_S = 0.4
LONG_ENOUGH_SHARE = 0.5  # of the time that both are in the picture


def tracks_that_burn(seen: Mapping[int, Box], times_s: Mapping[int, float], tracks: Sequence[Track]) -> tuple[int, ...]:
    """Ids of the tracks that an event rests on, ascending.

    Args:
        seen: frame to the box of smoke or fire in it, xyxy: the frames of the event that were looked at and show it.
        times_s: of every frame of the shot.
        tracks: of the shot.
    """
    frames = sorted(seen)
    if not frames:
        return ()
    gaps_s = [times_s[after] - times_s[before] for before, after in itertools.pairwise(frames)]
    usual_s = sorted(gaps_s)[len(gaps_s) // 2] if gaps_s else 0.0
    lasting_s = {f: min(gap, LONGEST_GAP_S) for f, gap in zip(frames, [*gaps_s, usual_s], strict=True)}
    burning = []
    for track in one_by_one(tracks):
        shown = track.boxes.numbers_of(frames)
        boxes = dict(zip(track.boxes.frames[shown].tolist(), track.boxes.xyxy[shown].tolist(), strict=True))
        together_s = sum(lasting_s[frame] for frame in boxes)
        resting_s = sum(lasting_s[frame] for frame, vehicle in boxes.items() if rests_on(seen[frame], vehicle))
        if resting_s >= LONG_ENOUGH_S and resting_s >= LONG_ENOUGH_SHARE * together_s:
            burning.append(track.id)
    return tuple(sorted(burning))


def rests_on(box: Box, vehicle: Box) -> bool:
    """Whether flames or a plume are the vehicle's own: they share enough of the smaller, and do not swamp it."""
    width = min(box[2], vehicle[2]) - max(box[0], vehicle[0])
    height = min(box[3], vehicle[3]) - max(box[1], vehicle[1])
    if width <= 0 or height <= 0:
        return False
    return width * height >= COINCIDE * min(area(box), area(vehicle)) and area(box) <= LARGEST_PLUME * area(vehicle)


def area(box: Box) -> float:
    """In square pixels."""
    return (box[2] - box[0]) * (box[3] - box[1])
