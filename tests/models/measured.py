"""Figures as accuracy_<network>.json and model.json hold them, small and made up."""

from typing import Any

from models.box_precision import SIZE_NAMES


def ap(value: float | None) -> dict[str, float | None]:
    return {"ap50": value, "ap50_95": None if value is None else value / 2}


AT_640 = {
    "class_agnostic": ap(0.9),
    "by_size": dict(zip(SIZE_NAMES, (ap(None), ap(0.1), ap(0.2), ap(0.3)), strict=True)),
    "mean_over_classes": ap(0.6),
    "by_class": {"tank": ap(0.8), "ifv_apc": ap(0.4)},
    "recall_at_1_false_box_a_picture": 0.7,
}
MIAN = {
    "pictures": 220,
    "boxes": 276,
    "boxes_by_size": dict(zip(SIZE_NAMES, (0, 6, 70, 200), strict=True)),
    "boxes_by_class": {"tank": 200, "ifv_apc": 76},
    "at_px": {"640": AT_640},
}
VEHICLE_FIGURES: dict[str, Any] = {
    "network": {"name": "vehicles", "sha256": "ab" * 32, "default_size_px": 640},
    "sources": {"mian": MIAN},
    "empty": {
        "aryanraj_clear": {
            "pictures": 50,
            "confidence": 0.25,
            "at_px": {"640": {"pictures_with_a_box": 2, "boxes": 5}},
        }
    },
    "confusion": {
        "source": "mian",
        "size_px": 640,
        "confidence": 0.25,
        "rows": ["tank", "ifv_apc", "false alarm"],
        "columns": ["tank", "ifv_apc", "missed"],
        "table": [[150, 30, 20], [16, 50, 10], [7, 8, 0]],
    },
    "torch": {
        "size_px": 640,
        "sources": {"mian": {"class_agnostic": {"onnx": ap(0.9), "torch": ap(0.901)}}},
    },
}
SMOKE_FIRE_FIGURES: dict[str, Any] = {
    "network": {"name": "smoke_fire", "sha256": "cd" * 32, "default_size_px": 384},
    "sources": {},
    "frames": {
        "pictures": 426,
        "thresholds": {"smoke": 0.6, "fire": 0.3},
        "at_px": {
            "384": {
                kind: {
                    "groups": {
                        "zem and mian": {"frames": 141, "showing_it": 50, "average_precision": 0.87},
                        "drone and elevated (zem, mian, worldkpax, plasma)": {
                            "frames": 276,
                            "showing_it": 114,
                            "average_precision": 0.9,
                        },
                    },
                    "showing_it": {"frames": 114, "flagged": 80},
                    "clear": {"frames": 256, "flagged": 7},
                    "lookalikes": {
                        name: {"frames": 17, "flagged": 1}
                        for name in ("cloud", "dust", "exhaust", "fog", "glare", "snow")
                    },
                }
                for kind in ("smoke", "fire")
            }
        },
    },
}
DOCUMENT: dict[str, Any] = {
    "thresholds": {
        "typical": {"confidence": 0.25, "chosen": "by hand: on eight clips", "on_val": {}},
        "conservative": {
            "confidence": 0.6,
            "frame": {"smoke": 0.9},
            "chosen": "the lowest with precision 0.95",
            "on_val": {"frame": {"smoke": {"clear_flagged": 0.004, "precision": 0.98, "recall": 0.3}}},
        },
    },
    "calibration": {
        "of": "boxes on val",
        "expected_calibration_error": 0.083,
        "bins": [{"score": [0.1, 0.2], "boxes": 66, "mean_score": 0.139, "share_right": 0.113}],
    },
}
