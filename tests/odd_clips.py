"""Clips that no encoder writes of its own accord: stamps put in by hand, files joined, a second video track."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, ColorTrc

from tests.clips import picture, write_clip

FLV_HEADER_BYTES, FLV_TAG_BYTES, FLV_VIDEO = 13, 11, 9


def join(path: Path, parts: Sequence[Path]) -> Path:
    """One file after the other, as recorders and careless tools do."""
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def with_flv_stamps(path: Path, stamps_ms: Sequence[int]) -> Path:
    """An FLV whose pictures carry these stamps, which no muxer would write."""
    write_clip(path, len(stamps_ms), codec="flv1")
    content, waiting = bytearray(path.read_bytes()), list(stamps_ms)
    position = FLV_HEADER_BYTES
    while position + FLV_TAG_BYTES < len(content) and waiting:
        if content[position] == FLV_VIDEO:
            content[position + 4 : position + 7] = waiting.pop(0).to_bytes(3, "big")
        position += FLV_TAG_BYTES + int.from_bytes(content[position + 1 : position + 4], "big") + 4
    path.write_bytes(content)
    return path


def write_two_tracks(
    path: Path,
    frames: int = 10,
    sizes: Sequence[tuple[int, int]] = ((64, 48), (32, 24)),
    first_frames: int | None = None,
) -> Path:
    """Two video tracks of these sizes, the first with as many pictures as said, or as many as the second."""
    with av.open(str(path), "w") as container:
        tracks = [container.add_stream("libx264", rate=25) for _ in range(2)]
        for track, size in zip(tracks, sizes, strict=True):
            track.width, track.height = size
            track.pix_fmt = "yuv420p"
        for index in range(frames):
            for track in tracks if first_frames is None or index < first_frames else tracks[1:]:
                frame = av.VideoFrame.from_ndarray(picture(index, track.width, track.height), format="bgr24")
                container.mux(track.encode(frame))
        for track in tracks:
            container.mux(track.encode(None))
    return path


def write_colours(
    path: Path,
    colours: Sequence[tuple[int, int, int]],
    codec: str,
    pixel_format: str,
    matrix: Colorspace,
    colour_range: ColorRange,
    transfer: ColorTrc = ColorTrc.BT709,
) -> Path:
    """Upright bars of these BGR colours, each 16 pixels wide, 64 high, in a clip that says how it codes colour."""
    bars = np.repeat(np.array([colours], np.uint8), 16, axis=1).repeat(64, axis=0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.height, stream.width = bars.shape[:2]
        stream.pix_fmt = pixel_format
        context = stream.codec_context
        context.colorspace, context.color_range, context.color_trc = matrix, colour_range, transfer
        for index in range(2):
            frame = av.VideoFrame.from_ndarray(bars, format="bgr24").reformat(
                format=pixel_format, dst_colorspace=matrix, dst_color_range=colour_range
            )
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
