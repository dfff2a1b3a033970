"""All benchmarks, one after another, beside what they found the last time.

    python -m benchmarks.run                              # what can run here; an hour or two, less on more cores
    python -m benchmarks.run --only real_clips,counting
    python -m benchmarks.run --clips DIR --truth FILE     # on your own clips instead: see benchmarks/own_clips.py

Prints a table in Markdown, and keeps it with the commit and the machine in benchmarks/results/run.json. "Before" is
what benchmarks/results/ held, which each benchmark replaces; git has it still. What needs something that is not here is
left out and named. Exit code 1 if a figure is worse by more than chance (benchmarks/suite.py says how much that is) or
a benchmark breaks off.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.own_clips import judge_own_clips
from benchmarks.results import read_results, write_results
from benchmarks.speed_machine import circumstances
from benchmarks.suite import SUITE, Benchmark, Figure
from detector.clip import ClipError


@dataclass(frozen=True)
class Judged:
    """One figure beside the last one kept.

    Attributes:
        before: None where nothing was kept.
        now: None where the benchmark did not give it.
        regression: worse by more than chance.
    """

    benchmark: str
    words: str
    before: float | None
    now: float | None
    regression: bool


def judge(benchmark: str, figure: Figure, before: dict[str, Any], now: dict[str, Any]) -> Judged:
    was, is_now = figure.of(before) if before else None, figure.of(now)
    worse = was is not None and (is_now is None or figure.is_worse(was, is_now))
    return Judged(benchmark, figure.words, was, is_now, worse)


def missing(benchmark: Benchmark) -> list[str]:
    """What it needs and what is not here."""
    return [
        need
        for need in benchmark.needs
        if not (Path(need).is_dir() if "/" in need else importlib.util.find_spec(need) is not None)
    ]


def kept(benchmark: Benchmark) -> dict[str, Any]:
    """Its last results; nothing where there are none."""
    try:
        return read_results(benchmark.results)
    except FileNotFoundError:
        return {}


def run_all(benchmarks: Sequence[Benchmark]) -> dict[str, Any]:
    """Run each; the figures, what was left out and why, and how each ended."""
    judged: list[Judged] = []
    left_out, broke_off, seconds = {}, {}, {}
    for benchmark in benchmarks:
        if lacking := missing(benchmark):
            left_out[benchmark.name] = f"needs {' and '.join(lacking)}"
            continue
        before, begun = kept(benchmark), time.perf_counter()
        given = [argument.format(python=sys.executable) for argument in benchmark.arguments]
        print(f"run: {benchmark.name}", file=sys.stderr)
        ended = subprocess.run([sys.executable, "-m", f"benchmarks.{benchmark.name}", *given], stdout=sys.stderr)
        seconds[benchmark.name] = round(time.perf_counter() - begun, 1)
        if ended.returncode:
            broke_off[benchmark.name] = f"exit code {ended.returncode}"
            continue
        now = kept(benchmark)
        judged += [judge(benchmark.name, figure, before, now) for figure in benchmark.figures]
    figures = [asdict(each) for each in judged]
    return {"figures": figures, "left_out": left_out, "broke_off": broke_off, "seconds": seconds}


def table(found: dict[str, Any]) -> str:
    """Markdown: a row a figure, regressions in bold, then what is missing from it."""
    lines = ["| benchmark | figure | before | now | |", "|---|---|---|---|---|"]
    for row in found["figures"]:
        numbers = ["" if row[when] is None else f"{row[when]:.4g}" for when in ("before", "now")]
        verdict = "**worse**" if row["regression"] else ""
        lines.append(f"| {row['benchmark']} | {row['words']} | {' | '.join(numbers)} | {verdict} |")
    lines += [""] + [f"- {name} is left out: {why}" for name, why in found["left_out"].items()]
    lines += [f"- **{name} broke off**: {why}" for name, why in found["broke_off"].items()]
    return "\n".join(lines).rstrip() + "\n"


def chosen(only: str | None) -> list[Benchmark]:
    """Those named, in the order of the suite; without names all but those that take hours."""
    if only is None:
        return [benchmark for benchmark in SUITE if not benchmark.hours]
    names = only.split(",")
    unknown = sorted(set(names) - {benchmark.name for benchmark in SUITE})
    if unknown:
        raise SystemExit(f"run: no benchmark {', '.join(unknown)}; there are {', '.join(b.name for b in SUITE)}")
    return [benchmark for benchmark in SUITE if benchmark.name in names]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="A,B", help=", ".join(benchmark.name for benchmark in SUITE))
    parser.add_argument("--clips", type=Path, metavar="DIR", help="a folder with clips of your own")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="what you saw in them (.csv)")
    given = parser.parse_args()
    if (given.clips is None) != (given.truth is None):
        parser.error("--clips and --truth go together")
    about = circumstances(threads=0)
    del about["threads"]  # each benchmark takes its own
    if given.clips is not None:
        try:
            words, figures = judge_own_clips(given.clips, given.truth)
        except (ClipError, OSError) as error:
            raise SystemExit(f"run: {error}") from None
        print(words)
        print(json.dumps(about | figures, indent=1))
        return 0
    found = about | run_all(chosen(given.only))
    print(table(found))
    write_results("run", found)
    return int(bool(found["broke_off"]) or any(row["regression"] for row in found["figures"]))


if __name__ == "__main__":
    sys.exit(main())
