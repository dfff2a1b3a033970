"""Tiny clips for the tests, rendered on the spot: each frame has its own grey level and a white corner."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.stream import Disposition
from numpy.typing import NDArray

LEVEL_STEP = 7
CORNER_SHARE = 4


def picture(index: int, width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 BGR: the level says which frame it is, the white top left corner which way is up."""
    image = np.full((height, width, 3), level(index), np.uint8)
    image[: height // CORNER_SHARE, : width // CORNER_SHARE] = 255
    return image


def level(index: int) -> int:
    """Grey level of frame `index`, different for neighbours."""
    return 20 + index * LEVEL_STEP % 180


def busy_picture(index: int, width: int, height: int) -> NDArray[np.uint8]:
    """Noise, which does not compress, for tests that cut or break a file in the middle of its pictures."""
    return np.random.default_rng(index).integers(0, 255, (height, width, 3), np.uint8)


def drifting_picture(index: int, width: int, height: int) -> NDArray[np.uint8]:
    """A rough ground that moves by three pixels from frame to frame: each is told from its neighbour, and from those
    that a decoder would put together of broken parts."""
    rough = np.random.default_rng(0).integers(0, 255, (height, width + 600, 3), np.uint8)
    seen = rough[:, 3 * index % 600 :][:, :width]
    return np.ascontiguousarray((seen.astype(np.uint16) + np.roll(seen, 1, 0) + np.roll(seen, 1, 1)) // 3, np.uint8)


def write_clip(
    path: Path,
    frames: int = 20,
    size: tuple[int, int] = (64, 48),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    rotation: int = 0,
    mirrored: bool = False,
    aspect: Fraction | None = None,
    cover_art: bool = False,
    pts: Sequence[int] | None = None,
    time_base: Fraction = Fraction(1, 1000),
    frame_rate: int = 25,
    audio: str | None = None,
    busy: bool = False,
    draw: Callable[[int, int, int], NDArray[np.uint8]] | None = None,
    container_options: dict[str, str] | None = None,
    codec_options: dict[str, str] | None = None,
) -> Path:
    """Write a clip and give its path back.

    Args:
        frames: how many pictures; 0 with `audio` makes a file without any video.
        size: width and height in pixels, as coded.
        rotation: degrees counterclockwise that a player has to turn the picture by.
        mirrored: whether a player has to swap left and right.
        aspect: width over height of one pixel.
        cover_art: the picture is the cover of the sound, not a video.
        pts: stamps in `time_base` ticks, one for each frame; evenly spaced by `frame_rate` if left out.
        audio: a codec name such as "aac", for a quiet sound track of the same length.
        busy: noise instead of flat grey.
        draw: gives the picture of a number, a width and a height, instead of either.
    """
    tick = 1 / (frame_rate * time_base)
    stamps = [round(index * tick) for index in range(frames)] if pts is None else list(pts)
    draw = draw or (busy_picture if busy else picture)
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        if frames:
            video = container.add_stream(codec, rate=frame_rate, options=codec_options or {})
            video.width, video.height = size
            video.pix_fmt = pixel_format
            video.codec_context.time_base = time_base
            if cover_art:
                video.disposition = Disposition.attached_pic
            if aspect:
                video.codec_context.sample_aspect_ratio = aspect
            if rotation or mirrored:
                video.set_display_rotation(rotation, hflip=mirrored)
        sound = container.add_stream(audio, rate=48000) if audio else None
        for index, stamp in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(draw(index, *size), format="bgr24").reformat(format=pixel_format)
            frame.pts, frame.time_base = stamp, time_base
            container.mux(video.encode(frame))
        if frames:
            container.mux(video.encode(None))
        if sound is not None:
            _write_sound(container, sound, seconds=max(1.0, float(max(stamps, default=0) * time_base)))
    return path


def cut(path: Path, share: float) -> Path:
    """A copy that ends after this share of the bytes."""
    short = path.with_name(f"cut_{share}_{path.name}")
    content = path.read_bytes()
    short.write_bytes(content[: int(len(content) * share) | 1])  # odd, so never at the end of a transport packet
    return short


def _write_sound(container: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    samples = 960
    for start in range(0, int(seconds * 48000), samples):
        frame = av.AudioFrame.from_ndarray(np.zeros((2, samples), np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
