"""`detect --verify`: what differs as lines, and an exit code."""

from pathlib import Path
from typing import TYPE_CHECKING

from detector.exit_codes import (
    DONE,
    INTERRUPTED,
    NO_DEVICE_OR_MODEL,
    PARTLY_READ,
    UNREADABLE,
    WRONG_USAGE,
    complain,
)
from detector.printable import printable

if TYPE_CHECKING:
    from detector.wish import DeviceName

DIFFERS = PARTLY_READ


def run_verify(
    folder: Path, clips: tuple[Path, ...], device: "DeviceName", model: str | None, tracks: Path | None
) -> int:
    """Verify one folder and print what differs; the exit code."""
    from rich.console import Console

    from detector.clip import ClipError
    from detector.device import DeviceError
    from detector.model import ModelError
    from detector.outputs.terminal import progress
    from detector.sandbox.reader import SandboxError
    from detector.verify import verify

    if len(clips) > 1:
        return complain(ValueError("--verify is for one folder; name only its clip"), WRONG_USAGE)
    clip = clips[0] if clips else None
    try:
        with progress(Console(stderr=True), "looking again") as tell:
            comparison = verify(folder, clip, device=device, model=model, tracks=tracks, on_progress=tell)
    except ClipError as error:
        return complain(error, UNREADABLE)
    except (DeviceError, ModelError, SandboxError) as error:
        return complain(error, NO_DEVICE_OR_MODEL)
    except (ValueError, OSError) as error:
        return complain(error, WRONG_USAGE)
    except KeyboardInterrupt:
        return INTERRUPTED
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    for difference in comparison.differences:
        console.print(printable(f"differs: {difference}"))
    for remark in comparison.remarks:
        console.print(printable(f"remark: {remark}"))
    if comparison.differences:
        return DIFFERS
    console.print(printable(f"{folder}: files, clip and networks are the same, and the analysis gives the same again"))
    return DONE
