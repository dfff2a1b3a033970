"""One side of the speed benchmark in a process of its own: it waits for its turn, works, and says what that took.

Memory and threads are then its own, and the sides can take turns, so that what else runs on the machine is shared out
fairly. Only the standard library at the top: it also runs under an interpreter that has ultralytics and nothing else.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Turn:
    """What one turn took.

    Attributes:
        frames: that the times are of.
        wall_s, cpu_s: between start and end; of all threads together.
        peak_mib: most memory the process has held so far.
        stages_s: wall seconds of parts of it, where the side tells.
    """

    frames: int
    wall_s: float
    cpu_s: float
    peak_mib: float
    stages_s: Mapping[str, float] = field(default_factory=dict)


class Stopwatch:
    """Runs from its making; `restart` leaves out what was before, such as opening a network."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._wall_s, self._cpu_s = time.perf_counter(), time.process_time()

    def turn(self, frames: int, stages_s: Mapping[str, float]) -> Turn:
        wall_s, cpu_s = time.perf_counter() - self._wall_s, time.process_time() - self._cpu_s
        return Turn(frames, wall_s, cpu_s, peak_mib(), stages_s)


Work = Callable[[Stopwatch], int]
"""Does one turn and gives the number of frames; may restart the watch where the part that counts begins."""


def peak_mib() -> float:
    """Most memory this process has held: the kernel's own figure, which an `exec` resets, or that of getrusage."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20) if sys.platform == "darwin" else most / 1024


def pin_threads(threads: int) -> None:
    """As many cores, and as many threads in ONNX Runtime and OpenCV; torch goes by THREAD_VARIABLES of the parent."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import cv2
    import onnxruntime

    cv2.setNumThreads(threads)

    class Pinned(onnxruntime.InferenceSession):  # type: ignore[misc]
        """A session that leaves the number of threads open gets ours."""

        def __init__(self, model: Any, sess_options: Any = None, *given: Any, **named: Any) -> None:
            options = sess_options or onnxruntime.SessionOptions()
            if options.intra_op_num_threads == 0:
                options.intra_op_num_threads = threads
            super().__init__(model, options, *given, **named)

    onnxruntime.InferenceSession = Pinned


def serve(work: Work, versions: Mapping[str, str], stages_s: dict[str, float] | None = None) -> None:
    """Say that all is ready, then work once for every line that comes in. For the main of a side's process."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever libraries print goes where errors go
    print(json.dumps({"versions": dict(versions)}), file=answers, flush=True)
    for _ in sys.stdin:
        spent = {} if stages_s is None else stages_s
        spent.clear()
        watch = Stopwatch()
        frames = work(watch)
        print(json.dumps(watch.turn(frames, spent).__dict__), file=answers, flush=True)


class SideError(RuntimeError):
    """A side did not start or broke off; the message is the last line it wrote."""


class Side:
    """A running side. Opened as a context manager; each `turn` is one piece of work.

    Args:
        command: that ends in `serve`.
        threads: for libraries that take their number of threads from the environment.

    Raises:
        SideError: it does not start.
    """

    def __init__(self, command: Sequence[str], threads: int) -> None:
        pinned = dict.fromkeys(THREAD_VARIABLES, str(threads))
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the process
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=os.environ | pinned,
        )
        try:
            self.versions: dict[str, str] = self._answer()["versions"]
        except SideError:
            self.close()
            raise

    def __enter__(self) -> "Side":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def turn(self) -> Turn:
        """Let it work once.

        Raises:
            SideError: it broke off.
        """
        assert self._process.stdin
        with suppress(BrokenPipeError):  # the answer that does not come says why
            self._process.stdin.write("go\n")
            self._process.stdin.flush()
        return Turn(**self._answer())

    def close(self) -> None:
        self._process.communicate()
        self._errors.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines() or ["nothing was said"]
        raise SideError(said[-1])


Rounds = list[dict[str, Turn]]
"""In each round a turn of every side."""


def take_turns(started: Mapping[str, Sequence[str]], threads: int, rounds: int) -> tuple[Rounds, dict[str, str]]:
    """Every side in turn, `rounds` times; and the versions of what they use. Sides that break off are left out."""
    running: dict[str, Side] = {}
    versions: dict[str, str] = {}
    found: Rounds = []
    with ExitStack() as stack:
        for name, command in started.items():
            with _left_out(name):
                running[name] = stack.enter_context(Side(command, threads))
                versions |= running[name].versions
        for _ in range(rounds):
            found.append({})
            for name, side in running.items():
                with _left_out(name):
                    found[-1][name] = side.turn()
            running = {name: running[name] for name in found[-1]}
    return [{name: each[name] for name in running} for each in found], versions


@contextmanager
def _left_out(name: str) -> Iterator[None]:
    try:
        yield
    except SideError as error:
        remark(f"{name} is left out: {error}")


def remark(text: str) -> None:
    """To the person at the terminal, beside the tables."""
    print(f"speed: {text}", file=sys.stderr, flush=True)
