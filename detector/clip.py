"""Read a recorded clip: upright pictures with the file's own time stamps, and what of it could not be read.

Knows nothing of networks, tracks or reports.
"""

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
from av.codec.context import ThreadType
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from detector import asf_packets
from detector.clip_ending import log_end_of_file, missing_share
from detector.clip_info import ClipInfo, describe, remarks
from detector.clip_limits import check_frames, check_pictures
from detector.clip_opening import (
    ClipError,
    check_not_encrypted,
    error_text,
    missing_bytes,
    open_container,
    video_stream,
    why_no_picture,
)
from detector.clip_pictures import upright_turn
from detector.damage import GUESSED, LEAP_FACTOR, SHORT_LEAP_FACTOR, Damage, DamageLog
from detector.frame import Converters, Frame, ImagePicture, Picture, upright_picture
from detector.limits import DEFAULT_LIMITS, Limits
from detector.silent_losses import SilentLosses
from detector.timecode import Clock, Timecode

__all__ = ["ClipError", "ClipInfo", "ClipReader", "Damage", "Frame", "Timecode"]

# With several threads a damaged clip decodes differently from run to run (which pictures are marked corrupt, how they
# are repaired), and the last pictures before a cut-off are lost. Threads by slice switch the repair off and hide the
# damage. One thread gives the same pictures and the same damage every time.
DECODER_THREADS = ThreadType.NONE


class ClipReader:
    """Reads a clip once, front to back, as a context manager.

    Everything from the beginning is decoded, also with `start_s`, so that `Frame.index` is always the index within the
    whole clip; pictures before `start_s` are not converted and do not count in `frames_decoded`. Reading stops at
    `end_s`: damage after that is not seen.

    Args:
        path: a local file.
        start_s: leave out pictures earlier than this many seconds after the first picture.
        end_s: leave out pictures at or after this many seconds after the first picture.
        limits: what is read at most. More pictures than the header told are damage where they go beyond.

    Attributes:
        info: what the file says of itself.
        frames_decoded: frames given so far.
        frames_failed: pictures that could not be decoded so far, as far as the decoder lets on.
        notes: oddities that are no damage, in words: hidden pictures, stamps put right, size changes.

    Raises:
        ClipError: no picture can be had from the file at all.
        ValueError: the range is empty.
    """

    def __init__(
        self, path: Path, start_s: float | None = None, end_s: float | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self._start_s = 0.0 if start_s is None else start_s
        self._end_s = math.inf if end_s is None else end_s
        if not 0 <= self._start_s < self._end_s:
            raise ValueError(f"the range from {start_s} to {end_s} seconds is empty: give 0 <= from < to")
        self.frames_decoded = 0
        self.frames_failed = 0
        self.notes: list[str] = []
        self._packets_read = self._packets_hidden = 0
        self._last_error: str | None = None
        self._stated = 0  # pictures a player should show, known once the whole clip is read
        self._missing_share = 0.0  # of the bytes, where the header states the length of the whole file
        self._end_lost = False
        self._unseen: list[int] = []  # stamps of the packets read before the first picture came out
        self._begun = False
        self._container = open_container(path, limits.pixels)
        try:
            self._log = DamageLog(SHORT_LEAP_FACTOR if self._container.format.name == "asf" else LEAP_FACTOR)
            self._stream = video_stream(self._container, path)
            check_pictures(self._stream, path, limits)
            if end_s is None:
                check_frames(self._container, self._stream, path, limits)
            self._most_frames, self._size_at_start = limits.frames, path.stat().st_size
            self._stream.codec_context.thread_type = DECODER_THREADS
            self._clock = Clock(self._stream.time_base, self._stream.average_rate)
            context = self._stream.codec_context
            pixels = context.width * context.height
            has_sound = bool(self._container.streams.audio)
            self._losses = SilentLosses(path, self._container.format.name, has_sound, context.name, pixels)
            self._pictures = self._stamped()
            self._waiting = next(self._pictures, None)
            if self._waiting is None:
                raise ClipError(why_no_picture(path, self._stream, self._packets_read, self._last_error, limits.pixels))
            self._begun = True
            first, start, _ = self._waiting
            self._note_late_start(first)
            self._turn, odd_turn = upright_turn(first)
            self.notes += odd_turn
            self._converters = Converters()
            self.info = describe(path, self._container, self._stream, first, self._turn, start)
            self.notes += remarks(self._container, self._stream, first)
        except BaseException:
            self._container.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    @property
    def damage(self) -> tuple[Damage, ...]:
        """Places where the clip could not be read, in order. Complete once iteration has ended."""
        return self._log.places()

    @property
    def share_read(self) -> float | None:
        """The share of the pictures in the range that came out; 1 where nothing is damaged.

        None where the end is lost and the header states neither how many pictures there were nor how many bytes.
        """
        if self._log.empty and not self.frames_failed:
            return 1.0
        if self._end_lost and not self._stated and not self._missing_share:
            return None
        of = max(self.frames_decoded + self.frames_failed, self._stated, 1)
        return min(1 - self._missing_share, self.frames_decoded / of)

    def __iter__(self) -> Iterator[Frame]:
        """Frames in the order shown.

        Raises:
            RuntimeError: on a second pass; open the clip again for that.
        """
        if self._waiting is None:
            raise RuntimeError(f"{self.info.path}: a ClipReader reads once; open another for a second pass")
        pictures = itertools.chain([self._waiting], self._pictures)
        begin, self._waiting = self._waiting[1], None
        for index, (picture, time, repair) in enumerate(pictures):
            since_s = float((time.pts - begin.pts) * time.time_base)
            if since_s >= self._end_s:
                self._add_overdue(before=time.pts)
                return
            if index >= self._most_frames:
                self._log.trouble(f"not more than {index} pictures are looked at; lift --most-frames", time.pts)
                return
            if repair:
                self._note(repair)
            if picture.is_corrupt:
                self._log.trouble(GUESSED, time.pts)
            self._log.frame(time, picture.key_frame)
            upright = self._upright(picture, time) if since_s >= self._start_s else None
            if upright is not None:
                self.frames_decoded += 1
                yield Frame(index, time, upright, picture.is_corrupt)
        self._look_back()

    def _stamped(self) -> Iterator[tuple[VideoFrame, Timecode, str | None]]:
        """Pictures, each with its time and what had to be put right about that."""
        for picture in self._decode():
            self._losses.settled(picture.pts)
            yield picture, *self._clock.stamp(picture)

    def _decode(self) -> Iterator[VideoFrame]:
        """Pictures to the end of the file, whatever fails on the way."""
        try:
            for packet in self._packets():
                self._packets_read += packet.size > 0
                self._packets_hidden += packet.is_discard
                if self._packets_hidden > self._most_frames:
                    self._last_error = "the edit list hides more pictures than are read; lift --most-frames"
                    self._log.trouble(self._last_error)
                    return
                pts = self._clock.shifted(packet.pts)
                if packet.is_corrupt:
                    self._log.trouble("the file ends or is broken within a picture", pts)
                if self._losses.beyond_reason(packet):
                    self._log.trouble("the file cannot be followed after this picture", pts)
                self._losses.expect(packet, pts)
                pictures = self._decode_packet(packet)
                if not self._begun and packet.pts is not None and not packet.is_discard:
                    self._unseen.append(packet.pts)
                yield from pictures
        except av.FFmpegError as error:
            self._log.trouble(f"reading stopped before the end ({error_text(error)})")
            yield from self._decode_packet(None)

    def _packets(self) -> "Iterator[Packet[VideoStream]]":
        """Those of the pictures; the others tell which bytes of the file are theirs."""
        for packet in self._container.demux():
            if (packet.pos or 0) > self._size_at_start:
                self._log.trouble("the file grew while it was read: what was added is not looked at")
                return
            skipped = self._losses.skipped_bytes(packet)
            own = packet.stream is self._stream  # at the end, packets carry no number of their own
            if skipped:
                pts = self._clock.shifted(packet.pts) if own else None
                self._log.trouble(f"{skipped} bytes of the file could not be followed", pts, spoiling=False)
            if own:
                yield cast("Packet[VideoStream]", packet)

    def _decode_packet(self, packet: "Packet[VideoStream] | None") -> list[VideoFrame]:
        expected_dts = packet.dts if packet is not None and packet.size and packet.pts is None else None
        if expected_dts is not None:
            self._clock.expect(expected_dts)
        try:
            check_not_encrypted(packet)
            return self._stream.decode(packet)
        except (av.FFmpegError, ValueError) as error:
            if expected_dts is not None:
                self._clock.expect_no_more()
            self.frames_failed += 1
            self._last_error = error_text(error)
            pts = self._clock.shifted(packet.pts) if packet else None
            self._losses.settled(packet.pts if packet else None)
            self._log.trouble(f"pictures could not be decoded ({self._last_error})", pts)
            return []

    def _add_overdue(self, before: int | None = None) -> None:
        for pts in self._losses.overdue(before):
            self.frames_failed += 1
            self._log.trouble("the decoder gave no picture and no error", pts)

    def _look_back(self) -> None:
        """What can be said only at the end: hidden pictures, and losses that came without an error."""
        self._add_overdue()
        declared = self._stream.frames
        if self._packets_hidden:
            self._note(f"{self._packets_hidden} pictures lie outside the file's edit list: no player shows them")
        leaps = self._log.leaps()
        if leaps and self._log.empty:  # otherwise they are among the damage
            count, frame, length_s = leaps
            self._note(
                f"time stamps leap in {count} place(s), furthest after frame {frame} ({length_s:.3g} s): "
                "pictures may be lost"
            )
        if not (path := self.info.path).exists():  # taken away while it was read
            return
        missing = missing_bytes(path)
        for pts in asf_packets.broken_packets(path) if self.info.container == "asf" else []:
            self._log.trouble("parts of the file could not be followed", self._clock.shifted(pts))
        unread = self._losses.unread_end() if self._log.empty else 0
        if self._log.empty and not (self._start_s or self.frames_failed):
            self.notes += self._losses.remarks(self.info, self._log.last)
        if not self._start_s:
            self._stated = declared - self._packets_hidden
            self._missing_share = missing_share(self.info, missing)
        odd = log_end_of_file(
            self._log, self.info, self._stream.id, missing, unread, declared=declared, read=self._packets_read
        )
        if odd:
            self._note(odd)
        if self.info.container == "avi" and self.frames_decoded < declared and not (self._log.empty or self._start_s):
            self._note("an AVI holds no time stamps: after what is lost, all times may be too early")
        self._end_lost = any(place.until_s is None for place in self._log.places())

    def _upright(self, coded: VideoFrame, time: Timecode) -> Picture | None:
        try:
            picture = upright_picture(coded, self._turn, self._converters)
        except (av.FFmpegError, ValueError) as error:
            self.frames_failed += 1
            self._log.trouble(f"{coded.format.name} pictures could not be converted ({error_text(error)})", time.pts)
            return None
        size = (self.info.width, self.info.height)
        if (picture.width, picture.height) == size:
            return picture
        self._note("the picture size changes in mid-clip: later pictures are scaled to the first size")
        return ImagePicture(picture.image).scaled(*size)

    def _note_late_start(self, first: VideoFrame) -> None:
        """A clip cut out of a stream begins with pictures that lean on ones it does not hold: decoders drop them."""
        self._losses.forget_before(first.pts or 0)
        lost = sum(pts < first.pts for pts in self._unseen) - self.frames_failed if first.pts is not None else 0
        if lost > 0:
            self.frames_failed += lost
            self._note(f"the clip begins between key frames: its first {lost} pictures cannot be decoded by anyone")

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
