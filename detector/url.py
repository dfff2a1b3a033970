"""Files and folders in a store, by address: s3://bucket/archive/a.mp4. Knows nothing of how a store is reached."""

import glob
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from detector.printable import printable

OBJECT_STORES = ("s3", "s3a", "gs", "gcs", "az", "abfs", "memory")  # what is put there appears whole
STORES = (*OBJECT_STORES, "file")
LONGEST_NAME_BYTES = 255  # of most file systems

_URL = re.compile(r"([a-z][a-z0-9+.-]+)://(.*)", re.IGNORECASE | re.DOTALL)
_QUERY = re.compile(r"\?[^\s=/]+=\S*")
_USER = re.compile(r"(?<=://)[^/\s]*@")


@dataclass(frozen=True)
class Listed:
    """What a store tells of a file without its being read.

    Attributes:
        bytes: its size.
        version: what is another when the content is: entity tag, checksum, time stamp; empty where it tells none.
    """

    bytes: int
    version: str


@dataclass(frozen=True)
class Url:
    """A file or folder in a store.

    Attributes:
        protocol: how the store is spoken to, such as s3.
        path: in it, without a slash at the end; for s3 bucket and key. Names are taken as they are: `..` is a name.
        listed: what the store said of the file when it was found.
    """

    protocol: str
    path: str
    listed: Listed | None = field(default=None, compare=False)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """What a user wrote; None where that is no address but a path."""
        match = _URL.fullmatch(text)
        return cls(match[1].lower(), match[2].rstrip("/")) if match else None

    def __str__(self) -> str:
        return f"{self.protocol}://{self.path}"

    def __truediv__(self, name: str) -> "Url":
        return Url(self.protocol, f"{self.path}/{name}")

    @property
    def parent(self) -> "Url":
        """What it lies in."""
        return Url(self.protocol, self.path.rpartition("/")[0])

    @property
    def name(self) -> str:
        """The last part, as a file may be called on any machine: a store may hold names that steer, hide or climb."""
        last = printable(self.path.rpartition("/")[2], "_").replace("\\", "_")
        stem, ending = os.path.splitext(last)
        while len(os.fsencode(stem + ending)) > LONGEST_NAME_BYTES:
            stem, ending = (stem[:-1], ending) if stem else (stem, ending[:-1])
        return "clip" if stem + ending in ("", ".", "..") else stem + ending

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return Path(self.name).stem

    def relative_to(self, folder: "Url") -> str | None:
        """Its path from a folder that it lies in, "." for the folder itself; None where it does not lie in it."""
        if self == folder:
            return "."
        inside = self.protocol == folder.protocol and self.path.startswith(f"{folder.path}/")
        return self.path[len(folder.path) + 1 :] if inside else None

    def before_pattern(self) -> "Url":
        """The folder in which a pattern begins."""
        parts = self.path.split("/")
        first = next(index for index, part in enumerate(parts) if glob.has_magic(part))
        return Url(self.protocol, "/".join(parts[:first]))


Place = Path | Url
"""A file or folder on this machine or in a store."""


def place_named(text: str) -> Place:
    """What a user means by a name."""
    return Url.parse(text) or Path(text)


def refusal(url: Url) -> str | None:
    """Why an address is not gone to, with the remedy, and without what in it may be secret; None if it may be."""
    shown = without_secrets(str(url))
    if "::" in url.path:
        return f"{shown}: addresses within addresses are not followed; name the file in its store"
    if url.protocol not in STORES:
        return (
            f"{shown}: detect reads recorded files, not streams, web addresses or archives; copy the file here, or to "
            f"a store of {', '.join(STORES)}"
        )
    if shown != str(url):
        return (
            f"{shown}: an address with a user, password or query; leave that out; the store's package finds it in "
            "the environment or its own settings"
        )
    if not url.path.strip("/") or (url.protocol == "file" and not url.path.startswith("/")):
        return f"{shown}: names no file or folder; name one, such as s3://bucket/archive or file:///archive"
    return None


def without_secrets(text: str) -> str:
    """Words with addresses in them, less users, passwords and signed queries."""
    return _QUERY.sub("?...", _USER.sub("", text))


def name_in(folder: Place, place: Place) -> str:
    """How a place is named in what lies in a folder: relative to it, or in full where it is in a store elsewhere."""
    if isinstance(place, Url):
        inside = place.relative_to(folder) if isinstance(folder, Url) else None
        return str(place) if inside is None else inside
    return os.path.relpath(place, folder) if isinstance(folder, Path) else str(place.absolute())
