"""When, on what machine and of which commit something was measured: what the kept figures of speed begin with."""

import datetime
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

TELLING_FLAGS = (
    *("avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16"),
    *("amx_tile", "amx_int8", "amx_bf16", "asimd", "asimddp", "i8mm", "bf16"),
)
"""Of the processor's flags those that networks go by."""


def circumstances(threads: int) -> dict[str, Any]:
    """Commit, date, what the processor can do, and how many processes wanted it in the minute before."""
    return {
        "commit": commit(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": {"architecture": platform.machine(), "cores": os.cpu_count(), "flags": flags(), "gpus": gpus()},
        "load_before": round(os.getloadavg()[0], 1),
        "threads": threads,
    }


def commit() -> str:
    """Of the working tree, with a remark if it holds changes; "unknown" outside a repository."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "--short", "HEAD") + (
            " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def gpus() -> list[str]:
    """Name and driver of each NVIDIA GPU, as nvidia-smi lists them; none where it is not there or fails."""
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return listed.splitlines()


def flags() -> list[str]:
    """Those of TELLING_FLAGS that the processor has; none where the system does not list them."""
    listed = Path("/proc/cpuinfo")
    if not listed.exists():
        return []
    lines = [
        line.partition(":")[2].split()
        for line in listed.read_text().splitlines()
        if line.startswith(("flags", "Features"))
    ]
    return [flag for flag in TELLING_FLAGS if lines and flag in lines[0]]
