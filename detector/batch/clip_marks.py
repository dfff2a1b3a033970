"""By what a clip is known again: for a moment by what its file system or store says of it, for good by its content."""

import stat
from contextlib import suppress

from detector.batch.entries import FileMarks
from detector.batch.scratch import scratch
from detector.batch.stores import fetch
from detector.file_hash import sha256_of
from detector.url import Place, Url


def marks_of(clip: Place) -> FileMarks | None:
    """What tells without reading it that a clip is the same as before; None where its store tells nothing.

    Raises:
        OSError: it is not there, or no file.
    """
    if isinstance(clip, Url):
        told = clip.listed
        return FileMarks(told.bytes, 0, 0, told.version) if told and told.version else None
    found = clip.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError("it is no file; name a recorded clip")
    return FileMarks(found.st_size, found.st_mtime_ns, found.st_ino)


def content_of(clip: Place) -> str:
    """SHA-256 of a clip, for which one in a store is copied here.

    Raises:
        OSError: it cannot be read.
    """
    if not isinstance(clip, Url):
        return sha256_of(clip)
    with scratch() as room:
        fetch(clip, room / clip.name)
        return sha256_of(room / clip.name)


def content_while(clip: Place, marks: FileMarks | None) -> str | None:
    """SHA-256 of a clip of this machine that is still the one with these marks; None where that cannot be said."""
    with suppress(OSError):
        if not isinstance(clip, Url) and marks_of(clip) == marks:
            sha256 = sha256_of(clip)
            return sha256 if marks_of(clip) == marks else None
    return None
