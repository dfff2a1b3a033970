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
LONGEST_NAME_BYTES, LONGEST_PATH_BYTES = 255, 1024  # longer ones no file system takes, or no source has
ORIENTATION = 0x0112  # the tag of EXIF that says how to turn the picture; 2 to 8 do, all else is as good as 1

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

    Where there is a problem, `boxes` are those that could be read and not the whole truth.
    """

    path: Path
    boxes: tuple[NamedBox, ...]
    problems: tuple[Problem, ...] = ()


class PictureError(ValueError):
    """A picture that is not there, cannot be decoded or is to be turned; `kind` is a Kind."""

    def __init__(self, what: str, kind: Kind) -> None:
        super().__init__(what)
        self.kind = kind


def read_size_px(path: Path) -> tuple[int, int]:
    """Width and height as the picture's header says.

    Raises:
        PictureError: the picture is missing, its header cannot be read, or its EXIF says to turn it, which makes width
            and height depend on who reads it.
    """
    return _open(path, decode=False)


def decode(path: Path) -> tuple[int, int]:
    """Width and height of a picture that was decoded to its last pixel.

    A JPEG damaged in its middle may pass: its format has no check sum.

    Raises:
        PictureError: as `read_size_px`; or it is cut short, damaged, or of more pixels than Pillow holds safe.
    """
    return _open(path, decode=True)


def _open(path: Path, decode: bool) -> tuple[int, int]:
    if not path.is_file():
        raise PictureError("no such picture", "missing picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of damaged EXIF, which then turns nothing
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                if decode:
                    image.load()
                size_px, orientation = image.size, image.getexif().get(ORIENTATION, 1)
    except ImportError as error:  # ultralytics, once imported, has Image.open ask for pi-heif where Pillow gives up
        raise PictureError("cannot be decoded: of no known format", "corrupt picture") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"cannot be decoded: {error}", "corrupt picture") from error
    if orientation in range(2, 9):
        what = f"EXIF orientation {orientation}, which not every reader follows; turn the pixels and drop the tag"
        raise PictureError(what, "size")
    return size_px


def find_pictures(folder: Path) -> Iterator[Path]:
    """Every picture below a folder in a fixed order; names that begin with a dot are the file system's own."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and not path.name.startswith("."):
            yield path


def safe_name(name: object) -> PurePosixPath:
    """A picture's name out of an annotation file, as a path that stays below the folder it is joined to.

    Raises:
        LabelError: no text that can name a file, an absolute path, or one that climbs out with `..`.
    """
    path = PurePosixPath(name.replace("\\", "/") if isinstance(name, str) else "")
    if not path.parts or "\0" in str(path) or not _fits_a_file_system(path):
        raise LabelError(f"not a picture's name: {str(name)[:80]!r}", "path")
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise LabelError(f"picture outside the source's folder: {str(path)[:80]!r}", "path")
    return path


def _fits_a_file_system(path: PurePosixPath) -> bool:
    try:
        longest = max(len(part.encode()) for part in path.parts)
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return longest <= LONGEST_NAME_BYTES and len(str(path).encode()) <= LONGEST_PATH_BYTES
