"""Average precision of boxes by faster-coco-eval (extra `train`), over all boxes, by object size and by class."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from models.box_rule import MOST_BOXES
from models.truth import Truth

REFERENCE_PX = 640  # longest side of the picture in which the sizes of objects are told, whatever size is looked at
SIZE_EDGES_PX = (0, 16, 32, 96, 10_000)
SIZE_NAMES = ("under 16 px", "16 to 32 px", "32 to 96 px", "over 96 px")


@dataclass(frozen=True)
class BoxPrecision:
    """AP at IoU 0.5, and its mean over IoU 0.5 to 0.95; None where there is nothing to find."""

    ap50: float | None
    ap50_95: float | None

    @staticmethod
    def of(precision: NDArray[np.floating]) -> "BoxPrecision":
        """From (IoU, recall, ...) as COCO samples it; -1 stands for nothing to find."""
        return BoxPrecision(_mean(precision[0]), _mean(precision))

    def as_dict(self) -> dict[str, float | None]:
        return asdict(self)


def _mean(precision: NDArray[np.floating]) -> float | None:
    known = precision[precision > -1]
    return round(float(known.mean()), 4) if len(known) else None


def sizes_px(truth: Truth) -> NDArray[np.float64]:
    """(n,) square root of each box's area, in pixels of the picture scaled to REFERENCE_PX."""
    width, height = (truth.xyxy[:, 2:] - truth.xyxy[:, :2]).T * _to_reference(truth)
    return np.asarray(np.sqrt(width * height), np.float64)


def _to_reference(truth: Truth) -> float:
    return REFERENCE_PX / max(truth.width_px, truth.height_px)


def agnostic_precision(
    truths: Sequence[Truth], found: Sequence[Detections]
) -> tuple[BoxPrecision, dict[str, BoxPrecision]]:
    """AP whatever the class: of all boxes, and by object size."""
    one = np.zeros(1, np.int64)
    precision = _coco_precision(truths, found, one, agnostic=True)
    by_size = {name: BoxPrecision.of(precision[:, :, 0, index]) for index, name in enumerate(SIZE_NAMES, start=1)}
    return BoxPrecision.of(precision[:, :, 0, 0]), by_size


def class_precision(
    truths: Sequence[Truth], found: Sequence[Detections], classes: Sequence[str]
) -> tuple[BoxPrecision, dict[str, BoxPrecision]]:
    """AP by class: its mean over the classes that the source holds, and each of these.

    A true box whose class is not told (its index is beyond `classes`) is to be ignored for every class.
    """
    precision = _coco_precision(truths, found, np.arange(len(classes)), agnostic=False)[:, :, :, 0]
    by_class = {name: BoxPrecision.of(precision[:, :, index]) for index, name in enumerate(classes)}
    return BoxPrecision.of(precision), {name: value for name, value in by_class.items() if value.ap50 is not None}


def _coco_precision(
    truths: Sequence[Truth], found: Sequence[Detections], classes: NDArray[np.int64], agnostic: bool
) -> NDArray[np.floating]:
    """(IoU, recall, class, all and object sizes).

    Raises:
        ModuleNotFoundError: faster-coco-eval is not installed.
    """
    try:
        from faster_coco_eval import COCO, COCOeval_faster
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("box AP needs faster-coco-eval: pip install '.[train]'") from error

    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for image, (truth, detections) in enumerate(zip(truths, found, strict=True), start=1):
        scale = _to_reference(truth)
        for box, index, ignore in zip(truth.xyxy * scale, truth.classes, truth.ignore, strict=True):
            told = agnostic or index < len(classes)
            for category in [0 if agnostic else index] if told else classes:
                annotations.append(_annotation(len(annotations) + 1, image, category, box, ignore or not told))
        rows = zip(detections.xyxy * scale, detections.classes, detections.scores.tolist(), strict=True)
        for box, index, score in rows:
            results.append(_annotation(len(results) + 1, image, 0 if agnostic else index, box) | {"score": score})
    parts = {
        "images": [{"id": image} for image in range(1, len(truths) + 1)],
        "categories": [{"id": int(index) + 1, "name": str(index)} for index in classes],
    }
    ground, answer = COCO(parts | {"annotations": annotations}), COCO(parts | {"annotations": results})
    evaluation = COCOeval_faster(ground, answer, "bbox", print_function=lambda *_: None)
    evaluation.params.maxDets = [MOST_BOXES]
    ranges = [(0, SIZE_EDGES_PX[-1]), *pairwise(SIZE_EDGES_PX)]
    evaluation.params.areaRng = [[low**2, high**2] for low, high in ranges]
    evaluation.params.areaRngLbl = ["all", *SIZE_NAMES]
    evaluation.evaluate()
    evaluation.accumulate()
    return np.asarray(evaluation.eval["precision"])[:, :, :, :, -1]


def _annotation(
    identity: int, image: int, category: int, box: NDArray[np.floating], ignore: bool = False
) -> dict[str, Any]:
    left, top, right, bottom = box.tolist()
    return {
        "id": identity,
        "image_id": image,
        "category_id": int(category) + 1,
        "bbox": [left, top, right - left, bottom - top],
        "area": (right - left) * (bottom - top),
        "iscrowd": int(ignore),
    }
