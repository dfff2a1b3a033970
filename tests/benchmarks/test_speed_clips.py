"""The clips of the speed benchmark: cut and repeated without coding them again, and drawn."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks import speed_clips
from benchmarks.speed_clips import clip_of, write_beginning, write_rendered, write_repeated
from datasets.convoy.settings import SceneSettings, View
from detector.clip import ClipReader
from tests.clips import write_clip

SMALL = SceneSettings(
    seed=3, width_px=128, height_px=64, frames=2, cut_frame=2, smoke_frame=None, fire_frame=None, convoy=("tank",),
    parked=(), views=(View(62, 50, 18, 0.5, 1.0, 0.0),) * 2, ground_m=110,
)  # fmt: skip


def read(path: Path) -> tuple[int, list[float]]:
    """How many pictures are whole, and the seconds between them."""
    with ClipReader(path) as reader:
        times = [frame.time.seconds for frame in reader]
        assert not reader.damage
    return len(times), sorted(set(np.round(np.diff(times), 6)))


@pytest.mark.parametrize("b_frames", [0, 3])
def test_the_beginning_is_whole_and_at_most_a_few_pictures_longer(tmp_path: Path, b_frames: int) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 30, busy=True, codec_options={"bf": str(b_frames)})
    write_beginning(clip, tmp_path / "short.mp4", 10)
    frames, steps = read(tmp_path / "short.mp4")
    assert 10 <= frames <= 10 + b_frames
    assert steps == [0.04]


def test_a_clip_shorter_than_that_is_copied_whole(tmp_path: Path) -> None:
    write_beginning(write_clip(tmp_path / "clip.mp4", 5), tmp_path / "short.mp4", 10)
    assert read(tmp_path / "short.mp4")[0] == 5


def test_a_repeated_clip_goes_on_without_a_gap(tmp_path: Path) -> None:
    write_repeated(write_clip(tmp_path / "clip.mp4", 12), tmp_path / "long.mp4", 10)
    assert read(tmp_path / "long.mp4") == (120, [0.04])


def test_a_clip_may_begin_anew_to_be_long_enough(tmp_path: Path) -> None:
    write_beginning(write_clip(tmp_path / "clip.mp4", 12), tmp_path / "long.mp4", 30, again=True)
    frames, steps = read(tmp_path / "long.mp4")
    assert 30 <= frames <= 33
    assert steps == [0.04]


def test_one_drawing_becomes_every_rendered_clip_forth_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {"large": ((128, 64), "libx264"), "small": ((64, 32), "libx265")}
    monkeypatch.setattr(speed_clips, "RENDERED", made)
    write_rendered({name: tmp_path / f"{name}.mp4" for name in made}, SMALL)
    for name, (size, codec) in made.items():
        with av.open(str(tmp_path / f"{name}.mp4")) as container:
            video = container.streams.video[0]
            assert (video.frames, (video.width, video.height)) == (2 * SMALL.frames, size)
            assert video.codec_context.name == {"libx264": "h264", "libx265": "hevc"}[codec]


def test_clips_are_drawn_once_and_cut_to_any_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed_clips, "RENDERED", {"drawn": ((64, 32), "libx264")})
    monkeypatch.setattr(speed_clips, "SCENE", replace(SMALL, width_px=64, height_px=32))
    made = [clip_of("drawn", 3, tmp_path, tmp_path / "cache")]
    monkeypatch.setattr(speed_clips, "write_rendered", None)  # it would have to be called
    made += [clip_of("drawn", frames, tmp_path, tmp_path / "cache") for frames in (3, 9)]
    lengths = [read(path)[0] for path in made if path]
    assert lengths[0] == lengths[1] in (3, 4)
    assert lengths[2] in (9, 10, 11, 12)


def test_a_real_clip_that_is_not_here_is_none(tmp_path: Path) -> None:
    assert clip_of("ground_tank2", 5, tmp_path / "nowhere", tmp_path / "cache") is None
