"""Parsers of the tables and label files that sources of training pictures come with."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.fuzzing.parser import Parser
from datasets.frame_labels import read_frame_labels
from datasets.importers import auair, coco_json, pascal_voc, roboflow_yolo, visdrone
from datasets.index import read_index
from datasets.pictures import LabelledPicture, Problem
from datasets.tables import TableError
from tests.datasets.importers.originals import Edges, write_auair, write_coco, write_visdrone, write_voc, write_yolo
from tests.datasets.samples import write_prepared_sources

Read = Callable[[Path], Iterator[LabelledPicture | Problem]]
EDGES_PX: list[Edges] = [(1, 2, 20, 30), (30, 10, 60, 40)]
ORIGINALS = (
    ("labels of Roboflow", roboflow_yolo.read, write_yolo, "train/labels/a.txt"),
    ("classes of Roboflow", roboflow_yolo.read, write_yolo, "data.yaml"),
    ("labels of VisDrone", visdrone.read, write_visdrone, "annotations/a.txt"),
    ("labels in COCO form", coco_json.read, write_coco, "train/_annotations.coco.json"),
    ("labels in Pascal VOC form", pascal_voc.read, write_voc, "Annotations/a.xml"),
    ("labels of AU-AIR", auair.read, write_auair, "annotations.json"),
)


def parsers_of_label_files(folder: Path) -> list[Parser]:
    """One for each importer, which tells what is wrong as problems, and for the two tables."""
    found = []
    for name, read, write, label in ORIGINALS:
        place = folder / name
        write(place, EDGES_PX)
        found.append(Parser(name, (place / label).read_bytes(), partial(_import, read, place, label), ()))
    sources = write_prepared_sources(folder / "sources")
    for table, read_table in (("index.csv", read_index), ("frame_labels.csv", read_frame_labels)):
        found.append(Parser(table, (sources / table).read_bytes(), read_table, (TableError,)))
    return found


def _import(read: Read, folder: Path, label: str, path: Path) -> None:
    """Read a source with the broken file in place of its label."""
    (folder / label).write_bytes(path.read_bytes())
    for item in read(folder):
        boxes = item.boxes if isinstance(item, LabelledPicture) else ()
        if not all(0 <= box.cx <= 1 and 0 <= box.cy <= 1 and box.width > 0 and box.height > 0 for box in boxes):
            raise AssertionError(f"boxes {boxes}")
