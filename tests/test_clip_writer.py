"""What writing a clip promises: it plays anywhere, keeps time and sound, and appears whole or not at all."""

import errno
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from detector.clip import ClipError, ClipReader, Timecode
from detector.clip_writer import Chapter, ClipWriter, video_zero_s
from tests.clips import picture, write_clip


def copy(source: Path, target: Path, start_s: float | None = None, sound: bool = True) -> ClipWriter:
    with (
        ClipReader(source, start_s) as reader,
        ClipWriter(target, reader.info.width, reader.info.height, source if sound else None) as writer,
    ):
        for frame in reader:
            writer.write(frame.image, frame.time)
    return writer


def picture_times(path: Path) -> list[Fraction]:
    with ClipReader(path) as reader:
        return [frame.time.pts * frame.time.time_base for frame in reader]


def sound_times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(packet.pts * packet.time_base) for packet in container.demux(audio=0) if packet.pts is not None]


def boxes(path: Path) -> list[bytes]:
    content, names = path.read_bytes(), []
    while content:
        names.append(content[4:8])
        content = content[int.from_bytes(content[:4], "big") :]
    return names


@pytest.mark.parametrize("stamps", [[0, 40, 80, 120], [0, 33, 99, 140, 700, 701, 4000], [500, 540, 580]])
@pytest.mark.parametrize("time_base", [Fraction(1, 1000), Fraction(1, 90000), Fraction(1001, 30000)])
def test_stamps_are_written_as_they_were_read(tmp_path: Path, stamps: list[int], time_base: Fraction) -> None:
    with ClipWriter(tmp_path / "out.mp4", 64, 48) as writer:
        for index, pts in enumerate(stamps):
            writer.write(picture(index, 64, 48), Timecode(pts, time_base))

    assert picture_times(tmp_path / "out.mp4") == [pts * time_base for pts in stamps]


def test_it_plays_in_browsers(tmp_path: Path) -> None:
    copy(write_clip(tmp_path / "clip.mkv", 10, audio="aac"), tmp_path / "out.mp4")

    names = boxes(tmp_path / "out.mp4")
    assert names.index(b"moov") < names.index(b"mdat")
    with av.open(str(tmp_path / "out.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.codec_tag, context.pix_fmt) == ("h264", "avc1", "yuv420p")


def test_colours_survive(tmp_path: Path) -> None:
    patches = np.zeros((64, 96, 3), np.uint8)
    patches[:, :32], patches[:, 32:64], patches[:, 64:] = (200, 50, 50), (30, 180, 60), (20, 30, 220)
    with ClipWriter(tmp_path / "out.mp4", 96, 64) as writer:
        writer.write(patches, Timecode(0, Fraction(1, 25)))

    with ClipReader(tmp_path / "out.mp4") as reader:
        read = next(iter(reader)).image
    for column in (16, 48, 80):
        assert np.abs(read[32, column].astype(int) - patches[32, column]).max() < 10


@pytest.mark.parametrize("size", [(33, 25), (34, 25), (1, 1), (33, 26)])
def test_odd_sides_are_padded_to_even(tmp_path: Path, size: tuple[int, int]) -> None:
    width, height = size
    with ClipWriter(tmp_path / "out.mp4", width, height) as writer:
        writer.write(picture(3, width, height), Timecode(0, Fraction(1, 25)))

    with ClipReader(tmp_path / "out.mp4") as reader:
        assert (reader.info.width, reader.info.height) == (width + width % 2, height + height % 2)


def test_pictures_longer_than_the_encoder_takes_are_made_smaller(tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "out.mp4", 40_000, 10) as writer:
        writer.write(picture(3, 40_000, 10), Timecode(0, Fraction(1, 25)))
    with ClipReader(tmp_path / "out.mp4") as reader:
        [frame] = reader
    assert frame.image.shape == (4, 16_384, 3)


def test_stamps_that_do_not_advance_are_moved_one_tick(tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "out.mp4", 64, 48) as writer:
        for pts in (0, 40, 40, 30, 120):
            writer.write(picture(0, 64, 48), Timecode(pts, Fraction(1, 1000)))

    assert picture_times(tmp_path / "out.mp4") == [Fraction(ms, 1000) for ms in (0, 40, 41, 42, 120)]


# ---- sound


@pytest.mark.parametrize(
    ("name", "codec"), [("c.mp4", "aac"), ("c.mkv", "libopus"), ("c.mkv", "flac"), ("c.ts", "aac")]
)
def test_sound_is_copied_and_stays_with_the_pictures(tmp_path: Path, name: str, codec: str) -> None:
    source = write_clip(tmp_path / name, 50, audio=codec)

    writer = copy(source, tmp_path / "out.mp4")

    assert writer.notes == ()
    before = sound_times(source)[3] - float(picture_times(source)[0])
    after = sound_times(tmp_path / "out.mp4")[3] - float(picture_times(tmp_path / "out.mp4")[0])
    assert after == pytest.approx(before, abs=0.002)
    assert len(sound_times(tmp_path / "out.mp4")) > 0.95 * len(sound_times(source))


def test_sound_that_mp4_cannot_hold_is_left_out_and_said_so(tmp_path: Path) -> None:
    writer = copy(write_clip(tmp_path / "c.mkv", 5, audio="pcm_s16le"), tmp_path / "out.mp4")

    assert "pcm_s16le" in writer.notes[0]
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio


def test_a_later_part_begins_at_zero_with_its_own_sound(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "c.mkv", 75, audio="flac")

    copy(source, tmp_path / "out.mp4", start_s=1.0)

    assert picture_times(tmp_path / "out.mp4")[0] == 0
    assert len(picture_times(tmp_path / "out.mp4")) == 50
    assert -0.1 < sound_times(tmp_path / "out.mp4")[0] < 0.1


def test_a_clip_without_sound_needs_none(tmp_path: Path) -> None:
    assert copy(write_clip(tmp_path / "c.mp4", 5), tmp_path / "out.mp4").notes == ()


# ---- whole or not at all


def test_nothing_is_left_behind_when_drawing_fails(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_bytes(b"an older result")

    def draw() -> None:
        with ClipWriter(tmp_path / "out.mp4", 64, 48) as writer:
            for index in range(100):
                writer.write(picture(index, 64, 48), Timecode(index, Fraction(1, 25)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw()

    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"an older result"


def test_the_name_appears_only_at_the_end(tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "out.mp4", 64, 48) as writer:
        writer.write(picture(0, 64, 48), Timecode(0, Fraction(1, 25)))
        assert not (tmp_path / "out.mp4").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_without_room_for_a_copy_the_index_stays_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(self: ClipWriter) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ClipWriter, "_copy_to_front", no_room)
    copy(write_clip(tmp_path / "clip.mkv", 40, audio="aac"), tmp_path / "out.mp4")
    assert len(picture_times(tmp_path / "out.mp4")) == 40
    assert boxes(tmp_path / "out.mp4")[-1] == b"moov"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mkv", "out.mp4"]


def test_no_pictures_no_file(tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "out.mp4", 64, 48):
        pass
    assert list(tmp_path.iterdir()) == []


def test_pictures_of_another_kind_are_refused(tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "out.mp4", 64, 48) as writer:
        with pytest.raises(ValueError, match=r"\(48, 64, 3\)"):
            writer.write(picture(0, 48, 64), Timecode(0, Fraction(1, 25)))
        writer.write(picture(0, 64, 48), Timecode(0, Fraction(1, 25)))
        with pytest.raises(ValueError, match="time base"):
            writer.write(picture(0, 64, 48), Timecode(1, Fraction(1, 30)))


def test_a_source_that_cannot_be_read_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ClipError):
        ClipWriter(tmp_path / "out.mp4", 64, 48, source=tmp_path / "nowhere.mp4")


CHAPTERS = (Chapter(10.0, 10.4, "Shot 1"), Chapter(10.4, 10.4, "Shot 2, Smoke"))


def chapters_of(path: Path) -> list[tuple[float, str]]:
    with av.open(str(path)) as container:
        return [
            (float(chapter["start"] * chapter["time_base"]), chapter["metadata"]["title"])
            for chapter in container.chapters()
        ]


def test_chapters_count_from_where_the_copy_begins(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", pts=[10_000 + 40 * n for n in range(20)], audio="aac")
    with ClipReader(clip) as reader, ClipWriter(tmp_path / "copy.mp4", 64, 48, clip, CHAPTERS) as writer:
        for frame in reader:
            writer.write(frame.image, frame.time)
        zero_s = video_zero_s(clip, 10.0)
    assert chapters_of(tmp_path / "copy.mp4") == [
        (pytest.approx(10.0 - zero_s), "Shot 1"),
        (pytest.approx(10.4 - zero_s), "Shot 2, Smoke"),
    ]
    with av.open(str(tmp_path / "copy.mp4")) as container:
        first = next(container.decode(video=0))
        assert float(first.pts * first.time_base) == pytest.approx(10.0 - zero_s, abs=0.001)


def test_a_part_begins_at_zero(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=50)
    assert video_zero_s(clip, 1.0) == pytest.approx(1.0)
    assert video_zero_s(clip, 0.0) == pytest.approx(0.0)


def test_without_chapters_there_are_none(tmp_path: Path) -> None:
    with ClipWriter(tmp_path / "copy.mp4", 64, 48) as writer:
        writer.write(picture(0, 64, 48), Timecode(0, Fraction(1, 1000)))
    assert chapters_of(tmp_path / "copy.mp4") == []
