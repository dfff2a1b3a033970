"""Tasks over several processes of this machine, which knows nothing of clips.

Each process has a pipe of its own. In the pools of the standard library and of loky one process that dies, killed for
want of memory or by a fault in a decoder, takes all tasks of the pool with it; here it costs the task it was at. Pebble
loses no more than that either, but has no channel for how far a task is, and kills what is to be broken off.

A process that takes more than its share of the memory is killed before the system has to choose whom to kill.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Generic, TypeVar

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")
Told = TypeVar("Told")

PATIENCE_S = 0.1  # between looks at whether the user wants to break off, and at what the processes take
CONTEXT = multiprocessing.get_context("spawn")  # a forked ONNX Runtime hangs


@dataclass(frozen=True)
class Lost:
    """What came of a task in place of an outcome.

    Attributes:
        exit_code: of its process: minus the number of the signal that killed it.
        took_bytes: of memory, more than its share, for which it was killed here; None if that is not why.
        reason: why it was lost, in words, where that is known.
    """

    exit_code: int
    took_bytes: int | None = None
    reason: str = ""


@dataclass
class _Worker(Generic[Task]):
    """A process, the pipe to it, and what it is at."""

    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    asked_to_stop: bool = False
    took_bytes: int | None = None


def run_tasks(
    do: Callable[[Task, Callable[[Told], None]], Outcome],
    tasks: Iterator[Task],
    jobs: int,
    tell: Callable[[Task, Told], None],
    stop: threading.Event,
    share_bytes: int | None = None,
) -> Iterator[tuple[Task, Outcome | Lost]]:
    """Do tasks in up to `jobs` processes at once.

    Args:
        do: a function of a module, given a task and a function that tells how far it is.
        tasks: the next is only asked for when a process is free for it.
        jobs: how many processes.
        tell: is given what `do` tells, with its task, here in this process.
        stop: once set, no further task is begun, and those that are being done get a KeyboardInterrupt.
        share_bytes: of memory that a process may take; None for any. Only Linux tells what they take.

    Yields:
        Each task with its outcome, as they are done; or with how its process ended, if that ended instead.
    """
    workers: list[_Worker[Task]] = []
    try:
        while True:
            _hand_out(do, tasks, jobs, workers, stop)
            busy = [worker for worker in workers if worker.task is not None]
            if not busy:
                return
            if stop.is_set():
                _ask_to_stop(busy)
            if share_bytes is not None:
                _kill_the_greedy(busy, share_bytes)
            for pipe in wait([worker.pipe for worker in busy], PATIENCE_S):
                worker = next(worker for worker in busy if worker.pipe is pipe)
                yield from _heard(worker, workers, tell)
    finally:
        _ask_to_stop([worker for worker in workers if worker.task is not None])
        for worker in workers:
            worker.pipe.close()
        for worker in workers:
            worker.process.join()


def _hand_out(
    do: Callable[[Task, Callable[[Told], None]], Outcome],
    tasks: Iterator[Task],
    jobs: int,
    workers: list[_Worker[Task]],
    stop: threading.Event,
) -> None:
    """Give every process that is free a task, and begin new processes as long as there are tasks."""
    while not stop.is_set():
        workers[:] = [worker for worker in workers if worker.task is not None or worker.process.is_alive()]
        free = next((worker for worker in workers if worker.task is None), None)
        if free is None and len(workers) >= jobs:
            return
        task = next(tasks, None)
        if task is None:
            return
        if free is None:
            free = _begin(do)
            workers.append(free)
        free.task = task
        with suppress(OSError):  # it died just now; that is heard of when its pipe is read
            free.pipe.send(task)


def _begin(do: Callable[[Task, Callable[[Told], None]], Outcome]) -> _Worker[Task]:
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=_work, args=(do, theirs), daemon=True)
    # A process begins without the signals that are ignored here: Ctrl-C, which reaches all of them, is ours to pass on.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.start()
    finally:
        signal.signal(signal.SIGINT, before)
    theirs.close()
    return _Worker(process, ours)


def _heard(
    worker: _Worker[Task], workers: list[_Worker[Task]], tell: Callable[[Task, Told], None]
) -> Iterator[tuple[Task, Outcome | Lost]]:
    """Take one message of a process, or take note of its end."""
    assert worker.task is not None
    try:
        is_outcome, value = worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join()
        workers.remove(worker)
        worker.pipe.close()
        yield worker.task, Lost(worker.process.exitcode or 0, worker.took_bytes)
        return
    if not is_outcome:
        tell(worker.task, value)
        return
    task, worker.task, worker.asked_to_stop = worker.task, None, False
    yield task, value


def _ask_to_stop(busy: list[_Worker[Task]]) -> None:
    for worker in busy:
        if not worker.asked_to_stop:
            worker.process.terminate()
            worker.asked_to_stop = True


def _kill_the_greedy(busy: list[_Worker[Task]], share_bytes: int) -> None:
    """Not by a limit of the system's own: RLIMIT_DATA and RLIMIT_AS count what is set aside, two to four times what is
    used, and an allocation that fails within a decoder looks like a damaged clip."""
    for worker in busy:
        taken_bytes = _resident_bytes(worker.process.pid)
        if taken_bytes > share_bytes and worker.took_bytes is None:
            worker.took_bytes = taken_bytes
            worker.process.kill()


def _resident_bytes(pid: int | None) -> int:
    """What a process takes of the memory; 0 where nobody knows."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):  # it ended just now, or this is no Linux
        return 0


def _work(do: Callable[[Task, Callable[[Told], None]], Outcome], pipe: Connection) -> None:
    """What a process does: task by task, until no more come or those who want them are gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        while True:
            task = pipe.recv()
            pipe.send((True, do(task, lambda told: pipe.send((False, told)))))
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _end_with_parent() -> None:
    """A run that was killed leaves nobody behind who still writes."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
