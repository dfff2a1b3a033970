"""The judge of damaged clips: pictures and stamps against those of the sound clip."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.picture_judge import judged_by_pictures
from detector.clip import ClipReader
from tests.clips import drifting_picture, write_clip

Seen = list[tuple[float, Any]]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("sound") / "clip.mkv", 10, (96, 64), draw=drifting_picture)


@pytest.fixture
def seen(sound: Path) -> Seen:
    with ClipReader(sound) as reader:
        return [(frame.time.seconds, frame.image) for frame in reader]


def said(*damage: tuple[float, float | None], notes: tuple[str, ...] = (), failed: int = 0) -> dict[str, Any]:
    places = [{"time_s": begin, "leaning_until_s": end} for begin, end in damage]
    return {"damage": places, "notes": notes, "frames_failed": failed}


def test_everything_there_is_right(sound: Path, seen: Seen) -> None:
    assert judged_by_pictures(said(), seen, sound) == "right result"


def test_pictures_lost_are_right_only_where_it_is_said(sound: Path, seen: Seen) -> None:
    few = seen[:6] + seen[8:]
    assert judged_by_pictures(said((0.2, 0.36)), few, sound) == "right result"
    assert judged_by_pictures(said((0.0, 0.04)), few, sound) == "lost data"
    assert judged_by_pictures(said(notes=("pictures may be lost",)), few, sound) == "told in a note"


def test_a_picture_that_looks_otherwise_must_lie_in_a_place(sound: Path, seen: Seen) -> None:
    other = [*seen[:5], (seen[5][0], np.zeros_like(seen[5][1])), *seen[6:]]
    assert judged_by_pictures(said((0.2, 0.24)), other, sound) == "right result"
    assert judged_by_pictures(said(), other, sound) == "altered unseen"
    assert judged_by_pictures(said(notes=("a note",)), other, sound) == "altered unseen"


def test_a_picture_at_another_time_is_altered(sound: Path, seen: Seen) -> None:
    late = [(time_s + 0.08, image) for time_s, image in seen]
    assert judged_by_pictures(said(), late, sound) == "altered unseen"
    assert judged_by_pictures(said(notes=("no time stamps",)), late, sound) == "told in a note"
