"""How many: the tool's counts beside those of a careful viewer, shot by shot.

    python -m benchmarks.real_clips ../shared/clips    # looks at the clips, minutes
    python -m benchmarks.counting                      # compares what that wrote, at once

Only footage is compared whose count the viewer was sure of (certainty high or medium). A shot of the viewer is compared
with the tool's shot that shares most frames with it; where both ends agree to 3 frames it also counts as found. Prints
a table and writes benchmarks/results/counting.json.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.results import read_results, write_results

SURE = ("high", "medium")
BOUNDARY_FRAMES = 3


@dataclass(frozen=True)
class ShotCounts:
    """One shot of the viewer beside the tool's.

    Attributes:
        clip, start, end: the viewer's shot, last frame inclusive.
        boundaries_found: both ends agree to BOUNDARY_FRAMES.
        at_once, distinct: as the viewer counted.
        found_at_once, low, best, high: as the tool counted.
    """

    clip: str
    start: int
    end: int
    boundaries_found: bool
    at_once: int
    distinct: int
    found_at_once: int
    low: int
    best: int
    high: int


@dataclass(frozen=True)
class Agreement:
    """How many of some shots are counted right."""

    shots: int
    at_once_exact: int
    at_once_within_one: int
    distinct_inside: int
    mean_width: float


def compare(clips: Mapping[str, Any]) -> list[ShotCounts]:
    """Every shot of the viewer that can be scored; `clips` is what benchmarks.real_clips keeps."""
    compared = []
    for name, clip in clips.items():
        for start, end, at_once, distinct, certainty, kind in (clip["truth"] or {"per_shot": []})["per_shot"]:
            if kind != "footage" or certainty not in SURE:
                continue
            found = max(clip["found"]["per_shot"], key=lambda shot: shared_frames(shot, start, end))
            agree = max(abs(found[0] - start), abs(found[1] - end)) <= BOUNDARY_FRAMES
            compared.append(ShotCounts(name, start, end, agree, at_once, distinct, *found[2:6]))
    return compared


def shared_frames(shot: Sequence[Any], start: int, end: int) -> int:
    """How many frames a shot of the tool (first frame, last frame, ...) shares with a range."""
    return int(min(shot[1], end) - max(shot[0], start) + 1)


def agreement(shots: Sequence[ShotCounts]) -> Agreement:
    off = [abs(shot.found_at_once - shot.at_once) for shot in shots]
    inside = [shot.low <= shot.distinct <= shot.high for shot in shots]
    widths = [shot.high - shot.low for shot in shots]
    exact, within_one = off.count(0), off.count(0) + off.count(1)
    return Agreement(len(shots), exact, within_one, sum(inside), round(sum(widths) / max(1, len(widths)), 2))


def table(groups: Mapping[str, Agreement]) -> str:
    lines = [
        "| shots | compared | most at once exact | within one | distinct inside | mean width |",
        "|---|---|---|---|---|---|",
    ]
    for name, of in groups.items():
        cells = (name, of.shots, of.at_once_exact, of.at_once_within_one, of.distinct_inside, of.mean_width)
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def main() -> None:
    shots = compare(read_results("real_clips"))
    groups = {
        "boundaries found": agreement([shot for shot in shots if shot.boundaries_found]),
        "all": agreement(shots),
    }
    print(table(groups))
    for shot in shots:
        if shot.found_at_once != shot.at_once or not shot.low <= shot.distinct <= shot.high:
            counted = (
                f"at once {shot.found_at_once} / {shot.at_once}, distinct {shot.low}-{shot.high} / {shot.distinct}"
            )
            print(f"{shot.clip} {shot.start}-{shot.end}: {counted}")
    write_results(
        "counting",
        {"agreement": {name: asdict(of) for name, of in groups.items()}, "shots": [asdict(shot) for shot in shots]},
    )


if __name__ == "__main__":
    main()
