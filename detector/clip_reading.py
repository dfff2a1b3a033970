"""How a clip is opened for reading: in this process, or in one that can do nothing else."""

from pathlib import Path

from detector.clip import ClipReader
from detector.limits import DEFAULT_LIMITS, Limits
from detector.sandbox.reader import SandboxedReader

Reader = ClipReader | SandboxedReader


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
