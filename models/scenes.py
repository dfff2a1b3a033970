"""Training pictures: windows of labelled pictures at random scale, or whole pictures, laid out on one canvas.

A vehicle in found footage is anything from 8 px to the whole picture, and the network looks at clips at 640 to 1280
px. So the scale of every window is drawn anew, from the picture's own pixels rather than from a copy already shrunk,
and the canvas of a batch is square or wide (16:9 letterboxed at 640 px is 640x384: nearly half the work of the square).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray

from detector.model import PADDING_GREY
from models.degrade import degrade

LARGEST_SIDE_PX = 1408  # a little beyond the largest size the network is used at
SMALL_SHARE = 0.1  # a picture whose vehicles span less of its longest side than this is one of small vehicles
SMALLEST_BOX_PX = 4.0  # what is smaller cannot be told from noise and is left unlabelled
VISIBLE_SHARE = 0.35  # of a box that a window cuts through, to still be called a vehicle


@dataclass(frozen=True)
class Canvas:
    """Height and width of a batch, and how often it is drawn."""

    height_px: int
    width_px: int
    weight: float


@dataclass(frozen=True)
class Labelled:
    """A picture of a source and its boxes: (n, 5) float32 of class, x1, y1, x2, y2 relative to width and height."""

    path: Path
    source: str
    boxes: NDArray[np.float32]

    def read(self) -> NDArray[np.uint8]:
        image = cv2.imread(str(self.path), cv2.IMREAD_COLOR)
        if image is None:
            raise ValueError(f"{self.path}: not a picture that can be read; build the layout again")
        return np.asarray(image, np.uint8)


class SceneDataset(torch.utils.data.Dataset[int]):
    """Draws scenes; stands where the ultralytics trainer expects its own dataset.

    An item is only the index of a picture: a batch is composed as a whole in `collate_fn`, so that all of it shares one
    canvas.
    """

    def __init__(
        self,
        pictures: Sequence[Labelled],
        weights: NDArray[np.float64],
        canvases: Sequence[Canvas],
        scenes_an_epoch: int,
        whole_pictures: bool,
    ) -> None:
        """`weights` say how often each picture is drawn, and sum to 1.

        With `whole_pictures` each canvas shows one picture and all of it, in its own colours: what is only known of a
        picture as a whole stays true.
        """
        self.pictures = list(pictures)
        self.canvases = list(canvases)
        self.scenes_an_epoch = scenes_an_epoch
        self.whole_pictures = whole_pictures
        # windows along each side of the canvas, and how often
        self.grids = {1: 1.0} if whole_pictures else {1: 0.45, 2: 0.4, 3: 0.15}
        self._until = np.cumsum(weights)[:-1]
        self.images = [picture.read() for picture in pictures]  # decoded once: a WebP costs as much as its training

    def __len__(self) -> int:
        return self.scenes_an_epoch

    def __getitem__(self, index: int) -> int:
        return self.draw(np.random.default_rng(int(torch.randint(2**31, ()))))

    def draw(self, rng: Generator) -> int:
        """Index of a picture."""
        return int(np.searchsorted(self._until, rng.random(), side="right"))

    def close_mosaic(self, hyp: Any) -> None:
        """For the last epochs: one picture a canvas, as the network will see them."""
        self.grids = {1: 1.0}

    def collate_fn(self, indices: list[int]) -> dict[str, Any]:
        """A batch in the form of ultralytics: `img` uint8 (n, 3, h, w) RGB, boxes as relative cx, cy, w, h."""
        rng = np.random.default_rng(int(torch.randint(2**31, ())))
        weights = np.array([canvas.weight for canvas in self.canvases])
        canvas = self.canvases[rng.choice(len(self.canvases), p=weights / weights.sum())]
        images, boxes, owners = [], [], []
        for position, index in enumerate(indices):
            image, found = self.scene(index, canvas, rng)
            images.append(torch.from_numpy(np.ascontiguousarray(image[:, :, ::-1].transpose(2, 0, 1))))
            boxes.append(found)
            owners.append(np.full(len(found), position, np.float32))
        every = np.concatenate(boxes)
        size = np.array([canvas.width_px, canvas.height_px], np.float32)
        middles, sides = (every[:, 1:3] + every[:, 3:5]) / 2 / size, (every[:, 3:5] - every[:, 1:3]) / size
        return {
            "img": torch.stack(images),
            "cls": torch.from_numpy(every[:, :1]),
            "bboxes": torch.from_numpy(np.concatenate([middles, sides], 1)),
            "batch_idx": torch.from_numpy(np.concatenate(owners)),
            "im_file": [str(self.pictures[index].path) for index in indices],
        }

    def scene(self, index: int, canvas: Canvas, rng: Generator) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """One canvas: image uint8 BGR, boxes (n, 5) float32 of class and xyxy in its pixels."""
        grid = int(rng.choice(list(self.grids), p=list(self.grids.values())))
        columns, rows = edges(canvas.width_px, grid, rng), edges(canvas.height_px, grid, rng)
        image = np.full((canvas.height_px, canvas.width_px, 3), PADDING_GREY, np.uint8)
        boxes = []
        for place in range(grid * grid):
            left, right = columns[place % grid], columns[place % grid + 1]
            top, bottom = rows[place // grid], rows[place // grid + 1]
            chosen = index if place == 0 else self.draw(rng)
            window, boxes_there = image[top:bottom, left:right], self.pictures[chosen].boxes
            if self.whole_pictures:
                found = draw_whole(window, self.images[chosen], boxes_there, rng)
            else:
                found = draw_window(window, self.images[chosen], boxes_there, grid, rng)
            boxes.append(found + np.array([0, left, top, left, top], np.float32))
        return degrade(image, rng, keep_colour=self.whole_pictures), np.concatenate(boxes)


def edges(length_px: int, parts: int, rng: Generator) -> list[int]:
    """Where a side of the canvas is divided; never into strips of equal width."""
    inner = [round(length_px * (part + rng.uniform(-0.2, 0.2)) / parts) for part in range(1, parts)]
    return [0, *inner, length_px]


def draw_window(
    window: NDArray[np.uint8], image: NDArray[np.uint8], boxes: NDArray[np.float32], grid: int, rng: Generator
) -> NDArray[np.float32]:
    """Fill a window of the canvas with part of a picture; its boxes in pixels of the window."""
    height, width = image.shape[:2]
    scale = draw_scale((height, width), window.shape[:2], boxes, grid, rng)
    scale_xy = np.array([scale * rng.uniform(0.87, 1.15), scale], np.float32)
    size = np.array([window.shape[1], window.shape[0]], np.float32)
    pixels = boxes[:, 1:].reshape(-1, 2, 2) * np.array([width, height], np.float32) * scale_xy
    corner = draw_corner(np.array([width, height], np.float32) * scale_xy, size, pixels, rng)
    corners = place_at(window, image, boxes, scale_xy, corner)
    if rng.random() < 0.5:
        mirror(window, corners)
    if rng.random() < 0.1:  # straight from above there is no upright
        window[:] = window[::-1].copy()
        corners[:, [1, 3]] = size[1] - corners[:, [3, 1]]
    return cut_boxes(np.concatenate([boxes[:, :1], corners], 1), size)


def draw_whole(
    window: NDArray[np.uint8], image: NDArray[np.uint8], boxes: NDArray[np.float32], rng: Generator
) -> NDArray[np.float32]:
    """Fill a window with all of a picture, a little smaller than would fit; its boxes in pixels of the window."""
    size, picture = np.array(window.shape[1::-1], np.float32), np.array(image.shape[1::-1], np.float32)
    scale = (size / picture).min() * rng.uniform(0.75, 1.0)
    scale_xy = np.array([scale, scale * rng.uniform(0.9, 1.0)], np.float32)
    corners = place_at(window, image, boxes, scale_xy, -(size - picture * scale_xy) * rng.random(2))
    if rng.random() < 0.5:
        mirror(window, corners)
    return cut_boxes(np.concatenate([boxes[:, :1], corners], 1), size)


def place_at(
    window: NDArray[np.uint8],
    image: NDArray[np.uint8],
    boxes: NDArray[np.float32],
    scale_xy: NDArray[np.float32],
    corner: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Show a picture at a scale, the window's corner at `corner` of it; xyxy of its boxes in pixels of the window."""
    paste(window, image, scale_xy, corner)
    size = np.array(image.shape[1::-1], np.float32)
    return np.asarray((boxes[:, 1:].reshape(-1, 2, 2) * size * scale_xy - corner).reshape(-1, 4), np.float32)


def mirror(window: NDArray[np.uint8], corners: NDArray[np.float32]) -> None:
    """Left and right changed over, in place."""
    window[:] = window[:, ::-1].copy()
    corners[:, [0, 2]] = window.shape[1] - corners[:, [2, 0]]


def draw_scale(
    image_size: tuple[int, int],
    window_size: tuple[int, ...],
    boxes: NDArray[np.float32],
    grid: int,
    rng: Generator,
) -> float:
    """Scale from picture to window: from a little less than the whole picture to a close look at small vehicles."""
    height, width = image_size
    fit, cover = sorted((window_size[0] / height, window_size[1] / width))
    sides = boxes[:, 3:5] - boxes[:, 1:3]
    small = len(boxes) > 0 and float(np.median(np.sqrt(sides.prod(1)))) < SMALL_SHARE
    widest = (4.0 if grid == 1 else 6.0) if small else 2.0
    scale = float(np.exp(rng.uniform(np.log(fit), np.log(cover)) + rng.uniform(np.log(0.85), np.log(widest))))
    scale = min(scale, LARGEST_SIDE_PX / max(height, width))
    if len(boxes) and rng.random() < 0.85:  # the largest vehicle shall mostly be seen whole
        largest = sides.max(0) * np.array([width, height])
        scale = min(scale, 1.05 * window_size[1] / largest[0], 1.05 * window_size[0] / largest[1])
    return scale


def draw_corner(
    picture: NDArray[np.float32], window: NDArray[np.float32], boxes: NDArray[np.float32], rng: Generator
) -> NDArray[np.float32]:
    """Where the window's upper left corner lies in the scaled picture: mostly so that some vehicle is inside."""
    room = picture - window
    if len(boxes) and rng.random() < 0.85:
        box = boxes[rng.integers(len(boxes))]
        corner = box.mean(0) - window * rng.uniform(0.15, 0.85, 2)
        visible = np.clip(corner, np.minimum(room, 0), np.maximum(room, 0))
    else:
        visible = np.minimum(room, 0) + np.abs(room) * rng.random(2)
    return np.asarray(visible, np.float32)


def paste(
    window: NDArray[np.uint8], image: NDArray[np.uint8], scale_xy: NDArray[np.float32], corner: NDArray[np.float32]
) -> None:
    """Copy the part of the scaled picture that lies in the window; only that part is scaled."""
    height, width = image.shape[:2]
    left, top = np.floor(np.maximum(corner, 0) / scale_xy).astype(int)
    right, bottom = np.ceil((corner + window.shape[1::-1]) / scale_xy).astype(int)
    part = image[top : min(bottom, height), left : min(right, width)]
    if not part.size:
        return
    target = np.maximum(1, np.round(part.shape[1::-1] * scale_xy)).astype(int)
    method = cv2.INTER_AREA if scale_xy[1] < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(part, (int(target[0]), int(target[1])), interpolation=method)
    x, y = np.round(np.array([left, top]) * scale_xy - corner).astype(int)
    inner = scaled[max(0, -y) : window.shape[0] - y, max(0, -x) : window.shape[1] - x]
    y, x = max(0, y), max(0, x)
    window[y : y + inner.shape[0], x : x + inner.shape[1]] = inner


def cut_boxes(boxes: NDArray[np.float32], window: NDArray[np.float32]) -> NDArray[np.float32]:
    """Boxes as the window shows them; those hardly visible or too small to tell are dropped."""
    cut = boxes.copy()
    cut[:, [1, 3]] = np.clip(cut[:, [1, 3]], 0, window[0])
    cut[:, [2, 4]] = np.clip(cut[:, [2, 4]], 0, window[1])
    whole = np.prod(boxes[:, 3:5] - boxes[:, 1:3], axis=1)
    left_over = np.prod(cut[:, 3:5] - cut[:, 1:3], axis=1)
    keep = (left_over >= VISIBLE_SHARE * whole) & (left_over >= SMALLEST_BOX_PX**2)
    return np.asarray(cut[keep], np.float32)
