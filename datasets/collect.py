"""Read every source, prepared or original, and say which pictures the index lists, with all that is wrong with them."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from datasets.classes import SMOKE_FIRE_MAP, VEHICLE_MAP
from datasets.importers import auair, coco_json, pascal_voc, roboflow_yolo, visdrone
from datasets.index import IndexRow, SourceIndex, read_index
from datasets.labels import NamedBox
from datasets.pictures import LabelledPicture, PictureError, Problem, decode, find_pictures, split_of
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
    """What was read: the good pictures by their file in the index, the problems, and what the index does not list."""

    pictures: dict[str, ListedPicture]
    problems: list[Problem]
    unlisted: list[Path]


def collect(sources: Path, say: Callable[[str], None] = lambda _: None) -> Collection:
    """Read all sources below a folder; `say` hears the name of each before it is read.

    Raises:
        datasets.index.BadIndexError: index.csv is missing or cannot be trusted.
    """
    collection = Collection({}, [], [])
    index = read_index(sources / "index.csv")
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
        row = index.find(item.path.relative_to(sources))
        if row is None:
            lonely_labels = [problem.file for problem in item.problems if problem.kind == "missing picture"]
            collection.unlisted.extend(lonely_labels or [item.path])
            continue
        problems = [*item.problems, *_class_problems(source.name, item), *_twice(row, item.path, seen)]
        problems = problems or _decode_problems(item.path)
        collection.problems.extend(problems)
        if not problems:
            picture = ListedPicture(source.name, Path(row.file).stem, row.split, item.path, item.boxes)
            collection.pictures[row.file] = picture
    for row in index.rows:
        if row.file not in seen:
            what = f"listed in index.csv but not there, neither so nor as {row.original}"
            collection.problems.append(Problem(sources / row.file, None, "missing picture", what))


def read_source(sources: Path, source: Source, index: SourceIndex) -> Iterator[LabelledPicture | Problem]:
    """The pictures of a source in whichever format its folder is.

    Prepared pictures have YOLO labels. Otherwise XML files tell a Pascal VOC export and `*coco*.json` a COCO export;
    what is left is the format that the source's publisher keeps it in.
    """
    folder = sources / source.name
    if source.original == "pictures":
        return (LabelledPicture(path, split_of(path, folder), ()) for path in find_pictures(folder))
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


def _twice(row: IndexRow, path: Path, seen: dict[str, Path]) -> list[Problem]:
    first = seen.setdefault(row.file, path)
    if first is path:
        return []
    return [Problem(path, None, "source", f"the same picture of index.csv as {first}; remove one of them")]


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
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("file", "line", "kind", "what"), *rows, *unlisted])
