"""What a video file says of itself. Knows nothing of its pictures but the first."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from detector.clip_opening import picture_tracks
from detector.clip_pictures import HIGH_RANGE, Orientation
from detector.timecode import Timecode


@dataclass(frozen=True)
class ClipInfo:
    """What a file says of itself, known once its first picture is decoded.

    Attributes:
        path: as it was given.
        container: format name as libavformat has it, for example "mov,mp4,m4a,3gp,3g2,mj2".
        codec: for example "h264".
        width: pixels of the upright picture, as coded: pixels that are not square are left as they are.
        height: likewise.
        sample_aspect_ratio: width over height of one pixel of the upright picture; 1 if not stated.
        rotation_degrees: 0, 90, 180 or 270, clockwise, already applied to the images.
        frame_rate: average frames per second as declared; None if unknown. Never compute time from it.
        frames_declared: number of frames in the header, hidden ones included; None if not stated.
        duration_s: as declared; None if unknown.
        pixel_format: of the coded picture, for example "yuv420p10le".
        has_audio: whether a sound track exists.
        start_s: stamp of the first picture in seconds.
    """

    path: Path
    container: str
    codec: str
    width: int
    height: int
    sample_aspect_ratio: Fraction
    rotation_degrees: int
    frame_rate: Fraction | None
    frames_declared: int | None
    duration_s: float | None
    pixel_format: str
    has_audio: bool
    start_s: float


def describe(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    first: VideoFrame,
    turn: Orientation,
    start: Timecode,
) -> ClipInfo:
    """What the file says, with how its first picture becomes upright and when that is shown."""
    width, height = turn.size(first.width, first.height)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    duration_s: float | None = None
    if stream.duration is not None and stream.time_base is not None:
        duration_s = float(stream.duration * stream.time_base)
    elif container.duration is not None:
        duration_s = container.duration / av.time_base
    return ClipInfo(
        path=path,
        container=container.format.name,
        codec=stream.codec_context.name,
        width=width,
        height=height,
        sample_aspect_ratio=1 / aspect if turn.swapped else aspect,
        rotation_degrees=turn.rotation_degrees,
        frame_rate=stream.average_rate,
        frames_declared=stream.frames or None,
        duration_s=duration_s,
        pixel_format=first.format.name,
        has_audio=bool(container.streams.audio),
        start_s=start.seconds,
    )


def remarks(container: InputContainer, stream: VideoStream, first: VideoFrame) -> list[str]:
    """What a reader of the report should know of the file before judging what was seen in it."""
    found = []
    tracks = len(picture_tracks(container))
    if tracks > 1:
        found.append(f"the file holds {tracks} video tracks: only one, number {stream.index}, is looked at")
    if first.interlaced_frame:
        found.append("the pictures are interlaced: both fields are looked at as one, and what moves fast has combs")
    if first.color_trc in HIGH_RANGE:
        kind = HIGH_RANGE[first.color_trc]
        found.append(f"the pictures are of high dynamic range ({kind}): what is brighter than white paper is white")
    return found
