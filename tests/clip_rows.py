"""Rows of many clips, made by hand."""

import base64
from typing import Any

import cv2
import numpy as np

from detector.outputs.clip_figures import ClipFigures, ClipRow


def figures(**changes: Any) -> ClipFigures:
    found: dict[str, Any] = {
        "length_s": 12.5, "distinct_low": 1, "distinct_best": 2, "distinct_high": 4, "most_at_once": 2, "convoys": 0,
        "smoke_s": 0.0, "fire_s": 0.0, "share_read": 1.0,
    }  # fmt: skip
    return ClipFigures(**{**found, **changes})


def row(clip: str = "a.mp4", **changes: Any) -> ClipRow:
    """A clip that was done well."""
    found: dict[str, Any] = {
        "clip": clip, "state": "done", "exit_code": 0, "reason": "", "seconds": 20.5, "sha256": "ab" * 32,
        "same_as": None, "folder": "a.detect", "figures": figures(), "thumbnail": None,
    }  # fmt: skip
    return ClipRow(**{**found, **changes})


def failed(clip: str = "bad.mp4", reason: str = "is no video") -> ClipRow:
    """A clip that could not be read."""
    return row(clip, state="failed", exit_code=3, reason=reason, folder=None, figures=None, sha256=None)


def thumbnail(seed: int) -> str:
    """A picture as small as those of real clips, and as hard to compress."""
    noise = np.random.default_rng(seed).normal(120, 40, (81, 144, 3)).astype(np.float32)
    image = np.clip(cv2.GaussianBlur(noise, (0, 0), 1.5) * 3 - 240, 0, 255).astype(np.uint8)
    webp = cv2.imencode(".webp", image, [cv2.IMWRITE_WEBP_QUALITY, 55])[1]
    return base64.b64encode(webp.tobytes()).decode("ascii")
