"""Same clip, same settings, CPU: the same outputs to the byte, whatever the threads and whatever the order of a set."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from datasets.convoy.scene import render
from datasets.convoy.settings import SceneSettings
from tests.fakes import write_pictures

SCENE = SceneSettings(seed=3, width_px=320, height_px=192, frames=16, cut_frame=8, smoke_frame=2, fire_frame=2)
RUNS = {"0": ((1, 1), (1, 2), (2, 1)), "7": ((2, 2), (1, 1))}  # hash seed: threads of the networks and of OpenCV

CHILD = """
import sys
from contextlib import nullcontext
from pathlib import Path
import cv2
from detector.analysis import Networks
from detector.one_clip import Request, analyse_into

request = Request(True, ("csv", "coco"), None, "typical", 0.1, 320, "auto", None, None, False)
for run in sys.argv[2:]:
    threads, cv2_threads = map(int, run.split(","))
    cv2.setNumThreads(cv2_threads)
    folder = Path.cwd() / f"{run} {sys.flags.hash_randomization}"
    networks = Networks.load("cpu", "fast", threads)
    analyse_into(Path(sys.argv[1]), folder, networks, request, lambda doing: nullcontext(lambda done, expected: None))
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pictures = (picture for picture, _ in render(SCENE))
    return write_pictures(tmp_path_factory.mktemp("clip") / "clip.mp4", pictures)


def test_five_runs_with_other_threads_and_hash_seeds_are_the_same(clip: Path, tmp_path: Path) -> None:
    for seed, runs in RUNS.items():
        subprocess.run(
            [sys.executable, "-c", CHILD, str(clip), *(f"{threads},{cv2}" for threads, cv2 in runs)], cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[1])}, check=True,
        )  # fmt: skip
    first, *others = [digests(folder) for folder in sorted(tmp_path.iterdir())]
    assert len(others) == 4
    assert all(each == first for each in others)


def digests(folder: Path) -> dict[str, str]:
    """By name, but for what tells the time of day."""
    report = json.loads((folder / "report.json").read_text())
    assert report["tracks"], "a clip in which nothing is found would show little"
    same = {path.name: digest(path.read_bytes()) for path in folder.iterdir()}
    del same["report.html"], same["SHA256SUMS"]
    return {**same, "report.json": digest(json.dumps({**report, "run": None}).encode())}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
