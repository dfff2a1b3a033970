"""What tracking costs: processor time on one core with few and with very many boxes in a frame."""

import time
from typing import Any

import numpy as np

from detector.detections import Detections
from detector.tracking import Tracker

FRAMES = 20
COUNTS = (20, 300, 1_000, 10_000)


def load_figures() -> dict[str, Any]:
    """Milliseconds a frame of `update` and `finish`, on a 1080p picture: vehicles that jitter, and pure noise."""
    figures = {f"{count} vehicles": load(count, jumping=False) for count in COUNTS}
    figures[f"{COUNTS[-1]} boxes of noise"] = load(COUNTS[-1], jumping=True)
    return figures


def load(count: int, jumping: bool) -> dict[str, Any]:
    """So many boxes a frame; `jumping` ones are somewhere else in each."""
    random = np.random.default_rng(1)
    places = random.uniform(0, 1, (count, 2)) * (1920, 1080)
    tracker = Tracker(high_score=0.5, low_score=0.1)
    started = time.process_time()
    for frame in range(FRAMES):
        centres = places + random.normal(0, 400 if jumping else 2, places.shape)
        corners = np.concatenate([centres - 10, centres + 10], axis=1).astype(np.float32)
        detections = Detections(corners, np.full(count, 0.8, np.float32), np.zeros(count, np.int64))
        tracker.update(detections, frame, frame / 30)
    seen = time.process_time()
    tracks = tracker.finish()
    done = time.process_time()
    figures = {
        "update_ms_a_frame": round(1000 * (seen - started) / FRAMES, 2),
        "finish_ms_a_frame": round(1000 * (done - seen) / FRAMES, 2),
        "tracks": len(tracks),
    }
    print(f"{count} boxes a frame, {'noise' if jumping else 'vehicles'}: {figures}", flush=True)
    return figures
