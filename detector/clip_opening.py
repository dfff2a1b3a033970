"""Open a video file, or say why it cannot be read. Knows containers and codecs, not pictures."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from detector.asf_packets import ASF_HEADER, stated_bytes
from detector.limits import Limits

# Containers that hold their own pictures. Playlists, concat scripts, image sequences and devices are left out on
# purpose: they make the decoder open other files than the one that was named.
CONTAINERS = "mov,matroska,mpegts,mpeg,mpegvideo,avi,flv,gif,asf,ogg,h264,hevc,vvc,m4v,mxf,dv,ivf,obu,mjpeg,nut,rm,wtv"

MP4_FIRST_BOXES = {b"ftyp", b"styp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid"}
EBML_HEADER = b"\x1a\x45\xdf\xa3"
MATROSKA_SEGMENT = b"\x18\x53\x80\x67"
TRANSPORT_SYNC = 0x47
TRANSPORT_PACKET_BYTES = 188
HEAD_BYTES = 1 << 20
ENCRYPTED = "encrypted"
PROBED_BYTES = 5_000_000  # by which FFmpeg tells what a file is; after that it goes by its name alone


class ClipError(Exception):
    """The input cannot be read at all. The message names the file, what is wrong with it and what to do."""


def open_container(path: Path, most_pixels: int = Limits.pixels) -> InputContainer:
    """Open a local file and nothing else: no protocol but file, no container that points elsewhere.

    Pictures of more pixels are not decoded, by which FFmpeg looks for what the header does not tell.

    Raises:
        ClipError: not a regular readable file, empty, or not a container that is known and allowed.
    """
    check_file(path)
    if _is_one_byte_over_and_over(path):
        raise ClipError(f"{path}: begins with {PROBED_BYTES} times the same byte, as wiped disks do; get another copy")
    try:
        # The prefix keeps names such as "http:x.mp4" or "-" from being read as addresses.
        return av.open(
            f"file:{os.path.abspath(path)}",
            "r",
            container_options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"},
            options={"max_pixels": str(most_pixels)},
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError) as error:
        raise ClipError(f"{path}: {_why_not_opened(path, error)}") from error


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The main picture track; cover art is left aside, and a track of one picture where there is another.

    Raises:
        ClipError: no picture track, or one that no decoder is at hand for.
    """
    tracks = picture_tracks(container)
    if not tracks and missing_bytes(path):
        raise ClipError(f"{path}: is cut off before its index is complete; get a complete copy")
    if not tracks:
        kinds = sorted({stream.type for stream in container.streams if stream.type != "video"})
        found = ", ".join(kinds + ["a cover picture"] * bool(container.streams.video)) or "nothing that can be played"
        raise ClipError(f"{path}: holds no video, only {found}; give the file that has the pictures")
    best = container.streams.best("video")
    for stream in sorted(tracks, key=lambda track: (track.frames == 1, track is not best)):  # a still is no clip
        # PyAV before 18.1 ends the whole process when a track without a codec context is decoded.
        if stream.codec_context is not None:
            return stream
    raise ClipError(f"{path}: its video is of a kind no decoder is at hand for; convert it to H.264 first")


def picture_tracks(container: InputContainer) -> list[VideoStream]:
    """All picture tracks but cover art."""
    return [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]


def why_no_picture(path: Path, stream: VideoStream, packets_read: int, last_error: str | None, most_pixels: int) -> str:
    """The message for a clip that opened but gave not one picture.

    Args:
        packets_read: packets of the track that held data.
        last_error: what the decoder said last, if anything.
    """
    codec = stream.codec_context.name
    if stream.codec_context.codec_tag == "encv" or last_error == ENCRYPTED or _says_encrypted(path):
        return f"{path}: the video is encrypted; give a copy without copy protection"
    if packets_read == 0:
        return (
            f"{path}: describes {codec} video but holds no picture: only a header, or cut off before the first one; "
            "get a complete copy"
        )
    return (
        f"{path}: not one of its {packets_read} pictures ({codec}) could be decoded "
        f"({last_error or 'no reason given'}); the file is damaged, or its pictures have more than {most_pixels} "
        "pixels: get another copy, or lift --most-pixels"
    )


def check_not_encrypted(packet: "Packet[VideoStream] | None") -> None:
    """Raise ValueError for an encrypted packet: decoders take it for the picture itself, and give noise for one."""
    if packet is not None and packet.has_sidedata("encryption_info"):
        raise ValueError(ENCRYPTED)


def error_text(error: Exception) -> str:
    """The cause alone, without the error number and the file name that PyAV puts around it."""
    return getattr(error, "strerror", None) or str(error)


def missing_bytes(path: Path) -> int:
    """How many bytes an MP4, Matroska or transport stream file lacks to end where its own outermost structure does.

    Of a Windows Media file what its header states, unless it was written without looking back.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(512)
        if head[4:8] in MP4_FIRST_BOXES:
            return max(0, max((end for _, end in mp4_boxes(file, size)), default=0) - size)
        if head.startswith(EBML_HEADER):
            return max(0, _matroska_end(head) - size)
        if head.startswith(ASF_HEADER):
            return max(0, stated_bytes(head + file.read(HEAD_BYTES)) - size)
        for packet, sync in ((188, 0), (192, 4)):  # the second with the arrival times of camcorders
            if len(head) == 512 and head[sync] == head[sync + packet] == head[sync + 2 * packet] == TRANSPORT_SYNC:
                return -size % packet
    return 0


def ends_within_picture(path: Path, track_id: int) -> bool:
    """Whether the last packet of a transport stream's track is filled to the brim: its picture was to go on.

    The last packet of a picture is padded; by chance it is full once in 184 times.
    """
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, HEAD_BYTES), os.SEEK_END)
        tail = file.read()
    tail = tail[len(tail) % TRANSPORT_PACKET_BYTES :]
    for at in range(len(tail) - TRANSPORT_PACKET_BYTES, -1, -TRANSPORT_PACKET_BYTES):
        if tail[at] != TRANSPORT_SYNC:
            return False
        if int.from_bytes(tail[at + 1 : at + 3], "big") & 0x1FFF == track_id:
            return not tail[at + 3] & 0x20  # no adaptation field, so no padding
    return False


def lacks_gif_end(path: Path) -> bool:
    """Whether the mark at the end of a GIF is missing; what fills up a block of the disk may follow it."""
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, HEAD_BYTES), os.SEEK_END)
        return not file.read().rstrip(b"\0\r\n").endswith(b";")


def check_file(path: Path) -> None:
    """Raise ClipError if there is no regular readable file with something in it."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise ClipError(f"{path}: no such file; check the path") from None
    except (OSError, ValueError) as error:
        raise ClipError(f"{path}: cannot be looked at ({error_text(error)}); check the path") from error
    if stat.S_ISDIR(status.st_mode):
        raise ClipError(f"{path}: is a directory; name a video file in it")
    if not stat.S_ISREG(status.st_mode):
        raise ClipError(f"{path}: is a pipe or a device, not a recorded file; save it to a file first")
    if status.st_size == 0:
        raise ClipError(f"{path}: is empty (0 bytes); get another copy")
    if not os.access(path, os.R_OK):
        raise ClipError(f"{path}: may not be read; check its permissions")


def _why_not_opened(path: Path, error: Exception) -> str:
    head = _head(path)
    start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"#EXTM3U", b"ffconcat")) or b"<MPD" in start:
        return "is a playlist that only points at other files, and those are not opened; give the video itself"
    if _says_encrypted(path):
        return "the video is encrypted; give a copy without copy protection"
    if head[4:8] in MP4_FIRST_BOXES:
        with path.open("rb") as file:
            names = {name for name, _ in mp4_boxes(file, path.stat().st_size)}
        if b"moov" not in names:
            return (
                "has no index (moov): cut off while it was recorded or copied; get a complete copy or have it repaired"
            )
    if isinstance(error, av.ArgumentError):
        return "is not of a video format that is read here (a picture, subtitles or a playlist?); give a video file"
    return f"is not a video, or is damaged beyond reading ({error_text(error)}); check it or get another copy"


def mp4_boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Name and end offset of each top-level box."""
    position = 0
    while position + 8 <= size:
        file.seek(position)
        header = file.read(16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        if length == 0:  # to the end of the file
            length = size - position
        if length < 8:
            return
        position += length
        yield header[4:8], position


def _matroska_end(head: bytes) -> int:
    """Offset at which the segment ends; 0 if not stated, as in a live recording."""
    at = head.find(MATROSKA_SEGMENT)
    return 0 if at < 0 else element_end(head, at + len(MATROSKA_SEGMENT))


def element_end(head: bytes, at: int) -> int:
    """Offset at which a Matroska element ends whose length begins at `at`; 0 if it is not stated or not within `head`.

    As in RFC 8794, section 4: the zeros before the first one tell how many bytes the length has.
    """
    if at >= len(head) or head[at] == 0:
        return 0
    width = 9 - head[at].bit_length()
    value = int.from_bytes(head[at : at + width], "big") & ((1 << 7 * width) - 1)
    unknown = (1 << 7 * width) - 1
    return 0 if value == unknown else at + width + value


def _says_encrypted(path: Path) -> bool:
    head = _head(path)
    if head.startswith(EBML_HEADER):
        return b"\x50\x35" in head[:8192] and b"\x47\xe2" in head[:8192]  # ContentEncryption with a ContentEncKeyID
    return head[4:8] in MP4_FIRST_BOXES and (b"encv" in head or b"pssh" in head)


def _is_one_byte_over_and_over(path: Path) -> bool:
    """Whether nothing can be told of a file: FFmpeg would look through all of it for what its name promises."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if head.count(head[:1]) < HEAD_BYTES:
            return False
        rest = file.read(PROBED_BYTES - HEAD_BYTES)
    return len(rest) == PROBED_BYTES - HEAD_BYTES and rest.count(head[:1]) == len(rest)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)
