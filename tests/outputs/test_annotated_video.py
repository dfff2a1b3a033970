from pathlib import Path

import av
import numpy as np
import pytest

from detector import analyze
from detector.frame_records import FrameRecord
from detector.outputs.annotated_video import write_annotated_video
from tests.fakes import FIRE_RED, ground, noisy, square_networks, with_squares, write_pictures


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[np.ndarray], list[np.ndarray], list[FrameRecord]]:
    """Pictures of a clip, of its annotated video, and the records that were drawn."""
    folder = tmp_path_factory.mktemp("clip")
    plain = with_squares(ground(1, 640, 384), [(300, 200)], side=40)
    flames = [with_squares(plain, [(450, 250)], FIRE_RED, side=36 + 4 * (frame % 2)) for frame in range(25)]
    clip = write_pictures(folder / "clip.mp4", [noisy(image, seed) for seed, image in enumerate([plain] * 25 + flames)])
    records: list[FrameRecord] = []
    report = analyze(clip, networks=square_networks(), on_frames=records.extend)
    write_annotated_video(report, records, clip, folder / "annotated.mp4")
    return read(clip), read(folder / "annotated.mp4"), records


def read(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24").astype(int) for frame in container.decode(video=0)]


def changed(
    videos: tuple[list[np.ndarray], list[np.ndarray], list[FrameRecord]], frame: int, box: tuple[int, ...]
) -> float:
    """How much a region differs between clip and annotated video, in grey levels."""
    left, top, right, bottom = box
    before, after = (video[frame][top:bottom, left:right] for video in videos[:2])
    return float(np.abs(before - after).mean())


def test_as_many_frames_of_the_same_size(videos: tuple[list[np.ndarray], list[np.ndarray], list[FrameRecord]]) -> None:
    before, after, records = videos
    assert len(before) == len(after) == len(records) == 50
    assert before[0].shape == after[0].shape


@pytest.mark.parametrize("frame", [0, 49])
def test_the_vehicle_is_boxed_on_the_first_frame_as_on_the_last(videos, frame: int) -> None:  # type: ignore[no-untyped-def]
    edge, inside, elsewhere = (296, 200, 304, 240), (312, 212, 328, 228), (100, 200, 140, 240)
    assert changed(videos, frame, edge) > 20
    assert changed(videos, frame, inside) < 10, "the vehicle itself stays visible"
    assert changed(videos, frame, elsewhere) < 10


def test_the_banner_shows_only_while_flagged(videos) -> None:  # type: ignore[no-untyped-def]
    flags = [record.flags for record in videos[2]]
    assert flags[5] == ()
    assert flags[45] == ("fire",)
    banner = (10, 10, 40, 24)
    assert changed(videos, 5, banner) < 10
    assert changed(videos, 45, banner) > 30
