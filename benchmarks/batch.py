"""What does it cost to do many clips in one go, and does nothing get lost?

    python -m benchmarks.batch [PART ...]

overhead    per clip beyond the analysis itself, on the demo clip of 11 s: hashing, manifest, thumbnail, tables, page
throughput  clips with --jobs 2 against one after another, through the command: without video, where the networks are
            most of the work, and with. The two take turns; the median of the rounds
start       of a run over 10,000 clips of which none is left to do
kills       a run that is killed 20 times at random moments and begun again, with a task that looks at nothing
page        size of index.html over 1,000 clips, and how long it takes to open in Chromium

Prints the aim beside what was found, and keeps it in benchmarks/results/batch.json.
"""

import argparse
import json
import os
import random
import resource
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.results import read_results, write_results
from detector.batch import command
from detector.batch.clip_task import ClipOutcome
from detector.batch.command import Batch, run_batch
from detector.batch.entries import Entry, FileMarks, line_of
from detector.batch.ledger import settings_sha256
from detector.batch.manifest import MANIFEST_NAME, open_manifest
from detector.model import load_card
from detector.outputs.html.index import write_index
from tests.batch.quick import FIGURES
from tests.batch.requests import request
from tests.clip_rows import row, thumbnail

DETECT = [sys.executable, "-c", "from detector.cli import main; main()"]
QUICK = [sys.executable, "-m", "tests.batch.quick"]
DEMO = Path("detector") / "demo" / "demo.mp4"
AIMS = {
    "overhead": "under 3 % of a 10 s clip",
    "throughput": "at least 1.0 without video, 1.5 with",
    "start": "under 5 s",
    "kills": "every clip once, the same summary",
    "page": "a few MB",
}

Figures = dict[str, Any]


def main() -> None:
    """Measure what was asked for, and keep it beside what was kept of the other parts."""
    parts: dict[str, Callable[[Path], Figures]] = {
        "overhead": overhead,
        "throughput": throughput,
        "start": start,
        "kills": kills,
        "page": page,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", default=list(parts), help=", ".join(parts))
    for name in parser.parse_args().parts:
        with tempfile.TemporaryDirectory() as folder:
            found = {"aim": AIMS[name], **parts[name](Path(folder)), "load": round(os.getloadavg()[0], 1)}
        print(f"{name}: {found}", flush=True)
        try:
            kept = read_results("batch")
        except FileNotFoundError:
            kept = {}
        write_results("batch", {**kept, name: found})


def overhead(folder: Path, clips: int = 2) -> Figures:
    """Seconds of a run in one process that are in none of its clips, nor in opening the networks."""
    paths = copies(folder / "clips", clips)
    seconds: list[float] = []
    do_clip, load = command.do_clip, command.Networks.load

    def timed(*given: Any) -> ClipOutcome:
        outcome = do_clip(*given)
        seconds.append(outcome.seconds or 0.0)
        return outcome

    def opened(*given: Any) -> Any:
        nonlocal loading_s
        began = time.perf_counter()
        networks = load(*given)
        loading_s = time.perf_counter() - began
        return networks

    loading_s = 0.0
    command.do_clip, command.Networks.load = timed, staticmethod(opened)  # type: ignore[assignment, method-assign]
    try:
        began = time.perf_counter()
        run_batch(Batch(tuple(paths), folder / "out", False, "cpu", "fast", 1, False), request())
        all_s = time.perf_counter() - began
    finally:
        command.do_clip, command.Networks.load = do_clip, staticmethod(load)  # type: ignore[method-assign]
    beside_s = (all_s - loading_s - sum(seconds)) / clips
    clip_s = statistics.mean(seconds)
    return {"clip_s": round(clip_s, 2), "beside_s": round(beside_s, 3), "percent": round(100 * beside_s / clip_s, 2)}


def throughput(folder: Path, clips: int = 4, to_s: int = 3, rounds: int = 2) -> Figures:
    """How many times as fast two processes are as one; in wall time, and in processor time as another judge."""
    figures: Figures = {}
    copies(folder / "clips", clips)
    for name, options in (("without video", ["--no-video"]), ("with video", [])):
        wall: list[float] = []
        processor: list[float] = []
        for turn in range(rounds):
            took = {}
            for jobs in ("1", "2"):
                out = folder / f"{name} {turn} {jobs}"
                arguments = [str(folder / "clips"), "--to", str(to_s), "--jobs", jobs, "--out", str(out), *options]
                took[jobs] = timed([*DETECT, *arguments])
            wall.append(took["1"][0] / took["2"][0])
            processor.append(took["1"][1] / took["2"][1])
        figures[name] = {
            "times_as_fast": round(statistics.median(wall), 2),
            "processor_time_ratio": round(statistics.median(processor), 2),
        }
    return figures


def start(folder: Path, clips: int = 10_000, rounds: int = 3) -> Figures:
    """Seconds of the whole command when all has been done before."""
    paths = [folder / "clips" / f"clip {number:05}.mp4" for number in range(clips)]
    paths[0].parent.mkdir()
    picture = thumbnail(1)
    settings = settings_sha256(request(formats=("csv",)), [load_card("fast"), load_card("smoke_fire")])
    with open_manifest(folder / "out"):
        pass
    with (folder / "out" / MANIFEST_NAME).open("ab") as manifest:
        for number, path in enumerate(paths):
            path.write_text(str(number))
            outputs = folder / "out" / f"{path.stem}.detect"
            outputs.mkdir()
            (outputs / "report.json").touch()
            marks = FileMarks(path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_ino)
            begun = Entry("started", f"../clips/{path.name}", settings, "", f"{number:064}", marks, outputs.name)
            done = replace(begun, state="done", seconds=9.0, exit_code=0, figures=FIGURES, thumbnail=picture)
            manifest.write(line_of(begun) + line_of(done))
    arguments = [*DETECT, str(folder / "clips"), "--out", str(folder / "out"), "--no-video"]
    timed(arguments)  # the first one writes the tables
    wall_s, processor_s = min(timed(arguments) for _ in range(rounds))
    return {
        "clips": clips,
        "manifest_megabytes": round((folder / "out" / "batch.json").stat().st_size / 1e6, 1),
        "wall_s": round(wall_s, 2),
        "processor_s": round(processor_s, 2),
    }


def kills(folder: Path, count: int = 20, clips: int = 100) -> Figures:
    """Whether every clip was done exactly once after so many kills, and the summary is that of an unbroken run."""
    (folder / "clips").mkdir()
    paths = [folder / "clips" / f"{number}.mp4" for number in range(clips)]
    for path in paths:
        path.write_text(f"clip {path.name}")
    names = [str(path) for path in paths]
    subprocess.run([*QUICK, "2", str(folder / "unbroken"), *names], check=True, capture_output=True)
    chance, hit = random.Random(20), 0
    manifest = folder / "out" / "batch.json"
    for kill in range(count):
        process = subprocess.Popen([*QUICK, "2", str(folder / "out"), *names], stdout=subprocess.DEVNULL)
        lines = chance.uniform(2.0 * kill * clips / count, 2.0 * (kill + 1) * clips / count)
        while process.poll() is None and (not manifest.exists() or manifest.read_bytes().count(b"\n") < lines):
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        hit += process.wait() == -signal.SIGKILL
    ended = subprocess.run([*QUICK, "2", str(folder / "out"), *names], check=True, capture_output=True)
    documents = [json.loads(line) for line in manifest.read_text().splitlines()]
    done = Counter(document["clip"] for document in documents if document.get("state") == "done")
    same = (folder / "out" / "summary.csv").read_bytes() == (folder / "unbroken" / "summary.csv").read_bytes()
    return {
        "killed": hit,
        "clips": clips,
        "done_once": sum(times == 1 for times in done.values()),
        "same_summary": same,
        "exit_code": ended.returncode,
    }


def page(folder: Path, clips: int = 1_000) -> Figures:
    """Megabytes of the page, and seconds from an empty page to the end of its load event."""
    from tests.outputs.html.chromium import chromium

    rows = [row(f"archive/clip {number}.mp4", thumbnail=thumbnail(number)) for number in range(clips)]
    path = folder / "index.html"
    write_index(rows, path)
    with chromium(folder) as chrome:
        seconds = []
        for _ in range(3):
            chrome.get("about:blank")
            began = time.perf_counter()
            chrome.get(path.as_uri())
            assert chrome.execute_script("return document.querySelectorAll('tbody tr').length") == clips
            seconds.append(time.perf_counter() - began)
        began = time.perf_counter()
        chrome.execute_script("sortBy('vehicles', false); document.body.offsetHeight")
        sort_s = time.perf_counter() - began
    return {
        "clips": clips,
        "megabytes": round(path.stat().st_size / 1e6, 2),
        "open_s": round(statistics.median(seconds), 2),
        "sort_s": round(sort_s, 2),
    }


def copies(folder: Path, clips: int) -> list[Path]:
    """The demo clip several times, with other bytes at its end that no reader looks at."""
    folder.mkdir(parents=True)
    paths = [folder / f"convoy {number}.mp4" for number in range(clips)]
    for number, path in enumerate(paths):
        path.write_bytes(DEMO.read_bytes() + struct.pack(">I4sI", 12, b"free", number))
    return paths


def timed(arguments: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of a command and its processes."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(arguments, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, processor_s


if __name__ == "__main__":
    main()
