"""review.json: the verdicts that a person saved from report.html, taken only if they belong to the report."""

import hashlib
import json
from pathlib import Path
from typing import Literal

import msgspec

from detector.report import Report, report_document
from detector.review_records import Review, Verdict

SCHEMA = "detect-review/1"
LARGEST_BYTES = 16 * 1024 * 1024
EVENT_LABELS = ("smoke", "fire", "flash", "dust", "exhaust", "steam or fog", "light or reflection", "something else")
CONVOY_LABELS = ("parked row", "ordinary traffic", "something else")
OTHER_VEHICLE = "other vehicle"


class ReviewError(ValueError):
    """A review cannot be applied; the message names the file, the cause and the remedy."""


class ReviewedClip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The clip that was reviewed."""

    file: str
    sha256: str


class ReviewFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """review.json as it stands. `findings_sha256` says to which tracks, convoys and events its ids belong."""

    schema: Literal["detect-review/1"]
    clip: ReviewedClip
    findings_sha256: str
    saved: str
    verdicts: tuple["VerdictEntry", ...]


class VerdictEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One verdict, as in `Verdict`."""

    of: Literal["track", "convoy", "event"]
    id: int
    verdict: Literal["confirmed", "rejected", "relabelled"]
    label: str | None = None


def labels(report: Report) -> dict[str, tuple[str, ...]]:
    """What a finding may be called instead, for tracks, convoys and events."""
    return {
        "track": (*report.networks[0].classes, OTHER_VEHICLE),
        "convoy": CONVOY_LABELS,
        "event": EVENT_LABELS,
    }


def findings_sha256(report: Report) -> str:
    """Hash of the findings that verdicts can be about; equal for equal findings in the same clip."""
    document = report_document(report)
    findings = [document["input"]["sha256"], document["tracks"], document["convoys"], document["events"]]
    return hashlib.sha256(json.dumps(findings, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()


def read_review(path: Path, report: Report) -> Review:
    """Read review.json for a report.

    Raises:
        ReviewError: not there, too large, not of this form, of another clip or of other findings, or with a verdict on
            something that the report does not hold.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ReviewError(f"{path}: too large for a review; save it again from report.html")
        file = msgspec.json.decode(path.read_bytes(), type=ReviewFile)
    except OSError as error:
        raise ReviewError(f"{path}: cannot be read ({error.strerror}); save it from report.html") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReviewError(f"{path}: no review of this version ({error}); save it again from report.html") from error
    _check_belongs(path, file, report)
    _check_verdicts(path, file, report)
    verdicts = tuple(Verdict(entry.of, entry.id, entry.verdict, entry.label) for entry in file.verdicts)
    return Review(file.saved, verdicts)


def _check_belongs(path: Path, file: ReviewFile, report: Report) -> None:
    if file.clip.sha256 != report.input.sha256:
        raise ReviewError(
            f"{path}: of another clip ({file.clip.file[:80]}), not of {report.input.file}; name the folder "
            "of its report"
        )
    if file.findings_sha256 != findings_sha256(report):
        raise ReviewError(
            f"{path}: of another report on {report.input.file}: the clip was analysed again since, "
            "and its numbers may mean other vehicles; review the report that is there now"
        )
    if not file.saved or len(file.saved) > 40 or not file.saved.isascii() or not file.saved.isprintable():
        raise ReviewError(f"{path}: {file.saved[:40]!r} is no time of saving; save it again from report.html")


def _check_verdicts(path: Path, file: ReviewFile, report: Report) -> None:
    known = {
        "track": {track.id for track in report.tracks},
        "convoy": set(range(len(report.convoys))),
        "event": set(range(len(report.events))),
    }
    allowed = labels(report)
    seen = set()
    for entry in file.verdicts:
        name = f"{path}: verdict on {entry.of} {entry.id}"
        if entry.id not in known[entry.of]:
            raise ReviewError(f"{name}: the report has none of that number; save the review again from report.html")
        if (entry.of, entry.id) in seen:
            raise ReviewError(f"{name} stands there twice; save the review again from report.html")
        if (entry.verdict == "relabelled") != (entry.label is not None):
            raise ReviewError(f"{name}: a label goes with relabelled, and only with it")
        if entry.label is not None and entry.label not in allowed[entry.of]:
            raise ReviewError(f"{name}: {entry.label[:40]!r} is none of {', '.join(allowed[entry.of])}")
        seen.add((entry.of, entry.id))
