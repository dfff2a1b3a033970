import pytest

from detector.outputs.words import class_name, heading


@pytest.mark.parametrize(
    ("degrees", "words"), [(0, "up"), (22, "up"), (23, "up right"), (90, "right"), (181, "down"), (359, "up")]
)
def test_directions_are_clockwise_from_upwards(degrees: float, words: str) -> None:
    assert heading(degrees) == words


@pytest.mark.parametrize(
    ("name", "words"), [("tank", "tank"), ("ifv_apc", "armoured carrier (IFV, APC)"), ("my_own_class", "my own class")]
)
def test_classes_are_told_in_words(name: str, words: str) -> None:
    assert class_name(name) == words
