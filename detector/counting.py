"""How many vehicles: most at once and distinct, per shot and per clip, as a range that says what is not known."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from detector.report import Count, Counts, Distinct, MostAtOnce, Shot
from detector.tracking import Track

NO_VEHICLE = MostAtOnce(0, None, None)
NO_PROOF = "no vehicle was found; that is no proof that there was none"
ALL_AT_ONCE = "every vehicle was seen at the same time as all the others"
ARMOURED = frozenset({"tank", "ifv_apc", "artillery"})
"""Artillery, because what the networks call so is mostly self-propelled; launchers mostly stand on a lorry."""


def group_of(class_name: str) -> str:
    """Armoured or other: a question that can often be answered where the class cannot."""
    return "armoured" if class_name in ARMOURED else "other"


def most_at_once(tracks: Sequence[Track], times_s: Mapping[int, float]) -> MostAtOnce:
    """MaxN: the most vehicles seen in one frame, with the first frame that shows them.

    Carried boxes do not count, so a lost identity or a wrong join cannot raise it.
    """
    seen = Counter(box.frame for track in tracks for box in track.boxes if not box.filled)
    if not seen:
        return NO_VEHICLE
    vehicles = max(seen.values())
    frame = min(frame for frame, count in seen.items() if count == vehicles)
    return MostAtOnce(vehicles, frame, times_s[frame])


def count_shot(
    tracks: Sequence[Track],
    times_s: Mapping[int, float],
    class_names: Sequence[str],
    confidence: float,
    sure_confidence: float,
) -> Counts:
    """All counts of one shot: of all vehicles, by class and by group; classes and groups never counted are left out.

    Args:
        confidence: track score at which a vehicle counts; weaker tracks are not counted at all.
        sure_confidence: at which it is taken for certain.
    """
    tracks = [track for track in tracks if track.score >= confidence]

    def by(name_of: Callable[[str], str]) -> dict[str, Count]:
        names = [name_of(class_names[track.class_index]) for track in tracks]
        return {
            name: count(
                [track for track, own in zip(tracks, names, strict=True) if own == name], times_s, sure_confidence
            )
            for name in dict.fromkeys(map(name_of, class_names))
            if name in names
        }

    everything = count(tracks, times_s, sure_confidence)
    reason = _reason_of_shot(everything)
    return Counts(everything.most_at_once, everything.distinct, by(str), by(group_of), reason)


def count(tracks: Sequence[Track], times_s: Mapping[int, float], sure_confidence: float) -> Count:
    """How many different vehicles these tracks of one shot are.

    At least those that are certain and seen together; at most every track. Most likely as many as were seen together or
    are certain, whichever is more: what else is seen at other times may be one of them again, or none.
    """
    at_once = most_at_once(tracks, times_s)
    sure = [track for track in tracks if track.score >= sure_confidence]
    low = most_at_once(sure, times_s).vehicles
    return Count(at_once, Distinct(low, max(at_once.vehicles, len(sure)), len(tracks)))


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


def _reason_of_shot(counts: Count) -> str:
    """Why the range of a shot is as wide as it is, in words."""
    distinct, at_once = counts.distinct, counts.most_at_once.vehicles
    if not distinct.high:
        return NO_PROOF
    if distinct.low == distinct.high:
        return ALL_AT_ONCE
    reasons = []
    if distinct.low < at_once:
        reasons.append(f"of {at_once} in the picture at once {distinct.low} are certain")
    if distinct.high > at_once:
        reasons.append(f"{distinct.high - at_once} more, seen at other times, may be some of them again")
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
            "within a shot not all were certain and in the picture at once, so one may be none or seen twice"
        )
    return "; ".join(reasons)
