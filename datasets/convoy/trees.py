"""Trees and large bushes: clouds of leaf clumps, or bare branches, each a true point in space."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.convoy.camera import Camera
from datasets.convoy.drawing import Light
from datasets.convoy.palette import Landscape
from datasets.convoy.road import Road

NOT_A_VEHICLE = 255


@dataclass(frozen=True)
class Tree:
    """One tree.

    Attributes:
        foot_m: x, y.
        clumps: (n, 3) metres in the world: middles of leaf clumps, or ends of branches.
        sizes_m: (n,) radius of each clump, or width of each branch.
        colours: (n, 3) BGR.
        bare: branches instead of leaves.
    """

    foot_m: tuple[float, float]
    clumps: NDArray[np.float64]
    sizes_m: NDArray[np.float64]
    colours: NDArray[np.float64]
    bare: bool


def plant(
    count: int, side_m: float, landscape: Landscape, road: Road, light: Light, random: np.random.Generator
) -> list[Tree]:
    """Trees in rows along the field borders and here and there, none near the road."""
    trees: list[Tree] = []
    rows = [(side * random.uniform(26, 46), random.uniform(0.3, 0.8)) for side in (-1, 1)]
    while len(trees) < count:
        x = random.uniform(-side_m / 2, side_m / 2)
        if random.random() < 0.7:
            offset, density = rows[random.integers(2)]
            if np.sin(x / 17 + offset) < 1 - 2 * density:
                continue
            y = float(road.y_m(np.asarray(x))) + offset + random.normal(0, 1.6)
        else:
            y = random.uniform(-side_m / 2, side_m / 2)
        if abs(y - float(road.y_m(np.asarray(x)))) > 15:
            trees.append(_grow(x, y, landscape, light, random))
    return trees


def _grow(x_m: float, y_m: float, landscape: Landscape, light: Light, random: np.random.Generator) -> Tree:
    bush = random.random() < 0.45
    height = random.uniform(1.5, 3) if bush else random.uniform(4, 10)
    width = height * random.uniform(0.4, 0.6) if bush else height * random.uniform(0.2, 0.34)
    bare = landscape.bare_trees and random.random() < 0.85
    count = 110 if bare else int(150 + 130 * width**2)
    boughs = _directions(9, random) * random.uniform(0.2, 0.62, (9, 1))
    bough = random.integers(0, 9, count)
    outward = _directions(count, random)
    reach = random.uniform(0.2, 1, (count, 1)) ** 0.5 * random.uniform(0.35, 0.6, 9)[bough][:, None]
    around = boughs[bough] + outward * reach
    places = around * np.array([width, width, 0.42 * height]) + np.array([0, 0, 0.56 * height])
    lit = light.on(_unit(outward + 0.8 * around), np.ones(count))
    depth = np.clip(0.45 + 0.8 * np.linalg.norm(around, axis=1, keepdims=True), 0, 1.3)
    hue = np.array(landscape.leaves) * random.uniform(0.8, 1.2) * random.uniform(0.92, 1.08, 3)
    colours = hue * lit * depth * random.uniform(0.75, 1.25, (count, 1))
    sizes = random.uniform(0.02, 0.06, count) if bare else random.uniform(0.07, 0.2, count)
    return Tree((x_m, y_m), places + np.array([x_m, y_m, 0]), sizes, colours, bare)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _directions(count: int, random: np.random.Generator) -> NDArray[np.float64]:
    return _unit(random.normal(size=(count, 3)))


def draw_tree(canvas: NDArray[np.uint8], camera: Camera, tree: Tree) -> None:
    """Draw into a canvas (height, width, 4) uint8 BGR and label."""
    pixels, depth = camera.project(tree.clumps)
    if not _in_picture(pixels, camera):
        return
    order = np.argsort(-depth)
    places = np.round(np.clip(pixels, -4000, 12000) * 16).astype(int).tolist()
    sizes = tree.sizes_m * camera.focal_px / depth
    colours = np.clip(tree.colours, 0, 255).tolist()
    fork, _ = camera.project(np.array([*tree.foot_m, 0.25 * tree.clumps[:, 2].max()]))
    start = [round(value * 16) for value in fork]
    for i in order.tolist():
        colour = (*colours[i], NOT_A_VEHICLE)
        if tree.bare:
            cv2.line(canvas, start, places[i], colour, max(1, round(2 * sizes[i])), cv2.LINE_8, 4)
        else:
            cv2.circle(canvas, places[i], round(16 * sizes[i]), colour, -1, cv2.LINE_8, 4)


def shade_under_trees(mask: NDArray[np.float32], camera: Camera, trees: list[Tree], light: Light) -> None:
    """Darken a shadow mask (height, width), 1 in the sun, where trees throw their shadows."""
    fallen = np.zeros(mask.shape, np.uint8)
    sun = np.asarray(light.towards_sun)
    for tree in trees:
        places = tree.clumps - sun * (tree.clumps[:, 2:] / sun[2])
        pixels, depth = camera.project(places)
        if not _in_picture(pixels, camera):
            continue
        start = [round(value * 16) for value in camera.project(np.array([*tree.foot_m, 0.0]))[0]]
        sizes = tree.sizes_m * camera.focal_px / depth
        for (x, y), size in zip(np.round(np.clip(pixels, -4000, 12000) * 16).astype(int).tolist(), sizes, strict=True):
            if tree.bare:
                cv2.line(fallen, start, (x, y), 130, 1, cv2.LINE_8, 4)
            else:
                cv2.circle(fallen, (x, y), round(16 * size), 235, -1, cv2.LINE_8, 4)
    soft = cv2.GaussianBlur(fallen, (0, 0), 1.2).astype(np.float32) / 255
    mask *= 1 - (1 - light.shade) * soft


def _in_picture(pixels: NDArray[np.float64], camera: Camera) -> bool:
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    return bool((high > 0).all() and low[0] < camera.width_px and low[1] < camera.height_px)
