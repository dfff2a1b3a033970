"""The ground: one large picture of grass, fields, tracks and the road, seen from straight above."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.convoy.camera import Camera
from datasets.convoy.noise import field, octaves, smooth_step
from datasets.convoy.palette import Colour, Landscape
from datasets.convoy.road import Road

Mask = NDArray[np.float32]
Picture = NDArray[np.float32]


@dataclass(frozen=True)
class Ground:
    """A square piece of the world around its origin, north up.

    Attributes:
        picture: (side, side, 3) uint8 BGR.
        px_per_m: its scale.
    """

    picture: NDArray[np.uint8]
    px_per_m: float

    def seen_by(self, camera: Camera) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 BGR: the ground as the camera sees it. Past its border it repeats, mirrored."""
        half = self.picture.shape[0] / 2
        to_world = np.array(
            [[1 / self.px_per_m, 0, -half / self.px_per_m], [0, -1 / self.px_per_m, half / self.px_per_m], [0, 0, 1.0]]
        )
        return cv2.warpPerspective(
            self.picture,
            camera.ground_to_picture @ to_world,
            (camera.width_px, camera.height_px),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )


@dataclass(frozen=True)
class _Plot:
    """What every layer needs: the size, the scale, where each pixel lies, and the chance."""

    side_px: int
    px_per_m: float
    x_m: NDArray[np.float32]  # (1, side)
    y_m: NDArray[np.float32]  # (side, 1)
    from_road_m: Mask  # signed distance to the middle of the road
    random: np.random.Generator

    def octaves(self, *grains_m: float) -> Mask:
        return octaves((self.side_px, self.side_px), [max(1.0, g * self.px_per_m) for g in grains_m], self.random)


def draw_ground(
    side_m: float,
    px_per_m: float,
    landscape: Landscape,
    road: Road,
    sun: tuple[float, float, float],
    random: np.random.Generator,
) -> Ground:
    """Paint the layers one over the other: grass, fields, scrub, tyre tracks, road, grain."""
    side = round(side_m * px_per_m)
    x = ((np.arange(side) + 0.5) / px_per_m - side_m / 2).astype(np.float32)[None, :]
    y = (side_m / 2 - (np.arange(side) + 0.5) / px_per_m).astype(np.float32)[:, None]
    from_road = ((y - road.y_m(x)) / np.sqrt(1 + road.slope(x) ** 2)).astype(np.float32)
    plot = _Plot(side, px_per_m, x, y, from_road, random)
    picture = _grass(plot, landscape)
    _fields(picture, plot, landscape)
    _tyre_tracks(picture, plot, landscape)
    _scrub(picture, plot, landscape, sun)
    _side_track(picture, plot, landscape)
    _road(picture, plot, landscape, road)
    _grain(picture, plot, sun)
    return Ground(np.clip(picture, 0, 255).astype(np.uint8), px_per_m)


def _blend(picture: Picture, mask: Mask, colour: Colour) -> None:
    for channel in range(3):
        picture[..., channel] += mask * (colour[channel] - picture[..., channel])


def _grass(plot: _Plot, landscape: Landscape) -> Picture:
    picture = np.empty((plot.side_px, plot.side_px, 3), np.float32)
    picture[:] = landscape.grass
    _blend(picture, smooth_step(plot.octaves(38, 13, 5, 1.6), -0.5, 0.7), landscape.dry)
    _blend(picture, 0.85 * smooth_step(plot.octaves(16, 5, 1.8, 0.6), 0.25, 0.75), landscape.soil)
    return picture


def _fields(picture: Picture, plot: _Plot, landscape: Landscape) -> None:
    """A ploughed field on one side, a crop on the other, each behind a strip of rough ground."""
    ragged = plot.octaves(9, 3)
    for side, colour, rows_m in ((1, landscape.field, 0.9), (-1, landscape.crop, 2.4)):
        border_m = float(plot.random.uniform(24, 46))
        inside = smooth_step(side * plot.from_road_m + 0.8 * ragged, border_m, border_m + 1.2)
        _blend(picture, 0.88 * inside, colour)
        turn = float(plot.random.uniform(0, np.pi))
        across = plot.x_m * np.sin(turn) + plot.y_m * np.cos(turn)
        rows = np.sin(2 * np.pi * across / rows_m + 0.7 * ragged)
        tramlines = smooth_step(np.abs(across % 18 - 9), 0.5, 0.2)
        shade = 1 + inside * (0.07 * rows - 0.16 * tramlines + 0.09 * plot.octaves(22, 7))
        picture *= shade[..., None]
        edge = smooth_step(np.abs(side * plot.from_road_m + 0.8 * ragged - border_m + 1.5), 2.2, 0.4)
        _blend(picture, 0.6 * edge, landscape.scrub)


def _tyre_tracks(picture: Picture, plot: _Plot, landscape: Landscape) -> None:
    """Pairs of ruts that wander beside and away from the road."""
    mask = np.zeros((plot.side_px, plot.side_px), np.uint8)
    random = plot.random
    for _ in range(26):
        heading = random.normal(0, 0.35) + (np.pi if random.random() < 0.5 else 0)
        if random.random() < 0.25:
            heading = random.uniform(0, 2 * np.pi)
        steps = 160
        headings = heading + np.cumsum(random.normal(0, 0.03, steps)) + random.normal(0, 0.006) * np.arange(steps)
        start = random.uniform([-0.45, -0.2], [0.45, 0.2]) * plot.side_px / plot.px_per_m
        middle = start + np.cumsum(np.stack([np.cos(headings), np.sin(headings)], axis=1), axis=0)
        left = np.stack([-np.sin(headings), np.cos(headings)], axis=1)
        gauge = random.uniform(0.9, 1.3)
        for shift in (gauge, -gauge):
            line = middle + shift * left
            pixels = np.stack([line[:, 0], -line[:, 1]], axis=1) * plot.px_per_m + plot.side_px / 2
            width = max(1, round(random.uniform(0.3, 0.5) * plot.px_per_m))
            cv2.polylines(mask, [np.round(pixels * 16).astype(np.int32)], False, 255, width, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.4, 0.1 * plot.px_per_m)).astype(np.float32) / 255
    worn = np.clip(0.6 + 0.6 * plot.octaves(6, 1.5, 0.4), 0, 1)
    dark = tuple(0.72 * value for value in landscape.soil)
    _blend(picture, 0.75 * soft * worn, (dark[0], dark[1], dark[2]))


def _shifted(mask: Mask, x_px: float, y_px: float) -> Mask:
    return cv2.warpAffine(
        mask, np.array([[1, 0, x_px], [0, 1, y_px]], np.float32), mask.shape[::-1], borderMode=cv2.BORDER_REFLECT
    )


def _scrub(picture: Picture, plot: _Plot, landscape: Landscape, sun: tuple[float, float, float]) -> None:
    """Tufts and low bushes: too many and too flat to be drawn as solids, so painted with their shadows."""
    near_road = smooth_step(np.abs(plot.from_road_m), 7, 3.5)
    dense = plot.octaves(34, 12, 5)
    level = 0.9 - 0.9 * landscape.scrub_share
    reach_m = 0.5 * np.hypot(sun[0], sun[1]) / max(sun[2], 0.3)
    away = -np.array([sun[0], -sun[1]]) / max(float(np.hypot(sun[0], sun[1])), 1e-6) * reach_m * plot.px_per_m
    for grains_m, rarer, height, strength in (((0.9, 0.4, 0.2), 0.0, 0.5, 0.5), ((2.8, 1.3, 0.6, 0.3), 0.3, 1.4, 0.8)):
        growth = plot.octaves(*grains_m) + 0.55 * dense - 1.5 * near_road
        tops = smooth_step(growth, level + rarer, level + rarer + 0.35)
        fallen = cv2.GaussianBlur(_shifted(tops, *(away * height)), (0, 0), max(0.5, 0.1 * plot.px_per_m))
        picture *= (1 - 0.4 * strength * fallen)[..., None]
        _blend(picture, strength * tops, landscape.scrub)
        lit = tops - _shifted(tops, *(away * -0.25 * height))
        rough = plot.octaves(0.7, 0.3, 0.15)
        picture *= (1 + 0.22 * np.clip(-lit, -0.6, 0.6) + 0.3 * tops * rough)[..., None]


def _side_track(picture: Picture, plot: _Plot, landscape: Landscape) -> None:
    """A narrow track that crosses the road."""
    middle = float(plot.random.uniform(-60, 60))
    bow = 9 * np.sin(plot.y_m / float(plot.random.uniform(25, 60)) + float(plot.random.uniform(0, 6)))
    distance = np.abs(plot.x_m - middle - bow - 0.35 * plot.y_m) + 0.3 * plot.octaves(4, 1)
    _blend(picture, 0.8 * smooth_step(distance, 2.0, 1.4), landscape.road)
    _blend(picture, 0.5 * smooth_step(distance, 0.55, 0.2), landscape.dry)


def _road(picture: Picture, plot: _Plot, landscape: Landscape, road: Road) -> None:
    ragged = plot.octaves(7, 2.2, 0.8)
    wide = 0.15 if road.asphalt else 0.6
    distance = np.abs(plot.from_road_m) + wide * ragged
    half = road.half_width_m
    _blend(picture, 0.75 * smooth_step(distance + 1.2 * plot.octaves(3, 1), half + 2.6, half + 0.2), landscape.soil)
    blotches = plot.octaves(11, 3.5, 1.1, 0.4)
    surface = smooth_step(distance, half + 0.25, half - 0.15)
    colour = (104.0, 106.0, 106.0) if road.asphalt else landscape.road
    _blend(picture, surface, colour)
    ruts = np.zeros_like(surface)
    for middle, strength in ((1.25, 1.0), (-1.25, 1.0), (0.75, 0.5), (-1.8, 0.5), (2.2, 0.35)):
        wander = middle + 0.22 * ragged
        ruts += strength * smooth_step(np.abs(plot.from_road_m - wander), 0.42, 0.12)
    depth = 0.08 if road.asphalt else 0.2
    lengthwise = field((plot.side_px, plot.side_px // 12 + 2), 0.35 * plot.px_per_m, plot.random)
    streaks = cv2.resize(lengthwise, (plot.side_px, plot.side_px), interpolation=cv2.INTER_LINEAR)
    shade = 1 + surface * (0.12 * blotches - depth * np.clip(ruts, 0, 1.3) * (0.7 + 0.6 * blotches) + 0.05 * streaks)
    picture *= shade[..., None]
    if road.asphalt:
        dashes = smooth_step(np.abs(plot.from_road_m), 0.12, 0.05) * (plot.x_m % 9 < 3)
        _blend(picture, 0.6 * dashes, (190, 190, 190))


def _grain(picture: Picture, plot: _Plot, sun: tuple[float, float, float]) -> None:
    """Light on small unevenness, stones and blades, down to the single pixel."""
    height = plot.octaves(1.4, 0.55, 0.25)
    lit = (height - _shifted(height, -sun[0], sun[1])) * 0.3
    picture *= (1 + np.clip(lit, -0.3, 0.3) + 0.11 * plot.octaves(0.35, 0.15) + 0.08 * plot.octaves(26, 9, 3))[
        ..., None
    ]
