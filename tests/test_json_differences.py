from typing import Any

import pytest

from detector.json_differences import as_read, value_differences


def test_equal_values_do_not_differ() -> None:
    value = {"a": [1, 2.5, None, True, {"b": "c"}], "d": (1, 2), "e": {}}
    assert list(value_differences(as_read(value), as_read(value))) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, ["a.b[1] is 2 in the report, 3 now"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a are 1 in the report, 2 now"]),
        ({"a": 1}, {}, ["a is 1 in the report, null now"]),
        ({"a": 1}, {"a": True}, ["a is 1 in the report, true now"]),
        ({"a": []}, {"a": {}}, ["a is [] in the report, {} now"]),
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}, ["a is 1 in the report, 2 now", "b is 2 in the report, 1 now"]),
    ],
)
def test_every_place_is_named(old: Any, new: Any, says: list[str]) -> None:
    assert list(value_differences(old, new)) == says


def test_long_values_are_cut_short() -> None:
    [line] = value_differences({"a": "x" * 500}, {"a": ""})
    assert len(line) < 120
