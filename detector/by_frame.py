"""What is known of each frame of a shot, found by its number and held as one array."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


class ByFrame(Mapping[int, T]):
    """A mapping from frame numbers to numbers or arrays.

    Args:
        frames: (n,) ascending.
        values: (n, ...) of any numbers.
    """

    def __init__(self, frames: NDArray[np.int64], values: NDArray[Any]) -> None:
        self._frames, self._values = frames, values

    def __getitem__(self, frame: int) -> T:
        index = int(np.searchsorted(self._frames, frame))
        if index == len(self._frames) or self._frames[index] != frame:
            raise KeyError(frame)
        value: T = self._values[index] if self._values.ndim > 1 else self._values[index].item()
        return value

    def __iter__(self) -> Iterator[int]:
        return map(int, self._frames)

    def __len__(self) -> int:
        return len(self._frames)
