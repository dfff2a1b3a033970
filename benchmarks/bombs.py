"""Small files that claim to be huge: pictures of up to 65,535 x 65,535 in the headers of codecs, a million pictures.

Each is a real clip but for the numbers in its headers, so that the decoder gets as far as it can be led.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.clips import write_clip

SIDE = 65535
LESS = 16000  # which decoders would still take
PICTURES = 1_100_000


def huge_gif(path: Path, side: int = SIDE) -> Path:
    """The screen and every picture on it."""
    content = bytearray(write_clip(path, 2, codec="gif", pixel_format="rgb8").read_bytes())
    content[6:10] = struct.pack("<HH", side, side)
    at = content.find(b"\x2c\0\0\0\0")
    while at >= 0:
        content[at + 5 : at + 9] = struct.pack("<HH", side, side)
        at = content.find(b"\x2c\0\0\0\0", at + 1)
    return _written(path, bytes(content))


def huge_mjpeg(path: Path, side: int = SIDE) -> Path:
    """The frame header (SOF0) of every picture."""
    content = write_clip(path, 2, codec="mjpeg", pixel_format="yuvj420p").read_bytes()
    return _written(path, content.replace(struct.pack(">HH", 48, 64), struct.pack(">HH", side, side)))


def huge_png(path: Path, side: int = SIDE) -> Path:
    """PNG in QuickTime: the track and the headers of all pictures, with checksums that agree."""
    content = bytearray(write_clip(path, 2, codec="png", pixel_format="rgb24").read_bytes())
    content = content.replace(struct.pack(">HH", 64, 48), struct.pack(">HH", side, side))
    at = content.find(b"IHDR")
    while at >= 0:
        content[at + 4 : at + 12] = struct.pack(">II", side, side)
        content[at + 17 : at + 21] = struct.pack(">I", zlib.crc32(content[at : at + 17]))
        at = content.find(b"IHDR", at + 1)
    return _written(path, bytes(content))


def huge_vp9(path: Path, side: int = SIDE) -> Path:
    """The uncompressed header of the key frame: two times sixteen bits that begin in the middle of a byte."""
    content = bytearray(write_clip(path, 2, codec="libvpx-vp9").read_bytes())
    at = content.find(b"\x49\x83\x42") + 3
    head = int.from_bytes(content[at : at + 5], "big")
    size = (side - 1 << 16 | side - 1) << 4
    content[at : at + 5] = (head & 0xF << 36 | head & 0xF | size).to_bytes(5, "big")
    return _written(path, bytes(content))


def huge_h264(path: Path, side: int = SIDE) -> Path:
    """A sequence parameter set of so many macroblocks each way before real pictures."""
    content = write_clip(path, 2).read_bytes()
    set_bits = "".join(
        [
            f"{66:08b}{0:08b}{62:08b}",
            *map(_exp_golomb, (0, 0, 2, 16)),
            "0",
            _exp_golomb(-(-side // 16) - 1) * 2,
            "11001",
        ]
    )
    padded = set_bits.ljust(-(-len(set_bits) // 8) * 8, "0")
    parameters = int(padded, 2).to_bytes(len(padded) // 8, "big")
    return _written(path, b"\0\0\0\1\x67" + parameters + content[content.find(b"\0\0\0\1\x68") :])


def bombs(folder: Path) -> Iterator[Path]:
    """All of them, each written when it is asked for."""
    for make, name in (
        (huge_gif, "gif"),
        (huge_mjpeg, "avi"),
        (huge_png, "mov"),
        (huge_vp9, "webm"),
        (huge_h264, "h264"),
    ):
        for side in (SIDE, LESS):
            yield make(folder / f"huge{side}.{name}", side)
    yield many_in_gif(folder / "many.gif")
    yield many_in_mp4(folder / "many.mp4")


def many_in_gif(path: Path) -> Path:
    """A million pictures of one pixel in 25 MB; a GIF does not state how many it holds."""
    head = b"GIF89a\1\0\1\0\x80\0\0" + bytes(3) + b"\xff" * 3
    picture = b"\x21\xf9\4\0\4\0\0\0" + b"\x2c\0\0\0\0\1\0\1\0\0" + b"\2\2\x44\1\0"
    return _written(path, head + picture * PICTURES + b";")


def many_in_mp4(path: Path) -> Path:
    """An index that states a million pictures, all the same one."""
    content = write_clip(path, 1, (16, 16), codec="mpeg4").read_bytes()
    times, sizes = (content.index(name) for name in (b"stts", b"stsz"))
    changed = bytearray(content)
    changed[times + 12 : times + 16] = struct.pack(">I", PICTURES)
    changed[sizes + 12 : sizes + 16] = struct.pack(">I", PICTURES)
    return _written(path, bytes(changed))


def _exp_golomb(number: int) -> str:
    digits = f"{number + 1:b}"
    return "0" * (len(digits) - 1) + digits


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
