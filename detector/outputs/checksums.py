"""SHA256SUMS: which files belong to a report and what was in them, in the form that `sha256sum -c` reads.

It shows what was changed by accident or without thought. It is no signature: who changes a file can change the list.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from detector.file_hash import sha256_of

CHECKSUMS_NAME = "SHA256SUMS"
LINE = re.compile(r"([0-9a-f]{64}) [ *]([^/\\\0]{1,60})")


class ChecksumsError(ValueError):
    """The list is not what it should be; the message names it, the cause and the remedy."""


def write_checksums(files: Mapping[str, Path], path: Path) -> None:
    """Write the list.

    Args:
        files: the name each shall have in it, and where it is now.
        path: of the list.
    """
    lines = (f"{sha256_of(file)}  {name}\n" for name, file in sorted(files.items()))
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def renewed_checksums(path: Path, files: Mapping[str, Path]) -> str:
    """The text of a list with these files as they are now; what it says of others stays, true or not.

    Raises:
        ChecksumsError: see `read_checksums`.
    """
    sums = read_checksums(path) | {name: sha256_of(file) for name, file in files.items()}
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))


def read_checksums(path: Path) -> dict[str, str]:
    """SHA-256 by name.

    Raises:
        ChecksumsError: it cannot be read, or a line is none of sha256sum's.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ChecksumsError(f"{path}: cannot be read ({reason}); it comes with the report") from error
    sums = {}
    for number, line in enumerate(lines, start=1):
        match = LINE.fullmatch(line)
        if match is None:
            raise ChecksumsError(f"{path}, line {number}: is no line of sha256sum; take the list as detect wrote it")
        sums[match[2]] = match[1]
    return sums
