"""Which clips a user means, and where the outputs of each go."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

from detector.url import Place, Url, place_named

CLIP_SUFFIXES = (
    ".3g2 .3gp .asf .avi .dv .flv .gif .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .mxf .ogv .ts .webm .wmv".split()  # noqa: SIM905
)

LONGEST_NAME_BYTES = 255  # of most file systems


def clips_in(named: Place) -> Sequence[Place]:
    """The clip itself, the clips of a folder, or what a pattern with * matches; ** in it goes down into folders.

    A name that is there is never taken for a pattern. Of a folder, and of a pattern that names no ending, only what
    has the ending of a video is taken. Passed over are links that lead out of the folder, and annotated videos that
    `detect` itself wrote.

    Raises:
        ClipError: nothing there, a name that no file can have, or a folder that cannot be listed or has no clip in it.
    """
    from detector.clip import ClipError

    if isinstance(named, Url):
        from detector.batch.stored_clips import clips_in_store

        return clips_in_store(named)
    if "\0" in str(named):
        raise ClipError(f"{named}: no file can have this name, which holds a zero byte; mend the list")
    try:
        is_folder = named.is_dir()
    except OSError as error:
        raise ClipError(
            f"{named}: cannot be looked for ({error.strerror}); mend the name or its permissions"
        ) from error
    if is_folder:
        return _clips_of_folder(named)
    if os.path.lexists(named) or not glob.has_magic(str(named)):
        return [named]
    matched = sorted(Path(path) for path in glob.iglob(str(named), recursive=True))
    any_ending = not named.suffix or glob.has_magic(named.suffix)
    inside = list(_clips_within(matched, _before_pattern(named), any_ending))
    if not inside:
        raise ClipError(f"{named}: no clip matches; put the pattern in quotes, and use ** to go down into folders")
    return inside


def clips_listed(listing: bytes) -> list[Place]:
    """Names of a list, one a line; in UTF-8 or whatever bytes the file system has them in. Empty lines are nothing."""
    lines = (line.removesuffix(b"\r") for line in listing.removeprefix(b"\xef\xbb\xbf").split(b"\n"))
    return [place_named(os.fsdecode(line)) for line in lines if line.strip()]


def each_once(clips: Iterable[Place]) -> list[Place]:
    """In the order given, without those that are the same file under another path."""
    seen: dict[str, Place] = {}
    for clip in clips:
        seen.setdefault(str(clip) if isinstance(clip, Url) else os.path.realpath(clip), clip)
    return list(seen.values())


@overload
def output_folder(clip: Path, out: Path | None, alone: bool, demo: bool) -> Path: ...


@overload
def output_folder(clip: Place, out: Place | None, alone: bool, demo: bool) -> Place: ...


def output_folder(clip: Place, out: Place | None, alone: bool, demo: bool) -> Place:
    """Beside the clip, or in `out`, which is the folder itself where there is one clip alone.

    Raises:
        ValueError: nothing is written beside a clip in a store.
    """
    if out is None:
        if isinstance(clip, Url):
            raise ValueError(f"{clip}: nothing is written beside a clip in a store; say where with --out")
        return Path("demo.detect") if demo and alone else clip.with_name(folder_name(clip))
    return out if alone else out / folder_name(clip)


def folder_name(clip: Place, number: int = 1) -> str:
    """`clip.detect`, then `clip.2.detect` and so on; the end of a name is cut off where it would grow too long."""
    stem, ending = clip.stem, ".detect" if number == 1 else f".{number}.detect"
    while len(os.fsencode(stem + ending)) > LONGEST_NAME_BYTES:
        stem = stem[:-1]
    return stem + ending


def _clips_of_folder(named: Path) -> list[Path]:
    from detector.clip import ClipError

    try:
        inside = list(_clips_within(sorted(named.iterdir()), named, any_ending=True))
    except OSError as error:
        raise ClipError(f"{named}: the folder cannot be listed ({error.strerror}); change its permissions") from error
    if not inside:
        raise ClipError(
            f"{named}: a folder without a clip; name a video file or a folder that holds some, "
            f"or {str(named / '**' / '*')!r} with all folders in it"
        )
    return inside


def _clips_within(paths: Iterable[Path], folder: Path, any_ending: bool) -> Iterator[Path]:
    around = folder.resolve()
    for path in paths:
        if (
            path.is_file()
            and (not any_ending or path.suffix.lower() in CLIP_SUFFIXES)
            and path.resolve().is_relative_to(around)
            and not _written_by_detect(path)
        ):
            yield path


def _written_by_detect(path: Path) -> bool:
    return path.name == "annotated.mp4" and path.with_name("report.json").is_file()


def _before_pattern(named: Path) -> Path:
    """The folder in which a pattern begins."""
    first = next(index for index, part in enumerate(named.parts) if glob.has_magic(part))
    return Path(*named.parts[:first])
