"""Measure a released network on val, through `detector.model`: what ships is what is measured.

    python -m models.evaluate vehicles ../shared/datasets
    python -m models.evaluate smoke_fire ../shared/datasets

Prints the figures and writes them into the network's model.json, with the frame thresholds of smoke and fire. The
confidence of the vehicle network is chosen on clips and stands in its release.yaml.
"""

import argparse
import csv
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from datasets.build import map_boxes, pictures, read_boxes
from datasets.classes import FRAME_LABELLED, VEHICLE_CLASSES, VEHICLE_MAP
from detector.model import Network, load_network
from models.manifest import write_manifest

SIZES_PX = (640, 960, 1280)
FLOOR = 0.005
MOST_BOXES = 600

Truth = list[dict[str, Any]]  # one dict a box: xyxy, class index, ignore


def vehicle_truth(shared: Path, source: str) -> list[tuple[Path, Truth]]:
    """Val pictures of a source with their boxes; of zem those checked by eye, of which some are to be ignored."""
    names = yaml.safe_load((shared / source / "data.yaml").read_text())["names"]
    checked = _checked_boxes(shared / "zem" / "val_checked.csv") if source == "zem" else None
    truth = []
    for split, picture in pictures(shared / source):
        if split != "val":
            continue
        if checked is not None:
            truth.append((picture, checked.get(picture.name, [])))
            continue
        height, width = cv2.imread(str(picture)).shape[:2]
        label = shared / source / "labels" / split / f"{picture.stem}.txt"
        boxes = map_boxes(read_boxes(label, len(names)), names, VEHICLE_MAP[source], VEHICLE_CLASSES)
        size = np.array([width, height, width, height])
        truth.append(
            (
                picture,
                [
                    {
                        "xyxy": np.array(
                            [b.cx - b.width / 2, b.cy - b.height / 2, b.cx + b.width / 2, b.cy + b.height / 2]
                        )
                        * size,
                        "class": b.class_index,
                        "ignore": False,
                    }
                    for b in boxes
                ],
            )
        )
    return truth


def _checked_boxes(path: Path) -> dict[str, Truth]:
    checked: dict[str, Truth] = {}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            corners = np.array([float(row[side]) for side in ("x0", "y0", "x1", "y1")])
            box = {"xyxy": corners, "class": 0, "ignore": row["ignore"] == "1"}
            checked.setdefault(row["file"], []).append(box)
    return checked


def coco_summary(truth: Sequence[Truth], found: Sequence[Any], class_count: int) -> dict[str, float]:
    """AP50 and AP50-95 by faster-coco-eval; one class makes it class-agnostic."""
    from faster_coco_eval import COCO, COCOeval_faster  # extra `train`; the other figures do without

    agnostic = class_count == 1
    annotations, results = [], []
    for image_id, boxes in enumerate(truth, start=1):
        for box in boxes:
            left, top, right, bottom = box["xyxy"]
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": 1 if agnostic else box["class"] + 1,
                    "bbox": [left, top, right - left, bottom - top],
                    "area": (right - left) * (bottom - top),
                    "iscrowd": int(box["ignore"]),
                }
            )
    for image_id, detections in enumerate(found, start=1):
        for (left, top, right, bottom), score, index in zip(
            detections.xyxy.tolist(), detections.scores.tolist(), detections.classes.tolist(), strict=True
        ):
            category = 1 if agnostic else index + 1
            box_xywh = [left, top, right - left, bottom - top]
            results.append({"image_id": image_id, "category_id": category, "bbox": box_xywh, "score": score})
    if not results:
        return {"ap50": 0.0, "ap50_95": 0.0}
    ground = COCO(
        {
            "images": [{"id": i} for i in range(1, len(truth) + 1)],
            "annotations": annotations,
            "categories": [{"id": i, "name": str(i)} for i in range(1, class_count + 1)],
        }
    )
    evaluation = COCOeval_faster(ground, ground.loadRes(results), "bbox", print_function=lambda *_: None)
    evaluation.params.maxDets = [1, 10, MOST_BOXES]
    evaluation.evaluate()
    evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    known = precision[precision > -1]
    at_50 = precision[0][precision[0] > -1]
    return {"ap50": round(float(at_50.mean()), 4), "ap50_95": round(float(known.mean()), 4)}


def best_f1(truth: Sequence[Truth], found: Sequence[Any]) -> tuple[float, float, float, float]:
    """Threshold of the best class-agnostic F1 at IoU 0.5 with its F1, precision and recall."""
    scores, hits, total = [], [], 0
    for boxes, detections in zip(truth, found, strict=True):
        free = [box for box in boxes if not box["ignore"]]
        ignored = [box for box in boxes if box["ignore"]]
        total += len(free)
        for xyxy, score in zip(detections.xyxy, detections.scores, strict=True):
            overlaps = [iou(xyxy, box["xyxy"]) for box in free]
            best = int(np.argmax(overlaps)) if overlaps else -1
            if best >= 0 and overlaps[best] >= 0.5:
                free.pop(best)
                scores.append(float(score))
                hits.append(1.0)
            elif not any(iou(xyxy, box["xyxy"]) >= 0.5 for box in ignored):
                scores.append(float(score))
                hits.append(0.0)
    order = np.argsort(scores)[::-1]
    true_positives = np.cumsum(np.array(hits)[order])
    precision, recall = true_positives / np.arange(1, len(order) + 1), true_positives / max(1, total)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    top = int(np.argmax(f1))
    return float(np.array(scores)[order][top]), float(f1[top]), float(precision[top]), float(recall[top])


def iou(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Intersection over union of two xyxy boxes."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return float(common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common))


def look(network: Network, paths: Iterable[Path], size_px: int) -> list[Any]:
    return [network.detect([cv2.imread(str(path))], confidence=FLOOR, size_px=size_px)[0] for path in paths]


def evaluate_vehicles(network: Network, shared: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """AP per source and size, mAP over the classes on mian, and the threshold of the best F1."""
    metrics: dict[str, Any] = {"class_agnostic": {}, "mian_by_class": {}}
    every_truth: list[Truth] = []
    every_found: list[Any] = []
    for source in ("mian", "zem", "visdrone", "obulka", "cats", "jekhor"):
        truth = vehicle_truth(shared, source)
        boxes = [boxes for _, boxes in truth]
        for size_px in SIZES_PX:
            found = look(network, [path for path, _ in truth], size_px)
            figures = coco_summary(boxes, found, 1)
            metrics["class_agnostic"].setdefault(source, {})[str(size_px)] = figures
            say(f"{source:9} {size_px:5} px  AP50 {figures['ap50']:.3f}  AP50-95 {figures['ap50_95']:.3f}")
            if source == "mian":
                by_class = coco_summary(boxes, found, len(VEHICLE_CLASSES))
                metrics["mian_by_class"][str(size_px)] = by_class
                say(f"{source:9} {size_px:5} px  mAP50 over six classes {by_class['ap50']:.3f}")
            if size_px == network.card.size_px and source in ("mian", "zem", "obulka"):
                every_truth += boxes
                every_found += found
    threshold, f1, precision, recall = best_f1(every_truth, every_found)
    say(f"best F1 {f1:.3f} at {threshold:.3f}: precision {precision:.3f}, recall {recall:.3f} (mian, zem, obulka)")
    metrics["best_f1"] = {
        "of": f"class-agnostic at IoU 0.5 on val of mian, zem and obulka at {network.card.size_px} px",
        "confidence": round(threshold, 3),
        "f1": round(f1, 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
    }
    return metrics


def average_precision(scores: NDArray[Any], labels: NDArray[Any]) -> float:
    """Area under the precision-recall curve as the sum of precision over the steps of recall."""
    order = np.argsort(-scores, kind="stable")
    hits = labels[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / max(1, hits.sum()))


def evaluate_smoke_fire(network: Network, shared: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Frame-level average precision per kind, and the threshold that flags 3 % of clear frames."""
    with (shared / "frame_labels.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "val"]
    metrics: dict[str, Any] = {"frame_average_precision": {}, "thresholds": {"confidence": 0.25, "frame": {}}}
    found = look(network, [shared / row["file"] for row in rows], network.card.size_px)
    for index, kind in enumerate(network.classes):
        scores = np.array([max([float(s) for s in d.scores[d.classes == index]], default=0.0) for d in found])
        sources = np.array([row["file"].split("/")[0] for row in rows])
        labels = np.array([row[kind] for row in rows])
        for name, chosen in {
            "zem and mian": np.isin(sources, ("zem", "mian")),
            "drone and elevated (zem, mian, worldkpax, plasma)": np.isin(
                sources, ("zem", "mian", "worldkpax", "plasma")
            ),
            "all": np.isin(sources, FRAME_LABELLED),
        }.items():
            known = chosen & np.isin(labels, ("0", "1"))
            truth = (labels[known] == "1").astype(float)
            precision = average_precision(scores[known], truth)
            metrics["frame_average_precision"].setdefault(name, {})[kind] = round(precision, 4)
            say(f"{kind:6} {name}: AP {precision:.3f} ({int(truth.sum())} of {len(truth)} frames)")
        clear = scores[labels == "0"]
        threshold = max(0.05, float(np.quantile(clear, 0.97)))
        recall = float((scores[labels == "1"] >= threshold).mean())
        say(f"{kind:6} threshold {threshold:.3f} flags 3 % of {len(clear)} clear frames, finds {recall:.3f}")
        metrics["thresholds"]["frame"][kind] = round(threshold, 3)
        metrics.setdefault("typical_recall", {})[kind] = round(recall, 4)
    metrics["thresholds"]["chosen"] = "frame: flags 3 % of the clear frames of val; confidence: by eye"
    return metrics


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=["vehicles", "smoke_fire"])
    parser.add_argument("shared", type=Path, help="folder that holds the sources")
    arguments = parser.parse_args()
    network = load_network(arguments.network, "auto")
    evaluate = evaluate_vehicles if arguments.network == "vehicles" else evaluate_smoke_fire
    metrics = evaluate(network, arguments.shared, print)

    path = Path("models") / arguments.network / "model.json"
    document = json.loads(path.read_text())
    document["thresholds"]["typical"] |= metrics.pop("thresholds", {})
    document["metrics_on_val"] = metrics
    path.write_text(json.dumps(document, indent=2) + "\n")
    write_manifest(Path("models"))


if __name__ == "__main__":
    main()
