"""That the cost of the sandbox can still be measured, not what it is."""

import platform
from pathlib import Path

import pytest

from benchmarks.sandbox import measure
from detector.sandbox import seccomp
from detector.sandbox.landlock import landlock_version
from tests.clips import write_clip


@pytest.mark.skipif(
    not landlock_version() or platform.machine() not in seccomp.MACHINES, reason="this system cannot confine a process"
)
def test_both_ways_are_measured(tmp_path: Path) -> None:
    found = measure(write_clip(tmp_path / "clip.mp4", 4), frames=3, rounds=1)
    assert found["start_in_sandbox_ms"] > found["start_ms"] >= 0
    assert {"frame_ms", "frame_in_sandbox_ms"} <= found.keys()
