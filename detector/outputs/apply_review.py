"""`detect --apply-review`: a person's verdicts written beside the machine's findings."""

import os
from dataclasses import asdict, replace
from pathlib import Path

from detector.json_values import json_text, json_values
from detector.outputs.checksums import CHECKSUMS_NAME, renewed_checksums
from detector.outputs.html.page import read_material, render
from detector.outputs.review import read_review
from detector.report_reading import read_report


def apply_review(review_file: Path, folder: Path) -> int:
    """Write the verdicts of a review.json into the report of a folder; those of an earlier review are replaced.

    Neither the clip nor a network is needed, and nothing the machine found is changed. All is whole before
    any of it is put in place.

    Args:
        review_file: as saved from report.html.
        folder: an output folder of `detect`, with report.json and report.html.

    Returns:
        How many verdicts were written.

    Raises:
        ReportError, PageError, ChecksumsError: the report cannot be read.
        ReviewError: the review is damaged or not of this report.
        OSError: the folder cannot be written.
    """
    report, document = read_report(folder / "report.json")
    review = read_review(review_file, report)
    reviewed = replace(report, review=review)
    document["review"] = json_values(asdict(review))
    texts = {
        "report.html": render(reviewed, read_material(folder / "report.html")),
        "report.json": json_text(document, indent=2) + "\n",
    }
    parts = {name: folder / f".part-{name}" for name in texts}
    try:
        for name, text in texts.items():
            parts[name].write_text(text, encoding="utf-8")
        sums = folder / CHECKSUMS_NAME
        if sums.exists():
            renewed = renewed_checksums(sums, parts)
            parts[CHECKSUMS_NAME] = folder / f".part-{CHECKSUMS_NAME}"
            parts[CHECKSUMS_NAME].write_text(renewed, encoding="utf-8", newline="\n")
        for name, part in parts.items():
            os.replace(part, folder / name)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return len(review.verdicts)
