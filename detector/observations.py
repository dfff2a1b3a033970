"""What the first look saw in each frame of a shot, packed and mostly on disk: a shot may last for hours."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.motion import CameraMotion
from detector.packed_detections import PackedDetections
from detector.spool import Spool

FRAME = np.dtype(
    [
        ("frame", np.int64),
        ("time_s", np.float64),
        ("matrix", np.float64, (3, 3)),
        ("affine", np.float32, (2, 3)),
        ("size_px", np.int32),
        ("looked_at", np.bool_),
        ("known", np.bool_),
        ("dark", np.bool_),
    ]
)
"""All of an `Observation` but its detections. `size_px`: 0 for None."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen in one frame on the first look.

    `detections` are None where nobody looked for vehicles. `size_px` is the longest side at which they were looked for;
    None there, and where their boxes come from a file.
    """

    frame: int
    time_s: float
    detections: Detections | None
    size_px: int | None
    motion: CameraMotion
    dark: bool


class Observations(Sequence[Observation]):
    """Those of one frame after the other: 130 bytes for each frame, and 24 for each box."""

    def __init__(self, seen: Iterable[Observation] = ()) -> None:
        self._frames, self._found = Spool(FRAME), PackedDetections()
        for one in seen:
            self.append(one)

    def append(self, seen: Observation) -> None:
        """Take that of the next frame."""
        row = np.empty(1, FRAME)
        row["frame"], row["time_s"], row["dark"] = seen.frame, seen.time_s, seen.dark
        row["matrix"], row["affine"], row["known"] = seen.motion.matrix, seen.motion.affine, seen.motion.known
        row["size_px"], row["looked_at"] = seen.size_px or 0, seen.detections is not None
        self._frames.append(row)
        self._found.append(Detections.none() if seen.detections is None else seen.detections)

    def column(self, name: str) -> NDArray[Any]:
        """(n, ...) one field of FRAME, of all frames."""
        return self._frames.column(name)

    def blocks(self) -> Iterator[NDArray[np.void]]:
        """Runs of rows of FRAME that together are all frames."""
        return self._frames.blocks()

    def take_until(self, last: int) -> "Observations":
        """The frames up to number `last`, which are then no longer here."""
        count = int(np.searchsorted(self.column("frame"), last, side="right"))
        taken, rest = Observations(), Spool(FRAME)
        taken._found = self._found.take(count)
        for block in self._frames.blocks(count):
            rest.append(block)
        self._frames, taken._frames = rest, self._frames
        taken._frames.truncate(count)
        return taken

    def let_go_of_boxes(self) -> None:
        """Where somebody looked, no detections at all stand from now on for what was found."""
        self._found = PackedDetections()

    def __len__(self) -> int:
        return len(self._frames)

    def __iter__(self) -> Iterator[Observation]:
        return (self[index] for index in range(len(self)))

    @overload
    def __getitem__(self, chosen: int) -> Observation: ...

    @overload
    def __getitem__(self, chosen: slice) -> "Observations": ...

    def __getitem__(self, chosen: int | slice) -> "Observation | Observations":
        if isinstance(chosen, slice):
            return Observations(self[index] for index in range(*chosen.indices(len(self))))
        index = range(len(self))[chosen]
        row = self._frames.read(index, index + 1)[0]
        found = self._found[index] if len(self._found) else Detections.none()
        motion = CameraMotion(row["matrix"].copy(), row["affine"].copy(), bool(row["known"]))
        return Observation(
            frame=int(row["frame"]),
            time_s=float(row["time_s"]),
            detections=found if row["looked_at"] else None,
            size_px=int(row["size_px"]) or None,
            motion=motion,
            dark=bool(row["dark"]),
        )
