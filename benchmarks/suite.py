"""Which benchmarks there are, and by which of their figures a change is judged: the list that `benchmarks.run` goes by.

How much worse a figure may come out before it is called a regression is said beside it: accuracy by what another
machine changes, processor times by a fifth, wall times by a half, since other work on the machine adds to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CLIPS, DATASETS, SHARED = "../shared/clips", "../shared/datasets", "../shared"
EVERY = "*"


@dataclass(frozen=True)
class Figure:
    """One number of what a benchmark keeps.

    Attributes:
        words: what it is, with its unit.
        path: the keys that lead to it; EVERY stands for all keys of its level, whose numbers are added up, and what is
            not there counts as nothing then.
        more_is_better: False where less is.
        slack: by how much it may be worse.
        slack_share: by which share of what it was it may be worse besides.
    """

    words: str
    path: tuple[str, ...]
    more_is_better: bool = True
    slack: float = 0.0
    slack_share: float = 0.0

    def of(self, kept: Mapping[str, Any]) -> float | None:
        """The number in what was kept; None where it is not there."""
        levels: list[Any] = [kept]
        for key in self.path:
            held = [level for level in levels if isinstance(level, dict)]
            levels = [
                one
                for level in held
                for one in (level.values() if key == EVERY else [level[key]] if key in level else [])
            ]
        if EVERY in self.path:
            return float(sum(levels))
        return float(levels[0]) if levels and levels[0] is not None else None

    def is_worse(self, before: float, now: float) -> bool:
        """Worse by more than chance."""
        worse_by = before - now if self.more_is_better else now - before
        return worse_by > self.slack + self.slack_share * abs(before) + 1e-9


@dataclass(frozen=True)
class Benchmark:
    """One benchmark.

    Attributes:
        name: `python -m benchmarks.NAME` starts it.
        figures: what a change is judged by.
        arguments: what it is given.
        kept_as: name of its results.
        needs: folders and modules without which it is left out.
        hours: takes an hour or more, and is left out unless it is asked for by name.
    """

    name: str
    figures: tuple[Figure, ...] = ()
    arguments: tuple[str, ...] = ()
    kept_as: str = ""
    needs: tuple[str, ...] = ()
    hours: bool = False

    @property
    def results(self) -> str:
        return self.kept_as or self.name


def _ap50(source: str, size_px: int, of: str = "class_agnostic") -> Figure:
    words = f"AP50 of {'a vehicle is here' if of == 'class_agnostic' else 'the kinds'}, {source} at {size_px} px"
    return Figure(words, ("sources", source, "at_px", str(size_px), of, "ap50"), slack=0.005)


def _counted(words: str, key: str, **more: Any) -> Figure:
    return Figure(words, ("agreement", "boundaries found", key), **more)


def _ratio(clip: str, words: str, ratio: str, more_is_better: bool = True) -> Figure:
    return Figure(f"{clip}: {words}", ("clips", clip, "ratios", ratio), more_is_better, slack_share=0.2)


COUNTING = (
    _counted("shots whose most at once is exact", "at_once_exact"),
    _counted("shots whose most at once is off by one at most", "at_once_within_one"),
    _counted("shots whose distinct vehicles lie in the range", "distinct_inside"),
    _counted("mean width of the range", "mean_width", more_is_better=False, slack=0.1),
)

SUITE = (
    Benchmark(
        "accuracy",
        (
            _ap50("mian", 640),
            _ap50("mian", 640, "mean_over_classes"),
            _ap50("zem", 640),
            _ap50("visdrone", 1280),
            _ap50("obulka", 640),
        ),
        (DATASETS,),
        "accuracy_vehicles",
        (DATASETS, "faster_coco_eval"),
    ),
    Benchmark("real_clips", (), (CLIPS,), needs=(CLIPS,)),
    Benchmark("counting", COUNTING, needs=(CLIPS,)),
    Benchmark(
        "events",
        (
            Figure("ranges of smoke and fire hit", ("clips", "typical", "events", "ranges_hit")),
            Figure("false events", ("clips", "typical", "events", "false_events"), more_is_better=False),
            Figure("share of frames of smoke and fire flagged", ("clips", "typical", "events", "recall"), slack=0.01),
        ),
        (SHARED,),
        needs=(CLIPS, DATASETS),
    ),
    Benchmark(
        "tracking",
        (
            Figure(
                "HOTA, UAVDT, a fifth missed", ("uavdt", "misses scattered", "candidates", "own", "HOTA"), slack=0.5
            ),
            Figure("HOTA, UAVDT, true boxes", ("clean", "uavdt", "HOTA"), slack=0.5),
        ),
        needs=(SHARED, "trackers"),
    ),
    Benchmark(
        "tracking_looks",
        (
            Figure("HOTA, UAVDT, true boxes, default looks", ("as they are", "auto", "HOTA"), slack=0.5),
            Figure("HOTA, UAVDT, a fifth missed, default looks", ("disturbed", "auto", "HOTA"), slack=0.5),
        ),
        needs=(SHARED, "trackers"),
    ),
    Benchmark(
        "yolo_track",
        (Figure("HOTA, convoy_oblique", ("clips", "convoy_oblique.mp4", "detect", "HOTA"), slack=0.5),),
        needs=(CLIPS, "trackers", "ultralytics"),
    ),
    Benchmark(
        "shots",
        (
            Figure("F1 of shot boundaries", ("real", "all", "ours", "f1"), slack=0.005),
            Figure("F1 of rendered boundaries", ("rendered", "all rendered", "ours", "f1"), slack=0.01),
        ),
        (CLIPS,),
        needs=(CLIPS, "scenedetect"),
    ),
    Benchmark(
        "camera_motion",
        (Figure("camera motion within half a pixel, share of pairs", ("1080p", "ours", "source"), slack=0.01),),
        (SHARED,),
        needs=(CLIPS, DATASETS),
    ),
    Benchmark("input_size", (), (SHARED,), needs=(CLIPS, DATASETS)),
    Benchmark("look_schedule", (), (CLIPS,), needs=(CLIPS,)),
    Benchmark(
        "close_ups",
        tuple(
            Figure(
                f"AP50 of a vehicle is here, {source}, close-ups in fewer pixels",
                ("sources", source, "close_ups_alone", "any"),
                slack=0.005,
            )
            for source in ("mian", "zem", "visdrone", "obulka")
        ),
        (DATASETS,),
        needs=(DATASETS, "faster_coco_eval"),
    ),
    Benchmark("belief", (), (DATASETS,), needs=(DATASETS,)),
    Benchmark(
        "reliability",
        tuple(
            Figure(f"broken and hostile files: {end}", (EVERY, end), False) for end in ("hang", "crash", "lost data")
        ),
    ),
    Benchmark("fuzz", (Figure("failures over broken files and boxes without sense", (EVERY, "failed"), False),)),
    Benchmark("sandbox"),
    Benchmark(
        "frame_cost",
        (Figure("all but networks, ms a frame", ("rendered", "together_ms"), False, slack_share=0.5),),
        (SHARED,),
        needs=(CLIPS,),
    ),
    Benchmark("reading", (), (CLIPS,), needs=(CLIPS,)),
    Benchmark("encoding", (), (CLIPS,), needs=(CLIPS,)),
    Benchmark("drawing"),
    Benchmark("network_variants"),
    Benchmark(
        "memory",
        (
            Figure(
                "bytes a frame, empty shot",
                ("kinds", "0 vehicles, every auto", "bytes_a_frame"),
                False,
                slack_share=0.1,
            ),
            Figure(
                "bytes a frame, 20 vehicles",
                ("kinds", "20 vehicles, every auto", "bytes_a_frame"),
                False,
                slack_share=0.1,
            ),
        ),
    ),
    Benchmark(
        "report_page",
        (Figure("seconds to open 3,000 tracks", ("3000 tracks", "open_s"), False, slack_share=0.5),),
        needs=("selenium",),
    ),
    Benchmark(
        "batch",
        (
            Figure("overhead of a batch, % of a clip", ("overhead", "percent"), False, slack=0.5),
            Figure("nothing to do, 10,000 clips, processor s", ("start", "processor_s"), False, slack_share=0.2),
        ),
    ),
    Benchmark(
        "stores",
        (
            Figure("batch of files here, ms a clip", ("overhead", "here_ms"), False, slack_share=0.5),
            Figure("from file:// to file://, ms a clip", ("overhead", "file_ms"), False, slack_share=0.5),
            Figure("nothing to do, 10,000 clips of file://, processor s", ("start", "processor_s"), False, 0.0, 0.2),
        ),
        needs=("fsspec",),
    ),
    Benchmark(
        "split",
        (
            Figure(
                "one clip divided: share of one process in the work", ("clips", "demo.mp4", "serial_share"), False, 0.05
            ),
            Figure("looked at again in the last pass", ("clips", "demo.mp4", "looked_again"), False),
        ),
    ),
    Benchmark(
        "speed",
        (
            _ratio("ground_tank2", "default against `yolo track`", "default_against_yolo"),
            _ratio("ground_tank2", "every frame against `yolo track`", "every_frame_against_yolo"),
            _ratio("ground_tank2", "every frame against the ceiling", "every_frame_against_ceiling", False),
            _ratio("ground_tank2", "default against real time", "default_against_real_time"),
            _ratio("ground_tank2", "video against `save=True`", "video_against_yolo_save"),
        ),
        ("--yolo-python", "{python}"),
        needs=(CLIPS, "ultralytics"),
    ),
    Benchmark(
        "long_runs",
        (
            Figure(
                "MB more for 1,000 frames", ("one_long_clip", "growth_per_1000_frames", "resident_mb"), False, slack=0.5
            ),
            Figure("MB more for 100 clips", ("many_clips", "growth_per_100_clips", "resident_mb"), False, slack=0.5),
        ),
        hours=True,
    ),
)
