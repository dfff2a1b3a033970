"""Parsers of what lies in a folder of outputs, through the two commands that read it: a review applied to it, and a
verification, up to the clip, which is another one."""

from functools import partial
from pathlib import Path

import msgspec

from benchmarks.fuzzing.parser import Parser
from detector.outputs.apply_review import apply_review
from detector.outputs.checksums import CHECKSUMS_NAME, ChecksumsError, write_checksums
from detector.outputs.html.material import Material
from detector.outputs.html.page import PageError, write_page
from detector.outputs.review import SCHEMA, ReviewError, findings_sha256
from detector.outputs.terminal import summary
from detector.report import write_report
from detector.report_reading import ReportError, read_report
from detector.verify import VerifyError, verify
from tests.reports import convoy, event, report, shot, track

ERRORS = (ReportError, PageError, ReviewError, ChecksumsError, VerifyError)
NAMES = ("report.json", "report.html", "review.json", CHECKSUMS_NAME)


def parsers_of_report_files(folder: Path) -> list[Parser]:
    """One for each file of a folder of outputs, and the review; the others of the folder are sound."""
    place = folder / "clip.detect"
    place.mkdir()
    (folder / "other.mp4").write_text("another clip")
    found = report(shots=(shot(),), tracks=(track(1), track(2)), events=(event(),), convoys=(convoy(1, 2),))
    write_report(found, place / "report.json")
    write_page(found, Material((1, 2), ((1.0, 2.0),), 0.0, {"track 1": "AAAA"}), place / "report.html")
    _write_review(place)
    write_checksums({name: place / name for name in NAMES[:2]}, place / CHECKSUMS_NAME)
    sound = {name: (place / name).read_bytes() for name in NAMES}
    return [Parser(name, sound[name], partial(_use, place, name, sound), ERRORS) for name in NAMES]


def _write_review(folder: Path) -> None:
    """A review that belongs to the report of a folder."""
    found, _ = read_report(folder / "report.json")
    verdicts = [{"of": "track", "id": 1, "verdict": "rejected"}] if any(one.id == 1 for one in found.tracks) else []
    review = {
        "schema": SCHEMA,
        "clip": {"file": found.input.file, "sha256": found.input.sha256},
        "findings_sha256": findings_sha256(found),
        "saved": "2024-01-01T00:00:00Z",
        "verdicts": verdicts,
    }
    (folder / "review.json").write_bytes(msgspec.json.encode(review))


def _use(folder: Path, name: str, sound: dict[str, bytes], path: Path) -> None:
    """Put the broken file in the place of the sound one, and do with the folder what can be done."""
    for each, content in sound.items():
        (folder / each).write_bytes(content)
    (folder / name).write_bytes(path.read_bytes())
    found, _ = read_report(folder / "report.json")
    summary(found)
    if name == "report.json":
        _write_review(folder)
    verify(folder, folder.parent / "other.mp4")
    apply_review(folder / "review.json", folder)
