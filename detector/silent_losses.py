"""What a file lost without an error: stretches that the container's reader stepped over, packets without a picture.

FFmpeg's readers look for the next thing they know after a broken stretch, and some decoders (dav1d, WMV) drop a broken
picture, all without a word to the caller.
"""

import math
from collections.abc import Iterator
from pathlib import Path

from av.packet import Packet
from av.video.stream import VideoStream

from detector.clip_info import ClipInfo
from detector.clip_opening import element_end, mp4_boxes
from detector.timecode import FALLBACK_RATE, Timecode

# Containers whose reader goes through the bytes from front to back, and the most there is between two packets: headers,
# subtitles, padding, in Matroska the rest of sound that is packed several to a block. More is a stretch that nobody
# could follow.
LARGEST_ROOM_BYTES = {"matroska,webm": 4096, "flv": 4096, "avi": 4096, "asf": 16384}
# Where packets are the whole of their blocks, more than this is such a stretch too, unless it begins with a name that
# may stand there: in Matroska Cues, Tags, Attachments, Chapters, Cluster, in AVI also pictures of no bytes.
HEADER_BYTES = 64
NAMES: dict[str, tuple[bytes, ...]] = {
    "matroska,webm": tuple(map(bytes.fromhex, ("1c53bb6b", "1254c367", "1941a469", "1043a770", "1f43b675"))),
    "avi": (b"idx1", b"JUNK", b"LIST", b"RIFF", b"ix0", b"dc\0\0\0\0", b"db\0\0\0\0"),
}
MATROSKA_VOID, BLOCK_ADDITIONS = 0xEC, b"\x75\xa1"
BLOCK_HEAD_BYTES = 4  # track, time and flags, which FFmpeg counts to where a packet begins, but not to its size
EARLY_END_S, EARLY_END_SHARE = 0.2, 0.02  # headers are rounded, and count from zero where the pictures begin later
COUNTED_FROM_ZERO = ("matroska,webm", "nut")  # so is the length, whenever the pictures begin
UNUSED_SHARE = 0.05  # of the data of an MP4 that no packet holds: more is no padding
GIF_ROOM_BYTES = 4096
SMALLEST_PICTURE_BYTES = 8  # MPEG-4 says "as before" in less, and its decoder then gives nothing
GIF_BYTES_A_PIXEL = 1.6  # codes of 12 bits at most, cut into blocks of 255 bytes
HIDES_PICTURES = {"vp8"}  # pictures only for reference have packets of their own


class SilentLosses:
    """Watches the packets of a file and the pictures that come of them.

    Args:
        path: the file.
        container: format name as libavformat has it.
        has_sound: whether there is sound beside the pictures.
        codec: of the pictures.
        pixels: of one picture.
    """

    def __init__(self, path: Path, container: str, has_sound: bool, codec: str, pixels: int) -> None:
        self._path, self._container = path, container
        self._whole_blocks = container in NAMES and not (has_sound and "matroska" in container)
        self._largest_room_bytes = LARGEST_ROOM_BYTES.get(container)
        self._largest_picture_bytes = int(GIF_BYTES_A_PIXEL * pixels) + GIF_ROOM_BYTES if container == "gif" else 0
        self._counts = codec not in HIDES_PICTURES
        self._end: int | None = None
        self._read_bytes = 0
        self._due: dict[int, int] = {}

    def skipped_bytes(self, packet: Packet) -> int:  # type: ignore[type-arg]
        """How many bytes before this packet, of any track, belong to nothing; 0 where that means nothing."""
        self._read_bytes += packet.size
        if self._largest_room_bytes is None or packet.pos is None or packet.pos < 0 or not packet.size:
            return 0
        begin = packet.pos if self._end is None else self._end
        if packet.pos - begin > HEADER_BYTES:
            beyond = begin + self._additions_bytes(begin)
            begin = beyond if beyond <= packet.pos else begin  # a length that is a lie hides nothing
        skipped = packet.pos - begin
        self._end = max(begin, packet.pos + packet.size)
        lost = skipped > self._largest_room_bytes or (skipped > HEADER_BYTES and self._nameless(begin))
        return skipped if lost else 0

    def unread_end(self) -> int:
        """How many bytes after the last packet are neither index nor tags; 0 where that means nothing."""
        if self._end is None or self._container not in (*NAMES, "flv"):
            return 0
        rest = self._path.stat().st_size - self._end
        room = HEADER_BYTES if self._whole_blocks else LARGEST_ROOM_BYTES[self._container]
        return rest if rest > room and not self._named(self._end) else 0

    def remarks(self, info: ClipInfo, last: Timecode | None) -> Iterator[str]:
        """What hints at losses in a clip that was read to its end without any trouble; `last` is its last stamp."""
        step_s = float(1 / (info.frame_rate or FALLBACK_RATE))
        if info.duration_s is not None and last is not None and not info.has_audio:
            from_s = min(0.0, info.start_s) if info.container in COUNTED_FROM_ZERO else info.start_s
            lacking_s = info.duration_s - (last.seconds - from_s) - step_s
            if lacking_s > max(EARLY_END_S, EARLY_END_SHARE * info.duration_s):
                yield f"the pictures end {lacking_s:.3g} s before the header says: the last ones may be lost"
        latest_s = {"asf": step_s / 2, "matroska,webm": EARLY_END_S}.get(info.container, math.inf)
        if info.start_s > latest_s and not info.has_audio:
            yield f"the pictures begin {info.start_s:.3g} s into the file: earlier ones may be lost"
        unused = self._unused_share() if "mp4" in info.container else 0.0
        if unused > UNUSED_SHARE:
            yield f"{unused:.0%} of the data belongs to nothing that is shown: it is cut away, or lost"

    def _unused_share(self) -> float:
        """Of the data of an MP4, that which no packet held."""
        data_bytes = begin = 0
        size = self._path.stat().st_size
        with self._path.open("rb") as file:
            for name, end in mp4_boxes(file, size):
                data_bytes += (min(end, size) - begin) * (name == b"mdat")
                begin = end
        return max(0.0, 1 - self._read_bytes / data_bytes) if data_bytes else 0.0

    def _additions_bytes(self, begin: int) -> int:
        """How many bytes that go with the block before begin here, such as its transparency; 0 if none do."""
        if "matroska" not in self._container:
            return 0
        with self._path.open("rb") as file:
            file.seek(begin)
            head = file.read(HEADER_BYTES)
        at = head.find(BLOCK_ADDITIONS, 0, BLOCK_HEAD_BYTES + len(BLOCK_ADDITIONS))
        return 0 if at < 0 else element_end(head, at + len(BLOCK_ADDITIONS))

    def _nameless(self, begin: int) -> bool:
        return self._whole_blocks and not self._named(begin)

    def _named(self, begin: int) -> bool:
        """Whether what begins here is known to stand between packets."""
        with self._path.open("rb") as file:
            file.seek(begin)
            head = file.read(HEADER_BYTES)
        void = "matroska" in self._container and MATROSKA_VOID in head[:8]
        return void or any(name in head for name in NAMES.get(self._container, ()))

    def beyond_reason(self, packet: "Packet[VideoStream]") -> bool:
        """Whether a GIF's picture is larger than any can be: then it holds the rest of the file, which nobody reads."""
        return 0 < self._largest_picture_bytes < packet.size

    def expect(self, packet: "Packet[VideoStream]", shown_at: int | None) -> None:
        """A packet goes to the decoder; its picture is to be shown at this stamp of the clip's clock."""
        if packet.pts is None or shown_at is None or packet.is_discard:
            return
        if self._counts and packet.size > SMALLEST_PICTURE_BYTES:
            self._due[packet.pts] = shown_at

    def settled(self, pts: int | None) -> None:
        """The picture of the packet with this stamp came, or its failure is known."""
        if pts is not None:
            self._due.pop(pts, None)

    def forget_before(self, pts: int) -> None:
        """What should have come earlier is known to be lost."""
        self._due = {own: shown_at for own, shown_at in self._due.items() if own >= pts}

    def overdue(self, before: int | None) -> list[int]:
        """When the pictures that never came should have been shown; None for all, at the end of the clip."""
        return sorted(shown_at for shown_at in self._due.values() if before is None or shown_at < before)
