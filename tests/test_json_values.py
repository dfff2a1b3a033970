from typing import Any

import pytest

from detector.json_values import json_values


@pytest.mark.parametrize("value", [{}, [], None, True, 7, "class_name", {"tracks": []}])
def test_what_has_no_digits_to_lose_stays(value: Any) -> None:
    assert json_values(value) == value


def test_class_name_becomes_class_at_any_depth() -> None:
    assert json_values({"tracks": ({"class_name": "tank"},)}) == {"tracks": [{"class": "tank"}]}


def test_floats_keep_the_digits_of_their_key_in_lists_too() -> None:
    given = {"score": 0.123456789, "xyxy": (1.23456, 2.0), "start_s": 0.123456789, "direction_degrees": 271.6}
    assert json_values(given) == {"score": 0.1235, "xyxy": [1.23, 2.0], "start_s": 0.123457, "direction_degrees": 272.0}
