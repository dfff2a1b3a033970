"""Sequences with known shot boundaries: every scene of `shot_scenes` under every condition; all follow from a seed.

A `Condition` is how a clip looks and how fast it comes: a logo and captions that stay through a cut, black bars, night,
10 or 60 frames a second.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.shot_scenes import RENDERERS, Pictures, Rendered, Scene, Source


@dataclass(frozen=True)
class Condition:
    """How the pictures of a rendered clip look, and how fast they come."""

    name: str
    frame_rate: float
    speed: float  # frames of the source that go by in one rendered frame
    change: Callable[[Pictures, np.random.Generator], Pictures]


def plain(pictures: Pictures, random: np.random.Generator) -> Pictures:
    return pictures


def overlaid(pictures: Pictures, random: np.random.Generator) -> Pictures:
    """A logo, two lines of figures and a crosshair burned in, at the same place in every frame."""
    height, width = pictures[0].shape[:2]
    layer = np.zeros((height, width, 3), np.uint8)
    colour = tuple(int(c) for c in random.choice([(255, 255, 255), (60, 255, 60), (40, 160, 255)]))
    cv2.rectangle(layer, (width - 52, 6), (width - 8, 26), colour, cv2.FILLED)
    cv2.line(layer, (width // 2 - 40, height // 2), (width // 2 + 40, height // 2), colour, 1)
    cv2.line(layer, (width // 2, height // 2 - 25), (width // 2, height // 2 + 25), colour, 1)
    for line in range(2):
        text = "".join(random.choice(list("0123456789NEAZ. "), 16))
        cv2.putText(layer, text, (6, height - 8 - 14 * line), cv2.FONT_HERSHEY_PLAIN, 0.9, colour, 1)
    drawn = layer.any(axis=2)[..., None]
    return [np.where(drawn, layer, picture) for picture in pictures]


def letterboxed(pictures: Pictures, random: np.random.Generator) -> Pictures:
    bar = round(pictures[0].shape[0] * random.uniform(0.09, 0.16))
    return [cv2.copyMakeBorder(p[bar:-bar], bar, bar, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0)) for p in pictures]


def night(pictures: Pictures, random: np.random.Generator) -> Pictures:
    """A fifth of the light, and noise that a thumbnail of a small, bad picture still has."""
    gain, height, width = random.uniform(0.12, 0.25), *pictures[0].shape[:2]
    grain = random.normal(0, random.uniform(2, 5), (height + 40, width + 40, 3)).astype(np.float32)
    shifts = random.integers(0, 40, (len(pictures), 2))
    return [
        np.clip(gain * p + grain[y : y + height, x : x + width], 0, 255).astype(np.uint8)
        for p, (y, x) in zip(pictures, shifts, strict=True)
    ]


CONDITIONS = (
    Condition("plain", 25, 1.0, plain),
    Condition("overlay", 25, 1.0, overlaid),
    Condition("letterbox", 25, 1.0, letterboxed),
    Condition("night", 25, 1.0, night),
    Condition("10 fps", 10, 2.5, plain),
    Condition("60 fps", 60, 0.5, plain),
)


def sequences(sources: Sequence[Source], seed: int, each: int) -> Iterator[tuple[str, Condition, Rendered]]:
    """`each` clips of every kind under every condition, with the kind's name."""
    for kind, render in RENDERERS.items():
        for condition in CONDITIONS:
            for number in range(each):
                random = np.random.default_rng([seed, number, *kind.encode(), *condition.name.encode()])
                one, other = (sources[i] for i in random.permutation(len(sources))[:2])
                made = render(Scene(one, other, condition.speed, random))
                pictures = condition.change(made.pictures, random)
                yield kind, condition, Rendered(pictures, made.boundaries, made.kinds)
