"""What every page is made with: templates that escape, files that go into the page, a policy that lets nothing out."""

import base64
import hashlib
from importlib.resources import files

import jinja2

from detector.printable import printable


def environment() -> jinja2.Environment:
    """Templates of this package; what is put into them is text, never HTML."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("detector.outputs.html", "."),
        autoescape=True,
        finalize=_visible,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def asset(name: str) -> str:
    """A style sheet or script of this package."""
    return (files("detector.outputs.html") / name).read_text(encoding="utf-8")


def content_policy(style: str, script: str) -> str:
    """A content security policy under which nothing is fetched but the video beside the page."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_integrity(style)}'",
            f"script-src '{_integrity(script)}'",
            "img-src data:",
            "media-src 'self' file:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _visible(value: object) -> object:
    """Text without the characters that would hide a part of it or turn it around."""
    return printable(value, "\N{REPLACEMENT CHARACTER}") if type(value) is str else value


def _integrity(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
