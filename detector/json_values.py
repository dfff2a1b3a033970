"""JSON of the outputs' dataclasses: the key `class`, no digits that mean nothing, no letters that cannot be seen."""

import json
import re
from typing import Any

from detector.printable import printable

MAYBE_UNSEEN = re.compile(r"[^\n -~]")
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


def json_text(value: Any, indent: int | None = None) -> str:
    """JSON that can be read as it stands: letters of all scripts are kept, and what could steer a terminal or turn
    text around is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=None if indent else (",", ":"))
    return text if text.isprintable() else MAYBE_UNSEEN.sub(_escaped_if_unseen, text)


def _escaped_if_unseen(found: re.Match[str]) -> str:
    letter = found[0]
    return letter if printable(letter, "") else json.dumps(letter)[1:-1]
