"""Content credentials (C2PA) of a clip: what a signed manifest in the file says of it, and whether that holds.

Read with c2pa-python, the extra `c2pa`, in a process of its own (`manifest_store`), which can be confined. There is no
list of signers to trust here, so whose signature it is cannot be told.
"""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

CHILD = Path(__file__).with_name("manifest_store.py")
LONGEST_S = 60.0
SLOWEST_BYTES_A_S = 20e6  # the whole file is hashed

CredentialsState = Literal["absent", "valid", "invalid", "elsewhere", "unsupported", "unreadable"]


@dataclass(frozen=True)
class ContentCredentials:
    """What the manifest says; all but `state`, `bytes_match` and `codes` are its own words, by whoever wrote it.

    Attributes:
        state: absent; valid (whole, and of these bytes); invalid; elsewhere (at an address, and nothing is fetched);
            unsupported (detect cannot read any from this kind of file); unreadable.
        bytes_match: whether the file's bytes are those that were signed; None where it cannot be told.
        generator: what made the manifest.
        title: of the file.
        signer: the name in the certificate.
        issuer: the organisation in it.
        signed: when, by a time stamp; None without one.
        actions: such as "c2pa.edited", with the kind of source in brackets where one is named.
        codes: what was found wrong, as C2PA names it.
        reason: why it is elsewhere or unreadable.
    """

    state: CredentialsState
    bytes_match: bool | None = None
    generator: str | None = None
    title: str | None = None
    signer: str | None = None
    issuer: str | None = None
    signed: str | None = None
    actions: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    reason: str | None = None


def read_content_credentials(path: Path, sandbox: bool = False) -> ContentCredentials | None:
    """Look for content credentials in a file; None where c2pa-python is not installed.

    Args:
        path: of the file.
        sandbox: the process that reads them gives up all that it does not need for it (`detector.sandbox`).
    """
    if importlib.util.find_spec("c2pa") is None:
        return None
    try:
        longest_s = LONGEST_S + path.stat().st_size / SLOWEST_BYTES_A_S
    except OSError as error:  # taken away while it was looked at
        return ContentCredentials("unreadable", reason=f"the file cannot be read ({error.strerror})")
    command: list[str | Path] = [
        sys.executable,
        "-P",
        CHILD,
        path.resolve(),
    ]  # -P: no module is taken from the folder one stands in
    own_modules = os.pathsep.join(part or os.getcwd() for part in sys.path)
    try:
        done = subprocess.run(
            [*command, "confined"] if sandbox else command,
            env={"PYTHONPATH": own_modules} if sandbox else None,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=longest_s,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ContentCredentials("unreadable", reason=f"they were not read within {longest_s:.0f} s")
    if done.returncode:
        return ContentCredentials("unreadable", reason=_why_it_failed(done))
    try:
        return msgspec.convert(json.loads(done.stdout), ContentCredentials)
    except (ValueError, RecursionError):
        return ContentCredentials("unreadable", reason="their reader gave no answer")


def _why_it_failed(done: "subprocess.CompletedProcess[bytes]") -> str:
    last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
    return f"their reader stopped with exit code {done.returncode}" + (f" ({last[0][:200]})" if last else "")
