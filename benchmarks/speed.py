"""How fast is `detect`, beside `yolo track`, a plain loop, and the ceiling of network and decoder alone?

    python -m benchmarks.speed --yolo-python VENV/bin/python     # without it, the sides of `yolo track` are left out

Every side works on the same clip at 640 px (but the default settings, which choose), in a process of its own that is
held to the same number of threads. The sides take turns, round after round, so that what else the machine does is
shared out; figures are medians of the rounds, ratios medians of what was found within a round. A turn is a clip from
start to end with the networks open; of `yolo track` the first frame, in which it gets warm, is left out.

`yolo track` runs the checkpoint in torch as installed (ByteTrack), and as ONNX: ultralytics' own export of the same
checkpoint for the same input, since it cannot run ours, which takes bytes and holds the choice of boxes. The checkpoint
is by default models/vehicles/start.pt: the layers of the released network, its numbers those of the release before.

Then what a frame costs as clips get longer and vehicles more (benchmarks/speed_growth.py), and how long the command
takes to start (benchmarks/speed_startup.py). Prints tables, and keeps a whole run in benchmarks/results/speed.json,
speed_int8.json or speed_bf16.json where the default settings compute in that on the processor, or speed_cuda.json where
they run on CUDA; `python -m benchmarks.speed_tables` puts all of them into the documents. Needs ../shared/clips for the
real clips.
"""

import argparse
import re
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import write_results
from benchmarks.speed_clips import CLIPS, clip_of
from benchmarks.speed_growth import growth
from benchmarks.speed_machine import circumstances
from benchmarks.speed_sides import SIDES, SIZE_PX
from benchmarks.speed_startup import startup
from benchmarks.speed_tables import printed
from benchmarks.speed_turns import Rounds, Turn, remark, take_turns
from detector.clip import ClipReader
from detector.model import letterbox, load_network

YOLO = {"yolo track": [], "yolo track, ONNX": [], "yolo track, save=True": ["--save"]}
BROAD_CLIPS = ("ground_tank2", "rendered_1080p_h264")
"""Clips that every side works on; on the others those of NARROW_SIDES, so that a run stays under ten minutes."""
NARROW_SIDES = ("detect", "detect, every frame", "yolo track", "network alone", "decode alone")
PARTS = ("sides", "growth", "startup")


def commands(sides: Sequence[str], clip: Path, given: argparse.Namespace) -> dict[str, list[str]]:
    """How to start each side that can be had."""
    threads = ["--threads", str(given.threads)]
    started = {
        side: [sys.executable, "-m", "benchmarks.speed_sides", side, str(clip), *threads, "--device", given.device]
        for side in SIDES
        if side in sides
    }
    if given.yolo_python is None:
        return started
    device = ["--device", "0", "--half"] if given.on_gpu else ["--device", "cpu"]
    for side in (side for side in YOLO if side in sides):
        network, shape = given.yolo_weights, [SIZE_PX]
        if side == "yolo track, ONNX":
            shape = input_shape(clip)
            network = exported(given, shape)
        module = [str(given.yolo_python), "-m", "benchmarks.speed_yolo", str(clip), str(network)]
        started[side] = [*module, "--shape", *map(str, shape), *YOLO[side], *device, *threads]
    return started


def input_shape(clip: Path) -> list[int]:
    """Height and width in pixels of what the network is given of this clip."""
    with ClipReader(clip) as reader:
        canvas, _ = letterbox(next(iter(reader)).image, SIZE_PX, 32)
    return list(canvas.shape[:2])


def exported(given: argparse.Namespace, shape: Sequence[int]) -> Path:
    """ultralytics' own ONNX export, made once."""
    onnx: Path = given.cache / f"{given.yolo_weights.stem}_{'x'.join(map(str, shape))}.onnx"
    if not onnx.exists():
        files = [str(given.yolo_weights), str(onnx), "--export", "--shape", *map(str, shape)]
        subprocess.run([given.yolo_python, "-m", "benchmarks.speed_yolo", *files], check=True, stdout=sys.stderr)
    return onnx


def summed_up(rounds: Rounds) -> dict[str, Any]:
    """Medians of each side, a frame."""

    def middle(turns: Sequence[Turn], of: str) -> float:
        return statistics.median(1000 * getattr(turn, of) / turn.frames for turn in turns)

    figures = {}
    for side in rounds[0]:
        turns = [each[side] for each in rounds]
        stages = {
            stage: round(statistics.median(1000 * turn.stages_s.get(stage, 0.0) / turn.frames for turn in turns), 3)
            for stage in turns[0].stages_s
        }
        figures[side] = {
            "frames": turns[0].frames,
            "fps": round(1000 / middle(turns, "wall_s"), 1),
            "wall_ms": round(middle(turns, "wall_s"), 2),
            "cpu_ms": round(middle(turns, "cpu_s"), 2),
            "peak_mib": round(turns[-1].peak_mib),
            **({"stages_ms": stages} if stages else {}),
        }
    return figures


def ratios(rounds: Rounds, frame_rate: float) -> dict[str, float]:
    """What the aims ask for, as far as the sides were there; each the median of the rounds."""

    def wall(side: str) -> list[float]:
        return [each[side].wall_s / each[side].frames for each in rounds]

    def middle(above: list[float], below: list[float]) -> float:
        return round(statistics.median(a / b for a, b in zip(above, below, strict=True)), 2)

    there = rounds[0]
    found = {}
    for name, above, below in (
        ("default_against_yolo", "yolo track", "detect"),
        ("default_against_yolo_onnx", "yolo track, ONNX", "detect"),
        ("every_frame_against_yolo", "yolo track", "detect, every frame"),
        ("video_against_yolo_save", "yolo track, save=True", "detect, with video"),
        ("default_against_decode", "detect", "decode alone"),
    ):
        if above in there and below in there:
            found[name] = middle(wall(above), wall(below))
    if {"detect, every frame", "network alone", "decode alone"} <= there.keys():
        ceiling = [sum(pair) for pair in zip(wall("network alone"), wall("decode alone"), strict=True)]
        found["every_frame_against_ceiling"] = middle(wall("detect, every frame"), ceiling)
    if "detect" in there:
        found["default_against_real_time"] = round(statistics.median(1 / (s * frame_rate) for s in wall("detect")), 2)
    return found


def measure_sides(given: argparse.Namespace) -> tuple[dict[str, Any], dict[str, str]]:
    """Every clip that can be had, with every side that can be had."""
    clips, versions = {}, {}
    for name in given.clips:
        clip = clip_of(name, given.frames, given.shared / "clips", given.cache)
        if clip is None:
            remark(f"{name} is left out: {given.shared / 'clips'} does not hold it")
            continue
        with ClipReader(clip) as reader:
            rate, size = float(reader.info.frame_rate or 25), (reader.info.width, reader.info.height)
        sides = given.sides or ([*SIDES, *YOLO] if name in BROAD_CLIPS else NARROW_SIDES)
        rounds, used = take_turns(commands(sides, clip, given), given.threads, given.rounds)
        versions |= used
        if rounds[0]:
            found = {"size_px": list(size), "frame_rate": round(rate, 3), "sides": summed_up(rounds)}
            clips[name] = {**found, "ratios": ratios(rounds, rate)}
            remark(f"{name}: {clips[name]['ratios']}")
    return clips, versions


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="the folder with clips/")
    parser.add_argument("--cache", type=Path, default=Path("runs/speed"), help="where rendered and cut clips are kept")
    parser.add_argument("--yolo-python", type=Path, help="an interpreter with ultralytics, lap, onnx and onnxruntime")
    parser.add_argument("--yolo-weights", type=Path, default=Path("models/vehicles/start.pt"))
    parser.add_argument("--clips", type=names, default=CLIPS, metavar="A,B", help=", ".join(CLIPS))
    parser.add_argument("--sides", type=names, metavar="A,B", help=f"of {', '.join(map(repr, [*SIDES, *YOLO]))}")
    parser.add_argument("--only", type=names, default=PARTS, metavar="A,B", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--frames", type=int, default=240, help="of each clip")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    return parser.parse_args()


def names(text: str) -> list[str]:
    """Between commas; one that a space follows is part of a name."""
    return [name for name in re.split(r",(?! )", text) if name]


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Everything that was asked for."""
    figures = circumstances(given.threads) | {"frames": given.frames, "rounds": given.rounds}
    device = load_network("fast", given.device).device
    given.on_gpu = device.used == "cuda"
    figures["device"] = {
        "used": device.used,
        "precision": device.precision,
        "reason": device.reason,
        "providers": device.providers,
    }
    if "sides" in given.only:
        figures["clips"], figures["versions"] = measure_sides(given)
    if "growth" in given.only:
        figures["growth"] = growth(given.cache, given.threads, given.rounds)
    if "startup" in given.only:
        figures["startup"] = startup()
    return figures


def kept_as(device: Mapping[str, Any]) -> str:
    """The name of a whole run: one for each kind of device, so that none stands in place of another."""
    if device["used"] != "cpu":
        return "speed_cuda"
    return "speed" if device["precision"] == "fp32" else f"speed_{device['precision']}"


def main() -> None:
    given = arguments()
    if given.yolo_python is None:
        remark("`yolo track` is left out: name an interpreter that has it with --yolo-python")
    figures = run(given)
    print(printed(figures))
    everything = list(given.clips) == list(CLIPS) and given.sides is None and list(given.only) == list(PARTS)
    if everything and given.yolo_python:
        write_results(kept_as(figures["device"]), figures)
    else:
        remark("a part of the run is not kept")


if __name__ == "__main__":
    main()
