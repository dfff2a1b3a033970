"""What a batch writes of its own, and what clips left, in a folder of this machine or of a store alike."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from detector.batch.manifest import Manifest, open_manifest
from detector.batch.scratch import scratch
from detector.batch.stored_manifest import open_stored_manifest
from detector.batch.stores import files_in, look_at, put_file
from detector.outputs.folder import OUTPUT_NAMES
from detector.url import Place, Url


def manifest_of(folder: Place) -> AbstractContextManager[Manifest]:
    """See `open_manifest` and `open_stored_manifest`."""
    return open_stored_manifest(folder) if isinstance(folder, Url) else open_manifest(folder)


def is_there(place: Place) -> bool:
    """Whether something has this name already."""
    return look_at(place) is not None if isinstance(place, Url) else os.path.lexists(place)


def outputs_there(folder: Place) -> list[str]:
    """Names of outputs of a clip that a folder holds."""
    if isinstance(folder, Path):
        return [name for name in OUTPUT_NAMES if (folder / name).exists()]
    there = {file.relative_to(folder) for file in files_in(folder)}
    return [name for name in OUTPUT_NAMES if name in there]


def write_whole(place: Place, write: Callable[[Path], None]) -> None:
    """Have a file written beside, or on this machine, and put it in its place when it is whole."""
    if isinstance(place, Url):
        with scratch() as room:
            write(room / place.name)
            put_file(room / place.name, place)
        return
    part = place.with_name(f".part-{place.name}")
    write(part)
    os.replace(part, place)
