import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.json_values import json_text, json_values


@pytest.mark.parametrize("value", [{}, [], None, True, 7, "class_name", {"tracks": []}])
def test_what_has_no_digits_to_lose_stays(value: Any) -> None:
    assert json_values(value) == value


def test_class_name_becomes_class_at_any_depth() -> None:
    assert json_values({"tracks": ({"class_name": "tank"},)}) == {"tracks": [{"class": "tank"}]}


def test_floats_keep_the_digits_of_their_key_in_lists_too() -> None:
    found = {"score": 0.123456789, "xyxy": (1.23456, 2.0), "start_s": 0.123456789, "direction_degrees": 271.6}
    assert json_values(found) == {"score": 0.1235, "xyxy": [1.23, 2.0], "start_s": 0.123457, "direction_degrees": 272.0}


@given(st.dictionaries(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)) | st.integers()))
def test_text_can_be_seen_and_comes_back_whole(value: Any) -> None:
    text = json_text(value)
    assert json.loads(text) == value
    assert text.replace("\u200c", "").replace("\u200d", "").isprintable()


def test_letters_of_all_scripts_can_be_read() -> None:
    assert json_text("車列 🚚 \x9b\u202e") == '"車列 🚚 \\u009b\\u202e"'
