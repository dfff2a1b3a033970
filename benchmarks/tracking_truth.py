"""Boxes and identities that are known, and what a middling detector would make of them.

Reads the tracking truth beside the repository (../shared/tracking and ../shared/clips); nothing of it is kept here.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.boxes import to_centres, to_corners
from detector.detections import Detections

SHARED = Path(__file__).parents[2] / "shared"
DRONE = SHARED / "tracking" / "uavdt"
AERIAL = SHARED / "tracking" / "kit_ais"
CONVOY_CLIP = SHARED / "clips" / "convoy_oblique.mp4"
CONVOY = SHARED / "clips" / "mot" / "convoy_oblique" / "gt" / "gt.txt"
MOST_FRAMES = 300

Answer = dict[int, list[tuple[int, NDArray[np.float64]]]]
"""Frame to (identity, (4,) xyxy) of every box in it."""


@dataclass(frozen=True)
class Sequence:
    """Truth of one sequence; `ignored` are boxes that count neither as found nor as missed."""

    name: str
    truth: Answer
    width: float
    height: float
    ignored: Answer = field(default_factory=dict)

    @property
    def frames(self) -> range:
        """From the first to the last with a box."""
        return range(min(self.truth), max(self.truth) + 1)


def read_sequence(path: Path, name: str, most_frames: int = MOST_FRAMES) -> Sequence:
    """The first frames of a MOTChallenge file: frame, id, x, y, w, h, flag; boxes of flag 0 are ignored."""
    truth: Answer = {}
    ignored: Answer = {}
    rows = np.loadtxt(path, delimiter=",", usecols=range(7), ndmin=2)
    for row in rows[rows[:, 0] < rows[:, 0].min() + most_frames]:
        box = np.array([row[2], row[3], row[2] + row[4], row[3] + row[5]])
        (truth if row[6] > 0 else ignored).setdefault(int(row[0]), []).append((int(row[1]), box))
    corners = np.stack([box for boxes in truth.values() for _, box in boxes])
    return Sequence(name, truth, float(corners[:, 2].max()), float(corners[:, 3].max()), ignored)


def wider_than(sequence: Sequence, least_px: float) -> Sequence:
    """The same with the identities ignored whose median width is not above this."""
    widths: dict[int, list[float]] = {}
    for boxes in sequence.truth.values():
        for identity, box in boxes:
            widths.setdefault(identity, []).append(float(box[2] - box[0]))
    wide = {identity for identity, seen in widths.items() if np.median(seen) > least_px}
    truth: Answer = {}
    ignored = {frame: list(boxes) for frame, boxes in sequence.ignored.items()}
    for frame, boxes in sequence.truth.items():
        for identity, box in boxes:
            (truth if identity in wide else ignored).setdefault(frame, []).append((identity, box))
    return Sequence(sequence.name, truth, sequence.width, sequence.height, ignored)


def drone_sequences() -> list[Sequence]:
    """The 8 UAVDT sequences, the first frames of each."""
    return [read_sequence(path, path.stem) for path in sorted(DRONE.glob("*.txt"))]


def as_detections(sequence: Sequence) -> list[Detections]:
    """The true boxes themselves, as a detector without fault would give them."""
    answer = []
    for frame in sequence.frames:
        boxes = np.array([box for _, box in sequence.truth.get(frame, [])], np.float32).reshape(-1, 4)
        answer.append(Detections(boxes, np.full(len(boxes), 0.9, np.float32), np.zeros(len(boxes), np.int64)))
    return answer


def disturb(sequence: Sequence, seed: int, in_runs: bool) -> list[Detections]:
    """What a middling detector would give: a fifth missed, 5 % invented, centres off by a tenth of the size.

    Args:
        in_runs: what is missed is missed for ten frames on average, as behind dust or trees, not one by one.
    """
    random = np.random.default_rng(seed)
    sizes = np.stack([box for boxes in sequence.truth.values() for _, box in boxes])
    sizes = to_centres(sizes)[:, 2:]
    hidden: dict[int, bool] = {}
    answer = []
    for frame in sequence.frames:
        boxes, scores = [], []
        for identity, box in sequence.truth.get(frame, []):
            if in_runs and identity in hidden:
                change = 0.1 if hidden[identity] else 0.025
                hidden[identity] ^= bool(random.random() < change)
            else:
                hidden[identity] = bool(random.random() < 0.2)
            centre = to_centres(box[None])
            centre[:, :2] += random.normal(0, 0.1, (1, 2)) * centre[:, 2:]
            score = random.uniform(0.3, 0.9)
            if not hidden[identity]:
                boxes.append(to_corners(centre)[0])
                scores.append(score)
        for _ in range(random.binomial(len(sequence.truth.get(frame, [])), 0.05)):
            place = random.uniform(0, 1, 2) * (sequence.width, sequence.height)
            boxes.append(to_corners(np.concatenate([place, sizes[random.integers(len(sizes))]])[None])[0])
            scores.append(random.uniform(0.1, 0.5))
        xyxy = np.array(boxes, np.float32).reshape(-1, 4)
        answer.append(Detections(xyxy, np.array(scores, np.float32), np.zeros(len(scores), np.int64)))
    return answer
