"""What a file lost without an error: stretches that the container's reader stepped over, packets without a picture.

FFmpeg's readers look for the next thing they know after a broken stretch, and some decoders (dav1d, WMV) drop a broken
picture, all without a word to the caller.
"""

from pathlib import Path

from av.packet import Packet
from av.video.stream import VideoStream

# Containers whose reader goes through the bytes from front to back, and the most there is between two packets: headers,
# subtitles, padding. More is a stretch that nobody could follow.
LARGEST_ROOM_BYTES = {"matroska,webm": 4096, "flv": 4096, "avi": 4096, "asf": 16384}
# What may come after the last packet: in Matroska Cues, Tags, Attachments, Chapters.
WHAT_FOLLOWS: dict[str, tuple[bytes, ...]] = {
    "matroska,webm": (b"\x1c\x53\xbb\x6b", b"\x12\x54\xc3\x67", b"\x19\x41\xa4\x69", b"\x10\x43\xa7\x70"),
    "avi": (b"idx1", b"JUNK", b"LIST", b"RIFF"),
    "flv": (),
}
GIF_ROOM_BYTES = 4096
SMALLEST_PICTURE_BYTES = 8  # MPEG-4 says "as before" in less, and its decoder then gives nothing
GIF_BYTES_A_PIXEL = 1.6  # codes of 12 bits at most, cut into blocks of 255 bytes
HIDES_PICTURES = {"vp8"}  # pictures only for reference have packets of their own


class SilentLosses:
    """Watches the packets of a file and the pictures that come of them.

    Args:
        container: format name as libavformat has it.
        codec: of the pictures.
        pixels: of one picture.
    """

    def __init__(self, container: str, codec: str, pixels: int) -> None:
        self._container = container
        self._largest_room_bytes = LARGEST_ROOM_BYTES.get(container)
        self._largest_picture_bytes = int(GIF_BYTES_A_PIXEL * pixels) + GIF_ROOM_BYTES if container == "gif" else 0
        self._counts = codec not in HIDES_PICTURES
        self._end: int | None = None
        self._due: dict[int, int] = {}

    def skipped_bytes(self, packet: Packet) -> int:  # type: ignore[type-arg]
        """How many bytes before this packet, of any track, belong to nothing; 0 where that means nothing."""
        if self._largest_room_bytes is None or packet.pos is None or packet.pos < 0 or not packet.size:
            return 0
        skipped = packet.pos - self._end if self._end is not None else 0
        self._end = max(self._end or 0, packet.pos + packet.size)
        return skipped if skipped > self._largest_room_bytes else 0

    def unread_end(self, path: Path) -> int:
        """How many bytes after the last packet are neither index nor tags; 0 where that means nothing."""
        rest = path.stat().st_size - self._end if self._end is not None else 0
        if self._container not in WHAT_FOLLOWS or rest <= LARGEST_ROOM_BYTES[self._container]:
            return 0
        with path.open("rb") as file:
            file.seek(self._end or 0)
            head = file.read(64)
        return 0 if any(name in head for name in WHAT_FOLLOWS[self._container]) else rest

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
