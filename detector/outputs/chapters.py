"""The chapters of annotated.mp4: one where a shot begins, and one where an event or a convoy begins."""

from detector.clip_writer import Chapter
from detector.report import Report


def chapters(report: Report) -> list[Chapter]:
    """Chapters in order, none inside another, since players show one at a time; times in the clip's own stamps."""
    titles: dict[float, list[str]] = {}
    for number, shot in enumerate(report.shots, start=1):
        titles.setdefault(shot.start_s, []).append(
            f"Shot {number}" + ("" if shot.kind == "footage" else f" ({shot.kind})")
        )
    for number, convoy in enumerate(report.convoys, start=1):
        titles.setdefault(convoy.start_s, []).append(f"Convoy {number}: {convoy.size} vehicles")
    for event in report.events:
        titles.setdefault(event.start_s, []).append(event.kind.capitalize())
    starts_s = sorted(titles)
    ends_s = [*starts_s[1:], *(shot.end_s for shot in report.shots[-1:])]
    return [
        Chapter(start_s, end_s, ", ".join(titles[start_s])) for start_s, end_s in zip(starts_s, ends_s, strict=True)
    ]
