"""What does everything but the networks cost a frame, at 1080p with twenty vehicles in it?

    OMP_NUM_THREADS=1 python -m benchmarks.frame_cost ../shared

On a rendered clip, and on the real ground_tank2.mp4 where it is there. Twenty vehicles drive over the picture, a tenth
missed in each frame, six weak boxes beside them: no network looks, so that none is timed.

Stage by stage in the order of `detector.analysis`, medians over the frames; what is done when a shot is over is shared
out among its frames. Then `analyze` itself over the same clip, less the time that decoding alone takes, the mean over
the frames: it holds whatever the stages leave out, as the picture made small for the network. Milliseconds of processor
time of all threads together, so of one core; of three rounds the least, since what else runs on the machine only adds.
Writes benchmarks/results/frame_cost.json.
"""

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.results import write_results
from datasets.convoy.footage import write_video
from datasets.convoy.scene import build_scene, draw_frame
from datasets.convoy.settings import SceneSettings
from detector import analyze
from detector.analysis import Networks
from detector.burned_in import BurnedIn
from detector.clip import ClipReader
from detector.detections import Detections
from detector.device import Device
from detector.model import load_card
from detector.motion import CameraMotionEstimator
from detector.shots import ShotFinder
from detector.small_pictures import small_pictures
from detector.tracking import Tracker

VEHICLES, WEAK, MISSED_SHARE = 20, 6, 0.1
HIGH_SCORE, LOW_SCORE = 0.5, 0.08
ROUNDS = 3
REAL_CLIP = Path("clips") / "ground_tank2.mp4"
RENDERED = SceneSettings(
    seed=11, width_px=1920, height_px=1080, frames=120, cut_frame=120, smoke_frame=None, fire_frame=None
)
CRF = 23
STAGES = ("small pictures", "camera motion", "shots", "tracks, frame by frame", "tracks, at the end")
"""Together everything; the burned-in mask is a part of camera motion and is shown once more by itself."""

Figures = dict[str, float]


class Known:
    """Stands for a `Network` that takes no time: every look gives the next detections of a clip of this width."""

    def __init__(self, name: str, found: Sequence[Detections], width_px: int) -> None:
        self.card = load_card(name)
        self.classes = self.card.classes
        self.device = Device("cpu", "cpu", "no network is run", ())
        self._found, self._width_px = iter(found), width_px

    def detect(
        self, images: Sequence[NDArray[np.uint8]], *, confidence: float | None = None, size_px: int | None = None
    ) -> list[Detections]:
        shares = [image.shape[1] / self._width_px for image in images]
        return [next(self._found, Detections.none()).enlarged(share, share) for share in shares]


def traffic(frames: int, size: tuple[int, int], vehicles: int = VEHICLES) -> list[Detections]:
    """What a network would find in each frame: vehicles on their way, jittering, and weak boxes anywhere."""
    random = np.random.default_rng(1)
    places = random.uniform(0.1, 0.9, (vehicles, 2)) * size
    velocities = random.normal(0, 1, (vehicles, 2))
    sides = random.uniform(0.02, 0.06, (vehicles, 1)) * size[0] * (1.0, 0.6)
    found = []
    for frame in range(frames):
        seen = random.random(vehicles) >= MISSED_SHARE
        centres = (places + velocities * frame + 0.05 * sides * random.normal(0, 1, places.shape))[seen]
        weak = random.uniform(0, 1, (WEAK, 2)) * size
        all_sides = np.concatenate([sides[seen], sides[np.arange(WEAK) % vehicles]])
        centres, half = np.concatenate([centres, weak]), all_sides / 2
        scores = np.concatenate([random.uniform(0.3, 0.95, seen.sum()), np.full(WEAK, 0.12)])
        corners = np.concatenate([centres - half, centres + half], axis=1).astype(np.float32)
        found.append(Detections(corners, scores.astype(np.float32), np.zeros(len(corners), np.int64)))
    return found


def measure(clip: Path) -> dict[str, Any]:
    """Milliseconds a frame of every stage, of all together, and of a whole analysis without networks."""
    with ClipReader(clip) as reader:
        size = (reader.info.width, reader.info.height)
        frames = sum(1 for _ in reader)
    found = traffic(frames, size)
    stages = least([stage_by_stage(clip, found) for _ in range(ROUNDS)])
    analysis = least([whole(clip, found) for _ in range(ROUNDS)])
    return {
        "frames": frames,
        "size_px": list(size),
        "stages_ms": {name: round(value, 3) for name, value in stages.items()},
        "together_ms": round(sum(stages[name] for name in STAGES), 3),
        **{name: round(value, 3) for name, value in analysis.items()},
    }


def least(rounds: Sequence[Figures]) -> Figures:
    """The smallest of each figure over several rounds."""
    return {name: min(figures[name] for figures in rounds) for name in rounds[0]}


def stage_by_stage(clip: Path, found: Sequence[Detections]) -> Figures:
    spent: dict[str, list[float]] = defaultdict(list)

    def timed(stage: str, work: Callable[..., Any], *given: Any) -> Any:
        started = time.process_time()
        result = work(*given)
        spent[stage].append(1000 * (time.process_time() - started))
        return result

    estimator, mask, tracker = CameraMotionEstimator(), BurnedIn(), Tracker(high_score=HIGH_SCORE, low_score=LOW_SCORE)
    with ClipReader(clip) as reader:
        finder = ShotFinder(float(reader.info.frame_rate or 25))
        for frame, detections in zip(reader, found, strict=True):
            width_px = frame.picture.width
            small = timed("small pictures", small_pictures, frame)
            motion = timed("camera motion", estimator.update, small.halved, width_px)
            timed("burned-in mask", _learn, mask, small.halved, motion.matrix, width_px)
            timed("shots", finder.update, frame.index, small.thumbnail)
            affine = motion.affine if motion.known else None
            timed("tracks, frame by frame", tracker.update, detections, frame.index, frame.time.seconds, affine)
    timed("tracks, at the end", tracker.finish)
    medians = {stage: statistics.median(values) for stage, values in spent.items()}
    return medians | {"tracks, at the end": spent["tracks, at the end"][0] / len(found)}


def _learn(mask: BurnedIn, small: NDArray[np.uint8], matrix: NDArray[np.float64], full_width_px: int) -> None:
    """What camera motion does with the mask in one frame."""
    half = cv2.resize(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    shrink = np.diag([half.shape[1] / full_width_px] * 2 + [1.0])
    mask.free((half.shape[0], half.shape[1]))
    mask.update(np.asarray(half, np.uint8), shrink @ matrix @ np.linalg.inv(shrink))


def whole(clip: Path, found: Sequence[Detections]) -> Figures:
    """Decoding alone, and the rest of a whole analysis."""
    started = time.process_time()
    with ClipReader(clip) as reader:
        frames, width_px = sum(1 for _ in reader), reader.info.width
    decoded = time.process_time()
    networks = Networks(Known("fast", found, width_px), Known("smoke_fire", (), width_px))  # type: ignore[arg-type]  # nothing to wait for
    analyze(clip, networks=networks, size=640)
    done = time.process_time()
    decoding = 1000 * (decoded - started) / frames
    return {"decoding_ms": decoding, "analysis_less_decoding_ms": 1000 * (done - decoded) / frames - decoding}


def render(path: Path) -> None:
    """A drawn convoy filmed by a drone that turns."""
    scene = build_scene(RENDERED)
    pictures = (draw_frame(scene, frame)[0] for frame in range(RENDERED.frames))
    write_video(path, pictures, (RENDERED.width_px, RENDERED.height_px), RENDERED.frame_rate, CRF)


def table(results: dict[str, dict[str, Any]]) -> str:
    """Markdown: a row a stage, a column a clip."""
    rows = [f"| ms a frame | {' | '.join(results)} |", "|---" * (len(results) + 1) + "|"]
    for stage in (*STAGES[:2], "burned-in mask", *STAGES[2:]):
        label = "of which burned-in mask" if stage == "burned-in mask" else stage
        rows.append(f"| {label} | " + " | ".join(f"{one['stages_ms'][stage]:.2f}" for one in results.values()) + " |")
    for label, key in (
        ("**together**", "together_ms"),
        ("`analyze`, less decoding", "analysis_less_decoding_ms"),
        ("decoding", "decoding_ms"),
    ):
        rows.append(f"| {label} | " + " | ".join(f"{one[key]:.2f}" for one in results.values()) + " |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, help="the folder with clips/; only the rendered clip if it has none")
    shared = parser.parse_args().shared
    cv2.setNumThreads(1)
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        rendered = Path(folder) / "rendered.mp4"
        render(rendered)
        results["rendered"] = measure(rendered)
    if (shared / REAL_CLIP).exists():
        results[REAL_CLIP.name] = measure(shared / REAL_CLIP)
    print(table(results))
    write_results("frame_cost", {"opencv": cv2.__version__, "vehicles": VEHICLES, **results})


if __name__ == "__main__":
    main()
