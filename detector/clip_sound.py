"""The sound of a clip, copied packet by packet into another file. Knows nothing of pictures but when they begin."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer
from av.packet import Packet

from detector.clip_opening import error_text, open_container, video_stream
from detector.timecode import Timecode

CODECS_IN_MP4 = {"aac", "mp3", "ac3", "eac3", "opus", "alac", "flac"}


class Silence:
    """Stands for the sound of a clip that is not to be opened here: the first picture written is zero."""

    def __init__(self, frame_rate: Fraction | None) -> None:
        self.frame_rate = frame_rate
        self.notes = ["the sound is left out: reading is confined"]

    def origin(self, first: Timecode) -> Fraction:
        return Fraction(first.pts) * first.time_base

    def add_to(self, output: OutputContainer, origin: Fraction) -> None:
        pass

    def packets_until(self, end_s: Fraction) -> Iterator["Packet[AudioStream]"]:
        return iter(())

    def close(self) -> None:
        pass


class SoundSource:
    """The sound track of a clip, read alongside the pictures that are being written.

    Args:
        path: the clip.

    Attributes:
        frame_rate: average rate of its pictures; None if unknown.
        notes: what was left out and why, in words.

    Raises:
        ClipError: the clip cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.notes: list[str] = []
        self._container = open_container(path)
        video = video_stream(self._container, path)
        self.frame_rate = video.average_rate
        self._picture_start = (video.start_time or 0) * (video.time_base or Fraction(1))
        self._track = self._choose_track()
        self._packets = self._read()
        self._next: Packet[AudioStream] | None = None
        self._last_dts: int | None = None
        self._headers_off: BitStreamFilterContext | None = None

    def close(self) -> None:
        """Let go of the clip."""
        self._container.close()

    def origin(self, first: Timecode) -> Fraction:
        """The moment of the clip, in seconds, that becomes zero when `first` is the first picture to be written.

        Where a player starts the clip; or `first`, when the beginning of the clip is left out.
        """
        begin = Fraction(first.pts) * first.time_base
        if begin - self._picture_start > 2 / (self.frame_rate or Fraction(25)):
            return begin
        start = self._container.start_time
        return begin if start is None else round(Fraction(start, av.time_base) / first.time_base) * first.time_base

    def add_to(self, output: OutputContainer, origin: Fraction) -> None:
        """Give `output` a track for the sound; `origin` is the moment of the clip that is zero there, in seconds."""
        self._origin = origin
        self._copy = None if self._track is None else output.add_stream_from_template(self._track)
        if (
            self._track is not None
            and self._track.codec_context.name == "aac"
            and not self._track.codec_context.extradata
        ):
            # MP4 wants each packet of AAC without the header that streams put before it. The muxer does this by itself,
            # but not when it writes fragments.
            self._headers_off = BitStreamFilterContext("aac_adtstoasc", self._track)

    def packets_until(self, end_s: Fraction) -> Iterator["Packet[AudioStream]"]:
        """The packets not yet given that begin before `end_s`, counted from the origin, ready to be written."""
        while self._copy is not None:
            self._next = self._next or next(self._packets, None)
            packet = self._next
            if packet is None or packet.pts is None or packet.pts * packet.time_base >= end_s:
                return
            self._next = None
            for ready in [packet] if self._headers_off is None else self._headers_off.filter(packet):
                ready.stream = self._copy
                yield cast("Packet[AudioStream]", ready)

    def _choose_track(self) -> AudioStream | None:
        track = self._container.streams.best("audio")
        if not isinstance(track, AudioStream):
            return None
        codec = track.codec_context.name if track.codec_context is not None else "an unknown codec"
        if codec.removesuffix("float") not in CODECS_IN_MP4:
            self.notes.append(f"the sound is left out: {codec} cannot be played from an MP4")
            return None
        return track

    def _read(self) -> Iterator["Packet[AudioStream]"]:
        """Packets in order, their stamps counted from the origin; none that ends before it."""
        assert self._track is not None
        try:
            for packet in self._container.demux(self._track):
                if packet.pts is None or packet.dts is None:
                    continue
                shift = round(self._origin / packet.time_base)
                over = packet.pts + (packet.duration or 0) <= shift and self._origin > self._picture_start
                if over or (self._last_dts is not None and packet.dts <= self._last_dts):
                    continue
                self._last_dts = packet.dts
                packet.pts -= shift
                packet.dts -= shift
                yield packet
        except av.FFmpegError as error:
            self.notes.append(f"the sound ends early: {error_text(error)}")
