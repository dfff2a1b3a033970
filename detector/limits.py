"""How much of a clip is read at most. Held to in `clip_limits`.

A header of a few bytes may claim pictures that fill the memory, and a few megabytes may hold more pictures than a
machine looks at in a year.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What is read at most; a clip of four hours at 60 pictures a second, or of 8K, is well within the defaults.

    Attributes:
        pixels: of one picture.
        frames: pictures of the clip.
        memory_gib: for the pictures that a decoder holds at once. Reckoned from the header; where reading is confined
            (`detector.sandbox`), the system holds to it too.
    """

    pixels: int = 1 << 26
    frames: int = 1_000_000
    memory_gib: float = 8.0


DEFAULT_LIMITS = Limits()
