"""The tables of `benchmarks.speed`, and their places in the documents.

    python -m benchmarks.speed_tables     # puts the figures that are kept into README.md and docs/performance.md

Each table stands between two marks, `<!-- NAME of benchmarks.speed -->` and `<!-- end of NAME -->`, and only what lies
between them is written anew. In the first mark of a run in int8 or bfloat16 follows `in int8` or `in bf16`, in that of
one on CUDA `on cuda`. A run that is not kept leaves its tables as they are.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.results import FOLDER, read_results, write_whole

RUNS = {
    "speed": "benchmarks.speed",
    "speed_int8": "benchmarks.speed in int8",
    "speed_bf16": "benchmarks.speed in bf16",
    "speed_cuda": "benchmarks.speed on cuda",
}
"""Names of kept results, and what their marks call them."""
DOCUMENTS = (Path("README.md"), Path("docs") / "performance.md")
NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Aim:
    """One line of the table of aims: what was asked for, the ratio it is told by, and whether more of it is better."""

    words: str
    ratio: str
    bound: float
    more_is_better: bool = True

    @property
    def asked(self) -> str:
        return f"{'at least' if self.more_is_better else 'at most'} {self.bound:g}"

    def reached(self, found: float) -> bool:
        return found >= self.bound if self.more_is_better else found <= self.bound


AIMS = (
    Aim("default settings, times as fast as `yolo track`", "default_against_yolo", 6),
    Aim("default settings, times as fast as `yolo track` with its ONNX", "default_against_yolo_onnx", 4),
    Aim("every frame in float32, times as fast as `yolo track`", "every_frame_against_yolo", 2.2),
    Aim("every frame, times as long as network and decoder alone", "every_frame_against_ceiling", 1.15, False),
    Aim("default settings, times as fast as the clip plays", "default_against_real_time", 1),
    Aim("with annotated video, times as fast as `yolo track save=True`", "video_against_yolo_save", 3),
)
AIMS_ON_A_GPU = (
    Aim("on a GPU, times as fast as `yolo track device=0 half=True`", "default_against_yolo", 3),
    Aim("on a GPU, times as long as decoding alone", "default_against_decode", 1.3, False),
)
STARTUP_AIMS = {"help_s": ("`detect --help`", 0.3), "first_frame_s": ("the first frame looked at", 1.5)}
GROWTH_AIMS = {"length": ("a clip ten times as long", 1.1), "vehicles": ("100 vehicles instead of 5", 1.5)}
"""A cost that is flat does not change by more than a tenth, which is what a busy machine adds by chance."""


def printed(figures: Mapping[str, Any]) -> str:
    """Every table of the figures that are there, in Markdown."""
    return "\n\n".join(f"{TABLES[name](figures)}" for name in TABLES if (NEEDS[name] in figures)) + "\n"


def circumstances(figures: Mapping[str, Any]) -> str:
    """One sentence: of which commit, when and on what."""
    machine, load = figures["machine"], figures["load_before"]
    kinds = ", ".join([*machine["flags"], *machine.get("gpus", ())])
    return (
        f"Commit {figures['commit']}, {figures['date']}; {figures['threads']} threads on {machine['cores']} cores "
        f"({machine['architecture']}: {kinds}), where {load:g} processes wanted to run just "
        f"before; networks on {figures['device']['used']} ({figures['device']['reason']}); {figures['frames']} frames, "
        f"medians of {figures['rounds']} rounds; "
        + ", ".join(f"{name} {version}" for name, version in figures["versions"].items())
        + "."
    )


def aims(figures: Mapping[str, Any]) -> str:
    """A row an aim, a column a clip: what was found, in bold where the aim is reached."""
    clips = figures["clips"]
    on_gpu = figures["device"]["used"] == "cuda"
    rows = [_row(["", "aim", *clips])]
    for aim in () if on_gpu else AIMS:
        rows.append(
            _row([aim.words, aim.asked, *(_found(aim, clip["ratios"].get(aim.ratio)) for clip in clips.values())])
        )
    for aim in AIMS_ON_A_GPU:
        cells = [_found(aim, clip["ratios"].get(aim.ratio) if on_gpu else None) for clip in clips.values()]
        rows.append(_row([aim.words, aim.asked, *cells]))
    return _table(rows)


def sides(figures: Mapping[str, Any]) -> str:
    """A row a side, a column a clip: frames a second, processor milliseconds a frame, and memory."""
    clips = figures["clips"]
    names = list(dict.fromkeys(side for clip in clips.values() for side in clip["sides"]))
    rows = [
        _row(
            ["fps / CPU ms a frame / MiB", *(f"{name} {'x'.join(map(str, c['size_px']))}" for name, c in clips.items())]
        )
    ]
    for name in names:
        found = [clip["sides"].get(name) for clip in clips.values()]
        rows.append(_row([name, *(f"{f['fps']} / {f['cpu_ms']} / {f['peak_mib']}" if f else "" for f in found)]))
    return _table(rows)


def stages(figures: Mapping[str, Any], side: str) -> str:
    """Where a frame's time goes, a column a clip; empty where the side was not measured."""
    columns = {
        name: clip["sides"][side]["stages_ms"] | {"everything": clip["sides"][side]["wall_ms"]}
        for name, clip in figures["clips"].items()
        if "stages_ms" in clip["sides"].get(side, {})
    }
    names = list(dict.fromkeys(stage for column in columns.values() for stage in column if stage != "everything"))
    rows = [_row([f"ms a frame of {side}", *columns])]
    for name in (*names, "everything"):
        rows.append(_row([name, *(f"{column[name]:.2f}" if name in column else "" for column in columns.values())]))
    return _table(rows)


def growth(figures: Mapping[str, Any]) -> str:
    """What a frame costs by length and by vehicles."""
    rows = [_row(["", "ms a frame", "of which not networks", "MiB"])]
    for kind, (_, _) in GROWTH_AIMS.items():
        for name, row in figures["growth"][kind]["rows"].items():
            label = f"{row['frames']} frames" if kind == "length" else f"{name} vehicles"
            rows.append(_row([label, row["wall_ms"], row["without_networks_ms"], row["peak_mib"]]))
    for kind, (words, bound) in GROWTH_AIMS.items():
        found = figures["growth"][kind]
        cells = [f"{found['times']} times, aim at most {bound}", f"{found['times_without_networks']} times", ""]
        rows.append(_row([words, *cells]))
    return _table(rows)


def startup(figures: Mapping[str, Any]) -> str:
    """Seconds to start, beside the aims."""
    rows = [_row(["", "aim", "s"])]
    for key, (words, bound) in STARTUP_AIMS.items():
        rows.append(_row([words, f"under {bound}", figures["startup"][key]]))
    return _table(rows)


def short(figures: Mapping[str, Any]) -> str:
    """For the README: frames a second of the sides a reader asks for, a column a clip."""
    clips = figures["clips"]
    rows = [_row(["frames a second", *(f"{name} {'x'.join(map(str, c['size_px']))}" for name, c in clips.items())])]
    for side in ("detect", "detect, every frame", "detect, with video", "yolo track", "yolo track, save=True"):
        found = [clip["sides"].get(side) for clip in clips.values()]
        if any(found):
            rows.append(_row([side, *(each["fps"] if each else "" for each in found)]))
    return _table(rows)


TABLES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "circumstances": circumstances,
    "aims": aims,
    "sides": sides,
    "stages": lambda figures: stages(figures, "detect"),
    "stages of every frame": lambda figures: stages(figures, "detect, every frame"),
    "stages with video": lambda figures: stages(figures, "detect, with video"),
    "growth": growth,
    "startup": startup,
    "short": short,
}
NEEDS = dict.fromkeys(TABLES, "clips") | {"circumstances": "versions", "growth": "growth", "startup": "startup"}
"""The part of the figures that each table is made of."""


def refreshed(document: str, figures: Mapping[str, Any], run: str = RUNS["speed"]) -> str:
    """The document with each of its tables that is marked as of this run made anew."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name} of {run} -->", f"<!-- end of {name} -->"
        marked = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        if marked.search(document):
            made = f"{begin}\n{table(figures)}\n{end}"
            document = marked.sub(lambda _, made=made: made, document)
    return document


def _found(aim: Aim, found: float | None) -> str:
    if found is None:
        return NOT_MEASURED if aim in AIMS_ON_A_GPU else ""
    return f"**{found:g}**" if aim.reached(found) else f"{found:g}"


def _row(cells: Sequence[Any]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _table(rows: Sequence[str]) -> str:
    return "\n".join([rows[0], "|---" * (rows[0].count("|") - 1) + "|", *rows[1:]])


def main() -> None:
    for name, run in RUNS.items():
        if not (FOLDER / f"{name}.json").is_file():
            continue
        figures = read_results(name)
        for path in DOCUMENTS:
            write_whole(path, refreshed(path.read_text(), figures, run))


if __name__ == "__main__":
    main()
