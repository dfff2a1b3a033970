"""A clip of a store, or one whose outputs go to one, done as any other: copied to this machine and analysed here, its
outputs put there, the report and what lists it last. FFmpeg is never given an address."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from detector.analysis import Networks
from detector.batch.clip_task import At, ClipOutcome, ClipTask
from detector.batch.places import outputs_there
from detector.batch.scratch import scratch
from detector.batch.stores import NoRoomError, StoreError, StoreNotInstalledError, fetch, put_file, remove
from detector.exit_codes import INTERRUPTED, NO_DEVICE_OR_MODEL, UNREADABLE, WRONG_USAGE
from detector.file_hash import sha256_of
from detector.outputs.checksums import CHECKSUMS_NAME
from detector.outputs.folder import OUTPUT_NAMES
from detector.url import Url

REPORT_NAME = "report.json"
DoClip = Callable[[ClipTask, Callable[[At], None], Networks | None], ClipOutcome]


def do_anywhere(
    do: DoClip, task: ClipTask, tell: Callable[[At], None], networks: Networks | None = None
) -> ClipOutcome:
    """Do a clip wherever it lies, with `do` for one that lies here and stays here. Nothing that is wrong is raised."""
    if isinstance(task.clip, Path) and isinstance(task.folder, Path):
        return do(task, tell, networks)
    try:
        with scratch() as room:
            return _do(do, task, room, tell, networks)
    except StoreNotInstalledError as error:
        return ClipOutcome(NO_DEVICE_OR_MODEL, str(error), None)
    except KeyboardInterrupt:
        return ClipOutcome(INTERRUPTED, "broken off by the user", None)
    except OSError as error:
        return ClipOutcome(WRONG_USAGE, f"no room to work in ({error}); set TMPDIR to a disk that has some", None)


def _do(do: DoClip, task: ClipTask, room: Path, tell: Callable[[At], None], networks: Networks | None) -> ClipOutcome:
    clip, folder, sha256 = task.clip, task.folder, None
    if isinstance(folder, Url):
        try:
            there = outputs_there(folder)
        except StoreError as error:
            return ClipOutcome(WRONG_USAGE, str(error), None)
        if there and not task.request.overwrite:
            return ClipOutcome(WRONG_USAGE, _in_the_way(folder, there), None)
        folder = room / "outputs"
    if isinstance(clip, Url):
        tell(At("copying it here", 0, None))
        copy = room / "clip" / clip.name
        copy.parent.mkdir()
        try:
            fetch(clip, copy)
        except NoRoomError as error:
            return ClipOutcome(WRONG_USAGE, str(error), None)
        except StoreError as error:
            return ClipOutcome(UNREADABLE, str(error).removeprefix(f"{clip}: "), None, was_read=False)
        clip, sha256 = copy, sha256_of(copy)
    outcome = do(replace(task, clip=clip, folder=folder), tell, networks)
    reason = outcome.reason.replace(str(folder), str(task.folder)).replace(str(clip), str(task.clip))
    outcome = replace(outcome, reason=reason, sha256=outcome.sha256 or sha256)
    if isinstance(task.folder, Url) and outcome.figures is not None:
        tell(At("writing back", 0, None))
        try:
            _put(folder, task.folder)
        except StoreError as error:
            return ClipOutcome(WRONG_USAGE, str(error), outcome.seconds)
    return outcome


def _put(folder: Path, there: Url) -> None:
    """So that at no moment a report stands beside outputs that are not its own."""
    whole = [name for name in OUTPUT_NAMES if (folder / name).is_file()]
    for name in reversed(outputs_there(there)):
        if name in (REPORT_NAME, CHECKSUMS_NAME) or name not in whole:
            remove(there / name)
    for name in whole:
        put_file(folder / name, there / name)


def _in_the_way(folder: Url, there: Iterable[str]) -> str:
    return f"{folder}: {', '.join(there)} already there; add --overwrite to replace, or choose another --out"
