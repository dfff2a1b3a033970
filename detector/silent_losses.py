"""What a file lost without an error: stretches that the container's reader stepped over, packets without a picture.

FFmpeg's readers look for the next thing they know after a broken stretch, and some decoders (dav1d, WMV) drop a broken
picture, all without a word to the caller.
"""

from av.packet import Packet
from av.video.stream import VideoStream

STORED_IN_ORDER = {"matroska,webm", "flv", "avi", "asf"}  # the reader goes through the bytes from front to back
LARGEST_ROOM_BYTES = 16384  # headers, padding, subtitles between two packets; more is a stretch nobody could follow
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
        self._in_order = container in STORED_IN_ORDER
        self._largest_picture_bytes = int(GIF_BYTES_A_PIXEL * pixels) + LARGEST_ROOM_BYTES if container == "gif" else 0
        self._counts = codec not in HIDES_PICTURES
        self._end: int | None = None
        self._due: dict[int, int] = {}

    def skipped_bytes(self, packet: Packet) -> int:  # type: ignore[type-arg]
        """How many bytes before this packet, of any track, belong to nothing; 0 where that means nothing."""
        if not self._in_order or packet.pos is None or packet.pos < 0 or not packet.size:
            return 0
        skipped = packet.pos - self._end if self._end is not None else 0
        self._end = max(self._end or 0, packet.pos + packet.size)
        return skipped if skipped > LARGEST_ROOM_BYTES else 0

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
