"""Small originals of each format, and what an importer said of one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasets.importers import visdrone
from datasets.pictures import LabelledPicture, Problem
from tests.datasets.samples import write_picture, write_text

SIZE_PX = (64, 48)
Edges = tuple[int, int, int, int]  # left, top, right, bottom in pixels


def write_yolo(folder: Path, boxes: list[Edges], name: str = "car") -> None:
    width, height = SIZE_PX
    write_picture(folder / "train" / "images" / "a.jpg", SIZE_PX)
    lines = [
        f"0 {(x0 + x1) / 2 / width:.6f} {(y0 + y1) / 2 / height:.6f} {(x1 - x0) / width:.6f} {(y1 - y0) / height:.6f}"
        for x0, y0, x1, y1 in boxes
    ]
    write_text(folder / "train" / "labels" / "a.txt", "\n".join(lines))
    write_text(folder / "data.yaml", f"names: [{name}]\n")


def write_visdrone(folder: Path, boxes: list[Edges], name: str = "car") -> None:
    category = visdrone.CATEGORIES.index(name) if name in visdrone.CATEGORIES else name
    write_picture(folder / "images" / "a.jpg", SIZE_PX)
    lines = [f"{x0},{y0},{x1 - x0},{y1 - y0},1,{category},0,0" for x0, y0, x1, y1 in boxes]
    write_text(folder / "annotations" / "a.txt", "\n".join(lines))


def coco_document(boxes: list[Any], name: str = "car", file_name: str = "a.jpg") -> dict[str, Any]:
    return {
        "images": [{"id": 7, "file_name": file_name, "width": SIZE_PX[0], "height": SIZE_PX[1]}],
        "categories": [{"id": 3, "name": name}],
        "annotations": [{"image_id": 7, "category_id": 3, "bbox": box} for box in boxes],
    }


def write_coco(folder: Path, boxes: list[Edges], name: str = "car") -> None:
    write_picture(folder / "train" / "a.jpg", SIZE_PX)
    document = coco_document([[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in boxes], name)
    write_text(folder / "train" / "_annotations.coco.json", json.dumps(document))


def voc_document(boxes: list[Any], name: str = "car", filename: str = "a.jpg") -> str:
    edges = ("xmin", "ymin", "xmax", "ymax")
    things = "".join(
        f"<object><name>{name}</name><bndbox>"
        + "".join(f"<{edge}>{value}</{edge}>" for edge, value in zip(edges, box, strict=True))
        + "</bndbox></object>"
        for box in boxes
    )
    size = f"<size><width>{SIZE_PX[0]}</width><height>{SIZE_PX[1]}</height></size>"
    return f"<annotation><filename>{filename}</filename>{size}{things}</annotation>"


def write_voc(folder: Path, boxes: list[Edges], name: str = "car") -> None:
    write_picture(folder / "JPEGImages" / "a.jpg", SIZE_PX)
    write_text(folder / "Annotations" / "a.xml", voc_document(boxes, name))


def write_auair(folder: Path, boxes: list[Edges], name: str = "car") -> None:
    write_picture(folder / "images" / "a.jpg", SIZE_PX)
    entries = [{"left": x0, "top": y0, "width": x1 - x0, "height": y1 - y0, "class": 0} for x0, y0, x1, y1 in boxes]
    document = {"categories": [name.capitalize()], "annotations": [{"image_name": "a.jpg", "bbox": entries}]}
    write_text(folder / "annotations.json", json.dumps(document))


def one(items: Iterator[LabelledPicture | Problem]) -> LabelledPicture:
    [item] = items
    assert isinstance(item, LabelledPicture)
    return item


def kinds(items: Iterator[LabelledPicture | Problem]) -> list[str]:
    """The kinds of all problems, those of pictures and those by themselves."""
    return [p.kind for item in items for p in ([item] if isinstance(item, Problem) else item.problems)]
