import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from detector.batch.clip_task import ClipOutcome, ClipTask, NetworksNamed
from detector.batch.entries import Entry
from detector.batch.ledger import Ledger, settings_sha256
from detector.batch.manifest import open_manifest
from detector.clips_named import output_folder
from detector.model import load_card
from detector.outputs.clip_figures import ClipRow
from tests.batch.quick import quick_clip
from tests.batch.requests import request


@dataclass
class Night:
    """Runs over the clips of one archive, one after another, each with what it did and what it settled."""

    folder: Path
    did: list[str] = field(default_factory=list)
    settled: list[Entry] = field(default_factory=list)
    rows: list[ClipRow] = field(default_factory=list)

    def clip(self, name: str, text: str) -> Path:
        path = self.folder / "clips" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run(self, *clips: Path, settings: str = "s", retry_failed: bool = False, overwrite: bool = False) -> list[str]:
        """Do what is to be done; names of the folders that were worked on."""
        self.did, self.settled = [], []
        with open_manifest(self.folder / "out") as manifest:
            ledger = Ledger(
                manifest,
                settings,
                lambda clip: output_folder(clip, self.folder / "out", False, False),
                request(overwrite=overwrite),
                retry_failed,
            )
            for task in ledger.tasks(ledger.not_done(clips), NetworksNamed("cpu", "fast", None), self.settled.append):
                self.did.append(task.folder.name)
                ledger.finish(task, self.outcome(task), self.settled.append)
            self.rows = [*ledger.rows(clips), *ledger.other_rows(clips)]
        return self.did

    def outcome(self, task: ClipTask) -> ClipOutcome:
        return quick_clip(task, lambda at: None)


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path)


def states(night: Night) -> list[tuple[str, str]]:
    return [(Path(row.clip).name, row.state) for row in night.rows]


def test_a_second_run_does_only_what_is_new(night: Night) -> None:
    a, b = night.clip("a.mp4", "1"), night.clip("b.mp4", "2")
    assert night.run(a) == ["a.detect"]
    assert night.run(a, b) == ["b.detect"]
    assert night.run(a, b) == []
    assert states(night) == [("a.mp4", "done"), ("b.mp4", "done")]
    assert night.rows[0].figures is not None
    assert night.rows[0].folder == "a.detect"


def test_a_clip_that_only_looks_new_is_known_by_its_content(night: Night) -> None:
    a = night.clip("a.mp4", "1")
    night.run(a)
    os.utime(a, (1, 1))
    assert night.run(a) == []
    moved = a.rename(a.with_name("moved.mp4"))
    assert night.run(moved) == []
    assert [(row.clip, row.same_as) for row in night.rows] == [
        ("../clips/moved.mp4", "../clips/a.mp4"),
        ("../clips/a.mp4", None),
    ]


def test_a_clip_that_changed_is_done_again_beside_what_was_found_in_the_old_one(night: Night) -> None:
    a = night.clip("a.mp4", "1")
    night.run(a)
    night.clip("a.mp4", "new")
    assert night.run(a) == ["a.2.detect"]
    assert (night.folder / "out" / "a.detect" / "report.json").read_text() == "1"
    assert night.run(a) == []
    assert night.rows[0].folder == "a.2.detect"
    night.clip("a.mp4", "newer")
    assert night.run(a, overwrite=True) == ["a.detect"], "unless it may be replaced"


def test_a_clip_alone_that_changed_stays_inside_the_folder_it_had_to_itself(night: Night) -> None:
    with open_manifest(night.folder / "out") as manifest:
        ledger = Ledger(manifest, "s", lambda clip: night.folder / "out", request(), False)
        for text, folder in (("1", "out"), ("2", "out/a.2.detect")):
            [task] = ledger.tasks([night.clip("a.mp4", text)], NetworksNamed("cpu", "fast", None), night.settled.append)
            assert task.folder == night.folder / folder
            ledger.finish(task, night.outcome(task), night.settled.append)


def test_other_settings_are_another_matter(night: Night) -> None:
    a = night.clip("a.mp4", "1")
    night.run(a)
    assert night.run(a, settings="t") == ["a.2.detect"]
    assert night.run(a, settings="t") == []
    assert night.run(a, settings="s") == []
    assert night.rows[0].folder == "a.detect", "the row is that of the settings asked for"


def test_the_same_content_under_two_names_is_done_once(night: Night) -> None:
    a, b = night.clip("a.mp4", "1"), night.clip("b.mp4", "1")
    assert night.run(a, b) == ["a.detect"]
    assert [(row.folder, row.same_as) for row in night.rows] == [("a.detect", None), ("a.detect", "../clips/a.mp4")]
    assert night.run(a, b) == []


def test_the_same_content_waits_while_it_is_worked_on(night: Night) -> None:
    a, b, c = night.clip("a.mp4", "1"), night.clip("b.mp4", "1"), night.clip("c.mp4", "2")
    with open_manifest(night.folder / "out") as manifest:
        ledger = Ledger(manifest, "s", lambda clip: night.folder / "out" / clip.stem, request(), False)
        tasks = ledger.tasks([a, b, c], NetworksNamed("cpu", "fast", None), night.settled.append)
        first, second = next(tasks), next(tasks)
        assert (first.clip, second.clip) == (a, c)
        assert night.settled == []
        ledger.finish(first, ClipOutcome(3, "is no video", 0.1), night.settled.append)
        assert [(entry.clip, entry.reason) for entry in night.settled] == [
            ("../clips/a.mp4", "is no video"),
            ("../clips/b.mp4", "is no video"),
        ]


def test_clips_of_one_name_get_folders_of_their_own(night: Night) -> None:
    first, second = night.clip("x/a.mp4", "1"), night.clip("y/a.mp4", "2")
    assert night.run(first, second) == ["a.detect", "a.2.detect"]


def test_what_failed_is_left_until_it_is_asked_for_or_changes(night: Night) -> None:
    bad, good = night.clip("bad.mp4", "bad"), night.clip("good.mp4", "1")
    assert night.run(bad, good) == ["bad.detect", "good.detect"]
    assert night.run(bad, good) == []
    assert states(night) == [("bad.mp4", "failed"), ("good.mp4", "done")]
    assert night.run(bad, good, retry_failed=True) == ["bad.detect"]
    night.clip("bad.mp4", "mended")
    assert night.run(bad, good) == ["bad.detect"]
    assert states(night) == [("bad.mp4", "done"), ("good.mp4", "done")]


def test_outputs_in_the_way_are_no_fault_of_the_clip(night: Night) -> None:
    a = night.clip("a.mp4", "1")
    (night.folder / "out" / "a.detect").mkdir(parents=True)
    (night.folder / "out" / "a.detect" / "report.json").write_text("someone's")
    night.run(a)
    assert states(night) == [("a.mp4", "failed")]
    assert "--overwrite" in night.rows[0].reason
    assert (night.folder / "out" / "a.detect" / "report.json").read_text() == "someone's"
    assert night.run(a, overwrite=True) == ["a.detect"], "tried again without being asked to"


def test_a_report_that_was_taken_away_is_made_again(night: Night) -> None:
    a = night.clip("a.mp4", "1")
    night.run(a)
    (night.folder / "out" / "a.detect" / "report.json").unlink()
    assert night.run(a) == ["a.detect"]


def test_what_a_killed_run_began_is_done_in_its_place(night: Night) -> None:
    a = night.clip("a.mp4", "1")
    night.run(a)
    manifest = night.folder / "out" / "batch.json"
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(b"".join(lines[:2]))  # it was killed after its outputs appeared, before it could say so
    assert night.run(a) == ["a.detect"]
    assert states(night) == [("a.mp4", "done")]


@pytest.mark.parametrize("there", ["nothing", "folder", "link to nowhere"])
def test_a_clip_that_vanished_fails_alone(night: Night, there: str) -> None:
    gone, good = night.folder / "clips" / "gone.mp4", night.clip("good.mp4", "1")
    if there == "folder":
        gone.mkdir()
    elif there == "link to nowhere":
        gone.symlink_to("nowhere")
    assert night.run(gone, good) == ["good.detect"]
    assert states(night) == [("gone.mp4", "failed"), ("good.mp4", "done")]
    assert night.rows[0].exit_code == 3
    if there == "nothing":
        night.clip("gone.mp4", "back")
        assert night.run(gone, good) == ["gone.detect"]


def test_a_pipe_is_no_clip_and_nobody_waits_for_it(night: Night) -> None:
    pipe = night.clip("a.mp4", "").with_name("pipe.mp4")
    os.mkfifo(pipe)
    night.run(pipe)
    assert "no file" in night.rows[0].reason


def test_names_that_are_no_text(night: Night) -> None:
    clip = night.clip(os.fsdecode(b"caf\xe9.mp4"), "1")
    assert night.run(clip) == [os.fsdecode(b"caf\xe9.detect")]
    assert night.run(clip) == []
    assert night.rows[0].clip == "../clips/caf\N{REPLACEMENT CHARACTER}.mp4"


def test_the_settings_are_all_that_the_outputs_depend_on() -> None:
    cards = [load_card("fast"), load_card("smoke_fire")]
    usual = settings_sha256(request(), cards)
    assert settings_sha256(request(overwrite=True), cards) == usual
    others = [request(video=True), request(formats=("srt",)), request(size=640), request(from_s=1.0)]
    assert (
        len({usual, *(settings_sha256(other, cards) for other in others), settings_sha256(request(), cards[:1])}) == 6
    )
