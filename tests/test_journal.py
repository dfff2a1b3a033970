"""What a journal promises: equal answers to equal calls, as far as it is whole; from there on it is written."""

import re
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from detector.detections import Detections, FrameScores
from detector.journal import FRAMING, MAGIC, Journal, RememberingNetwork, RunJournal
from detector.looks import Networks
from detector.mot_file import SavedDetections
from tests.fakes import SquareFinder, ground, square_networks, with_squares

BOUND = {"clip": "c" * 64, "settings": {"size": 640, "confidence": None}}
PICTURES = [with_squares(ground(seed), [(20, 20)]) for seed in range(6)]


class Counting(SquareFinder):
    """Finds squares, says something of the whole frame, and counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__("vehicles", {"truck": (255, 0, 0)})
        self.asked = 0

    def _detect_one(self, image: np.ndarray) -> Detections:
        self.asked += 1
        found = super()._detect_one(image)
        scores = FrameScores(np.float32([0.1, 1 / 3]), np.float32([[0, 0, 1, 1], [2, 2, 3, 3]]), 0.123456789)
        return Detections(found.xyxy / np.float32(3), found.scores, found.classes, scores)


def look(path: Path, pictures: list[np.ndarray], bound: dict[str, object] = BOUND) -> tuple[list[bytes], int]:
    """Ask for each picture with a journal at this path; the answers as bytes, and how many had to be looked for."""
    journal, network = Journal(path, bound), Counting()
    remembering = RememberingNetwork(network, journal)  # type: ignore[arg-type]
    answers = [remembering.detect([picture], confidence=0.1 + 0.2, size_px=640) for picture in pictures]
    journal.close()
    return [as_bytes(found) for [found] in answers], network.asked


def as_bytes(found: Detections) -> bytes:
    assert found.frame is not None
    arrays = (found.xyxy, found.scores, found.classes, found.frame.scores, found.frame.regions)
    return (
        b"".join(repr((array.dtype, array.shape)).encode() + array.tobytes() for array in arrays)
        + repr(found.frame.look_alike).encode()
    )


def test_the_same_answers_without_a_look(tmp_path: Path) -> None:
    first, asked = look(tmp_path / "journal", PICTURES)
    assert asked == 6
    assert look(tmp_path / "journal", PICTURES) == (first, 0)


def test_where_it_ends_the_network_looks_and_it_goes_on(tmp_path: Path) -> None:
    whole, _ = look(tmp_path / "whole", PICTURES)
    look(tmp_path / "journal", PICTURES[:2])
    assert look(tmp_path / "journal", PICTURES) == (whole, 4)
    assert look(tmp_path / "journal", PICTURES) == (whole, 0)


def test_cut_anywhere_it_is_as_good_as_one_that_ends_before(tmp_path: Path) -> None:
    whole, _ = look(tmp_path / "whole", PICTURES)
    content = (tmp_path / "whole").read_bytes()
    looked_for = []
    for length in range(0, len(content), 61):
        (tmp_path / "cut").write_bytes(content[:length])
        answers, asked = look(tmp_path / "cut", PICTURES)
        assert answers == whole
        looked_for.append(asked)
    assert looked_for == sorted(looked_for, reverse=True)
    assert set(looked_for) == {1, 2, 3, 4, 5, 6}


def test_a_broken_place_ends_it(tmp_path: Path) -> None:
    whole, _ = look(tmp_path / "journal", PICTURES)
    content = bytearray((tmp_path / "journal").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "journal").write_bytes(content)
    answers, asked = look(tmp_path / "journal", PICTURES)
    assert answers == whole
    assert 0 < asked < 6


def test_zeros_that_a_power_cut_leaves_are_no_answer(tmp_path: Path) -> None:
    whole, _ = look(tmp_path / "whole", PICTURES)
    look(tmp_path / "journal", PICTURES[:3])
    with (tmp_path / "journal").open("ab") as file:
        file.write(bytes(4096))
    assert look(tmp_path / "journal", PICTURES) == (whole, 3)


def test_another_picture_is_not_given_the_answer_of_this_one(tmp_path: Path) -> None:
    look(tmp_path / "journal", PICTURES)
    other = [PICTURES[0], PICTURES[3], PICTURES[2]]
    assert look(tmp_path / "journal", other) == (look(tmp_path / "fresh", other)[0], 2)


def test_a_file_that_is_no_journal_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("notes\n" * 100)
    assert look(tmp_path / "journal", PICTURES)[1] == 6
    assert look(tmp_path / "journal", PICTURES)[1] == 0


@pytest.mark.parametrize(
    ("bound", "named"),
    [
        ({**BOUND, "clip": "d" * 64}, "clip"),
        ({**BOUND, "settings": {"size": 960, "confidence": None}}, "size"),
        ({**BOUND, "more": 1}, "more"),
    ],
)
def test_what_it_is_bound_to_must_be_the_same(tmp_path: Path, bound: dict[str, object], named: str) -> None:
    look(tmp_path / "journal", PICTURES)
    journal = Journal(tmp_path / "journal", bound)
    journal.close()
    assert journal.unlike == (named,)
    assert look(tmp_path / "journal", PICTURES, bound)[1] == 6


def test_a_run_says_whether_it_goes_on(tmp_path: Path) -> None:
    files, said = (tmp_path / "v", tmp_path / "s"), []
    for bound in (BOUND, BOUND, {**BOUND, "clip": "d" * 64}):
        with RunJournal(*files, said.append) as journal:
            networks = journal.around(square_networks(), bound)
            networks.vehicles.detect(PICTURES[:1])  # type: ignore[union-attr]
    assert said == [
        "going on with the run that was broken off",
        "the run that was broken off differs in clip; this one begins anew",
    ]


def test_saved_detections_need_no_journal(tmp_path: Path) -> None:
    networks = square_networks()
    saved = SavedDetections(networks.vehicles.card, {})
    with RunJournal(tmp_path / "v", tmp_path / "s", print) as journal:
        assert journal.around(Networks(saved, networks.smoke_fire), BOUND).vehicles is saved
    assert not (tmp_path / "v").exists()


class Meddler:
    """Breaks records of a journal and gives them a checksum that is right again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def break_record(self, number: int, how: Callable[[bytes], bytes]) -> None:
        content = self._path.read_bytes()
        place = len(MAGIC)
        for _ in range(number):
            place += FRAMING.size + FRAMING.unpack_from(content, place)[0]
        length, _ = FRAMING.unpack_from(content, place)
        start = place + FRAMING.size
        record = how(content[start : start + length])
        framing = FRAMING.pack(len(record), zlib.crc32(record))
        self._path.write_bytes(content[:place] + framing + record + content[start + length :])


@pytest.mark.parametrize(
    "how",
    [
        lambda record: record[:-3],
        lambda record: b"\x91" * 5000,
        lambda record: record.replace(b"\xc4\x10", b"\xc4\x0f", 1),
        lambda record: re.sub(rb"\xc4\x08\x00{8}", b"\xc4\x08" + b"\x07" + bytes(7), record),  # a class it has not
        lambda record: re.sub(rb"\xc4\x04....", b"\xc4\x04\x00\x00\xc0\x7f", record, count=1, flags=re.DOTALL),  # NaN
        lambda record: b"\x92" + record[1:].partition(b"\x91\x94")[0] + b"\x90",  # no answer at all
    ],
)  # fmt: skip
def test_what_no_network_says_is_no_answer_whatever_its_checksum(tmp_path: Path, how: Callable[[bytes], bytes]) -> None:
    whole, _ = look(tmp_path / "journal", PICTURES)
    before = (tmp_path / "journal").read_bytes()
    Meddler(tmp_path / "journal").break_record(3, how)
    assert (tmp_path / "journal").read_bytes() != before
    assert look(tmp_path / "journal", PICTURES) == (whole, 4)
    assert (tmp_path / "journal").read_bytes() == before


def test_a_head_that_nests_without_end_is_another_run(tmp_path: Path) -> None:
    whole, _ = look(tmp_path / "journal", PICTURES)
    Meddler(tmp_path / "journal").break_record(0, lambda record: b"[" * 100_000)
    assert look(tmp_path / "journal", PICTURES) == (whole, 6)
