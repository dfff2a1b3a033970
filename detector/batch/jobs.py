"""How many clips at once: as many as cores and memory allow, one where a GPU does the work."""

import os
from pathlib import Path

MEMORY_FILE = Path("/proc/meminfo")
WORKER_BYTES = 1_000_000_000  # one process takes 0.35 GB for 1080p; room for 4K, video and larger networks

TO_BE_SHARED = 0.9  # of the memory that can be had; the rest is for the command itself and for pictures on their way


def cores() -> int:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def jobs_for(clips: int, on_gpu: bool, memory_bytes: int | None) -> int:
    """How many processes for so many clips.

    Args:
        clips: that are to be done at most.
        on_gpu: the networks run on a GPU, which one process keeps busy.
        memory_bytes: that can be had; None where nobody knows.
    """
    room = cores() if memory_bytes is None else memory_bytes // WORKER_BYTES
    return max(1, min(clips, 1 if on_gpu else cores(), room))


def threads_each(jobs: int) -> int | None:
    """The cores divided among the processes; None for a single one, which takes them all."""
    return None if jobs == 1 else max(1, cores() // jobs)


def share_of_memory(jobs: int, memory_bytes: int | None) -> int | None:
    """What each of so many processes may take in bytes; None where nobody knows what there is."""
    return None if memory_bytes is None else max(WORKER_BYTES, int(TO_BE_SHARED * memory_bytes) // jobs)


def memory_available_bytes() -> int | None:
    """What can still be had without swapping, as Linux tells it; None on other systems."""
    try:
        lines = MEMORY_FILE.read_text(encoding="ascii").splitlines()
        kilobytes = next(line.split()[1] for line in lines if line.startswith("MemAvailable:"))
        return 1024 * int(kilobytes)
    except (OSError, ValueError, StopIteration, IndexError):
        return None
