"""The released networks on the rendered demo clip, through the installed command, beside its exact truth."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import jsonschema
import pytest

PACKAGE = Path(__file__).parents[1] / "detector"
TRUTH = json.loads((PACKAGE / "demo" / "truth.json").read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-c", "from detector.cli import main; main()", "--demo"],
        cwd=place, env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    return place / "demo.detect"


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return document


@pytest.fixture(scope="module")
def frames(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "frames.jsonl").read_text().splitlines()]


def test_the_report_follows_its_schema(report: dict[str, Any]) -> None:
    jsonschema.validate(report, json.loads((PACKAGE / "report.schema.json").read_text()))


def test_every_frame_was_read(report: dict[str, Any], frames: list[dict[str, Any]]) -> None:
    assert report["input"]["frames_decoded"] == len(frames) == TRUTH["frames"]
    assert report["coverage"]["damage"] == []


def test_the_cut_is_found(report: dict[str, Any]) -> None:
    found = [shot["start"] for shot in report["shots"]]
    wanted = [shot["start"] for shot in TRUTH["shots"]]
    assert len(found) == len(wanted)
    assert all(abs(a - b) <= 3 for a, b in zip(found, wanted, strict=True))


def test_most_vehicles_are_found_and_little_else(frames: list[dict[str, Any]]) -> None:
    hits = wanted = given = 0
    for frame, truth in zip(frames, TRUTH["boxes"], strict=True):
        free = [box["xyxy"] for box in frame["boxes"]]
        wanted, given = wanted + len(truth), given + len(free)
        for box in truth:
            best = max(free, key=lambda other: overlap(box["xyxy"], other), default=None)
            if best is not None and overlap(box["xyxy"], best) >= 0.5:
                free.remove(best)
                hits += 1
    assert hits / wanted > 0.85, f"found {hits} of {wanted}"
    assert hits / given > 0.8, f"{given - hits} of {given} boxes are no vehicle"


def test_the_count_holds_the_truth(report: dict[str, Any]) -> None:
    for shot, truth in zip(report["shots"], TRUTH["shots"], strict=True):
        assert abs(shot["most_at_once"]["vehicles"] - truth["most_at_once"]) <= 1
    assert report["counts"]["distinct"]["low"] - 1 <= len(TRUTH["tracks"]) <= report["counts"]["distinct"]["high"]


def test_the_convoy_is_found_in_both_shots(report: dict[str, Any]) -> None:
    size = TRUTH["convoys"][0]["size"]
    for shot in TRUTH["shots"]:
        inside = [c["size"] for c in report["convoys"] if shot["start"] <= c["start"] <= shot["end"]]
        assert inside, f"no convoy in {shot}"
        assert abs(max(inside) - size) <= 1


@pytest.mark.parametrize("kind", ["smoke", "fire"])
def test_smoke_and_fire_are_flagged_once_they_are_grown_and_never_before(report: dict[str, Any], kind: str) -> None:
    flagged = {f for e in report["events"] if e["kind"] == kind for f in range(e["start"], e["end"] + 1)}
    [[first, last]] = TRUTH[kind]
    last_second = set(range(last - 24, last + 1))
    assert last_second <= flagged
    assert min(flagged) >= first


def test_the_annotated_video_has_every_frame_and_plays_in_a_browser(folder: Path) -> None:
    with av.open(str(folder / "annotated.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert sum(1 for _ in container.decode(stream)) == TRUTH["frames"]


def overlap(a: list[float], b: list[float]) -> float:
    """Intersection over union of two xyxy boxes."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)
