"""That reading can still be measured, not what it costs."""

from pathlib import Path

from benchmarks.reading import measure
from tests.clips import write_clip


def test_both_ways_are_measured_on_every_frame(tmp_path: Path) -> None:
    found = measure(write_clip(tmp_path / "clip.mp4", 5, (1300, 20)), most_frames=4)

    assert (found["frames"], found["size_px"]) == (4, [1300, 20])
    assert len(found["ms"]) == 8
    assert found["psnr_db"] > 30


def test_a_small_clip_has_no_picture_made_small_for_a_network(tmp_path: Path) -> None:
    assert measure(write_clip(tmp_path / "clip.mp4", 2))["psnr_db"] is None
