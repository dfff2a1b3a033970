"""coco.json: the boxes of every frame in the form of the COCO data set, for pycocotools and whatever reads like it.

Written row by row, since the boxes of a long clip do not fit in memory.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from detector.json_values import json_values
from detector.outputs.analysed import Analysed

Row = Mapping[str, Any]


def write_coco(analysed: Analysed, path: Path) -> None:
    """Images are frames, named as a tool names them that writes them out by number; categories count from 1."""
    report = analysed.report
    categories = {name: number for number, name in enumerate(report.networks[0].classes, start=1)}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        info = {"description": f"detect: boxes found in {report.input.file}", "clip_sha256": report.input.sha256}
        file.write(f'{{"info": {_json(info)},\n"licenses": [],\n"categories": ')
        _write_rows(file, ({"id": number, "name": name} for name, number in categories.items()))
        file.write(',\n"images": ')
        _write_rows(file, _images(analysed))
        file.write(',\n"annotations": ')
        _write_rows(file, _annotations(analysed, categories))
        file.write("}\n")


def _images(analysed: Analysed) -> Iterator[Row]:
    source = analysed.report.input
    for record in analysed.frames():
        yield {
            "id": record.frame,
            "file_name": f"{record.frame:06d}.png",
            "width": source.width,
            "height": source.height,
            "time_s": record.time_s,
        }


def _annotations(analysed: Analysed, categories: Mapping[str, int]) -> Iterator[Row]:
    boxes = ((record.frame, box) for record in analysed.frames() for box in record.boxes)
    for number, (frame, box) in enumerate(boxes, start=1):
        left, top, right, bottom = box.xyxy
        width, height = right - left, bottom - top
        yield {
            "id": number,
            "image_id": frame,
            "category_id": categories[box.class_name],
            "bbox": json_values([left, top, width, height], "xyxy"),
            "area": json_values(width * height, "xyxy"),
            "segmentation": [],
            "iscrowd": 0,
            "score": box.score,
            "track": box.track,
            "filled": box.filled,
        }


def _write_rows(file: TextIO, rows: Iterable[Row]) -> None:
    file.write("[")
    for number, row in enumerate(rows):
        file.write((",\n" if number else "\n") + _json(row))
    file.write("]")


def _json(value: Row) -> str:
    return json.dumps(value, ensure_ascii=True)
