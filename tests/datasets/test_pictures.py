import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from datasets.labels import LabelError
from datasets.pictures import PictureError, decode, find_pictures, read_size_px, safe_name
from tests.datasets.samples import turn, write_picture, write_text

SUFFIXES = (".jpg", ".png", ".webp", ".bmp")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_whole_picture_has_its_size(tmp_path: Path, suffix: str) -> None:
    path = write_picture(tmp_path / f"a{suffix}", (64, 48))
    assert read_size_px(path) == decode(path) == (64, 48)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kept", [0, 0.5, 0.95])
def test_a_picture_cut_short_is_corrupt(tmp_path: Path, suffix: str, kept: float) -> None:
    path = write_picture(tmp_path / f"a{suffix}", (200, 160))
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    with pytest.raises(PictureError, match="cannot be decoded") as caught:
        decode(path)
    assert caught.value.kind == "corrupt picture"


def test_a_picture_that_would_fill_the_memory_is_not_decoded(tmp_path: Path) -> None:
    """A PNG of a few bytes that says to be 100 000 pixels on a side."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(header)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    (tmp_path / "bomb.png").write_bytes(data)
    with pytest.raises(PictureError, match="cannot be decoded"):
        read_size_px(tmp_path / "bomb.png")


@pytest.mark.parametrize("name", ["missing.jpg", "."])
def test_what_is_no_file_is_missing(tmp_path: Path, name: str) -> None:
    with pytest.raises(PictureError) as caught:
        decode(tmp_path / name)
    assert caught.value.kind == "missing picture"


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_a_picture_that_is_to_be_turned_has_no_certain_size(tmp_path: Path, suffix: str, orientation: int) -> None:
    """Pillow leaves it as it lies, OpenCV turns it: boxes placed in the one are elsewhere in the other."""
    path = turn(write_picture(tmp_path / f"a{suffix}"), orientation)
    for read in (read_size_px, decode):
        with pytest.raises(PictureError, match=f"orientation {orientation}") as caught:
            read(path)
        assert caught.value.kind == "size"


@pytest.mark.parametrize("orientation", [0, 1, 9, 65535])
def test_an_orientation_that_turns_nothing_is_none(tmp_path: Path, orientation: int) -> None:
    assert read_size_px(turn(write_picture(tmp_path / "a.jpg"), orientation)) == (64, 48)


@given(st.binary(max_size=80))
def test_damaged_exif_is_no_more_than_a_damaged_picture(tmp_path_factory: pytest.TempPathFactory, exif: bytes) -> None:
    path = tmp_path_factory.mktemp("exif") / "a.jpg"
    Image.new("RGB", (64, 48)).save(path, exif=b"Exif\0\0II*\0\x08\0\0\0" + exif)
    with suppress(PictureError):
        assert decode(path) == (64, 48)


def test_a_text_called_a_picture_is_corrupt(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="cannot be decoded"):
        read_size_px(write_text(tmp_path / "a.jpg", "<svg/>"))


def test_a_decoder_that_is_not_installed_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ultralytics replaces Image.open so, wherever it is imported."""

    def wants_another_decoder(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'pi_heif'")

    monkeypatch.setattr(Image, "open", wants_another_decoder)
    with pytest.raises(PictureError, match="no known format"):
        read_size_px(write_text(tmp_path / "a.jpg", "<svg/>"))


def test_pictures_are_found_at_any_depth_in_a_fixed_order(tmp_path: Path) -> None:
    for name in ("b/c.JPG", "a.webp", "b/._c.JPG", "b/notes.txt"):
        write_text(tmp_path / name, "")
    assert [path.relative_to(tmp_path).as_posix() for path in find_pictures(tmp_path)] == ["a.webp", "b/c.JPG"]


@pytest.mark.parametrize("name", ["a.jpg", "images/a.jpg", "images\\a.jpg", "a..b.jpg"])
def test_names_that_stay_below_are_kept(name: str) -> None:
    assert not safe_name(name).is_absolute()


@pytest.mark.parametrize(
    "name",
    [
        *("../a.jpg", "a/../../b.jpg", "/a.jpg", "\\\\server\\a.jpg", "c:/a.jpg", "", None, 3),
        *(".", "./", "\udc80.jpg", "a" * 256, "ä" * 128, "a/" * 2500 + "b.jpg"),
    ],
)
def test_names_that_lead_out_are_refused(name: object) -> None:
    with pytest.raises(LabelError) as caught:
        safe_name(name)
    assert caught.value.kind == "path"
