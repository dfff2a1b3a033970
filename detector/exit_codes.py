"""How the command ends: a number for scripts, a line for people."""

import click

from detector.printable import printable

DONE, PARTLY_READ, WRONG_USAGE, UNREADABLE, NO_DEVICE_OR_MODEL, INTERRUPTED = 0, 1, 2, 3, 4, 130


def complain(error: Exception | str, code: int) -> int:
    """Say on stderr what went wrong; gives the code back."""
    click.echo(f"detect: {printable(str(error))}", err=True)
    return code
