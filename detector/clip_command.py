"""`detect CLIP`: one clip analysed, and its summary printed."""

from functools import partial
from pathlib import Path

import click
import cv2
from rich.console import Console

from detector.analysis import Networks
from detector.clip_attempt import attempt
from detector.device import DeviceError
from detector.exit_codes import DONE, NO_DEVICE_OR_MODEL, WRONG_USAGE, complain
from detector.model import ModelError
from detector.mot_file import MotFileError
from detector.one_clip import Request
from detector.outputs.folder import is_finished
from detector.outputs.terminal import progress, summary
from detector.printable import printable
from detector.wish import Wish


def run_clip(
    clip: Path,
    folder: Path,
    wish: Wish,
    model: str,
    tracks: Path | None,
    request: Request,
    split: bool = False,
    jobs: int | None = None,
) -> int:
    """Analyse one clip; the exit code.

    Args:
        tracks: take the vehicles from this file.
        split: look at parts of the clip in `jobs` processes; None for as many as cores and memory allow.
    """
    named = printable(str(folder))
    if request.resume and is_finished(folder):
        click.echo(f"{named} is finished already")
        return DONE
    if wish.threads is not None:
        cv2.setNumThreads(wish.threads)
    try:
        if tracks:
            networks = Networks.load_saved(tracks, wish.device, model, wish.threads, wish.precision)
        else:
            networks = Networks.load(wish.device, model, wish.threads, wish.precision)
    except (DeviceError, ModelError) as error:
        return complain(error, NO_DEVICE_OR_MODEL)
    except MotFileError as error:
        return complain(error, WRONG_USAGE)
    show, say = partial(progress, Console(stderr=True)), lambda text: click.echo(f"{named}: {text}", err=True)
    look_ahead = None
    if split:
        from detector.batch.clip_task import NetworksNamed
        from detector.split import looked_at_in_parts

        same = NetworksNamed(wish.device, model, wish.threads, wish.precision)
        look_ahead = partial(looked_at_in_parts, clip, named=same, request=request, jobs=jobs, say=say)
    done = attempt(clip, folder, networks, request, show, say, look_ahead)
    if done.report is None:
        return complain(done.reason, done.exit_code)
    Console().print(summary(done.report))
    without = "" if done.drawn or not request.video else " (without the whole video)"
    click.echo(f"Written to {named}{without}")
    return complain(done.reason, done.exit_code) if done.reason else DONE
