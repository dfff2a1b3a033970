"""What is set side by side by `benchmarks.speed`, but for `yolo track`: each side a function, run in its own process.

    python -m benchmarks.speed_sides SIDE CLIP --threads 2 --device auto

It does its work once for every line on its standard input; benchmarks/speed_turns.py says what it answers.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed_stages import StageClock, time_stages
from benchmarks.speed_turns import Stopwatch, Work, pin_threads, serve
from detector.report_assembly import versions

SIZE_PX = 640
"""Longest side at which every contestant looks, but for the default settings, which choose."""


@dataclass(frozen=True)
class Task:
    """What a side works on."""

    clip: Path
    device: str


def default_settings(task: Task) -> Work:
    """`analyze` with its networks open; every word of the report is part of it, no file is written."""
    from detector import analyze
    from detector.analysis import Networks

    networks = Networks.load(task.device)
    return lambda watch: analyze(task.clip, networks=networks).input.frames_decoded


def every_frame(task: Task) -> Work:
    """The same at SIZE_PX, every frame looked at in float32 on the processor."""
    from detector import analyze
    from detector.analysis import Networks

    networks = Networks.load("cpu", precision="fp32")
    return lambda watch: analyze(task.clip, networks=networks, size=SIZE_PX, every=1).input.frames_decoded


def command(task: Task, *options: str) -> Work:
    """The command itself, from the moment its networks are open to the last of its files."""
    from detector import clip_attempt
    from detector.cli import main

    whole = clip_attempt.analyse_into
    frames: list[int] = []

    def work(watch: Stopwatch) -> int:
        def timed(*given: Any) -> Any:
            watch.restart()
            outcome = whole(*given)
            frames.append(outcome.report.input.frames_decoded)
            return outcome

        clip_attempt.analyse_into = timed
        with tempfile.TemporaryDirectory() as folder, suppress(SystemExit):
            main([str(task.clip), "--device", task.device, "--out", f"{folder}/out", *options])
        return frames.pop()

    return work


def plain_loop(task: Task) -> Work:
    """OpenCV reads, one resize, ONNX Runtime as it comes answers with final boxes; nothing is tracked."""
    import cv2
    import numpy as np
    import onnxruntime

    from detector.model import letterbox, networks_folder

    if task.device == "cuda":
        onnxruntime.preload_dlls()  # without it the session may lie on the CPU, and not say so
    session = onnxruntime.InferenceSession(networks_folder() / "vehicles" / "model.onnx", providers=_providers(task))
    confidence = np.float32([0.1])

    def work(watch: Stopwatch) -> int:
        capture, frames = cv2.VideoCapture(str(task.clip)), 0
        while True:
            read, image = capture.read()
            if not read:
                return frames
            canvas, _ = letterbox(image, SIZE_PX, 32)
            session.run(None, {"images": canvas[None], "confidence": confidence})
            frames += 1

    return work


def network_alone(task: Task) -> Work:
    """The vehicle network in float32 as detect opens it, on tensors of the clip's shape that lie ready: part of the
    ceiling.
    """
    import numpy as np

    from detector.model import letterbox, load_network

    device = "cuda" if task.device == "cuda" else "cpu"
    session = load_network("fast", device, precision="fp32")._session  # not its letterbox
    images = [letterbox(image, SIZE_PX, 32)[0][None] for image in _some_pictures(task.clip)]
    frames = _frames(task.clip)

    def work(watch: Stopwatch) -> int:
        for number in range(frames):
            session.run(None, {"images": images[number % len(images)], "confidence": np.float32([0.1])})
        return frames

    return work


def decode_alone(task: Task) -> Work:
    """PyAV on one thread, as `ClipReader` decodes, without making BGR pictures of it: part of the ceiling."""
    import av

    from detector.clip import DECODER_THREADS

    def work(watch: Stopwatch) -> int:
        with av.open(str(task.clip)) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_type = DECODER_THREADS
            return sum(1 for _ in container.decode(stream))

    return work


def decode_opencv(task: Task) -> Work:
    """OpenCV's VideoCapture, BGR pictures included, threads as it pleases."""
    import cv2

    def work(watch: Stopwatch) -> int:
        capture, frames = cv2.VideoCapture(str(task.clip)), 0
        while capture.read()[0]:
            frames += 1
        return frames

    return work


SIDES: Mapping[str, Callable[[Task], Work]] = {
    "detect": default_settings,
    "detect, every frame": every_frame,
    "detect --no-video": lambda task: command(task, "--no-video"),
    "detect, with video": command,
    "OpenCV + ONNX Runtime": plain_loop,
    "network alone": network_alone,
    "decode alone": decode_alone,
    "decode, OpenCV": decode_opencv,
}
"""Side to what prepares it; in the order of the table."""


def _frames(clip: Path) -> int:
    import av

    with av.open(str(clip)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def _some_pictures(clip: Path, pictures: int = 8) -> list[Any]:
    import cv2

    capture = cv2.VideoCapture(str(clip))
    return [image for read, image in (capture.read() for _ in range(pictures)) if read]


def _providers(task: Task) -> list[str]:
    return [*(["CUDAExecutionProvider"] if task.device == "cuda" else []), "CPUExecutionProvider"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    pin_threads(arguments.threads)
    clock = time_stages() if arguments.side.startswith("detect") else StageClock()
    serve(SIDES[arguments.side](Task(arguments.clip, arguments.device)), versions(), clock.spent_s)


if __name__ == "__main__":
    main()
