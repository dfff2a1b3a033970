"""How well frames are flagged one by one: the val pictures of frame_labels.csv, and whether they have colours."""

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.colour_rules import colour_shares
from detector.analysis import SMOKE_FIRE_FLOOR
from detector.colour import chroma, is_monochrome
from detector.model import Network
from detector.motion import motion_picture
from detector.shots import thumbnail
from detector.sightings import sighting_of
from models.calibration import quiet_threshold
from models.figures import FRAME_GROUPS
from models.metrics import Judged, average_precision, curve
from models.truth import Truth, source_of

FROM_ABOVE = "drone and elevated (zem, mian, worldkpax, plasma)"
CLEAR_SOURCES = ("cair_clear", "aryanraj_clear", "plasma")

Picture = NDArray[np.uint8]
Scores = Mapping[str, NDArray[np.float64]]


def network_scores(network: Network, pictures: Sequence[Picture]) -> Scores:
    """Frame scores of each kind."""
    found = network.detect(pictures, confidence=SMOKE_FIRE_FLOOR)
    seen = [sighting_of(number, 0.0, one, network.classes) for number, one in enumerate(found)]
    return {kind: np.array([sighting.score(kind) for sighting in seen]) for kind in network.classes}


def colour_scores(pictures: Sequence[Picture]) -> Scores:
    """What plain colour says of each."""
    shares = [colour_shares(thumbnail(motion_picture(picture))) for picture in pictures]
    return {kind: np.array([share[kind] for share in shares]) for kind in ("smoke", "fire")}


def score_pictures(truths: Sequence[Truth], scores: Scores, thresholds: Mapping[str, float]) -> dict[str, Any]:
    """Average precision and recall on views from above, and look-alikes and clear sources flagged, of val."""
    sources = np.array([source_of(truth.picture) for truth in truths])
    above = np.isin(sources, FRAME_GROUPS[FROM_ABOVE] or ())
    figures: dict[str, Any] = {}
    for kind in scores:
        known = np.array([kind in truth.present for truth in truths])
        shows = np.array([truth.present.get(kind, False) for truth in truths])
        flagged = scores[kind] >= thresholds[kind]
        chosen = known & above
        judged = Judged(scores[kind][chosen], shows[chosen], int(shows[chosen].sum()), int(chosen.sum()))
        figures[kind] = {
            "average_precision": round(average_precision(curve([judged])), 3),
            "recall": round(float(flagged[chosen & shows].mean()), 3),
            "clear_flagged": round(float(flagged[chosen & ~shows].mean()), 3),
        }
    neither = np.array([truth.present.get("smoke") is truth.present.get("fire") is False for truth in truths])
    alike = neither & (np.array([bool(truth.lookalike) for truth in truths]) | np.isin(sources, CLEAR_SOURCES))
    wrong = np.any([scores[kind] >= thresholds[kind] for kind in scores], axis=0)
    figures["look_alikes"] = {"pictures": int(alike.sum()), "flagged": int((alike & wrong).sum())}
    return figures


def clear_thresholds(truths: Sequence[Truth], scores: Scores, share: float) -> dict[str, float]:
    """Of a method that has none: those that flag at most this share of the clear frames of val."""
    clear = {kind: np.array([truth.present.get(kind) is False for truth in truths]) for kind in scores}
    return {kind: quiet_threshold(scores[kind][clear[kind]], share) for kind in scores}


def colourless(pictures: Sequence[NDArray[np.uint8]]) -> dict[str, int]:
    """How many pictures are taken for monochrome: as they are, and without colours, coded, under an orange display."""
    grey = [_grey_under_display(picture) for picture in pictures]
    return {
        "pictures": len(pictures),
        "as_they_are": sum(
            is_monochrome(np.array([chroma(thumbnail(motion_picture(picture)))])) for picture in pictures
        ),
        "made_grey": sum(is_monochrome(np.array([chroma(thumbnail(motion_picture(picture)))])) for picture in grey),
    }


def _grey_under_display(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    height, width = grey.shape[:2]
    cv2.putText(grey, "12:04 ALT 310", (width // 20, height // 8), 0, height / 400, (0, 140, 255), 2)
    cv2.rectangle(grey, (width // 3, height // 3), (2 * width // 3, 2 * height // 3), (0, 140, 255), 2)
    coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
