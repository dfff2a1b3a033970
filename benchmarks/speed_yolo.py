"""`yolo track` as a side of `benchmarks.speed`, by an interpreter of its own that has ultralytics (and lap, onnx).

    YOLO_PYTHON -m benchmarks.speed_yolo CLIP WEIGHTS --threads 2 [--save] [--half] [--device cpu]
    YOLO_PYTHON -m benchmarks.speed_yolo --export WEIGHTS ONNX --shape 384 640

As installed: `YOLO(WEIGHTS).track` at 640 px with ByteTrack, results taken one after another. Time runs from the first
result, when the network is open and warm, to the end. The export is ultralytics' own, of a fixed shape.
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("YOLO_OFFLINE", "1")
os.environ.setdefault("YOLO_AUTOINSTALL", "0")
os.environ.setdefault("YOLO_VERBOSE", "false")

from benchmarks.speed_turns import Stopwatch, Work, pin_threads, serve


def track(weights: Path, clip: Path, shape: int | list[int], device: str, save: bool, half: bool) -> Work:
    """Frames after the first, with their video where it is to be saved."""
    from ultralytics import YOLO

    network = YOLO(str(weights), task="detect")

    def work(watch: Stopwatch) -> int:
        frames = -1
        with tempfile.TemporaryDirectory() as folder:
            for _ in network.track(
                str(clip),
                stream=True,
                imgsz=shape,
                device=device,
                tracker="bytetrack.yaml",
                save=save,
                half=half,
                project=folder,
                verbose=False,
            ):
                frames += 1
                if frames == 0:
                    watch.restart()
        return frames

    return work


def export(weights: Path, onnx: Path, shape: list[int]) -> None:
    """The plain ONNX file that ultralytics itself runs, of height and width."""
    from ultralytics import YOLO

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "network.pt"  # the exporter writes beside it
        shutil.copyfile(weights, copy)
        shutil.move(YOLO(str(copy)).export(format="onnx", imgsz=shape, verbose=False), onnx)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs=2)
    parser.add_argument("--export", action="store_true")
    parser.add_argument("--shape", type=int, nargs="+", default=[640])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--half", action="store_true")
    given = parser.parse_args()
    if given.export:
        export(*given.files, given.shape)
        return
    pin_threads(given.threads)
    import torch
    import ultralytics

    torch.set_num_threads(given.threads)
    clip, weights = given.files
    shape = given.shape if len(given.shape) > 1 else given.shape[0]
    versions = {"torch": torch.__version__, "ultralytics": ultralytics.__version__}
    serve(track(weights, clip, shape, given.device, given.save, given.half), versions)


if __name__ == "__main__":
    main()
