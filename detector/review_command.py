"""`detect --apply-review`: a person's verdicts into the report of a folder, as a line and an exit code."""

from pathlib import Path

import click

from detector.exit_codes import DONE, WRONG_USAGE, complain
from detector.outputs.words import counted
from detector.printable import printable


def run_apply_review(review: Path, folders: tuple[Path, ...]) -> int:
    """Write a review into the report of the folder named, or of the one it lies in; the exit code."""
    from detector.outputs.apply_review import apply_review

    folder = folders[0] if folders else review.parent
    try:
        if len(folders) > 1:
            raise ValueError("--apply-review is for one report; name only its folder")
        written = apply_review(review, folder)
    except ValueError as error:
        return complain(error, WRONG_USAGE)
    except OSError as error:
        reason = error.strerror or error
        return complain(OSError(f"{folder}: cannot be written ({reason}); make room or allow it"), WRONG_USAGE)
    click.echo(f"{counted(written, 'verdict')} written to {printable(str(folder))}")
    return DONE
