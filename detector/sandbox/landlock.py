"""One file to read and no other, by Landlock of Linux 5.13 and newer: https://docs.kernel.org/userspace-api/landlock.html

By system calls: there is no wrapper in the C library, and the Python packages for it are pre-releases.
"""

import ctypes
import os
import struct

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on all processors
VERSION_FLAG, PATH_BENEATH = 1, 1
READ_FILE = 1 << 2
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many kinds of access there are by version; 16 from 5 on
TCP_BIND_AND_CONNECT, SOCKETS_AND_SIGNALS = 0b11, 0b11


def landlock_version() -> int:
    """Of this system; 0 where there is none, or it is switched off."""
    try:
        return max(0, _call(CREATE_RULESET, None, 0, VERSION_FLAG))
    except OSError:
        return 0


def allow_only(readable: str) -> list[str]:
    """Give up all files but one to read, and what else this version of Landlock knows; what that is, in words.

    `PR_SET_NO_NEW_PRIVS` must have been set. Files that are open stay open.

    Raises:
        OSError: there is no Landlock, or the file cannot be opened.
    """
    version = landlock_version()
    rights = (1 << FILE_RIGHTS.get(version, 16)) - 1
    attributes = struct.pack("=Q", rights)
    given_up = [f"files (Landlock {version})"]
    if version >= 4:
        attributes += struct.pack("=Q", TCP_BIND_AND_CONNECT)
    if version >= 6:
        attributes += struct.pack("=Q", SOCKETS_AND_SIGNALS)
        given_up.append("signals to others")
    rules = _call(CREATE_RULESET, attributes, len(attributes), 0)
    file = os.open(readable, os.O_PATH | os.O_CLOEXEC)
    try:
        _call(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", READ_FILE, file), 0)
        _call(RESTRICT_SELF, rules, 0)
    finally:
        os.close(file)
        os.close(rules)
    return given_up


def _call(number: int, *arguments: int | bytes | None) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    plain = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result: int = library.syscall(ctypes.c_long(number), *plain)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
