"""Read every source, prepared or original, and say which pictures the index lists, with all that is wrong with them."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from datasets.classes import SMOKE_FIRE_MAP, VEHICLE_MAP
from datasets.frame_labels import FrameLabel, read_frame_labels
from datasets.importers import auair, coco_json, pascal_voc, roboflow_yolo, visdrone
from datasets.index import IndexRow, SourceIndex, read_index
from datasets.labels import NamedBox
from datasets.pictures import SUFFIXES, LabelledPicture, PictureError, Problem, decode, find_pictures
from datasets.sources import SOURCES, Source


@dataclass(frozen=True)
class ListedPicture:
    """A picture that the index lists, whole and without a problem; `stem` is its name in the project."""

    source: str
    stem: str
    split: str
    path: Path
    boxes: tuple[NamedBox, ...]

    @property
    def name(self) -> str:
        return self.stem + self.path.suffix.lower()


@dataclass(frozen=True)
class Collection:
    """What was read: the good pictures and frame labels by their file in the index, the problems, the unlisted.

    A problem of a picture or of a frame label takes it out of `pictures` or of `frames`.
    """

    pictures: dict[str, ListedPicture]
    frames: Mapping[str, FrameLabel]
    problems: list[Problem]
    unlisted: list[Path]


def collect(sources: Path, say: Callable[[str], None] = lambda _: None) -> Collection:
    """Read all sources below a folder; `say` hears the name of each before it is read.

    Raises:
        datasets.tables.TableError: index.csv or frame_labels.csv is missing or cannot be trusted.
    """
    index = read_index(sources / "index.csv")
    collection = Collection({}, *_read_frames(sources / "frame_labels.csv", index), [])
    for source in SOURCES.values():
        say(source.name)
        rows = index.get(source.name, SourceIndex((), {}))
        if not (sources / source.name).is_dir():
            what = f"the source is not there, so its {len(rows.rows)} pictures are missing; {source.card} says whence"
            collection.problems.append(Problem(sources / source.name, None, "source", what))
            continue
        _collect_source(sources, source, rows, collection)
    return collection


def _collect_source(sources: Path, source: Source, index: SourceIndex, collection: Collection) -> None:
    seen: dict[str, Path] = {}
    for item in read_source(sources, source, index):
        if isinstance(item, Problem):
            collection.problems.append(item)
            continue
        label = _lonely_label(item)
        row = _find_row(index, item.path.relative_to(sources), any_suffix=label is not None)
        if row is None:
            collection.unlisted.append(label or item.path)
            continue
        problems = [*item.problems, *_class_problems(source.name, item), *_twice(row.file, item.path, seen)]
        problems = problems or _decode_problems(item.path)
        collection.problems.extend(problems)
        if problems:
            collection.pictures.pop(row.file, None)  # read before, with a part of its boxes
        else:
            picture = ListedPicture(source.name, Path(row.file).stem, row.split, item.path, item.boxes)
            collection.pictures[row.file] = picture
    collection.problems.extend(_not_read(sources, source, index, seen))


def _lonely_label(picture: LabelledPicture) -> Path | None:
    """The label file, where nothing but a label tells of the picture."""
    missing = (problem.file for problem in picture.problems if problem.kind == "missing picture")
    return next((file for file in missing if file != picture.path), None)


def _find_row(index: SourceIndex, path: Path, any_suffix: bool) -> IndexRow | None:
    if not any_suffix:
        return index.find(path)
    suffixes = [*sorted(SUFFIXES), *map(str.upper, sorted(SUFFIXES))]
    return next(filter(None, (index.find(path.with_suffix(suffix)) for suffix in suffixes)), None)


def _not_read(sources: Path, source: Source, index: SourceIndex, seen: Mapping[str, Path]) -> Iterator[Problem]:
    """A problem for each listed picture that no label told of."""
    if all(row.file in seen for row in index.rows):
        return
    found = {path: index.find(path.relative_to(sources)) for path in find_pictures(sources / source.name)}
    there = {row.file: path for path, row in found.items() if row is not None}
    for row in index.rows:
        if row.file in seen:
            continue
        if row.file in there:
            what = "no label that can be read tells of it; an empty one says that nothing is there"
            yield Problem(there[row.file], None, "missing label", what)
        else:
            what = f"listed in index.csv but not there, neither so nor as {row.original}"
            yield Problem(sources / row.file, None, "missing picture", what)


def _read_frames(path: Path, index: Mapping[str, SourceIndex]) -> tuple[dict[str, FrameLabel], list[Problem]]:
    """The frame labels of pictures that the index lists in the same split, and what is wrong with the others."""
    labels, problems = read_frame_labels(path)
    splits = {row.file: row.split for source in index.values() for row in source.rows}
    for label in list(labels.values()):
        if label.split == splits.get(label.file):
            continue
        what = f"{label.file} is of {label.split!r} here, of {splits.get(label.file)!r} in index.csv"
        if label.file not in splits:
            what = f"index.csv lists no such picture: {label.file}"
        problems.append(Problem(path, label.line, "label", what))
        del labels[label.file]
    return labels, problems


def read_source(sources: Path, source: Source, index: SourceIndex) -> Iterator[LabelledPicture | Problem]:
    """The pictures of a source in whichever format its folder is.

    Prepared pictures have YOLO labels. Otherwise XML files tell a Pascal VOC export and `*coco*.json` a COCO export;
    what is left is the format that the source's publisher keeps it in.
    """
    folder = sources / source.name
    if source.original == "pictures":
        return (LabelledPicture(path, ()) for path in find_pictures(folder))
    if any((sources / row.file).is_file() for row in index.rows):
        return roboflow_yolo.read(folder, source.classes)
    if any(folder.rglob("[!.]*.xml")):
        return pascal_voc.read(folder)
    if any(folder.rglob("*coco*.json")):
        return coco_json.read(folder)
    if source.original == "visdrone":
        return visdrone.read(folder)
    if source.original == "auair":
        return auair.read(folder)
    return roboflow_yolo.read(folder, source.classes)


def _class_problems(source: str, picture: LabelledPicture) -> list[Problem]:
    mapping = VEHICLE_MAP.get(source, {}) | SMOKE_FIRE_MAP.get(source, {})
    unknown = sorted({box.name for box in picture.boxes} - set(mapping))
    what = "class {!r} is not in the map of {}; say in datasets/classes.py what becomes of it"
    return [Problem(picture.path, None, "class", what.format(name[:40], source)) for name in unknown]


def _twice(file: str, path: Path, seen: dict[str, Path]) -> list[Problem]:
    if seen.setdefault(file, path) is path:
        return []
    what = "listed twice; make one entry of them"
    if seen[file] != path:
        what = f"the same picture of index.csv as {seen[file]}; remove one of them"
    return [Problem(path, None, "source", what)]


def _decode_problems(path: Path) -> list[Problem]:
    try:
        decode(path)
    except PictureError as error:
        return [Problem(path, None, error.kind, str(error))]
    return []


def write_problems(collection: Collection, path: Path) -> None:
    """Everything that was left out and why, as a table; pictures that the index does not list come last."""
    rows: Iterable[tuple[object, ...]] = [(p.file, p.line or "", p.kind, p.what) for p in collection.problems]
    unlisted = [
        (file, "", "unlisted", "index.csv lists no such picture: it has no split") for file in collection.unlisted
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        csv.writer(file).writerows([("file", "line", "kind", "what"), *rows, *unlisted])
