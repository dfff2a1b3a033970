"""What the terminal shows of many clips: bars while they are worked on, a line when one is done, a table at the end."""

import sys
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

from detector.outputs.clip_figures import ClipFigures, ClipRow
from detector.outputs.words import counted
from detector.printable import printable

MOST_ROWS = 40
NAME_COLUMNS = 22  # what the headings of the summary leave of 80


class BatchProgress:
    """A bar over all clips and one for each that is being worked on; on no terminal only a line for each done.

    Args:
        console: for the bars.
        clips: how many there are in all.
        before: how many of them were done by earlier runs.
    """

    def __init__(self, console: Console, clips: int, before: int) -> None:
        columns = (
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[doing]}", markup=False, table_column=Column(no_wrap=True)),
            TimeRemainingColumn(),
        )
        self._bars = Progress(
            *columns,
            console=console,
            disable=not console.is_terminal,
            transient=True,
            redirect_stdout=sys.stdout.isatty(),  # else lines meant for a file would go above the bars
        )
        self._all = self._bars.add_task("", total=clips, doing="")
        self._of_clip: dict[str, TaskID] = {}
        self._told = Counter(before=before)
        self._clips = clips
        self._tell_all()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def at(self, clip: str, doing: str, done: int, expected: int | None) -> None:
        """How far one clip is."""
        if clip not in self._of_clip:
            self._of_clip[clip] = self._bars.add_task(_short(clip, NAME_COLUMNS), total=None, doing="")
        task = self._of_clip[clip]
        if self._bars.tasks[self._bars.task_ids.index(task)].fields["doing"] != doing:
            self._bars.reset(task, total=expected, doing=doing)
        self._bars.update(task, completed=done, total=expected)

    def settled(self, clip: str, state: str) -> None:
        """One clip is over."""
        if clip in self._of_clip:
            self._bars.remove_task(self._of_clip.pop(clip))
        self._told[state] += 1
        self._tell_all()

    def _tell_all(self) -> None:
        failed = f", {self._told['failed']} failed" if self._told["failed"] else ""
        done = self._told.total()
        self._bars.update(self._all, completed=done, description=f"{done} of {counted(self._clips, 'clip')}{failed}")


def clip_line(row: ClipRow) -> str:
    """One clip in one line, when it is done."""
    what = row.reason if row.figures is None else _found(row.figures)
    took = f", in {row.seconds:.1f} s" if row.seconds is not None and row.same_as is None else ""
    same = f", the same as {row.same_as}" if row.same_as else ""
    return printable(f"{row.state}: {row.clip}: {what}{took}{same}")


def batch_summary(rows: Sequence[ClipRow]) -> RenderableType:
    """What was found in each clip, and in how many nothing could be; for `rich.console.Console.print`."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Clip", no_wrap=True)
    for heading in ("Vehicles", "At once", "Convoys", "Smoke", "Fire"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("State", no_wrap=True)
    bad_first = sorted(range(len(rows)), key=lambda index: rows[index].exit_code == 0)
    shown = [rows[index] for index in sorted(bad_first[:MOST_ROWS])]
    for row in shown:
        table.add_row(Text(_short(row.clip, NAME_COLUMNS)), *_cells(row.figures), _mark(row))
    parts: list[RenderableType] = [table]
    if len(rows) > len(shown):
        parts.append(Text(f"and {counted(len(rows) - len(shown), 'more clip')}: see summary.csv or index.html"))
    parts += [Text(printable(f"{row.clip}: {row.reason}"), style="red") for row in shown if _needs_reason(row)]
    parts.append(Text(_in_all(rows), style="bold"))
    return Group(*parts)


def _cells(figures: ClipFigures | None) -> tuple[str, ...]:
    if figures is None:
        return ("–",) * 5
    return (
        _range(figures),
        str(figures.most_at_once),
        str(figures.convoys),
        *(f"{seconds:.0f} s" if seconds else "none" for seconds in (figures.smoke_s, figures.fire_s)),
    )


def _mark(row: ClipRow) -> Text:
    if row.state != "done":
        return Text(row.state, style="bold red")
    if row.same_as:
        return Text("a copy", style="dim")
    return Text("done") if row.exit_code == 0 else Text("partly read", style="red")


def _needs_reason(row: ClipRow) -> bool:
    return row.exit_code != 0 and row.same_as is None and bool(row.reason)


def _in_all(rows: Sequence[ClipRow]) -> str:
    states = Counter(row.state for row in rows)
    partly = sum(row.state == "done" and row.exit_code != 0 for row in rows)
    parts = [f"{counted(len(rows), 'clip')}: {states['done']} done"]
    if partly:
        parts.append(f"{partly} of them read in part")
    parts += [f"{states[state]} {state}" for state in ("failed", "interrupted") if states[state]]
    return ", ".join(parts) + "."


def _found(figures: ClipFigures) -> str:
    parts = ["no vehicle" if not figures.distinct_high else f"{_range(figures)} vehicles"]
    if figures.convoys:
        parts.append(counted(figures.convoys, "convoy"))
    parts += [
        f"{kind} for {seconds:.1f} s"
        for kind, seconds in (("smoke", figures.smoke_s), ("fire", figures.fire_s))
        if seconds
    ]
    return ", ".join(parts)


def _range(figures: ClipFigures) -> str:
    low, best, high = figures.distinct_low, figures.distinct_best, figures.distinct_high
    return str(best) if low == high else f"{low}-{best}-{high}"


def _short(name: str, columns: int) -> str:
    """The end of a name that is too long: that is where names differ."""
    shown = printable(name)
    return shown if len(shown) <= columns else f"…{shown[1 - columns :]}"
