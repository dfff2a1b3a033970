"""Accuracy against the network's time, as a picture: the curve from which the default way of looking is chosen.

    python -m benchmarks.look_schedule ../shared/clips    # plays every way of looking, minutes
    python -m benchmarks.look_curve                       # draws what that wrote, at once

Writes docs/pictures/accuracy_against_time.svg. Every input size is a line over the frames between looks; a diamond is
that size with `--every auto`, and the star is the default. Needs matplotlib, which the extra `test` brings.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.look_schedule import CONVOY
from benchmarks.results import read_results

PICTURE = Path("docs") / "pictures" / "accuracy_against_time.svg"
# told apart by the colour-blind
COLOURS = {512: "#b07aa1", 640: "#0072b2", 1280: "#d55e00", "auto": "#1b7837"}
SIZE_INCHES = (8.0, 10.0)
STYLE = {"font.size": 12, "svg.hashsalt": "accuracy against time"}  # without a salt names within differ every time


class Way(NamedTuple):
    """One way of looking: the network's time on all clips and on CONVOY, in looks at 640 px a frame, and what it gives.

    `hota` is None where it was not measured.
    """

    size: int | str
    every: int | str
    cost: float
    convoy_cost: float
    exact: int
    in_range: int
    hota: float | None


def ways_of(kept: Mapping[str, Any]) -> list[Way]:
    """Of what benchmarks.look_schedule wrote."""
    look_ms = kept["processor_ms_a_look"]["640"]
    ways = []
    for row in kept["rows"]:
        convoy = row["clips"].get(CONVOY, {})
        costs = (row["network_ms_a_frame"] / look_ms, convoy.get("network_ms_a_frame", 0.0) / look_ms)
        right = (row["counts"]["at_once_exact"], row["counts"]["distinct_inside"])
        ways.append(Way(row["size"], row["every"], *costs, *right, convoy.get("hota")))
    return ways


def draw(kept: Mapping[str, Any], path: Path) -> None:
    """Draw the curve; the same figures give the same bytes. The suffix of `path` tells the kind of picture."""
    with matplotlib.rc_context(STYLE):
        _draw(ways_of(kept), kept["rows"][0]["counts"]["shots"], path)


def _draw(ways: Sequence[Way], shots: int, path: Path) -> None:
    figure = Figure(SIZE_INCHES, facecolor="white", layout="constrained")
    exact, in_range, hota = figure.subplots(3, 1)
    draw_panel(exact, [(way, way.cost, way.exact) for way in ways])
    exact.set_title(f"Most at once exact, of {shots} shots of all clips", loc="left")
    exact.legend(loc="lower left")
    draw_panel(in_range, [(way, way.cost, way.in_range) for way in ways])
    in_range.set_title("Different vehicles inside the range, of the same shots", loc="left")
    draw_panel(hota, [(way, way.convoy_cost, way.hota) for way in ways if way.hota is not None])
    hota.set_title(f"HOTA of {Path(CONVOY).stem}", loc="left")
    hota.set_xlabel("network's time, in looks at 640 px a frame (numbers: a look every so many frames)")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100, metadata={"Date": None} if path.suffix == ".svg" else None)


def draw_panel(axes: Axes, points: Sequence[tuple[Way, float, float]]) -> None:
    """One measure (third) against the time (second) of each way of looking."""
    for size, colour in COLOURS.items():
        fixed = [(way, x, y) for way, x, y in points if way.size == size and way.every != "auto"]
        label = f"--size {size}"
        axes.plot([x for _, x, _ in fixed], [y for _, _, y in fixed], "o-", color=colour, label=label, markersize=4)
        shift_points = (0, -14 if size == "auto" else 5)  # "auto" runs along other lines: its numbers are below
        for way, x, y in fixed:
            axes.annotate(str(way.every), (x, y), shift_points, textcoords="offset points", color=colour, ha="center")
    for way, x, y in points:
        if way.size == way.every == "auto":
            axes.plot(x, y, "*", color=COLOURS["auto"], markersize=20, markeredgecolor="black", label="the default")
        elif way.every == "auto":
            axes.plot(x, y, "D", color=COLOURS[way.size], markersize=9, markerfacecolor="white", markeredgewidth=2)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.margins(y=0.2)
    axes.grid(alpha=0.3)


def main() -> None:
    draw(read_results("look_schedule"), PICTURE)
    print(f"{PICTURE} drawn")


if __name__ == "__main__":
    main()
