"""Whether what was seen of a damaged clip is what the sound one shows, but for the places that the report names."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.clip import ClipReader

Seen = Sequence[tuple[float, NDArray[np.uint8]]]  # stamp in seconds and picture

SAME_DB = 30.0  # PSNR; neighbours of the clips used have less than 20
HELD_BACK_S = 0.16  # before a place: codecs store pictures out of order, here by up to four


def judged_by_pictures(coverage: dict[str, Any], seen: Seen, sound: Path) -> str:
    """What became of the pictures of a sound clip in the analysis of a damaged copy.

    Returns:
        "right result": whatever is missing or looks otherwise does so within a place that the report names.
        "told in a note": no place is named, but a note says that something is amiss.
        "altered unseen": a picture or its time is another one, and the report does not know.
        "lost data": pictures are missing, and the report does not know.
    """
    shown = _pictures(sound)
    stamps = {_milliseconds(time_s) for time_s, _ in seen}
    missing = [time_ms for time_ms in shown if time_ms not in stamps and not _within(coverage["damage"], time_ms)]
    other = [(time_s, image) for time_s, image in seen if not _is_sound(coverage["damage"], shown, time_s, image)]
    if not missing and not other:
        return "right result"
    altered = any(not _shows_another(image, shown.values()) for _, image in other)
    if coverage["notes"] and not altered:
        return "told in a note"
    return "lost data" if not coverage["notes"] and _lost(coverage, seen, shown, missing) else "altered unseen"


def _lost(coverage: dict[str, Any], seen: Seen, shown: dict[int, NDArray[np.uint8]], missing: list[int]) -> bool:
    """Whether pictures are missing beyond those that the report speaks of, and not only at other times."""
    if any(place["leaning_until_s"] is None for place in coverage["damage"]):
        return any(not any(_alike(shown[time_ms], image) for _, image in seen) for time_ms in missing)
    stamps = {_milliseconds(time_s) for time_s, _ in seen}
    told = sum(time_ms not in stamps and _within(coverage["damage"], time_ms) for time_ms in shown)
    return len(seen) + max(told, coverage["frames_failed"]) < len(shown)


@lru_cache
def _pictures(clip: Path) -> dict[int, NDArray[np.uint8]]:
    with ClipReader(clip) as reader:
        return {_milliseconds(frame.time.seconds): frame.image for frame in reader}


def _milliseconds(time_s: float) -> int:
    return round(1000 * time_s)


def _within(damage: list[dict[str, Any]], time_ms: int) -> bool:
    """Whether a moment lies where the report says that pictures are missing or lean on broken ones."""
    return any(
        (place["time_s"] is None or 1000 * (place["time_s"] - HELD_BACK_S) <= time_ms + 1)
        and (place["leaning_until_s"] is None or time_ms < 1000 * place["leaning_until_s"])
        for place in damage
    )


def _is_sound(
    damage: list[dict[str, Any]], shown: dict[int, NDArray[np.uint8]], time_s: float, image: NDArray[np.uint8]
) -> bool:
    time_ms = _milliseconds(time_s)
    return _within(damage, time_ms) or (time_ms in shown and _alike(image, shown[time_ms]))


def _shows_another(image: NDArray[np.uint8], pictures: Any) -> bool:
    return any(_alike(image, picture) for picture in pictures)


def _alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    return one.shape == other.shape and cv2.PSNR(one, other) >= SAME_DB
