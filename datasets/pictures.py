"""A picture with its boxes as an importer reads it, what is wrong with it, and whether it can be decoded."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from PIL import Image

from datasets.labels import LabelError, NamedBox

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
SPLIT_FOLDERS = {"train": "train", "valid": "val", "val": "val", "test": "test"}

Kind = Literal[
    "label", "class", "box outside", "missing label", "missing picture", "corrupt picture", "size", "path", "source"
]


@dataclass(frozen=True)
class Problem:
    """Something wrong in a source: the file, its line where it has lines, which kind, and what exactly."""

    file: Path
    line: int | None
    kind: str  # a Kind
    what: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line is not None else f"{self.file}"
        return f"{place}: {self.what}"


@dataclass(frozen=True)
class LabelledPicture:
    """One picture of a source. `path` is where it is or, with the problem "missing picture", where it should be.

    `split` is what the source calls the part it lies in (train, val, test), None where it does not say. Where there is
    a problem, `boxes` are those that could be read and not the whole truth.
    """

    path: Path
    split: str | None
    boxes: tuple[NamedBox, ...]
    problems: tuple[Problem, ...] = ()


class PictureError(ValueError):
    """A picture that is not there or cannot be decoded; `kind` is a Kind."""

    def __init__(self, what: str, kind: Kind) -> None:
        super().__init__(what)
        self.kind = kind


def read_size_px(path: Path) -> tuple[int, int]:
    """Width and height as the picture's header says.

    Raises:
        PictureError: the picture is missing, or its header cannot be read.
    """
    return _open(path, decode=False)


def decode(path: Path) -> tuple[int, int]:
    """Width and height of a picture that was decoded to its last pixel.

    A JPEG damaged in its middle may pass: its format has no check sum.

    Raises:
        PictureError: the picture is missing, cut short, damaged, or of more pixels than Pillow holds safe.
    """
    return _open(path, decode=True)


def _open(path: Path, decode: bool) -> tuple[int, int]:
    if not path.is_file():
        raise PictureError("no such picture", "missing picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                if decode:
                    image.load()
                return image.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"cannot be decoded: {error}", "corrupt picture") from error


def find_pictures(folder: Path) -> Iterator[Path]:
    """Every picture below a folder in a fixed order; names that begin with a dot are the file system's own."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and not path.name.startswith("."):
            yield path


def split_of(path: Path, folder: Path) -> str | None:
    """The split that the folders between `folder` and the file name, the innermost first; None if none does."""
    for part in reversed(path.relative_to(folder).parts[:-1]):
        if part.lower() in SPLIT_FOLDERS:
            return SPLIT_FOLDERS[part.lower()]
    return None


def safe_name(name: object) -> PurePosixPath:
    """A picture's name out of an annotation file, as a path that stays below the folder it is joined to.

    Raises:
        LabelError: no text, an absolute path, or one that climbs out with `..`.
    """
    if not isinstance(name, str) or not name or "\0" in name:
        raise LabelError(f"not a picture's name: {str(name)[:80]!r}", "path")
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise LabelError(f"picture outside the source's folder: {name[:80]!r}", "path")
    return path
