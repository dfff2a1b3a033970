"""What a confined process can still do: nothing but read one file, from its own mouth."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from detector.sandbox import seccomp
from detector.sandbox.landlock import landlock_version

pytestmark = pytest.mark.skipif(
    not landlock_version() or platform.machine() not in seccomp.MACHINES, reason="this system cannot confine a process"
)

TRIES = """
import ctypes, json, os, socket, subprocess, sys, threading, time
from detector.sandbox.confinement import confine
allowed, other, port, parent = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
given_up = confine(allowed, 1 << 28)
ran = []
tries = {
    "read the clip": lambda: open(allowed).read(),
    "start a thread": lambda: (thread := threading.Thread(target=ran.append, args=(1,))).start() or thread.join(),
    "read another file": lambda: open(other).read(),
    "read a system file": lambda: open("/etc/passwd").read(),
    "list a folder": lambda: os.listdir("/"),
    "write the clip": lambda: open(allowed, "r+").write("x"),
    "write a file": lambda: open(other + ".new", "w"),
    "delete a file": lambda: os.unlink(other),
    "rename a file": lambda: os.rename(other, other + ".moved"),
    "link a file": lambda: os.link(other, other + ".linked"),
    "connect": lambda: socket.create_connection(("127.0.0.1", port), timeout=5),
    "send a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
    "open a local socket": lambda: socket.socketpair(),
    "start a program": lambda: os.execv("/bin/true", ["true"]),
    "start a process": lambda: os.fork() or os._exit(0),
    "signal its parent": lambda: os.kill(parent, 0),
    "see its parent's memory": lambda: open(f"/proc/{parent}/maps").read(),
    "make a file in memory": lambda: os.memfd_create("x"),
    "leave its namespace": lambda: os.unshare(os.CLONE_NEWUSER) if hasattr(os, "unshare") else libc(272),
    "take much memory": lambda: bytearray(1 << 29),
}
def libc(number):
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(number if os.uname().machine == "x86_64" else 97, 0x10000000):
        raise OSError(ctypes.get_errno(), "refused")
found = {}
for name, attempt in tries.items():
    try:
        attempt()
        found[name] = "done"
    except BaseException as error:
        found[name] = type(error).__name__
print(json.dumps([given_up, found]))
"""
STILL_DONE = {"read the clip", "start a thread"}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, str]]:
    folder = tmp_path_factory.mktemp("confined")
    for name in ("allowed", "other"):
        (folder / name).write_text(name)
    arguments = [str(folder / "allowed"), str(folder / "other"), "9", str(os.getpid())]
    done = subprocess.run([sys.executable, "-c", TRIES, *arguments], capture_output=True, text=True, cwd=Path.cwd())
    assert done.returncode == 0, done.stderr
    given_up, found = json.loads(done.stdout)
    assert sorted(path.name for path in folder.iterdir()) == ["allowed", "other"]
    return given_up, found


def test_it_reads_its_file_and_starts_threads(tried: tuple[list[str], dict[str, str]]) -> None:
    assert {name for name, result in tried[1].items() if result == "done"} == STILL_DONE


def test_everything_else_is_refused_and_not_merely_missing(tried: tuple[list[str], dict[str, str]]) -> None:
    refused = {name: result for name, result in tried[1].items() if name not in STILL_DONE}
    assert refused.pop("take much memory") == "MemoryError"
    assert set(refused.values()) == {"PermissionError"}, refused


def test_it_says_what_it_gave_up(tried: tuple[list[str], dict[str, str]]) -> None:
    said = " ".join(tried[0])
    assert all(word in said for word in ("files", "network", "programs", "memory", "writing"))


def test_no_call_is_named_twice() -> None:
    for machine in (0, 1):
        numbers = [found[machine] for found in seccomp.REFUSED.values() if found[machine] is not None]
        assert len(numbers) == len(set(numbers))
        assert not {seccomp.CLONE[machine], seccomp.CLONE3[machine]} & set(numbers)
