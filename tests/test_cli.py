"""What the command makes of its arguments."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import run, use_networks_of_squares, write_two_lorries


@pytest.fixture(autouse=True)
def networks_of_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    use_networks_of_squares(monkeypatch)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_two_lorries(tmp_path / "clip.mp4")


@pytest.mark.parametrize("every", ["0", "x"])
def test_a_wrong_every_is_refused_before_anything_is_opened(tmp_path: Path, every: str) -> None:
    result = run(tmp_path / "no such clip.mp4", "--every", every)
    assert result.exit_code == 2
    assert "give auto, or a number" in result.stderr


def test_every_has_no_effect_on_saved_detections(tmp_path: Path) -> None:
    result = run(tmp_path / "clip.mp4", "--every", 2, "--tracks", tmp_path / "detections.txt")
    assert result.exit_code == 2
    assert "--every has no effect" in result.stderr


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
