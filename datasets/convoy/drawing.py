"""Drawing bodies and trees into a picture: light, shade, shadows on the ground, who hides whom."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.convoy.camera import Camera
from datasets.convoy.paint import Body

_SUBPIXEL_BITS = 4
_HORIZON_SKY = np.array([1.06, 1.0, 0.95])  # blue green red: the light of the sky, which reaches into the shade


@dataclass(frozen=True)
class Light:
    """The sun and the sky.

    Attributes:
        towards_sun: unit vector.
        shade: brightness of level ground in full shadow, as a share of that in the sun.
        softness_m: how blurred the edge of a shadow is.
    """

    towards_sun: tuple[float, float, float]
    shade: float
    softness_m: float

    def on(self, normals: NDArray[np.float64], in_sun: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 3) factors on the colour of faces with these normals (n, 3); `in_sun` (n,) is 0 in a shadow, else 1."""
        sun = np.asarray(self.towards_sun)
        direct = (1 - self.shade) * np.clip(normals @ sun, 0, None) / max(sun[2], 0.35) * in_sun
        sky = self.shade * (0.58 + 0.42 * normals[:, 2])
        return direct[:, None] + sky[:, None] * _HORIZON_SKY


@dataclass(frozen=True)
class Standing:
    """Where a body stands: x, y in metres and its heading, counted from east towards north."""

    x_m: float
    y_m: float
    heading_rad: float

    def to_world(self, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the body (..., 3) in the world."""
        return points_m @ self._turn.T + np.array([self.x_m, self.y_m, 0.0])

    def to_body(self, direction: NDArray[np.float64]) -> NDArray[np.float64]:
        """A direction of the world (3,) in the body's coordinates."""
        return direction @ self._turn

    @property
    def _turn(self) -> NDArray[np.float64]:
        cos, sin = np.cos(self.heading_rad), np.sin(self.heading_rad)
        return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def shadow_mask(camera: Camera, bodies: list[tuple[Body, Standing]], light: Light) -> NDArray[np.float32]:
    """(height, width) float32: 1 on ground in full sun, `light.shade` in full shadow; darker still under a hull."""
    cast = np.zeros((camera.height_px, camera.width_px), np.uint8)
    under = np.zeros_like(cast)
    sun = np.asarray(light.towards_sun)
    for body, standing in bodies:
        corners = standing.to_world(body.faces)
        fallen = corners - sun * (corners[..., 2:] / sun[2])
        flat = corners * np.array([1, 1, 0])
        for mask, outlines in ((cast, fallen), (under, flat)):
            for outline in _fixed_point(camera.project(outlines)[0]):
                cv2.fillConvexPoly(mask, outline, 255, cv2.LINE_8, _SUBPIXEL_BITS)
    px_per_m = camera.focal_px / camera.position_m[2] * np.sin(camera.depression_rad)
    shaded = cv2.GaussianBlur(cast, (0, 0), max(0.6, light.softness_m * px_per_m)).astype(np.float32) / 255
    close = cv2.GaussianBlur(under, (0, 0), max(0.8, 0.35 * px_per_m)).astype(np.float32) / 255
    return (1 - (1 - light.shade) * shaded) * (1 - 0.3 * close)


def draw_body(
    canvas: NDArray[np.uint8], camera: Camera, body: Body, standing: Standing, light: Light, label: int
) -> NDArray[np.float64]:
    """Draw a body, and its label into the fourth channel.

    Args:
        canvas: (height, width, 4) uint8 BGR and label; changed.
        label: 1 to 254.

    Returns:
        (4,) float64: left, top, right, bottom of what was drawn, in pixels, not clipped to the picture.
    """
    corners = standing.to_world(body.patches.corners)
    normals = standing.to_world(body.patches.normals) - np.array([standing.x_m, standing.y_m, 0.0])
    towards_camera = np.asarray(camera.position_m) - corners.mean(axis=1)
    pixels, depth = camera.project(corners)
    seen = np.flatnonzero(np.sum(normals * towards_camera, axis=1) > 0)
    solid_depth = np.bincount(body.patches.solid, depth.mean(axis=1)) / np.bincount(body.patches.solid)
    order = seen[np.lexsort((-solid_depth[body.patches.solid[seen]], body.layers[seen]))]
    in_sun = _in_sun(body, standing.to_body(np.asarray(light.towards_sun)))
    colours = np.clip(body.colours * light.on(normals, in_sun), 0, 255)[order]
    painted = np.column_stack([colours, np.full(len(order), label)]).tolist()
    for outline, colour in zip(_fixed_point(pixels[order]), painted, strict=True):
        cv2.fillConvexPoly(canvas, outline, colour, cv2.LINE_8, _SUBPIXEL_BITS)
    drawn = pixels[order].reshape(-1, 2)
    return np.concatenate([drawn.min(axis=0), drawn.max(axis=0) + 1])


def _in_sun(body: Body, sun: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) 0 for patches in the shadow of another solid of the same body, else 1."""
    middles = body.patches.corners.mean(axis=1) + 0.02 * body.patches.normals
    direction = np.where(np.abs(sun) < 1e-6, 1e-6, sun)
    first = (body.shaders[None, :, 0] - middles[:, None]) / direction
    second = (body.shaders[None, :, 1] - middles[:, None]) / direction
    entry = np.minimum(first, second).max(axis=2)
    leaving = np.maximum(first, second).min(axis=2)
    hit = (leaving > np.maximum(entry, 0.05)) & (body.shader_solid[None] != body.patches.solid[:, None])
    return np.where(hit.any(axis=1), 0.0, 1.0)


def _fixed_point(pixels: NDArray[np.float64]) -> NDArray[np.int32]:
    """Pixel positions as OpenCV's fixed-point integers; pixel centres lie on whole numbers there."""
    scale = 1 << _SUBPIXEL_BITS
    return np.round(np.clip(pixels - 0.5, -30000, 30000) * scale).astype(np.int32)
