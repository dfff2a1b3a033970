"""How a clip is opened for reading: in this process, or in one that can do nothing else."""

from pathlib import Path

from detector.clip import ClipReader
from detector.limits import DEFAULT_LIMITS, Limits
from detector.sandbox.reader import SandboxedReader

Reader = ClipReader | SandboxedReader
ASSUMED_FRAME_RATE = (
    25.0  # where the file states none; only windows of shot detection and the rhythm of looks depend on it
)


def open_clip(
    path: Path,
    start_s: float | None = None,
    end_s: float | None = None,
    limits: Limits = DEFAULT_LIMITS,
    sandbox: bool = False,
) -> Reader:
    """A reader of the pictures from `start_s` to `end_s`; see `ClipReader` and `SandboxedReader`."""
    return (SandboxedReader if sandbox else ClipReader)(path, start_s, end_s, limits)


def confined(reader: Reader) -> tuple[str, ...] | None:
    """What the process that reads has given up; None if it is this one."""
    return reader.confined if isinstance(reader, SandboxedReader) else None


def frames_expected(reader: Reader, from_s: float | None, to_s: float | None) -> int | None:
    """About how many frames will be looked at, as far as the header tells."""
    declared, duration_s = reader.info.frames_declared, reader.info.duration_s
    if declared is None or (from_s is None and to_s is None):
        return declared
    if not duration_s:
        return None
    share = (min(to_s or duration_s, duration_s) - min(from_s or 0.0, duration_s)) / duration_s
    return round(declared * share)


def frame_rate(reader: Reader) -> float:
    """Frames a second, as far as the header can be believed."""
    rate = float(reader.info.frame_rate or ASSUMED_FRAME_RATE)
    return rate if 1 <= rate <= 1000 else ASSUMED_FRAME_RATE
