"""Clips over the machines of a Ray cluster that is there already: Ray chooses where, tries again what was lost with a
machine, and holds the cores; nothing here schedules.

Every machine must have the same version of detect, and see clips and outputs under the same paths or addresses.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import Any

from detector import __version__
from detector.batch.clip_task import At, ClipOutcome, ClipTask
from detector.batch.places import outputs_there
from detector.exit_codes import INTERRUPTED, NO_DEVICE_OR_MODEL, UNREADABLE
from detector.url import Url

RETRIES = 3  # of a clip whose process or machine was lost
PATIENCE_S = 0.2  # between looks at whether the user wants to break off

DoClip = Callable[[ClipTask, Callable[[At], None]], ClipOutcome]


class EngineError(RuntimeError):
    """There is no cluster to work on, or it cannot do what is asked; the message names cause and remedy."""


def do_on_ray(
    do: DoClip,
    tasks: Iterator[ClipTask],
    jobs: int | None,
    tell: Callable[[ClipTask, At], None],
    stop: threading.Event,
) -> Iterator[tuple[ClipTask, ClipOutcome]]:
    """Do clips on the cluster that RAY_ADDRESS names, or else the one this machine is part of.

    Args:
        do: a function of a module that the machines have too.
        tasks: the next is only asked for when there is room for it.
        jobs: how many at once; None for as many as the cluster has cores or GPUs for.
        tell: is told of each that is given to the cluster.
        stop: once set, no further clip is begun, and those that are being done get a KeyboardInterrupt.

    Yields:
        Each task with its outcome, as they are done.

    Raises:
        EngineError: Ray is not installed, there is no cluster, or none of its machines can do such a task.
    """
    first = next(tasks, None)
    if first is None:
        return
    needs = _needs(first)
    waiting = chain([first], tasks)
    running: dict[Any, ClipTask] = {}
    cancelled = False
    with _cluster() as ray:
        if _room(ray, needs) == 0:
            raise EngineError(
                f"no machine of the Ray cluster has the {needs['num_cpus']} cores and {needs['num_gpus']} GPUs that a "
                "clip takes; choose other --threads or another --device"
            )
        remote = ray.remote(**needs, max_retries=RETRIES, scheduling_strategy="SPREAD")(_do)
        while True:
            while not stop.is_set() and len(running) < (jobs or max(1, _room(ray, needs))):
                task = next(waiting, None)
                if task is None:
                    break
                running[remote.remote(do, _anywhere(task), __version__)] = task
                tell(task, At("given to the cluster", 0, None))
            if not running:
                return
            if stop.is_set() and not cancelled:
                for reference in running:
                    ray.cancel(reference)
                cancelled = True
            for reference in ray.wait(list(running), timeout=PATIENCE_S)[0]:
                yield running.pop(reference), _outcome(ray, reference)


@contextmanager
def _cluster() -> Iterator[Any]:
    """The module `ray`, connected."""
    try:
        import ray
    except ImportError as error:
        raise EngineError("Ray is not installed here; pip install 'detect-vehicles[ray]'") from error
    address = os.environ.get("RAY_ADDRESS", "auto")
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError, SystemExit) as error:  # Ray ends the process of its own accord
        raise EngineError(
            f"no Ray cluster at {address} ({(str(error) or type(error).__name__).splitlines()[0]}); begin one with "
            "`ray start --head`, or name it in RAY_ADDRESS"
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _needs(task: ClipTask) -> dict[str, int]:
    """What of a machine a clip takes up."""
    return {"num_cpus": task.networks.threads or 1, "num_gpus": int(task.networks.device.startswith("cuda"))}


def _room(ray: Any, needs: dict[str, int]) -> int:
    """How many clips with these needs the machines that are there can do at once."""
    machines = [machine["Resources"] for machine in ray.nodes() if machine["Alive"]]
    names = {"CPU": needs["num_cpus"], "GPU": needs["num_gpus"]}
    return sum(min(int(has.get(name, 0) // count) for name, count in names.items() if count) for has in machines)


def _anywhere(task: ClipTask) -> ClipTask:
    """The task as any machine can do it, also after another one was lost with it: what lies in an output folder that
    was free before is then its own.
    """
    request = task.request
    if not outputs_there(task.folder):
        request = replace(request, overwrite=True, resume=True)
    clip, folder = (place if isinstance(place, Url) else place.absolute() for place in (task.clip, task.folder))
    return replace(task, clip=clip, folder=folder, request=request)


def _do(do: DoClip, task: ClipTask, version: str) -> ClipOutcome:
    """What is run on some machine of the cluster."""
    if version != __version__:
        reason = f"a machine of the cluster has detect {__version__}, not {version}; install the same on all"
        return ClipOutcome(NO_DEVICE_OR_MODEL, reason, None)
    return do(task, lambda at: None)


def _outcome(ray: Any, reference: Any) -> ClipOutcome:
    """Of a task that has ended, however it did."""
    lost = ray.exceptions
    try:
        outcome: ClipOutcome = ray.get(reference)
        return outcome
    except lost.TaskCancelledError:
        return ClipOutcome(INTERRUPTED, "broken off by the user", None)
    except lost.RayTaskError as error:
        reason = f"a machine of the cluster cannot run detect ({error.cause}); install the same version on all"
        return ClipOutcome(NO_DEVICE_OR_MODEL, reason, None)
    except lost.RayError as error:
        guess = "out of memory, or a fault in a library?"
        return ClipOutcome(
            UNREADABLE, f"lost {RETRIES + 1} times with its process ({type(error).__name__}): {guess}", None
        )
