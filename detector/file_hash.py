"""By what clips and outputs are known again: the hash of their bytes, and for a moment what the file system says."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FileState:
    """What changes when a file is replaced, written to or cut short. By chance another may be the same."""

    device: int
    inode: int
    bytes: int
    modified_ns: int


def state_of(path: Path) -> FileState | None:
    """The state a file is in; None where there is none that can be looked at."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # the second for a name that no file can have
        return None
    return FileState(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
