"""A pinhole camera above flat ground. World: metres, x east, y north, z up. Pixels: x right, y down."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Camera:
    """Where the camera is and where it looks.

    Attributes:
        position_m: x, y, z in the world.
        yaw_rad: direction of looking on the map, counted from east towards north.
        depression_rad: how far it looks down: 0 is the horizon, pi/2 straight down.
        roll_rad: turn about the line of sight.
        focal_px: focal length in pixels.
    """

    position_m: tuple[float, float, float]
    yaw_rad: float
    depression_rad: float
    roll_rad: float
    focal_px: float
    width_px: int
    height_px: int

    @cached_property
    def rotation(self) -> NDArray[np.float64]:
        """(3, 3): rows are the directions right, down and forward in the world."""
        yaw, depression = self.yaw_rad, self.depression_rad
        forward = np.array(
            [np.cos(depression) * np.cos(yaw), np.cos(depression) * np.sin(yaw), -np.sin(depression)], np.float64
        )
        level = np.array([np.sin(yaw), -np.cos(yaw), 0.0])
        down = np.cross(forward, level)
        cos_roll, sin_roll = np.cos(self.roll_rad), np.sin(self.roll_rad)
        return np.stack([cos_roll * level + sin_roll * down, cos_roll * down - sin_roll * level, forward])

    def project(self, points_m: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points of the world (..., 3) to pixels (..., 2) and depth along the line of sight in metres (...)."""
        seen = (np.asarray(points_m, np.float64) - np.asarray(self.position_m)) @ self.rotation.T
        depth = np.maximum(seen[..., 2], 0.1)
        centre = np.array([self.width_px / 2, self.height_px / 2])
        return seen[..., :2] / depth[..., None] * self.focal_px + centre, depth

    @property
    def ground_to_picture(self) -> NDArray[np.float64]:
        """(3, 3) homography from ground (x, y, 1) in metres to pixels."""
        intrinsics = np.array(
            [[self.focal_px, 0, self.width_px / 2], [0, self.focal_px, self.height_px / 2], [0, 0, 1.0]]
        )
        position = np.asarray(self.position_m)
        return intrinsics @ np.column_stack([self.rotation[:, 0], self.rotation[:, 1], -self.rotation @ position])

    def enlarged(self, factor: int) -> "Camera":
        """The same view in a picture so many times larger."""
        return replace(
            self,
            focal_px=self.focal_px * factor,
            width_px=self.width_px * factor,
            height_px=self.height_px * factor,
        )

    def ground_distance_m(self, step_px: int) -> NDArray[np.float32]:
        """Distance from the camera to the ground, one value every `step_px` pixels in both directions."""
        across = np.arange(0, self.width_px + step_px, step_px) - self.width_px / 2
        along = np.arange(0, self.height_px + step_px, step_px) - self.height_px / 2
        x, y = np.meshgrid(across, along)
        rays = np.stack([x, y, np.full_like(x, self.focal_px)], axis=-1) @ self.rotation
        rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
        return (self.position_m[2] / np.maximum(-rays[..., 2], 0.02)).astype(np.float32)


def aimed_at(
    target_m: tuple[float, float],
    distance_m: float,
    angles_rad: tuple[float, float, float],
    focal_px: float,
    size_px: tuple[int, int],
) -> Camera:
    """A camera at this distance whose line of sight meets the ground at the target.

    Args:
        target_m: x, y on the ground.
        distance_m: from camera to target.
        angles_rad: yaw, depression, roll.
        focal_px: focal length in pixels.
        size_px: width, height.
    """
    yaw, depression, roll = angles_rad
    level_m = distance_m * np.cos(depression)
    position = (
        float(target_m[0] - level_m * np.cos(yaw)),
        float(target_m[1] - level_m * np.sin(yaw)),
        float(distance_m * np.sin(depression)),
    )
    return Camera(position, yaw, depression, roll, focal_px, *size_px)
