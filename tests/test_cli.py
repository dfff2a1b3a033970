import html
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detector import analysis
from detector.cli import main
from detector.device import DeviceError
from detector.model import ModelError
from detector.mot_file import read_detections
from detector.sandbox.landlock import landlock_version
from tests.clips import write_clip
from tests.fakes import SquareFinder, ground, noisy, square_networks, with_squares, write_pictures

# fmt: off
WITHOUT_VIDEO = [
    "SHA256SUMS", "detections.txt", "events.csv", "frames.jsonl", "report.html", "report.json", "shots.csv",
    "tracks.csv", "tracks.txt",
]
# fmt: on
JOURNALS = [".part-smoke_fire.journal", ".part-vehicles.journal"]  # what --resume goes on with


@pytest.fixture(autouse=True)
def fake_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(device: str = "auto", vehicles: str = "fast", *_: object) -> analysis.Networks:
        if vehicles != "fast":
            raise ModelError(f"no network {vehicles!r}: name one of fast")
        if device.startswith("cuda"):
            raise DeviceError(f"device {device} cannot be had: there is none; use --device cpu")
        return square_networks()

    monkeypatch.setattr(analysis.Networks, "load", staticmethod(load))


@pytest.fixture(autouse=True)
def no_vehicle_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --tracks there is one network and the card of the other."""

    def load_saved(detections: Path, device: str = "auto", vehicles: str = "fast", *_: object) -> analysis.Networks:
        networks = square_networks()
        return analysis.Networks(read_detections(detections, networks.vehicles.card), networks.smoke_fire)

    monkeypatch.setattr(analysis.Networks, "load_saved", staticmethod(load_saved))


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    pictures = [noisy(with_squares(ground(1), [(20, 20), (90, 20)]), seed) for seed in range(20)]
    return write_pictures(tmp_path / "clip.mp4", pictures)


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_links_that_lead_out_of_a_folder_are_passed_over(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link.mp4").symlink_to(clip)
    result = run(tmp_path / "folder")
    assert result.exit_code == 3
    assert "without a clip" in result.stderr


def test_outputs_lie_beside_the_clip(clip: Path) -> None:
    result = run(clip)
    assert result.exit_code == 0
    assert names(clip.parent / "clip.detect") == ["SHA256SUMS", "annotated.mp4", *WITHOUT_VIDEO[1:]]
    assert "2 distinct" in result.stdout
    assert result.stderr == "", "no progress bar where there is no terminal"


def test_out_and_no_video(clip: Path, tmp_path: Path) -> None:
    assert run(clip, "--out", tmp_path / "there", "--no-video").exit_code == 0
    assert names(tmp_path / "there") == WITHOUT_VIDEO


@pytest.mark.parametrize(
    ("formats", "files"),
    [
        ("srt", {"events.srt"}),
        ("vtt, coco", {"events.vtt", "coco.json"}),
        ("all", {"events.srt", "events.vtt", "coco.json", "markers.otio", "tracks.csv", "shots.csv", "events.csv"}),
    ],
)
def test_format_picks_the_tables(clip: Path, tmp_path: Path, formats: str, files: set[str]) -> None:
    assert run(clip, "--out", tmp_path / "there", "--no-video", "--format", formats).exit_code == 0
    without_tables = {name for name in WITHOUT_VIDEO if not name.endswith(".csv")}
    assert set(names(tmp_path / "there")) == without_tables | files


def test_the_report_and_the_frames_agree(clip: Path, tmp_path: Path) -> None:
    run(clip, "--out", tmp_path / "there", "--no-video", "--classes", "truck,tank", "--from", "0:00.2", "--to", "0.6")
    report = json.loads((tmp_path / "there" / "report.json").read_text())
    frames = [json.loads(line) for line in (tmp_path / "there" / "frames.jsonl").read_text().splitlines()]
    assert report["settings"] == {
        "classes": ["truck", "tank"],
        "threshold": "typical",
        "confidence": None,
        "size": "auto",
        "every": "auto",
        "tracks": None,
        "from_s": 0.2,
        "to_s": 0.6,
        "limits": {"pixels": 1 << 26, "frames": 1_000_000, "memory_gib": 8.0},
    }
    assert report["run"]["sandbox"] is None
    assert report["input"]["frames_decoded"] == len(frames) == 10
    assert {box["track"] for frame in frames for box in frame["boxes"]} == {track["id"] for track in report["tracks"]}


def test_every_is_used_and_recorded(clip: Path, tmp_path: Path) -> None:
    assert run(clip, "--out", tmp_path / "there", "--no-video", "--every", 3).exit_code == 0
    report = json.loads((tmp_path / "there" / "report.json").read_text())
    frames = [json.loads(line) for line in (tmp_path / "there" / "frames.jsonl").read_text().splitlines()]
    looked = sum(frame["looked_at"] for frame in frames)
    assert report["settings"]["every"] == 3
    assert report["coverage"]["frames_looked_at"] == sum(shot["frames_looked_at"] for shot in report["shots"]) == looked
    assert len(frames) / 3 <= looked < len(frames) / 2
    assert all(box["filled"] for frame in frames if not frame["looked_at"] for box in frame["boxes"])


@pytest.mark.parametrize("every", ["0", "x"])
def test_a_wrong_every_is_refused_before_anything_is_opened(tmp_path: Path, every: str) -> None:
    result = run(tmp_path / "no such clip.mp4", "--every", every)
    assert result.exit_code == 2
    assert "give auto, or a number" in result.stderr


def test_every_has_no_effect_on_saved_detections(tmp_path: Path) -> None:
    result = run(tmp_path / "clip.mp4", "--every", 2, "--tracks", tmp_path / "detections.txt")
    assert result.exit_code == 2
    assert "--every has no effect" in result.stderr


def test_size_and_threshold_are_used_and_recorded(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SquareFinder, "score", 0.9)
    result = run(clip, "--out", tmp_path / "there", "--no-video", "--size", "1920", "--threshold", "conservative")
    report = json.loads((tmp_path / "there" / "report.json").read_text())
    assert (report["settings"]["size"], report["settings"]["threshold"]) == (1920, "conservative")
    assert [shot["input_size_px"] for shot in report["shots"]] == [1920]
    assert report["networks"][0]["confidence"] == 0.95
    assert report["tracks"] == [], "the squares score 0.9"
    assert "1920 px" in result.stdout


def test_the_confidence_overrides_that_of_the_threshold(clip: Path, tmp_path: Path) -> None:
    run(clip, "--out", tmp_path / "there", "--no-video", "--threshold", "conservative", "--confidence", "0.6")
    report = json.loads((tmp_path / "there" / "report.json").read_text())
    assert [network["confidence"] for network in report["networks"]] == [0.6, 0.95]
    assert len(report["tracks"]) == 2


def test_a_network_that_is_not_there(clip: Path) -> None:
    result = run(clip, "--model", "accurate")
    assert result.exit_code == 4
    assert "'accurate'" in result.stderr
    assert "fast" in result.stderr


def test_a_network_without_the_threshold_asked_for(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    networks = square_networks()
    typical = {"typical": networks.vehicles.card.threshold()}
    networks.vehicles.card = replace(networks.vehicles.card, thresholds=typical)
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: networks))
    result = run(clip, "--threshold", "conservative")
    assert result.exit_code == 4
    assert "conservative" in result.stderr
    assert not (clip.parent / "clip.detect").exists()


def test_several_clips_each_get_a_folder(clip: Path, tmp_path: Path) -> None:
    other = write_pictures(clip.with_name("other.mp4"), [noisy(ground(2), seed) for seed in range(5)])
    twin = clip.with_name("twin.mp4")
    twin.write_bytes(clip.read_bytes())
    result = run(clip, other, twin, "--out", tmp_path / "all", "--no-video", "--jobs", "1")
    assert result.exit_code == 0
    assert names(tmp_path / "all") == ["batch.json", "clip.detect", "index.html", "other.detect", "summary.csv"]
    assert "clip.mp4: 2 vehicles" in result.stdout
    assert "the same as ../clip.mp4" in result.stdout
    assert "3 clips: 3 done." in result.stdout
    assert result.stderr == "", "no progress bar where there is no terminal"
    again = run(clip, other, twin, "--out", tmp_path / "all", "--no-video", "--jobs", "1")
    assert again.exit_code == 0
    assert "clip.mp4: 2 vehicles" not in again.stdout, "there was nothing to do"


def test_clips_of_a_list_and_of_a_pattern_are_done_once(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(os.fsencode(clip) + b"\n" + os.fsencode(tmp_path / "*.mp4"))
    result = run("--list", tmp_path / "list.txt", tmp_path / "**" / "*.mp4", "--out", tmp_path / "all", "--no-video")
    assert result.exit_code == 0
    assert "1 clip: 1 done." in result.stdout
    assert (tmp_path / "all" / "report.json").is_file(), "one clip alone has the folder to itself"


def test_breaking_off_many_clips_keeps_what_was_done(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    networks, looked = square_networks(), iter(range(100))
    patient = networks.smoke_fire.detect

    def impatient(images, **how):  # type: ignore[no-untyped-def]
        if next(looked) == 4:
            raise KeyboardInterrupt
        return patient(images, **how)

    networks.smoke_fire.detect = impatient  # type: ignore[method-assign]
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: networks))
    for number in (2, 3):
        pictures = [noisy(with_squares(ground(number), [(20, 20)]), seed) for seed in range(20)]
        write_pictures(clip.with_name(f"clip{number}.mp4"), pictures)
    result = run(clip.parent, "--jobs", "1")
    assert result.exit_code == 130
    assert "3 clips" not in result.stdout, "the third was not begun"
    assert "1 done, 1 interrupted" in result.stdout
    assert (clip.parent / "clip2.detect" / "report.json").is_file()
    assert not (clip.parent / "clip3.detect").exists()
    monkeypatch.undo()
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: square_networks()))
    assert run(clip.parent, "--jobs", "1").exit_code == 0


def test_a_folder_of_clips(clip: Path, tmp_path: Path) -> None:
    assert run(clip.parent, "--out", tmp_path / "there", "--no-video").exit_code == 0
    assert (tmp_path / "there" / "report.json").exists()


def test_what_exists_is_not_overwritten_unasked(clip: Path) -> None:
    assert run(clip, "--no-video").exit_code == 0
    again = run(clip, "--no-video")
    assert again.exit_code == 2
    assert "clip.detect" in again.stderr
    assert "--overwrite" in again.stderr
    assert run(clip, "--no-video", "--overwrite").exit_code == 0


def bad_inputs(folder: Path) -> dict[str, Path]:
    (folder / "empty folder").mkdir()
    (folder / "text.mp4").write_text("This is no video.\n" * 50)
    (folder / "zero.mp4").touch()
    (folder / "script.mp4").write_text("ffconcat version 1.0\nfile clip.mp4\n")
    write_clip(folder / "sound.mp4", frames=0, audio="aac")
    return {
        name: folder / name
        for name in ("missing.mp4", "empty folder", "text.mp4", "zero.mp4", "script.mp4", "sound.mp4")
    }


@pytest.mark.parametrize("name", ["missing.mp4", "empty folder", "text.mp4", "zero.mp4", "script.mp4", "sound.mp4"])
def test_what_cannot_be_read_is_named_and_leaves_nothing(tmp_path: Path, name: str, clip: Path) -> None:
    bad = bad_inputs(tmp_path)[name]
    before = names(tmp_path)
    result = run(bad)
    assert result.exit_code == 3
    assert name in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert names(tmp_path) == before


def test_a_bad_clip_does_not_keep_the_next_from_being_done(clip: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "missing.mp4", clip, "--no-video", "--jobs", "1").exit_code == 3
    assert (clip.parent / "clip.detect" / "report.json").exists()


def test_a_clip_cut_short_is_analysed_up_to_the_damage(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.ts", frames=60, size=(160, 96), busy=True)
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    result = run(cut, "--no-video")
    report = json.loads((tmp_path / "cut.detect" / "report.json").read_text())
    assert result.exit_code == 1
    assert 0 < report["input"]["frames_decoded"] < 60
    assert report["coverage"]["damage"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    result = run(clip, "--out", tmp_path / "locked" / "out")
    assert result.exit_code == 2
    assert "locked" in result.stderr


def test_a_file_in_place_of_the_output_folder(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    result = run(clip, "--out", tmp_path / "taken")
    assert result.exit_code == 2
    assert "taken" in result.stderr
    assert "--out" in result.stderr


def test_breaking_off_keeps_what_was_done(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    networks, looked = square_networks(), iter(range(100))
    patient = networks.smoke_fire.detect

    def impatient(images, **how):  # type: ignore[no-untyped-def]
        if next(looked) == 2:
            raise KeyboardInterrupt
        return patient(images, **how)

    networks.smoke_fire.detect = impatient  # type: ignore[method-assign]
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: networks))
    result = run(clip)
    assert result.exit_code == 130
    assert "broken off by the user" in result.stdout
    assert "--resume" in result.stderr
    assert names(clip.parent / "clip.detect") == [*JOURNALS, *WITHOUT_VIDEO]
    lines = (clip.parent / "clip.detect" / "frames.jsonl").read_text().splitlines()
    assert 10 <= len(lines) < 20


@pytest.mark.parametrize("device", ["cuda", "cuda:9"])
def test_a_device_that_is_not_there(clip: Path, device: str) -> None:
    result = run(clip, "--device", device)
    assert result.exit_code == 4
    assert f"device {device} cannot" in result.stderr
    assert "--device cpu" in result.stderr
    assert not (clip.parent / "clip.detect").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["CLIP", "--device", "tpu"],
        ["CLIP", "--device", "cuda:"],
        ["CLIP", "--device", "cuda:first"],
        ["CLIP", "--threads", "0"],
        ["CLIP", "--threads", "many"],
        ["CLIP", "--precision", "int4"],
        ["CLIP", "--classes", "boat"],
        ["CLIP", "--classes", ","],
        ["CLIP", "--confidence", "2"],
        ["CLIP", "--confidence", "nan"],
        ["CLIP", "--threshold", "bold"],
        ["CLIP", "--size", "large"],
        ["CLIP", "--size", "650"],
        ["CLIP", "--size", "288"],
        ["CLIP", "--size", "2592"],
        ["CLIP", "--size", "-640"],
        ["CLIP", "--jobs", "0"],
        ["CLIP", "--jobs", "many"],
        ["CLIP", "--list", "nowhere.txt"],
        ["CLIP", "--format", "xlsx"],
        ["CLIP", "--format", ","],
        ["CLIP", "--from", "soon"],
        ["CLIP", "--from", "1:2:3:4"],
        ["CLIP", "--from", "-3"],
        ["CLIP", "--from", "5", "--to", "5"],
    ],
)
def test_wrong_usage(clip: Path, arguments: list[str]) -> None:
    result = run(*(clip if argument == "CLIP" else argument for argument in arguments))
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert not (clip.parent / "clip.detect").exists()


def test_a_hostile_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in run(tmp_path / "a\x1b[2J.mp4").output


def test_help_does_not_wait_for_the_heavy_libraries() -> None:
    heavy = {"cv2", "numpy", "onnxruntime", "av", "rich", "jinja2", "msgspec"}
    code = (
        "import sys\nfrom detector.cli import main\n"
        f"main(['--help'], standalone_mode=False)\nprint(sorted({heavy} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage:")
    assert done.stderr.strip() == "[]"


def test_saved_detections_are_tracked_again_to_the_same_result(clip: Path, tmp_path: Path) -> None:
    assert run(clip, "--out", tmp_path / "first", "--no-video").exit_code == 0
    saved = tmp_path / "first" / "detections.txt"
    result = run(clip, "--out", tmp_path / "again", "--no-video", "--tracks", saved)
    assert result.exit_code == 0
    assert "vehicles from detections.txt" in result.stdout
    assert (tmp_path / "again" / "tracks.txt").read_bytes() == (tmp_path / "first" / "tracks.txt").read_bytes()
    assert (tmp_path / "again" / "detections.txt").read_bytes() == saved.read_bytes()
    first, again = (json.loads((tmp_path / name / "report.json").read_text()) for name in ("first", "again"))
    assert again["settings"]["tracks"] == again["networks"][0]["name"] == "detections.txt"
    assert again["coverage"]["smallest_vehicle_px"] is again["shots"][0]["input_size_px"] is None
    assert all(again[key] == first[key] for key in ("counts", "tracks", "convoys", "events"))


def test_tracks_in_mot_form_count_frames_and_classes_from_one(clip: Path, tmp_path: Path) -> None:
    run(clip, "--out", tmp_path / "there", "--no-video")
    rows = [line.split(",") for line in (tmp_path / "there" / "tracks.txt").read_text().splitlines()]
    assert {len(row) for row in rows} == {9}
    assert sorted({int(row[0]) for row in rows}) == list(range(1, 21))
    assert {row[1] for row in rows} == {"1", "2"}
    assert {row[7] for row in rows} == {"2"}, "truck is the second class"
    detections = (tmp_path / "there" / "detections.txt").read_text().splitlines()
    assert {line.split(",")[1] for line in detections if not line.startswith("#")} == {"-1"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("21,-1,10,10,20,20,0.9,2,1", "frame 21, but the clip has 20 frames"),
        ("5,-1,5000,10,20,20,0.9,2,1", "outside the picture of 320x192"),
        ("5,-1,10,10,20,20,0.9,7,1", "line 1: class 7 is none of 1 to 2"),
    ],
)
def test_detections_of_another_clip_are_wrong_usage(clip: Path, tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "saved.txt").write_text(line + "\n")
    result = run(clip, "--out", tmp_path / "there", "--no-video", "--tracks", tmp_path / "saved.txt")
    assert result.exit_code == 2
    assert says in result.stderr
    assert not (tmp_path / "there").exists()


def test_saved_detections_go_with_one_clip_and_no_size(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "saved.txt").write_text("")
    assert run(clip, "--tracks", tmp_path / "saved.txt", "--size", "640").exit_code == 2
    assert "one clip" in run(clip, clip, "--tracks", tmp_path / "saved.txt").stderr
    assert "cannot be read" in run(clip, "--tracks", tmp_path / "nowhere.txt").stderr


def review_of(folder: Path) -> Path:
    """What a person saves from the page: the first vehicle is one."""
    page = re.search(r'id="data">(.*?)</script>', (folder / "report.html").read_text(), re.DOTALL)
    assert page
    data = json.loads(page[1])
    verdicts = [{"of": "track", "id": data["tracks"][0]["id"], "verdict": "confirmed"}]
    (folder / "review.json").write_text(
        json.dumps(
            {
                "schema": "detect-review/1", "clip": data["clip"], "findings_sha256": data["findings_sha256"],
                "saved": "2026-11-22T20:00:00.000Z", "verdicts": verdicts,
            }
        )
    )  # fmt: skip
    return folder / "review.json"


def test_a_review_is_applied_to_the_report_beside_it_or_to_the_one_named(clip: Path, tmp_path: Path) -> None:
    run(clip, "--out", tmp_path / "there", "--no-video")
    review = review_of(tmp_path / "there")
    result = run("--apply-review", review)
    assert result.exit_code == 0
    assert "1 verdict written" in result.stdout
    elsewhere = review.rename(tmp_path / "review.json")
    assert run("--apply-review", elsewhere, tmp_path / "there").exit_code == 0
    assert (
        json.loads((tmp_path / "there" / "report.json").read_text())["review"]["verdicts"][0]["verdict"] == "confirmed"
    )


def test_a_review_that_cannot_be_applied_is_wrong_usage(clip: Path, tmp_path: Path) -> None:
    run(clip, "--out", tmp_path / "there", "--no-video")
    review = review_of(tmp_path / "there")
    assert run("--apply-review", review, tmp_path / "there", tmp_path).exit_code == 2
    result = run("--apply-review", review, tmp_path)
    assert result.exit_code == 2
    assert "name the folder" in result.stderr
    review.write_text("{}")
    assert "save it again from report.html" in run("--apply-review", review).stderr


@pytest.mark.parametrize(
    "name", ["\"quoted\" 'twice'.mp4", "<b>&amp;.mp4", "two\nlines.mp4", "\U0001f69a.mp4", "n" * 242 + ".mp4"]
)
def test_a_clip_by_any_name_gets_its_page(clip: Path, tmp_path: Path, name: str) -> None:
    odd = clip.rename(tmp_path / name)
    assert run(odd, "--no-video", "--to", "0.3").exit_code == 0
    page = (odd.with_name(f"{odd.stem}.detect") / "report.html").read_text()
    shown = name.replace("\n", "\N{REPLACEMENT CHARACTER}")
    assert f'<h1 dir="auto">{html.escape(shown).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")}</h1>' in page


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_a_name_with_bytes_that_are_no_text(clip: Path) -> None:
    odd = clip.rename(clip.with_name(os.fsdecode(b"not\xfftext.mp4")))
    assert run(odd, "--no-video", "--to", "0.3").exit_code == 0
    report = json.loads((odd.with_name(f"{odd.stem}.detect") / "report.json").read_text())
    assert report["input"]["file"] == "not\ufffdtext.mp4"


def test_a_sandbox_changes_nothing_but_the_sound_and_is_told(clip: Path, tmp_path: Path) -> None:
    if not landlock_version():
        pytest.skip("this system cannot confine a process")
    assert run(clip, "--out", tmp_path / "plain").exit_code == 0
    result = run(clip, "--out", tmp_path / "confined", "--sandbox")
    assert result.exit_code == 0
    assert "gave up files" in " ".join(result.output.split())
    plain, confined = (json.loads((tmp_path / name / "report.json").read_text()) for name in ("plain", "confined"))
    assert any("network" in given_up for given_up in confined.pop("run")["sandbox"])
    plain.pop("run")
    assert confined == plain
    for name in ("frames.jsonl", "detections.txt", "tracks.csv"):
        assert (tmp_path / "confined" / name).read_bytes() == (tmp_path / "plain" / name).read_bytes()
    assert (tmp_path / "confined" / "annotated.mp4").is_file()


@pytest.mark.parametrize(
    ("option", "value"), [("--most-pixels", "100"), ("--most-frames", "3"), ("--most-memory", "0.00001")]
)
def test_limits_are_told_with_the_option_that_lifts_them(clip: Path, tmp_path: Path, option: str, value: str) -> None:
    result = run(clip, "--out", tmp_path / "there", option, value)
    assert result.exit_code == 3
    assert option in result.output
    assert not (tmp_path / "there").exists()
