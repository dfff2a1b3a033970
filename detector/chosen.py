"""Some of a sequence, taken out of it only when they are asked for."""

from collections.abc import Sequence
from typing import TypeVar, overload

import numpy as np

from detector.assignment import Indices

T_co = TypeVar("T_co", covariant=True)


class Chosen(Sequence[T_co]):
    """Those with these numbers, in this order."""

    def __init__(self, among: Sequence[T_co], numbers: Indices) -> None:
        self._among, self._numbers = among, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, chosen: int) -> T_co: ...

    @overload
    def __getitem__(self, chosen: slice) -> "Chosen[T_co]": ...

    def __getitem__(self, chosen: int | slice) -> "T_co | Chosen[T_co]":
        if isinstance(chosen, slice):
            return Chosen(self._among, self._numbers[chosen])
        return self._among[int(np.asarray(self._numbers)[chosen])]
