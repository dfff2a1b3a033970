"""The command `detect`: arguments in, files and a summary out. The only place that writes to the terminal."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detector import __version__
from detector.arguments import (
    DeviceOption,
    Every,
    InputSize,
    Jobs,
    PlaceNamed,
    Seconds,
    read_list,
    split_classes,
    split_formats,
)
from detector.clips_command import HowToRun, run_clips
from detector.exit_codes import INTERRUPTED, complain
from detector.help_page import EXAMPLES, HelpPage
from detector.limits import Limits
from detector.url import Place, Url
from detector.wish import Wish

if TYPE_CHECKING:
    from detector.batch.command import Engine
    from detector.input_size import SizeChoice
    from detector.look_schedule import EveryChoice
    from detector.model_card import ThresholdName
    from detector.wish import DeviceName, Precision


@click.command(cls=HelpPage, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXAMPLES)
@click.argument("clips", nargs=-1, type=PlaceNamed())
@click.option(
    "--device",
    type=DeviceOption(),
    default="auto",
    show_default=True,
    metavar="auto|cpu|cuda|cuda:N",
    help="Where the networks run; auto takes CUDA if it really works, cuda:1 is the second of several.",
)
@click.option(
    "--precision",
    type=click.Choice(["auto", "fp32", "int8", "bf16", "fp16"]),
    default="auto",
    show_default=True,
    help="What the vehicle network computes in: int8 and bf16 on the CPU, fp16 on CUDA; auto takes the fastest in "
    "which it is released and that runs here. --verify takes that of the report.",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processor threads of a network and of OpenCV in each process; the boxes are the same for any number.  "
    "[default: one a core]",
)
@click.option(
    "--model",
    default="fast",
    metavar="fast|accurate|FOLDER",
    help="Network that finds vehicles; a folder holds one of your own.  [default: fast, for work without a GPU]",
)
@click.option(
    "--size",
    type=InputSize(),
    default="auto",
    metavar="auto|PIXELS",
    help="Longest side at which it looks: larger finds smaller vehicles and takes longer; auto takes, shot by shot, "
    "the smallest from which a larger one would add little.  [default: auto]",
)
@click.option(
    "--every",
    type=Every(),
    default="auto",
    metavar="auto|N",
    help="It looks at every Nth frame, and vehicles are carried in between; 1 is every frame; auto looks more often "
    "where scenes begin, things move fast or are doubtful.  [default: auto]",
)
@click.option(
    "--out",
    type=PlaceNamed(),
    help="Output folder, or its address in a store; for several clips the folder of their output folders.  [default: "
    "<clip>.detect]",
)
@click.option("--no-video", is_flag=True, help="Do not write annotated.mp4.")
@click.option(
    "--format",
    "formats",
    default="csv",
    show_default=True,
    callback=split_formats,
    metavar="A,B",
    help="Tables, subtitles and markers to write: csv, srt, vtt, coco, otio, or all.",
)
@click.option(
    "--classes",
    callback=split_classes,
    metavar="A,B",
    help="Report only these: tank, ifv_apc, artillery, mlrs, truck, car.",
)
@click.option(
    "--threshold",
    type=click.Choice(["conservative", "typical"]),
    default="typical",
    show_default=True,
    help="How sure the networks must be; conservative misses more and is wrong less.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Score at which a vehicle counts.  [default: that of the threshold]",
)
@click.option(
    "--tracks",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Take the vehicles from this file, detections.txt of an earlier run or any in MOT form, and track them again "
    "without their network.",
)
@click.option("--from", "from_s", type=Seconds(), help="Begin here: seconds or m:ss from the first picture.")
@click.option("--to", "to_s", type=Seconds(), help="End before this time.")
@click.option(
    "--list",
    "listed",
    callback=read_list,
    type=click.File("rb"),
    metavar="FILE",
    help="Take clips, folders and patterns from this file too, one a line; - for what comes in.",
)
@click.option(
    "--jobs",
    type=Jobs(),
    default="auto",
    metavar="auto|N",
    help="How many clips at once, each in a process of its own.  [default: auto, as cores and memory allow]",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where several clips are done: in processes of this machine, or on the Ray cluster that RAY_ADDRESS names or "
    "this machine is part of.",
)
@click.option(
    "--split",
    is_flag=True,
    help="Divide one clip at its cuts among --jobs processes. The report is the same, sooner with many cores.",
)
@click.option("--retry-failed", is_flag=True, help="Of several clips, try again those that could not be read before.")
@click.option(
    "--sandbox",
    is_flag=True,
    help="Read the clip in a process without network, programs and other files. The sound is left out. Linux only.",
)
@click.option(
    "--most-pixels",
    type=click.IntRange(1),
    default=Limits.pixels,
    show_default=True,
    metavar="N",
    help="Refuse clips whose pictures have more pixels.",
)
@click.option(
    "--most-frames",
    type=click.IntRange(1),
    default=Limits.frames,
    show_default=True,
    metavar="N",
    help="Refuse clips of more pictures; the default is more than four hours at 60 a second.",
)
@click.option(
    "--most-memory",
    type=click.FloatRange(0, min_open=True),
    default=Limits.memory_gib,
    show_default=True,
    metavar="GIB",
    help="Refuse clips for which a decoder may take more memory.",
)
@click.option("--overwrite", is_flag=True, help="Replace outputs that are there already.")
@click.option("--resume", is_flag=True, help="Go on with a run that was killed or broken off.")
@click.option(
    "--verify",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Check what was written before: its files, the clip and the networks, and analyse again. A line for each "
    "difference, and exit code 1 if there is one. Name the clip too if it lies elsewhere.",
)
@click.option(
    "--apply-review",
    "review",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the verdicts of a review.json, saved from report.html, into the report beside it, or into that of the "
    "folder named in place of a clip.",
)
@click.option("--demo", is_flag=True, help="Run on the rendered demo clip that comes with detect.")
@click.version_option(__version__, prog_name="detect")
def main(
    clips: tuple[Place, ...],
    device: "DeviceName",
    precision: "Precision",
    threads: int | None,
    model: str,
    size: "SizeChoice",
    every: "EveryChoice",
    out: Place | None,
    no_video: bool,
    formats: tuple[str, ...],
    classes: tuple[str, ...] | None,
    threshold: "ThresholdName",
    confidence: float | None,
    tracks: Path | None,
    from_s: float | None,
    to_s: float | None,
    listed: tuple[Place, ...],
    jobs: int | None,
    engine: "Engine",
    split: bool,
    retry_failed: bool,
    sandbox: bool,
    most_pixels: int,
    most_frames: int,
    most_memory: float,
    overwrite: bool,
    resume: bool,
    verify: Path | None,
    review: Path | None,
    demo: bool,
) -> None:
    """Count, classify and track vehicles in recorded clips; flag smoke and fire.

    Writes report.html, report.json, frames.jsonl, annotated.mp4, tables, and boxes and tracks in MOT form for
    each clip. Recorded files only: no live feed, no coordinates, no people. A missing detection is never proof of
    absence.

    Exit codes: 0 done, 1 part of a clip could not be read or it changed, 2 wrong usage, 3 a clip cannot be read at all,
    4 the device, network or sandbox cannot be had, 130 interrupted.
    """
    if demo:
        clips = (Path(__file__).parent / "demo" / "demo.mp4", *clips)
    clips += listed
    if verify is not None and review is not None:
        raise click.UsageError("--verify and --apply-review go one after the other; leave one of them out")
    if verify is not None:
        from detector.verify_command import run_verify

        sys.exit(run_verify(verify, _paths(clips), device, None if model == "fast" else model, tracks))
    if review is not None:
        from detector.review_command import run_apply_review

        sys.exit(run_apply_review(review, _paths(clips)))
    if not clips:
        raise click.UsageError("name at least one clip, or try: detect --demo")
    if from_s is not None and to_s is not None and from_s >= to_s:
        raise click.UsageError(f"--from {from_s:g} s is not before --to {to_s:g} s")
    if tracks is not None and size != "auto":
        raise click.UsageError("--size has no effect with --tracks; leave it out")
    if tracks is not None and every != "auto":
        raise click.UsageError("--every has no effect with --tracks; leave it out")
    if split and tracks is not None:
        raise click.UsageError("--split divides the looking, and --tracks looks at no vehicles; leave one of them out")
    from detector.one_clip import Request

    limits = Limits(most_pixels, most_frames, most_memory)
    request = Request(
        video=not no_video,
        formats=formats,
        classes=classes,
        threshold=threshold,
        confidence=confidence,
        size=size,
        every=every,
        from_s=from_s,
        to_s=to_s,
        overwrite=overwrite,
        resume=resume,
        limits=limits,
        sandbox=sandbox,
    )
    try:
        wish = Wish(device, precision, threads)
        how = HowToRun(out, wish, model, tracks, jobs, engine, split, retry_failed, demo)
        sys.exit(run_clips(clips, how, request))
    except KeyboardInterrupt:
        sys.exit(complain("stopped; add --resume to go on", INTERRUPTED))


def _paths(clips: tuple[Place, ...]) -> tuple[Path, ...]:
    """Those of this machine, which all have to be."""
    paths = tuple(clip for clip in clips if not isinstance(clip, Url))
    if len(paths) < len(clips):
        raise click.UsageError("what was written before is looked at on this machine; copy clip and folder here")
    return paths
