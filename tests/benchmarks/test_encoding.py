"""That encoding can still be measured, not what it costs."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.encoding import drawn_frames, encode, ssim
from detector.video_encoder import X264
from tests.clips import write_clip
from tests.fakes import ground, noisy


def test_frames_are_drawn_and_encoded(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 8, (320, 192))

    frames = drawn_frames(clip, first=2, count=4)
    found = encode(frames, X264.options)

    assert len(frames) == 4
    assert found.psnr_db > 25
    assert 0.8 < found.ssim <= 1
    assert found.sha256 == encode(frames, X264.options).sha256


def test_structural_similarity() -> None:
    picture = ground(1)[..., 1]
    assert ssim(picture, picture) == pytest.approx(1)
    assert ssim(picture, noisy(ground(1), 1)[..., 1]) < 0.99
    assert ssim(picture, np.asarray(255 - picture, np.uint8)) < 0.5
