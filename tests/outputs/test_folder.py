from pathlib import Path

import pytest

from detector.outputs.folder import OutputError, OutputFolder


def write_all(folder: Path, text: str, overwrite: bool = False, video: bool = True) -> None:
    with OutputFolder(folder, overwrite) as outputs:
        for name in (
            "frames.jsonl",
            "tracks.txt",
            "detections.txt",
            "report.html",
            "report.json",
            *(["annotated.mp4"] if video else []),
        ):
            outputs.part(name).write_text(text)
            assert not (folder / name).exists() or overwrite, "nothing appears before it is whole"


def break_off(folder: Path) -> None:
    with OutputFolder(folder, overwrite=True) as outputs:
        outputs.part("report.json").write_text("half")
        raise RuntimeError


def test_outputs_appear_together(tmp_path: Path) -> None:
    write_all(tmp_path / "new" / "folder", "x")
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == [
        "SHA256SUMS", "annotated.mp4", "detections.txt", "frames.jsonl", "report.html", "report.json", "tracks.txt",
    ]  # fmt: skip


def test_the_list_of_what_belongs_together_names_every_output(tmp_path: Path) -> None:
    write_all(tmp_path, "x", video=False)
    listed = [line.split()[1] for line in (tmp_path / "SHA256SUMS").read_text().splitlines()]
    assert listed == ["detections.txt", "frames.jsonl", "report.html", "report.json", "tracks.txt"]


def test_what_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    write_all(tmp_path, "old")
    with pytest.raises(OutputError, match="--overwrite"):
        write_all(tmp_path, "new")
    assert (tmp_path / "report.json").read_text() == "old"


def test_overwrite_replaces(tmp_path: Path) -> None:
    write_all(tmp_path, "old")
    write_all(tmp_path, "new", overwrite=True)
    assert (tmp_path / "report.json").read_text() == "new"


def test_a_video_of_an_earlier_run_does_not_stay_beside_a_new_report(tmp_path: Path) -> None:
    write_all(tmp_path, "old")
    write_all(tmp_path, "new", overwrite=True, video=False)
    assert not (tmp_path / "annotated.mp4").exists()


def test_a_failure_leaves_nothing_not_even_the_folder(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        break_off(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_what_was_there_before(tmp_path: Path) -> None:
    write_all(tmp_path, "old")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RuntimeError):
        break_off(tmp_path)
    assert (tmp_path / "report.json").read_text() == "old"
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not list(tmp_path.glob(".part-*"))


def test_a_file_in_the_way_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputError, match="taken: cannot be written"), OutputFolder(tmp_path / "taken"):
        pass


@pytest.mark.parametrize("asked", [{}, {"overwrite": True}, {"resume": True}])
def test_of_two_runs_the_second_is_refused_and_harms_nothing(tmp_path: Path, asked: dict[str, bool]) -> None:
    with OutputFolder(tmp_path / "out") as outputs:
        outputs.part("vehicles.journal").write_text("answers")
        outputs.part("frames.jsonl").write_text("frames")
        with pytest.raises(OutputError, match="another run writes here"), OutputFolder(tmp_path / "out", **asked):
            pass
        assert outputs.part("vehicles.journal").read_text() == "answers"
        assert outputs.part("frames.jsonl").read_text() == "frames"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["SHA256SUMS", "frames.jsonl", "report.json"]
