"""The sources: where each comes from, under what licence, and how its original is read.

One record a source, because the builder and the tests need these facts and prose cannot be type-checked; the cards in
`cards/` say the rest, and a test holds them to what stands here.
"""

from dataclasses import dataclass
from typing import Literal

Format = Literal["roboflow_yolo", "visdrone", "auair", "pictures"]


@dataclass(frozen=True)
class Source:
    """`original` is the format its publisher keeps it in; `classes` the names of its label indices, in order."""

    name: str
    card: str
    origin: str
    licence: str
    original: Format
    train: int
    val: int
    classes: tuple[str, ...] = ()


SOURCES = {
    source.name: source
    for source in (
        Source(
            "mian", "mian.md", "MianAliKhalid/Military-Object-Detection", "CC BY 4.0", "roboflow_yolo",
            1527, 220, ("APC-IFV", "ART", "CAR", "MLRS", "TANK", "TRUCK"),
        ),
        Source(
            "zem", "zem.md", "zemlianin/uav", "CC BY 4.0 on a sibling export", "roboflow_yolo",
            313, 80, ("apc", "cars", "destroyed", "tank"),
        ),
        Source(
            "obulka", "obulka.md", "obulka26/tank-detector", "CC BY 4.0, CC0, DbCL mix", "roboflow_yolo",
            620, 60, ("other", "tank"),
        ),
        Source(
            "visdrone", "visdrone.md", "VisDrone-DET val part", "academic use", "visdrone",
            330, 50, ("car", "van", "truck", "bus"),
        ),
        Source(
            "cats", "cats.md", "CATS-Lab/Field-data-Drone-View-Vehicle-Image-Set", "none stated", "roboflow_yolo",
            187, 30, ("vehicle",),
        ),
        Source(
            "auair", "auair.md", "bozcani/auairdataset", "MIT repository", "auair",
            64, 0, ("car", "truck", "van", "bus", "trailer"),
        ),
        Source(
            "jekhor", "jekhor.md", "jekhor/aerial-cars-dataset", "CC BY-SA", "roboflow_yolo",
            8, 6, ("car", "truck", "bus", "minibus", "cyclist"),
        ),
        Source(
            "liuzifan", "liuzifan.md", "liuzifan/fire_smoke_datasets", "none stated", "roboflow_yolo",
            1350, 150, ("fire", "smoke"),
        ),
        Source(
            "xiapinquan", "xiapinquan.md", "xiapinquan/fire_dataset", "none stated", "roboflow_yolo",
            420, 60, ("fire",),
        ),
        Source(
            "worldkpax", "worldkpax.md", "worldkpax/BPLA_fire_smoke", "none stated", "pictures",
            490, 92,
        ),
        Source(
            "plasma", "plasma.md", "plasmapotatos/wildfire-smoke-detection", "none stated", "pictures",
            115, 43,
        ),
        Source(
            "aryanraj_fire", "aryanraj.md", "aryanraj2713/Forest-Fire-Detection", "MIT repository", "pictures",
            220, 40,
        ),
        Source(
            "aryanraj_clear", "aryanraj.md", "aryanraj2713/Forest-Fire-Detection", "MIT repository", "pictures",
            320, 50,
        ),
        Source(
            "cair_fire", "cair.md", "cair/Fire-Detection-Image-Dataset", "none stated", "pictures",
            24, 10,
        ),
        Source(
            "cair_clear", "cair.md", "cair/Fire-Detection-Image-Dataset", "none stated", "pictures",
            260, 50,
        ),
    )
}  # fmt: skip
