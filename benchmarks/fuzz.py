"""Broken text files for the parsers of our own that read what strangers wrote.

A parser may give a value or raise its own error, and nothing else.

    python -m benchmarks.fuzz --minutes 5

frames.jsonl is left out: it is read only by the run that wrote it. Sound documents are broken by seed: bytes flipped,
cut out, doubled, numbers and words replaced by extreme ones.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from detector.model_card import ModelError, read_card
from detector.mot_file import MotFileError, detection_lines, read_detections
from detector.outputs.review import ReviewError, read_review
from detector.report import write_report
from detector.report_reading import ReportError, read_report
from tests.fakes import ground, square_networks, with_squares
from tests.reports import convoy, event, report, shot, track

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
    b"[" * 5000,
    b"true",
    b",",
)


@dataclass(frozen=True)
class Parser:
    """What reads a file, a sound file for it, and the error it may raise."""

    name: str
    sound: bytes
    read: Callable[[Path], object]
    errors: tuple[type[Exception], ...]


def parsers(folder: Path) -> list[Parser]:
    """All of our own that read what a stranger may have written."""
    found = report(shots=(shot(),), tracks=(track(1), track(2)), events=(event(),), convoys=(convoy(1, 2),))
    write_report(found, folder / "report.json")
    networks = square_networks()
    [seen] = networks.vehicles.detect([with_squares(ground(0), [(20, 20), (80, 60)])])
    boxes = "".join(f"{line}\n" for number in range(5) for line in detection_lines(number, seen)).encode()
    detected = networks.vehicles.card
    review = b'{"schema": "detect-review/1", "saved": "2024-01-01T00:00:00Z", "clip_sha256": "00", "verdicts": []}'
    card = (Path("models") / "smoke_fire" / "model.json").read_bytes()
    return [
        Parser("report.json", (folder / "report.json").read_bytes(), read_report, (ReportError,)),
        Parser("review.json", review, lambda path: read_review(path, found), (ReviewError,)),
        Parser("detections.txt", boxes, lambda path: read_detections(path, detected), (MotFileError,)),
        Parser("model.json", card, lambda path: read_card(path, path.read_bytes(), "0" * 64), (ModelError,)),
    ]


def broken(sound: bytes, seed: int) -> bytes:
    """The document with one to four faults."""
    chance = random.Random(seed)
    content = bytearray(sound)
    for _ in range(chance.randint(1, 4)):
        begin = chance.randrange(len(content) + 1)
        end = min(len(content), begin + chance.choice((0, 1, 1, 4, 30, 500)))
        content[begin:end] = chance.choice((b"", bytes([chance.randrange(256)]), content[begin:end] * 2, *EXTREMES))
    return bytes(content)


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
            found.append(f"{parser.name}, seed {seed}: {type(error).__name__}: {str(error)[:100]}")
    return found


def run(minutes: float) -> dict[str, tuple[int, list[str]]]:
    """By parser how many documents were tried, and what failed."""
    tried: dict[str, tuple[int, list[str]]] = {}
    with tempfile.TemporaryDirectory() as place:
        known = parsers(Path(place))
        until, seed = time.monotonic() + 60 * minutes, 0
        while time.monotonic() < until:
            for parser in known:
                count, bad = tried.get(parser.name, (0, []))
                tried[parser.name] = (count + 100, bad + failures(parser, range(seed, seed + 100), Path(place)))
            seed += 100
    return tried


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=5)
    for name, (count, bad) in run(arguments.parse_args().minutes).items():
        print(f"{name}: {count} documents, {len(bad)} failures", *bad[:5], sep="\n  ")
