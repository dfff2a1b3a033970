"""What can happen in a clip, rendered from frames of real shots: cuts, dissolves and fades, and what is no boundary.

Two shots keep running while one becomes the other, so a dissolve mixes moving pictures, as an editor's does. What is no
boundary: flashes, explosions, whip pans, crash zooms, jolts of the camera, pictures in the picture, split screens.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.shots import ShotKind, thumbnail

Picture = NDArray[np.uint8]
Pictures = list[Picture]
BEFORE, AFTER = 45, 45  # frames of pure footage on either side
TITLE_HOLD = 30


@dataclass(frozen=True)
class Source:
    """A stretch of one real shot: its thumbnails, and one picture of it 960 pixels wide to pan and zoom in."""

    name: str
    thumbnails: NDArray[np.uint8]
    still: Picture

    def play(self, first: int, count: int, speed: float) -> Pictures:
        """`count` pictures from the first; where the shot is over it runs backwards."""
        length = len(self.thumbnails)
        steps = [int(first + k * speed) % max(1, 2 * length - 2) for k in range(count)]
        return [self.thumbnails[k if k < length else 2 * length - 2 - k] for k in steps]


@dataclass(frozen=True)
class Rendered:
    """BGR thumbnails with the frames at which shots begin, the first left out, and the kind of every shot."""

    pictures: Pictures
    boundaries: tuple[int, ...]
    kinds: tuple[ShotKind, ...]


@dataclass(frozen=True)
class Scene:
    """What one rendered clip is made of: two shots of equal thumbnails, and the speed at which they run."""

    one: Source
    other: Source
    speed: float
    random: np.random.Generator

    def play(self, source: Source, count: int) -> Pictures:
        return source.play(int(self.random.integers(len(source.thumbnails))), count, self.speed)


def mix(one: Picture, other: Picture, weight: float) -> Picture:
    """`weight` is the share of the other."""
    return np.asarray(cv2.addWeighted(one, 1 - weight, other, weight, 0), np.uint8)


def flat_like(picture: Picture, level: int) -> Picture:
    return np.full_like(picture, level)


def cut(scene: Scene) -> Rendered:
    pictures = scene.play(scene.one, BEFORE) + scene.play(scene.other, AFTER)
    return Rendered(pictures, (BEFORE,), ("footage", "footage"))


def blended_cut(scene: Scene) -> Rendered:
    """A cut with one frame that mixes both sides, as a change of frame rate leaves it."""
    one, other = scene.play(scene.one, BEFORE + 1), scene.play(scene.other, AFTER + 1)
    weight = scene.random.uniform(0.3, 0.7)
    return Rendered([*one[:-1], mix(one[-1], other[0], weight), *other[1:]], (BEFORE,), ("footage", "footage"))


def quick_cuts(scene: Scene) -> Rendered:
    """Back and forth, a third to a whole second each."""
    lengths = [BEFORE, *(int(n) for n in scene.random.integers(8, 26, 3)), AFTER]
    parts = [scene.play((scene.one, scene.other)[k % 2], n) for k, n in enumerate(lengths)]
    starts = tuple(int(s) for s in np.cumsum(lengths)[:-1])
    return Rendered([p for part in parts for p in part], starts, ("footage",) * 5)


def dissolve(frames: int) -> Callable[[Scene], Rendered]:
    """`frames` that show both."""

    def render(scene: Scene) -> Rendered:
        one, other = scene.play(scene.one, BEFORE + frames), scene.play(scene.other, frames + AFTER)
        both = [mix(one[BEFORE + k], other[k], (k + 1) / (frames + 1)) for k in range(frames)]
        return Rendered(
            one[:BEFORE] + both + other[frames:],
            (BEFORE, BEFORE + frames),
            ("footage", "transition", "footage"),
        )

    return render


def fade(level: int, held: bool) -> Callable[[Scene], Rendered]:
    """Out to black (0) or white (255) and in again; held long enough to be a shot of its own, or not."""

    def render(scene: Scene) -> Rendered:
        out, into = (int(n) for n in scene.random.integers(6, 26, 2))
        hold = TITLE_HOLD if held else int(scene.random.integers(1, 5))
        one, other = scene.play(scene.one, BEFORE + out), scene.play(scene.other, into + AFTER)
        flat = flat_like(one[0], level)
        leaving = [mix(one[BEFORE + k], flat, (k + 1) / (out + 1)) for k in range(out)]
        coming = [mix(flat, other[k], (k + 1) / (into + 1)) for k in range(into)]
        pictures = one[:BEFORE] + leaving + [flat] * hold + coming + other[into:]
        ends = (BEFORE, BEFORE + out, BEFORE + out + hold, BEFORE + out + hold + into)
        if not held:
            return Rendered(pictures, (ends[0], ends[3]), ("footage", "transition", "footage"))
        kept: ShotKind = "black" if level == 0 else "title"
        return Rendered(pictures, ends, ("footage", "transition", kept, "transition", "footage"))

    return render


def dip(scene: Scene) -> Rendered:
    """To white and back within three to seven frames, and another shot after it."""
    count = int(scene.random.integers(3, 8))
    one, other = scene.play(scene.one, BEFORE + count), scene.play(scene.other, count + AFTER)
    peak = scene.random.uniform(0.35, 0.65) * (count - 1)
    dipped = []
    for k in range(count):
        strength = 1 - abs(k - peak) / (count / 2 + 1)
        dipped.append(mix(one[BEFORE + k] if k < peak else other[k], flat_like(one[0], 255), min(1.0, strength + 0.15)))
    pictures = one[:BEFORE] + dipped + other[count:]
    return Rendered(pictures, (BEFORE, BEFORE + count), ("footage", "transition", "footage"))


def flash(scene: Scene) -> Rendered:
    """One to six frames almost white, as of a gun beside the camera."""
    pictures = scene.play(scene.one, BEFORE + AFTER)
    for k in range(BEFORE, BEFORE + int(scene.random.integers(1, 7))):
        pictures[k] = mix(pictures[k], flat_like(pictures[k], 255), scene.random.uniform(0.6, 1.0))
    return Rendered(pictures, (), ("footage",))


def explosion(scene: Scene) -> Rendered:
    """A fireball over a third of the picture or all of it, that goes out with its smoke in one to two seconds."""
    pictures = scene.play(scene.one, BEFORE + 2 * AFTER)
    height, width = pictures[0].shape[:2]
    centre = scene.random.uniform(0.2, 0.8, 2) * (width, height)
    size, lasting = scene.random.uniform(0.25, 0.7) * width, int(scene.random.integers(20, 50))
    y, x = np.mgrid[:height, :width]
    distance = np.hypot(x - centre[0], y - centre[1])
    for k in range(lasting):
        radius = size * min(1.0, (k + 1) / 3) * (1 + 0.01 * k)
        ball = 1 / (1 + np.exp((distance - radius) / (0.1 * radius)))
        share = (ball * (1 - k / lasting) + 0.15 * np.exp(-k / 4)).clip(0, 1)[..., None]
        colour = np.float32((120, 210, 255)) * (1 - k / lasting) + np.float32((90, 90, 90)) * (k / lasting)
        pictures[BEFORE + k] = (pictures[BEFORE + k] * (1 - share) + colour * share).astype(np.uint8)
    return Rendered(pictures, (), ("footage",))


def view(still: Picture, centre: NDArray[np.float64], width: float) -> Picture:
    """What a camera sees that looks at `centre` of the still and is `width` pixels of it wide."""
    to = np.asarray(thumbnail(still).shape[1::-1], np.float64)
    scale = to[0] / width
    matrix = np.float64([[scale, 0, to[0] / 2 - scale * centre[0]], [0, scale, to[1] / 2 - scale * centre[1]]])
    size = (int(to[0]), int(to[1]))
    return np.asarray(cv2.warpAffine(still, matrix, size, borderMode=cv2.BORDER_REFLECT), np.uint8)


Path = Callable[[np.random.Generator, float, float], NDArray[np.float64]]
"""Of a still's width and height: (frames, 3), what the camera looks at, x and y, and how wide, in its pixels."""


def camera_move(path: Path) -> Callable[[Scene], Rendered]:
    """A camera over one still, with the blur of its motion and a little noise."""

    def render(scene: Scene) -> Rendered:
        height, width = scene.one.still.shape[:2]
        way = path(scene.random, float(width), float(height))
        way[:, :2] += 0.6 * scene.random.normal(0, 1, (len(way), 2)).cumsum(axis=0).clip(-20, 20)
        pictures = []
        for last, now in itertools.pairwise(way):
            parts = (1.0,) if np.abs(now - last).max() < 4 else (0.5, 0.75, 1.0)
            steps = [last + (now - last) * part for part in parts]
            shown = np.mean([view(scene.one.still, at[:2], at[2]) for at in steps], axis=0)
            noise = scene.random.normal(0, 1, shown.shape[:2])[..., None]
            pictures.append((shown + noise).clip(0, 255).astype(np.uint8))
        return Rendered(pictures, (), ("footage",))

    return render


def pan_path(random: np.random.Generator, width: float, height: float) -> NDArray[np.float64]:
    """From one side to the other in a fifth of a second to a second, at 25 frames a second."""
    lasting = int(random.integers(5, 26))
    part = np.concatenate([np.zeros(30), (1 - np.cos(np.linspace(0, np.pi, lasting))) / 2, np.ones(30)])
    if random.random() < 0.5:
        part = 1 - part
    x = width * (0.25 + 0.5 * part)
    return np.stack([x, np.full_like(x, height / 2), np.full_like(x, width / 2.2)], axis=1)


def zoom_path(random: np.random.Generator, width: float, height: float) -> NDArray[np.float64]:
    """Three to five times nearer, or further, in a third of a second to a second and a half."""
    lasting = int(random.integers(8, 38))
    part = np.concatenate([np.zeros(30), (1 - np.cos(np.linspace(0, np.pi, lasting))) / 2, np.ones(30)])
    if random.random() < 0.5:
        part = 1 - part
    across = 0.9 * width * random.uniform(0.2, 0.33) ** part
    return np.stack([np.full_like(across, width / 2), np.full_like(across, height / 2), across], axis=1)


def jolt_path(random: np.random.Generator, width: float, height: float) -> NDArray[np.float64]:
    """A camera in the hand that is knocked a few times, a tenth of the picture within one frame."""
    way = np.full((80, 3), width / 2)
    way[:, :2] = (width / 2, height / 2)
    for at in random.integers(10, 70, 4):
        way[at : at + int(random.integers(1, 4)), :2] += random.uniform(-0.12, 0.12, 2) * width
    return way


def inset(scene: Scene) -> Rendered:
    """A picture in the picture, a third wide, that has cuts of its own."""
    pictures, small = scene.play(scene.one, BEFORE + AFTER), scene.play(scene.other, BEFORE + AFTER)
    elsewhere = scene.play(scene.other, AFTER)
    height, width = pictures[0].shape[0] // 3, pictures[0].shape[1] // 3
    shown = []
    for k, picture in enumerate(pictures):
        within = small[k] if k < BEFORE else elsewhere[k - BEFORE]
        picture = picture.copy()
        picture[8 : 8 + height, 8 : 8 + width] = cv2.resize(within, (width, height), interpolation=cv2.INTER_AREA)
        shown.append(picture)
    return Rendered(shown, (), ("footage",))


def split_screen(scene: Scene) -> Rendered:
    """Two shots side by side."""
    half = scene.one.thumbnails.shape[2] // 2
    sides = [scene.play(source, BEFORE + AFTER) for source in (scene.one, scene.other)]
    middle = slice(half // 2, half // 2 + half)
    shown = [np.concatenate([a[:, middle], b[:, middle]], axis=1) for a, b in zip(*sides, strict=True)]
    return Rendered(shown, (), ("footage",))


RENDERERS: dict[str, Callable[[Scene], Rendered]] = {
    "cut": cut,
    "blended cut": blended_cut,
    "quick cuts": quick_cuts,
    "dissolve 6": dissolve(6),
    "dissolve 12": dissolve(12),
    "dissolve 25": dissolve(25),
    "dissolve 50": dissolve(50),
    "fade, black held": fade(0, True),
    "fade, white held": fade(255, True),
    "fade through black": fade(0, False),
    "fade through white": fade(255, False),
    "dip to white": dip,
    "flash": flash,
    "explosion": explosion,
    "pan": camera_move(pan_path),
    "zoom": camera_move(zoom_path),
    "jolt": camera_move(jolt_path),
    "inset": inset,
    "split screen": split_screen,
}
