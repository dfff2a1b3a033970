import pytest

from detector.outputs.words import class_name, counted, heading, share, span


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


@pytest.mark.parametrize(("count", "words"), [(0, "0 tanks"), (1, "1 tank"), (12_345, "12,345 tanks")])
def test_things_are_counted(count: int, words: str) -> None:
    assert counted(count, "tank") == words


@pytest.mark.parametrize(
    ("of_one", "words"),
    [(0, "0 %"), (1e-6, "under 1 %"), (0.62, "62 %"), (0.9999, "over 99 %"), (1, "100 %"), (None, "an unknown share")],
)
def test_a_share_is_never_all_where_something_is_lacking(of_one: float | None, words: str) -> None:
    assert share(of_one) == words


@pytest.mark.parametrize(
    ("start_s", "end_s", "words"),
    [
        (1.0, 2.5, "from 0:01.0 to 0:02.5"),
        (None, 2.5, "from the start to 0:02.5"),
        (1.0, None, "from 0:01.0 to the end"),
    ],
)
def test_a_span_without_bounds_is_that_of_the_clip(start_s: float | None, end_s: float | None, words: str) -> None:
    assert span(start_s, end_s) == words
