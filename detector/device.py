"""Where a network runs, in which numbers, and why so."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import onnxruntime

from detector.wish import FASTER_ON_CPU, FASTER_ON_CUDA, Precision, Wish

CPU, CUDA, OPENVINO = "CPUExecutionProvider", "CUDAExecutionProvider", "OpenVINOExecutionProvider"
CUDA_REPEATABLE = {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}
"""By default ONNX Runtime rounds to ten bits, which is not the float32 that the report names, and takes whichever
algorithm was the fastest in a race that it runs anew for every shape of picture: `--verify` would find other boxes."""
CUDA_REMEDY = (
    "install the NVIDIA driver and replace onnxruntime by onnxruntime-gpu "
    "(pip uninstall onnxruntime; pip install onnxruntime-gpu), or use --device cpu"
)
OPENVINO_REMEDY = (
    "replace onnxruntime by onnxruntime-openvino (pip uninstall onnxruntime; pip install onnxruntime-openvino), "
    "or use --precision fp32"
)

CPU_AVX_512VNNI = 23  # OpenCV's number of it, which its Python module does not name

TryOut = Callable[[onnxruntime.InferenceSession], object]
Opened = tuple[onnxruntime.InferenceSession | None, str]
"""A session, or None and the reason."""


class DeviceError(RuntimeError):
    """The device or precision asked for cannot be had; the message says why and what to do."""


@dataclass(frozen=True)
class Graphs:
    """The serialised ONNX graphs of one network.

    Attributes:
        fp32: as it was trained.
        others: by precision, those that are graphs of their own.
        released: which precisions besides float32 may be taken without being asked for.
    """

    fp32: bytes
    others: Mapping[Precision, bytes] = field(default_factory=dict)
    released: Collection[str] = ()


@dataclass(frozen=True)
class Device:
    """A choice of device with its reason.

    Attributes:
        requested: what the user asked for: auto, cpu, cuda or cuda:N.
        used: cpu, cuda or cuda:N.
        reason: one sentence, for the report.
        providers: ONNX Runtime execution providers of a session, as the session itself names them.
        precision: what it computes in: fp32, int8, bf16 or fp16.
    """

    requested: str
    used: str
    reason: str
    providers: tuple[str, ...]
    precision: Precision = "fp32"


def open_session(graphs: Graphs, wish: Wish, try_out: TryOut) -> tuple[onnxruntime.InferenceSession, Device]:
    """A session for one of the graphs on the device asked for, and the device it really got.

    ONNX Runtime falls back to the CPU without a word when another provider fails to load, so what counts is the
    provider list of the finished session and not the list of those available; and some libraries are missed only at
    the first run.

    Args:
        graphs: to choose from.
        wish: where and how it shall run.
        try_out: runs the session once on something small, and raises if it does not run.

    Raises:
        DeviceError: cuda or a precision was asked for and the session does not run so.
    """
    if wish.device == "cpu":
        return _cpu_session(graphs, wish, "the CPU was asked for", try_out)
    asked_for = wish.device != "auto"
    if wish.precision in FASTER_ON_CPU:
        session, why, precision = None, f"{wish.precision} is computed on the CPU only", wish.precision
    elif CUDA not in onnxruntime.get_available_providers():
        session, why, precision = None, "this onnxruntime has no CUDA provider", wish.precision
    else:
        session, why, precision = _fastest(
            graphs, wish, FASTER_ON_CUDA, lambda precision: _try_cuda(graphs, precision, wish, try_out)
        )
    if session is not None:
        reason = f"{'CUDA was asked for' if asked_for else 'a CUDA session opened and ran'}; {why}"
        used = wish.device if asked_for else "cuda"
        return session, Device(wish.device, used, reason, tuple(session.get_providers()), precision)
    if asked_for:
        lacking = wish.precision in FASTER_ON_CUDA and wish.precision not in graphs.others
        remedy = "use --precision auto" if lacking else CUDA_REMEDY
        raise DeviceError(f"device {wish.device} cannot be had: {why}; {remedy}")
    return _cpu_session(graphs, wish, why, try_out)


def _cpu_session(
    graphs: Graphs, wish: Wish, why_cpu: str, try_out: TryOut
) -> tuple[onnxruntime.InferenceSession, Device]:
    """The fastest that is released and runs here, or what was asked for."""
    if wish.precision in FASTER_ON_CUDA:
        raise DeviceError(
            f"precision {wish.precision} cannot be had: it is for CUDA alone, and {why_cpu}; use --precision auto"
        )
    session, why, precision = _fastest(
        graphs, wish, FASTER_ON_CPU, lambda precision: _try_precision(graphs, precision, wish, try_out)
    )
    if session is None:
        remedy = OPENVINO_REMEDY if wish.precision == "bf16" else "use --precision auto"
        raise DeviceError(f"precision {wish.precision} cannot be had: {why}; {remedy}")
    return session, Device(wish.device, "cpu", f"{why_cpu}; {why}", tuple(session.get_providers()), precision)


def _fastest(
    graphs: Graphs, wish: Wish, faster: Sequence[Precision], try_one: Callable[[Precision], Opened]
) -> tuple[onnxruntime.InferenceSession | None, str, Precision]:
    """The first that opens of what was asked for, or else of what is released here, the fastest first; and why that.

    Where none opens, why not the first one.
    """
    asked_for = wish.precision != "auto"
    released = tuple(name for name in faster if name in graphs.released)
    candidates: tuple[Precision, ...] = (wish.precision,) if asked_for else (*released, "fp32")
    passed_over: list[str] = []
    for precision in candidates:
        session, failure = try_one(precision)
        if session is not None:
            if asked_for:
                why = "which was asked for"
            elif passed_over:
                why = f"because {' and '.join(passed_over)}"
            elif precision == "fp32":
                why = "the only form in which this network is released"
            else:
                why = "the fastest form in which this network is released"
            return session, f"in {precision}, {why}", precision
        passed_over.append(failure)
    return None, passed_over[0], candidates[0]


def _try_precision(graphs: Graphs, precision: Precision, wish: Wish, try_out: TryOut) -> Opened:
    """A session on the CPU that computes so, or None and the reason. Float32 opens, or its error is raised."""
    if precision == "bf16":
        return _try_openvino(graphs.fp32, wish, try_out)
    if precision == "fp32":
        return onnxruntime.InferenceSession(graphs.fp32, _options(wish), providers=[CPU]), ""
    if precision not in graphs.others:
        return None, f"this network has no {precision} graph"
    if wish.precision == "auto" and not multiplies_int8():
        return None, "this CPU has no VNNI instructions for int8"
    return onnxruntime.InferenceSession(graphs.others[precision], _options(wish), providers=[CPU]), ""


def _try_cuda(graphs: Graphs, precision: Precision, wish: Wish, try_out: TryOut) -> Opened:
    """A CUDA session that computes so, or None and the reason."""
    if precision != "fp32" and precision not in graphs.others:
        return None, f"this network has no {precision} graph"
    model = graphs.others.get(precision, graphs.fp32)
    if hasattr(onnxruntime, "preload_dlls"):
        onnxruntime.preload_dlls()
    return _try_provider(model, wish, CUDA, {"device_id": str(wish.cuda_index), **CUDA_REPEATABLE}, try_out)


def _try_openvino(model: bytes, wish: Wish, try_out: TryOut) -> Opened:
    """A session that computes in bfloat16 on the CPU through OpenVINO, or None and the reason."""
    if OPENVINO not in onnxruntime.get_available_providers():
        return None, "this onnxruntime has no OpenVINO provider"
    settings = {"INFERENCE_PRECISION_HINT": "bf16"}
    if wish.threads is not None:
        settings["INFERENCE_NUM_THREADS"] = str(wish.threads)
    options = {"device_type": "CPU", "load_config": json.dumps({"CPU": settings})}
    return _try_provider(model, wish, OPENVINO, options, try_out)


def _try_provider(model: bytes, wish: Wish, provider: str, provider_options: dict[str, str], try_out: TryOut) -> Opened:
    """A session that really runs on the provider, or None and the reason."""
    name = provider.removesuffix("ExecutionProvider")
    try:
        session = onnxruntime.InferenceSession(
            model, _options(wish), providers=[(provider, provider_options), (CPU, {})]
        )
    except Exception as error:
        return None, f"the {name} session failed to open ({str(error).splitlines()[0]})"
    if session.get_providers()[0] != provider:
        return None, f"onnxruntime has the {name} provider but could not load it (driver or libraries missing)"
    try:
        try_out(session)
    except Exception as error:
        return None, f"the {name} session opened but does not run ({str(error).splitlines()[0]})"
    return session, ""


def _options(wish: Wish) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # its warnings would run through the progress bar; failures arrive as exceptions
    options.intra_op_num_threads = wish.threads or 0
    # A spinning thread pool starves the decoder and the encoder that share the cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def multiplies_int8() -> bool:
    """Whether the CPU adds up products of 8-bit numbers in 32 bits (VNNI).

    Without it there is less to gain, and sums are cut off at 16 bits: the boxes would not be those that were measured.
    """
    return bool(cv2.checkHardwareSupport(CPU_AVX_512VNNI))
