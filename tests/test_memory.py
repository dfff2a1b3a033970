"""What is found out of a long shot, and of many shots, takes hardly more memory than of a short one.

Counted are the bytes that Python and NumPy ask for, so that the answer is the same on every machine. What a frame may
add is far below what was held of it before all of it went to disk: 2,822 bytes in a shot with a look at every frame.
"""

import gc
import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from detector import smoothing, spool
from detector.detections import Detections
from detector.motion import CameraMotion
from detector.observations import Observation, Observations
from detector.report_assembly import shot_summaries
from detector.settled_shot import SettledShot, settled
from detector.shot_findings import Looking, frame_records, understand_shot
from detector.shots import ShotSpan
from detector.sighting_spool import SightingSpool
from detector.sightings import Sighting
from detector.track_store import TrackStore

VEHICLES = 2
STILL = CameraMotion(np.eye(3), np.eye(2, 3, dtype=np.float32), known=True)
LOOKING = Looking(("tank", "truck"), None, 0.5, 0.8, ("smoke", "fire"), 0.5, {"smoke": 0.5, "fire": 0.5})


@pytest.fixture(autouse=True)
def traced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With less in memory, and fewer boxes in one go, than otherwise, so that a minute shows what an hour would."""
    monkeypatch.setattr(spool, "IN_MEMORY_BYTES", 4096)
    monkeypatch.setattr(smoothing, "MOST_ROWS", 400)
    tracemalloc.start()
    yield
    tracemalloc.stop()


def found_in(frame: int) -> Detections:
    """Vehicles in a row that drive to and fro, with a weak box beside them."""
    left = 50.0 * np.arange(VEHICLES + 1) + 20 * np.sin(frame / 30)
    boxes = np.stack([left, left * 0 + 20, left + 24, left * 0 + 34], axis=1).astype(np.float32)
    scores = np.array([0.9] * VEHICLES + [0.1], np.float32)
    return Detections(boxes, scores, np.ones(VEHICLES + 1, np.int64))


def understood(first: int, frames: int, index: int, first_id: int, store: TrackStore) -> SettledShot:
    """A shot from what was seen of its frames to what is remembered of it, its frame records made on the way."""
    observations, sightings = Observations(), SightingSpool(LOOKING.kinds)
    for frame in range(first, first + frames):
        observations.append(Observation(frame, frame / 25, found_in(frame), 640, STILL, False))
        if frame % 8 == 0:
            sightings.append(Sighting(frame, frame / 25, dict.fromkeys(LOOKING.kinds, Detections.none())))
    span = ShotSpan(first, first + frames - 1, "footage", ())
    shot = understand_shot(span, index, observations, sightings, first_id, LOOKING, (320, 96))
    assert sum(len(record.boxes) for record in frame_records(shot, LOOKING)) == VEHICLES * frames
    return settled(shot, index, LOOKING, store)


def peak_bytes_of_one_shot(frames: int) -> int:
    store = TrackStore()
    tracemalloc.reset_peak()
    [summary], tracks = shot_summaries([understood(0, frames, 0, 1, store)], store, LOOKING, 320)
    assert len(tracks) == summary.distinct.best == VEHICLES
    return tracemalloc.get_traced_memory()[1]


def test_a_long_shot_takes_hardly_more_than_a_short_one() -> None:
    peak_bytes_of_one_shot(20)
    short, long = peak_bytes_of_one_shot(200), peak_bytes_of_one_shot(600)
    assert (long - short) / 400 < 250


def test_of_shots_that_are_over_only_summaries_stay() -> None:
    store, frames, shots = TrackStore(), 120, []
    for index in range(4):
        shots.append(understood(index * frames, frames, index, 1 + index * VEHICLES, store))
        if index == 1:
            before = traced_bytes()
    grown = traced_bytes() - before
    assert grown / 2 < 10_000, "a shot, whose boxes alone would take 12,000"
    summaries, tracks = shot_summaries(shots, store, LOOKING, 320)
    assert [summary.distinct.best for summary in summaries] == [VEHICLES] * 4
    assert [track.id for track in tracks] == list(range(1, 1 + 4 * VEHICLES))


def traced_bytes() -> int:
    """That are held, less what waits to be collected."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
