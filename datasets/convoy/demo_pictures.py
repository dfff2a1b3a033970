"""Frames of the demo clip as pictures and labels, laid out as the training reads them: nothing has to be fetched."""

import json
from pathlib import Path
from typing import Any

import cv2

from datasets.build import write_data_yaml
from datasets.classes import VEHICLE_LABELS
from datasets.labels import Box
from detector.clip import ClipReader

DEMO = Path(__file__).parents[2] / "detector" / "demo"


def write_demo_pictures(out_dir: Path, every: int) -> int:
    """Write one frame out of so many: the first shot to train on, the second to validate; returns how many."""
    truth = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
    folder, cut = out_dir / "vehicles", truth["shots"][1]["start"]
    for place in ("images/train", "images/val", "labels/train", "labels/val"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    write_data_yaml(folder, VEHICLE_LABELS)
    count = 0
    with ClipReader(DEMO / "demo.mp4") as reader:
        for frame in reader:
            if frame.index % every:
                continue
            split, name = "train" if frame.index < cut else "val", f"demo_{frame.index:03d}"
            cv2.imwrite(str(folder / "images" / split / f"{name}.jpg"), frame.image)
            lines = [_label(box, truth["width"], truth["height"]) for box in truth["boxes"][frame.index]]
            (folder / "labels" / split / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
            count += 1
    return count


def _label(box: dict[str, Any], width_px: int, height_px: int) -> str:
    left, top, right, bottom = box["xyxy"]
    middle, size = ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top)
    relative = (middle[0] / width_px, middle[1] / height_px, size[0] / width_px, size[1] / height_px)
    return Box(VEHICLE_LABELS.index(box["class"]), *relative).line()
