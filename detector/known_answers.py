"""What networks answered, kept on disk by what they were asked: no picture is looked at twice.

An answer depends on nothing but the picture, the lowest score and the input size. So whoever asks may take it from
here, whatever else became of the one who looked.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.journal import Found, from_bytes, to_bytes
from detector.model import Network

KEEP_EVERY = 100  # answers; what is not yet kept is lost with the process


class KnownAnswers:
    """Answers of several networks in one file (SQLite), which one process writes before others read it; a context
    manager. Its threads may ask at the same time, for each network looks in one of its own.

    Args:
        path: of the file; made where there is none.

    Raises:
        sqlite3.Error: it cannot be written or read; so do the methods.
    """

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, check_same_thread=False)
        self._one_at_a_time = threading.Lock()
        self._base.execute("PRAGMA synchronous = OFF")  # nobody asks for it after a crash of the machine
        self._base.execute("CREATE TABLE IF NOT EXISTS answers (call BLOB PRIMARY KEY, found BLOB) WITHOUT ROWID")
        self._unkept = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.commit()
        self._base.close()

    def recall(self, call: bytes) -> Detections | None:
        """The answer to a call, see `call_of`; None where it is not known."""
        with self._one_at_a_time:
            row = self._base.execute("SELECT found FROM answers WHERE call = ?", (call,)).fetchone()
        return None if row is None else from_bytes(msgspec.msgpack.decode(row[0], type=Found))

    def keep(self, call: bytes, found: Detections) -> None:
        """Write an answer down."""
        answer = msgspec.msgpack.encode(to_bytes(found))
        with self._one_at_a_time:
            self._base.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (call, answer))
            self._unkept += 1
            if self._unkept >= KEEP_EVERY:
                self._base.commit()
                self._unkept = 0


class KnowingNetwork(Network):
    """Stands for a network: what is known is not looked at again.

    Args:
        network: looks at what is not known.
        known: answers by others, each asked in turn.
        keep: where to write what it finds itself, if anywhere.

    Attributes:
        taken, looked: how many answers were known, and how many were not.
    """

    def __init__(self, network: Network, known: Sequence[KnownAnswers], keep: KnownAnswers | None = None) -> None:
        self.card = network.card
        self.device = network.device
        self._network = network
        self._known = known
        self._keep = keep
        self.taken = self.looked = 0

    def detect(
        self, images: Sequence[NDArray[np.uint8]], *, confidence: float | None = None, size_px: int | None = None
    ) -> list[Detections]:
        """As `Network.detect`."""
        return [self._detect_one_of(image, confidence, size_px) for image in images]

    def _detect_one_of(self, image: NDArray[np.uint8], confidence: float | None, size_px: int | None) -> Detections:
        call = call_of(self.card.sha256, image, confidence, size_px)
        for known in self._known:
            answer = known.recall(call)
            if answer is not None:
                self.taken += 1
                return answer
        self.looked += 1
        [found] = self._network.detect([image], confidence=confidence, size_px=size_px)
        if self._keep is not None:
            self._keep.keep(call, found)
        return found


def call_of(network_sha256: str, image: NDArray[np.uint8], confidence: float | None, size_px: int | None) -> bytes:
    """By what a call is known again: a hash of every pixel, for pictures of a fixed camera differ in few."""
    asked = hashlib.blake2b(repr((network_sha256, image.shape, confidence, size_px)).encode(), digest_size=16)
    asked.update(np.ascontiguousarray(image).data)
    return asked.digest()
