"""The command on networks that find coloured squares, in a process of its own that may be killed or starved.

    echo "--before look:3 KILL clip.mp4 --out there" | python -m tests.quick_command

Each line of standard input is one run, in a child of its own; the exit codes go to standard output. Before the
arguments of `detect` a line may hold `--before PLACE:N SIGNALS`, to be sent when one of PLACES is reached for the N-th
time, and `--file-bytes N`, beyond which no file grows.
"""

import os
import resource
import shlex
import signal
import sys
from collections.abc import Callable
from typing import Any

import numpy.ma  # noqa: F401 with what follows loaded here once, and not in every child
import rich.progress  # noqa: F401

import detector.clip_command
import detector.outputs.html.material
import detector.outputs.terminal  # noqa: F401
from detector import analysis, journal, one_clip
from detector.cli import main
from detector.clip_writer import ClipWriter
from detector.outputs import folder
from detector.outputs.frame_painter import FramePainter
from detector.outputs.html import page
from tests.fakes import SquareFinder, square_networks

SIGNALS = {"KILL": [signal.SIGKILL], "INT": [signal.SIGINT], "INT2": [signal.SIGINT, signal.SIGINT]}
PLACES: dict[str, tuple[Any, str]] = {
    "load": (analysis.Networks, "load"),
    "look": (SquareFinder, "detect"),
    "journal": (journal.Journal, "keep"),
    "settle": (analysis, "understand_shot"),
    "report": (one_clip, "write_report"),
    "tables": (one_clip, "write_formats"),
    "draw": (FramePainter, "draw"),
    "index": (ClipWriter, "_copy_to_front"),
    "page": (page, "write_page"),
    "sums": (folder, "write_checksums"),
    "rename": (folder.os, "replace"),
    "remove": (folder, "_remove"),
}


def before(place: str, time: int, signals: list[signal.Signals]) -> None:
    """Send this process signals when one of PLACES is reached for the n-th time."""
    owner, name = PLACES[place]
    original: Callable[..., Any] = getattr(owner, name)
    reached = 0

    def hooked(*arguments: Any, **named: Any) -> Any:
        nonlocal reached
        reached += 1
        if reached == time:
            for number in signals:
                os.kill(os.getpid(), number)
        return original(*arguments, **named)

    setattr(owner, name, staticmethod(hooked) if place == "load" else hooked)


def run(arguments: list[str]) -> None:
    """One command in this process; never returns."""
    analysis.Networks.load = staticmethod(lambda *_: square_networks())  # type: ignore[method-assign,assignment]
    journal.FLUSH_EVERY_S = 0.0
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where whoever began this one ignores it
    while arguments[0] in ("--before", "--file-bytes"):
        if arguments.pop(0) == "--before":
            place, _, time = arguments.pop(0).partition(":")
            before(place, int(time), SIGNALS[arguments.pop(0)])
        else:
            most = int(arguments.pop(0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        main([*arguments, "--every", "1"])  # so that moments can be told by the number of looks
    except SystemExit as ending:
        sys.stderr.flush()
        os._exit(int(ending.code or 0))


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
            try:
                run(shlex.split(line))
            finally:
                os._exit(70)  # a fault of the test itself: ONNX Runtime hangs when a forked process ends as usual
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
