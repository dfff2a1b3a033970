"""What a person said of the findings of a report. It stands beside what the machine found, never in place of it."""

from dataclasses import dataclass
from typing import Literal

Finding = Literal["track", "convoy", "event"]
Judgement = Literal["confirmed", "rejected", "relabelled"]


@dataclass(frozen=True)
class Verdict:
    """What a person said of one finding.

    Attributes:
        of: what kind of finding it is.
        id: that of the track; of a convoy or an event its index in the report.
        label: what it is instead, where `verdict` is "relabelled"; else None.
    """

    of: Finding
    id: int
    verdict: Judgement
    label: str | None = None


@dataclass(frozen=True)
class Review:
    """All verdicts of one look through a report; `saved` is the UTC time at which the page saved them, ISO 8601."""

    saved: str
    verdicts: tuple[Verdict, ...]
