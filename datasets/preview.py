"""Contact sheets of what `datasets.build` wrote, a sheet for each source and split, with boxes and class names drawn.

    python -m datasets.preview datasets/built runs/sheets

The sheets show other people's pictures: keep them out of the repository, as `runs/` is.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.layout import NETWORKS, BuiltPicture, LayoutError, read_class_names, read_layout

Picture = NDArray[np.uint8]

COLUMNS, ROWS = 4, 3
TILE_WIDTH_PX, TILE_HEIGHT_PX = 480, 320
COLOURS = ((60, 60, 255), (0, 200, 255), (255, 120, 0), (255, 0, 220), (0, 230, 0), (255, 230, 0), (220, 220, 220))
FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw_tile(picture: BuiltPicture, class_names: Sequence[str]) -> Picture:
    """One picture fitted into a tile, (320, 480, 3) BGR, with its boxes; red and empty where it cannot be decoded."""
    tile = np.zeros((TILE_HEIGHT_PX, TILE_WIDTH_PX, 3), np.uint8)
    image = cv2.imread(str(picture.path), cv2.IMREAD_COLOR)
    if image is None:
        tile[:] = (0, 0, 120)
        return tile
    scale = min(TILE_WIDTH_PX / image.shape[1], TILE_HEIGHT_PX / image.shape[0])
    width, height = max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale))
    tile[:height, :width] = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    for box in picture.boxes:
        colour = COLOURS[box.class_index % len(COLOURS)]
        left, top = int((box.cx - box.width / 2) * width), int((box.cy - box.height / 2) * height)
        right, bottom = int((box.cx + box.width / 2) * width), int((box.cy + box.height / 2) * height)
        cv2.rectangle(tile, (left, top), (right, bottom), colour, 1)
        if len(picture.boxes) <= 20:  # more names than that would hide what they name
            cv2.putText(tile, class_names[box.class_index], (left, max(10, top - 3)), FONT, 0.4, colour, 1)
    cv2.putText(tile, picture.path.stem, (4, TILE_HEIGHT_PX - 6), FONT, 0.45, (255, 255, 255), 1)
    return tile


def draw_sheet(pictures: Sequence[BuiltPicture], class_names: Sequence[str]) -> Picture:
    """Up to 12 pictures as one sheet, (960, 1920, 3) BGR."""
    tiles = [draw_tile(picture, class_names) for picture in pictures[: COLUMNS * ROWS]]
    tiles += [np.zeros((TILE_HEIGHT_PX, TILE_WIDTH_PX, 3), np.uint8)] * (COLUMNS * ROWS - len(tiles))
    rows = [np.hstack(tiles[row * COLUMNS : (row + 1) * COLUMNS]) for row in range(ROWS)]
    return np.vstack(rows).astype(np.uint8)


def write_sheets(out: Path, sheets: Path) -> list[Path]:
    """A sheet for each network, source and split, of pictures drawn by chance but the same ones each time.

    Raises:
        LayoutError: one of the layouts is not there.
    """
    sheets.mkdir(parents=True, exist_ok=True)
    written = []
    for network in NETWORKS:
        class_names = read_class_names(out / network)
        pictures = sorted(read_layout(out, network), key=lambda picture: (picture.source, picture.split))
        for (source, split), some in groupby(pictures, key=lambda picture: (picture.source, picture.split)):
            every = list(some)
            chosen = random.Random(0).sample(every, min(len(every), COLUMNS * ROWS))
            path = sheets / f"{network}_{source}_{split}.png"
            path.write_bytes(cv2.imencode(".png", draw_sheet(chosen, class_names))[1].tobytes())
            written.append(path)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder that datasets.build wrote")
    parser.add_argument("sheets", type=Path, help="folder for the sheets, outside the repository or ignored by git")
    arguments = parser.parse_args()
    try:
        written = write_sheets(arguments.out, arguments.sheets)
    except LayoutError as error:
        sys.exit(str(error))
    print(f"{len(written)} sheets in {arguments.sheets}")


if __name__ == "__main__":
    main()
