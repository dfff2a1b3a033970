"""At what size to look: fixed sizes, the size chosen shot by shot, and slices of the picture, side by side.

    python -m benchmarks.input_size ../shared
    python -m benchmarks.input_size ../shared --frames 40 --pictures 30

With the network `fast`. For frames of convoy_oblique.mp4 (boxes drawn by hand; small vehicles) and val pictures of
visdrone: recall whatever the class at IoU 0.5 and the network's typical confidence, false boxes a picture, and
processor time a picture beside that at 640. For frames of drone_range_tank4.mp4 (1920x1080, far off, no boxes drawn)
the boxes found. Prints a table and writes benchmarks/results/input_size.json.

`auto` is `detector.input_size.SizeChooser`. On a clip it is played over all frames, of which those not looked at answer
like the nearest that was; on pictures, each is a scene of its own, with one probe and nothing after it to share its
cost. Slices are those of `supervision.InferenceSlicer` (pip install supervision; left out where it is not), with 0.2
overlap: of 640 px, or four to the picture, each seen at 640.
"""

import argparse
import importlib.util
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.results import write_results
from detector.clip import ClipReader
from detector.detections import Detections
from detector.frame import ImagePicture
from detector.input_size import SizeChooser
from detector.model import Network, load_network
from detector.motion import motion_picture
from detector.scene_cue import SceneCue
from detector.shots import thumbnail
from models.metrics import FALSE, match
from models.truth import Truth, read_picture, vehicle_truth

SIZES_PX = (640, 960, 1280)
OVERLAP = 0.2
SLICE_PX = 640
FLOOR = 0.1  # the chooser is given what the analysis gives it, of which only what reaches the confidence counts

Image = NDArray[np.uint8]
Look = Callable[[Image], Detections]


@dataclass(frozen=True)
class Scene:
    """A run of frames that follow each other, of which some are looked at; a picture is a scene of one frame.

    Attributes:
        thumbnails: of all frames.
        images: of those looked at, by frame.
        truths: of the same; empty where no boxes are drawn.
        frame_rate: frames a second.
    """

    thumbnails: Sequence[Image]
    images: Mapping[int, Image]
    truths: Mapping[int, Truth]
    frame_rate: float = 25.0


@dataclass
class Tally:
    """What one way of looking found in the pictures of a set."""

    pictures: int = 0
    found: int = 0
    boxes: int = 0
    hits: int = 0
    false: int = 0
    processor_ms: float = 0.0
    sizes_px: dict[int, int] = field(default_factory=dict)  # frames by the size chosen

    def add(self, detections: Detections, truth: Truth | None) -> None:
        self.pictures += 1
        self.found += len(detections)
        if truth is not None:
            outcome = match(truth, detections)
            self.boxes += int((~truth.ignore).sum())
            self.hits += int((outcome >= 0).sum())
            self.false += int((outcome == FALSE).sum())

    def figures(self) -> dict[str, Any]:
        known = self.boxes > 0
        return {
            "pictures": self.pictures,
            "boxes": self.boxes,
            "recall": round(self.hits / self.boxes, 3) if known else None,
            "false_a_picture": round(self.false / self.pictures, 3) if known else None,
            "found_a_picture": round(self.found / self.pictures, 2),
            "processor_ms_a_picture": round(self.processor_ms, 1),
            **({"frames_at_px": dict(sorted(self.sizes_px.items()))} if self.sizes_px else {}),
        }


class Replay:
    """Stands for the network: answers for the frame at hand as for the nearest one looked at, and notes the sizes."""

    def __init__(self, seen: Mapping[int, Mapping[int, Detections]]) -> None:
        self._seen = seen  # by frame and size
        self.frame = 0
        self.looked_px: list[int] = []

    def nearest(self) -> int:
        return min(self._seen, key=lambda frame: abs(frame - self.frame))

    def detect(self, images: Sequence[Image], *, confidence: float, size_px: int) -> list[Detections]:
        self.looked_px.append(size_px)
        return [self._seen[self.nearest()][size_px].above(confidence) for _ in images]


def clip_scene(path: Path, frames: int, boxes: Path | None) -> Scene:
    """A clip of one shot, frames spread over it."""
    with ClipReader(path) as reader:
        expected = reader.info.frames_declared or frames
        every = max(1, expected // frames)
        thumbnails, images, rate = [], {}, float(reader.info.frame_rate or Scene.frame_rate)
        for frame in reader:
            thumbnails.append(thumbnail(motion_picture(frame.image)))
            if frame.index % every == 0:
                images[frame.index] = frame.image
    truths = {index: mot_truth(boxes, path, index, image) for index, image in images.items()} if boxes else {}
    return Scene(thumbnails, images, truths, rate)


def mot_truth(file: Path, clip: Path, frame: int, image: Image) -> Truth:
    """Boxes of one frame in MOTChallenge form (frames from 1); those of flag 0 are to be ignored."""
    rows = np.loadtxt(file, delimiter=",", ndmin=2)
    rows = rows[rows[:, 0] == frame + 1]
    corners = np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1)
    classes = np.zeros(len(rows), np.int64)
    return Truth(clip, image.shape[1], image.shape[0], corners, classes, rows[:, 6] == 0)


def picture_scenes(shared: Path, pictures: int) -> list[Scene]:
    """Val pictures of visdrone, spread over them."""
    truths = vehicle_truth(shared / "datasets", "visdrone")
    scenes = []
    for truth in truths[:: max(1, len(truths) // pictures)][:pictures]:
        image = read_picture(truth.picture)
        scenes.append(Scene([thumbnail(motion_picture(image))], {0: image}, {0: truth}))
    return scenes


def sliced(network: Network, confidence: float, slices: Callable[[Image], tuple[int, int]]) -> Look:
    """Look at overlapping slices of this width and height, each at 640 px."""
    import supervision

    def look_at_slice(part: Image) -> Any:
        [found] = network.detect([part], confidence=confidence, size_px=SLICE_PX)
        return supervision.Detections(found.xyxy, confidence=found.scores, class_id=found.classes)

    def look(image: Image) -> Detections:
        width, height = slices(image)
        overlap = (round(OVERLAP * width), round(OVERLAP * height))
        found = supervision.InferenceSlicer(look_at_slice, (width, height), overlap)(image)
        if len(found) == 0:
            return Detections.none()
        return Detections(
            found.xyxy.astype(np.float32), found.confidence.astype(np.float32), found.class_id.astype(np.int64)
        )

    return look


def quarter(image: Image) -> tuple[int, int]:
    """Width and height of slices of which two by two cover the picture."""
    height, width = image.shape[:2]
    return int(np.ceil(width / (2 - OVERLAP))), int(np.ceil(height / (2 - OVERLAP)))


def timed(look: Callable[[], Detections]) -> tuple[Detections, float]:
    """What was found and the processor time in ms, of all threads: other work on the machine does not count."""
    begun = time.process_time()
    found = look()
    return found, 1000 * (time.process_time() - begun)


def compare(network: Network, scenes: Sequence[Scene]) -> dict[str, Tally]:
    """Every way of looking on every picture, one after another so that all meet the same machine."""
    confidence = network.card.threshold().confidence
    ways: dict[str, Look] = {}
    if importlib.util.find_spec("supervision"):
        ways["640 px slices"] = sliced(network, confidence, lambda image: (SLICE_PX, SLICE_PX))
        ways["2x2 slices"] = sliced(network, confidence, quarter)
    names = [*map(str, SIZES_PX), "auto", *ways]
    tallies = {name: Tally() for name in names}
    seen: list[dict[int, dict[int, Detections]]] = []
    for scene in scenes:
        seen.append({})
        for frame, image in scene.images.items():
            truth = scene.truths.get(frame)
            seen[-1][frame] = {}
            for size_px in SIZES_PX:
                found, took_ms = timed(lambda: network.detect([image], confidence=FLOOR, size_px=size_px)[0])  # noqa: B023
                seen[-1][frame][size_px] = found
                tallies[str(size_px)].add(found.above(confidence), truth)
                tallies[str(size_px)].processor_ms += took_ms
            for name, look in ways.items():
                found, took_ms = timed(lambda: look(image))  # noqa: B023
                tallies[name].add(found, truth)
                tallies[name].processor_ms += took_ms
    for name in (*map(str, SIZES_PX), *ways):
        tallies[name].processor_ms /= tallies[name].pictures
    cost_ms = {size_px: tallies[str(size_px)].processor_ms for size_px in SIZES_PX}
    for scene, answers in zip(scenes, seen, strict=True):
        replay_auto(scene, answers, confidence, cost_ms, tallies["auto"])
    tallies["auto"].processor_ms /= sum(len(scene.thumbnails) for scene in scenes)
    return tallies


def replay_auto(
    scene: Scene,
    answers: Mapping[int, Mapping[int, Detections]],
    confidence: float,
    cost_ms: Mapping[int, float],
    tally: Tally,
) -> None:
    """Play the choice of sizes over all frames of a scene."""
    network = Replay(answers)
    chooser, cue = SizeChooser(network, confidence), SceneCue()  # type: ignore[arg-type]
    for network.frame, small in enumerate(scene.thumbnails):
        picture = ImagePicture(scene.images[network.nearest()])
        look = chooser.look(picture, network.frame / scene.frame_rate, cue.update(small), FLOOR)
        tally.sizes_px[look.size_px] = tally.sizes_px.get(look.size_px, 0) + 1
        if network.frame in scene.images:
            tally.add(look.detections.above(confidence), scene.truths.get(network.frame))
    tally.processor_ms += sum(cost_ms[size_px] for size_px in network.looked_px)


def row(name: str, figures: dict[str, Any], smallest_ms: float) -> str:
    def number(key: str) -> str:
        return "-" if figures[key] is None else f"{figures[key]:.2f}"

    took_ms = figures["processor_ms_a_picture"]
    cells = [name, *map(number, ("recall", "false_a_picture", "found_a_picture"))]
    return "| " + " | ".join([*cells, f"{took_ms:.0f}", f"{took_ms / smallest_ms:.2f}"]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="folder with clips/ and datasets/")
    parser.add_argument("--frames", type=int, default=40, help="of convoy_oblique; a quarter as many of the 1080p clip")
    parser.add_argument("--pictures", type=int, default=30, help="of visdrone, at most 50")
    arguments = parser.parse_args()
    network, shared = load_network("fast", "cpu"), arguments.shared
    network.detect([np.zeros((SLICE_PX, SLICE_PX, 3), np.uint8)])  # the first run of a session takes longer
    boxes = shared / "clips" / "mot" / "convoy_oblique" / "gt" / "gt.txt"
    sets = {
        "convoy_oblique": lambda: [clip_scene(shared / "clips" / "convoy_oblique.mp4", arguments.frames, boxes)],
        "visdrone": lambda: picture_scenes(shared, arguments.pictures),
        "drone_range_tank4": lambda: [
            clip_scene(shared / "clips" / "drone_range_tank4.mp4", max(1, arguments.frames // 4), None)
        ],
    }
    results: dict[str, Any] = {"network": {"name": network.card.name, "sha256": network.card.sha256}, "sets": {}}
    for name, scenes in sets.items():
        figures = {way: tally.figures() for way, tally in compare(network, scenes()).items()}
        results["sets"][name] = figures
        print(f"\n{name}\n")
        print("| looked at | recall | false boxes a picture | boxes a picture | processor ms | beside 640 px |")
        print("|---|---|---|---|---|---|")
        for way, found in figures.items():
            print(row(way, found, figures[str(SIZES_PX[0])]["processor_ms_a_picture"]), flush=True)
    write_results("input_size", results)


if __name__ == "__main__":
    main()
