"""VisDrone-DET: `images/*.jpg` and `annotations/*.txt`, a line a box in pixels.

A line is left, top, width, height, score, category, truncation, occlusion, with a comma between and sometimes after.
"""

from collections.abc import Iterator
from pathlib import Path

from datasets.labels import LabelError, NamedBox, box_from_pixels
from datasets.pictures import LabelledPicture, PictureError, Problem, find_pictures, read_size_px

IGNORED = "ignored region"  # holds things that were not boxed one by one
CATEGORIES = (
    IGNORED,
    "pedestrian",
    "people",
    "bicycle",
    "car",
    "van",
    "truck",
    "tricycle",
    "awning-tricycle",
    "bus",
    "motor",
    "others",
)
# The project does not look for people, nor for what is mostly its rider: their boxes are not even read.
LEFT_OUT = frozenset({"pedestrian", "people", "bicycle", "motor"})


def read(folder: Path) -> Iterator[LabelledPicture | Problem]:
    """Every picture below `folder/images`, and every annotation file without one."""
    if not (folder / "images").is_dir() or not (folder / "annotations").is_dir():
        yield Problem(folder, None, "source", "no `images` and `annotations` in it; VisDrone-DET has both")
        return
    stems = set()
    for picture in find_pictures(folder / "images"):
        stems.add(picture.stem)
        yield _read_picture(picture, folder / "annotations" / f"{picture.stem}.txt")
    for annotations in sorted((folder / "annotations").glob("[!.]*.txt")):
        if annotations.stem not in stems:
            yield _read_picture(folder / "images" / f"{annotations.stem}.jpg", annotations)


def _read_picture(picture: Path, annotations: Path) -> LabelledPicture:
    boxes: list[NamedBox] = []
    problems: list[Problem] = []
    try:
        size_px = read_size_px(picture)
        lines = annotations.read_text(encoding="utf-8").splitlines()
    except PictureError as error:
        problems, lines = [Problem(picture, None, error.kind, str(error))], []
    except FileNotFoundError:
        problems, lines = [Problem(annotations, None, "missing label", "no annotation file")], []
    except (OSError, UnicodeDecodeError) as error:
        problems, lines = [Problem(annotations, None, "label", f"not a text file: {error}")], []
    for number, line in enumerate(lines, start=1):
        try:
            boxes += _read_line(line, size_px) if line.strip() else []
        except LabelError as error:
            problems.append(Problem(annotations, number, error.kind, str(error)))
    return LabelledPicture(picture, tuple(boxes), tuple(problems))


def _read_line(line: str, size_px: tuple[int, int]) -> list[NamedBox]:
    fields = line.strip().removesuffix(",").split(",")
    try:
        left, top, width, height, score = (float(value) for value in fields[:5])
        category, _truncation, _occlusion = (int(value) for value in fields[5:])
    except ValueError as error:
        raise LabelError(f"not eight numbers (left,top,width,height,score,category,…): {line[:80]!r}") from error
    if not 0 <= category < len(CATEGORIES):
        raise LabelError(f"category {category}, but VisDrone has 0 to {len(CATEGORIES) - 1}", "class")
    name = IGNORED if score == 0 else CATEGORIES[category]
    if name in LEFT_OUT:
        return []
    return [box_from_pixels(name, (left, top, left + width, top + height), size_px)]
