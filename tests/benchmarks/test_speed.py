"""That what is set side by side is measured alike, and that every side still runs: not how fast."""

import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import speed
from benchmarks.speed import commands, ratios, summed_up
from benchmarks.speed_machine import TELLING_FLAGS, circumstances, gpus
from benchmarks.speed_sides import SIDES, Task
from benchmarks.speed_stages import STAGES, StageClock
from benchmarks.speed_startup import FIRST_FRAME, longest_imports, seconds
from benchmarks.speed_tables import RUNS
from benchmarks.speed_turns import Side, Stopwatch, Turn, take_turns
from detector import clip_attempt
from detector.analysis import Networks
from tests.clips import write_clip
from tests.fakes import square_networks

FRAMES = 3
COUNTING = "from benchmarks.speed_turns import serve; serve(lambda watch: 7, {'python': '3'}, {})"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("speed") / "clip.mp4", FRAMES, size=(128, 32))


def turn(wall_s: float, frames: int = 10, **stages_s: float) -> Turn:
    return Turn(frames, wall_s, 2 * wall_s, 100.0, stages_s)


def test_a_side_says_its_versions_and_works_once_a_turn() -> None:
    with Side([sys.executable, "-c", COUNTING], threads=1) as side:
        assert side.versions == {"python": "3"}
        turns = [side.turn(), side.turn()]
    assert [each.frames for each in turns] == [7, 7]
    assert all(each.peak_mib > 1 for each in turns)


def test_a_side_that_cannot_start_is_left_out_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    missing = [sys.executable, "-c", "raise SystemExit('no such thing')"]
    rounds, versions = take_turns({"counts": [sys.executable, "-c", COUNTING], "misses": missing}, 1, 2)
    assert [list(each) for each in rounds] == [["counts"], ["counts"]]
    assert versions == {"python": "3"}
    assert "misses is left out: no such thing" in capsys.readouterr().err


def test_a_side_that_breaks_off_is_left_out_of_every_round(capsys: pytest.CaptureFixture[str]) -> None:
    failing = "from benchmarks.speed_turns import serve; turns = [0, 1]; serve(lambda watch: 1 // turns.pop(), {})"
    started = {"fails": [sys.executable, "-c", failing], "counts": [sys.executable, "-c", COUNTING]}
    rounds, _ = take_turns(started, 1, 3)
    assert [list(each) for each in rounds] == [["counts"]] * 3
    assert "fails is left out: ZeroDivisionError" in capsys.readouterr().err


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def pass_s(self, seconds: float) -> None:
        self.now_s += seconds


def test_a_restart_leaves_out_what_was_before(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("time.perf_counter", clock)
    watch = Stopwatch()
    clock.pass_s(5)
    watch.restart()
    clock.pass_s(2)
    assert watch.turn(1, {}).wall_s == 2


def test_a_stage_is_without_the_stages_within_it() -> None:
    clock = Clock()
    stages = StageClock(clock)
    with stages.stage("outer"):
        clock.pass_s(1)
        for _ in range(2):
            with stages.stage("inner"):
                clock.pass_s(10)
        clock.pass_s(2)
    assert stages.spent_s == {"inner": 20, "outer": 3}


def test_each_step_of_a_generator_is_timed_and_not_what_its_reader_does() -> None:
    clock = Clock()
    stages = StageClock(clock)

    def steps() -> Iterator[int]:
        for number in range(3):
            clock.pass_s(1)
            yield number

    found = []
    for number in stages.timed("steps", steps)():
        clock.pass_s(100)
        found.append(number)
    assert found == [0, 1, 2]
    assert stages.spent_s == {"steps": 3}


@pytest.mark.parametrize("side", [side for side in SIDES if side != "network alone"])
def test_every_side_works_on_every_frame(side: str, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Networks, "load", staticmethod(lambda *_, **__: square_networks()))
    monkeypatch.setattr(clip_attempt, "analyse_into", clip_attempt.analyse_into)  # put back when the test is over
    work = SIDES[side](Task(clip, "cpu"))
    assert [work(Stopwatch()), work(Stopwatch())] == [FRAMES, FRAMES]


def test_network_and_stages_of_the_whole_command_in_processes_of_their_own(clip: Path) -> None:
    module = [sys.executable, "-m", "benchmarks.speed_sides"]
    started = {side: [*module, side, str(clip), "--threads", "1"] for side in ("network alone", "detect, with video")}
    [found], versions = take_turns(started, 1, 1)
    assert {side: each.frames for side, each in found.items()} == dict.fromkeys(started, FRAMES)
    stages = found["detect, with video"].stages_s
    assert {"vehicles network", "smoke_fire network"} < set(stages)
    assert {stage for stage in STAGES if "{}" not in stage} <= set(stages)
    assert "onnxruntime" in versions


def test_yolo_track_is_started_by_its_own_interpreter_and_only_with_one(clip: Path, tmp_path: Path) -> None:
    given = Namespace(
        threads=2, device="cpu", on_gpu=False, yolo_python=None, yolo_weights=Path("network.pt"), cache=tmp_path
    )
    sides = ["decode alone", "yolo track", "yolo track, save=True"]
    assert list(commands(sides, clip, given)) == ["decode alone"]
    given.yolo_python = Path("yolo/bin/python")
    started = commands(sides, clip, given)
    assert list(started) == sides
    assert started["yolo track"][:5] == ["yolo/bin/python", "-m", "benchmarks.speed_yolo", str(clip), "network.pt"]
    assert "--save" in started["yolo track, save=True"]
    assert "--half" not in started["yolo track"]
    given.on_gpu = True
    assert "--half" in commands(sides, clip, given)["yolo track"]


def test_a_comma_with_a_space_is_part_of_a_name() -> None:
    assert speed.names("detect,detect, every frame,") == ["detect", "detect, every frame"]


def test_ratios_are_taken_within_a_round() -> None:
    slow_machine = {"yolo track": turn(8.0), "detect": turn(4.0), "network alone": turn(2.0), "decode alone": turn(1.0)}
    quick_machine = {side: turn(each.wall_s / 4) for side, each in slow_machine.items()}
    found = ratios([slow_machine, quick_machine], frame_rate=10.0)
    assert found == {"default_against_yolo": 2.0, "default_against_decode": 4.0, "default_against_real_time": 0.62}


def test_every_frame_is_held_against_network_and_decoder_together() -> None:
    sides = {"detect, every frame": turn(3.3), "network alone": turn(2.0), "decode alone": turn(1.0)}
    assert ratios([sides], 25.0) == {"every_frame_against_ceiling": 1.1}


def test_figures_are_medians_a_frame() -> None:
    [row] = summed_up([{"detect": turn(wall_s, decode=wall_s / 2)} for wall_s in (1.0, 9.0, 2.0)]).values()
    assert row == {
        "frames": 10, "fps": 5.0, "wall_ms": 200.0, "cpu_ms": 400.0, "peak_mib": 100, "stages_ms": {"decode": 100.0},
    }  # fmt: skip


def test_a_whole_run_is_kept_and_a_part_is_not(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.results.FOLDER", tmp_path)
    monkeypatch.setattr(speed, "CLIPS", ("ground_tank2", "nowhere"))
    monkeypatch.setattr(speed, "clip_of", lambda name, *_: clip if name == "ground_tank2" else None)
    monkeypatch.setattr(speed, "growth", lambda *_: dict.fromkeys(("length", "vehicles"), GROWTH))
    monkeypatch.setattr(speed, "startup", lambda: {"help_s": 0.1, "first_frame_s": 0.9})
    monkeypatch.setattr(speed, "SIDES", {"decode alone": SIDES["decode alone"]})
    monkeypatch.setattr(speed, "YOLO", {})
    whole = ["speed", "--rounds", "1", "--threads", "1", "--yolo-python", "python"]
    for part in ([*whole, "--clips", "ground_tank2"], [*whole, "--only", "sides"], whole[:-2]):
        monkeypatch.setattr(sys, "argv", part)
        speed.main()
        assert not (tmp_path / "speed.json").exists()
    monkeypatch.setattr(sys, "argv", whole)
    speed.main()
    said = capsys.readouterr()
    assert "nowhere is left out" in said.err
    assert "| decode alone |" in said.out
    kept = json.loads((tmp_path / "speed.json").read_text())
    assert kept["clips"]["ground_tank2"]["sides"]["decode alone"]["frames"] == FRAMES
    assert {"commit", "date", "machine", "versions", "growth", "startup"} <= set(kept)


GROWTH = {
    "rows": {"5": {"frames": 9, "wall_ms": 2.0, "without_networks_ms": 1.0, "peak_mib": 80}},
    "times": 1.0,
    "times_without_networks": 1.0,
}


@pytest.mark.parametrize(
    ("device", "name"),
    [
        ({"used": "cpu", "precision": "fp32"}, "speed"),
        ({"used": "cpu", "precision": "bf16"}, "speed_bf16"),
        ({"used": "cuda", "precision": "fp32"}, "speed_cuda"),
        ({"used": "cuda", "precision": "fp16"}, "speed_cuda"),
    ],
)
def test_a_run_on_one_kind_of_device_does_not_replace_that_on_another(device: dict[str, str], name: str) -> None:
    assert speed.kept_as(device) == name
    assert name in RUNS


@pytest.mark.parametrize(
    ("script", "found"), [("echo 'NVIDIA H100, 550.1'", ["NVIDIA H100, 550.1"]), ("echo no driver; exit 9", [])]
)
def test_gpus_are_named_as_nvidia_smi_names_them(
    script: str, found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "nvidia-smi").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    assert gpus() == found


def test_the_machine_is_told_by_cores_and_flags() -> None:
    found = circumstances(2)
    assert found["machine"]["cores"] >= 1
    assert set(found["machine"]["flags"]) <= set(TELLING_FLAGS)


def test_a_start_is_timed_and_its_imports_told(clip: Path, tmp_path: Path) -> None:
    assert seconds(FIRST_FRAME, [str(clip), "--device", "cpu", "--out", str(tmp_path / "out")], times=1) > 0.1
    assert "json" in [name for _, name in longest_imports("import json", [])]
    with pytest.raises(subprocess.CalledProcessError):
        seconds(FIRST_FRAME, [str(tmp_path / "none.mp4")], times=1)
