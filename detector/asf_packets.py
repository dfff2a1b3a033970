"""The packets of a Windows Media file (ASF): how long the file should be, and which of them its reader passes over.

As in Microsoft's "Advanced Systems Format (ASF) Specification", revision 01.20.05.
"""

from pathlib import Path

ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
FILE_PROPERTIES_BYTES = 104
DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
DATA_HEADER_BYTES = 50
PACKET_START = b"\x82\x00\x00"  # two bytes of error correction that nobody uses: writers begin every packet with them
HEAD_BYTES = 1 << 20
FIELD_BYTES = (0, 1, 2, 4)  # by the two bits that say how long a field is


def stated_bytes(head: bytes) -> int:
    """The length of the file that its header states; 0 if it does not, or was written without looking back."""
    at = head.find(FILE_PROPERTIES)
    if at < 0 or len(head) < at + FILE_PROPERTIES_BYTES:
        return 0
    broadcast = head[at + 88] & 1
    return 0 if broadcast else int.from_bytes(head[at + 40 : at + 48], "little")


def broken_packets(path: Path) -> list[int]:
    """When what was passed over begins: stamps in milliseconds, -1 for the start of the file, one for each run of it.

    The file is cut into packets of one length, each of which begins with the same bytes and says when it is sent.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        at, begin = head.find(FILE_PROPERTIES), head.find(DATA) + DATA_HEADER_BYTES
        if at < 0 or begin < DATA_HEADER_BYTES or len(head) < at + FILE_PROPERTIES_BYTES:
            return []
        length = int.from_bytes(head[at + 92 : at + 96], "little")
        packets = int.from_bytes(head[begin - 10 : begin - 2], "little")
        if length < 64 or (packets - 1) * length > path.stat().st_size:
            return []
        starts = []
        for number in range(packets):
            file.seek(begin + number * length)
            starts.append(file.read(17))
    whole = [start for start in starts if len(start) == 17]
    if 2 * sum(start.startswith(PACKET_START) for start in whole) < len(whole):
        return []  # of a writer that begins its packets in another way
    return _runs(whole)


def _runs(starts: list[bytes]) -> list[int]:
    found, sent_ms, sound = [], -1, True
    for start in starts:
        if start.startswith(PACKET_START):
            sent_ms, sound = _sent_ms(start), True
        else:
            found += [sent_ms] * sound
            sound = False
    return found


def _sent_ms(start: bytes) -> int:
    """When a packet is sent, behind three fields of lengths that its first flags tell."""
    flags = start[3]
    at = 5 + sum(FIELD_BYTES[flags >> bits & 3] for bits in (1, 3, 5))
    return int.from_bytes(start[at : at + 4], "little")
