"""What is another in one JSON document than in another, in words."""

import json
from collections.abc import Iterator
from typing import Any


def as_read(value: Any) -> Any:
    """A JSON value as it comes back from a file."""
    return json.loads(json.dumps(value))


def value_differences(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """Where two JSON values differ, in words.

    Args:
        old: what a saved report says.
        new: what it would say now.
        place: where they stand within it.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from value_differences(old.get(key), new.get(key), f"{place}.{key}" if place else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from value_differences(before, after, f"{place}[{number}]")
    elif isinstance(old, list) and isinstance(new, list):
        yield f"{place} are {len(old)} in the report, {len(new)} now"
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield f"{place} is {_short(old)} in the report, {_short(new)} now"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
