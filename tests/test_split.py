"""One clip looked at in parts: the report is that of one process, wherever and however the clip was divided."""

import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from detector import cli
from detector.analysis import Networks, analyze
from detector.batch.clip_task import NetworksNamed
from detector.known_answers import KnowingNetwork, KnownAnswers, call_of
from detector.limits import DEFAULT_LIMITS
from detector.split import Part, look_at_part, looked_at_in_parts
from detector.stretches import stretches
from tests.batch.requests import request
from tests.clips import write_clip
from tests.fakes import ground, noisy, square_networks, with_squares, write_pictures

NAMED = NetworksNamed("cpu", "fast", 1)
SHOT = 25  # frames


def with_squares_in_place(part: Part, tell: Callable[[int], None]) -> str:
    """What a process does to a part, with networks that find squares."""
    return look_at_part(part, tell, square_networks())


def dies(part: Part, tell: Callable[[int], None]) -> str:
    os._exit(7)


def scene(index: int) -> NDArray[np.uint8]:
    """Picture of a clip of shots, with a truck that goes right in each."""
    squares = [(20 + 3 * (index % SHOT), 40 + 20 * (index // SHOT))]
    return noisy(with_squares(ground(index // SHOT), squares), index)


def one_place(index: int) -> NDArray[np.uint8]:
    return noisy(with_squares(ground(1), [(20 + index, 40)]), index)


def pictures(count: int, of: Callable[[int], NDArray[np.uint8]] = scene) -> Iterable[NDArray[np.uint8]]:
    return (of(index) for index in range(count))


def same(report: Any) -> dict[str, Any]:
    """All of a report but when it was made and how long that took."""
    return {name: value for name, value in asdict(report).items() if name != "run"}


def in_parts(clip: Path, jobs: int, do: Any = with_squares_in_place, **asked: Any) -> tuple[Any, Networks, list[str]]:
    """The report of a clip in so many parts, the networks that answered, and what was said."""
    said: list[str] = []
    wanted = request(**asked)
    parts = looked_at_in_parts(
        clip, square_networks(), lambda *_: None, named=NAMED, request=wanted, jobs=jobs, say=said.append, do=do
    )
    with parts as networks:
        report = analyze(
            clip, networks=networks, size=wanted.size, every=wanted.every, from_s=wanted.from_s, to_s=wanted.to_s
        )
    return report, networks, said


def looked(networks: Networks) -> tuple[int, int]:
    """How many answers were taken, and how many had to be looked for."""
    both = (networks.vehicles, networks.smoke_fire)
    assert all(isinstance(network, KnowingNetwork) for network in both)
    return sum(network.taken for network in both), sum(network.looked for network in both)  # type: ignore[union-attr]


@pytest.mark.parametrize("asked", [{}, {"every": 4, "size": 320}, {"from_s": 0.5, "to_s": 3.0}], ids=str)
def test_several_shots(tmp_path: Path, asked: dict[str, Any]) -> None:
    clip = write_pictures(tmp_path / "shots.mp4", pictures(4 * SHOT))
    alone = analyze(clip, networks=square_networks(), **asked)
    report, networks, said = in_parts(clip, 2, **asked)
    assert same(report) == same(alone)
    taken, new = looked(networks)
    assert taken > 10 * new  # shots may be settled a frame apart, and a look at smoke with them
    assert said == []


def test_a_shot_without_end_is_looked_at_by_one_process(tmp_path: Path) -> None:
    clip = write_pictures(tmp_path / "endless.mp4", pictures(60, one_place))
    report, _, said = in_parts(clip, 2)
    assert same(report) == same(analyze(clip, networks=square_networks()))
    assert said == ["no cut to divide the clip at, so one process looks"]


def test_a_damaged_clip(tmp_path: Path) -> None:
    clip = write_pictures(tmp_path / "damaged.mp4", pictures(4 * SHOT))
    content = bytearray(clip.read_bytes())
    for place in range(len(content) // 3, len(content) // 3 + 400, 7):
        content[place] ^= 0x55
    clip.write_bytes(content)
    alone = analyze(clip, networks=square_networks())
    assert not alone.coverage.complete
    assert same(in_parts(clip, 2)[0]) == same(alone)


def test_a_variable_frame_rate(tmp_path: Path) -> None:
    stamps = [int(value) for value in np.cumsum(np.random.default_rng(3).integers(15, 90, 4 * SHOT))]
    clip = write_clip(tmp_path / "variable.mkv", 4 * SHOT, (320, 192), pts=stamps, draw=lambda index, *_: scene(index))
    report, networks, _ = in_parts(clip, 2)
    assert same(report) == same(analyze(clip, networks=square_networks()))
    assert looked(networks)[1] == 0


def test_stamps_that_go_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detector.stretches._seams_s", lambda *_: [2.0, 2.04])  # anywhere, within a shot too
    clip = write_pictures(tmp_path / "shots.mp4", pictures(3 * SHOT))
    assert same(in_parts(clip, 3)[0]) == same(analyze(clip, networks=square_networks()))


def test_parts_whose_process_dies_are_looked_at_again(tmp_path: Path) -> None:
    clip = write_pictures(tmp_path / "shots.mp4", pictures(2 * SHOT))
    report, _, said = in_parts(clip, 2, dies)
    assert same(report) == same(analyze(clip, networks=square_networks()))
    assert sorted(said) == [f"part {n} of 2 is looked at again: its process ended with 7" for n in (1, 2)]


def test_stretches_begin_at_cuts_and_leave_nothing_out(tmp_path: Path) -> None:
    clip = write_pictures(tmp_path / "shots.mp4", pictures(4 * SHOT))

    def divided(most: int, from_s: float | None = None, to_s: float | None = None) -> list[Any]:
        return stretches(clip, most, from_s, to_s, DEFAULT_LIMITS, False, lambda: None)

    assert divided(1) == [(None, None)]
    assert divided(2) == [(None, 2.0), (2.0, None)]
    assert divided(64) == [(None, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, None)]
    assert divided(2, 1.2, 3.0) == [(1.2, 2.0), (2.0, 3.0)]


def test_an_answer_is_known_by_every_pixel_and_all_that_was_asked(tmp_path: Path) -> None:
    image = ground(1)
    other = image.copy()
    other[3, 5, 1] += 1
    calls = {call_of("n", image, 0.1, 640), call_of("n", other, 0.1, 640), call_of("n", image, 0.2, 640)}
    calls |= {call_of("n", image, 0.1, None), call_of("m", image, 0.1, 640), call_of("n", image[:-1], 0.1, 640)}
    assert len(calls) == 6
    with KnownAnswers(tmp_path / "answers") as answers:
        assert answers.recall(calls.pop()) is None


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--tracks", "t.txt"], "leave one of them out"),
        (["b.mp4"], "name only one"),
        (["--engine", "ray"], "without --engine"),
    ],
)
def test_what_cannot_be_divided_is_refused(tmp_path: Path, arguments: list[str], reason: str) -> None:
    for name in ("a.mp4", "b.mp4"):
        write_pictures(tmp_path / name, pictures(2))
    given = [str(tmp_path / each) if each.endswith(".mp4") else each for each in arguments]
    done = CliRunner().invoke(cli.main, [str(tmp_path / "a.mp4"), "--split", *given])
    assert done.exit_code == 2
    assert reason in done.output
