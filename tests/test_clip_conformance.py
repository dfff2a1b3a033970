"""The specification of reading: each row is a kind of clip found in the wild, and what every way of reading it gives.

The pictures drawn are numbered; a row says which come out, when, how large, which way up, and what is remarked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, ColorTrc

from detector import analyze
from detector.clip import ClipReader, Frame
from detector.frame import ImagePicture
from detector.frame_records import FrameRecord
from tests.clips import LEVEL_STEP, level, write_clip
from tests.fakes import square_networks
from tests.odd_clips import join, with_flv_stamps, write_colours, write_two_tracks

Corner = tuple[int, int]  # row and column of the white corner, 0 or 1
TOP_LEFT, TOP_RIGHT, BOTTOM_RIGHT, BOTTOM_LEFT = (0, 0), (0, 1), (1, 1), (1, 0)
FRAMES = 10
AT_25 = {"time_base": Fraction(1, 25)}  # older formats and codecs count nothing finer than pictures
KEEP_FIELDS_APART = {"flags": "+ildct+ilme"}
QUIET_X265 = {"x265-params": "log-level=none"}
JOINT = (
    46,
)  # the packet counter leaps within what was stored last, frame 47: whether anything is lost cannot be known
ONE_HOUR_ON = range(3_600_000, 3_600_400, 40)
EPOCH_ON = range(1_700_000_000_000, 1_700_000_000_400, 40)
DAY_APART = [0, 40, 80, 86_400_000, 86_400_040, 86_400_500, 86_400_540, 86_500_000, 86_500_040, 86_500_080]
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov"}


@dataclass(frozen=True)
class Row:
    """A kind of clip, and what reading it gives.

    Attributes:
        kind: the name of the test.
        file: the name of the file; its ending chooses the container.
        options: for `write_clip`.
        make: writes the clip instead of `write_clip`.
        shows: numbers of the drawn pictures that come out.
        at_ms: stamps after the first; None where each comes 40 ms after the one before.
        first_s: stamp of the first picture; None where it does not matter.
        size: width and height of the upright picture.
        corner: where the white corner of the drawn picture is once that is upright.
        remarks: a word of each note, in order.
        broken_after: frames after which the file cannot be trusted.
    """

    kind: str
    file: str
    options: dict[str, object] | None = None
    make: Callable[[Path], Path] | None = None
    shows: Sequence[int] = range(FRAMES)
    at_ms: Sequence[float] | None = None
    first_s: float | None = None
    size: tuple[int, int] = (64, 48)
    corner: Corner = TOP_LEFT
    remarks: tuple[str, ...] = ()
    broken_after: tuple[int, ...] = ()

    def written(self, folder: Path) -> Path:
        """The clip, in a folder; skips the test where the installed PyAV lacks the encoder."""
        options = {"frames": FRAMES, **(self.options or {})}
        codec = str(options.get("codec", "libx264"))
        try:
            av.Codec(codec, "w")
        except ValueError:
            pytest.skip(f"the installed PyAV cannot write {codec}")
        return self.make(folder / self.file) if self.make else write_clip(folder / self.file, **options)  # type: ignore[arg-type]


def codec(name: str, file: str, pixel_format: str = "yuv420p", size: tuple[int, int] = (64, 48), **options: str) -> Row:
    """A row that differs from the plain clip in its codec only."""
    written = {**AT_25, "codec": name, "pixel_format": pixel_format, "size": size, "codec_options": options}
    return Row(f"{name} in {Path(file).suffix[1:]}, {pixel_format}", file, written, size=size)


def turned(counterclockwise: int, corner: Corner, file: str) -> Row:
    """A row of a clip that asks to be turned."""
    size = (48, 64) if counterclockwise % 180 else (64, 48)
    kind = f"turned by {-counterclockwise % 360} in {Path(file).suffix[1:]}"
    return Row(kind, file, {"rotation": counterclockwise}, size=size, corner=corner)


def timed(
    kind: str, file: str, stamps: Sequence[int], time_base: Fraction = Fraction(1, 1000), **codec_and_format: str
) -> Row:
    """A row of a clip with stamps of its own."""
    at_ms = [float((stamp - stamps[0]) * time_base * 1000) for stamp in stamps]
    options = {"frames": len(stamps), "pts": stamps, "time_base": time_base, **codec_and_format}
    return Row(kind, file, options, shows=range(len(stamps)), at_ms=at_ms)


CODECS = [
    codec("libx264", "clip.mp4"),
    codec("libx264", "clip.mov"),
    codec("libx264", "clip.mkv"),
    codec("libx264", "clip.ts"),
    codec("libx264", "clip.flv"),
    codec("libx264", "clip.avi", bf="0"),
    codec("libx264", "high422.mp4", "yuv422p10le"),
    codec("libx265", "clip.mp4", **QUIET_X265),
    codec("libx265", "ten_bits.mkv", "yuv420p10le", **QUIET_X265),
    codec("libsvtav1", "clip.mp4", size=(64, 64), preset="13"),
    codec("libsvtav1", "ten_bits.webm", "yuv420p10le", size=(64, 64), preset="13"),
    codec("libvpx", "clip.webm"),
    codec("libvpx-vp9", "clip.webm"),
    codec("mpeg2video", "clip.mpg"),
    codec("mpeg2video", "clip.ts"),
    codec("mpeg4", "clip.avi"),
    codec("mpeg4", "clip.3gp"),
    codec("h263", "clip.3gp", size=(176, 144)),
    codec("flv1", "clip.flv"),
    codec("wmv2", "clip.wmv"),
    codec("mjpeg", "clip.avi", "yuvj420p"),
    codec("mjpeg", "clip.mov", "yuvj422p"),
    codec("prores", "clip.mov", "yuv422p10le"),
    codec("ffv1", "clip.mkv", "yuv444p16le"),
    codec("gif", "clip.gif", "rgb8"),
    codec("gif", "grey.gif", "gray"),
    codec("libvpx", "transparent.webm", "yuva420p", **{"auto-alt-ref": "0"}),
    codec("libvpx-vp9", "transparent.webm", "yuva420p", **{"auto-alt-ref": "0"}),
    codec("prores_ks", "transparent.mov", "yuva444p10le"),
    codec("png", "clip.mov", "rgba"),
    codec("tiff", "clip.mov", "rgb24"),
    codec("qtrle", "clip.mov", "argb"),
    codec("huffyuv", "clip.avi", "bgra"),
    codec("ffv1", "eighth.mkv", "yuv410p"),
    codec("ffv1", "grey.avi", "gray10le"),
    codec("libx264rgb", "lossless.mp4", "rgb24", qp="0"),
    codec("jpeg2000", "clip.mxf", "yuv422p"),
    codec("cinepak", "clip.mov", "rgb24"),
    codec("snow", "clip.avi", strict="-2"),
    codec("mpeg1video", "clip.mpg"),
]
SIZES = [
    codec("mpeg4", "odd.mp4", size=(33, 25)),
    codec("libvpx-vp9", "odd.webm", size=(35, 27)),
    codec("libx264", "odd.mkv", "yuv444p", size=(33, 25)),
    codec("mjpeg", "odd.avi", "yuvj420p", size=(33, 25)),
    codec("ffv1", "one_pixel.mkv", size=(1, 1)),
    codec("libx264", "sliver.mp4", size=(512, 4)),
    codec("png", "column.mov", "gray", size=(1, 4000)),
    codec("png", "line.mov", "gray", size=(20_000, 2)),
]
WAYS_UP = [
    turned(degrees, corner, file)
    for file in ("clip.mp4", "clip.mov", "clip.mkv")
    for degrees, corner in ((0, TOP_LEFT), (90, BOTTOM_LEFT), (180, BOTTOM_RIGHT), (-90, TOP_RIGHT))
]
TIMES = [
    timed("a phone's variable rate, mkv", "phone.mkv", [0, 33, 99, 140, 700, 701, 2000]),
    timed("a phone's variable rate, mp4", "phone.mp4", [0, 33, 99, 140, 700, 701, 2000]),
    timed("29.97 a second, not rounded", "ntsc.mp4", range(FRAMES), Fraction(1001, 30000)),
    timed("one picture in ten seconds", "lapse.mp4", [0, 10_000, 20_000]),
    timed("frames of unlike length", "loop.gif", [0, 10, 30, 100], Fraction(1, 100), codec="gif", pixel_format="rgb8"),
    Row("beginning at two seconds", "late.mp4", {"pts": range(2000, 2400, 40)}, first_s=2.0),
    Row(
        "beginning at an hour, where the length counts from zero",
        "late.mkv",
        {"pts": ONE_HOUR_ON},
        first_s=3600.0,
        remarks=("begin",),
    ),
    Row("beginning at the time of the epoch", "clock.mkv", {"pts": EPOCH_ON}, first_s=1.7e9, remarks=("begin",)),
    Row("a leap of a day", "day.mkv", {"pts": DAY_APART}, at_ms=DAY_APART),
    Row(
        "a transport stream near the end of its 33 bits",
        "wrap.ts",
        {"container_options": {"output_ts_offset": "95442.1"}},
    ),
    Row(
        "pictures before time zero, which the edit list hides",
        "edited.mp4",
        {"frames": 30, "pts": range(-400, 800, 40)},
        shows=range(10, 30),
        first_s=0.0,
        remarks=("edit list",),
    ),
    Row("no stamps at all, H.264", "raw.h264", remarks=("without a time stamp",)),
    Row("no stamps at all, MPEG-4", "raw.m4v", {"codec": "mpeg4"}),
    Row(
        "stamps that run backward",
        "backward.flv",
        make=lambda path: with_flv_stamps(path, [0, 40, 80, 60, 160, 200]),
        shows=range(6),
        at_ms=[0, 40, 80, 81, 160, 200],
        remarks=("repeat or run backwards",),
    ),
    Row(
        "stamps that repeat",
        "repeat.flv",
        make=lambda path: with_flv_stamps(path, [0, 40, 40, 40, 160, 200]),
        shows=range(6),
        at_ms=[0, 40, 41, 42, 160, 200],
        remarks=("repeat or run backwards",),
    ),
    Row(
        "a clock that starts again",
        "joined.ts",
        make=lambda path: join(path, [write_clip(path.with_name(f"{part}.ts"), 50) for part in "ab"]),
        shows=[*range(50)] * 2,
        remarks=("start again",),
        broken_after=JOINT,
    ),
]
MAKES = [
    Row("fragmented", "live.mp4", {"container_options": FRAGMENTED}),
    Row("an index at the front", "web.mp4", {"container_options": {"movflags": "faststart"}}),
    Row("with the arrival times of camcorders", "00001.m2ts", {"container_options": {"mpegts_m2ts_mode": "1"}}),
    Row("pixels that are not square", "dv.mp4", {"aspect": Fraction(16, 15)}),
    Row("interlaced H.264", "fields.mp4", {"codec_options": KEEP_FIELDS_APART}, remarks=("interlaced",)),
    Row(
        "interlaced MPEG-2",
        "fields.ts",
        {**AT_25, "codec": "mpeg2video", "codec_options": KEEP_FIELDS_APART},
        remarks=("interlaced",),
    ),
    Row("with sound", "sound.mp4", {"audio": "aac"}),
    Row("two video tracks", "two.mp4", make=write_two_tracks, remarks=("2 video tracks",)),
    Row(
        "a still of the same size before the video",
        "still.mp4",
        make=lambda path: write_two_tracks(path, sizes=((64, 48), (64, 48)), first_frames=1),
        remarks=("2 video tracks: only one, number 1",),
    ),
    Row("two video tracks", "two.mkv", make=write_two_tracks, remarks=("2 video tracks",)),
    Row(
        "a size that changes in mid-stream",
        "grows.ts",
        make=lambda path: join(
            path, [write_clip(path.with_name(f"{width}.ts"), 50, (width, 48)) for width in (64, 96)]
        ),
        shows=[*range(50)] * 2,
        remarks=("start again", "size changes"),
        broken_after=JOINT,
    ),
    Row(
        "a size that changes in mid-stream, without stamps",
        "grows.h264",
        make=lambda path: join(
            path, [write_clip(path.with_name(f"{width}.h264"), 5, (width, 48)) for width in (64, 96)]
        ),
        shows=[*range(5)] * 2,
        remarks=("without a time stamp", "size changes"),
    ),
]
ROWS = [*CODECS, *SIZES, *WAYS_UP, *TIMES, *MAKES]
every_row = pytest.mark.parametrize("row", ROWS, ids=[row.kind.replace(" ", "-") for row in ROWS])


COLOURS_BGR = ((0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255), (0, 0, 0), (40, 90, 160))
TAGGED = [
    # codec, pixel format, matrix, range
    ("libx264", "yuv420p", Colorspace.ITU709, ColorRange.MPEG),
    ("libx264", "yuv420p", Colorspace.ITU601, ColorRange.MPEG),
    ("libx264", "yuv420p", Colorspace.ITU709, ColorRange.JPEG),
    ("libx264", "yuv444p", Colorspace.ITU709, ColorRange.MPEG),
    ("libx264", "yuv420p10le", Colorspace.BT2020, ColorRange.MPEG),
    ("libx265", "yuv420p10le", Colorspace.ITU709, ColorRange.JPEG),
    ("libvpx-vp9", "yuv420p", Colorspace.ITU709, ColorRange.MPEG),
    ("mjpeg", "yuvj420p", Colorspace.ITU601, ColorRange.JPEG),
]


@pytest.mark.parametrize(("codec", "pixel_format", "matrix", "range_"), TAGGED)
def test_colours_are_those_that_were_coded(
    tmp_path: Path, codec: str, pixel_format: str, matrix: Colorspace, range_: ColorRange
) -> None:
    path = write_colours(tmp_path / "clip.mkv", COLOURS_BGR, codec, pixel_format, matrix, range_)
    with ClipReader(path) as reader:
        *_, frame = reader

    assert frame.image[32, 8::16] == pytest.approx(np.array(COLOURS_BGR), abs=6)
    assert frame.picture.scaled(48, 32).image[16, 4::8] == pytest.approx(np.array(COLOURS_BGR), abs=6)


@pytest.mark.parametrize(
    ("transfer", "signals"),  # of black, 18 % grey and diffuse white (203 cd/m2), and of a highlight, as in BT.2408
    [(ColorTrc.SMPTE2084, (0.0, 0.38, 0.58, 0.75)), (ColorTrc.ARIB_STD_B67, (0.0, 0.38, 0.75, 0.95))],
)
def test_high_dynamic_range_is_brought_to_the_standard_one(
    tmp_path: Path, transfer: ColorTrc, signals: Sequence[float]
) -> None:
    greys = [(round(255 * signal),) * 3 for signal in signals]
    path = write_colours(
        tmp_path / "hdr.mkv", greys, "ffv1", "yuv444p10le", Colorspace.BT2020, ColorRange.MPEG, transfer
    )
    with ClipReader(path) as reader:
        *_, frame = reader

    black, grey, white, highlight = (int(value) for value in frame.image[32, 8:64:16, 1])
    assert black == 0
    assert 95 < grey < 130
    assert white > 240
    assert highlight == 255
    assert "high dynamic range" in reader.notes[0]


def grey_level(frame: Frame, corner: Corner) -> float:
    """Mean level of the quarter that lies across from the white corner."""
    height, width = frame.image.shape[:2]
    row, column = corner
    rows = slice(height // 2, None) if row == 0 else slice(0, -(-height // 2))
    columns = slice(width // 2, None) if column == 0 else slice(0, -(-width // 2))
    return float(frame.image[rows, columns].mean())


def since_start_ms(frames: Sequence[Frame]) -> list[float]:
    return [float((frame.time.pts - frames[0].time.pts) * frame.time.time_base * 1000) for frame in frames]


def brightest_corner(frame: Frame) -> Corner:
    corners = frame.image[:: max(1, frame.image.shape[0] - 1), :: max(1, frame.image.shape[1] - 1)].mean(axis=2)
    row, column = np.unravel_index(corners.argmax(), corners.shape)
    return int(row), int(column)


@every_row
def test_read_from_front_to_back(row: Row, tmp_path: Path) -> None:
    with ClipReader(row.written(tmp_path)) as reader:
        frames = list(reader)

    assert [frame.index for frame in frames] == list(range(len(row.shows)))
    assert since_start_ms(frames) == pytest.approx(row.at_ms or [40 * index for index in range(len(frames))], abs=0.01)
    if row.first_s is not None:
        assert frames[0].time.seconds == row.first_s
    assert {frame.image.shape for frame in frames} == {(row.size[1], row.size[0], 3)}
    levels = [grey_level(frame, row.corner) for frame in frames]
    assert levels == pytest.approx([level(number) for number in row.shows], abs=LEVEL_STEP * 0.75)
    assert row.size == (1, 1) or {brightest_corner(frame) for frame in frames} == {row.corner}
    assert (tuple(place.after_frame for place in reader.damage), reader.frames_failed) == (row.broken_after, 0)
    assert len(reader.notes) == len(row.remarks), reader.notes
    assert all(word in note for word, note in zip(row.remarks, reader.notes, strict=True))


@every_row
def test_pictures_made_small_are_the_same_pictures(row: Row, tmp_path: Path) -> None:
    width, height = max(1, row.size[0] // 2), max(1, row.size[1] // 2)
    with ClipReader(row.written(tmp_path)) as reader:
        for frame in reader:
            small, plain = (each.scaled(width, height).image for each in (frame.picture, ImagePicture(frame.image)))
            assert small.shape == plain.shape
            assert np.abs(small.astype(int) - plain).mean() < 2.5


@every_row
def test_a_part_holds_the_same_pictures_with_the_same_numbers_and_stamps(row: Row, tmp_path: Path) -> None:
    path = row.written(tmp_path)
    with ClipReader(path) as reader:
        whole = list(reader)
    since_ms = since_start_ms(whole)
    with ClipReader(path, since_ms[1] / 1000, since_ms[-1] / 1000) as reader:
        part = list(reader)

    assert [(frame.index, frame.time) for frame in part] == [(frame.index, frame.time) for frame in whole[1:-1]]
    assert all(np.array_equal(one.image, other.image) for one, other in zip(part, whole[1:-1], strict=True))


@every_row
def test_the_analysis_sees_each_picture_at_its_time(row: Row, tmp_path: Path) -> None:
    records: list[FrameRecord] = []
    report = analyze(row.written(tmp_path), networks=square_networks(), on_frames=records.extend)

    assert [record.frame for record in records] == list(range(len(row.shows)))
    assert all(earlier.time_s < later.time_s for earlier, later in pairwise(records))
    assert report.coverage.complete == (not row.broken_after)
    assert report.coverage.frames_decoded == len(row.shows)
