"""How well is the camera's motion told, under overlays and past what drives? Beside the usual ways to tell it.

    python -m benchmarks.camera_motion ../shared

Clips of `benchmarks.camera_motion_scenes`, whose motion is known, compressed as the annotated clips are. The error of a
pair of frames is the mean distance, over a grid of points of the picture, between where the estimate and where the
truth puts them. "Source": it is at most 0.5 pixels of the clip itself, the hard reading. "Thumbnail": at most 0.5
pixels of a picture 256 wide, the soft one. Where the ground shows nothing, the right answer is that nothing is known.

Candidates: ours; ours as it was before overlays were learned, out of the git history; phase correlation and ORB with a
RANSAC homography, of OpenCV; the camera motion of `trackers` BoT-SORT, where installed. The last, phase correlation and
ORB do not say when they do not know, but for too few matches. Times are processor time on one thread, with the small
picture each works on: ours made of what the decoder gives, as `detect` does, the others' of the whole
image, which costs the first of them its conversion. Writes benchmarks/results/camera_motion.json.
"""

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.camera_motion_scenes import (
    SIZES_PX,
    Matrix,
    Scene,
    compressed,
    motions,
    pictures,
    render,
    scenes,
)
from benchmarks.results import write_results
from detector.frame import Picture
from detector.motion import CameraMotionEstimator, motion_picture, motion_size

CLIPS = {"1080p": 24, "720p": 12, "596x336": 12}
FIRST_SEED = {"1080p": 5000, "720p": 6000, "596x336": 7000}  # the constants were chosen on clips from 1000 to 3023
BEFORE = "3be5f0f"
CLOSE_PX, THUMBNAIL_PX = 0.5, 256
LEAST_RESPONSE = 0.03  # of phase correlation, below which it is taken to say that it does not know

Estimate = Callable[[Picture], Matrix | None]


def ours() -> Estimate:
    estimator = CameraMotionEstimator()

    def estimate(picture: Picture) -> Matrix | None:
        small = picture.scaled(*motion_size(picture.width, picture.height))
        motion = estimator.update(small.image, picture.width)
        return motion.matrix if motion.known else None

    return estimate


def before() -> Estimate:
    """The estimator of an earlier commit, on the thumbnail of shot detection."""
    command = ["git", "show", f"{BEFORE}:detector/motion.py"]
    code = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    module = sys.modules.setdefault("motion_before", types.ModuleType("motion_before"))
    exec(code, module.__dict__)
    estimator = module.CameraMotionEstimator()

    def estimate(picture: Picture) -> Matrix | None:
        size = (THUMBNAIL_PX, round(picture.height * THUMBNAIL_PX / picture.width))
        motion = estimator.update(cv2.resize(picture.image, size, interpolation=cv2.INTER_AREA), picture.width)
        return motion.matrix if motion.known else None

    return estimate


def phase_correlation() -> Estimate:
    last: list[Any] = []

    def estimate(picture: Picture) -> Matrix | None:
        small = motion_picture(picture.image)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
        window = cv2.createHanningWindow((grey.shape[1], grey.shape[0]), cv2.CV_32F)
        motion = None
        if last:
            shift, response = cv2.phaseCorrelate(last.pop(), grey, window)
            motion = np.eye(3)
            motion[:2, 2] = np.array(shift) * picture.width / small.shape[1]
            motion = motion if response >= LEAST_RESPONSE else None
        last.append(grey)
        return motion

    return estimate


def orb_homography() -> Estimate:
    orb, matcher = cv2.ORB_create(1000), cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True)
    last: list[Any] = []

    def estimate(picture: Picture) -> Matrix | None:
        points, words = orb.detectAndCompute(cv2.cvtColor(picture.image, cv2.COLOR_BGR2GRAY), None)
        motion = None
        if last:
            old_points, old_words = last.pop()
            pairs = matcher.match(old_words, words) if old_words is not None and words is not None else []
            if len(pairs) >= 10:
                there = np.float32([points[pair.trainIdx].pt for pair in pairs])
                here = np.float32([old_points[pair.queryIdx].pt for pair in pairs])
                motion, _ = cv2.findHomography(here, there, cv2.RANSAC, 3.0)
        last.append((points, words))
        return motion

    return estimate


def bot_sort() -> Estimate:
    from trackers.utils.cmc import CMC

    cmc = CMC()

    def estimate(picture: Picture) -> Matrix | None:
        return np.vstack([cmc.estimate(picture.image), [0.0, 0.0, 1.0]])

    return estimate


def candidates() -> dict[str, Callable[[], Estimate]]:
    found = {"ours": ours, "before": before, "phase correlation": phase_correlation, "ORB + RANSAC": orb_homography}
    return found | ({"BoT-SORT (trackers)": bot_sort} if importlib.util.find_spec("trackers") else {})


@dataclass
class Tally:
    """Errors of one candidate over the clips of one size, in pixels of the clip; None where it did not know."""

    land: list[tuple[Scene, float | None]] = field(default_factory=list)
    bare: list[float | None] = field(default_factory=list)
    seconds: float = 0.0
    frames: int = 0

    def add(self, scene: Scene, estimate: Estimate, played: list[Picture]) -> None:
        """Play one clip."""
        size, truths = SIZES_PX[scene.size], [None, *motions(scene)]
        for picture, truth in zip(played, truths, strict=True):
            started = time.process_time()
            motion = estimate(picture)
            self.seconds += time.process_time() - started
            self.frames += 1
            if truth is None:
                continue
            error = None if motion is None else distance_px(motion, truth, size)
            if scene.ground == "land":
                self.land.append((scene, error))
            else:
                self.bare.append(error)

    def figures(self, width: int) -> dict[str, Any]:
        errors = [error for _, error in self.land]
        known = [error for error in errors if error is not None]
        groups = {}
        for name in ("overlays", "objects", "movement"):
            for value in sorted({getattr(scene, name) for scene, _ in self.land}):
                group = [error for scene, error in self.land if getattr(scene, name) == value]
                groups[f"{name} {value}"] = share(group, CLOSE_PX)
        return {
            "pairs": len(errors),
            "source": share(errors, CLOSE_PX),
            "thumbnail": share(errors, CLOSE_PX * width / THUMBNAIL_PX),
            "median_px": round(float(np.median(known)), 3) if known else None,
            "not_known": round(1 - len(known) / len(errors), 3),
            "featureless_pairs": len(self.bare),
            "featureless_not_known": round(sum(error is None for error in self.bare) / len(self.bare), 3),
            "ms_a_frame": round(1000 * self.seconds / self.frames, 2),
            "source_by_group": groups,
        }


def share(errors: list[float | None], most_px: float) -> float:
    return round(sum(error is not None and error <= most_px for error in errors) / len(errors), 3)


def distance_px(estimate: Matrix, truth: Matrix, size: tuple[int, int]) -> float:
    """Mean distance between where two homographies put a grid of 17 x 10 points."""
    grid = np.stack(np.meshgrid(np.linspace(0, size[0], 17), np.linspace(0, size[1], 10), [1.0]), -1).reshape(-1, 3)
    there = [points[:, :2] / points[:, 2:] for points in (grid @ estimate.T, grid @ truth.T)]
    return float(np.linalg.norm(there[0] - there[1], axis=1).mean())


def measure(shared: Path) -> dict[str, dict[str, Tally]]:
    sources = pictures(shared)
    tallies = {size: {name: Tally() for name in candidates()} for size in CLIPS}
    for size, clips in CLIPS.items():
        for scene in scenes(clips, size, FIRST_SEED[size]):
            with tempfile.TemporaryDirectory() as folder:
                played = compressed(render(scene, sources), scene, Path(folder))
            for name, start in candidates().items():
                tallies[size][name].add(scene, start(), played)
    return tallies


def main() -> int:
    parser = argparse.ArgumentParser(description="Camera motion against a known one.")
    parser.add_argument("shared", type=Path, help="the folder with clips/ and datasets/")
    shared = parser.parse_args().shared
    if not (shared / "datasets").is_dir() or not (shared / "clips").is_dir():
        print(f"{shared} has no datasets/ and clips/: give the folder that holds both", file=sys.stderr)
        return 2
    cv2.setNumThreads(1)
    result = {}
    for size, tallies in measure(shared).items():
        result[size] = {name: tally.figures(SIZES_PX[size][0]) for name, tally in tallies.items()}
        print(f"{size:22}{'source':>9}{'thumb':>9}{'median':>9}{'unknown':>9}{'bare':>9}{'ms':>9}")
        for name, row in result[size].items():
            columns = ("source", "thumbnail", "median_px", "not_known", "featureless_not_known", "ms_a_frame")
            print(f"  {name:20}" + "".join(f"{row[column]:9}" for column in columns))
    write_results("camera_motion", {"opencv": cv2.__version__, **result})
    return 0


if __name__ == "__main__":
    sys.exit(main())
