"""What reads a file that a stranger may have written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Parser:
    """What reads a file, a sound file for it, and the errors it may raise."""

    name: str
    sound: bytes
    read: Callable[[Path], object]
    errors: tuple[type[Exception], ...]
