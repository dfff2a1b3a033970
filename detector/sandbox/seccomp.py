"""System calls that a reader of clips has no use for, refused (seccomp): network, programs, other processes.

A list of what is refused, not of what is allowed: what FFmpeg, NumPy and the C library call differs from release to
release. By prctl, since libseccomp is not on every system; the filter is a few dozen instructions of classic BPF.
"""

import ctypes
import errno
import os
import platform
import struct

PR_SET_SECCOMP, MODE_FILTER = 22, 2
LOAD, JUMP_EQUAL, JUMP_FROM, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, MACHINE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
CLONE_THREAD = 0x10000
OTHER_CALLING_CONVENTION = 0x40000000  # x32: other numbers for the same calls

# Numbers of the calls by processor: of x86-64, then of 64-bit ARM; None where it has no such call.
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
REFUSED: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "bind": (49, 200),
    "listen": (50, 201),
    "socketpair": (53, 199),
    "accept4": (288, 242),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "prlimit64": (302, 261),
    "open_by_handle_at": (304, 265),
    "memfd_create": (319, 279),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "reboot": (169, 142),
}
CLONE, CLONE3 = (56, 220), (435, 435)


def refuse_calls() -> list[str]:
    """Give up network, programs and other processes for good; what that is, in words.

    `PR_SET_NO_NEW_PRIVS` must have been set. Threads may still be started.

    Raises:
        OSError: the system has no such filter, or the processor is not known here.
    """
    if platform.machine() not in MACHINES:
        raise OSError(errno.ENOSYS, f"no list of system calls for {platform.machine()}")
    instructions = _filter(*MACHINES[platform.machine()])
    buffer = ctypes.create_string_buffer(b"".join(instructions))
    program = struct.pack("@HP", len(instructions), ctypes.addressof(buffer))
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(PR_SET_SECCOMP, MODE_FILTER, program, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return ["network (seccomp)", "programs", "other processes"]


def _filter(machine: int, signature: int) -> list[bytes]:
    """The filter for one processor. Each jump skips so many instructions if true, so many if false."""
    refuse = _step(RETURN, REFUSE | errno.EPERM)
    steps = [
        _step(LOAD, MACHINE_AT),
        _step(JUMP_EQUAL, signature, 1, 0),
        _step(RETURN, KILL),
        _step(LOAD, NUMBER_AT),
        _step(JUMP_FROM, OTHER_CALLING_CONVENTION, 0, 1),
        refuse,
    ]
    for numbers in REFUSED.values():
        number = numbers[machine]
        if number is not None:
            steps += [_step(JUMP_EQUAL, number, 0, 1), refuse]
    # The flags of clone3 lie in memory, out of a filter's sight: without it the C library takes clone.
    steps += [_step(JUMP_EQUAL, CLONE3[machine], 0, 1), _step(RETURN, REFUSE | errno.ENOSYS)]
    steps += [
        _step(JUMP_EQUAL, CLONE[machine], 0, 3),
        _step(LOAD, FIRST_ARGUMENT_AT),
        _step(JUMP_BITS, CLONE_THREAD, 1, 0),
        refuse,
        _step(RETURN, ALLOW),
    ]
    return steps


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
