"""What tracking costs: processor time on one core with few and with very many boxes in a frame."""

import time
from typing import Any

import numpy as np

from detector.detections import Detections
from detector.tracking import Tracker

FRAMES = 20
COUNTS = (20, 300, 1_000, 10_000)


def load_figures() -> dict[str, Any]:
    """Milliseconds a frame of `update` and `finish`, for vehicles that jitter on a 1080p picture."""
    figures = {}
    for count in COUNTS:
        random = np.random.default_rng(1)
        places = random.uniform(0, 1, (count, 2)) * (1920, 1080)
        tracker = Tracker(high_score=0.5, low_score=0.1)
        started = time.process_time()
        for frame in range(FRAMES):
            centres = places + random.normal(0, 2, places.shape)
            corners = np.concatenate([centres - 10, centres + 10], axis=1).astype(np.float32)
            detections = Detections(corners, np.full(count, 0.8, np.float32), np.zeros(count, np.int64))
            tracker.update(detections, frame, frame / 30)
        seen = time.process_time()
        tracks = tracker.finish()
        done = time.process_time()
        figures[str(count)] = {
            "update_ms_a_frame": round(1000 * (seen - started) / FRAMES, 2),
            "finish_ms_a_frame": round(1000 * (done - seen) / FRAMES, 2),
            "tracks": len(tracks),
        }
        print(f"{count} boxes a frame: {figures[str(count)]}", flush=True)
    return figures
