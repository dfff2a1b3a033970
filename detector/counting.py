"""How many vehicles: most at once and distinct, per shot and per clip, as a range that says what is not known."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detector.belief import Believed
from detector.report import Count, Counts, Distinct, MostAtOnce, Shot
from detector.spool import one_by_one

NO_VEHICLE = MostAtOnce(0, None, None)
NO_PROOF = "no vehicle was found; that is no proof that there was none"
ALL_AT_ONCE = "every vehicle was seen at the same time as all the others"
MORE_LIKELY_THAN_NOT = 0.5
TAIL = 0.05  # chance that there are fewer than low, and that there are more than high
ARMOURED = frozenset({"tank", "ifv_apc", "artillery"})
"""Artillery, because what the networks call so is mostly self-propelled; launchers mostly stand on a lorry."""


def group_of(class_name: str) -> str:
    """Armoured or other: a question that can often be answered where the class cannot."""
    return "armoured" if class_name in ARMOURED else "other"


def most_at_once(believed: Sequence[Believed], times_s: Mapping[int, float]) -> MostAtOnce:
    """MaxN: the most vehicles seen in one frame, with the first frame that shows them.

    Carried boxes do not count, nor those that show no vehicle beside the others, so a lost identity, one that goes over
    to another track, or a wrong join cannot raise it.
    """
    if not believed:
        return NO_VEHICLE
    first, last = _ends(believed)
    seen = np.zeros(last - first + 1, np.int32)
    for one in one_by_one(believed):
        seen[_frames_shown(one) - first] += 1
    fullest = int(seen.argmax())
    if not seen[fullest]:
        return NO_VEHICLE
    return MostAtOnce(int(seen[fullest]), first + fullest, times_s[first + fullest])


def _frames_shown(one: Believed) -> NDArray[np.int64]:
    """The frames that show a track as a vehicle of its own."""
    frames = one.track.boxes.frames[~one.track.boxes.filled]
    return frames[~np.isin(frames, one.hidden)]


def _ends(believed: Sequence[Believed]) -> tuple[int, int]:
    """First and last frame of all."""
    return min(one.track.first for one in believed), max(one.track.last for one in believed)


def count_shot(
    believed: Sequence[Believed], times_s: Mapping[int, float], class_names: Sequence[str], confidence: float
) -> Counts:
    """All counts of one shot: of all vehicles, by class and by group; classes and groups never counted are left out.

    Args:
        confidence: track score below which no track is counted, however likely; it may still widen the range.
    """

    def by(name_of: Callable[[str], str]) -> dict[str, Count]:
        names = [name_of(class_names[one.track.class_index]) for one in one_by_one(believed)]
        counted = {name for name, one in zip(names, believed, strict=True) if is_counted(one, confidence)}
        return {
            name: count([one for one, own in zip(believed, names, strict=True) if own == name], times_s, confidence)
            for name in dict.fromkeys(map(name_of, class_names))
            if name in counted
        }

    everything = count(believed, times_s, confidence)
    reason = _reason_of_shot(everything, believed, confidence)
    return Counts(everything.most_at_once, everything.distinct, by(str), by(group_of), reason)


def is_counted(one: Believed, confidence: float) -> bool:
    """Whether a track is more likely a vehicle than not, and reaches the confidence."""
    return one.probability >= MORE_LIKELY_THAN_NOT and one.track.score >= confidence


def count(believed: Sequence[Believed], times_s: Mapping[int, float], confidence: float) -> Count:
    """How many different vehicles these tracks of one shot are.

    Best: as many as were seen together or are certain, whichever is more; what else is seen at other times may be one
    of them again. Low and high hold the number of vehicles that were seen, with 19 chances of 20 on each side, if each
    track is one with its own probability whatever the others are: low among those in one frame, high among all, every
    track that counts included. Vehicles that no track shows are in neither.
    """
    counted = [one for one in believed if is_counted(one, confidence)]
    at_once = most_at_once(counted, times_s)
    certain = sum(one.probability >= 1 - TAIL for one in counted)
    low = _at_least([one.probability for one in _together(believed)])
    high = _at_most([one.probability for one in believed])
    best = max(at_once.vehicles, certain, min(1, len(counted)))
    return Count(at_once, Distinct(min(low, best), best, max(high, len(counted))))


def _together(believed: Sequence[Believed]) -> list[Believed]:
    """Those seen in the frame that shows most vehicles, as far as is to be expected."""
    if not believed:
        return []
    first, last = _ends(believed)
    expected = np.full(last - first + 1, -1.0)  # where nothing is seen
    for one in one_by_one(believed):
        frames = _frames_shown(one) - first
        expected[frames] = np.maximum(expected[frames], 0.0) + one.probability
    fullest = first + int(expected.argmax())
    return [one for one in believed if _is_shown(one, fullest)]


def _is_shown(one: Believed, frame: int) -> bool:
    """Whether a frame shows a track as a vehicle of its own."""
    boxes = one.track.boxes
    return not boxes.filled[boxes.numbers_of([frame])].all() and frame not in one.hidden


def _at_least(probabilities: Sequence[float]) -> int:
    """The most vehicles that there are with certainty, but for TAIL."""
    fewer = np.cumsum(_chances(probabilities))
    return int(np.searchsorted(fewer, TAIL, side="right"))


def _at_most(probabilities: Sequence[float]) -> int:
    """The fewest vehicles that are not exceeded, but for TAIL."""
    no_more = np.cumsum(_chances(probabilities))
    return int(np.searchsorted(no_more, 1 - TAIL))


def _chances(probabilities: Sequence[float]) -> NDArray[np.float64]:
    """(n + 1,) that none, one, two, ... of n independent things are true (Poisson binomial distribution)."""
    chances = np.ones(1)
    for one in probabilities:
        chances = np.convolve(chances, (1 - one, one))
    return chances


def count_clip(shots: Sequence[Shot]) -> Counts:
    """All counts of a clip, from those of its shots."""
    places = [index if shot.same_place_as is None else shot.same_place_as for index, shot in enumerate(shots)]
    everything = _over_shots([Count(shot.most_at_once, shot.distinct) for shot in shots], places)
    by_class = _by_name([shot.by_class for shot in shots], places)
    by_group = _by_name([shot.by_group for shot in shots], places)
    reason = _reason_of_clip(shots, everything.distinct)
    return Counts(everything.most_at_once, everything.distinct, by_class, by_group, reason)


def _by_name(of_shots: Sequence[Mapping[str, Count]], places: Sequence[int]) -> dict[str, Count]:
    nothing = Count(NO_VEHICLE, Distinct(0, 0, 0))
    names = dict.fromkeys(name for counts in of_shots for name in counts)
    return {name: _over_shots([counts.get(name, nothing) for counts in of_shots], places) for name in names}


def _over_shots(counts: Sequence[Count], places: Sequence[int]) -> Count:
    """Counts of a clip, never the blind sum over its shots.

    The same vehicles come back after a cut: low is the largest shot, high the sum. Best adds up the places, and takes
    the largest shot of each place.
    """
    at_once = max((count.most_at_once for count in counts), key=lambda most: most.vehicles, default=NO_VEHICLE)
    best_of_place: dict[int, int] = {}
    for place, count in zip(places, counts, strict=True):
        best_of_place[place] = max(best_of_place.get(place, 0), count.distinct.best)
    low = max((count.distinct.low for count in counts), default=0)
    high = sum(count.distinct.high for count in counts)
    return Count(at_once, Distinct(low, min(high, max(low, sum(best_of_place.values()))), high))


def _reason_of_shot(counts: Count, believed: Sequence[Believed], confidence: float) -> str:
    """Why the range of a shot is as wide as it is, and what was found and not counted, in words."""
    distinct, at_once = counts.distinct, counts.most_at_once.vehicles
    counted = sum(is_counted(one, confidence) for one in believed)
    if not counted:
        return _joined(NO_PROOF, *_not_counted(believed, confidence))
    reasons = []
    if distinct.low == distinct.high == at_once:
        reasons.append(ALL_AT_ONCE)
    if distinct.low < at_once:
        reasons.append(f"of {at_once} in the picture at once {distinct.low or 'none'} {_are(distinct.low)} certain")
    if counted > at_once:
        reasons.append(f"{counted - at_once} more, seen at other times, may be some of them again")
    return _joined(*reasons, *_not_counted(believed, confidence))


def _not_counted(believed: Sequence[Believed], confidence: float) -> Iterator[str]:
    """What was found and is not counted."""
    others = Counter(one.instead for one in believed if not is_counted(one, confidence))
    if others[None]:
        yield f"{others[None]} too doubtful to count"
    if others["part"]:
        yield f"{others['part']} within a stronger one, taken for a part of it or the same one again"
    if others["display"]:
        yield f"{others['display']} drawn over the picture, not a vehicle"
    if others["repeat"]:
        yield f"the picture is shown twice, {others['repeat']} in the second not counted again"


def _are(number: int) -> str:
    return "is" if number < 2 else "are"


def _joined(*reasons: str) -> str:
    return "; ".join(reasons)


def _reason_of_clip(shots: Sequence[Shot], distinct: Distinct) -> str:
    """Why the range of the clip is as wide as it is, in words."""
    with_vehicles = [shot for shot in shots if shot.distinct.high]
    if not with_vehicles:
        return NO_PROOF
    if distinct.low == distinct.high:
        return ALL_AT_ONCE
    reasons = []
    if len(with_vehicles) > 1:
        reasons.append(
            f"{len(with_vehicles)} shots show vehicles, and the same ones may come back after a cut: "
            "low is the largest shot, high the sum"
        )
    if any(shot.same_place_as is not None for shot in with_vehicles):
        reasons.append("some shots show the same place again and are taken together in the best estimate")
    if any(shot.distinct.low < shot.distinct.high for shot in with_vehicles):
        reasons.append(
            "within a shot not all were certain and in the picture at once, so one may be none or seen twice, "
            "and a doubtful one a vehicle too"
        )
    return "; ".join(reasons)
