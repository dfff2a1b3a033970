"""How likely a box of a score and size is a vehicle, and how likely one within another: what detector/belief.py knows.

    python -m benchmarks.belief ../shared/datasets

Looks at the val pictures of the sources that label every vehicle, at 640 and 1280 px, and fits the log-odds that a box
is right (IoU 0.5) as a straight line of the log-odds of its score and of the doublings of its size; sources weigh the
same. Boxes within a stronger one are left out of the line and counted on their own. Prints the numbers and the table of
what was measured beside what the line says, and writes benchmarks/results/belief.json.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy import see
from benchmarks.results import write_results
from detector.belief import AT_USUAL_SCORE, PER_DOUBLING, PER_LOG_ODDS, USUAL_SIZE, probability, within
from detector.model import load_network
from models.figures import Seen
from models.metrics import IGNORED, areas, match

SOURCES = ("mian", "zem", "visdrone")  # the others label only tanks, or have one class, or no vehicle at all
SIZES_PX = (640, 1280)
LEAST_SCORE = 0.1
SCORE_EDGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0)
SIZE_EDGES = (0.0, 0.05, 0.1, 0.2, 1.5)
NEWTON_STEPS = 30


@dataclass(frozen=True)
class Boxes:
    """(n,) each: score, size as a part of the picture's longest side, right or not, within a stronger one, weight."""

    scores: NDArray[np.float64]
    sizes: NDArray[np.float64]
    right: NDArray[np.bool_]
    parts: NDArray[np.bool_]
    weights: NDArray[np.float64]

    def __getitem__(self, chosen: NDArray[np.bool_]) -> "Boxes":
        return Boxes(
            self.scores[chosen], self.sizes[chosen], self.right[chosen], self.parts[chosen], self.weights[chosen]
        )


def boxes_of(look: Seen) -> Boxes:
    """Every box of one source, at all sizes looked at; together they weigh 1."""
    rows: list[tuple[float, float, bool, bool]] = []
    for found in look.found.values():
        for truth, every in zip(look.truths, found, strict=True):
            above = every.above(LEAST_SCORE)
            hits = match(truth, above)
            corners = above.xyxy.astype(np.float64)
            stronger = above.scores[None] > above.scores[:, None]
            parts = (within(corners[:, None], corners[None]) & stronger).any(axis=1)
            sizes = np.sqrt(areas(corners)) / max(truth.width_px, truth.height_px)
            rows += [
                (float(score), float(size), bool(hit >= 0), bool(part))
                for score, size, hit, part in zip(above.scores, sizes, hits, parts, strict=True)
                if hit != IGNORED
            ]
    scores, sizes, right, parts = (np.array(column) for column in zip(*rows, strict=True))
    return Boxes(scores, sizes, right, parts, np.full(len(rows), 1 / len(rows)))


def together(some: list[Boxes]) -> Boxes:
    return Boxes(
        np.concatenate([boxes.scores for boxes in some]),
        np.concatenate([boxes.sizes for boxes in some]),
        np.concatenate([boxes.right for boxes in some]),
        np.concatenate([boxes.parts for boxes in some]),
        np.concatenate([boxes.weights for boxes in some]),
    )


def fitted(boxes: Boxes, usual_score: float) -> NDArray[np.float64]:
    """(3,) what belief.py calls AT_USUAL_SCORE, PER_LOG_ODDS and PER_DOUBLING: logistic regression by Newton's method.

    Three numbers; a library would bring SciPy.
    """
    scores = np.clip(boxes.scores, 0.001, 0.999)
    odds = np.log(scores / (1 - scores)) - np.log(usual_score / (1 - usual_score))
    table = np.column_stack([np.ones(len(odds)), odds, np.log2(np.maximum(boxes.sizes, 1e-6) / USUAL_SIZE)])
    line = np.zeros(3)
    for _ in range(NEWTON_STEPS):
        chances = 1 / (1 + np.exp(-table @ line))
        slope = table.T @ (boxes.weights * (boxes.right - chances))
        bend = table.T @ (table * (boxes.weights * chances * (1 - chances))[:, None])
        line = line + np.linalg.solve(bend + 1e-9 * np.eye(3), slope)
    return line


def cells(boxes: Boxes, usual_score: float) -> list[dict[str, Any]]:
    """Share of right boxes by score and size, beside what belief.py says of them."""
    found = []
    for low, high in pairwise(SCORE_EDGES):
        for small, large in pairwise(SIZE_EDGES):
            inside = (boxes.scores >= low) & (boxes.scores < high) & (boxes.sizes >= small) & (boxes.sizes < large)
            some = boxes[inside]
            if len(some.scores):
                said = [probability(s, z, usual_score) for s, z in zip(some.scores, some.sizes, strict=True)]
                found.append(
                    {
                        "score": [low, high],
                        "size": [small, large],
                        "boxes": len(said),
                        "right": round(float(np.average(some.right, weights=some.weights)), 3),
                        "said": round(float(np.average(said, weights=some.weights)), 3),
                    }
                )
    return found


def measured(seen: Mapping[str, Seen], usual_score: float) -> dict[str, Any]:
    everything = together([boxes_of(look) for look in seen.values()])
    alone = everything[~everything.parts]
    parts = everything[everything.parts & (everything.scores >= usual_score)]
    return {
        "usual_score": usual_score,
        "boxes": len(alone.scores),
        "line": [round(float(number), 2) for number in fitted(alone, usual_score)],
        "line_in_use": [AT_USUAL_SCORE, PER_LOG_ODDS, PER_DOUBLING],
        "parts": {"boxes": len(parts.scores), "right": round(float(parts.right.mean()), 3)},
        "cells": cells(alone, usual_score),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="folder that holds the sources")
    network = load_network("vehicles", "cpu")
    seen = see(network, parser.parse_args().shared, SOURCES, SIZES_PX, print)
    figures = measured(seen, network.card.threshold().confidence)
    print(f"line {figures['line']} (in use {figures['line_in_use']}), parts {figures['parts']}")
    print("| score | size | boxes | right | said |\n|---|---|---|---|---|")
    for cell in figures["cells"]:
        score, size = ("{} to {}".format(*cell[name]) for name in ("score", "size"))
        print(f"| {score} | {size} | {cell['boxes']} | {cell['right']:.2f} | {cell['said']:.2f} |")
    write_results("belief", figures)


if __name__ == "__main__":
    main()
