"""Is a folder of outputs still what detect found? Files, clip and networks against their SHA-256; then the whole
analysis again, in a folder of its own, compared value by value and byte by byte.

Pictures are not drawn again: annotated.mp4, and the pictures in report.html, are checked by SHA-256 only.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from detector import __version__
from detector.analysis import Networks, analyze
from detector.file_hash import sha256_of
from detector.json_differences import as_read, value_differences
from detector.outputs.checksums import CHECKSUMS_NAME, ChecksumsError, read_checksums
from detector.outputs.folder import OutputFolder
from detector.outputs.formats import FORMATS, write_formats
from detector.outputs.html.page import PageError, read_material, render
from detector.outputs.lines import line_outputs
from detector.report import Report, report_document, write_report
from detector.report_reading import read_report
from detector.wish import DeviceName

REPORT_NAME, PAGE_NAME = "report.json", "report.html"
MAY_DIFFER = ("run", "review")  # of the saved report; the second is a person's
REMARKED = ("device", "versions")  # not what was found, but what may explain a difference
MOST_TOLD = 20  # differences within the report


class VerifyError(ValueError):
    """Something needed for it is missing; the message names it and the remedy."""


@dataclass(frozen=True)
class Comparison:
    """What came out.

    Attributes:
        differences: what is not as it was, in words; empty if the report stands.
        remarks: what else is not the same, such as versions.
    """

    differences: tuple[str, ...]
    remarks: tuple[str, ...]


def verify(
    folder: Path,
    clip: Path | None = None,
    *,
    device: DeviceName = "auto",
    model: str | None = None,
    tracks: Path | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Comparison:
    """Check a folder of outputs, and run its analysis again if clip and networks are the same.

    Args:
        folder: of the outputs.
        clip: None for the one beside the folder that has the name in the report.
        device: where the networks run this time.
        model: network of the vehicles, as `load_network` takes it; None for the one named in the report.
        tracks: the file the detections were read from, for a report that was made so.
        on_progress: see `analyze`.

    Raises:
        ReportError: the folder has no report that can be verified.
        VerifyError: clip or tracks have to be named.
        ClipError, DeviceError, ModelError, MotFileError: see `analyze`.
    """
    saved, document = read_report(folder / REPORT_NAME)
    clip = _clip(folder, clip, saved)
    differences = [*_file_differences(folder), *_page_differences(folder / PAGE_NAME, saved)]
    if sha256_of(clip) != saved.input.sha256:
        differences.append(f"{clip}: is not the clip of the report, whose SHA-256 is {saved.input.sha256}")
        return Comparison(tuple(differences), ("the analysis was not run again",))
    networks = _networks(saved, device, model, tracks)
    changed = list(_network_differences(saved, networks))
    if changed or saved.coverage.interrupted:
        if saved.coverage.interrupted:
            changed.append("the run was broken off by the user, so it cannot be run again to the same end")
        return Comparison((*differences, *changed), ("the analysis was not run again",))
    with tempfile.TemporaryDirectory() as again:
        now = _run_again(clip, saved, networks, folder, Path(again), on_progress)
        unread = _credentials_not_compared(document, now)
        told = list(_report_differences(document, now))
        differences += told[:MOST_TOLD]
        if len(told) > MOST_TOLD:
            differences.append(f"report.json: {len(told) - MOST_TOLD} more differences")
        differences += _output_differences(folder, Path(again))
    return Comparison(tuple(differences), (*unread, *_remarks(document, now)))


def _remarks(saved: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """What may explain a difference. Not why a device was taken: here it is the one of the report that is asked for."""
    for key in REMARKED:
        then, today = saved.get(key), as_read(now[key])
        if key == "device" and isinstance(then, dict):
            then, today = ({**of, "reason": None} for of in (then, today))
        yield from value_differences(then, today, key)


def _clip(folder: Path, clip: Path | None, saved: Report) -> Path:
    path = clip or folder.resolve().parent / Path(saved.input.file).name
    if not path.is_file():
        raise VerifyError(f"{path}: no such clip; name it: detect --verify {folder} CLIP")
    return path


def _file_differences(folder: Path) -> Iterator[str]:
    try:
        listed = read_checksums(folder / CHECKSUMS_NAME)
    except ChecksumsError as error:
        yield str(error)
        return
    for name, sha256 in listed.items():
        path = folder / name
        if not path.is_file():
            yield f"{name}: is missing"
        elif sha256_of(path) != sha256:
            yield f"{name}: was changed after it was written"
    if REPORT_NAME not in listed:
        yield f"{REPORT_NAME}: is not in {CHECKSUMS_NAME}"


def _page_differences(page: Path, saved: Report) -> Iterator[str]:
    """Whether the page says what the report says; passed over where it is of another version, with other pages."""
    if not page.is_file() or saved.versions.get("detect") != __version__:
        return
    try:
        same = render(saved, read_material(page)) == page.read_text(encoding="utf-8")
    except PageError as error:
        yield str(error)
        return
    if not same:
        yield f"{PAGE_NAME}: does not say what {REPORT_NAME} says"


def _networks(saved: Report, device: DeviceName, model: str | None, tracks: Path | None) -> Networks:
    if saved.settings.tracks is None:
        precision = saved.networks[0].precision or "auto"
        return Networks.load(device, model or Path(saved.networks[0].name).name, precision=precision)
    if tracks is None:
        raise VerifyError(f"the vehicles were read from {saved.settings.tracks}; name that file with --tracks")
    return Networks.load_saved(tracks, device, model or "fast")


def _network_differences(saved: Report, networks: Networks) -> Iterator[str]:
    for used, now in zip(saved.networks, (networks.vehicles.card, networks.smoke_fire.card), strict=True):
        if now.sha256 != used.sha256:
            yield f"{used.name}: is not the network or file of the report, whose SHA-256 is {used.sha256}"


def _run_again(
    clip: Path,
    saved: Report,
    networks: Networks,
    folder: Path,
    again: Path,
    on_progress: Callable[[int, int | None], None] | None,
) -> dict[str, Any]:
    """All outputs but the video into the folder `again`; the report's document."""
    settings = {key: value for key, value in asdict(saved.settings).items() if key not in ("tracks", "limits")}
    formats = [name for name, files in FORMATS.items() if any((folder / file).exists() for file in files)]
    with OutputFolder(again) as outputs:
        with line_outputs(outputs, networks.vehicles.classes) as lines:
            report = analyze(
                clip,
                networks=networks,
                on_detections=lines.on_detections,
                on_frames=lines.on_frames,
                on_progress=on_progress,
                limits=saved.settings.limits,
                sandbox=saved.run.sandbox is not None,
                **settings,
            )
            if report.coverage.interrupted:
                raise KeyboardInterrupt
        write_report(report, outputs.part(REPORT_NAME))
        write_formats(formats, report, clip, outputs)
    return report_document(report)


def _credentials_not_compared(saved: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Content credentials are compared where they were looked for both times; else taken out, with a remark."""
    both = [document["input"].get("content_credentials") for document in (saved, now)]
    if both[0] == both[1] or None not in both:
        return []
    for document in (saved, now):
        document["input"] = {**document["input"], "content_credentials": None}
    when = "when the report was made" if both[0] is None else "now"
    return [f"content credentials were not looked for {when}, for want of the extra c2pa; they are not compared"]


def _report_differences(saved: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Every value that is another in the report than in the one made now, but for those that may differ."""
    passed_over = {*MAY_DIFFER, *REMARKED}
    old, new = ({key: value for key, value in document.items() if key not in passed_over} for document in (saved, now))
    return (f"report.json: {difference}" for difference in value_differences(old, as_read(new)))


def _output_differences(folder: Path, again: Path) -> Iterator[str]:
    """Outputs that the analysis gives in other words now."""
    made = [path for path in sorted(again.iterdir()) if path.name not in (REPORT_NAME, CHECKSUMS_NAME)]
    for path in made:
        if (folder / path.name).is_file() and sha256_of(folder / path.name) != sha256_of(path):
            yield f"{path.name}: is not what the analysis gives now"
