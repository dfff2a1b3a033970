import pickle
from pathlib import Path
from typing import Any

import pytest

from detector.analysis import Networks
from detector.batch import clip_task
from detector.batch.clip_task import At, ClipTask, NetworksNamed, do_clip
from detector.file_hash import sha256_of
from tests.batch.requests import request
from tests.fakes import ground, noisy, square_networks, with_squares, write_pictures


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pictures = [noisy(with_squares(ground(1), [(20, 20), (90, 20)]), seed) for seed in range(20)]
    return write_pictures(tmp_path_factory.mktemp("clips") / "two.mp4", pictures)


@pytest.fixture
def task(clip: Path, tmp_path: Path) -> ClipTask:
    return ClipTask(clip, tmp_path / "out", NetworksNamed("cpu", "fast", None), request())


def breaking(error: BaseException) -> Networks:
    """Networks of which one raises at its first look."""
    networks = square_networks()

    def detect(*given: Any, **how: Any) -> Any:
        raise error

    networks.smoke_fire.detect = detect  # type: ignore[method-assign]
    return networks


def test_an_outcome_says_what_a_table_needs(task: ClipTask, clip: Path) -> None:
    told: list[At] = []
    outcome = do_clip(task, told.append, square_networks())
    assert (outcome.exit_code, outcome.reason) == (0, "")
    assert outcome.sha256 == sha256_of(clip)
    assert outcome.figures is not None
    assert outcome.figures.distinct_best == 2
    assert outcome.thumbnail
    assert outcome.seconds is not None
    assert outcome.seconds > 0
    assert {at.doing for at in told} <= {"looking", "picking pictures"}
    assert told
    assert (task.folder / "report.html").is_file()


def test_request_and_outcome_can_be_sent_elsewhere(task: ClipTask) -> None:
    outcome = do_clip(pickle.loads(pickle.dumps(task)), lambda at: None, square_networks())
    assert pickle.loads(pickle.dumps(outcome)) == outcome


@pytest.mark.parametrize(
    ("error", "exit_code", "says"),
    [
        (MemoryError(), 3, "out of memory"),
        (TypeError("no such thing"), 3, "a fault in detect (TypeError: no such thing in test_clip_task.py, line"),
        (KeyboardInterrupt(), 130, "broken off by the user"),
    ],
)
def test_nothing_that_goes_wrong_with_one_clip_is_raised(
    task: ClipTask, error: BaseException, exit_code: int, says: str
) -> None:
    outcome = do_clip(task, lambda at: None, breaking(error))
    assert outcome.exit_code == exit_code
    assert says in outcome.reason


def test_the_reason_does_not_name_the_clip_again(task: ClipTask, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video")
    outcome = do_clip(ClipTask(bad, task.folder, task.networks, task.request), lambda at: None, square_networks())
    assert outcome.exit_code == 3
    assert outcome.reason.startswith("is not a video")
    assert not task.folder.exists()


def test_a_network_that_is_not_there_is_told_as_such(task: ClipTask) -> None:
    named = NetworksNamed("cpu", "nowhere", 1)
    outcome = do_clip(ClipTask(task.clip, task.folder, named, task.request), lambda at: None)
    assert outcome.exit_code == 4
    assert "nowhere" in outcome.reason


def test_a_clip_whose_page_was_broken_off_is_not_done(task: ClipTask, monkeypatch: pytest.MonkeyPatch) -> None:
    def impatient(*given: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("detector.outputs.html.material.gather", impatient)
    outcome = do_clip(task, lambda at: None, square_networks())
    assert outcome.exit_code == 130
    assert outcome.figures is not None, "its report is there"
    assert clip_task.PAGE_NAME not in [path.name for path in task.folder.iterdir()]
