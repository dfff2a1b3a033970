"""report.json read back into a `Report`, with an error that says what to do where that cannot be."""

from pathlib import Path
from typing import Any

import msgspec

from detector.report import SCHEMA, Report

LARGEST_BYTES = 256 * 1024 * 1024
REMEDY = "name the folder that detect wrote, or analyse the clip again with --overwrite"
FAMILY, _, VERSION = SCHEMA.partition("/")


class ReportError(ValueError):
    """A saved report cannot be used; the message names the file, the cause and the remedy."""


def read_report(path: Path) -> tuple[Report, dict[str, Any]]:
    """Read report.json; the report, and the document it was read from.

    Raises:
        ReportError: not there, no report, or of another version of `detect`.
    """
    document = _document(path)
    _check_version(path, document)
    try:
        tracks = [_named(track) for track in document["tracks"]]
        return msgspec.convert({**document, "tracks": tracks}, Report), document
    except (msgspec.ValidationError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(f"{path}: no whole report ({error}); {REMEDY}") from error


def _document(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ReportError(f"{path}: too large for a report; {REMEDY}")
        document = msgspec.json.decode(path.read_bytes())  # which knows no NaN and no halves of letters
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error.strerror}); {REMEDY}") from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ReportError(f"{path}: no JSON ({error}); {REMEDY}") from error
    if not isinstance(document, dict):
        raise ReportError(f"{path}: no report of detect; {REMEDY}")
    return document


def _check_version(path: Path, document: dict[str, Any]) -> None:
    schema = document.get("schema")
    if schema == SCHEMA:
        return
    family, _, version = str(schema).partition("/")
    if family != FAMILY or not version.isdecimal() or len(version) > 9:
        raise ReportError(f"{path}: no report of detect; {REMEDY}")
    versions = document.get("versions")
    written_by = versions.get("detect", "of unknown version") if isinstance(versions, dict) else "of unknown version"
    age = "a newer" if int(version) > int(VERSION) else "an older"
    raise ReportError(
        f"{path}: written by {age} detect {written_by} ({schema}; this one knows {SCHEMA}); use that version, "
        "or analyse the clip again with --overwrite"
    )


def _named(track: dict[str, Any]) -> dict[str, Any]:
    return {"class_name" if key == "class" else key: value for key, value in track.items()}
