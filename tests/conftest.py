"""One analysed clip for the tests of what is made of a report: three lorries in a row, and fire."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from detector import analyze
from detector.frame_records import FrameRecord
from detector.report import Convoy, ConvoyPresence, Report
from tests.fakes import FIRE_RED, ground, noisy, square_networks, with_squares, write_pictures
from tests.stores import s3, store

__all__ = ["analysed", "s3", "store"]

FRAMES = 50


@dataclass(frozen=True)
class AnalysedClip:
    """A report, the records of its frames and the clip they are of."""

    report: Report
    records: tuple[FrameRecord, ...]
    clip: Path


@pytest.fixture(scope="session")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> AnalysedClip:
    clip = tmp_path_factory.mktemp("analysed") / "three lorries.mp4"
    plain = [
        with_squares(ground(1), [(20 + frame, 20), (100 + frame, 20), (180 + frame, 20)], side=24)
        for frame in range(FRAMES)
    ]
    burning = [with_squares(image, [(220, 130)], FIRE_RED, side=30) for image in plain[FRAMES // 2 :]]
    write_pictures(clip, [noisy(image, seed) for seed, image in enumerate(plain[: FRAMES // 2] + burning)])
    records: list[FrameRecord] = []
    report = analyze(clip, networks=square_networks(), on_frames=records.extend)
    ids = tuple(track.id for track in report.tracks)
    convoy = Convoy(ids, len(ids), 0, 49, 0.0, 1.96, (ConvoyPresence(0, 49, len(ids)),), 2.1, 90.0)
    return AnalysedClip(replace(report, convoys=(convoy,)), tuple(records), clip)
