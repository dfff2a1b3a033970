"""Clips broken on purpose, by seed: what happens to footage on its way, and what is done to make harm."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.bombs import bombs
from tests.clips import drifting_picture, write_clip

FRAMES = 30
FORMATS: dict[str, dict[str, object]] = {
    "front.mp4": {"container_options": {"movflags": "faststart"}},
    "back.mp4": {},
    "fragments.mp4": {"container_options": {"movflags": "frag_keyframe+empty_moov"}},
    "clip.mkv": {},
    "clip.webm": {"codec": "libvpx-vp9"},
    "clip.ts": {},
    "clip.flv": {"codec": "flv1"},
    "clip.avi": {"codec": "mjpeg", "pixel_format": "yuvj420p"},
    "clip.wmv": {"codec": "wmv2"},
    "clip.gif": {"codec": "gif", "pixel_format": "rgb8"},
    "clip.mpg": {"codec": "mpeg2video"},
    "hevc.mp4": {"codec": "libx265", "codec_options": {"x265-params": "log-level=none:keyint=10"}},
    "av1.mp4": {"codec": "libsvtav1", "codec_options": {"g": "10", "preset": "13"}},
}
LIES = (0, 1, 0x7FFFFFFF, 0xFFFFFFFF)


@dataclass(frozen=True)
class Broken:
    """One case.

    Attributes:
        fault: the class of fault it belongs to.
        path: the file.
        frames: how many pictures the sound clip holds, if known.
        sound: the clip before it was broken, where there is one.
    """

    fault: str
    path: Path
    frames: int | None
    sound: Path | None = None


def sound_clips(folder: Path) -> dict[str, bytes]:
    """One small clip of each format, by name."""
    os.environ.setdefault("SVT_LOG", "1")  # errors only
    options = {"frames": FRAMES, "size": (96, 64), "draw": drifting_picture, "time_base": Fraction(1, 25)}
    options["codec_options"] = {"g": "10"}
    return {
        name: write_clip(folder / name, **{**options, **own}).read_bytes()  # type: ignore[arg-type]
        for name, own in FORMATS.items()
    }


def broken_clips(folder: Path, flips: int) -> Iterator[Broken]:
    """All cases, each written when it is asked for; `flips` is how many with flipped bytes."""
    sound = sound_clips(folder)
    for name, content in sound.items():
        for percent in range(5, 100, 5):
            yield _written(folder, "cut off at every 5 %", name, content[: len(content) * percent // 100 | 1], percent)
        for seed in range(4):
            yield _written(folder, "a twentieth overwritten", name, with_hole(content, seed), seed)
    for seed in range(flips):
        name = list(sound)[seed % len(sound)]
        yield _written(folder, "bytes flipped", name, with_flips(sound[name], seed), seed)
    for number, content in enumerate(with_boxes_swapped(sound["front.mp4"])):
        yield _written(folder, "boxes swapped", "front.mp4", content, number)
    for seed in range(flips // 5):
        name = ("front.mp4", "clip.mkv", "clip.avi", "clip.wmv", "clip.gif")[seed % 5]
        yield _written(folder, "lies in headers", name, with_lies(sound[name], seed), seed)


def with_hole(content: bytes, seed: int) -> bytes:
    """A twentieth of the bytes, behind the header, is noise or nothing."""
    generator = np.random.default_rng(seed)
    length = len(content) // 20
    begin = int(generator.integers(len(content) // 10, len(content) - length))
    filling = generator.bytes(length) if seed % 2 else bytes(length)
    return content[:begin] + filling + content[begin + length :]


def with_flips(content: bytes, seed: int) -> bytes:
    """One to eight bytes anywhere have other values."""
    generator = np.random.default_rng(seed)
    changed = bytearray(content)
    for position in generator.integers(0, len(content), int(generator.integers(1, 9))):
        changed[position] ^= int(generator.integers(1, 256))
    return bytes(changed)


def with_boxes_swapped(content: bytes) -> Iterator[bytes]:
    """The top-level boxes of an MP4 in every other order."""
    boxes, position = [], 0
    while position < len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        boxes.append(content[position : position + length])
        position += length
    for order in itertools.permutations(boxes):
        if order != tuple(boxes):
            yield b"".join(order)


def with_lies(content: bytes, seed: int) -> bytes:
    """A number of four bytes within the header, such as a count, a size or a duration, is an extreme one."""
    generator = np.random.default_rng(seed)
    position = int(generator.integers(8, min(1500, len(content) // 4)))
    lie = LIES[int(generator.integers(len(LIES)))]
    return content[:position] + lie.to_bytes(4, "big" if seed % 2 else "little") + content[position + 4 :]


def hostile_clips(folder: Path) -> Iterator[Broken]:
    """Files that want other files opened or the memory filled; none holds a picture of its own but the real one."""
    write_clip(folder / "real.mp4", 2)
    scripts = {
        "ffconcat version 1.0\nfile real.mp4\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nreal.mp4\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/real.mp4\n",
        '<?xml version="1.0"?><MPD type="static"><Period><BaseURL>real.mp4</BaseURL></Period></MPD>',
        "v=0\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    }
    for number, (script, suffix) in enumerate(itertools.product(sorted(scripts), (".mp4", ".m3u8", ".avi", ".gif"))):
        yield _written(folder, "scripts and playlists", f"script{suffix}", script.encode(), number, frames=0)
    for bomb in bombs(folder):
        yield Broken("pictures that fill the memory or the day", bomb, 0)
    os.mkfifo(folder / "endless.mp4")
    yield Broken("no files", folder / "endless.mp4", 0)
    yield Broken("no files", Path("/dev/zero"), 0)


def _written(folder: Path, fault: str, name: str, content: bytes, number: int, frames: int = FRAMES) -> Broken:
    path = folder / f"{fault.split()[0]}{number}_{name}"
    path.write_bytes(content)
    return Broken(fault, path, frames, folder / name if frames else None)
