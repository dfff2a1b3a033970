"""A sheet of what somebody saw, and how detect is judged by it."""

import sys
from pathlib import Path

import pytest

from benchmarks import run
from benchmarks.own_clips import Found, Stretch, judged, read_truth, words
from detector import analysis
from tests.fakes import ground, noisy, square_networks, with_squares, write_pictures

HEADER = "clip,start_s,end_s,at_once,distinct,smoke,fire,boxes\n"


def sheet(folder: Path, text: str) -> Path:
    path = folder / "seen.csv"
    path.write_text(text)
    return path


def test_a_row_says_what_was_seen_and_leaves_open_what_was_not(tmp_path: Path) -> None:
    rows = HEADER + "a.mp4,0,12.5,7,9,no,yes,\nb.mp4,,,,,,,b.txt\n"
    assert read_truth(sheet(tmp_path, rows)) == [
        Stretch("a.mp4", 0.0, 12.5, 7, 9, False, True),
        Stretch("b.mp4", boxes=tmp_path / "b.txt"),
    ]


def test_columns_come_in_any_order_and_may_be_left_out(tmp_path: Path) -> None:
    assert read_truth(sheet(tmp_path, "\ufeffat_once,clip\n2, a.mp4 \n")) == [Stretch("a.mp4", at_once=2)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1: name the columns"),
        ("start_s\n1\n", "line 1: name the columns"),
        ("clip,vehicles\na.mp4,1\n", "line 1: name the columns"),
        ("clip,at_once\na.mp4,1\na.mp4,some\n", "line 3: invalid literal.*'some'; correct the row"),
        ("clip,smoke\na.mp4,perhaps\n", "line 2: smoke is 'perhaps', neither yes nor no"),
        ("clip,at_once\n,3\n", "line 2: no clip is named"),
        (HEADER + "a.mp4,1,2,,,,,b.txt\n", "line 2: boxes are of a whole clip"),
    ],
)
def test_a_wrong_sheet_is_refused_with_the_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SystemExit, match=complaint):
        read_truth(sheet(tmp_path, text))


def test_only_what_is_known_is_judged() -> None:
    found = Found(at_once=3, low=2, best=3, high=5, smoke=True, fire=False)
    rows = [
        Stretch("exact", at_once=3, distinct=4, smoke=True, fire=False),
        Stretch("off by one", 0.0, 1.0, at_once=1 + 1, distinct=6, smoke=False, fire=True),
        Stretch("nothing known"),
    ]
    pairs = [(row, found) for row in rows]
    summary = judged(pairs)
    assert summary["at_once"] == {"stretches": 2, "exact": 1, "within_one": 2}
    assert summary["distinct"] == {"stretches": 2, "inside": 1, "mean_width": 3.0}
    assert summary["smoke"] == {"seen": 1, "found": 1, "clear": 1, "false": 1}
    assert summary["fire"] == {"seen": 1, "found": 0, "clear": 1, "false": 0}
    assert "| off by one | 0 | 1 | 3 / 2 | 2-3-5 / 6 | yes / no | no / yes |" in words(pairs, summary)
    assert "| nothing known |  |  | 3 /  | 2-3-5 /  | yes /  | no /  |" in words(pairs, summary)
    assert judged([])["distinct"] == {"stretches": 0, "inside": 0, "mean_width": 0.0}


def test_the_command_judges_clips_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = [noisy(with_squares(ground(1), [(20 + n, 40)]), n) for n in range(25)]
    write_pictures(tmp_path / "one.mp4", pictures)
    (tmp_path / "one.txt").write_text("".join(f"{n + 1},1,{20 + n},40,20,20,1\n" for n in range(25)))
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: square_networks()))
    truth = sheet(tmp_path, "clip,at_once,distinct,smoke\none.mp4,1,1,no\n")
    monkeypatch.setattr(sys, "argv", ["run", "--clips", str(tmp_path), "--truth", str(truth)])
    assert run.main() == 0
    assert "at_once: stretches 1, exact 1, within_one 1" in capsys.readouterr().out


def test_true_boxes_give_the_measures_of_tracking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trackers", reason="measures need `pip install trackers`")
    from benchmarks.own_clips import judge_own_clips

    pictures = [noisy(with_squares(ground(1), [(20 + n, 40)]), n) for n in range(25)]
    write_pictures(tmp_path / "one.mp4", pictures)
    (tmp_path / "one.txt").write_text("".join(f"{n + 1},1,{20 + n},40,20,20,1\n" for n in range(25)))
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: square_networks()))
    said, figures = judge_own_clips(tmp_path, sheet(tmp_path, "clip,boxes\none.mp4,one.txt\n"))
    assert figures["summary"]["tracking"]["IDSW"] == 0
    assert figures["summary"]["tracking"]["MOTA"] > 90
    assert "tracking: HOTA" in said


def test_a_clip_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: square_networks()))
    truth = sheet(tmp_path, "clip\nnone.mp4\n")
    monkeypatch.setattr(sys, "argv", ["run", "--clips", str(tmp_path), "--truth", str(truth)])
    with pytest.raises(SystemExit, match=r"run: .*none\.mp4"):
        run.main()
