"""The whole job on real clips, beside what a careful viewer counted.

    python -m benchmarks.real_clips ../shared/clips

Runs `analyze` on every clip of the folder's truth.json and on house_fire.mp4 where it is there, prints a table and
writes benchmarks/results/real_clips.json. Without video output; one clip after another, on the CPU.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.results import write_results
from detector import analyze
from detector.analysis import Networks
from detector.report import Report

MERGE_FRAMES = 15  # the truth's own convention for fire


def merged(ranges: list[list[int]]) -> list[list[int]]:
    """Ranges less than MERGE_FRAMES apart made one."""
    joined: list[list[int]] = []
    for start, end in sorted(ranges):
        if joined and start - joined[-1][1] < MERGE_FRAMES:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return joined


def of_truth(clip: dict[str, Any]) -> dict[str, Any]:
    """What the viewer counted, over the clip."""
    shots = clip["shots"]
    return {
        "frames": clip["frames"],
        "most_at_once": max(shot["vehicles_max"] for shot in shots),
        "per_shot": [
            [s["start"], s["end"], s["vehicles_max"], s["vehicles_unique"], s["certainty"], s["kind"]] for s in shots
        ],
        "smoke": merged([r for shot in shots for r in shot["smoke"]]),
        "fire": merged([r for shot in shots for r in shot["fire"]]),
    }


def of_report(report: Report) -> dict[str, Any]:
    """The same of a report."""
    counts = report.counts
    return {
        "frames": report.input.frames_decoded,
        "most_at_once": counts.most_at_once.vehicles,
        "distinct": [counts.distinct.low, counts.distinct.best, counts.distinct.high],
        "by_class": {name: count.distinct.best for name, count in counts.by_class.items()},
        "per_shot": [
            [s.start, s.end, s.most_at_once.vehicles, s.distinct.low, s.distinct.best, s.distinct.high, s.kind]
            for s in report.shots
        ],
        "convoys": [[c.start, c.end, c.size] for c in report.convoys],
        "smoke": merged([[e.start, e.end] for e in report.events if e.kind == "smoke"]),
        "fire": merged([[e.start, e.end] for e in report.events if e.kind in ("fire", "flash")]),
        "size_px": report.networks[0].size_px,
        "complete": report.coverage.complete,
    }


def row(name: str, found: dict[str, Any], truth: dict[str, Any] | None) -> str:
    low, best, high = found["distinct"]
    beside = truth or {}
    cells = [
        name,
        f"{found['most_at_once']} / {beside.get('most_at_once', '')}",
        f"{low}-{best}-{high}",
        *(flagged(found[kind], truth and truth[kind]) for kind in ("smoke", "fire")),
        str(found["size_px"]),
    ]
    return "| " + " | ".join(cells) + " |"


def flagged(found: list[list[int]], truth: list[list[int]] | None) -> str:
    """Frames rightly flagged of those that show it, and frames flagged beside; only the flagged where none is known."""
    mine = frames_of(found)
    if truth is None:
        return f"{len(mine)}"
    theirs = frames_of(truth)
    return f"{len(mine & theirs)} of {len(theirs)}, {len(mine - theirs)} beside"


def frames_of(ranges: list[list[int]]) -> set[int]:
    return {frame for start, end in ranges for frame in range(start, end + 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, help="folder with truth.json and its clips")
    folder = parser.parse_args().clips
    truths = {clip["file"]: of_truth(clip) for clip in json.loads((folder / "truth.json").read_text())}
    networks = Networks.load("cpu")
    results = {}
    print("| clip | most at once, found / truth | distinct low-best-high | frames of smoke | of fire | size px |")
    print("|---|---|---|---|---|---|")
    for name in [*truths, *(path.name for path in folder.glob("house_fire.mp4"))]:
        found = of_report(analyze(folder / name, networks=networks))
        results[name] = {"found": found, "truth": truths.get(name)}
        print(row(name, found, truths.get(name)), flush=True)
    write_results("real_clips", results)


if __name__ == "__main__":
    main()
