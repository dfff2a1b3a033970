"""`detect --apply-review`: what a person saved from report.html, by way of the command."""

import json
import re
from pathlib import Path

import pytest

from tests.commands import run, use_networks_of_squares, write_two_lorries


@pytest.fixture(autouse=True)
def networks_of_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    use_networks_of_squares(monkeypatch)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_two_lorries(tmp_path / "clip.mp4")


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
