"""Smoke and fire: clouds of soft puffs whose whole life follows from the moment they left the source."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.convoy.camera import Camera
from datasets.convoy.noise import octaves, smooth_step

_SPRITE_PX = 96
_SMOKE_PER_S = 24.0
_SMOKE_LIFE_S = 7.0
_FLAMES_PER_S = 85.0
_FLAME_LIFE_S = 0.75
# Heat, and the colour (blue green red) and opacity of a flame that hot.
_HEAT = np.array([0.0, 0.22, 0.42, 0.7, 1.0, 1.6])
_FLAME = np.array(
    [[10, 30, 120], [14, 52, 190], [24, 104, 240], [60, 170, 255], [150, 228, 255], [225, 250, 255]], float
)
_FLAME_OPACITY = np.array([0.0, 0.12, 0.82, 0.95, 1.0, 1.0])


@dataclass(frozen=True)
class Puffs:
    """Puffs alive at one moment: places (n, 3) and radii (n,) in metres, ages (n,) in seconds, birth numbers (n,)."""

    places_m: NDArray[np.float64]
    radii_m: NDArray[np.float64]
    ages_s: NDArray[np.float64]
    numbers: NDArray[np.int64]


@dataclass(frozen=True)
class Plume:
    """A burning thing at a fixed place.

    Attributes:
        source_m: x, y, z.
        wind_m_per_s: x, y.
        seed: of everything random in it.
        heading_rad: along which the fire is spread.
    """

    source_m: tuple[float, float, float]
    wind_m_per_s: tuple[float, float]
    heading_rad: float
    seed: int

    @cached_property
    def births(self) -> NDArray[np.float64]:
        """(4000, 8) numbers of chance, 0 to 1, one row for each puff ever born."""
        return np.random.default_rng([self.seed, 71]).random((4000, 8))

    @cached_property
    def sprites(self) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Outlines (side, side), 0 to 1, of single puffs, and normals (side, side, 3): right, down, to the eye."""
        random = np.random.default_rng([self.seed, 72])
        return [_sprite(random) for _ in range(8)]

    def smoke(self, since_s: float) -> Puffs:
        """The smoke so many seconds after it began. It thickens over the first two."""
        newest = int(since_s * _SMOKE_PER_S)
        numbers = np.arange(max(0, newest - int(_SMOKE_LIFE_S * _SMOKE_PER_S)), newest + 1)
        chance = self.births[numbers % 4000]
        age = since_s - numbers / _SMOKE_PER_S
        strength = 0.45 + 0.55 * np.clip(numbers / _SMOKE_PER_S / 2.0, 0, 1)
        rise = 16.0 * (1 - np.exp(-age / 2.8)) * (0.75 + 0.5 * chance[:, 0])
        wind = np.array(self.wind_m_per_s) * (age + 0.25 * age**1.5)[:, None] * 0.8
        spread = (chance[:, 1:3] - 0.5) * (0.9 + 1.5 * age)[:, None]
        sway = np.sin(age * 1.7 + numbers * 0.13)[:, None] * np.array([0.25, -0.2]) * age[:, None]
        places = np.array(self.source_m) + np.column_stack([wind + spread + sway, rise])
        radii = (0.85 + 1.5 * age**0.85) * (0.75 + 0.5 * chance[:, 3]) * (0.6 + 0.4 * strength)
        return Puffs(places, radii, age, numbers)

    def flames(self, since_s: float) -> Puffs:
        """The flames so many seconds after the fire broke out. They grow over the first second."""
        newest = int(since_s * _FLAMES_PER_S)
        numbers = np.arange(max(0, newest - int(_FLAME_LIFE_S * _FLAMES_PER_S)), newest + 1)
        chance = self.births[(numbers * 7 + 13) % 4000]
        age = since_s - numbers / _FLAMES_PER_S
        alive = age < _FLAME_LIFE_S * (0.5 + 0.5 * chance[:, 4])
        numbers, chance, age = numbers[alive], chance[alive], age[alive]
        growth = np.clip(0.5 + since_s, 0.5, 1.0)
        flicker = 1 + 0.25 * np.sin(since_s * 11) + 0.15 * np.sin(since_s * 23 + 1)
        hearth = np.floor(chance[:, 0] * 4) / 3 - 0.5  # a few places burn well, the rest hardly
        along = (3.6 * hearth + 0.8 * (chance[:, 1] - 0.5)) * growth
        across = (np.sin(9 * hearth) * 0.8 + 0.9 * (chance[:, 2] - 0.5)) * growth
        vigour = 0.65 + 0.35 * np.sin(since_s * 5.3 + 11 * hearth)
        cos, sin = np.cos(self.heading_rad), np.sin(self.heading_rad)
        drift = np.array(self.wind_m_per_s) * age[:, None] * 0.7
        flat = (
            np.column_stack([along * cos - across * sin, along * sin + across * cos]) * (1 - 0.7 * age)[:, None] + drift
        )
        rise = 8.5 * age * flicker * growth * (0.5 + chance[:, 3]) * vigour
        radii = (1.0 - 1.0 * age) * (0.6 + 0.5 * chance[:, 5]) * growth * vigour
        return Puffs(np.array(self.source_m) + np.column_stack([flat, rise - 0.4]), radii, age, numbers)


def _sprite(random: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    axis = (np.arange(_SPRITE_PX, dtype=np.float32) + 0.5) / _SPRITE_PX * 2 - 1
    x, y = np.meshgrid(axis, axis)
    lumps = octaves((_SPRITE_PX, _SPRITE_PX), (36, 18, 9, 5), random, 0.55)
    radius = np.hypot(x, y)
    opacity = smooth_step(radius - 0.26 * lumps, 0.85, 0.15) * smooth_step(radius, 0.99, 0.8)
    height = np.sqrt(np.clip(1 - radius**2, 0, 1)) + 0.27 * lumps
    down, right = np.gradient(cv2.GaussianBlur(height, (0, 0), 2.2), axis[1] - axis[0])
    normals = np.stack([-right, -down, np.full_like(height, 0.8)], axis=-1).astype(np.float32)
    return opacity, normals / np.linalg.norm(normals, axis=-1, keepdims=True)


def draw_smoke(
    picture: NDArray[np.float32],
    camera: Camera,
    plume: Plume,
    since_s: float,
    burning_s: float,
    towards_sun: tuple[float, float, float],
) -> NDArray[np.float32]:
    """Blend the smoke over a picture (height, width, 3) float32; (height, width) of how much still shines through.

    `burning_s`, the time since the fire broke out (negative before), makes it blacker.
    """
    clear = np.ones(picture.shape[:2], np.float32)
    puffs = plume.smoke(since_s)
    pixels, depth = camera.project(puffs.places_m)
    radii_px = puffs.radii_m * camera.focal_px / depth
    sun = camera.rotation @ np.asarray(towards_sun) * np.array([1, 1, -1])
    lights = [np.clip(0.58 + 0.62 * (normals @ sun.astype(np.float32)), 0.12, 1.6) for _, normals in plume.sprites]
    for i in np.argsort(-depth):
        number, age = int(puffs.numbers[i]), float(puffs.ages_s[i])
        born_burning = burning_s - age
        black = float(np.clip(0.35 + 0.65 * (born_burning + 1.2) / 2.0, 0.35, 1.0))
        chance = plume.births[number % 4000]
        tone = (128 - 88 * black) * (0.7 + 0.6 * chance[5]) + 8 * age
        strength = (0.45 + 0.5 * black) * min(1.0, age / 0.25) * max(0.0, 1 - age / _SMOKE_LIFE_S) ** 0.8
        outline, _ = plume.sprites[number % 8]
        stamp = _Stamp(outline * np.float32(strength), lights[number % 8] * np.float32(tone), chance[6] < 0.5)
        _blend_stamp(picture, clear, stamp, pixels[i], float(radii_px[i]))
    return clear


@dataclass(frozen=True)
class _Stamp:
    opacity: NDArray[np.float32]
    brightness: NDArray[np.float32]
    mirrored: bool


def _blend_stamp(
    picture: NDArray[np.float32],
    clear: NDArray[np.float32],
    stamp: _Stamp,
    middle_px: NDArray[np.float64],
    radius_px: float,
) -> None:
    size = max(3, round(2.2 * radius_px))
    left, top = round(middle_px[0] - size / 2), round(middle_px[1] - size / 2)
    window = _overlap(left, top, size, picture.shape[1], picture.shape[0])
    if window is None:
        return
    (x0, y0, x1, y1), inner = window
    interpolation = cv2.INTER_AREA if size < _SPRITE_PX else cv2.INTER_LINEAR
    opacity = cv2.resize(stamp.opacity, (size, size), interpolation=interpolation)
    brightness = cv2.resize(stamp.brightness, (size, size), interpolation=interpolation)
    if stamp.mirrored:
        opacity = opacity[:, ::-1]
    opacity, brightness = opacity[inner], brightness[inner]
    under = picture[y0:y1, x0:x1]
    tint = np.array([1.03, 1.0, 0.98], np.float32)
    under += opacity[..., None] * (brightness[..., None] * tint - under)
    clear[y0:y1, x0:x1] *= 1 - opacity


def _overlap(
    left: int, top: int, size: int, width: int, height: int
) -> tuple[tuple[int, int, int, int], tuple[slice, slice]] | None:
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + size, width), min(top + size, height)
    if x0 >= x1 or y0 >= y1:
        return None
    return (x0, y0, x1, y1), (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))


def draw_fire(picture: NDArray[np.float32], camera: Camera, plume: Plume, since_s: float) -> NDArray[np.float32]:
    """Draw flames and their glow over a picture (height, width, 3) float32.

    Returns:
        (height, width) float32, how much of each pixel is flame, 0 to 1.
    """
    heat = _heat(camera, plume, since_s)
    opacity = np.interp(heat, _HEAT, _FLAME_OPACITY).astype(np.float32)
    colour = np.stack([np.interp(heat, _HEAT, _FLAME[:, c]) for c in range(3)], axis=-1).astype(np.float32)
    px_per_m = camera.focal_px / float(camera.project(np.asarray(plume.source_m))[1])
    glow = cv2.GaussianBlur(np.minimum(heat, 1.2), (0, 0), max(2.0, 1.1 * px_per_m))
    wide = cv2.GaussianBlur(glow, (0, 0), max(3.0, 2.2 * px_per_m))
    picture += (0.55 * glow + 0.5 * wide)[..., None] * np.array([18, 84, 190], np.float32)
    picture += opacity[..., None] * (colour - picture)
    return opacity


def _heat(camera: Camera, plume: Plume, since_s: float) -> NDArray[np.float32]:
    heat = np.zeros((camera.height_px, camera.width_px), np.float32)
    puffs = plume.flames(since_s)
    pixels, depth = camera.project(puffs.places_m)
    radii_px = puffs.radii_m * camera.focal_px / depth
    for i in range(len(puffs.ages_s)):
        size = max(3, round(2.4 * radii_px[i]))
        left, top = round(pixels[i, 0] - size / 2), round(pixels[i, 1] - size * 0.65)
        window = _overlap(left, top, size, camera.width_px, camera.height_px)
        if window is None:
            continue
        (x0, y0, x1, y1), inner = window
        outline, _ = plume.sprites[int(puffs.numbers[i]) % 8]
        stamp = cv2.resize(outline, (size, size), interpolation=cv2.INTER_AREA)[inner]
        heat[y0:y1, x0:x1] += stamp * (0.62 * (1 - puffs.ages_s[i] / _FLAME_LIFE_S) ** 0.7)
    return heat
