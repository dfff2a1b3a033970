"""The renderer's commands: `demo` writes the demo clip with its truth, `training` writes pictures to train on."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from datasets.convoy.footage import write_video
from datasets.convoy.scene import build_scene, draw_frame
from datasets.convoy.settings import SceneSettings
from datasets.convoy.training import write_training_set
from datasets.convoy.truth import FrameTruth, summarised

_DEMO = SceneSettings(seed=7)
_DEMO_CRF = 26


def write_demo(out_dir: Path) -> None:
    """Write demo.mp4 and truth.json."""
    out_dir.mkdir(parents=True, exist_ok=True)
    scene = build_scene(_DEMO)
    truths: list[FrameTruth] = []

    def pictures() -> Iterator[NDArray[np.uint8]]:
        for frame in range(_DEMO.frames):
            picture, truth = draw_frame(scene, frame)
            truths.append(truth)
            yield picture

    size = (_DEMO.width_px, _DEMO.height_px)
    write_video(out_dir / "demo.mp4", pictures(), size, _DEMO.frame_rate, _DEMO_CRF)
    content = summarised(truths, size, _DEMO.frame_rate, scene.convoy)
    (out_dir / "truth.json").write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m datasets.convoy", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="write demo.mp4 and truth.json")
    demo.add_argument("out_dir", type=Path)
    training = commands.add_parser("training", help="write pictures and labels in YOLO's layout")
    training.add_argument("out_dir", type=Path)
    training.add_argument("--scenes", type=int, required=True, help="how many scenes")
    training.add_argument("--seed-start", type=int, required=True, help="seed of the first scene")
    training.add_argument("--every", type=int, required=True, help="write one frame out of so many")
    arguments = parser.parse_args()
    if arguments.command == "demo":
        write_demo(arguments.out_dir)
    else:
        count = write_training_set(arguments.out_dir, arguments.scenes, arguments.seed_start, arguments.every)
        print(f"{count} pictures in {arguments.out_dir}")


if __name__ == "__main__":
    main()
