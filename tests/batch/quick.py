"""A clip task that looks at nothing: it is over in a moment, and does on demand what goes wrong with real ones.

As a program it runs a batch with that task, `python -m tests.batch.quick JOBS OUT CLIP...`; without arguments one for
each line that it is given, `JOBS OUT CLIP...`.
"""

import multiprocessing
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from detector.batch.clip_task import At, ClipOutcome, ClipTask
from detector.clip import ClipError
from detector.clips_named import clips_in
from detector.file_hash import sha256_of
from detector.outputs.clip_figures import ClipFigures
from detector.outputs.folder import OutputFolder
from detector.url import place_named

FIGURES = ClipFigures(10.0, 1, 2, 3, 2, 1, 1.5, 0.0, 1.0)


def quick_clip(task: ClipTask, tell: Callable[[At], None], networks: object = None) -> ClipOutcome:
    """What stands in the clip is what happens to it: nothing, "killed", "ends", "greedy", "slow", "a while", "bad"."""
    assert isinstance(task.clip, Path)
    assert isinstance(task.folder, Path)
    what = task.clip.read_text()
    tell(At("looking", 1, 2))
    if what.startswith("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    if what.startswith("ends"):
        os._exit(7)
    if what.startswith("greedy"):
        eaten = b"x" * 1_000_000_000
        time.sleep(60)
        del eaten
    if what.startswith("bad"):
        return ClipOutcome(3, "is no video", 0.1)
    try:
        for _ in range(600 if what.startswith("slow") else 10 if what.startswith("a while") else 1):
            time.sleep(0.1 if what.startswith(("slow", "a while")) else 0.02)  # in steps: Ray's interrupt ends no sleep
    except KeyboardInterrupt:
        return ClipOutcome(130, "broken off by the user", 0.1)
    try:
        with OutputFolder(task.folder, task.request.overwrite) as outputs:
            outputs.part("report.json").write_text(what)
    except (OSError, ClipError) as error:
        return ClipOutcome(2, str(error), 0.1)
    return ClipOutcome(0, "", 0.1, sha256_of(task.clip), FIGURES, None)


def main(jobs: int, out: str, named: list[str]) -> int:
    from detector.batch import command, workers
    from tests.batch.requests import request

    context = multiprocessing.get_context("forkserver")  # with one start of Python for all workers
    context.set_forkserver_preload(["tests.batch.quick"])
    workers.CONTEXT = context  # type: ignore[assignment]
    command.do_clip = quick_clip  # type: ignore[assignment]
    clips = tuple(clip for name in named for clip in clips_in(place_named(name)))
    return command.run_batch(command.Batch(clips, place_named(out), False, "cpu", "fast", jobs, False), request())


def run_each_line() -> None:
    """Each line of standard input is a run, JOBS OUT CLIP..., in a child and a process group of its own.

    Its number goes to standard output, and its exit code when it is over; what it says goes to OUT.said.
    """
    import detector.batch.command  # noqa: F401 once for all of them

    for line in sys.stdin:
        jobs, out, *clips = shlex.split(line)
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            said = os.open(f"{out.removeprefix('file://')}.said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(said, 1)
            os.dup2(said, 2)
            code = main(int(jobs), out, clips)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))
    run_each_line()
