"""Rows in a spool are the same rows, in memory or in its file; and what is held of them stays small."""

import os
import sys
import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from detector.spool import IN_MEMORY_BYTES, Spool, let_go_of_pages, one_by_one, spooled_in

PAIR = np.dtype([("number", np.int64), ("half", np.float32)])
MANY = 3 * IN_MEMORY_BYTES // PAIR.itemsize


def pairs(start: int, stop: int) -> np.ndarray:
    rows = np.empty(stop - start, PAIR)
    rows["number"] = np.arange(start, stop)
    rows["half"] = rows["number"] / 2
    return rows


def spool_of(count: int, at_a_time: int = 7) -> Spool:
    spool = Spool(PAIR)
    for start, stop in pairwise([*range(0, count, at_a_time), count]):
        spool.append(pairs(start, stop))
    return spool


@pytest.mark.parametrize("count", [0, 1, 100, MANY])
def test_what_goes_in_comes_out(count: int) -> None:
    spool = spool_of(count)
    assert len(spool) == count
    assert np.array_equal(spool.rows(), pairs(0, count))
    assert np.array_equal(spool.column("number"), np.arange(count))
    assert np.array_equal(np.concatenate([pairs(0, 0), *spool.blocks()]), pairs(0, count))
    assert len(spool.read(0, 0)) == 0


def test_some_are_read_wherever_they_are() -> None:
    spool = spool_of(MANY)
    for start in (*range(0, MANY - 3000, 997), MANY - 1000, MANY - 3000, 5, 0):
        assert np.array_equal(spool.read(start, start + 1000), pairs(start, start + 1000))
    assert np.array_equal(spool.rows(1234, 9999), pairs(1234, 9999))
    assert np.array_equal(spool.blocks(MANY - 10).__next__(), pairs(MANY - 10, MANY))


@pytest.mark.parametrize("count", [100, MANY])
def test_rows_may_be_written_over_and_cut_off(count: int) -> None:
    spool = spool_of(count)
    spool.reserve(count)
    assert not spool.read(count, 2 * count)["number"].any()
    spool.put(count - 50, pairs(0, 100))
    assert np.array_equal(spool.read(count - 50, count + 50), pairs(0, 100))
    assert np.array_equal(spool.rows(count - 60, count), np.concatenate([pairs(count - 60, count - 50), pairs(0, 50)]))
    spool.truncate(count - 55)
    spool.append(pairs(count - 55, count))
    assert np.array_equal(spool.rows(), pairs(0, count))


def test_an_array_of_rows_outlives_what_comes_after_it() -> None:
    spool = spool_of(MANY)
    rows = spool.rows()
    spool.append(pairs(MANY, 2 * MANY))
    let_go_of_pages()
    del spool
    assert np.array_equal(rows, pairs(0, MANY))


def test_rows_may_be_arrays() -> None:
    spool = Spool(np.dtype((np.float64, (3, 3))))
    for number in range(2000):
        spool.append(number * np.eye(3))
    assert np.array_equal(spool.read(1998, 2000), [1998 * np.eye(3), 1999 * np.eye(3)])
    assert spool.rows().shape == (2000, 3, 3)


def test_each_of_several_is_given_once() -> None:
    assert list(one_by_one(iter("abc"))) == ["a", "b", "c"]


def test_few_rows_have_no_file_and_many_one_without_a_name(tmp_path: Path) -> None:
    with spooled_in(tmp_path / "gone"):
        assert len(spool_of(100)) == 100
        with pytest.raises(FileNotFoundError):
            spool_of(MANY)
    with spooled_in(tmp_path):
        spool = spool_of(MANY)
    assert len(spool) == MANY
    if sys.platform == "linux":
        assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
def test_a_full_disk_is_an_error_that_says_so() -> None:
    spool = spool_of(100)
    spool._file = open("/dev/full", "r+b", buffering=0)  # noqa: SIM115
    with pytest.raises(OSError, match="No space left"):
        spool.append(pairs(0, MANY))


def test_memory_is_the_same_however_many_rows() -> None:
    tracemalloc.start()
    try:
        spool = spool_of(20 * MANY, at_a_time=1000)
        rows = spool.rows()
        total = sum(int(block["number"].sum()) for block in spool.blocks())
        assert total == int(rows["number"].sum()) == sum(range(20 * MANY))
        assert tracemalloc.get_traced_memory()[1] < 8 * IN_MEMORY_BYTES
    finally:
        tracemalloc.stop()
