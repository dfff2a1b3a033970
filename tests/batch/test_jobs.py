from pathlib import Path

import pytest

from detector.batch import jobs
from detector.batch.jobs import WORKER_BYTES, jobs_for, memory_available_bytes, share_of_memory, threads_each

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("clips", "on_gpu", "memory_bytes", "expected"),
    [
        (100, False, 64 * GB, 8),
        (3, False, 64 * GB, 3),
        (0, False, 64 * GB, 1),
        (100, False, 3 * GB, 3),
        (100, False, 0, 1),
        (100, False, None, 8),
        (100, True, 64 * GB, 1),
    ],
)
def test_cores_memory_and_clips_bound_the_jobs(
    monkeypatch: pytest.MonkeyPatch, clips: int, on_gpu: bool, memory_bytes: int | None, expected: int
) -> None:
    monkeypatch.setattr(jobs, "cores", lambda: 8)
    assert jobs_for(clips, on_gpu, memory_bytes) == expected


def test_cores_are_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "cores", lambda: 8)
    assert [threads_each(count) for count in (1, 2, 3, 20)] == [None, 4, 2, 1]


@pytest.mark.parametrize(
    ("text", "expected"), [("MemTotal: 9 kB\nMemAvailable:    2 kB\n", 2048), ("", None), ("MemAvailable:\n", None)]
)
def test_memory_as_the_system_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: int | None
) -> None:
    (tmp_path / "meminfo").write_text(text)
    monkeypatch.setattr(jobs, "MEMORY_FILE", tmp_path / "meminfo")
    assert memory_available_bytes() == expected
    monkeypatch.setattr(jobs, "MEMORY_FILE", tmp_path / "nowhere")
    assert memory_available_bytes() is None


def test_memory_is_shared_out_and_no_process_gets_less_than_it_needs() -> None:
    assert share_of_memory(4, 40_000_000_000) == 9_000_000_000
    assert share_of_memory(8, 2_000_000_000) == WORKER_BYTES
    assert share_of_memory(4, None) is None
