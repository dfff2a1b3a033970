"""Broken text files for every parser of our own, and boxes that make no sense for the tracker.

A parser may give a value or raise its own error, and nothing else; the tracker must give tracks.

    python -m benchmarks.fuzz                 # fifteen minutes
    python -m benchmarks.fuzz --minutes 1     # a short run, which is only shown

The first writes benchmarks/results/fuzz.json and the table in docs/reliability.md.

Sound documents are broken by seed: bytes flipped, cut out, doubled, replaced by extreme ones; in JSON also values
exchanged, left out and doubled.
"""

import argparse
import contextlib
import json
import random
import tempfile
import time
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from benchmarks.fuzzing.label_files import parsers_of_label_files
from benchmarks.fuzzing.network_files import parsers_of_network_files
from benchmarks.fuzzing.parser import Parser
from benchmarks.fuzzing.report_files import parsers_of_report_files
from benchmarks.fuzzing.run_files import parsers_of_run_files
from benchmarks.fuzzing.shots import tracker_failures
from benchmarks.results import write_results, write_table
from detector import analysis
from tests.fakes import square_networks

EXTREMES = (
    b"-1",
    b"0",
    b"1e999",
    b"NaN",
    b"9" * 5000,
    b"null",
    b"[]",
    b"{}",
    b'""',
    b"\xff\xfe",
    b"\x00",
    b"[" * 5000,
    b"true",
    b",",
)
EXTREME_VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 0.5, 10**9, 10**30, 1e300, float("nan"), float("-inf"), "", "a\0b", "\ud800", "../..",
    "x" * 5000, [], {}, [[]], {"class": 1}, [1e300] * 4,
)  # fmt: skip
SEEDS_A_TURN = 50
MINUTES, MOST_SHOWN = 15.0, 20
DOCUMENT = Path("docs") / "reliability.md"


@contextlib.contextmanager
def parsers(folder: Path) -> Iterator[list[Parser]]:
    """All of our own that read what a stranger may have written; within it the command looks for coloured squares."""
    before = analysis.Networks.load
    analysis.Networks.load = staticmethod(lambda *_, **__: square_networks())  # type: ignore[method-assign,assignment]
    try:
        yield [
            *parsers_of_network_files(),
            *parsers_of_run_files(folder),
            *parsers_of_report_files(folder),
            *parsers_of_label_files(folder),
        ]
    finally:
        analysis.Networks.load = staticmethod(before)  # type: ignore[method-assign]


def broken(sound: bytes, seed: int) -> bytes:
    """The document with one to four faults."""
    chance = random.Random(seed)
    if chance.random() < 0.5:
        with contextlib.suppress(ValueError):
            return _with_other_values(sound, chance)
    content = bytearray(sound)
    for _ in range(chance.randint(1, 4)):
        begin = chance.randrange(len(content) + 1)
        end = min(len(content), begin + chance.choice((0, 1, 1, 4, 30, 500)))
        content[begin:end] = chance.choice((b"", bytes([chance.randrange(256)]), content[begin:end] * 2, *EXTREMES))
    return bytes(content)


def _with_other_values(sound: bytes, chance: random.Random) -> bytes:
    """A JSON document, or one of several lines of JSON, with up to three values exchanged; ValueError if it is none."""
    try:
        document, before, after = json.loads(sound), b"", b""
    except ValueError:
        lines = sound.splitlines(keepends=True)
        number = chance.randrange(len(lines))
        document, before, after = json.loads(lines[number]), b"".join(lines[:number]), b"".join(lines[number + 1 :])
    for _ in range(chance.randint(1, 3)):
        places = list(_places(document))
        if places:
            _exchange(*chance.choice(places), chance)
    return before + json.dumps(document).encode() + b"\n" + after


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every list or object with each of its indices or keys, at any depth."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        yield value, key
        yield from _places(item)


def _exchange(within: Any, key: Any, chance: random.Random) -> None:
    what = chance.choice(("value", "value", "value", "leave out", "double", "nearly"))
    if what == "leave out":
        del within[key]
    elif what == "double" and isinstance(within, list):
        within.insert(key, within[key])
    elif what == "nearly" and isinstance(within[key], int | float):
        within[key] += chance.choice((-1, 1, 1000))
    else:
        within[key] = deepcopy(chance.choice(EXTREME_VALUES))


def failures(parser: Parser, seeds: range, folder: Path) -> list[str]:
    """What one parser did that it may not: each as seed and error."""
    path, found = folder / "broken", []
    for seed in seeds:
        path.write_bytes(broken(parser.sound, seed))
        try:
            parser.read(path)
        except parser.errors:
            continue
        except Exception as error:
            found.append(f"{parser.name}, seed {seed}: {type(error).__name__}: {str(error)[:200]}")
    return found


def run(minutes: float) -> dict[str, tuple[int, list[str]]]:
    """By parser how many documents were tried, and what failed; likewise shots, for the tracker."""
    tried: dict[str, tuple[int, list[str]]] = {}

    def add(name: str, count: int, bad: list[str]) -> None:
        before, failed = tried.get(name, (0, []))
        tried[name] = (before + count, failed + bad)

    with tempfile.TemporaryDirectory() as place, parsers(Path(place)) as known:
        until, seed = time.monotonic() + 60 * minutes, 0
        while time.monotonic() < until:
            seeds = range(seed, seed + SEEDS_A_TURN)
            for parser in known:
                add(parser.name, len(seeds), failures(parser, seeds, Path(place)))
            add("tracker", len(seeds), tracker_failures(seeds))
            seed += SEEDS_A_TURN
    return tried


def table(figures: Mapping[str, Mapping[str, int]]) -> str:
    """As in docs/reliability.md."""
    rows = (f"| {name} | {counts['tried']:,} | {counts['failed']} |" for name, counts in figures.items())
    return "\n".join(("| what | broken ones tried | failures |", "|---|---|---|", *rows))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=MINUTES)
    minutes = arguments.parse_args().minutes
    found = run(minutes)
    kept = {name: {"tried": count, "failed": len(bad)} for name, (count, bad) in found.items()}
    if minutes >= MINUTES:
        write_results("fuzz", kept)
        write_table(DOCUMENT, "fuzz", table(kept))
    print(table(kept), *[each for _, bad in found.values() for each in bad][:MOST_SHOWN], sep="\n")
