import io

from rich.console import Console

from detector.outputs.batch_terminal import MOST_ROWS, BatchProgress, batch_summary, clip_line
from detector.outputs.clip_figures import ClipRow
from tests.clip_rows import failed, figures, row

EVIL = "a\x1b[2J\u202e[red]\n.mp4"


def printed(rows: list[ClipRow]) -> str:
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(batch_summary(rows))
    return console.export_text()


def test_a_clip_in_one_line() -> None:
    assert clip_line(row(figures=figures(convoys=1, fire_s=2.0))) == (
        "done: a.mp4: 1-2-4 vehicles, 1 convoy, fire for 2.0 s, in 20.5 s"
    )
    assert clip_line(failed()) == "failed: bad.mp4: is no video, in 20.5 s"
    assert clip_line(row("b.mp4", same_as="a.mp4")).endswith(", the same as a.mp4")
    assert not set(clip_line(failed(EVIL, EVIL))) & set("\x1b\n\u202e")


def test_the_table_says_what_was_found_and_what_went_wrong() -> None:
    text = printed([row(), failed(), row("cut.mp4", exit_code=1, reason="counts rest on 62 % of the pictures")])
    assert "1-2-4" in text
    assert "bad.mp4: is no video" in text
    assert "partly read" in text
    assert "3 clips: 2 done, 1 of them read in part, 1 failed." in text


def test_it_fits_eighty_columns_and_cannot_steer_the_terminal() -> None:
    long = [
        row("a" * 250 + ".mp4", figures=figures(smoke_s=9000.0, fire_s=9000.0, distinct_high=1000)),
        failed(EVIL, EVIL),
    ]
    text = printed([*long, row("x" * 60 + EVIL, state="interrupted", exit_code=130, same_as="b")])
    assert all(len(line) <= 80 for line in text.splitlines())
    assert not set(text) & set("\x1b\u202e")
    assert "[red]" in text


def test_a_long_name_keeps_its_end_and_leaves_the_headings_whole() -> None:
    address = "s3://bucket/archive/2026/convoy.mp4"
    text = printed([row(address, exit_code=1, reason="counts rest on 62 % of the pictures")])
    assert "/2026/convoy.mp4 " in text.split("counts rest")[0]
    assert all(heading in text for heading in ("Vehicles", "At once", "Convoys", "Smoke", "Fire", "partly read"))


def test_of_very_many_those_in_trouble_are_shown() -> None:
    text = printed([row(f"{number}.mp4") for number in range(500)] + [failed()])
    assert f"and {501 - MOST_ROWS} more clips: see summary.csv or index.html" in text
    assert "bad.mp4: is no video" in text


def test_nothing_is_drawn_where_there_is_no_terminal() -> None:
    console = Console(file=io.StringIO())
    with BatchProgress(console, 3, 1) as progress:
        progress.at("a.mp4", "looking", 1, 10)
        progress.settled("a.mp4", "done")
    assert console.file.getvalue() == ""  # type: ignore[attr-defined]


def test_the_bars_tell_of_all_clips_and_of_each_that_is_worked_on() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, height=20, color_system=None)
    with BatchProgress(console, 30, 10) as progress:
        progress.at("a.mp4", "looking", 1, 10)
        progress.at("b.mp4", "drawing", 5, None)
        progress.settled("c.mp4", "failed")
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "11 of 30 clips, 1 failed" in text
    assert "looking" in text
    assert "drawing" in text
