"""What is true of drawn footage, frame by frame, and summed up for a file."""

from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class VehicleTruth:
    """One vehicle in one frame: its identity, class name, and left, top, right, bottom in pixels."""

    identity: int
    class_name: str
    xyxy: Box


@dataclass(frozen=True)
class FrameTruth:
    """Everything to be seen in one frame.

    Attributes:
        index: number of the frame, from 0.
        shot: number of the shot, from 0.
        vehicles: those of which enough is in the picture and not hidden.
        smoke, fire: where they are, None where there is none.
    """

    index: int
    shot: int
    vehicles: tuple[VehicleTruth, ...]
    smoke: Box | None
    fire: Box | None


def ranges(present: Sequence[bool]) -> list[list[int]]:
    """First and last frame of every unbroken run of True."""
    found: list[list[int]] = []
    for index, here in enumerate(present):
        if not here:
            continue
        if found and found[-1][1] == index - 1:
            found[-1][1] = index
        else:
            found.append([index, index])
    return found


def summarised(
    frames: Sequence[FrameTruth], size_px: tuple[int, int], frame_rate: int, convoy: frozenset[int]
) -> dict[str, object]:
    """The content of truth.json. Frames count from 0, ranges include their ends, `convoy` holds identities."""
    classes = {vehicle.identity: vehicle.class_name for frame in frames for vehicle in frame.vehicles}
    members = sorted(convoy & classes.keys())
    return {
        "frames": len(frames),
        "width": size_px[0],
        "height": size_px[1],
        "frame_rate": frame_rate,
        "shots": [_shot(frames, number) for number in sorted({frame.shot for frame in frames})],
        "tracks": [{"id": i, "class": classes[i], "convoy": i in convoy} for i in sorted(classes)],
        "convoys": [{"tracks": members, "size": len(members)}] if members else [],
        "smoke": ranges([frame.smoke is not None for frame in frames]),
        "fire": ranges([frame.fire is not None for frame in frames]),
        "boxes": [
            [
                {"id": v.identity, "class": v.class_name, "xyxy": [round(value, 1) for value in v.xyxy]}
                for v in frame.vehicles
            ]
            for frame in frames
        ],
    }


def _shot(frames: Sequence[FrameTruth], number: int) -> dict[str, int]:
    mine = [frame for frame in frames if frame.shot == number]
    return {
        "start": mine[0].index,
        "end": mine[-1].index,
        "most_at_once": max(len(frame.vehicles) for frame in mine),
        "distinct": len({vehicle.identity for frame in mine for vehicle in frame.vehicles}),
    }
