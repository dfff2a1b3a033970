import itertools
import threading
from collections.abc import Iterator

import pytest

from detector.reading_ahead import AHEAD, reading_ahead


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("reading ahead")]


@pytest.mark.parametrize("count", [0, 1, AHEAD, AHEAD + 1, 100])
def test_everything_comes_in_order(count: int) -> None:
    with reading_ahead(range(count)) as numbers:
        assert list(numbers) == list(range(count))
    assert not readers()


def test_none_is_an_item_like_any_other() -> None:
    with reading_ahead([None, 0, None]) as items:
        assert list(items) == [None, 0, None]


def test_no_more_is_taken_beforehand_than_asked_for() -> None:
    taken: list[int] = []

    def source() -> Iterator[int]:
        for number in itertools.count():
            taken.append(number)
            yield number

    with reading_ahead(source(), ahead=3) as numbers:
        for number in itertools.islice(numbers, 5):
            assert len(taken) <= number + 4
    assert len(taken) <= 5 + 3


def test_what_is_read_is_read_in_one_other_thread() -> None:
    with reading_ahead(threading.get_ident() for _ in range(20)) as identities:
        [reader] = set(identities)
    assert reader != threading.get_ident()


def test_an_error_comes_in_its_place() -> None:
    def source() -> Iterator[int]:
        yield from range(3)
        raise OSError("the disk is gone")

    given: list[int] = []
    with reading_ahead(source()) as numbers, pytest.raises(OSError, match="the disk is gone"):
        given.extend(numbers)
    assert given == [0, 1, 2]


@pytest.mark.parametrize("reason", [KeyboardInterrupt, ValueError])
def test_breaking_off_ends_the_thread_before_the_context_is_left(reason: type[BaseException]) -> None:
    def break_off() -> None:
        with reading_ahead(itertools.count()) as numbers:
            assert next(numbers) == 0
            raise reason

    with pytest.raises(reason):
        break_off()
    assert not readers()


def test_a_source_that_nobody_iterates_over_is_left_alone() -> None:
    source = iter(range(3))
    with reading_ahead(source):
        pass
    assert list(source) == [0, 1, 2]
    assert not readers()
