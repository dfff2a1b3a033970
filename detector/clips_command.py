"""What was named on the command line, found and handed to whoever does it: one clip by itself, or many."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from detector.clips_named import clips_in, each_once, output_folder
from detector.exit_codes import UNREADABLE, WRONG_USAGE, complain
from detector.wish import Wish

if TYPE_CHECKING:
    from detector.batch.command import Engine
    from detector.one_clip import Request


@dataclass(frozen=True)
class HowToRun:
    """How clips are done, whatever is asked of each.

    Attributes:
        out: folder of the outputs; None for beside each clip.
        wish: where the networks run.
        model: the network that finds vehicles.
        tracks: a file to take the vehicles from in its place.
        jobs: how many processes at once; None for as many as cores and memory allow.
        engine: see `Batch`.
        split: divide one clip among processes.
        retry_failed: of many clips, try again those that failed.
        demo: it is the demo clip.
    """

    out: Path | None
    wish: Wish
    model: str
    tracks: Path | None
    jobs: int | None
    engine: "Engine"
    split: bool
    retry_failed: bool
    demo: bool


def run_clips(clips: tuple[Path, ...], how: HowToRun, request: "Request") -> int:
    """One clip by itself, or many; the highest exit code of all that was named."""
    found, codes = _named(clips)
    if not found:
        return max(codes)
    if how.tracks is not None and max(len(clips), len(found)) > 1:
        return complain("--tracks is for one clip; name only that one", WRONG_USAGE)
    by_itself = found == list(clips) and len(found) == 1 and how.engine == "local"
    if how.split and not by_itself:
        return complain(
            "--split is for one clip, and --jobs alone for many; name only one, without --engine", WRONG_USAGE
        )
    if how.tracks is not None or by_itself:
        from detector.clip_command import run_clip

        folder = output_folder(found[0], how.out, alone=True, demo=how.demo)
        code = run_clip(found[0], folder, how.wish, how.model, how.tracks, request, how.split, how.jobs)
        return max([*codes, code])
    from detector.batch.command import Batch, run_batch

    batch = Batch(
        clips=tuple(found),
        out=how.out,
        alone=len(found) == 1,
        device=how.wish.device,
        model=how.model,
        jobs=how.jobs,
        retry_failed=how.retry_failed,
        precision=how.wish.precision,
        threads=how.wish.threads,
        engine=how.engine,
    )
    return max([*codes, run_batch(batch, request)])


def _named(clips: tuple[Path, ...]) -> tuple[list[Path], list[int]]:
    """The clips that were meant, none twice, and an exit code for each name that means none."""
    from detector.clip import ClipError

    found: list[Path] = []
    codes: list[int] = []
    for named in clips:
        try:
            found += clips_in(named)
        except ClipError as error:
            codes.append(complain(error, UNREADABLE))
    return each_once(found), codes
