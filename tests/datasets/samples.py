"""Small real pictures and sources for the tests."""

import csv
from pathlib import Path

import cv2
import numpy as np
import yaml
from PIL import Image

from datasets.classes import FRAME_LABELLED, VEHICLE_MAP
from datasets.sources import SOURCES

COLUMNS = ("file", "split", "group", "width", "height", "original")


def write_picture(path: Path, size_px: tuple[int, int] = (64, 48), seed: int = 0) -> Path:
    """A picture of soft blobs, another for each seed; its format is that of its suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size_px
    blobs = np.random.default_rng(seed).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    image = cv2.resize(blobs, (width, height), interpolation=cv2.INTER_CUBIC)
    path.write_bytes(cv2.imencode(path.suffix.lower(), image)[1].tobytes())
    return path


def turn(path: Path, orientation: int) -> Path:
    """Write into a picture's EXIF how a viewer is to turn it; 1 is not at all."""
    with Image.open(path) as image:
        exif = image.getexif()
        exif[0x0112] = orientation
        image.save(path, exif=exif)
    return path


def write_text(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def write_index(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    """index.csv of (file, split, original)."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "index.csv").open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *((name, split, 0, 0, 0, original) for name, split, original in rows)])
    return folder / "index.csv"


def write_prepared_sources(folder: Path) -> Path:
    """Every source with one picture for train and one for val, each with one box of the source's first mapped class."""
    index = []
    frames = ["file,split,smoke,fire,lookalike,view"]
    for seed, source in enumerate(SOURCES.values()):
        for split in ("train", "val"):
            file = f"{source.name}/images/{split}/{source.name}_{split}.webp"
            write_picture(folder / file, seed=2 * seed + (split == "val"))
            index.append((file, split, f"owner__{source.name}/{split}/images/{source.name}_{split}_original.jpg"))
            if source.name in FRAME_LABELLED:
                frames.append(f"{file},{split},1,,,drone")
            if source.classes:
                line = f"{first_mapped_class(source.name)} 0.5 0.5 0.5 0.5\n"
                write_text(folder / source.name / "labels" / split / f"{source.name}_{split}.txt", line)
        if source.classes:
            write_text(folder / source.name / "data.yaml", yaml.safe_dump({"names": list(source.classes)}))
    write_text(folder / "frame_labels.csv", "\n".join(frames) + "\n")
    write_index(folder, index)
    return folder


def first_mapped_class(source: str) -> int:
    mapping = VEHICLE_MAP.get(source, {})
    return next((n for n, name in enumerate(SOURCES[source].classes) if mapping.get(name, "")), 0)
