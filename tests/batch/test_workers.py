import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from detector.batch.workers import Lost, run_tasks

SHARE_BYTES = 400_000_000


def work(task: tuple[str, Any], tell: Callable[[str], None]) -> Any:
    """What the tests have done elsewhere."""
    what, value = task
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "end":
        os._exit(value)
    if what == "eat":
        eaten = b"x" * value
        time.sleep(60)
        return len(eaten)
    if what == "pid":
        time.sleep(value)
        return os.getpid()
    if what == "sleep":
        try:
            tell("asleep")
            time.sleep(value)
        except KeyboardInterrupt:
            return "woken"
    tell(f"at {value}")
    return value


def done(tasks: list[Any], jobs: int, told: list[Any] | None = None, stop: threading.Event | None = None) -> list[Any]:
    def tell(task: Any, what: str) -> None:
        if told is not None:
            told.append((task, what))
        if stop is not None and what == "asleep":
            stop.set()

    return list(run_tasks(work, iter(tasks), jobs, tell, stop or threading.Event()))


def test_every_task_is_done_and_tells_how_far_it_is() -> None:
    told: list[Any] = []
    tasks = [("say", number) for number in range(6)]
    assert sorted(done(tasks, 2, told)) == [(task, task[1]) for task in tasks]
    assert sorted(told) == [(task, f"at {task[1]}") for task in tasks]


def test_nothing_to_do_begins_no_process() -> None:
    assert done([], 2) == []


def test_a_process_that_dies_costs_its_own_task_and_no_other() -> None:
    tasks = [("say", 1), ("kill", None), ("say", 2), ("end", 7), ("say", 3)]
    assert dict(done(tasks, 1)) == {
        tasks[0]: 1, tasks[1]: Lost(-signal.SIGKILL), tasks[2]: 2, tasks[3]: Lost(7), tasks[4]: 3
    }  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what a process takes")
def test_a_process_that_eats_more_than_its_share_costs_its_own_task_and_no_other() -> None:
    tasks = [("say", 1), ("eat", 2 * SHARE_BYTES), ("say", 2), ("say", 3)]
    outcomes = dict(run_tasks(work, iter(tasks), 2, lambda task, told: None, threading.Event(), SHARE_BYTES))
    lost = outcomes.pop(tasks[1])
    assert isinstance(lost, Lost)
    assert lost.took_bytes is not None
    assert lost.took_bytes > SHARE_BYTES
    assert list(outcomes.values()) == [1, 2, 3]


def test_processes_are_used_again() -> None:
    outcomes = {outcome for _, outcome in done([("pid", 0.01)] * 4, 1)}
    assert len(outcomes) == 1
    assert outcomes != {os.getpid()}


def test_the_next_task_is_asked_for_when_a_process_is_free() -> None:
    asked: list[int] = []

    def tasks() -> Iterator[tuple[str, int]]:
        for number in range(4):
            asked.append(number)
            yield ("say", number)

    outcomes = run_tasks(work, tasks(), 1, lambda task, told: None, threading.Event())
    next(outcomes)
    assert asked == [0]
    outcomes.close()  # type: ignore[attr-defined]


def test_breaking_off_lets_what_was_begun_come_to_an_end_and_begins_no_more() -> None:
    tasks = [("sleep", 60), ("say", 1)]
    assert done(tasks, 1, stop=threading.Event()) == [(("sleep", 60), "woken")]


@pytest.mark.parametrize("jobs", [1, 3])
def test_more_processes_than_tasks_do_no_harm(jobs: int) -> None:
    assert done([("say", 1)], jobs) == [(("say", 1), 1)]
