"""An iterator that runs ahead in a thread of its own: reading goes on while what was read is being looked at.

FFmpeg, OpenCV and ONNX Runtime let go of Python's lock, so that two threads share two cores. Order, values and errors
are those of the iterator itself.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

AHEAD = 6  # pictures; bridges a key frame, which takes as long to decode as several others

T = TypeVar("T")

_END = object()


@contextmanager
def reading_ahead(items: Iterable[T], ahead: int = AHEAD) -> Iterator[Iterator[T]]:
    """Iterate over items that a thread takes from their source beforehand.

    When the context is left, however that happens, the thread has ended; what it had taken beforehand is dropped.

    Args:
        items: their source, which that thread alone uses for as long as the context lasts.
        ahead: how many items may be taken beforehand.

    Raises:
        Whatever the source raises, in its place among the items.
    """
    with ThreadPoolExecutor(1, "reading ahead") as reader:
        try:
            yield _in_order(iter(items), reader, ahead)
        finally:
            reader.shutdown(wait=True, cancel_futures=True)


def _in_order(source: Iterator[T], reader: ThreadPoolExecutor, ahead: int) -> Iterator[T]:
    waiting = deque(reader.submit(next, source, _END) for _ in range(ahead))
    while (item := waiting.popleft().result()) is not _END:
        waiting.append(reader.submit(next, source, _END))
        yield item  # type: ignore[misc]  # mypy does not know that _END is left out
