"""What reading a clip promises: every picture once, upright, with its own stamp, and the truth about the rest."""

import json
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from detector.clip import ClipError, ClipReader, Frame
from tests.clips import cut, level, write_clip

FASTSTART = {"movflags": "faststart"}
EVERY_12TH_KEY = {"g": "12"}


def read(path: Path, **kind: float) -> tuple[ClipReader, list[Frame]]:
    with ClipReader(path, **kind) as reader:
        return reader, list(reader)


def levels(frames: list[Frame]) -> list[int]:
    return [int(frame.image[-8:, -8:].mean()) for frame in frames]


# ---- pictures and stamps


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("clip.mp4", "libx264", "yuv420p"),
        ("clip.mov", "libx264", "yuv420p"),
        ("clip.mkv", "libx264", "yuv420p"),
        ("clip.webm", "libvpx-vp9", "yuv420p"),
        ("clip.ts", "libx264", "yuv420p"),
        ("clip.flv", "libx264", "yuv420p"),
        ("clip.gif", "gif", "rgb8"),
    ],
)
def test_every_picture_comes_once_in_order_and_on_time(
    tmp_path: Path, name: str, codec: str, pixel_format: str
) -> None:
    path = write_clip(tmp_path / name, frames=20, codec=codec, pixel_format=pixel_format)

    reader, frames = read(path)

    assert [frame.index for frame in frames] == list(range(20))
    assert np.allclose(levels(frames), [level(index) for index in range(20)], atol=20 if codec == "gif" else 8)
    since_start = [frame.time.seconds - frames[0].time.seconds for frame in frames]
    assert np.allclose(since_start, np.arange(20) / 25, atol=1e-9)
    assert (reader.frames_decoded, reader.frames_failed, reader.damage, reader.notes) == (20, 0, (), [])
    assert reader.info.start_s == frames[0].time.seconds


def test_variable_rate_stamps_are_the_files_own(tmp_path: Path) -> None:
    stamps = [0, 33, 99, 140, 700, 701, 2000]
    _, frames = read(write_clip(tmp_path / "phone.mkv", frames=7, pts=stamps))

    assert [(frame.time.pts, frame.time.time_base) for frame in frames] == [(pts, Fraction(1, 1000)) for pts in stamps]


def test_info_says_what_the_file_says(tmp_path: Path) -> None:
    info = read(write_clip(tmp_path / "clip.mp4", frames=10, size=(96, 64), audio="aac"))[0].info

    assert (info.width, info.height, info.codec, info.pixel_format) == (96, 64, "h264", "yuv420p")
    assert (info.frames_declared, info.frame_rate, info.duration_s, info.has_audio) == (10, 25, 0.4, True)
    assert "mp4" in info.container
    assert (info.sample_aspect_ratio, info.rotation_degrees) == (1, 0)


@pytest.mark.parametrize(("counterclockwise", "corner"), [(0, (0, 0)), (90, (1, 0)), (180, (1, 1)), (-90, (0, 1))])
def test_pictures_are_turned_upright_once(tmp_path: Path, counterclockwise: int, corner: tuple[int, int]) -> None:
    reader, frames = read(write_clip(tmp_path / "phone.mp4", frames=2, size=(64, 32), rotation=counterclockwise))

    image = frames[0].image
    assert reader.info.rotation_degrees == -counterclockwise % 360
    assert image.shape == (reader.info.height, reader.info.width, 3)
    assert (reader.info.width > reader.info.height) == (counterclockwise % 180 == 0)
    corners = image[:: image.shape[0] - 1, :: image.shape[1] - 1].mean(axis=2)
    assert np.unravel_index(corners.argmax(), (2, 2)) == corner
    assert image.flags.c_contiguous
    assert image.flags.writeable


def matrix_of(path: Path, off_by: int) -> Path:
    """The clip with a display matrix whose zeros are not quite that, as sines in fixed point may leave them."""
    content = bytearray(path.read_bytes())
    at = content.index(b"tkhd") + 44
    for place in (at, at + 16):  # a and d
        content[place : place + 4] = off_by.to_bytes(4, "big")
    path.write_bytes(content)
    return path


def test_what_lies_beside_a_picture_of_a_kind_that_pyav_does_not_know_keeps_its_rotation(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "exif.mov", 2, codec="tiff", pixel_format="rgb24", rotation=90)
    reader, frames = read(path)
    assert (reader.info.rotation_degrees, frames[0].image.shape) == (270, (64, 48, 3))


def test_a_mirrored_picture_is_mirrored_and_a_slanted_one_left_alone(tmp_path: Path) -> None:
    mirrored, frames = read(write_clip(tmp_path / "selfie.mp4", frames=1, mirrored=True))
    slanted, _ = read(write_clip(tmp_path / "slanted.mp4", frames=1, rotation=30))
    rounded, _ = read(matrix_of(write_clip(tmp_path / "rounded.mp4", frames=1, rotation=90), off_by=3))

    assert frames[0].image[0, -1].mean() > 200 > frames[0].image[0, 0].mean()
    assert "mirrored" in mirrored.notes[0]
    assert "no multiple of 90" in slanted.notes[0]
    assert slanted.info.rotation_degrees == 0
    assert rounded.info.rotation_degrees == 270


@pytest.mark.parametrize(
    ("size", "pixel_format"),
    [((33, 25), "yuv444p"), ((64, 48), "yuv420p10le"), ((2, 2), "yuv420p"), ((33, 25), "bgra")],
)
def test_odd_sizes_and_ten_bits_become_plain_bgr(tmp_path: Path, size: tuple[int, int], pixel_format: str) -> None:
    reader, frames = read(write_clip(tmp_path / "odd.mkv", 3, size, codec="ffv1", pixel_format=pixel_format))

    assert reader.info.pixel_format == pixel_format
    assert [frame.image.shape for frame in frames] == [(size[1], size[0], 3)] * 3
    assert frames[2].image.dtype == np.uint8
    assert abs(int(frames[2].image[-1, -1].mean()) - level(2)) < 8


def test_pixels_that_are_not_square_are_reported_and_left(tmp_path: Path) -> None:
    info = read(write_clip(tmp_path / "dv.mp4", 1, (64, 48), aspect=Fraction(4, 3), rotation=90))[0].info

    assert (info.width, info.height, info.sample_aspect_ratio) == (48, 64, Fraction(3, 4))


def test_later_pictures_of_another_size_are_scaled_to_the_first(tmp_path: Path) -> None:
    parts = [write_clip(tmp_path / f"{side}.ts", 5, (side, side)).read_bytes() for side in (64, 96)]
    (tmp_path / "both.ts").write_bytes(b"".join(parts))

    reader, frames = read(tmp_path / "both.ts")

    assert len(frames) == 10
    assert {frame.image.shape for frame in frames} == {(64, 64, 3)}
    assert any("size changes" in note for note in reader.notes)
    assert all(earlier.time < later.time for earlier, later in pairwise(frames))


def test_pictures_without_stamps_get_estimated_ones(tmp_path: Path) -> None:
    reader, frames = read(write_clip(tmp_path / "raw.h264", 10))

    assert len(frames) == 10
    assert all(earlier.time < later.time for earlier, later in pairwise(frames))
    assert any("without a time stamp" in note for note in reader.notes)


# ---- a part of the clip


def test_pictures_hidden_by_an_edit_list_stay_hidden_and_are_counted(tmp_path: Path) -> None:
    reader, frames = read(write_clip(tmp_path / "edited.mp4", 30, pts=[40 * index - 400 for index in range(30)]))

    assert len(frames) == 20
    assert levels(frames)[0] == pytest.approx(level(10), abs=8)
    assert reader.notes == ["10 pictures lie outside the file's edit list: no player shows them"]
    assert reader.damage == ()


def test_a_clip_cut_out_of_a_stream_says_what_it_lost_at_the_start(tmp_path: Path) -> None:
    content = write_clip(tmp_path / "all.ts", 60, (96, 96), busy=True, codec_options={"g": "24"}).read_bytes()
    (tmp_path / "late.ts").write_bytes(content[len(content) // 4 // 188 * 188 :])

    reader, frames = read(tmp_path / "late.ts")

    assert 34 <= len(frames) <= 38
    assert 6 <= reader.frames_failed <= 10
    assert "between key frames" in reader.notes[0]


def test_a_range_keeps_the_index_of_the_whole_clip(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.ts", 50)  # a transport stream does not begin at zero

    reader, frames = read(path, start_s=0.4, end_s=1.0)

    assert [frame.index for frame in frames] == list(range(10, 25))
    assert levels(frames)[0] == pytest.approx(level(10), abs=8)
    assert reader.frames_decoded == 15


@pytest.mark.parametrize("bounds", [(2.0, 1.0), (-1.0, None), (float("nan"), None), (1.0, 1.0)])
def test_an_empty_range_is_refused(tmp_path: Path, bounds: tuple[float, float | None]) -> None:
    with pytest.raises(ValueError, match="range"):
        ClipReader(write_clip(tmp_path / "clip.mp4", 2), *bounds)


def test_a_reader_reads_once(tmp_path: Path) -> None:
    with ClipReader(write_clip(tmp_path / "clip.mp4", 2)) as reader:
        assert len(list(reader)) == 2
        with pytest.raises(RuntimeError, match="second pass"):
            list(reader)


# ---- files that are damaged


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("clip.mp4", "libx264", FASTSTART),
        ("clip.mov", "libx264", FASTSTART),
        ("fragments.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
        ("clip.mkv", "libx264", {}),
        ("clip.webm", "libvpx-vp9", {}),
        ("clip.ts", "libx264", {}),
        ("clip.flv", "libx264", {}),
    ],
)
def test_a_clip_cut_short_is_read_up_to_the_cut(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], share: float
) -> None:
    whole = write_clip(
        tmp_path / name, 60, (96, 96), codec, busy=True, container_options=options, codec_options=EVERY_12TH_KEY
    )

    reader, frames = read(cut(whole, share))

    assert 60 * share - 6 < len(frames) <= 60 * share + 6
    states_its_length = name in ("clip.mp4", "clip.mov", "clip.mkv", "clip.webm")
    assert reader.share_read == (pytest.approx(share, abs=0.12) if states_its_length else None)
    last = reader.damage[-1]
    assert len(frames) - 2 <= last.after_frame <= len(frames) - 1
    assert last.time_s == pytest.approx(frames[-1].time.seconds, abs=0.05)


def test_broken_bytes_do_not_end_the_clip(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 60, (96, 96), busy=True, codec_options=EVERY_12TH_KEY)
    sound_frames = read(path)[1]
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = bytes(3000)
    path.write_bytes(content)

    reader, frames = read(path)

    assert 56 <= len(frames) <= 60
    assert len(frames) + reader.frames_failed == 60
    assert any(frame.corrupt for frame in frames) or reader.frames_failed
    assert 20 < reader.damage[0].after_frame < 40
    assert reader.damage[-1].until_s is not None
    assert reader.share_read == pytest.approx(len(frames) / 60)
    assert np.array_equal(frames[-1].image, sound_frames[-1].image)


def test_a_damaged_clip_gives_the_same_result_every_time(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 60, (96, 96), busy=True, codec_options=EVERY_12TH_KEY)
    content = bytearray(path.read_bytes())
    for position in np.random.default_rng(1).integers(2000, len(content) - 4000, 8):
        content[position] ^= 0x55
    path.write_bytes(content)

    results = {
        (reader.damage, tuple((frame.index, frame.corrupt, frame.image.tobytes()) for frame in frames))
        for reader, frames in (read(path) for _ in range(4))
    }

    assert len(results) == 1
    assert results.pop()[0]


def test_pictures_lost_without_an_error_show_as_a_leap(tmp_path: Path) -> None:
    stamps = [index * 40 for index in range(60) if not 30 <= index < 36]
    reader, _ = read(write_clip(tmp_path / "clip.mkv", 54, pts=stamps))

    assert reader.damage == ()
    assert any("leap" in note and "after frame 29" in note for note in reader.notes)


# ---- clips that are at hand on the machine the project is developed on

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"
shared_clips = pytest.mark.skipif(not CLIPS.is_dir(), reason="the development clips are not here")


@shared_clips
@pytest.mark.parametrize("path", sorted(CLIPS.glob("*.mp4")), ids=lambda path: path.name)
def test_the_development_clips_give_the_pictures_their_truth_counts(path: Path) -> None:
    truth = {clip["file"]: clip["frames"] for clip in json.loads((CLIPS / "truth.json").read_text())}
    with ClipReader(path) as reader:
        count = sum(1 for _ in reader)

    assert count == truth.get(path.name, reader.info.frames_declared)
    assert reader.damage == ()


@shared_clips
def test_every_odd_file_ends_in_pictures_or_a_clear_error() -> None:
    for row in (CLIPS / "odd" / "index.tsv").read_text().splitlines()[1:]:
        name, decodable = row.split("\t")[0], int(row.split("\t")[6])
        began = time.process_time()
        try:
            with ClipReader(CLIPS / "odd" / name) as reader:
                count = sum(1 for _ in reader)
        except ClipError:
            count = 0
        assert count >= decodable, name
        assert time.process_time() - began < 5, name
