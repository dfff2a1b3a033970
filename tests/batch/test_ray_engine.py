"""Clips over a Ray cluster: two nodes on this machine, of which one is killed.

They run where Ray is installed (`pip install '.[test,ray]'`), which takes 200 MB for what few need; those of S3 where
s3fs and moto are too. A process of Ray begins with one to two seconds of processor time, most of it Ray's own imports.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from detector.batch import command, ray_engine
from detector.batch.clip_task import At, ClipOutcome, ClipTask, NetworksNamed
from detector.batch.command import Batch, run_batch
from detector.batch.ray_engine import EngineError, do_on_ray
from detector.batch.stored_clips import clips_in_store
from detector.batch.stores import files_in, put_bytes, read_bytes
from detector.url import Place, Url
from tests.batch.quick import quick_clip
from tests.batch.requests import request as usual
from tests.stores import bucket

CLIPS = 12
SOON_MISSED = {  # a machine that is gone; Ray's own are 15 s
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "5000",
    "RAY_health_check_failure_threshold": "3",
}


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.mp4" for number in range(CLIPS)]
    for path in paths:
        path.write_text(f"clip {path.stem}")
    return paths


@pytest.fixture(scope="module")
def ray() -> Any:
    return pytest.importorskip("ray", reason="needs the extra ray")


@pytest.fixture(scope="module")
def nodes(ray: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A cluster of two machines with a core each, both of which are this one."""
    from ray.cluster_utils import Cluster

    if find_spec("moto") and find_spec("s3fs"):
        request.getfixturevalue("s3")  # its settings must be there before the machines are
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        for name, value in SOON_MISSED.items():
            environment.setenv(name, value)
        environment.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        cluster.add_node(num_cpus=1)
        environment.setenv("RAY_ADDRESS", cluster.address)
        yield cluster
        cluster.shutdown()


def tasks_of(clips: list[Path], device: Any = "cpu", threads: int = 1) -> Iterator[ClipTask]:
    named = NetworksNamed(device, "fast", threads)
    return iter([ClipTask(clip, clip.with_suffix(".detect"), named, usual()) for clip in clips])


def done(clips: list[Path], stop: threading.Event | None = None, **asked: Any) -> dict[str, tuple[int, str]]:
    found = do_on_ray(quick_clip, tasks_of(clips, **asked), None, lambda task, at: None, stop or threading.Event())
    return {task.clip.name: (outcome.exit_code, outcome.reason) for task, outcome in found}


def test_what_is_done_on_the_cluster_has_the_outcomes_it_has_here(nodes: Any, clips: list[Path]) -> None:
    clips[1].write_text("bad")
    clips[2].write_text("killed")
    outcomes = done(clips[:4])
    assert outcomes["0.mp4"] == outcomes["3.mp4"] == (0, "")
    assert outcomes["1.mp4"] == (3, "is no video")
    assert outcomes["2.mp4"][0] == 3
    assert "lost 4 times with its process (WorkerCrashedError): out of memory" in outcomes["2.mp4"][1]


def test_no_more_is_asked_for_than_there_is_room_for(nodes: Any, clips: list[Path]) -> None:
    asked: list[ClipTask] = []

    def tasks() -> Iterator[ClipTask]:
        for task in tasks_of(clips):
            asked.append(task)
            yield task

    outcomes = do_on_ray(quick_clip, tasks(), None, lambda task, at: None, threading.Event())
    next(outcomes)
    assert len(asked) == 2
    outcomes.close()  # type: ignore[attr-defined]


def test_outputs_that_were_there_before_are_not_replaced(nodes: Any, clips: list[Path]) -> None:
    folder = clips[0].with_suffix(".detect")
    folder.mkdir()
    (folder / "report.json").write_text("of somebody else")
    code, reason = done(clips[:1])["0.mp4"]
    assert code == 2
    assert "report.json already there" in reason
    assert (folder / "report.json").read_text() == "of somebody else"


def test_breaking_off_ends_what_was_begun(nodes: Any, clips: list[Path]) -> None:
    for clip in clips:
        clip.write_text("slow")
    stop = threading.Event()

    def stop_when_two_have_begun() -> None:
        while len(list(clips[0].parent.glob("*.begun"))) < 2:
            time.sleep(0.01)
        stop.set()

    threading.Thread(target=stop_when_two_have_begun, daemon=True).start()
    found = do_on_ray(clip_that_says_it_has_begun, tasks_of(clips), None, lambda task, at: None, stop)
    assert [outcome.exit_code for _, outcome in found] == [130, 130]
    assert not list(clips[0].parent.glob("*.detect/report.json"))


def clip_that_says_it_has_begun(task: ClipTask, tell: Callable[[At], None]) -> ClipOutcome:
    assert isinstance(task.clip, Path)
    task.clip.with_suffix(".begun").touch()
    return quick_clip(task, tell)


def test_a_cluster_that_lacks_what_is_asked_for(nodes: Any, clips: list[Path]) -> None:
    with pytest.raises(EngineError, match="has the 1 cores and 1 GPUs that a clip takes"):
        done(clips, device="cuda")
    with pytest.raises(EngineError, match="has the 3 cores and 0 GPUs"):
        done(clips, threads=3)


def test_machines_with_another_version_are_told_of(
    nodes: Any, clips: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_engine, "__version__", "77.7")
    code, reason = done(clips[:1])["0.mp4"]
    assert code == 4
    assert "not 77.7; install the same on all" in reason


@pytest.mark.parametrize(
    ("error", "said"), [(ConnectionError("none is running\nat all"), "none is running"), (SystemExit(15), "15")]
)
def test_no_cluster_is_told_with_the_remedy(
    ray: Any, clips: list[Path], monkeypatch: pytest.MonkeyPatch, error: BaseException, said: str
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "auto")
    monkeypatch.setattr(ray, "init", lambda **_: (_ for _ in ()).throw(error))
    with pytest.raises(EngineError, match=rf"no Ray cluster at auto \({said}\); begin one with `ray start"):
        done(clips)


def test_nothing_to_do_needs_no_cluster() -> None:
    assert done([]) == {}


def test_ray_that_is_not_installed_ends_the_run_with_the_remedy(
    clips: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    assert run_batch(batch(clips, tmp_path / "out"), usual()) == 4
    assert "pip install 'detect-vehicles[ray]'" in capsys.readouterr().err


def batch(clips: list[Path] | list[Url], out: Place) -> Batch:
    return Batch(tuple(clips), out, False, "cpu", "fast", None, False, engine="ray")


def another_machine(nodes: Any) -> Any:
    """A further one, tried again where it misses the 30 s that Ray gives it to begin, as beside much other work."""
    for last in (False, False, True):
        try:
            return nodes.add_node(num_cpus=1)
        except Exception as error:
            if last or "timed out during startup" not in str(error):
                raise
    return None


def test_a_node_that_dies_in_mid_batch_costs_no_clip_and_none_is_done_twice(
    nodes: Any, clips: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = another_machine(nodes)
    told = 0

    def line(row: Any) -> str:
        nonlocal told
        told += 1
        if told == 3:
            nodes.remove_node(second, allow_graceful=False)
        return str(row.clip)

    monkeypatch.setattr(command, "do_clip", quick_clip)
    monkeypatch.setattr(command, "clip_line", line)
    for clip in clips:
        clip.write_text(f"a while {clip.stem}")
    assert run_batch(batch(clips, tmp_path / "out"), usual()) == 0
    lines = [json.loads(text) for text in (tmp_path / "out" / "batch.json").read_text().splitlines()]
    assert Counter(one["clip"] for one in lines if one.get("state") == "done") == {
        f"../{clip.name}": 1 for clip in clips
    }
    for clip in clips:
        report = tmp_path / "out" / f"{clip.stem}.detect" / "report.json"
        assert report.read_text() == clip.read_text()


@pytest.mark.parametrize("kind", ["file", "s3"])
def test_clips_and_results_of_a_store(
    nodes: Any, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if kind == "s3":
        request.getfixturevalue("s3")
    store = bucket() if kind == "s3" else Url("file", str(tmp_path / "store"))
    monkeypatch.setattr(command, "do_clip", quick_clip)
    for name, text in (("a", "clip"), ("b", "bad"), ("c", "clip")):
        put_bytes(text.encode(), store / "archive" / f"{name}.mp4")
    for _ in range(2):
        assert run_batch(batch(clips_in_store(store / "archive"), store / "results"), usual()) == 3
    lines = [json.loads(line) for line in read_bytes(store / "results" / "batch.json").splitlines()]
    states = Counter((line["clip"][-5:], line["state"]) for line in lines if line.get("state", "started") != "started")
    assert states == {("a.mp4", "done"): 1, ("b.mp4", "failed"): 1, ("c.mp4", "done"): 1}
    assert [file.relative_to(store / "results") for file in files_in(store / "results", depth=None)] == [
        "a.detect/SHA256SUMS", "a.detect/report.json", "batch.json", "index.html", "summary.csv",
    ]  # fmt: skip
