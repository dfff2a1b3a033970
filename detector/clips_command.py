"""What was named on the command line, found and handed to whoever does it: one clip by itself, or many."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from detector.clips_named import clips_in, each_once, output_folder
from detector.exit_codes import NO_DEVICE_OR_MODEL, UNREADABLE, WRONG_USAGE, complain
from detector.url import Place, Url
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

    out: Place | None
    wish: Wish
    model: str
    tracks: Path | None
    jobs: int | None
    engine: "Engine"
    split: bool
    retry_failed: bool
    demo: bool


def run_clips(clips: tuple[Place, ...], how: HowToRun, request: "Request") -> int:
    """One clip by itself, or many; the highest exit code of all that was named."""
    found, codes = _named(clips)
    if not found:
        return max(codes)
    if how.tracks is not None and max(len(clips), len(found)) > 1:
        return complain("--tracks is for one clip; name only that one", WRONG_USAGE)
    by_itself = found == list(clips) and len(found) == 1 and how.engine == "local"
    clip, out = found[0], how.out
    here = not isinstance(clip, Url) and not isinstance(out, Url)
    if how.tracks is not None and not here:
        return complain("--tracks is for a clip and outputs on this machine; copy the clip here", WRONG_USAGE)
    if how.split and not (by_itself and here):
        return complain(
            "--split is for one clip, and --jobs alone for many; name only one of this machine, without --engine",
            WRONG_USAGE,
        )
    if (how.tracks is not None or by_itself) and not isinstance(clip, Url) and not isinstance(out, Url):
        from detector.clip_command import run_clip

        folder = output_folder(clip, out, alone=True, demo=how.demo)
        code = run_clip(clip, folder, how.wish, how.model, how.tracks, request, how.split, how.jobs)
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


def _named(clips: tuple[Place, ...]) -> tuple[list[Place], list[int]]:
    """The clips that were meant, none twice, and an exit code for each name that means none."""
    from detector.batch.stores import StoreNotInstalledError
    from detector.clip import ClipError

    found: list[Place] = []
    codes: list[int] = []
    for named in clips:
        try:
            found += clips_in(named)
        except ClipError as error:
            codes.append(complain(error, UNREADABLE))
        except StoreNotInstalledError as error:
            codes.append(complain(error, NO_DEVICE_OR_MODEL))
    return each_once(found), codes
