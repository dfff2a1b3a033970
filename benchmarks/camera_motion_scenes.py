"""Clips with a known camera motion: a window moves over a large real picture, with overlays burned in and traffic.

The camera sees a picture of ../shared twice to four times enlarged and mirrored at its edges, as a plane. Over it drive
pieces of another picture; on top of it lie the overlays of found footage. The truth is the homography from each frame
to the next. Nothing here knows an estimator.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.camera_motion_overlays import OverlayKind, burn_in
from detector.clip import ClipReader
from detector.clip_writer import ClipWriter
from detector.frame import Picture
from detector.timecode import Timecode

FRAMES = 20
NOISE_LEVELS = 2.0  # of the sensor, grey levels
SIZES_PX = {"1080p": (1920, 1080), "720p": (1280, 720), "596x336": (596, 336)}
SPEEDS_PX = (0.3, 0.7, 1.5, 3.0, 6.0, 12.0, 25.0, 40.0)  # a frame, at 1920 px width
OVERLAYS: tuple[OverlayKind, ...] = ("none", "hud", "news", "watermark", "all")
SOURCES = {"visdrone": 12, "auair": 5, "worldkpax": 4}  # pictures of each

Image = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Movement = Literal["pan", "zoom", "rotation", "perspective", "handheld", "still"]
Ground = Literal["land", "sky", "fog", "sea"]
MOVEMENTS: tuple[Movement, ...] = ("pan", "zoom", "rotation", "perspective", "handheld", "still")


@dataclass(frozen=True)
class Scene:
    """One clip to be made.

    Attributes:
        speed_px: displacement a frame at 1920 px width; of a pan everywhere, else in the corners of the picture.
        objects: what drives on its own: nothing, six vehicles, or one thing over a third of the picture.
        ground: of sky, fog and sea nothing tells the camera's motion.
    """

    seed: int
    size: str
    movement: Movement
    speed_px: float
    overlays: OverlayKind
    objects: Literal["none", "vehicles", "third"]
    ground: Ground


def scenes(clips: int, size: str, first_seed: int) -> list[Scene]:
    """Clips of one size; every sixth shows nothing, and overlays, objects and speeds go round independently."""
    random = np.random.default_rng(first_seed)
    speeds = random.permutation(np.resize(SPEEDS_PX, clips))
    kinds = random.permutation(np.resize(np.arange(len(OVERLAYS)), clips))
    made = []
    for n in range(clips):
        ground: Ground = ("sky", "fog", "sea")[n // 6 % 3] if n % 6 == 5 else "land"
        movement = ("pan", "handheld", *MOVEMENTS)[n % 8]
        objects = ("none", "vehicles", "third")[n // 2 % 3]
        speed_px = 0.0 if movement == "still" else float(speeds[n])
        made.append(Scene(first_seed + n, size, movement, speed_px, OVERLAYS[kinds[n]], objects, ground))
    return made


def pictures(shared: Path) -> list[Image]:
    """Large drone pictures, BGR: of the open datasets, and frames of the one hazy 1080p clip."""
    found = []
    for source, count in SOURCES.items():
        paths = sorted((shared / "datasets" / source / "images" / "train").glob("*.webp"))
        found += [cv2.imread(str(path)) for path in paths[:: max(1, len(paths) // count)][:count]]
    with ClipReader(shared / "clips" / "drone_range_tank4.mp4", end_s=0.5) as clip:
        found += [frame.image for frame in clip][:1]
    return [np.asarray(image, np.uint8) for image in found if image is not None]


def motions(scene: Scene) -> list[Matrix]:
    """(3, 3) homographies in pixels, from each frame to the next."""
    random = np.random.default_rng(scene.seed)
    width, height = SIZES_PX[scene.size]
    speed = scene.speed_px * width / 1920
    middle = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    radius = np.hypot(width, height) / 2
    course = random.uniform(0, 2 * np.pi)
    made = []
    for step in range(FRAMES - 1):
        sign = 1 if step < FRAMES // 2 else -1  # zoomed in and out again
        local = np.eye(3)
        if scene.movement in ("pan", "handheld"):
            local[:2, 2] = speed * np.array([np.cos(course), np.sin(course)])
        elif scene.movement == "zoom":
            local[:2, :2] *= 1 + sign * speed / radius
        elif scene.movement == "rotation":
            local[:2, :2] = _turned(sign * speed / radius)
        elif scene.movement == "perspective":
            local[2, :2] = sign * speed / radius**2 * np.array([np.cos(course), np.sin(course)])
        if scene.movement == "handheld":
            shake = random.normal(0, 1, 4) * min(1.0, scene.speed_px) * width / 1920
            local[:2, 2] += shake[:2]
            local[:2, :2] = _turned(shake[2] / radius) * (1 + shake[3] / radius)
        made.append(middle @ local @ np.linalg.inv(middle))
    return made


def _turned(angle: float) -> Matrix:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def render(scene: Scene, sources: list[Image]) -> Iterator[Image]:
    """The frames, BGR, before they are compressed."""
    random = np.random.default_rng(scene.seed)
    width, height = SIZES_PX[scene.size]
    picture = sources[scene.seed % len(sources)]
    enlarged = 1.25 * width / picture.shape[1]
    pose = np.array([[enlarged, 0, -0.12 * width], [0, enlarged, -0.12 * height], [0, 0, 1.0]])
    things = _Things(scene, sources[(scene.seed * 7 + 3) % len(sources)], random)
    steps = [np.eye(3), *motions(scene)]
    for number, step in enumerate(steps):
        pose = step @ pose
        if scene.ground == "land":
            blur = scene.speed_px / 2 if scene.movement == "pan" and scene.seed % 2 else 0.0
            frame = _blurred(_seen(picture, pose, (width, height)), step, blur * width / 1920)
        else:
            frame = _featureless(scene.ground, picture, pose, (width, height), random)
        things.paint(frame, step)
        yield burn_in(_with_noise(frame, random), scene.overlays, number)


def _seen(picture: Image, pose: Matrix, size: tuple[int, int]) -> Image:
    small = pose[0, 0] < 0.9  # the picture is made smaller: without a blur its detail would flicker
    soft = cv2.GaussianBlur(picture, (0, 0), 0.4 / pose[0, 0]) if small else picture
    return np.asarray(cv2.warpPerspective(soft, pose, size, borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def _blurred(frame: Image, step: Matrix, length_px: float) -> Image:
    """With the blur of a shutter that is open half the time."""
    if length_px < 2:
        return frame
    side = 2 * int(length_px / 2) + 3
    kernel = np.zeros((side, side), np.float32)
    way = step[:2, 2] / np.linalg.norm(step[:2, 2]) * length_px / 2
    ends = [tuple(round(float(v)) for v in side // 2 + sign * way) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], (1.0,), 1)
    return np.asarray(cv2.filter2D(frame, -1, kernel / kernel.sum()), np.uint8)


def _featureless(
    ground: Ground, picture: Image, pose: Matrix, size: tuple[int, int], random: np.random.Generator
) -> Image:
    """Sky: a gradient. Fog: the picture with a fiftieth of its contrast. Sea: waves that are new in every frame."""
    width, height = size
    if ground == "sky":
        column = np.linspace(210, 160, height, dtype=np.float32)[:, None]
        return np.repeat(np.repeat(column, width, 1)[..., None], 3, 2).astype(np.uint8)
    if ground == "fog":
        soft = cv2.GaussianBlur(_seen(picture, pose, size), (0, 0), width / 100)
        return np.asarray(cv2.convertScaleAbs(soft, alpha=0.02, beta=170), np.uint8)
    waves = random.normal(0, 1, (height // 6, width // 6)).astype(np.float32)
    waves = cv2.resize(cv2.GaussianBlur(waves, (0, 0), 1.5), size, interpolation=cv2.INTER_CUBIC)
    return np.clip(np.float32([120, 100, 70]) + 25 * waves[..., None], 0, 255).astype(np.uint8)


def _with_noise(frame: Image, random: np.random.Generator) -> Image:
    height, width = frame.shape[:2]
    tile = _NOISE[: height + 64, : width + 64]
    top, left = random.integers(0, 64, 2)
    return np.asarray(cv2.add(frame, tile[top : top + height, left : left + width], dtype=cv2.CV_8U), np.uint8)


_NOISE = np.random.default_rng(0).normal(0, NOISE_LEVELS, (1080 + 64, 1920 + 64, 3)).astype(np.int8)


class _Things:
    """Pieces of another picture: vehicles that lie on the ground and drive over it, or one thing that keeps in view."""

    def __init__(self, scene: Scene, picture: Image, random: np.random.Generator) -> None:
        width, height = SIZES_PX[scene.size]
        count, share = {"none": (0, 0.0), "vehicles": (6, 0.05), "third": (1, 0.58)}[scene.objects]
        count = count if scene.ground == "land" else 0
        piece = picture[: picture.shape[0] // 2, : picture.shape[1] // 2]
        self._texture = np.asarray(cv2.resize(piece, (int(share * width) + 8, int(share * height) + 8)), np.uint8)
        self._on_ground = scene.objects == "vehicles"
        self._places = random.uniform(0, 1.0 - share, (count, 2)) * (width, height)
        course = random.uniform(0, 2 * np.pi, count)
        pace = random.uniform(2, 8, count) * width / 1920
        self._velocities = np.stack([np.cos(course), np.sin(course)], 1) * pace[:, None]

    def paint(self, frame: Image, step: Matrix) -> None:
        """Carry every thing on and paint it."""
        for index in range(len(self._places)):
            if self._on_ground:
                carried = step @ [*self._places[index], 1.0]
                self._places[index] = carried[:2] / carried[2]
            self._places[index] += self._velocities[index]
            _paste(frame, self._texture, self._places[index])


def _paste(frame: Image, texture: Image, place: Matrix) -> None:
    """Paint the texture at a place, upper left corner, that may lie between pixels and partly outside."""
    left, top = np.floor(place).astype(int)
    height, width = texture.shape[:2]
    shift = np.array([[1, 0, place[0] - left], [0, 1, place[1] - top]])
    moved = cv2.warpAffine(texture, shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
    inside = frame[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    x, y = max(0, -left), max(0, -top)
    inside[:] = moved[y : y + inside.shape[0], x : x + inside.shape[1]]


TIME_BASE = Fraction(1, 25)


def compressed(frames: Iterator[Image], scene: Scene, folder: Path) -> list[Picture]:
    """The frames as they come out of a clip of the quality that the annotated clips have."""
    path = folder / "clip.mp4"
    with ClipWriter(path, *SIZES_PX[scene.size]) as writer:
        for number, frame in enumerate(frames):
            writer.write(frame, Timecode(number, TIME_BASE))
    with ClipReader(path) as reader:
        return [frame.picture for frame in reader]
