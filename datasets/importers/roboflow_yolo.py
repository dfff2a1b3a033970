"""YOLO text labels as Roboflow exports them, as darknet keeps them, and as the prepared sources have them.

The label of `a/images/b/c.jpg` is `a/labels/b/c.txt`; where no folder is called `images`, it lies beside the picture.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from datasets.labels import LabelError, NamedBox, parse_box
from datasets.pictures import LabelledPicture, Problem, find_pictures


def read(folder: Path, class_names: Sequence[str] = ()) -> Iterator[LabelledPicture | Problem]:
    """Every picture below `folder`, and every label without one.

    The classes are those of `folder/data.yaml`; `class_names` stands in where there is none.
    """
    document = folder / "data.yaml"
    if document.exists():
        try:
            class_names = read_names(document)
        except LabelError as error:
            yield Problem(document, None, error.kind, str(error))
            return
    if not class_names:
        yield Problem(document, None, "source", "no data.yaml to name the classes; put it into the source's folder")
        return
    labels = set()
    for picture in find_pictures(folder):
        label = label_path(picture, folder)
        labels.add(label)
        boxes, problems = read_label(label, class_names)
        yield LabelledPicture(picture, tuple(boxes), tuple(problems))
    for label in _label_files(folder):
        if label not in labels:
            problem = Problem(label, None, "missing picture", "a label without its picture")
            yield LabelledPicture(_picture_path(label, folder), (), (problem,))


def read_names(path: Path) -> tuple[str, ...]:
    """The class names of a data.yaml in the order of their indices.

    Raises:
        LabelError: not YAML, or `names` is neither a list of names nor a map from 0, 1, 2 … to names.
    """
    try:
        document = yaml.safe_load(path.read_text())
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise LabelError(f"not YAML: {error}", "source") from error
    names = document.get("names") if isinstance(document, dict) else None
    if isinstance(names, dict) and sorted(map(str, names)) == sorted(map(str, range(len(names)))):
        names = [value for _, value in sorted(names.items(), key=lambda item: int(item[0]))]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise LabelError("`names` must list the classes, or map 0, 1, 2 and so on to them", "source")
    return tuple(names)


def read_label(path: Path, class_names: Sequence[str]) -> tuple[list[NamedBox], list[Problem]]:
    """The boxes of one label file that can be read, and a problem for each line that cannot."""
    if not path.is_file():
        return [], [Problem(path, None, "missing label", "no label file; an empty one says that nothing is there")]
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        return [], [Problem(path, None, "label", f"not a text file: {error}")]
    boxes, problems = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            box = parse_box(line, len(class_names))
            boxes.append(NamedBox(class_names[box.class_index], box.cx, box.cy, box.width, box.height))
        except LabelError as error:
            problems.append(Problem(path, number, error.kind, str(error)))
    return boxes, problems


def label_path(picture: Path, folder: Path) -> Path:
    """Where the label of a picture lies."""
    return _swap(picture, folder, "images", "labels").with_suffix(".txt")


def _picture_path(label: Path, folder: Path) -> Path:
    return _swap(label, folder, "labels", "images").with_suffix(".jpg")


def _swap(path: Path, folder: Path, old: str, new: str) -> Path:
    parts = list(path.relative_to(folder).parts)
    for place in reversed(range(len(parts) - 1)):
        if parts[place] == old:
            parts[place] = new
            break
    return folder.joinpath(*parts)


def _label_files(folder: Path) -> Iterator[Path]:
    """Text files that hold boxes by where they lie: below a `labels` folder, or, without one, of a box's look."""
    texts = [path for path in sorted(folder.rglob("*.txt")) if path.is_file() and not path.name.startswith(".")]
    below = [path for path in texts if "labels" in path.relative_to(folder).parts[:-1]]
    yield from below or [path for path in texts if _looks_like_a_label(path)]


def _looks_like_a_label(path: Path) -> bool:
    with path.open(errors="replace") as file:
        return len(file.readline(200).split()) == 5
