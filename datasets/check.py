"""Check what `datasets.build` wrote: boxes in range, boxes too small to see, pictures twice, and leakage.

    python -m datasets.check datasets/built

Leakage is a picture of val that looks like one of train: figures on val then say how well the network remembers. Exit
code 1 if there is any, or a box out of range.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from datasets.layout import NETWORKS, BuiltPicture, LayoutError, read_layout
from datasets.pictures import PictureError, Problem, read_size_px

NEAR_BITS = 8  # of 64. By eye, most pairs at 8 bits show one place, at 10 many do not; see README.md
LEAST_PX = 2.0


@dataclass(frozen=True)
class Pair:
    """Two pictures that look alike, and in how many of the 64 bits of their hashes they differ."""

    first: BuiltPicture
    second: BuiltPicture
    bits: int

    @property
    def leaks(self) -> bool:
        return self.first.split != self.second.split


@dataclass(frozen=True)
class Findings:
    """What is wrong in a layout.

    `pictures` are all that could be decoded, each once in a split; `small` holds each picture with boxes under 2 px and
    their number.
    """

    pictures: tuple[BuiltPicture, ...]
    problems: tuple[Problem, ...]
    small: tuple[tuple[BuiltPicture, int], ...]
    pairs: tuple[Pair, ...]

    @property
    def leaks(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.leaks)


def hash_picture(path: Path) -> int:
    """The 64-bit perceptual hash (DCT) of a picture.

    Raises:
        OSError: the picture cannot be decoded.
    """
    with Image.open(path) as image:
        return int(str(imagehash.phash(image)), 16)


def near_pairs(hashes: Sequence[int], most_bits: int = NEAR_BITS) -> list[tuple[int, int, int]]:
    """All pairs of places in `hashes` at most `most_bits` apart: (first, second, bits), first < second."""
    packed: NDArray[np.uint64] = np.array(hashes, dtype=np.uint64)
    pairs = []
    for first in range(len(packed) - 1):
        bits = np.bitwise_count(packed[first + 1 :] ^ packed[first])
        near = np.flatnonzero(bits <= most_bits)
        pairs += [(first, first + 1 + int(place), int(bits[place])) for place in near]
    return pairs


def small_boxes(picture: BuiltPicture) -> int:
    """How many boxes are under 2 px wide or high in the picture as it lies there.

    Raises:
        PictureError: the picture is missing or its header cannot be read.
    """
    width, height = read_size_px(picture.path)
    return sum(box.width * width < LEAST_PX or box.height * height < LEAST_PX for box in picture.boxes)


def check(out: Path, tell: Callable[[int, int], None] = lambda done, total: None) -> Findings:
    """Check both layouts below `out`; a picture that both networks have in one split is hashed once.

    Raises:
        LayoutError: one of the layouts is not there.
    """
    built = [picture for network in NETWORKS for picture in read_layout(out, network)]
    problems = [problem for picture in built for problem in picture.problems]
    small: list[tuple[BuiltPicture, int]] = []
    hashed: dict[tuple[str, Path], tuple[BuiltPicture, int]] = {}
    for done, picture in enumerate(built):
        tell(done, len(built))
        try:
            if count := small_boxes(picture):
                small.append((picture, count))
            file = picture.split, picture.path.resolve()  # in both splits it leaks
            if file not in hashed:
                hashed[file] = picture, hash_picture(picture.path)
        except PictureError as error:
            problems.append(Problem(picture.path, None, error.kind, str(error)))
        except OSError as error:
            problems.append(Problem(picture.path, None, "corrupt picture", f"cannot be decoded: {error}"))
    unique = list(hashed.values())
    near = near_pairs([value for _, value in unique])
    pairs = tuple(Pair(unique[i][0], unique[j][0], bits) for i, j, bits in near)
    return Findings(tuple(picture for picture, _ in unique), tuple(problems), tuple(small), pairs)


def table(findings: Findings, counts: Mapping[str, int]) -> list[str]:
    """The findings by source, a line each; a pair of two sources counts for both."""
    columns: dict[str, Counter[str]] = {
        "under 2 px": Counter(),
        "look-alikes": Counter(),
        "of other source": Counter(),
        "leaks": Counter(),
    }
    for picture, count in findings.small:
        columns["under 2 px"][picture.source] += count
    for pair in findings.pairs:
        for source in {pair.first.source, pair.second.source}:
            columns["look-alikes"][source] += 1
            columns["of other source"][source] += pair.first.source != pair.second.source
            columns["leaks"][source] += pair.leaks
    lines = [f"{'source':15}{'pictures':>10}" + "".join(f"{name:>17}" for name in columns)]
    for source in sorted(counts):
        figures = "".join(f"{column[source]:17}" for column in columns.values())
        lines.append(f"{source:15}{counts[source]:10}" + figures)
    return lines


def write_pairs(findings: Findings, path: Path) -> None:
    """Every pair that looks alike, the nearest first."""
    rows = [
        (pair.bits, "leak" if pair.leaks else "twice", *(f"{p.split}/{p.path.name}" for p in (pair.first, pair.second)))
        for pair in sorted(findings.pairs, key=lambda pair: (not pair.leaks, pair.bits))
    ]
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        csv.writer(file).writerows([("bits", "what", "first", "second"), *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder that datasets.build wrote")
    out = parser.parse_args().out
    try:
        findings = check(out, _tell)
    except LayoutError as error:
        sys.exit(str(error))
    print(*table(findings, Counter(picture.source for picture in findings.pictures)), sep="\n")
    for problem in findings.problems:
        print(problem, file=sys.stderr)
    write_pairs(findings, out / "look_alikes.csv")
    twice = len(findings.pairs) - len(findings.leaks)
    print(f"{len(findings.pictures)} pictures, {len(findings.problems)} problems")
    print(f"{twice} pairs alike within a split, {len(findings.leaks)} across (leaks): {out / 'look_alikes.csv'}")
    sys.exit(1 if findings.leaks or findings.problems else 0)


def _tell(done: int, total: int) -> None:
    if done % 500 == 0:
        print(f"{done} of {total}", file=sys.stderr)


if __name__ == "__main__":
    main()
