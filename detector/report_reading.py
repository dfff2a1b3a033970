"""report.json read back into a `Report`, with an error that says what to do where that cannot be."""

import json
from pathlib import Path
from typing import Any

import msgspec

from detector.report import SCHEMA, Report

LARGEST_BYTES = 256 * 1024 * 1024


class ReportError(ValueError):
    """A saved report cannot be used; the message names the file, the cause and the remedy."""


def read_report(path: Path) -> tuple[Report, dict[str, Any]]:
    """Read report.json; the report, and the document it was read from.

    Raises:
        ReportError: not there, no report, or of another version of `detect`.
    """
    document = _document(path)
    _check_version(path, document.get("schema"))
    try:
        tracks = [_named(track) for track in document["tracks"]]
        return msgspec.convert({**document, "tracks": tracks}, Report), document
    except (msgspec.ValidationError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(f"{path}: no whole report ({error}); analyse the clip again with --overwrite") from error


def _document(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ReportError(f"{path}: too large for a report; name the folder that `detect` wrote")
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error.strerror}); name the folder that `detect` wrote") from error
    except (ValueError, RecursionError) as error:
        raise ReportError(f"{path}: not JSON ({error}); analyse the clip again with --overwrite") from error
    if not isinstance(document, dict):
        raise ReportError(f"{path}: no report; analyse the clip again with --overwrite")
    return document


def _check_version(path: Path, schema: object) -> None:
    family, _, version = str(schema).partition("/")
    if schema == SCHEMA:
        return
    if family == "detect-report" and version.isdigit() and int(version) > int(SCHEMA.partition("/")[2]):
        raise ReportError(f"{path}: written by a newer detect ({schema}; this one knows {SCHEMA}); install that one")
    raise ReportError(f"{path}: {schema!r} is not {SCHEMA}; analyse the clip again with --overwrite")


def _named(track: dict[str, Any]) -> dict[str, Any]:
    return {"class_name" if key == "class" else key: value for key, value in track.items()}
