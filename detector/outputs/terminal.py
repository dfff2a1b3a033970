"""What the terminal shows: a bar while it works, then a summary, at most 80 columns wide where the terminal is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from detector.outputs.credentials import credentials_said
from detector.outputs.words import clock, counted, heading, share, span
from detector.printable import printable
from detector.report import Convoy, Coverage, Distinct, Event, MostAtOnce, Report

LONGEST_NAME = 24


def summary(report: Report) -> RenderableType:
    """What was found and what was not seen, for `rich.console.Console.print`."""
    table = Table(title=_plain(report.input.file), title_justify="left", show_header=False, expand=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    counts = report.counts
    table.add_row("Vehicles", _distinct(counts.distinct))
    table.add_row("Most at once", _at_once(counts.most_at_once))
    for name, count in (*counts.by_group.items(), *counts.by_class.items()):
        at_once = f"{count.most_at_once.vehicles} at once"
        table.add_row(_plain(f"  {_short(name)}"), f"{_distinct(count.distinct)}; {at_once}")
    table.add_row("Convoys", "\n".join(map(_convoy, report.convoys)) or "none found")
    for kinds in (("smoke",), ("fire", "flash")):
        events = [event for event in report.events if event.kind in kinds]
        table.add_row(kinds[0].capitalize(), "\n".join(map(_event, events)) or "none flagged")
    footage = sum(shot.kind == "footage" for shot in report.shots)
    colourless = sum(shot.monochrome for shot in report.shots)
    without = f"; {colourless} without colours, where no fire is claimed" if colourless else ""
    table.add_row("Shots", f"{len(report.shots)}, of which {footage} footage{without}")
    table.add_row("Looked at", _coverage(report.coverage))
    unread = _unread(report.coverage)
    table.add_row("Not read", Text(unread, style="bold red") if unread else "nothing: every picture was decoded")
    if report.run.sandbox is not None:
        given_up = ", ".join(report.run.sandbox)
        table.add_row("Confined", _plain(f"reading, which gave up {given_up}; the sound is left out"))
    table.add_row("Credentials", _plain(credentials_said(report.input.content_credentials)))
    device = report.device
    speed = f"{report.run.frames_per_second:.1f} frames per second"
    table.add_row("Run", _plain(f"{device.used} ({device.reason}), {_sizes(report)}, {speed}"))
    return Group(table, Text(printable(f"About the count: {counts.reason}."), style="dim"))


@contextmanager
def progress(console: Console, doing: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar with frames a second and the time left; nothing where the output is no terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(doing, total=None, rate="")

        def tell(done: int, expected: int | None) -> None:
            speed = progress.tasks[task].speed
            progress.update(task, completed=done, total=expected, rate=f"{speed:.1f} fps" if speed else "")

        yield tell


def _plain(text: str) -> Text:
    """What is not ours to choose: never taken for markup, nor for the name of an emoji."""
    return Text(printable(text))


def _short(name: str) -> str:
    """A name that leaves room for the other column."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _distinct(distinct: Distinct) -> str:
    if distinct.low == distinct.high:
        return f"{distinct.best} distinct"
    return f"{distinct.low} to {distinct.high} distinct, most likely {distinct.best}"


def _at_once(most: MostAtOnce) -> str:
    if most.frame is None or most.time_s is None:
        return "none found"
    return f"{most.vehicles}, first at {clock(most.time_s)} (frame {most.frame})"


def _convoy(convoy: Convoy) -> str:
    return (
        f"{convoy.size} vehicles going {heading(convoy.direction_degrees)}, "
        f"{convoy.spacing_lengths:.1f} vehicle lengths apart, {clock(convoy.start_s)} to {clock(convoy.end_s)}"
    )


def _event(event: Event) -> str:
    said = [f"{clock(event.start_s)} to {clock(event.end_s)}", f"confidence {event.confidence:.2f}"]
    if event.kind == "flash":
        said.append("a flash")
    if event.tracks:
        said.append(f"on track{'' if len(event.tracks) == 1 else 's'} {', '.join(map(str, event.tracks))}")
    if event.uncertain:
        said.append("uncertain: it may be dust or the like")
    return ", ".join(said)


def _coverage(coverage: Coverage) -> str:
    parts = [f"{coverage.frames_decoded} frames"]
    if coverage.frames_looked_at < coverage.frames_decoded:
        parts.append(f"{coverage.frames_looked_at} of them for vehicles, carried in between")
    if coverage.frames_dark:
        parts.append(f"{coverage.frames_dark} too dark")
    if coverage.frames_not_footage:
        parts.append(f"{coverage.frames_not_footage} not footage")
    if coverage.smallest_vehicle_px is not None:
        parts.append(f"nothing under {coverage.smallest_vehicle_px:g} px")
    return ", ".join(parts)


def _sizes(report: Report) -> str:
    if report.settings.tracks is not None:
        return f"vehicles from {report.settings.tracks}"
    sizes_px = [shot.input_size_px for shot in report.shots if shot.input_size_px] or [report.networks[0].size_px or 0]
    least, most = min(sizes_px), max(sizes_px)
    return f"{least} px" if least == most else f"{least} to {most} px"


def _unread(coverage: Coverage) -> str:
    parts = []
    if not coverage.complete:
        parts.append(f"the counts rest on {share(coverage.share_read)} of the pictures")
    if coverage.frames_failed:
        parts.append(f"{counted(coverage.frames_failed, 'picture')} failed")
    for place in coverage.damage:
        parts.append(f"{span(place.time_s, place.until_s)}: {printable(place.reason)}")
    if coverage.clip_changed:
        parts.append("the file was changed or taken away while it was read")
    if coverage.interrupted:
        parts.append("broken off by the user; the rest was not looked at")
    return "\n".join(parts)
