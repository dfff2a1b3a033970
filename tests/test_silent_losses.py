"""Losses that neither the container's reader nor the decoder speaks of, in real files with a hole in them."""

from fractions import Fraction
from pathlib import Path

import pytest

from detector.clip import ClipReader
from tests.clips import drifting_picture, write_clip

HOLE = 0.08  # of the file


@pytest.mark.parametrize(
    ("file", "codec", "pixel_format"),
    [
        ("clip.webm", "libvpx-vp9", "yuv420p"),
        ("clip.mkv", "libx264", "yuv420p"),
        ("clip.mp4", "libsvtav1", "yuv420p"),
        ("clip.wmv", "wmv2", "yuv420p"),
        ("clip.avi", "mjpeg", "yuvj420p"),
        ("clip.flv", "flv1", "yuv420p"),
        ("clip.gif", "gif", "rgb8"),
    ],
)
def test_a_hole_in_the_file_is_told(tmp_path: Path, file: str, codec: str, pixel_format: str) -> None:
    path = write_clip(
        tmp_path / file,
        40,
        (176, 144),
        codec,
        pixel_format,
        busy=True,
        time_base=Fraction(1, 25),
        codec_options={"g": "10"},
        container_options={"movflags": "faststart"} if file.endswith("mp4") else {},
    )
    content = bytearray(path.read_bytes())
    begin, end = len(content) // 2, len(content) // 2 + int(HOLE * len(content))
    content[begin:end] = bytes(end - begin)
    path.write_bytes(content)

    with ClipReader(path) as reader:
        frames = list(reader)

    assert 10 < len(frames) < 40
    assert any(10 < place.after_frame < 25 for place in reader.damage)


@pytest.mark.parametrize(("file", "codec"), [("clip.webm", "libvpx-vp9"), ("clip.flv", "flv1"), ("clip.ts", "libx264")])
def test_an_end_that_is_missing_or_cannot_be_followed_is_told(tmp_path: Path, file: str, codec: str) -> None:
    path = write_clip(tmp_path / file, 40, (176, 144), codec, busy=True, time_base=Fraction(1, 25))
    content = path.read_bytes()
    kept = int(len(content) * 0.85) // 188 * 188  # a transport stream of whole packets
    path.write_bytes(content[:kept] + (b"" if file.endswith("ts") else bytes(len(content) - kept)))

    with ClipReader(path) as reader:
        assert 25 < len(list(reader)) < 40
    assert reader.damage
    assert reader.share_read is None or reader.share_read < 1


def test_a_range_does_not_tell_what_is_lost_after_it(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 40, (96, 96), "libsvtav1", busy=True)
    content = bytearray(path.read_bytes())
    begin = len(content) // 2
    content[begin : begin + 4000] = bytes(4000)
    path.write_bytes(content)

    with ClipReader(path) as whole, ClipReader(path, end_s=0.2) as early:
        assert len(list(whole)) < 40
        assert len(list(early)) == 5

    assert whole.frames_failed > 0
    assert early.frames_failed == 0


@pytest.mark.parametrize(
    ("file", "codec", "pixel_format"),
    [("clip.gif", "gif", "rgb8"), ("clip.wmv", "wmv2", "yuv420p"), ("clip.mpg", "mpeg2video", "yuv420p")],
)
@pytest.mark.parametrize("percent", [30, 55, 80])
def test_a_cut_is_told_wherever_it_is(tmp_path: Path, file: str, codec: str, pixel_format: str, percent: int) -> None:
    path = write_clip(
        tmp_path / file, 30, (96, 64), codec, pixel_format, draw=drifting_picture, time_base=Fraction(1, 25)
    )
    path.write_bytes(path.read_bytes()[: path.stat().st_size * percent // 100])

    with ClipReader(path) as reader:
        assert len(list(reader)) < 30
    assert reader.damage[-1].until_s is None


def test_a_small_hole_between_blocks_is_told(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mkv", 30, (96, 64), draw=drifting_picture, codec_options={"g": "10"})
    content = bytearray(path.read_bytes())
    begin = len(content) // 2
    content[begin : begin + 1500] = bytes(1500)
    path.write_bytes(content)

    with ClipReader(path) as reader:
        assert len(list(reader)) < 30
    assert any("could not be followed" in place.reason for place in reader.damage)


def test_the_unused_data_of_an_mp4_is_remarked(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4",
        30,
        draw=drifting_picture,
        codec_options={"g": "10"},
        container_options={"movflags": "frag_keyframe+empty_moov"},
    )
    content = path.read_bytes()
    at = content.rindex(b"traf")
    path.write_bytes(content[:at] + b"what" + content[at + 4 :])

    with ClipReader(path) as reader:
        assert len(list(reader)) == 20
    assert any("belongs to nothing" in note for note in reader.notes)


def test_a_length_beyond_the_file_makes_no_data_unused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 20, container_options={"movflags": "faststart"})
    content = bytearray(path.read_bytes())
    at = content.index(b"mdat") - 4
    content[at : at + 4] = b"\x7f\xff\xff\xff"
    path.write_bytes(content)
    with ClipReader(path) as reader:
        assert len(list(reader)) == 20
    assert [note for note in reader.notes if "belongs to nothing" in note] == []
