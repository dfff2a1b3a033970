"""index.html: a page over the reports of many clips, to be sorted and searched; one file, as report.html is."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from detector.outputs.clip_figures import ClipFigures, ClipRow
from detector.outputs.html.parts import asset, content_policy, environment
from detector.outputs.words import clock, counted, share

PAGE_NAME = "report.html"


def write_index(rows: Sequence[ClipRow], path: Path) -> None:
    """Write the page beside the folders that the rows name."""
    path.write_text(render_index(rows), encoding="utf-8")


def render_index(rows: Sequence[ClipRow]) -> str:
    """The page as HTML, rows in the order given. Equal rows give equal pages."""
    style, script = asset("report.css") + asset("index.css"), asset("index.js")
    return (
        environment()
        .get_template("index.html.jinja")
        .render(
            rows=rows,
            in_all=in_all(rows),
            clock=clock,
            share=share,
            vehicles=vehicles,
            link=report_link,
            split=os.path.split,
            policy=content_policy(style, script),
            style=Markup(style),
            script=Markup(script),
        )
    )


def in_all(rows: Sequence[ClipRow]) -> str:
    """How many clips, and what came of them."""
    states = Counter(row.state for row in rows)
    partly = sum(row.state == "done" and row.exit_code != 0 for row in rows)
    parts = [f"{states['done']} analysed" + (f" ({partly} of them read in part)" if partly else "")]
    parts += [f"{states[state]} {state}" for state in ("failed", "interrupted") if states[state]]
    return f"{counted(len(rows), 'clip')}: {', '.join(parts)}."


def vehicles(figures: ClipFigures) -> str:
    """How many different vehicles, with the range."""
    if figures.distinct_low == figures.distinct_high:
        return str(figures.distinct_best)
    return f"{figures.distinct_best} ({figures.distinct_low} to {figures.distinct_high})"


def report_link(folder: str) -> str:
    """Address of a report, relative to the page; a name can be no address of another kind."""
    return "./" + quote(os.fsencode(f"{folder}/{PAGE_NAME}".replace(os.sep, "/")))
