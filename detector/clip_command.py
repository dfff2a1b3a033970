"""`detect CLIP`: one clip analysed, and its summary printed."""

from functools import partial
from pathlib import Path

from rich.console import Console

from detector.analysis import Networks
from detector.clip_attempt import attempt
from detector.device import DeviceError, DeviceName
from detector.exit_codes import NO_DEVICE_OR_MODEL, WRONG_USAGE, complain
from detector.model import ModelError
from detector.mot_file import MotFileError
from detector.one_clip import Request
from detector.outputs.terminal import progress, summary
from detector.printable import printable


def run_clip(clip: Path, folder: Path, device: DeviceName, model: str, tracks: Path | None, request: Request) -> int:
    """Analyse one clip, with its vehicles from the file `tracks` if there is one; the exit code."""
    try:
        networks = Networks.load_saved(tracks, device, model) if tracks else Networks.load(device, model)
    except (DeviceError, ModelError) as error:
        return complain(error, NO_DEVICE_OR_MODEL)
    except MotFileError as error:
        return complain(error, WRONG_USAGE)
    done = attempt(clip, folder, networks, request, partial(progress, Console(stderr=True)))
    if done.report is None:
        return complain(done.reason, done.exit_code)
    console = Console()
    console.print(summary(done.report))
    console.print(
        f"Written to {printable(str(folder))}{'' if done.drawn or not request.video else ' (without the video)'}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    return done.exit_code
