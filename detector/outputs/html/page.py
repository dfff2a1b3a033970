"""report.html from a report and its material: a Jinja2 template, a style sheet and a little JavaScript, in one file."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from detector.json_values import json_text
from detector.outputs.credentials import credentials_said
from detector.outputs.html import sentences
from detector.outputs.html.material import Material, span_s
from detector.outputs.html.parts import asset, content_policy, environment
from detector.outputs.review import SCHEMA as REVIEW_SCHEMA
from detector.outputs.review import findings_sha256, labels
from detector.outputs.words import class_name, clock
from detector.printable import printable
from detector.report import Report, report_document

SCRIPTS = ("data.js", "player.js", "timeline.js", "verdicts.js", "cards.js", "page.js")  # in the order they are needed
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


class PageError(ValueError):
    """A page cannot be read back; the message names it, the cause and the remedy."""


def write_page(report: Report, material: Material, path: Path) -> None:
    """Write report.html."""
    path.write_text(render(report, material), encoding="utf-8")


def render(report: Report, material: Material) -> str:
    """The page as HTML. Equal reports and materials give equal pages but for what the report's `run` says."""
    template = environment().get_template("report.html.jinja")
    style, script = asset("report.css"), "\n".join(asset(name) for name in SCRIPTS)
    return template.render(
        report=report,
        say=sentences,
        clock=clock,
        credentials_said=credentials_said,
        policy=content_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=embedded_json(_data(report, material)),
        has_video=material.video_start_s is not None,
        findings=len(report.tracks) + len(report.convoys) + len(report.events),
    )


def read_material(path: Path) -> Material:
    """The material of a page that was written before: so it can be written anew without the clip.

    Raises:
        PageError: the page is not there, or holds no whole material.
    """
    remedy = "analyse the clip again with --overwrite"
    try:
        found = DATA.search(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise PageError(f"{path}: cannot be read ({reason}); {remedy}") from error
    if found is None:
        raise PageError(f"{path}: its data are missing; {remedy}")
    try:
        return msgspec.convert(msgspec.json.decode(found[1])["material"], Material)
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise PageError(f"{path}: its data cannot be read ({error}); {remedy}") from error


def embedded_json(value: Any) -> Markup:
    """JSON that can stand inside a script element: nothing in it can end the element or open a comment."""
    text = json_text(value)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


def _data(report: Report, material: Material) -> dict[str, Any]:
    document = report_document(report)
    start_s, end_s = span_s(report)
    return {
        "clip": {"file": report.input.file, "sha256": report.input.sha256},
        "findings_sha256": findings_sha256(report),
        "review_schema": REVIEW_SCHEMA,
        "start_s": start_s,
        "end_s": end_s,
        **{key: document[key] for key in ("tracks", "convoys", "events", "shots", "review")},
        "labels": labels(report),
        "class_names": {name: printable(class_name(name)) for name in report.networks[0].classes},
        "sentences": {
            "convoys": [sentences.convoy(convoy) for convoy in report.convoys],
            "events": [sentences.event(event) for event in report.events],
        },
        "material": asdict(material),
    }
