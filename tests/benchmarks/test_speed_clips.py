"""The clips of the speed benchmark: cut and repeated without coding them again, and drawn."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks import speed_clips
from benchmarks.speed_clips import clip_of, forth_and_back, write_beginning, write_rendered, write_repeated
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


def test_pictures_go_forth_and_back() -> None:
    pictures = [np.full((4, 4, 3), level, np.uint8) for level in (1, 2, 3)]
    assert [int(p[0, 0, 0]) for p in forth_and_back(pictures, 8, (4, 4))] == [1, 2, 3, 3, 2, 1, 1, 2]
    assert {p.shape for p in forth_and_back(pictures, 2, (2, 2))} == {(2, 2, 3)}


def test_one_drawing_becomes_every_rendered_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"large": ((128, 64), "libx264"), "small": ((64, 32), "libx265")}
    monkeypatch.setattr(speed_clips, "RENDERED", made)
    write_rendered({name: tmp_path / f"{name}.mp4" for name in made}, 5, SMALL)
    for name, (size, codec) in made.items():
        with av.open(str(tmp_path / f"{name}.mp4")) as container:
            video = container.streams.video[0]
            assert (video.frames, (video.width, video.height)) == (5, size)
            assert video.codec_context.name == {"libx264": "h264", "libx265": "hevc"}[codec]


def test_clips_are_made_once_and_real_ones_that_are_missing_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clip_of("ground_tank2", 5, tmp_path / "nowhere", tmp_path / "cache") is None
    monkeypatch.setattr(speed_clips, "RENDERED", {"drawn": ((64, 32), "libx264")})
    monkeypatch.setattr(speed_clips, "SCENE", replace(SMALL, width_px=64, height_px=32))
    made = clip_of("drawn", 3, tmp_path, tmp_path / "cache")
    assert made is not None
    assert read(made)[0] == 3
    monkeypatch.setattr(speed_clips, "write_rendered", None)  # it would have to be called
    assert clip_of("drawn", 3, tmp_path, tmp_path / "cache") == made
