"""`detect FOLDER`, or several clips: all of them, each on its own, then the tables and the page over them."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Literal

import cv2
import onnxruntime
from rich.console import Console

from detector.analysis import Networks
from detector.batch.clip_task import At, ClipOutcome, ClipTask, NetworksNamed, do_clip
from detector.batch.entries import Entry
from detector.batch.jobs import jobs_for, memory_available_bytes, share_of_memory, threads_each
from detector.batch.ledger import Ledger, row_of, settings_sha256
from detector.batch.manifest import MANIFEST_NAME, Manifest, ManifestError
from detector.batch.places import is_there, manifest_of, write_whole
from detector.batch.ray_engine import EngineError, do_on_ray
from detector.batch.stores import StoreError, StoreNotInstalledError
from detector.batch.through_scratch import do_anywhere
from detector.batch.workers import Lost, run_tasks
from detector.clips_named import output_folder
from detector.device import DeviceError
from detector.exit_codes import DONE, INTERRUPTED, NO_DEVICE_OR_MODEL, UNREADABLE, WRONG_USAGE, complain
from detector.model import ModelError, load_card
from detector.one_clip import Request
from detector.outputs.batch_terminal import BatchProgress, batch_summary, clip_line
from detector.outputs.html.index import write_index
from detector.outputs.summary_csv import write_summary_csv
from detector.url import Place, Url, refusal
from detector.wish import DeviceName, Precision

SUMMARY_NAME, INDEX_NAME = "summary.csv", "index.html"
Tell = Callable[[ClipTask, At], None]
Engine = Literal["local", "ray"]


@dataclass(frozen=True)
class Batch:
    """What was asked for of many clips.

    Attributes:
        clips: in the order named, no file twice.
        out: folder of their output folders; None for beside each clip, which clips in a store do not have.
        alone: what was named holds one clip only, which is then put into `out` itself.
        device, model: see `Networks.load`.
        jobs: how many at once; None for as many as cores and memory allow.
        retry_failed: try again what failed before.
        precision: see `Networks.load`.
        threads: of each process; None to divide the cores among them, or for one on a cluster.
        engine: processes of this machine, or a Ray cluster.
    """

    clips: tuple[Place, ...]
    out: Place | None
    alone: bool
    device: DeviceName
    model: str
    jobs: int | None
    retry_failed: bool
    precision: Precision = "auto"
    threads: int | None = None
    engine: Engine = "local"


def run_batch(batch: Batch, request: Request) -> int:
    """Do what is not done yet; the highest exit code of any clip, those that were done before included."""
    folder = _folder(batch)
    reason = _why_not(batch, folder)
    if reason is not None:
        return complain(reason, WRONG_USAGE)
    try:
        cards = [load_card(batch.model), load_card("smoke_fire")]
        _refuse_to_replace(folder, request.overwrite)
        with manifest_of(folder) as manifest:
            return _run(batch, request, manifest, settings_sha256(request, cards, batch.precision))
    except (ModelError, DeviceError, EngineError, StoreNotInstalledError) as error:
        return complain(error, NO_DEVICE_OR_MODEL)
    except (ManifestError, StoreError) as error:
        return complain(error, WRONG_USAGE)
    except OSError as error:
        return complain(f"{folder}: cannot be written ({error.strerror or error}); free some space", WRONG_USAGE)


def _run(batch: Batch, request: Request, manifest: Manifest, settings: str) -> int:
    folder_of = partial(output_folder, out=batch.out, alone=batch.alone, demo=False)
    ledger = Ledger(manifest, settings, folder_of, request, batch.retry_failed)
    to_do = ledger.not_done(batch.clips)
    jobs = batch.jobs or jobs_for(len(to_do), _on_gpu(batch.device), memory_available_bytes())
    jobs = 1 if _only_here(batch) else jobs
    threads = batch.threads or (1 if batch.engine == "ray" else threads_each(jobs))
    networks = NetworksNamed(batch.device, batch.model, threads, batch.precision)
    broken_off = False
    with BatchProgress(Console(stderr=True), len(batch.clips), len(batch.clips) - len(to_do)) as progress:

        def tell(task: ClipTask, at: At) -> None:
            progress.at(ledger.name_of(task.clip), at.doing, at.done, at.expected)

        def settled(entry: Entry) -> None:
            progress.settled(entry.clip, entry.state)
            sys.stdout.write(clip_line(row_of(entry)) + "\n")  # a console of rich's would write into the bars

        tasks = ledger.tasks(to_do, networks, settled)
        try:
            for task, outcome in _done(batch, jobs, tasks, tell):
                if outcome.exit_code == NO_DEVICE_OR_MODEL:
                    return complain(outcome.reason, NO_DEVICE_OR_MODEL)
                ledger.finish(task, outcome, settled)
                broken_off |= outcome.exit_code == INTERRUPTED
        except KeyboardInterrupt:
            broken_off = True
    rows = ledger.rows(batch.clips)
    if to_do or not all(map(manifest.is_there, (SUMMARY_NAME, INDEX_NAME))):
        all_rows = [*rows, *ledger.other_rows(batch.clips)]
        write_whole(manifest.folder / SUMMARY_NAME, partial(write_summary_csv, all_rows))
        write_whole(manifest.folder / INDEX_NAME, partial(write_index, all_rows))
    Console().print(batch_summary(rows))
    return INTERRUPTED if broken_off else max((row.exit_code for row in rows), default=DONE)


def _done(batch: Batch, jobs: int, tasks: Iterator[ClipTask], tell: Tell) -> Iterator[tuple[ClipTask, ClipOutcome]]:
    """Each task with its outcome, by whoever is to do them."""
    if batch.engine == "ray":
        return _do_on_cluster(tasks, batch.jobs, tell)
    return _do_here(tasks, tell) if jobs == 1 else _do_in_processes(tasks, jobs, tell)


def _do_on_cluster(tasks: Iterator[ClipTask], jobs: int | None, tell: Tell) -> Iterator[tuple[ClipTask, ClipOutcome]]:
    with _on_ctrl_c() as stop:
        yield from do_on_ray(partial(do_anywhere, do_clip), tasks, jobs, tell, stop)
        if stop.is_set():
            raise KeyboardInterrupt


def _do_here(tasks: Iterator[ClipTask], tell: Tell) -> Iterator[tuple[ClipTask, ClipOutcome]]:
    """One after another in this process, up to the one that the user breaks off."""
    networks = None
    for task in tasks:
        named = task.networks
        if named.threads is not None:
            cv2.setNumThreads(named.threads)
        networks = networks or Networks.load(named.device, named.model, named.threads, named.precision)
        outcome = do_anywhere(do_clip, task, partial(tell, task), networks)
        yield task, outcome
        if outcome.exit_code == INTERRUPTED:
            return


def _do_in_processes(tasks: Iterator[ClipTask], jobs: int, tell: Tell) -> Iterator[tuple[ClipTask, ClipOutcome]]:
    """Several at once, each in a process that may be lost without harm to the others."""
    with _on_ctrl_c() as stop:
        share_bytes = share_of_memory(jobs, memory_available_bytes())
        for task, outcome in run_tasks(partial(do_anywhere, do_clip), tasks, jobs, tell, stop, share_bytes):
            yield task, _of_lost(outcome, stop.is_set()) if isinstance(outcome, Lost) else outcome
        if stop.is_set():
            raise KeyboardInterrupt


def _of_lost(lost: Lost, stopping: bool) -> ClipOutcome:
    """What is to be said of a clip whose process ended before it was done."""
    if stopping and lost.exit_code in (0, -signal.SIGTERM):  # broken off before it had really begun
        return ClipOutcome(INTERRUPTED, "broken off by the user", None)
    return ClipOutcome(UNREADABLE, lost.reason or _why_lost(lost), None)


def _why_lost(lost: Lost) -> str:
    if lost.took_bytes is not None:
        took_gb = lost.took_bytes / 1e9
        return f"took {took_gb:.1f} GB of memory, more than its share of what was free; use fewer --jobs"
    if lost.exit_code >= 0:
        return f"its process ended by itself (exit code {lost.exit_code}); try --jobs 1"
    guess = "out of memory? try fewer --jobs" if lost.exit_code == -9 else "a fault in a library? try --jobs 1"
    return f"its process was killed (signal {-lost.exit_code}): {guess}"


@contextmanager
def _on_ctrl_c() -> Iterator[threading.Event]:
    """What is set by the first Ctrl-C, so that what was begun is brought to an end; the second breaks that off too."""
    stop = threading.Event()

    def first(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _on_gpu(device: DeviceName) -> bool:
    return device != "cpu" and "CUDAExecutionProvider" in onnxruntime.get_available_providers()


def _folder(batch: Batch) -> Place:
    """Of the tables and the page: where the folders of outputs are; the current one if they are in several."""
    if batch.out is not None:
        return batch.out
    beside = {clip.parent for clip in batch.clips}
    return beside.pop() if len(beside) == 1 else Path()


def _why_not(batch: Batch, folder: Place) -> str | None:
    """Why such a batch cannot be, with the remedy."""
    in_store = next((clip for clip in batch.clips if isinstance(clip, Url)), None)
    if in_store is not None and batch.out is None:
        return f"{in_store}: nothing is written beside a clip in a store; say where with --out"
    if batch.engine == "ray" and _only_here(batch):
        return "memory:// is seen by this process alone, and not by a cluster; use another store, or leave out --engine"
    return refusal(folder) if isinstance(folder, Url) else None


def _only_here(batch: Batch) -> bool:
    """Something lies in the memory of this very process."""
    return any(isinstance(place, Url) and place.protocol == "memory" for place in (*batch.clips, batch.out))


def _refuse_to_replace(folder: Place, overwrite: bool) -> None:
    """Tables and pages that no batch wrote are someone else's."""
    there = [name for name in (SUMMARY_NAME, INDEX_NAME) if is_there(folder / name)]
    if there and not overwrite and not is_there(folder / MANIFEST_NAME):
        raise ManifestError(
            f"{folder}: {', '.join(there)} already there; add --overwrite to replace, or choose another --out"
        )
