"""Which clips a user means, and where the outputs of each go."""

from pathlib import Path

CLIP_SUFFIXES = (
    ".3g2 .3gp .asf .avi .dv .flv .gif .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .mxf .ogv .ts .webm .wmv".split()  # noqa: SIM905
)


def clips_in(named: Path) -> list[Path]:
    """The clip itself, or the clips of a folder; links in it that lead out of it are passed over.

    Raises:
        ClipError: nothing there, or a folder without a clip.
    """
    from detector.clip import ClipError

    if not named.is_dir():
        return [named]
    inside = sorted(path for path in named.iterdir() if path.suffix.lower() in CLIP_SUFFIXES and path.is_file())
    inside = [path for path in inside if path.resolve().is_relative_to(named.resolve())]
    if not inside:
        raise ClipError(f"{named}: a folder without a clip; name a video file or a folder that holds some")
    return inside


def output_folder(clip: Path, out: Path | None, alone: bool, demo: bool) -> Path:
    """Beside the clip, or in `out`, which is the folder itself where there is one clip alone."""
    if out is None:
        return Path("demo.detect") if demo and alone else clip.with_name(f"{clip.stem}.detect")
    return out if alone else out / f"{clip.stem}.detect"
