"""Whatever breaks a run off, and whenever: what has a final name is whole, and `--resume` gives the same outputs."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import pytest
from click.testing import CliRunner, Result

from detector import analysis, one_clip
from detector.cli import main
from detector.clip import ClipReader
from detector.file_hash import sha256_of
from detector.outputs.checksums import CHECKSUMS_NAME, read_checksums, write_checksums
from detector.report import Report
from tests.clips import write_clip
from tests.fakes import FIRE_RED, SquareFinder, ground, noisy, square_networks, with_squares, write_pictures

FRAMES = 60  # in two shots
JOURNALS = {".part-vehicles.journal", ".part-smoke_fire.journal"}
KILLED = -9
Apart = Callable[..., list[int]]
"""Commands as lists of arguments, to their exit codes."""

MOMENTS = (
    "load:1", "look:1", "look:20", "settle:1", "look:55", "settle:2", "report:1", "tables:1", "draw:5", "draw:50",
    "index:1", "page:1", "sums:1", "rename:2", "rename:6", "rename:11", "remove:1", "remove:2",
)  # fmt: skip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    images = [with_squares(ground(1), [(20 + frame, 20), (100 + frame, 60)]) for frame in range(FRAMES // 2)]
    images += [with_squares(ground(7), [(220, 90)], FIRE_RED, side=20 + frame % 3) for frame in range(FRAMES // 2)]
    return write_pictures(
        tmp_path_factory.mktemp("clip") / "clip.mp4", [noisy(image, seed) for seed, image in enumerate(images)]
    )


@pytest.fixture(autouse=True)
def fake_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_: square_networks()))


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [*map(str, arguments), "--every", "1"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def run_apart() -> Iterator[Apart]:
    """Runs commands in children of another process, which may be killed or starved; see `quick_command`."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.quick_command"], cwd=Path(__file__).parents[1], text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        stdin, stdout = process.stdin, process.stdout

        def run_them(*commands: list[object]) -> list[int]:
            codes = []
            for command in commands:
                stdin.write(shlex.join(map(str, command)) + "\n")
                codes.append(int(stdout.readline()))
            return codes

        yield run_them


def contents(folder: Path) -> dict[str, bytes]:
    """The outputs by name, times of day and durations left out."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name == "report.json":
            found[path.name] = json.dumps({**json.loads(path.read_text()), "run": None}, indent=1).encode()
        elif path.name == "report.html":
            found[path.name] = re.sub(rb"\d{4}-\d\d-\d\d(T[\d:+]*)?|\"run\":\{[^}]*\}", b"", path.read_bytes())
        elif not path.name.startswith(".") and path.name != CHECKSUMS_NAME:
            found[path.name] = path.read_bytes()
    return found


def assert_the_list_is_true(folder: Path) -> None:
    listed = read_checksums(folder / CHECKSUMS_NAME)
    assert set(listed) == set(contents(folder))
    write_checksums({name: folder / name for name in listed}, folder / "again")
    assert read_checksums(folder / "again") == listed
    (folder / "again").unlink()


@pytest.fixture(scope="module")
def whole(clip: Path) -> dict[str, bytes]:
    """What a run that nobody disturbs puts out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis.Networks, "load", staticmethod(lambda *_: square_networks()))
        assert run(clip).exit_code == 0
    return contents(clip.parent / "clip.detect")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every picture a network looks at."""
    looked: list[int] = []
    patient = SquareFinder.detect

    def counting(self: SquareFinder, images, **how):  # type: ignore[no-untyped-def]
        looked.append(1)
        return patient(self, images, **how)

    monkeypatch.setattr(SquareFinder, "detect", counting)
    return looked


@pytest.fixture(scope="module")
def killed(clip: Path, tmp_path_factory: pytest.TempPathFactory, run_apart: Apart) -> dict[str, Path]:
    """The folder that a run left which was killed at each of the moments."""
    place = tmp_path_factory.mktemp("killed")
    folders = {moment: place / moment.replace(":", "_") for moment in MOMENTS}
    codes = run_apart(*(["--before", moment, "KILL", clip, "--out", folder] for moment, folder in folders.items()))
    assert codes == [KILLED] * len(MOMENTS)
    return folders


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_and_resumed(
    moment: str, killed: dict[str, Path], clip: Path, whole: dict[str, bytes], looks: list[int]
) -> None:
    folder = killed[moment]
    left = contents(folder) if folder.exists() else {}
    assert left.items() <= whole.items(), "what has a final name is whole and right"
    assert "report.json" not in left or set(left) == set(whole), "a report comes after what belongs to it"

    if left or moment not in ("load:1", "remove:2"):
        again = run(clip, "--out", folder)
        assert again.exit_code == 2
        assert "--resume" in again.stderr, "nothing that was looked at is thrown away unasked"

    result = run(clip, "--out", folder, "--resume")
    assert (result.exit_code, contents(folder)) == (0, whole)
    assert_the_list_is_true(folder)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    assert moment in ("load:1", "look:1") or len(looks) < 70, "the rest was looked at before"
    if moment.partition(":")[0] in ("report", "tables", "draw", "index", "page", "sums", "rename"):
        assert not looks, "all was looked at before"


def test_killed_in_drawing_the_part_plays(
    clip: Path, killed: dict[str, Path], tmp_path: Path, run_apart: Apart
) -> None:
    run_apart(["--before", "draw:50", "KILL", clip, "--out", tmp_path / "out"])
    with ClipReader(tmp_path / "out" / ".part-annotated.mp4.part") as reader:
        assert len(list(reader)) == 25, "a whole second of the two"
        assert not reader.damage


def test_leftovers_are_no_results_of_the_next_run(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart
) -> None:
    command = [clip, "--out", tmp_path / "out"]
    assert run_apart(["--before", "sums:1", "KILL", *command, "--format", "all"]) == [KILLED]
    assert (tmp_path / "out" / ".part-coco.json").exists()
    assert run(*command, "--overwrite", "--no-video").exit_code == 0
    expected = {name: content for name, content in whole.items() if name not in ("annotated.mp4", "report.html")}
    assert {name: content for name, content in contents(tmp_path / "out").items() if name != "report.html"} == expected


def test_killed_with_overwrite_the_old_outputs_stay(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart
) -> None:
    command = [clip, "--out", tmp_path / "out", "--to", "1"]
    assert run(*command).exit_code == 0
    before = contents(tmp_path / "out")
    assert run_apart(["--before", "draw:3", "KILL", clip, "--out", tmp_path / "out", "--overwrite"]) == [KILLED]
    assert contents(tmp_path / "out") == before
    assert_the_list_is_true(tmp_path / "out")
    assert run(clip, "--out", tmp_path / "out", "--resume").exit_code == 0
    assert contents(tmp_path / "out") == whole


def test_other_settings_begin_anew_and_say_so(clip: Path, tmp_path: Path, looks: list[int], run_apart: Apart) -> None:
    assert run_apart(["--before", "draw:3", "KILL", clip, "--out", tmp_path / "out"]) == [KILLED]
    result = run(clip, "--out", tmp_path / "out", "--resume", "--confidence", "0.6")
    assert result.exit_code == 0
    assert "differs in confidence; this one begins anew" in result.stderr
    assert len(looks) > FRAMES


def test_resume_leaves_out_what_is_finished(clip: Path, tmp_path: Path, looks: list[int]) -> None:
    assert run(clip, "--out", tmp_path / "out", "--resume").exit_code == 0, "there was nothing to go on with"
    looks.clear()
    again = run(clip, "--out", tmp_path / "out", "--resume")
    assert (again.exit_code, looks) == (0, [])
    assert "finished already" in again.stdout


def test_of_several_clips_the_one_killed_is_gone_on_with_unasked(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], looks: list[int], run_apart: Apart
) -> None:
    other = write_pictures(tmp_path / "other.mp4", [noisy(ground(5), seed) for seed in range(5)])
    batch = [clip, other, "--out", tmp_path / "out", "--jobs", "1"]
    assert run_apart(["--before", "draw:5", "KILL", *batch]) == [KILLED]
    assert run(*batch).exit_code == 0
    assert contents(tmp_path / "out" / "clip.detect") == whole
    assert len(looks) < FRAMES, "only the other clip was looked at"


# ---- Ctrl-C


def test_ctrl_c_in_looking_finishes_the_frame_and_resumes(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart
) -> None:
    assert run_apart(["--before", "look:23", "INT", clip, "--out", tmp_path / "out"]) == [130]
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    looked_at = report["input"]["frames_decoded"]
    assert report["coverage"]["interrupted"] is True
    assert 0 < looked_at < FRAMES
    assert len((tmp_path / "out" / "frames.jsonl").read_text().splitlines()) == looked_at
    assert_the_list_is_true(tmp_path / "out")
    assert run(clip, "--out", tmp_path / "out", "--resume").exit_code == 0
    assert contents(tmp_path / "out") == whole


def test_ctrl_c_in_drawing_keeps_a_video_that_plays(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart
) -> None:
    assert run_apart(["--before", "draw:12", "INT", clip, "--out", tmp_path / "out"]) == [130]
    with av.open(str(tmp_path / "out" / "annotated.mp4")) as video:
        assert video.metadata["comment"] == "incomplete: drawing was broken off"
        assert sum(1 for _ in video.decode(video=0)) == 12
    assert contents(tmp_path / "out")["report.json"] == whole["report.json"]
    assert_the_list_is_true(tmp_path / "out")
    assert run(clip, "--out", tmp_path / "out", "--resume").exit_code == 0
    assert contents(tmp_path / "out") == whole


def test_ctrl_c_twice_stops_at_once(clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart) -> None:
    looking, drawing, loading = (tmp_path / name for name in ("looking", "drawing", "loading"))
    codes = run_apart(
        ["--before", "look:23", "INT2", clip, "--out", looking],
        ["--before", "draw:12", "INT2", clip, "--out", drawing],
        ["--before", "load:1", "INT", clip, "--out", loading],
    )
    assert codes == [130, 130, 130]
    assert not loading.exists()
    assert "annotated.mp4" not in contents(drawing)
    assert contents(drawing)["report.json"] == whole["report.json"]
    for folder in (looking, drawing):
        assert {path.name for path in folder.iterdir() if path.name.startswith(".")} == JOURNALS
        assert run(clip, "--out", folder, "--resume").exit_code == 0
        assert contents(folder) == whole


# ---- full disks


@contextmanager
def small_disk(place: Path, size_bytes: int) -> Iterator[Path]:
    """A file system of this size; skips where it cannot be had."""
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(place)]
    if sys.platform != "linux" or subprocess.run(["mount", *options], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_in_drawing_keeps_the_rest(tmp_path: Path, run_apart: Apart) -> None:
    clip = write_clip(tmp_path / "noise.mp4", 30, (320, 192), busy=True)
    assert run(clip, "--out", tmp_path / "whole").exit_code == 0
    whole, folder = contents(tmp_path / "whole"), tmp_path / "out"
    assert len(whole["annotated.mp4"]) > 300_000 > 2 * len(whole["report.html"])
    assert run_apart(["--file-bytes", 200_000, clip, "--out", folder]) == [2]
    kept = contents(folder)
    assert kept.keys() == whole.keys() - {"annotated.mp4"}
    assert kept["report.json"] == whole["report.json"]
    assert_the_list_is_true(folder)
    assert run(clip, "--out", folder, "--resume").exit_code == 0
    assert contents(folder) == whole


def test_a_full_disk_in_looking_keeps_the_journal(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], run_apart: Apart
) -> None:
    folder = tmp_path / "out"
    assert run_apart(["--file-bytes", 3000, clip, "--out", folder]) == [2]
    assert {path.name for path in folder.iterdir()} == JOURNALS
    assert run(clip, "--out", folder, "--resume").exit_code == 0
    assert contents(folder) == whole


def test_a_disk_that_is_really_full(clip: Path, tmp_path: Path, whole: dict[str, bytes]) -> None:
    with small_disk(tmp_path / "disk", 64 << 10) as disk:
        result = run(clip, "--out", disk / "out")
        assert result.exit_code == 2
        assert "No space left on device" in result.stderr
        assert "--resume" in result.stderr
        subprocess.run(["mount", "-o", "remount,size=64M", str(disk)], check=True)
        assert run(clip, "--out", disk / "out", "--resume").exit_code == 0
        assert contents(disk / "out") == whole


def test_a_disk_that_may_not_be_written(clip: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1 << 20) as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        result = run(clip, "--out", disk / "out")
        assert result.exit_code == 2
        assert "Read-only file system" in result.stderr


# ---- what changes under the run


@pytest.fixture
def at_look(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], None]:
    """Does something when a network is to look for the n-th time."""

    def arrange(time: int, act: Callable[[], object]) -> None:
        patient, looked = SquareFinder.detect, iter(range(1, 10_000))

        def meddling(self: SquareFinder, images, **how):  # type: ignore[no-untyped-def]
            if next(looked) == time:
                act()
            return patient(self, images, **how)

        monkeypatch.setattr(SquareFinder, "detect", meddling)

    return arrange


def report_of(folder: Path) -> dict[str, dict[str, object]]:
    document: dict[str, dict[str, object]] = json.loads((folder / "report.json").read_text())
    return document


@pytest.mark.parametrize("how", ["replaced", "cut short", "taken away", "written to"])
def test_a_clip_that_changes_while_it_is_read(clip: Path, tmp_path: Path, at_look, how: str) -> None:  # type: ignore[no-untyped-def]
    own = Path(shutil.copy(clip, tmp_path / "copy.mp4"))
    other = write_pictures(tmp_path / "other.mp4", [ground(3)] * 5)
    acts: dict[str, Callable[[], object]] = {
        "replaced": lambda: os.replace(other, own),
        "cut short": lambda: os.truncate(own, own.stat().st_size // 2),
        "taken away": own.unlink,
        "written to": lambda: own.open("ab").write(bytes(100)),
    }
    at_look(20, acts[how])
    result = run(own, "--out", tmp_path / "out")
    assert result.exit_code == 1
    report = report_of(tmp_path / "out")
    assert report["coverage"]["clip_changed"] is True
    assert report["input"]["sha256"] == sha256_of(clip)
    assert report["input"]["bytes"] == clip.stat().st_size
    assert "was changed or taken away" in result.stderr
    assert "annotated.mp4" not in contents(tmp_path / "out"), "it would show another clip"
    assert_the_list_is_true(tmp_path / "out")


def test_frame_records_that_are_meddled_with(clip: Path, tmp_path: Path, whole, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    write_report = one_clip.write_report

    def meddling(report: Report, path: Path) -> None:
        write_report(report, path)
        with path.with_name(".part-frames.jsonl").open("r+b") as frames:
            frames.readline()
            frames.write(b"[" * 30_000)

    with monkeypatch.context() as patch:
        patch.setattr(one_clip, "write_report", meddling)
        result = run(clip, "--out", tmp_path / "out", "--format", "coco")
    assert result.exit_code == 2
    for name in ("coco.json", "annotated.mp4", "report.html"):
        assert (
            f"{name} not written: {tmp_path / 'out' / '.part-frames.jsonl'}, line 2: no frame record" in result.stderr
        )
    assert "report.json" in contents(tmp_path / "out")
    assert run(clip, "--out", tmp_path / "out", "--resume").exit_code == 0
    assert contents(tmp_path / "out") == whole


def test_a_second_run_into_the_folder_is_refused_and_names_the_first(
    clip: Path, tmp_path: Path, whole: dict[str, bytes], at_look: Callable[[int, Callable[[], object]], None]
) -> None:
    refused = []
    at_look(
        20, lambda: refused.extend(run(clip, "--out", tmp_path / "out", flag) for flag in ("--overwrite", "--resume"))
    )
    assert run(clip, "--out", tmp_path / "out").exit_code == 0
    assert contents(tmp_path / "out") == whole
    assert [result.exit_code for result in refused] == [2, 2]
    assert all(f"another run writes here (process {os.getpid()} on " in result.stderr for result in refused)


def test_a_folder_that_is_taken_away(clip: Path, tmp_path: Path, at_look) -> None:  # type: ignore[no-untyped-def]
    def take_away() -> None:
        for path in (tmp_path / "out").iterdir():
            path.unlink()
        (tmp_path / "out").rmdir()

    at_look(20, take_away)
    result = run(clip, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "out" in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()
