"""Rows of numbers that grow with a clip: a few in memory, the rest in a temporary file that has no name.

The file is gone with its process, however that ends. What is read of it as a whole is mapped: it looks like an array,
and the system takes its pages into memory as they are touched.
"""

import mmap
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any, TypeVar
from weakref import WeakSet

import numpy as np
from numpy.typing import DTypeLike, NDArray

IN_MEMORY_BYTES = 1 << 16
"""So many wait for the file, or never come to it; and so many are read of it in one go."""

T = TypeVar("T")

_folder: ContextVar[Path | None] = ContextVar("folder of spools", default=None)
_mapped: WeakSet[mmap.mmap] = WeakSet()


@contextmanager
def spooled_in(folder: Path) -> Iterator[None]:
    """Spools that come to be meanwhile have their files in this folder; otherwise in the system's for temporary files,
    which may be a part of the memory."""
    before = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(before)


def let_go_of_pages() -> None:
    """Nothing of what is mapped need stay in memory: what is touched again is taken in again."""
    if hasattr(mmap, "MADV_DONTNEED"):
        for pages in _mapped:
            pages.madvise(mmap.MADV_DONTNEED)


def one_by_one(items: Iterable[T]) -> Iterator[T]:
    """Each of them; what had to be taken in for it is let go before the next."""
    for item in items:
        yield item
        let_go_of_pages()


class Spool:
    """A growing array of rows of one dtype.

    Raises:
        OSError: its file cannot be written, as where the disk is full; so do the methods.
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._file: IO[bytes] | None = None
        self._in_file = 0  # bytes
        self._tail = bytearray()  # what comes after those
        self._block, self._block_start = b"", 0  # of the file, what was read last

    def __len__(self) -> int:
        return (self._in_file + len(self._tail)) // self.dtype.itemsize

    def append(self, rows: NDArray[Any]) -> None:
        """Take more rows, of this dtype."""
        self._tail += rows.tobytes()
        if len(self._tail) > IN_MEMORY_BYTES:
            self._write_tail()

    def reserve(self, count: int) -> None:
        """Add so many rows of zeros, for `put`."""
        length = count * self.dtype.itemsize
        if len(self._tail) + length <= IN_MEMORY_BYTES:
            self._tail += bytes(length)
            return
        self._write_tail()
        assert self._file is not None
        self._in_file += length
        self._file.truncate(self._in_file)

    def put(self, start: int, rows: NDArray[Any]) -> None:
        """Write over rows that are there already, from this one on."""
        data, place = rows.tobytes(), start * self.dtype.itemsize
        if place + len(data) > self._in_file:
            if place < self._in_file:
                self._write_tail()
            else:
                self._tail[place - self._in_file : place - self._in_file + len(data)] = data
                return
        self._block = b""
        assert self._file is not None
        self._file.seek(place)
        self._file.write(data)

    def truncate(self, count: int) -> None:
        """Keep the first so many rows."""
        length = count * self.dtype.itemsize
        del self._tail[max(length - self._in_file, 0) :]
        if length < self._in_file:
            assert self._file is not None
            self._file.truncate(length)
            self._in_file, self._block = length, b""

    def read(self, start: int, stop: int) -> NDArray[Any]:
        """A copy of some rows."""
        first, beyond = start * self.dtype.itemsize, stop * self.dtype.itemsize
        if first >= self._in_file:
            data: bytes | bytearray = self._tail[first - self._in_file : beyond - self._in_file]
        elif beyond > self._in_file:
            data = self._read_file(first, self._in_file) + self._tail[: beyond - self._in_file]
        else:
            data = self._read_file(first, beyond)
        return np.frombuffer(data, self.dtype)

    def blocks(self, start: int = 0) -> Iterator[NDArray[Any]]:
        """All rows from this one on, some at a time."""
        length = max(1, IN_MEMORY_BYTES // self.dtype.itemsize)
        for first in range(start, len(self), length):
            yield self.read(first, min(first + length, len(self)))

    def column(self, name: str) -> NDArray[Any]:
        """A copy of one field of all rows."""
        parts = [block[name].copy() for block in self.blocks()]  # as a view it would keep the whole block
        return np.concatenate(parts) if parts else np.zeros(0, self.dtype)[name]

    def rows(self, start: int = 0, stop: int | None = None) -> NDArray[Any]:
        """Some of the rows, or all, mapped where they are in a file; it stays as long as the array does."""
        stop = len(self) if stop is None else stop
        if self._file is None or start == stop:
            return self.read(start, stop)
        self._write_tail()
        self._file.flush()
        first, beyond = start * self.dtype.itemsize, stop * self.dtype.itemsize
        aside = first % mmap.ALLOCATIONGRANULARITY
        pages = mmap.mmap(self._file.fileno(), beyond - first + aside, access=mmap.ACCESS_READ, offset=first - aside)
        _mapped.add(pages)
        return np.frombuffer(pages, self.dtype, stop - start, aside)

    def _write_tail(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=_folder.get(), prefix=".part-spool-")  # noqa: SIM115
        self._file.seek(self._in_file)
        self._file.write(self._tail)
        self._in_file += len(self._tail)
        self._tail.clear()
        self._block = b""

    def _read_file(self, first: int, beyond: int) -> bytes:
        """Bytes of the file; with those about them, which are mostly asked for next, in whatever order."""
        at = first - self._block_start
        if at < 0 or beyond > self._block_start + len(self._block):
            assert self._file is not None
            start = first - first % IN_MEMORY_BYTES
            self._file.seek(start)
            self._block = self._file.read(min(max(beyond - start, 2 * IN_MEMORY_BYTES), self._in_file - start))
            self._block_start, at = start, first - start
        return self._block[at : at + beyond - first]
