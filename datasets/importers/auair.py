"""AU-AIR: `annotations.json` with `categories` and a list of boxes in pixels for each picture; pictures in `images`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasets.importers.coco_json import find_picture, load
from datasets.labels import LabelError, NamedBox, box_from_pixels
from datasets.pictures import LabelledPicture, PictureError, Problem, read_size_px

# The project does not look for people, nor for what is mostly its rider: their boxes are not even read.
LEFT_OUT = frozenset({"human", "motorbike", "bicycle"})


def read(folder: Path) -> Iterator[LabelledPicture | Problem]:
    """Every picture that an `annotations.json` below `folder` lists; class names in lower case."""
    documents = sorted(folder.rglob("annotations.json"))
    if not documents:
        yield Problem(folder, None, "source", "no annotations.json below it")
    for path in documents:
        try:
            document = load(path)
            names = [str(name).lower() for name in document["categories"]]
            entries = [(entry["image_name"], list(entry["bbox"])) for entry in document["annotations"]]
        except LabelError as error:
            yield Problem(path, None, error.kind, str(error))
            continue
        except (KeyError, TypeError) as error:
            yield Problem(path, None, "source", f"not AU-AIR (categories, annotations): {error!r}")
            continue
        for image_name, boxes in entries:
            yield _read_picture(path, image_name, boxes, names)


def _read_picture(path: Path, image_name: object, boxes: list[Any], names: list[str]) -> LabelledPicture | Problem:
    try:
        picture = find_picture(image_name, (path.parent / "images", path.parent))
    except LabelError as error:
        return Problem(path, None, error.kind, str(error))
    try:
        size_px = read_size_px(picture)
    except PictureError as error:
        return LabelledPicture(picture, (), (Problem(picture, None, error.kind, str(error)),))
    read_boxes: list[NamedBox] = []
    problems: list[Problem] = []
    for place, box in enumerate(boxes):
        try:
            read_boxes += _read_box(box, names, size_px)
        except LabelError as error:
            problems.append(Problem(path, None, error.kind, f"box {place} of {picture.name}: {error}"))
    return LabelledPicture(picture, tuple(read_boxes), tuple(problems))


def _read_box(box: Any, names: list[str], size_px: tuple[int, int]) -> list[NamedBox]:
    try:
        index = int(box["class"])
        left, top, width, height = (float(box[key]) for key in ("left", "top", "width", "height"))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise LabelError(f"not a box (left, top, width, height, class): {str(box)[:80]}") from error
    if not 0 <= index < len(names):
        raise LabelError(f"class {index}, but the file has {len(names)} categories", "class")
    if names[index] in LEFT_OUT:
        return []
    return [box_from_pixels(names[index], (left, top, left + width, top + height), size_px)]
