"""Which clips a user means by an address in a store."""

import glob
from pathlib import PurePosixPath

from detector.batch.stores import StoreError, files_in, look_at, matching
from detector.clip import ClipError
from detector.clips_named import CLIP_SUFFIXES
from detector.url import Url, refusal


def clips_in_store(named: Url) -> list[Url]:
    """The clip itself, the clips of a folder, or what a pattern with * matches, as `clips_in` finds them here.

    Each comes with what the store says of it, so that nobody needs to ask again.

    Raises:
        ClipError: the address is none that is gone to, nothing is there, no clip is in it, or it cannot be listed.
        StoreNotInstalledError: the package that speaks to the store is missing.
    """
    reason = refusal(named)
    if reason is not None:
        raise ClipError(reason)
    try:
        return _clips_in(named)
    except StoreError as error:
        raise ClipError(str(error)) from error


def _clips_in(named: Url) -> list[Url]:
    clip = look_at(named)
    if clip is not None:
        return [clip]
    any_ending = True
    if glob.has_magic(named.path):
        folder = named.before_pattern()
        if not folder.path.strip("/"):
            raise ClipError(f"{named}: names no bucket or folder before its pattern; name one")
        deep = "**" in named.path
        there = files_in(folder, None if deep else named.path.count("/") - folder.path.count("/"))
        inside = matching(there, named)
        ending = PurePosixPath(named.path).suffix
        any_ending = not ending or glob.has_magic(ending)
    else:
        there = inside = files_in(named)
    reports = {file.parent for file in there if file.path.endswith("/report.json")}
    clips = [
        file
        for file in inside
        if (not any_ending or PurePosixPath(file.path).suffix.lower() in CLIP_SUFFIXES)
        and not (file.path.endswith("/annotated.mp4") and file.parent in reports)
    ]
    if not clips:
        raise ClipError(
            f"{named}: nothing is there, or no clip in it; name a clip, a folder that holds some, or a pattern with **"
        )
    return clips
