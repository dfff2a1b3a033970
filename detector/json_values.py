"""JSON values of the outputs' dataclasses: the key `class`, and no digits that mean nothing."""

from typing import Any

DECIMALS = {
    "score": 4,
    "smoke": 4,
    "fire": 4,
    "confidence": 4,
    "look_alike_score": 4,
    "class_share": 4,
    "xyxy": 2,
    "region": 2,
    "smoke_box": 2,
    "fire_box": 2,
    "camera_motion": 10,  # its perspective terms are multiplied by pixels twice
    "spacing_lengths": 1,
    "direction_degrees": 0,
}


def json_values(value: Any, key: str = "") -> Any:
    """`class_name` becomes `class`; floats lose the digits that mean nothing."""
    if isinstance(value, dict):
        return {
            "class" if name == "class_name" else name: json_values(item, name if isinstance(name, str) else key)
            for name, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [json_values(item, key) for item in value]
    if isinstance(value, float):
        return round(value, DECIMALS.get(key, 6))
    return value
