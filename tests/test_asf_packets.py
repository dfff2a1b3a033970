"""The packets of Windows Media files: what length is stated, and which of them cannot be followed."""

from fractions import Fraction
from pathlib import Path

import pytest

from detector.asf_packets import DATA, DATA_HEADER_BYTES, broken_packets, stated_bytes
from tests.clips import drifting_picture, write_clip

PACKET_BYTES = 3200


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.wmv", 40, (96, 64), "wmv2", draw=drifting_picture, time_base=Fraction(1, 25))


def with_hole(clip: Path, packets: slice) -> Path:
    content = bytearray(clip.read_bytes())
    first = content.index(DATA) + DATA_HEADER_BYTES
    begin, end = first + packets.start * PACKET_BYTES, first + packets.stop * PACKET_BYTES
    content[begin:end] = bytes(end - begin)
    clip.write_bytes(content)
    return clip


def test_a_whole_file_states_its_length(clip: Path) -> None:
    assert stated_bytes(clip.read_bytes()) == clip.stat().st_size
    assert broken_packets(clip) == []


def test_a_hole_begins_where_the_last_sound_packet_was_sent(clip: Path) -> None:
    [sent_ms] = broken_packets(with_hole(clip, slice(2, 3)))
    assert 0 <= sent_ms < 1600
    assert broken_packets(with_hole(clip, slice(0, 1)))[0] == -1


@pytest.mark.parametrize("content", [b"", bytes(200), DATA, DATA + bytes(300)])
def test_what_is_no_such_file_says_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.wmv"
    path.write_bytes(content)
    assert stated_bytes(content) == 0
    assert broken_packets(path) == []
