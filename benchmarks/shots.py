"""How well shot boundaries and kinds are found, beside PySceneDetect's detectors on the same thumbnails.

    python -m benchmarks.shots ../shared/clips

Boundaries are the first frames of all shots but the first; one is right that lies within three frames of a true one,
each true one counting once. On the clips of truth.json, on house_fire.mp4 (one shot), and on sequences rendered from
their frames with a seed that no constant was chosen on. Prints a table and writes benchmarks/results/shots.json.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector, ContentDetector, ThresholdDetector

from benchmarks.results import write_results
from benchmarks.shot_scenes import Picture, Source
from benchmarks.shot_sequences import sequences
from detector.clip import ClipReader
from detector.shots import ShotFinder, ShotSpan
from detector.small_pictures import with_small_pictures

TOLERANCE_FRAMES = 3
SEED, EACH = 7, 1
SIZE = (256, 144)
STILL_WIDTH_PX = 960
SHORTEST_SOURCE, LONGEST_SOURCE = 20, 150
OURS = "ours"
Starts = list[int]


@dataclass(frozen=True)
class Score:
    """Boundaries wanted, found and right."""

    wanted: int = 0
    found: int = 0
    right: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.wanted + other.wanted, self.found + other.found, self.right + other.right)

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.wanted + self.found) if self.wanted + self.found else 1.0

    def figures(self) -> dict[str, float]:
        precision = self.right / self.found if self.found else 1.0
        recall = self.right / self.wanted if self.wanted else 1.0
        return {**vars(self), "precision": round(precision, 3), "recall": round(recall, 3), "f1": round(self.f1, 3)}


def score(wanted: Iterable[int], found: Sequence[int]) -> Score:
    left, right = sorted(found), 0
    wanted = list(wanted)
    for boundary in wanted:
        near = [start for start in left if abs(start - boundary) <= TOLERANCE_FRAMES]
        if near:
            left.remove(min(near, key=lambda start: abs(start - boundary)))
            right += 1
    return Score(len(wanted), len(found), right)


def kinds_right(spans: Sequence[ShotSpan], truth: Sequence[tuple[int, int, str]]) -> tuple[int, int]:
    """True shots whose middle frame is given the right kind, and all."""
    right = 0
    for start, end, kind in truth:
        right += any(span.start <= (start + end) // 2 <= span.end and span.kind == kind for span in spans)
    return right, len(truth)


def ours(pictures: Iterable[Picture], frame_rate: float) -> list[ShotSpan]:
    finder = ShotFinder(frame_rate)
    return [span for i, picture in enumerate(pictures) for span in finder.update(i, picture)] + finder.finish()


def scenedetect(make: Callable[[], Any]) -> Callable[[Sequence[Picture], float], Starts]:
    def find(pictures: Sequence[Picture], frame_rate: float) -> Starts:
        detector, rate = make(), Fraction(frame_rate).limit_denominator(100_000)
        cuts = []
        for index, picture in enumerate(pictures):
            cuts += detector.process_frame(FrameTimecode(index, fps=rate), np.ascontiguousarray(picture))
        cuts += detector.post_process(FrameTimecode(len(pictures), fps=rate))
        return [cut.frame_num for cut in cuts]

    return find


PEERS = {
    "Content": scenedetect(ContentDetector),
    "Adaptive": scenedetect(AdaptiveDetector),
    "Threshold": scenedetect(ThresholdDetector),
}


@dataclass(frozen=True)
class Clip:
    name: str
    frame_rate: float
    pictures: list[Picture]
    shots: list[tuple[int, int, str]]
    sources: list[Source]


def read_clip(folder: Path, name: str, shots: list[tuple[int, int, str]]) -> Clip:
    """Thumbnails of a clip, and its shots of footage as sources to render from."""
    middles = {(start + end) // 2: (start, end) for start, end, kind in shots if kind == "footage"}
    pictures, stills = [], {}
    with ClipReader(folder / name) as reader:
        rate = float(reader.info.frame_rate or 25)
        for frame, small in with_small_pictures(reader):
            pictures.append(small.thumbnail)
            if frame.index in middles:
                size = (STILL_WIDTH_PX, round(reader.info.height * STILL_WIDTH_PX / reader.info.width))
                stills[middles[frame.index]] = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
    sources = []
    for (start, end), still in stills.items():
        inner = pictures[start + 4 : min(end - 3, start + LONGEST_SOURCE)]
        if len(inner) >= SHORTEST_SOURCE:
            sources.append(Source(name, np.stack([cv2.resize(p, SIZE) for p in inner]), still))
    return Clip(name, rate, pictures, shots, sources)


def clips(folder: Path) -> Iterable[Clip]:
    for clip in json.loads((folder / "truth.json").read_text()):
        yield read_clip(folder, clip["file"], [(s["start"], s["end"], s["kind"]) for s in clip["shots"]])
    if (folder / "house_fire.mp4").exists():
        yield read_clip(folder, "house_fire.mp4", [(0, 898, "footage")])


def milliseconds_a_frame(pictures: Sequence[Picture]) -> float:
    """Processor time of shot detection in one thread; what making the thumbnail costs is in benchmarks.frame_cost."""
    started = time.process_time()
    ours(pictures, 25)
    return round(1000 * (time.process_time() - started) / len(pictures), 3)


def on_clips(given: Sequence[Clip]) -> dict[str, Any]:
    per_clip, total, kinds = {}, defaultdict(Score), [0, 0]
    for clip in given:
        wanted = [start for start, _, _ in clip.shots[1:]]
        spans = ours(clip.pictures, clip.frame_rate)
        scores = {OURS: score(wanted, [span.start for span in spans[1:]])}
        scores |= {name: score(wanted, find(clip.pictures, clip.frame_rate)) for name, find in PEERS.items()}
        right, all_of = kinds_right(spans, clip.shots)
        kinds = [kinds[0] + right, kinds[1] + all_of]
        for name, one in scores.items():
            total[name] += one
        per_clip[clip.name] = {name: one.figures() for name, one in scores.items()} | {"kinds_right": [right, all_of]}
        print(row(clip.name, scores, f"{right}/{all_of}"), flush=True)
    print(row("all clips", total, f"{kinds[0]}/{kinds[1]}"), flush=True)
    return {"clips": per_clip, "all": {name: one.figures() for name, one in total.items()}, "kinds_right": kinds}


def on_rendered(sources: Sequence[Source]) -> dict[str, Any]:
    tables: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for kind, condition, made in sequences(sources, SEED, EACH):
        spans = ours(made.pictures, condition.frame_rate)
        scores = {OURS: score(made.boundaries, [span.start for span in spans[1:]])}
        scores |= {n: score(made.boundaries, find(made.pictures, condition.frame_rate)) for n, find in PEERS.items()}
        starts = [0, *made.boundaries]
        ends = [start - 1 for start in made.boundaries] + [len(made.pictures) - 1]
        right, all_of = kinds_right(spans, list(zip(starts, ends, made.kinds, strict=True)))
        for key in (kind, f"all, {condition.name}", "all rendered"):
            kinds[key] = [kinds[key][0] + right, kinds[key][1] + all_of]
            for name, one in scores.items():
                tables[key][name] += one
    for key, scores in tables.items():
        print(row(key, scores, f"{kinds[key][0]}/{kinds[key][1]}"))
    return {
        key: {name: one.figures() for name, one in scores.items()} | {"kinds_right": kinds[key]}
        for key, scores in tables.items()
    }


def row(name: str, scores: dict[str, Score], kinds: str) -> str:
    """Right/wanted/found of ours and of each detector, and the shots whose kind is right."""
    cells = [f"{one.right}/{one.wanted}/{one.found}" for one in scores.values()]
    return f"{name.removesuffix('.mp4'):21}" + "".join(f"{cell:>12}" for cell in cells) + f"{kinds:>10}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, help="folder with truth.json and its clips")
    cv2.setNumThreads(1)
    read = list(clips(parser.parse_args().clips))
    print("boundaries: right/wanted/found")
    print(f"{'':21}" + "".join(f"{name:>12}" for name in (OURS, *PEERS)) + f"{'kinds':>10}")
    found = on_clips(read)
    sources = [source for clip in read for source in clip.sources]
    cost = milliseconds_a_frame(read[0].pictures)
    del read
    rendered = on_rendered(sources)
    print(f"F1 on clips {found['all'][OURS]['f1']}, rendered {rendered['all rendered'][OURS]['f1']}; {cost} ms a frame")
    write_results("shots", {"seed": SEED, "each": EACH, "real": found, "rendered": rendered, "milliseconds": cost})


if __name__ == "__main__":
    main()
