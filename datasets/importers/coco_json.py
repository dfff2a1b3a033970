"""COCO JSON: `images`, `annotations` with `bbox` as left, top, width, height in pixels, and `categories`.

A JSON file's pictures lie beside it, as in a Roboflow export, or below the source's folder or its `images`.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datasets.labels import LabelError, NamedBox, box_from_pixels
from datasets.pictures import LabelledPicture, PictureError, Problem, read_size_px, safe_name


def read(folder: Path) -> Iterator[LabelledPicture | Problem]:
    """Every picture that a JSON file below `folder` lists."""
    documents = sorted(folder.rglob("[!.]*.json"))
    if not documents:
        yield Problem(folder, None, "source", "no JSON file below it")
    for path in documents:
        try:
            document = load(path)
            names = {category["id"]: str(category["name"]) for category in document["categories"]}
            images = {image["id"]: image for image in document["images"]}
            if len(images) < len(document["images"]):
                raise LabelError("two pictures of one id, so that boxes cannot be told apart", "source")
            boxes_of, strays = _group(path, document["annotations"], images)
        except LabelError as error:
            yield Problem(path, None, error.kind, str(error))
            continue
        except (KeyError, TypeError) as error:
            yield Problem(path, None, "source", f"not COCO (images, annotations, categories): {error!r}")
            continue
        yield from strays
        for key, image in images.items():
            yield _read_picture(path, folder, image, boxes_of[key], names)


def load(path: Path) -> Any:
    """The JSON document in a file.

    Raises:
        LabelError: the file cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise LabelError(f"not JSON: {error}", "source") from error


def _group(
    path: Path, annotations: list[Any], images: dict[Any, Any]
) -> tuple[dict[Any, list[tuple[int, Any]]], list[Problem]]:
    """Annotations with their places by their picture, and a problem for each whose picture is not listed."""
    grouped: dict[Any, list[tuple[int, Any]]] = defaultdict(list)
    strays = []
    for place, annotation in enumerate(annotations):
        if annotation["image_id"] in images:
            grouped[annotation["image_id"]].append((place, annotation))
        else:
            what = f"annotation {place}: image_id {str(annotation['image_id'])[:40]!r} is no picture of the file"
            strays.append(Problem(path, None, "label", what))
    return grouped, strays


def _read_picture(
    path: Path, folder: Path, image: dict[str, Any], annotations: list[Any], names: dict[Any, str]
) -> LabelledPicture | Problem:
    """One picture with the boxes of its annotations, or with the reason why they cannot be placed or found."""
    try:
        picture = find_picture(image.get("file_name"), (path.parent, folder, folder / "images"))
    except LabelError as error:
        return Problem(path, None, error.kind, str(error))
    try:
        size_px = check_size(picture, (image.get("width"), image.get("height")))
    except (PictureError, LabelError) as error:
        return LabelledPicture(picture, (), (Problem(picture, None, error.kind, str(error)),))
    boxes: list[NamedBox] = []
    problems: list[Problem] = []
    for place, annotation in annotations:
        try:
            boxes.append(_read_box(annotation, names, size_px))
        except LabelError as error:
            problems.append(Problem(path, None, error.kind, f"annotation {place} of {picture.name}: {error}"))
    return LabelledPicture(picture, tuple(boxes), tuple(problems))


def _read_box(annotation: dict[str, Any], names: dict[Any, str], size_px: tuple[int, int]) -> NamedBox:
    category = annotation.get("category_id")
    if not isinstance(category, int | str) or category not in names:
        raise LabelError(f"category {str(category)[:40]!r} is none of the file's", "class")
    if annotation.get("iscrowd"):
        raise LabelError("a box of a crowd (iscrowd), not of one thing")
    try:
        left, top, width, height = (float(value) for value in annotation["bbox"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise LabelError(f"bbox is not four numbers: {str(annotation.get('bbox'))[:80]}") from error
    return box_from_pixels(names[category], (left, top, left + width, top + height), size_px)


def find_picture(name: object, folders: tuple[Path, ...]) -> Path:
    """The first of the folders' pictures of this name that is there; in the first folder if none is.

    Raises:
        LabelError: the name leads out of the folder.
    """
    relative = safe_name(name)
    return next((folder / relative for folder in folders if (folder / relative).is_file()), folders[0] / relative)


def check_size(picture: Path, declared_px: tuple[object, object]) -> tuple[int, int]:
    """The size of a picture, which must be the declared one wherever one is declared.

    Raises:
        PictureError: the picture is missing or its header cannot be read.
        LabelError: the picture is of another size, so that boxes in pixels cannot be placed in it.
    """
    size_px = read_size_px(picture)
    if all(declared_px) and declared_px != size_px:
        declared = " x ".join(str(value)[:20] for value in declared_px)
        raise LabelError(f"said to be {declared} px, but is {size_px[0]} x {size_px[1]}", "size")
    return size_px
