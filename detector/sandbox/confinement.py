"""Confine this process to reading one file, and say what was given up."""

import ctypes
import os
import resource
import signal
import sys

from detector.sandbox.landlock import allow_only
from detector.sandbox.seccomp import refuse_calls

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
MOST_FILES = 32


class ConfinementError(Exception):
    """This process cannot be confined here; the message says what the system lacks."""


def confine(readable: str, memory_bytes: int) -> tuple[str, ...]:
    """Give up everything but one file to read, what is open, and so much more memory. There is no way back.

    Modules that are loaded later than this cannot be.

    Returns:
        What was given up, in words.

    Raises:
        ConfinementError: some of it cannot be given up on this system; some may have been.
    """
    if sys.platform != "linux":
        raise ConfinementError(f"reading can be confined on Linux only, not on {sys.platform}")
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    library.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    if library.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise ConfinementError("the system does not let a process give up privileges (PR_SET_NO_NEW_PRIVS)")
    _limit(memory_bytes)
    try:
        files = allow_only(readable)
    except OSError as error:
        raise ConfinementError(f"the system has no Landlock, or it is switched off ({error.strerror})") from error
    try:
        calls = refuse_calls()
    except OSError as error:
        raise ConfinementError(f"the system cannot filter system calls ({error.strerror})") from error
    return (*files, *calls, "memory", "writing")


def _limit(memory_bytes: int) -> None:
    limits = {
        resource.RLIMIT_AS: _used_bytes() + memory_bytes,
        resource.RLIMIT_NOFILE: MOST_FILES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in limits.items():
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _used_bytes() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
