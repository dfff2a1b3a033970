"""Where a network runs, and why there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import onnxruntime

DeviceName = Literal["auto", "cpu", "cuda"]

CUDA_REMEDY = (
    "install the NVIDIA driver and replace onnxruntime by onnxruntime-gpu "
    "(pip uninstall onnxruntime; pip install onnxruntime-gpu), or use --device cpu"
)


TryOut = Callable[[onnxruntime.InferenceSession], object]


class DeviceError(RuntimeError):
    """The device asked for cannot be had; the message says why and what to do."""


@dataclass(frozen=True)
class Device:
    """A choice of device with its reason.

    Attributes:
        requested: what the user asked for: auto, cpu or cuda.
        used: cpu or cuda.
        reason: one sentence, for the report.
        providers: ONNX Runtime execution providers of a session, as the session itself names them.
    """

    requested: str
    used: str
    reason: str
    providers: tuple[str, ...]


def open_session(
    model: bytes, requested: DeviceName, try_out: TryOut, threads: int | None = None
) -> tuple[onnxruntime.InferenceSession, Device]:
    """A session for the serialised ONNX graph on the device asked for, and the device it really got.

    ONNX Runtime falls back to the CPU without a word when CUDA fails to load, so what counts is the provider list of
    the finished session and not the list of those available; and some libraries are missed only at the first run.

    Args:
        model: the graph.
        requested: where it shall run.
        try_out: runs the session once on something small, and raises if it does not run.
        threads: that the CPU works with; None for all cores.

    Raises:
        DeviceError: cuda was asked for and the session does not run there.
    """
    available = onnxruntime.get_available_providers()
    if requested == "cpu":
        return _cpu_session(model, requested, "the CPU was asked for", threads)
    if "CUDAExecutionProvider" not in available:
        why = "this onnxruntime has no CUDA provider"
    else:
        session, why = _try_cuda(model, try_out)
        if session is not None:
            reason = "CUDA was asked for" if requested == "cuda" else "a CUDA session opened and ran"
            return session, Device(requested, "cuda", reason, tuple(session.get_providers()))
    if requested == "cuda":
        raise DeviceError(f"device cuda cannot be had: {why}; {CUDA_REMEDY}")
    return _cpu_session(model, requested, why, threads)


def _cpu_session(
    model: bytes, requested: str, reason: str, threads: int | None
) -> tuple[onnxruntime.InferenceSession, Device]:
    session = onnxruntime.InferenceSession(model, _options(threads), providers=["CPUExecutionProvider"])
    return session, Device(requested, "cpu", reason, tuple(session.get_providers()))


def _try_cuda(model: bytes, try_out: TryOut) -> tuple[onnxruntime.InferenceSession | None, str]:
    """A CUDA session, or None and the reason."""
    if hasattr(onnxruntime, "preload_dlls"):
        onnxruntime.preload_dlls()
    try:
        session = onnxruntime.InferenceSession(
            model, _options(), providers=["CUDAExecutionProvider", "CPUExecutionProvider"]
        )
    except Exception as error:
        return None, f"the CUDA session failed to open ({str(error).splitlines()[0]})"
    if session.get_providers()[0] != "CUDAExecutionProvider":
        return None, "onnxruntime has the CUDA provider but could not load it (driver, CUDA or cuDNN libraries missing)"
    try:
        try_out(session)
    except Exception as error:
        return None, f"the CUDA session opened but does not run ({str(error).splitlines()[0]})"
    return session, ""


def _options(threads: int | None = None) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0  # 0 for all cores
    options.log_severity_level = 4  # its warnings would run through the progress bar; failures arrive as exceptions
    # A spinning thread pool starves the decoder and the encoder that share the cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
