"""Files in stores, through fsspec: listed, copied here, put there. The only place that imports fsspec.

A store's own package finds its credentials itself, in the environment or its settings; none is taken or told here.
"""

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from detector.url import Listed, Url, without_secrets

LONGEST_REASON = 200
TAG_KEYS = ("ETag", "etag", "md5Hash", "crc32c", "generation", "ino")  # as the packages of the stores call them
TIME_KEYS = ("LastModified", "last_modified", "updated", "mtime", "created")


class StoreError(OSError):
    """A store cannot be used as asked; the message names the address, the cause and the remedy."""


class NotThereError(StoreError):
    """There is no such file in the store, or no longer."""


class NoRoomError(StoreError):
    """A file of the store does not fit on this machine."""


class StoreNotInstalledError(RuntimeError):
    """The package that speaks to a store is not installed on this machine."""


def look_at(url: Url) -> Url | None:
    """The same address with what the store says of it now; None where no file is there.

    Raises:
        StoreError, StoreNotInstalledError: as everything here.
    """
    with _told(url, "cannot be looked for"):
        try:
            found = _filesystem(url).info(_at(url))
        except FileNotFoundError:
            return None
        return replace(url, listed=_listed(found)) if found["type"] == "file" else None


def files_in(folder: Url, depth: int | None = 1) -> list[Url]:
    """All files in a folder, and in those in it down to a depth, in the order of their names; none if nothing is there.
    Links are no files."""
    with _told(folder, "cannot be listed"):
        root = _at(folder)
        found = _filesystem(folder).find(root, maxdepth=depth, detail=True)
        inside = [(path[len(root) + 1 :], told) for path, told in found.items() if path.startswith(f"{root}/")]
        return [replace(folder / name, listed=_listed(told)) for name, told in sorted(inside, key=lambda one: one[0])]


def matching(files: list[Url], pattern: Url) -> list[Url]:
    """Those that a pattern with * means."""
    from fsspec.utils import glob_translate

    matches = re.compile(glob_translate(_at(pattern))).match
    return [file for file in files if matches(_at(file))]


def fetch(url: Url, path: Path) -> None:
    """Copy a file here; it is the whole of what the store had, or an error.

    Raises:
        NoRoomError: it does not fit on this machine.
        StoreError: also where it was changed while it was copied.
    """
    before = look_at(url)
    if before is None or before.listed is None:
        raise NotThereError(f"{url}: is not there any more; name what is there now")
    free_bytes = shutil.disk_usage(path.parent).free
    if before.listed.bytes > free_bytes:
        room = f"{before.listed.bytes / 1e9:.1f} GB, and {free_bytes / 1e9:.1f} are free"
        raise NoRoomError(f"no room in {path.parent} for a copy of it ({room}); set TMPDIR to a larger disk")
    with _told(url, "cannot be copied here"):
        try:
            _filesystem(url).get_file(_at(url), str(path))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise NoRoomError(f"no room in {path.parent} for a copy of it; set TMPDIR to a larger disk") from error
            raise
    after = look_at(url)
    if after is None or after.listed != before.listed or path.stat().st_size != before.listed.bytes:
        raise StoreError(f"{url}: was changed or cut short while it was copied here; run it again")


def put_file(path: Path, url: Url) -> None:
    """Copy a file of this machine there, where it appears whole or not at all, in place of what was there."""
    with _told(url, "cannot be written"):
        filesystem = _filesystem(url)
        if url.protocol == "file":
            _appear(url, lambda part: shutil.copyfile(path, part))
        else:
            filesystem.put_file(str(path), _at(url))


def put_bytes(data: bytes, url: Url) -> None:
    """Write a small file there, which appears whole or not at all."""
    with _told(url, "cannot be written"):
        filesystem = _filesystem(url)
        if url.protocol == "file":
            _appear(url, lambda part: part.write_bytes(data))
        else:
            filesystem.pipe_file(_at(url), data)


def _appear(url: Url, write: Callable[[Path], object]) -> None:
    """In a store of files: written beside, then renamed."""
    part = Path(_at(url.parent)) / f".part-{url.name}"
    part.parent.mkdir(parents=True, exist_ok=True)
    write(part)
    os.replace(part, _at(url))


def create(data: bytes, url: Url) -> bool:
    """Write a small file there only if none is there; False if one is.

    Stores that know exclusive creation (S3 itself, Google's, local files) let one of two have it; others look first.
    """
    with _told(url, "cannot be written"):
        try:
            if url.protocol == "file":
                Path(_at(url.parent)).mkdir(parents=True, exist_ok=True)
                with Path(_at(url)).open("xb") as file:
                    file.write(data)
            else:
                _filesystem(url).pipe_file(_at(url), data, mode="create")
        except FileExistsError:
            return False
        return True


def read_bytes(url: Url) -> bytes:
    """The content of a small file."""
    with _told(url, "cannot be read"):
        data: bytes = _filesystem(url).cat_file(_at(url))
        return data


def remove(url: Url) -> None:
    """Take a file away; none there is as good."""
    with _told(url, "cannot be removed"):
        try:
            _filesystem(url).rm_file(_at(url))
        except (FileNotFoundError, KeyError):  # the second is what the store in memory says
            return


def _filesystem(url: Url) -> Any:
    try:
        import fsspec
    except ImportError as error:
        raise StoreNotInstalledError(
            f"{url}: fsspec, which reads addresses, is not installed here; pip install 'detect-vehicles[urls]'"
        ) from error
    try:
        kind = fsspec.get_filesystem_class(url.protocol)
    except ImportError as error:
        raise StoreNotInstalledError(
            f"{url}: the package that reads {url.protocol}:// is not installed here ({_first_line(error)})"
        ) from error
    return kind(use_listings_cache=False)  # what another run wrote in the meantime must be seen


def _at(url: Url) -> str:
    """The path as the store's package takes it."""
    return f"/{url.path.lstrip('/')}" if url.protocol == "memory" else url.path


def _listed(found: dict[str, Any]) -> Listed:
    told = (found.get(key) for key in (*TAG_KEYS, *TIME_KEYS))
    tags = [str(tag.timestamp() if isinstance(tag, datetime) else tag) for tag in told if tag is not None]
    return Listed(int(found["size"] or 0), " ".join(tags))


@contextmanager
def _told(url: Url, what: str) -> Iterator[None]:
    """Whatever a store's package raises becomes an error with cause and remedy; they have little in common."""
    try:
        yield
    except (StoreError, StoreNotInstalledError):
        raise
    except FileNotFoundError as error:
        raise NotThereError(f"{url}: {what}, nothing is there ({_first_line(error)}); name what is there") from error
    except PermissionError as error:
        raise StoreError(
            f"{url}: {what}, access is denied ({_first_line(error)}); give this machine credentials that may"
        ) from error
    except Exception as error:
        raise StoreError(
            f"{url}: {what} ({type(error).__name__}: {_first_line(error)}); check address, network and credentials"
        ) from error


def _first_line(error: Exception) -> str:
    text = without_secrets(str(error) or type(error).__name__)
    return text.splitlines()[0][:LONGEST_REASON]
