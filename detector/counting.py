"""How many vehicles: most at once and distinct, per shot and per clip, as a range that says what is not known."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from detector.report import ClassCount, Counts, Distinct, MostAtOnce, Shot
from detector.tracking import Track

NO_VEHICLE = MostAtOnce(0, None, None)


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


def distinct_in_shot(tracks: Sequence[Track], at_once: MostAtOnce, confidence: float) -> Distinct:
    """How many different vehicles one shot shows.

    At least those seen together; at most every track; most likely the tracks whose score reaches the operating
    threshold, for the others may be pieces of a vehicle counted already.
    """
    sure = sum(track.score >= confidence for track in tracks)
    low = at_once.vehicles
    best = max(low, sure)
    return Distinct(low, best, max(best, len(tracks)))


def distinct_in_clip(shots: Sequence[Shot], of_shot: Callable[[int], Distinct]) -> Distinct:
    """How many different vehicles a clip shows, never the blind sum over its shots.

    The same vehicles come back after a cut: low is the largest shot, high the sum. Best adds up the places, and takes
    the largest shot of each place.
    """
    best_of_place: dict[int, int] = {}
    for index, shot in enumerate(shots):
        place = index if shot.same_place_as is None else shot.same_place_as
        best_of_place[place] = max(best_of_place.get(place, 0), of_shot(index).best)
    low = max((of_shot(index).low for index in range(len(shots))), default=0)
    high = sum(of_shot(index).high for index in range(len(shots)))
    return Distinct(low, min(high, max(low, sum(best_of_place.values()))), high)


def count_clip(
    shots: Sequence[Shot],
    tracks_of_shot: Sequence[Sequence[Track]],
    times_s: Mapping[int, float],
    class_names: Sequence[str],
    confidence: float,
) -> Counts:
    """All counts of a clip, over all vehicles and per class; classes never seen are left out."""
    every = [track for tracks in tracks_of_shot for track in tracks]
    by_class = {}
    for index in sorted({track.class_index for track in every}):
        of_class = [[track for track in tracks if track.class_index == index] for tracks in tracks_of_shot]
        at_once = [most_at_once(tracks, times_s) for tracks in of_class]
        ranges = [distinct_in_shot(t, m, confidence) for t, m in zip(of_class, at_once, strict=True)]
        best_shot = max(at_once, key=lambda most: most.vehicles, default=NO_VEHICLE)
        by_class[class_names[index]] = ClassCount(best_shot, distinct_in_clip(shots, ranges.__getitem__))
    distinct = distinct_in_clip(shots, lambda index: shots[index].distinct)
    at_once_anywhere = max((shot.most_at_once for shot in shots), key=lambda most: most.vehicles, default=NO_VEHICLE)
    return Counts(at_once_anywhere, distinct, by_class, _reason(shots, distinct))


def _reason(shots: Sequence[Shot], distinct: Distinct) -> str:
    """Why the range is as wide as it is, in words."""
    with_vehicles = [shot for shot in shots if shot.distinct.high]
    if not with_vehicles:
        return "no vehicle was found; that is no proof that there was none"
    if distinct.low == distinct.high:
        return "every vehicle was seen at the same time as all the others"
    reasons = []
    if len(with_vehicles) > 1:
        reasons.append(
            f"{len(with_vehicles)} shots show vehicles, and the same ones may come back after a cut: "
            "low is the largest shot, high the sum"
        )
    if any(shot.same_place_as is not None for shot in with_vehicles):
        reasons.append("some shots show the same place again and are taken together in the best estimate")
    if any(shot.distinct.low < shot.distinct.high for shot in with_vehicles):
        reasons.append("within a shot not all were in the picture at once, so one may have been seen twice")
    return "; ".join(reasons)
