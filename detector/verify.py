"""Is a folder of outputs still what detect found? Files, clip and networks against their SHA-256; then the whole
analysis again, in a folder of its own, compared value by value and byte by byte.

Pictures are not drawn again: annotated.mp4 is checked by its SHA-256 only.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.analysis import Networks, analyze
from detector.device import DeviceName
from detector.json_differences import as_read, value_differences
from detector.outputs.checksums import CHECKSUMS_NAME, ChecksumsError, read_checksums, sha256_of
from detector.outputs.folder import OutputFolder
from detector.outputs.formats import FORMATS, write_formats
from detector.outputs.lines import line_outputs
from detector.report import SCHEMA, report_document, write_report

REPORT_NAME = "report.json"
MAY_DIFFER = ("run", "review")  # of the saved report; the second is a person's
REMARKED = ("device", "versions")  # not what was found, but what may explain a difference
MOST_TOLD = 20  # differences within the report
FAMILY, _, VERSION = SCHEMA.partition("/")


class VerifyError(ValueError):
    """There is nothing to verify, or something needed for it is missing; the message names it and the remedy."""


@dataclass(frozen=True)
class Verdict:
    """What came out.

    Attributes:
        differences: what is not as it was, in words; empty if the report stands.
        remarks: what else is not the same, such as versions.
    """

    differences: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Saved:
    """What a saved report says of how it came about."""

    document: dict[str, Any]
    clip_name: str
    clip_sha256: str
    networks: tuple[tuple[str, str], ...]  # name and SHA-256
    settings: dict[str, Any]
    interrupted: bool


def verify(
    folder: Path,
    clip: Path | None = None,
    *,
    device: DeviceName = "auto",
    model: str | None = None,
    tracks: Path | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Verdict:
    """Check a folder of outputs, and run its analysis again if clip and networks are the same.

    Args:
        folder: of the outputs.
        clip: None for the one beside the folder that has the name in the report.
        device: where the networks run this time.
        model: network of the vehicles, as `load_network` takes it; None for the one named in the report.
        tracks: the file the detections were read from, for a report that was made so.
        on_progress: see `analyze`.

    Raises:
        VerifyError: the folder has no report that can be verified, or clip or tracks have to be named.
        ClipError, DeviceError, ModelError, MotFileError: see `analyze`.
    """
    saved = _read_saved(folder / REPORT_NAME)
    clip = _clip(folder, clip, saved)
    differences = list(_file_differences(folder))
    if sha256_of(clip) != saved.clip_sha256:
        differences.append(f"{clip}: is not the clip of the report, whose SHA-256 is {saved.clip_sha256}")
        return Verdict(tuple(differences), ("the analysis was not run again",))
    networks = _networks(saved, device, model, tracks)
    changed = list(_network_differences(saved, networks))
    if changed or saved.interrupted:
        if saved.interrupted:
            changed.append("the run was broken off by the user, so it cannot be run again to the same end")
        return Verdict((*differences, *changed), ("the analysis was not run again",))
    with tempfile.TemporaryDirectory() as again:
        document = _run_again(clip, saved, networks, folder, Path(again), on_progress)
        told = list(_report_differences(saved.document, document))
        differences += told[:MOST_TOLD]
        if len(told) > MOST_TOLD:
            differences.append(f"report.json: {len(told) - MOST_TOLD} more differences")
        differences += _output_differences(folder, Path(again))
    remarks = [
        difference
        for key in REMARKED
        for difference in value_differences(saved.document.get(key), as_read(document[key]), key)
    ]
    return Verdict(tuple(differences), tuple(remarks))


def _read_saved(path: Path) -> _Saved:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no JSON"
        raise VerifyError(f"{path}: cannot be read ({reason}); name the folder that detect wrote") from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        raise VerifyError(f"{path}: {_other_schema(schema, document)}")
    try:
        vehicles, smoke_fire = document["networks"]
        return _Saved(
            document,
            clip_name=Path(document["input"]["file"]).name,
            clip_sha256=str(document["input"]["sha256"]),
            networks=tuple((Path(used["name"]).name, str(used["sha256"])) for used in (vehicles, smoke_fire)),
            settings=_settings(document["settings"]),
            interrupted=bool(document["coverage"]["interrupted"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise VerifyError(f"{path}: is no whole report ({error!r}); take it as detect wrote it") from error


def _other_schema(schema: object, document: object) -> str:
    family, _, version = str(schema).partition("/")
    if family != FAMILY or not version.isdecimal() or not isinstance(document, dict):
        return "is no report of detect; name the folder that detect wrote"
    versions = document.get("versions")
    written_by = versions.get("detect", "") if isinstance(versions, dict) else ""
    newer = "a newer" if int(version) > int(VERSION) else "an older"
    return f"is {schema} of {newer} detect {written_by}, this one knows {SCHEMA}; verify it with that version of detect"


def _settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Of `analyze`, and `tracks`."""
    numbers = {key: None if settings[key] is None else float(settings[key]) for key in ("confidence", "from_s", "to_s")}
    classes = None if settings["classes"] is None else tuple(map(str, settings["classes"]))
    size = "auto" if settings["size"] == "auto" else int(settings["size"])
    return {**numbers, "classes": classes, "size": size} | {key: settings[key] for key in ("threshold", "tracks")}


def _clip(folder: Path, clip: Path | None, saved: _Saved) -> Path:
    path = clip or folder.resolve().parent / saved.clip_name
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


def _networks(saved: _Saved, device: DeviceName, model: str | None, tracks: Path | None) -> Networks:
    if saved.settings["tracks"] is None:
        return Networks.load(device, model or saved.networks[0][0])
    if tracks is None:
        raise VerifyError(f"the vehicles were read from {saved.settings['tracks']}; name that file with --tracks")
    return Networks.load_saved(tracks, device, model or "fast")


def _network_differences(saved: _Saved, networks: Networks) -> Iterator[str]:
    for (name, sha256), now in zip(saved.networks, (networks.vehicles.card, networks.smoke_fire.card), strict=False):
        if now.sha256 != sha256:
            yield f"{name}: is not the network or file of the report, whose SHA-256 is {sha256}"


def _run_again(
    clip: Path,
    saved: _Saved,
    networks: Networks,
    folder: Path,
    again: Path,
    on_progress: Callable[[int, int | None], None] | None,
) -> dict[str, Any]:
    """All outputs but the video into the folder `again`; the report's document."""
    settings = {key: value for key, value in saved.settings.items() if key != "tracks"}
    formats = [name for name, files in FORMATS.items() if any((folder / file).exists() for file in files)]
    with OutputFolder(again) as outputs:
        with line_outputs(outputs, networks.vehicles.classes) as lines:
            report = analyze(
                clip,
                networks=networks,
                on_detections=lines.on_detections,
                on_frames=lines.on_frames,
                on_progress=on_progress,
                **settings,
            )
            if report.coverage.interrupted:
                raise KeyboardInterrupt
        write_report(report, outputs.part(REPORT_NAME))
        write_formats(formats, report, clip, outputs)
    return report_document(report)


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
