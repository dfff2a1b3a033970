"""What the networks answered, kept on disk as it comes: a run that was broken off goes on where it stood.

Looking is what a run takes its time for; decoding and all the rest are done again, and since the answers are the same
to the bit, so is the report. A journal holds calls and answers one after the other, each with a checksum, so that one
broken off within an answer is as good as one that ends before it.
"""

import json
import struct
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections, FrameScores
from detector.json_differences import as_read
from detector.looks import Networks
from detector.model import Network
from detector.mot_file import SavedDetections

MAGIC = b"detect-journal/1\n"
FRAMING = struct.Struct("<II")  # length and CRC-32 of what follows
FLUSH_EVERY_S = 1.0  # what a kill may cost
SAMPLES_A_SIDE = 32  # of a picture, by which it is known again

_Number = TypeVar("_Number", np.float32, np.int64)


class _Picture(msgspec.Struct, frozen=True, array_like=True):
    """By what a picture is known again: its size, and a checksum of some of its pixels."""

    width_px: int
    height_px: int
    checksum: int


class _Call(msgspec.Struct, frozen=True, array_like=True):
    """What a network was asked: an answer is taken only for an equal call."""

    confidence: float | None
    size_px: int | None
    pictures: tuple[_Picture, ...]


class _Frame(msgspec.Struct, frozen=True, array_like=True):
    scores: bytes
    regions: bytes
    look_alike: float


class Found(msgspec.Struct, frozen=True, array_like=True):
    """`Detections` as bytes: float32, float32, int64."""

    xyxy: bytes
    scores: bytes
    classes: bytes
    frame: _Frame | None


class _Answer(msgspec.Struct, frozen=True, array_like=True):
    call: _Call
    found: tuple[Found, ...]


class Journal:
    """The answers of one network during one run, in the order it was asked.

    Args:
        path: where it is, or is to be begun.
        bound: what the answers depend on, as JSON values. A journal bound to something else is begun anew.

    Attributes:
        goes_on: there was one that is bound to the same.
        unlike: what was something else in the one that was there, which is why it is begun anew.

    Raises:
        OSError: it cannot be written; so do the methods.
    """

    def __init__(self, path: Path, bound: Mapping[str, Any]) -> None:
        self._file = path.open("r+b" if path.exists() else "w+b")
        self._size = path.stat().st_size
        self._flushed_s = time.monotonic()
        wanted = json.dumps(bound, sort_keys=True).encode()
        found = self._read() if self._file.read(len(MAGIC)) == MAGIC else None
        self.goes_on = found == wanted
        self.unlike = () if found is None else tuple(_unlike(_document(found), json.loads(wanted)))
        self._ended = not self.goes_on  # nothing more can be recalled: from here on it is written
        if not self.goes_on:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(MAGIC)
            self._write(wanted)
            self._file.flush()

    def recall(self, call: _Call, classes: int) -> list[Detections] | None:
        """The answer to the next call, by a network of so many classes; None where it is not known, and then that of no
        later call is."""
        if self._ended:
            return None
        start = self._file.tell()
        found = _answer_to(call, self._read(), classes)
        if found is None:
            self._file.seek(start)
            self._file.truncate()
            self._ended = True
        return found

    def keep(self, call: _Call, found: tuple[Found, ...]) -> None:
        """Write down what came of a call that could not be recalled."""
        self._write(msgspec.msgpack.encode(_Answer(call, found)))
        if time.monotonic() - self._flushed_s >= FLUSH_EVERY_S:
            self._file.flush()
            self._flushed_s = time.monotonic()

    def close(self) -> None:
        """Write what is not yet written."""
        self._file.close()

    def _read(self) -> bytes | None:
        """The next record; None where there is none that is whole."""
        framing = self._file.read(FRAMING.size)
        if len(framing) < FRAMING.size:
            return None
        length, checksum = FRAMING.unpack(framing)
        if not 0 < length <= self._size:
            return None
        record = self._file.read(length)
        return record if len(record) == length and zlib.crc32(record) == checksum else None

    def _write(self, record: bytes) -> None:
        self._file.write(FRAMING.pack(len(record), zlib.crc32(record)) + record)


class RememberingNetwork(Network):
    """Stands for a network: what its journal knows is not looked at again, and what it finds is written there."""

    def __init__(self, network: Network, journal: Journal) -> None:
        self.card = network.card
        self.device = network.device
        self._network = network
        self._journal = journal

    def detect(
        self, images: Sequence[NDArray[np.uint8]], *, confidence: float | None = None, size_px: int | None = None
    ) -> list[Detections]:
        """As `Network.detect`."""
        call = _Call(confidence, size_px, tuple(_picture(image) for image in images))
        known = self._journal.recall(call, len(self.card.classes))
        if known is not None:
            return known
        found = self._network.detect(images, confidence=confidence, size_px=size_px)
        answer = tuple(to_bytes(each) for each in found)
        self._journal.keep(call, answer)
        return [from_bytes(each) for each in answer]  # so that it is the same for certain as when it is recalled


class RunJournal:
    """The journals of one run, one for each network that looks; a context manager.

    Args:
        vehicles: file for the answers of the vehicle network.
        smoke_fire: file for those of the other one.
        say: is told, in words, whether this goes on with a run that was broken off.
    """

    def __init__(self, vehicles: Path, smoke_fire: Path, say: Callable[[str], None]) -> None:
        self._files = {"vehicles": vehicles, "smoke_fire": smoke_fire}
        self._say = say
        self._journals: dict[str, Journal] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for journal in self._journals.values():
            journal.close()

    def around(self, networks: Networks, bound: Mapping[str, Any]) -> Networks:
        """Networks that remember.

        Args:
            networks: saved detections among them are left as they are.
            bound: what the answers depend on beside the network itself, as JSON values.
        """
        vehicles = networks.vehicles
        if not isinstance(vehicles, SavedDetections):
            vehicles = self._remembering("vehicles", vehicles, bound)
        remembering = Networks(vehicles, self._remembering("smoke_fire", networks.smoke_fire, bound))
        unlike = dict.fromkeys(what for journal in self._journals.values() for what in journal.unlike)
        if unlike:
            self._say(f"the run that was broken off differs in {', '.join(unlike)}; this one begins anew")
        elif any(journal.goes_on for journal in self._journals.values()):
            self._say("going on with the run that was broken off")
        return remembering

    def _remembering(self, name: str, network: Network, bound: Mapping[str, Any]) -> Network:
        device = {key: value for key, value in asdict(network.device).items() if key not in ("requested", "reason")}
        own = {**bound, "network": [network.card.name, network.card.sha256], "device": as_read(device)}
        self._journals[name] = Journal(self._files[name], own)
        return RememberingNetwork(network, self._journals[name])


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _unlike(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in {**old, **new}:
        before, now = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(now, dict):
            yield from _unlike(before, now)
        elif before != now:
            yield key


def _answer_to(call: _Call, record: bytes | None, classes: int) -> list[Detections] | None:
    """What a record answers; None if it answers another call, or with what no network of so many classes says."""
    if record is None:
        return None
    try:
        answer = msgspec.msgpack.decode(record, type=_Answer)
        found = [from_bytes(each) for each in answer.found]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    known = all(((each.classes >= 0) & (each.classes < classes)).all() for each in found)
    return found if known and answer.call == call and len(found) == len(call.pictures) else None


def _picture(image: NDArray[np.uint8]) -> _Picture:
    height_px, width_px = image.shape[:2]
    some = image[:: 1 + height_px // SAMPLES_A_SIDE, :: 1 + width_px // SAMPLES_A_SIDE]
    return _Picture(width_px, height_px, zlib.crc32(some.tobytes()))


def to_bytes(found: Detections) -> Found:
    frame = None
    if found.frame is not None:
        scores, regions = _bytes(found.frame.scores, np.float32), _bytes(found.frame.regions, np.float32)
        frame = _Frame(scores, regions, found.frame.look_alike)
    return Found(
        _bytes(found.xyxy, np.float32), _bytes(found.scores, np.float32), _bytes(found.classes, np.int64), frame
    )


def from_bytes(found: Found) -> Detections:
    frame = None
    if found.frame is not None:
        scores, regions = _array(found.frame.scores, np.float32), _array(found.frame.regions, np.float32)
        frame = FrameScores(scores, regions.reshape(-1, 4), found.frame.look_alike)
    return Detections(
        _array(found.xyxy, np.float32).reshape(-1, 4),
        _array(found.scores, np.float32),
        _array(found.classes, np.int64),
        frame,
    )


def _bytes(values: NDArray[_Number], dtype: type[_Number]) -> bytes:
    return values.astype(dtype).tobytes()


def _array(content: bytes, dtype: type[_Number]) -> NDArray[_Number]:
    return np.frombuffer(content, dtype).copy()  # what is only a view of bytes cannot be written to
