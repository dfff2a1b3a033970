"""What opening a clip refuses, and that it says why: nothing but one recorded video file is ever opened."""

import os
import shutil
from pathlib import Path

import av
import pytest

from detector.clip import ClipError, ClipReader
from tests.clips import cut, write_clip

FASTSTART = {"movflags": "faststart"}


def refused(path: Path) -> str:
    with pytest.raises(ClipError) as caught:
        ClipReader(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    os.mkfifo(tmp_path / "pipe.mp4")

    assert "no such file" in refused(tmp_path / "nowhere.mp4")
    assert "directory" in refused(tmp_path)
    assert "0 bytes" in refused(tmp_path / "empty.mp4")
    assert "pipe" in refused(tmp_path / "pipe.mp4")
    assert "cannot be looked at" in refused(tmp_path / ("long" * 100))


@pytest.mark.parametrize("content", [b"hello world\n" * 500, b"\0" * 5000, bytes(range(256)) * 20, b"%PDF-1.7\n" * 90])
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "text.mp4").write_bytes(content)

    assert "not a video" in refused(tmp_path / "text.mp4")


def test_sound_alone_is_refused_also_with_cover_art(tmp_path: Path) -> None:
    song = write_clip(tmp_path / "song.mp4", frames=0, audio="aac")
    covered = write_clip(
        tmp_path / "covered.mp4", 1, codec="mjpeg", pixel_format="yuvj420p", audio="aac", cover_art=True
    )

    assert "no video, only audio;" in refused(song)
    assert "no video, only audio, a cover picture;" in refused(covered)


@pytest.mark.parametrize("name", ["list.mp4", "list.m3u8", "list.txt"])
@pytest.mark.parametrize(
    "script",
    [
        "ffconcat version 1.0\nfile real.mp4\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nreal.mp4\n#EXT-X-ENDLIST\n",
        '<?xml version="1.0"?><MPD type="static"><Period><BaseURL>real.mp4</BaseURL></Period></MPD>',
    ],
)
def test_a_playlist_in_any_dress_opens_no_other_file(tmp_path: Path, name: str, script: str) -> None:
    write_clip(tmp_path / "real.mp4", 2)
    (tmp_path / name).write_text(script)

    assert "playlist" in refused(tmp_path / name)


def test_a_concat_script_would_open_another_file_if_it_were_let(tmp_path: Path) -> None:
    write_clip(tmp_path / "real.mp4", 2)
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile real.mp4\n")

    with av.open(str(tmp_path / "list.mp4")) as unguarded:
        assert unguarded.format.name == "concat"


@pytest.mark.parametrize("name", ["img%03d.png", "still.mp4"])
def test_pictures_and_patterns_of_pictures_are_refused(tmp_path: Path, name: str) -> None:
    still = write_clip(tmp_path / "img001.png", 1, codec="png", pixel_format="rgb24")
    shutil.copy(still, tmp_path / name)

    assert "give a video file" in refused(tmp_path / name)


@pytest.mark.parametrize("name", ["http:x.mp4", "pipe:0", "-", "a:b.mp4", "concat:a|b.mp4", "über %d?.mp4"])
def test_any_name_is_a_file_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    write_clip(tmp_path / "plain.mp4", 3).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)

    with ClipReader(Path(name)) as reader:
        assert len(list(reader)) == 3


def test_a_recording_without_its_index_says_so(tmp_path: Path) -> None:
    index_last = write_clip(tmp_path / "clip.mp4", 30, (128, 96), busy=True)

    assert "index" in refused(cut(index_last, 0.5))


def test_a_header_without_pictures_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 30, (128, 96), busy=True, container_options=FASTSTART)
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"mdat") + 4])

    assert "holds no picture" in refused(path)


@pytest.mark.parametrize("ending", ["gif", "h264", "dv", "mp4"])
def test_a_wiped_file_is_not_looked_through_for_what_its_name_promises(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"card.{ending}"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ClipError, match="the same byte, as wiped disks do"):
        ClipReader(path)


def test_encrypted_pictures_are_not_taken_for_pictures(tmp_path: Path) -> None:
    key = {"encryption_key": "00112233445566778899aabbccddeeff", "encryption_kid": "0" * 32}
    path = write_clip(tmp_path / "clip.mp4", 20, container_options={"encryption_scheme": "cenc-aes-ctr", **key})
    with pytest.raises(ClipError, match="the video is encrypted; give a copy without copy protection"):
        ClipReader(path)
