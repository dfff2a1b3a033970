"""Write an annotated clip: H.264 in MP4 that browsers play, with the clip's own time stamps and its sound.

Knows nothing of what is drawn.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream
from numpy.typing import NDArray

from detector.clip_pictures import resized
from detector.clip_sound import Silence, SoundSource
from detector.timecode import FALLBACK_RATE, FALLBACK_TIME_BASE, Timecode
from detector.video_encoder import best_encoder

if TYPE_CHECKING:
    from av.container.core import Chapter as ListedChapter

# A fragment a second, each handed to the system at once; at the end an index over all of them is put behind. Without
# delay_moov the moment at which a track begins is lost.
IN_FRAGMENTS = {"movflags": "hybrid_fragmented+delay_moov", "frag_duration": "1000000", "flush_packets": "1"}
HEAD_BYTES = 1 << 16  # there must be room for
BT709, BT601 = 1, 6  # the numbers of the standards in H.264
LONGEST_SIDE_PX = 16384  # that x264 takes


@dataclass(frozen=True)
class Chapter:
    """A stretch of a clip that players can jump to; times in the source's own stamps."""

    start_s: float
    end_s: float
    title: str


class ClipWriter:
    """Writes a clip beside its final name and renames it when all went well; a context manager.

    What is written by then plays, up to the last whole second, also if the process is killed: its file ends in `.part`.

    Sides of odd length are padded by repeating the last row or column; pictures longer than the encoder takes are made
    smaller. A stamp that is not later than the one before is
    put one tick after it. If no picture is written, no file appears.

    Without a source, stamps are kept as they are. With one, the moment where a player starts the source becomes zero,
    or the first picture, if the beginning of the source is left out: then pictures keep their distance from the sound.

    Args:
        path: the MP4 to write; an existing file is replaced at the end.
        width: of the pictures that will come, in pixels.
        height: likewise.
        source: the clip whose sound is copied, for as long as there are pictures, or `Silence` where it is not to be
            opened. Its own chapters are not copied.
        chapters: in order, none inside another.

    Attributes:
        comment: a remark that players show, such as that the clip is not whole.

    Raises:
        ClipError: the source cannot be read.
        av.FFmpegError, OSError: the file cannot be written.
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        source: Path | Silence | None = None,
        chapters: Sequence[Chapter] = (),
    ) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._front = path.with_name(f"{path.name}.front")
        self._size = (width, height)
        self._chapters = chapters
        self.comment: str | None = None
        self._sound = SoundSource(source) if isinstance(source, Path) else source
        self._output: OutputContainer | None = None
        self._last_pts = -1

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the sound was left out and why, in words. Complete once the context is left."""
        return tuple(self._sound.notes) if self._sound else ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._output is not None and kind is None:
                self._output.mux(self._video.encode(None))
                self._copy_sound(self._last_pts * self._time_base + 1 / self._frame_rate)
                self._output.close()
                os.replace(self._with_index_in_front(), self._path)
            elif self._output is not None:
                self._output.close()
        finally:
            self._part.unlink(missing_ok=True)
            self._front.unlink(missing_ok=True)
            if self._sound is not None:
                self._sound.close()

    def write(self, image: NDArray[np.uint8], time: Timecode) -> None:
        """Append a picture.

        Args:
            image: (height, width, 3) uint8 BGR.
            time: its stamp; all of a clip share one time base.

        Raises:
            ValueError: the image has another size or type, or the time base has changed.
        """
        width, height = self._size
        if image.shape != (height, width, 3) or image.dtype != np.uint8:
            raise ValueError(f"{self._path}: takes ({height}, {width}, 3) uint8, not {image.shape} {image.dtype}")
        if self._output is None:
            self._output = self._open(time)
        if time.time_base != self._time_base:
            raise ValueError(f"{self._path}: began with time base {self._time_base}, now {time.time_base}")
        self._last_pts = max(time.pts - self._origin_pts, self._last_pts + 1)
        image = _fit_for_the_encoder(image)
        # By BT.601, the only matrix that OpenCV knows: swscale takes six times as long. The file says so.
        planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = self._last_pts, self._time_base
        self._output.mux(self._video.encode(frame))
        self._copy_sound(self._last_pts * self._time_base)

    def _open(self, first: Timecode) -> OutputContainer:
        # The edit list counts in movie ticks: a coarser clock than the track's would round where the pictures begin.
        self._movie_timescale = str(first.time_base.denominator)
        options = {**IN_FRAGMENTS, "movie_timescale": self._movie_timescale}
        self._part.write_bytes(bytes(HEAD_BYTES))  # PyAV never closes a file for whose head there is no room
        output = av.open(_address(self._part), "w", format="mp4", container_options=options)
        self._time_base = first.time_base
        self._frame_rate = (self._sound.frame_rate if self._sound else None) or FALLBACK_RATE
        width, height = (side + side % 2 for side in encoded_size(*self._size))
        encoder = best_encoder(width, height)
        stream = output.add_stream(encoder.name, rate=self._frame_rate, options=dict(encoder.options))
        self._video = cast(VideoStream, stream)
        self._video.width, self._video.height = width, height
        self._video.pix_fmt = "yuv420p"
        context = self._video.codec_context
        context.time_base = first.time_base
        context.color_primaries = context.color_trc = BT709
        context.colorspace = BT601
        context.color_range = ColorRange.MPEG
        origin = self._sound.origin(first) if self._sound else Fraction(0)
        self._origin_pts = round(origin / first.time_base)
        if self._sound is not None:
            self._sound.add_to(output, origin)
        output.set_chapters([_listed(number, chapter, float(origin)) for number, chapter in enumerate(self._chapters)])
        return output

    def _with_index_in_front(self) -> Path:
        """Copy what was written into a plain MP4: the muxer cannot write fragments and an index in front in one go.

        Where there is no room for a copy, it stays as it is, a plain MP4 with its index at the end.
        """
        try:
            self._copy_to_front()
        except (OSError, av.FFmpegError):
            return self._part
        return self._front

    def _copy_to_front(self) -> None:
        options = {"movflags": "faststart", "movie_timescale": self._movie_timescale}
        with (
            av.open(_address(self._part)) as written,
            av.open(_address(self._front), "w", format="mp4", container_options=options) as output,
        ):
            own = [*written.streams.video, *written.streams.audio]  # chapters are a track of their own there
            tracks = {stream.index: output.add_stream_from_template(stream) for stream in own}
            output.set_chapters(written.chapters())
            if self.comment:
                output.metadata["comment"] = self.comment
            for packet in written.demux(own):
                if packet.dts is not None:
                    packet.stream = tracks[packet.stream.index]
                    output.mux(packet)

    def _copy_sound(self, until_s: Fraction) -> None:
        if self._sound is not None and self._output is not None:
            for packet in self._sound.packets_until(until_s):
                self._output.mux(packet)


def encoded_size(width: int, height: int) -> tuple[int, int]:
    """Width and height in pixels at which pictures of this size are encoded, sides of odd length not yet padded."""
    share = min(1.0, LONGEST_SIDE_PX / max(width, height))
    return max(1, round(share * width)), max(1, round(share * height))


def _fit_for_the_encoder(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    if (width, height) != encoded_size(width, height):
        image = resized(image, *encoded_size(width, height))
        height, width = image.shape[:2]
    if not (width % 2 or height % 2):
        return image
    return np.asarray(cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE), np.uint8)


def _address(path: Path) -> str:
    """As FFmpeg takes a local file by any name."""
    return f"file:{os.path.abspath(path)}"


def video_zero_s(source: Path, first_s: float) -> float:
    """The moment of a source, in its own stamps, that is zero in a clip written from it.

    Args:
        source: the clip.
        first_s: stamp of the first picture written.

    Raises:
        ClipError: the source cannot be read.
    """
    sound = SoundSource(source)
    try:
        return float(sound.origin(Timecode(round(first_s / FALLBACK_TIME_BASE), FALLBACK_TIME_BASE)))
    finally:
        sound.close()


def _listed(number: int, chapter: Chapter, origin_s: float) -> "ListedChapter":
    """A chapter as PyAV takes it, in milliseconds from the origin; one without length is lost by players."""
    start_ms = max(0, round((chapter.start_s - origin_s) * 1000))
    end_ms = max(start_ms + 1, round((chapter.end_s - origin_s) * 1000))
    return {
        "id": number,
        "start": start_ms,
        "end": end_ms,
        "time_base": Fraction(1, 1000),
        "metadata": {"title": chapter.title},
    }
