"""What the report says of smoke and fire: when, where, how certain, and which vehicles burn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Smoke, fire or the flash of an explosion over a range of frames of one shot.

    Attributes:
        kind: "smoke", "fire", or "flash" for fire that was there for a moment only.
        start, end, peak: frames, both ends inclusive; the score is highest at the peak.
        score: voted over time, 0 to 1.
        confidence: share of such events that are true, as measured on val pictures, 0 to 1.
        region: the box it rests on at its peak, xyxy in upright pixels.
        shot: index of the shot it lies in.
        tracks: vehicles that burn or smoke there, ascending.
        uncertain: the network hesitates between smoke and a look-alike such as dust.
        look_alike_score: of the look-alike, 0 to 1; None where the network gives none.
        continues: index among the report's events of one of the same kind in the shot before that it seems to go on
            from; a remark only.
    """

    kind: str
    start: int
    end: int
    peak: int
    start_s: float
    end_s: float
    peak_s: float
    score: float
    confidence: float
    region: tuple[float, float, float, float] | None
    shot: int
    tracks: tuple[int, ...] = ()
    uncertain: bool = False
    look_alike_score: float | None = None
    continues: int | None = None
