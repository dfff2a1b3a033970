"""What does it cost to read clips from a store and to write results there, beside the same here?

    python -m benchmarks.stores [PART ...]

overhead    per clip, of copying it here and its outputs there, and of keeping batch.json there: a task that looks at
            nothing and writes as much as the demo clip gives, in one process, from files to files of this machine,
            through file:// and memory://
start       of a run over 10,000 clips of file:// of which none is left to do, with 14 outputs each

In processor seconds, since nothing is waited for here as it is on a network. Needs the extra `urls`. Prints the aim
beside what was found, and keeps it in benchmarks/results/stores.json.
"""

import argparse
import os
import statistics
import struct
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.batch import DEMO, DETECT, timed
from benchmarks.results import read_results, write_results
from detector.batch import command
from detector.batch.clip_task import At, ClipOutcome, ClipTask
from detector.batch.command import Batch, run_batch
from detector.batch.entries import Entry, FileMarks
from detector.batch.ledger import settings_sha256
from detector.batch.places import manifest_of
from detector.batch.stores import files_in, put_file
from detector.clips_named import clips_in
from detector.model import load_card
from detector.outputs.folder import OUTPUT_NAMES, OutputFolder
from detector.url import Place, Url, place_named
from tests.batch.quick import FIGURES
from tests.batch.requests import request
from tests.clip_rows import thumbnail

AIMS = {"overhead": "under 3 % of a 10 s clip", "start": "under 5 s"}
OTHER_OUTPUT_BYTES = 50_000  # of each but the video

Figures = dict[str, Any]


def main() -> None:
    """Measure what was asked for, and keep it beside what was kept of the other part."""
    parts: dict[str, Callable[[Path], Figures]] = {"overhead": overhead, "start": start}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", default=list(parts), help=", ".join(parts))
    for name in parser.parse_args().parts:
        with tempfile.TemporaryDirectory() as folder:
            found = {"aim": AIMS[name], **parts[name](Path(folder)), "load": round(os.getloadavg()[0], 1)}
        print(f"{name}: {found}", flush=True)
        try:
            kept = read_results("stores")
        except FileNotFoundError:
            kept = {}
        write_results("stores", {**kept, name: found})


def overhead(folder: Path, clips: int = 20, rounds: int = 3) -> Figures:
    """Processor milliseconds a clip; the medians of rounds that take turns."""
    command.do_clip = task_that_only_writes  # type: ignore[assignment]
    command.Networks.load = staticmethod(lambda *named: None)  # type: ignore[method-assign, assignment]
    took: dict[str, list[float]] = {}
    for turn in range(rounds):
        for name, place in (("here", folder), ("file", f"file://{folder}"), ("memory", "memory://benchmark")):
            around = place_named(f"{place}/{name} {turn}")
            archive = filled(around / "archive", clips, folder / "copy.mp4")
            began = time.process_time()
            run_batch(Batch(tuple(clips_in(archive)), around / "out", False, "cpu", "fast", 1, False), request())
            took.setdefault(name, []).append(1000 * (time.process_time() - began) / clips)
    return {f"{name}_ms": round(statistics.median(each), 1) for name, each in took.items()}


def filled(archive: Place, clips: int, copy: Path) -> Place:
    """The demo clip several times, with more bytes at its end that no reader looks at: no two have one size."""
    for number in range(clips):
        copy.write_bytes(DEMO.read_bytes() + struct.pack(">I4s", 8 + number, b"free") + bytes(number))
        if isinstance(archive, Url):
            put_file(copy, archive / f"convoy {number}.mp4")
        else:
            archive.mkdir(parents=True, exist_ok=True)
            copy.replace(archive / f"convoy {number}.mp4")
    return archive


def task_that_only_writes(task: ClipTask, tell: Callable[[At], None], networks: object = None) -> ClipOutcome:
    """As many outputs as of a clip, of such sizes."""
    assert isinstance(task.clip, Path)
    assert isinstance(task.folder, Path)
    with OutputFolder(task.folder, task.request.overwrite) as outputs:
        for name in OUTPUT_NAMES[:-1]:
            outputs.part(name).write_bytes(DEMO.read_bytes() if name == "annotated.mp4" else bytes(OTHER_OUTPUT_BYTES))
    return ClipOutcome(0, "", 0.1, None, FIGURES)


def start(folder: Path, clips: int = 10_000, rounds: int = 3) -> Figures:
    """Seconds of the whole command when all has been done before."""
    (folder / "clips").mkdir()
    for number in range(clips):
        (folder / "clips" / f"clip {number:05}.mp4").write_text("x")
        outputs = folder / "out" / f"clip {number:05}.detect"
        outputs.mkdir(parents=True)
        for name in OUTPUT_NAMES:
            (outputs / name).touch()
    picture = thumbnail(1)
    settings = settings_sha256(request(formats=("csv",)), [load_card("fast"), load_card("smoke_fire")])
    with manifest_of(folder / "out") as manifest:
        for clip in files_in(Url("file", str(folder / "clips"))):
            assert clip.listed is not None
            marks = FileMarks(clip.listed.bytes, 0, 0, clip.listed.version)
            sha256, outputs_name = f"{len(manifest.entries):064}", f"{clip.stem}.detect"
            begun = Entry("started", str(clip), settings, "", sha256, marks, outputs_name)
            manifest.add(begun)
            manifest.add(replace(begun, state="done", seconds=9.0, exit_code=0, figures=FIGURES, thumbnail=picture))
    arguments = [*DETECT, f"file://{folder}/clips", "--out", f"file://{folder}/out", "--no-video"]
    timed(arguments)  # the first one writes the tables
    wall_s, processor_s = min(timed(arguments) for _ in range(rounds))
    return {
        "clips": clips,
        "manifest_megabytes": round((folder / "out" / "batch.json").stat().st_size / 1e6, 1),
        "wall_s": round(wall_s, 2),
        "processor_s": round(processor_s, 2),
    }


if __name__ == "__main__":
    main()
