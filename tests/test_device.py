import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnxruntime
import pytest

from detector import device, load_network
from detector.device import DeviceError, Graphs, open_session
from detector.wish import Precision, Wish

CPU, CUDA, OPENVINO = device.CPU, device.CUDA, device.OPENVINO
BOTH = Graphs(b"float", {"int8": b"eight"}, ("int8", "bf16"))
HALF = Graphs(b"float", {"int8": b"eight", "fp16": b"half"}, ("fp16",))


class Session:
    """A session that says it got these providers, whatever it was asked for."""

    def __init__(self, model: bytes, options: Any, providers: list[Any], got: list[str]) -> None:
        self.model, self.threads, self.asked, self._got = model, options.intra_op_num_threads, providers[0], got

    def get_providers(self) -> list[str]:
        return self._got


def onnxruntime_with(
    monkeypatch: pytest.MonkeyPatch, available: list[str], gets: Mapping[str, list[str]], vnni: bool = True
) -> None:
    """An ONNX Runtime with these providers, of which each gives a session that lies on those in `gets`."""

    def open_it(model: bytes, options: Any, providers: list[Any]) -> Session:
        first = providers[0] if isinstance(providers[0], str) else providers[0][0]
        return Session(model, options, providers, [CPU] if first == CPU else gets[first])

    monkeypatch.setattr(device.onnxruntime, "get_available_providers", lambda: available)
    monkeypatch.setattr(device.onnxruntime, "InferenceSession", open_it)
    monkeypatch.setattr(device.onnxruntime, "preload_dlls", lambda: None, raising=False)
    monkeypatch.setattr(device, "multiplies_int8", lambda: vnni)


def run_once(session: Session) -> None:
    """A session that runs."""


def fail(session: Session) -> None:
    raise RuntimeError("libcudnn.so.9: cannot open shared object file")


def test_auto_takes_cuda_when_the_session_runs_there(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CUDA, CPU], {CUDA: [CUDA, CPU]})
    session, chosen = open_session(BOTH, Wish(), run_once)
    assert (chosen.used, chosen.requested, chosen.providers) == ("cuda", "auto", (CUDA, CPU))
    assert (session.model, chosen.precision) == (b"float", "fp32")


def test_auto_falls_back_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CPU], {})
    _, chosen = open_session(Graphs(b"float"), Wish(), run_once)
    assert chosen.used == "cpu"
    assert "no CUDA provider" in chosen.reason


def test_a_session_that_fell_back_silently_is_not_taken_for_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CUDA, CPU], {CUDA: [CPU]})
    with pytest.raises(DeviceError, match="could not load it"):
        open_session(BOTH, Wish("cuda"), run_once)
    _, chosen = open_session(BOTH, Wish(), run_once)
    assert chosen.used == "cpu"
    assert "could not load it" in chosen.reason


def test_cuda_that_is_not_there_is_an_error_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CPU], {})
    with pytest.raises(DeviceError, match=r"device cuda:9 cannot be had.*pip install onnxruntime-gpu"):
        open_session(BOTH, Wish("cuda:9"), run_once)


def test_the_second_cuda_device_is_asked_for_by_its_index(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CUDA, CPU], {CUDA: [CUDA, CPU]})
    session, chosen = open_session(BOTH, Wish("cuda:1"), run_once)
    provider, options = session.asked
    assert (provider, options["device_id"]) == (CUDA, "1")
    assert chosen.used == "cuda:1"


def test_cuda_computes_in_what_the_report_names_and_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CUDA, CPU], {CUDA: [CUDA, CPU]})
    session, chosen = open_session(BOTH, Wish("cuda"), run_once)
    assert session.asked[1] == {"device_id": "0", "use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}
    assert chosen.precision == "fp32"


def test_a_session_that_opens_but_does_not_run_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CUDA, CPU], {CUDA: [CUDA, CPU]})
    with pytest.raises(DeviceError, match="libcudnn"):
        open_session(BOTH, Wish("cuda"), fail)
    _, chosen = open_session(BOTH, Wish(), fail)
    assert chosen.used == "cpu"
    assert "does not run" in chosen.reason


def test_int8_is_not_for_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CUDA, CPU], {CUDA: [CUDA, CPU]})
    with pytest.raises(DeviceError, match="int8 is computed on the CPU only"):
        open_session(BOTH, Wish("cuda", "int8"), run_once)
    assert open_session(BOTH, Wish("auto", "int8"), run_once)[1].used == "cpu"


def test_cuda_computes_in_float16_where_that_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CUDA, CPU], {CUDA: [CUDA, CPU]})
    session, chosen = open_session(HALF, Wish(), run_once)
    assert (session.model, chosen.precision) == (b"half", "fp16")
    assert chosen.reason == "a CUDA session opened and ran; in fp16, the fastest form in which this network is released"


@pytest.mark.parametrize(
    ("graphs", "precision", "model"),
    [(HALF, "fp32", b"float"), (Graphs(b"float", {"fp16": b"half"}), "fp16", b"half")],
)
def test_what_is_asked_of_cuda_is_taken(
    monkeypatch: pytest.MonkeyPatch, graphs: Graphs, precision: Precision, model: bytes
) -> None:
    onnxruntime_with(monkeypatch, [CUDA, CPU], {CUDA: [CUDA, CPU]})
    session, chosen = open_session(graphs, Wish("cuda", precision), run_once)
    assert (session.model, chosen.precision) == (model, precision)
    assert chosen.reason == f"CUDA was asked for; in {precision}, which was asked for"


def test_cuda_that_does_not_run_the_float16_graph_computes_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CUDA, CPU], {CUDA: [CUDA, CPU]})
    session, chosen = open_session(HALF, Wish(), lambda session: session.model == b"half" and fail(session))
    assert (session.model, chosen.used, chosen.precision) == (b"float", "cuda", "fp32")
    assert "in fp32, because the CUDA session opened but does not run" in chosen.reason


def test_float16_is_not_for_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CPU], {})
    with pytest.raises(DeviceError, match=r"for CUDA alone, and the CPU was asked for; use --precision auto"):
        open_session(HALF, Wish("cpu", "fp16"), run_once)
    with pytest.raises(
        DeviceError, match=r"for CUDA alone, and this onnxruntime has no CUDA provider; use --precision auto"
    ):
        open_session(HALF, Wish("auto", "fp16"), run_once)
    assert open_session(HALF, Wish("cpu"), run_once)[1].precision == "fp32"


def test_a_network_without_a_float16_graph_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [CUDA, CPU], {CUDA: [CUDA, CPU]})
    with pytest.raises(DeviceError, match="this network has no fp16 graph; use --precision auto"):
        open_session(Graphs(b"float"), Wish("cuda", "fp16"), run_once)


@pytest.mark.parametrize(
    ("graphs", "vnni", "available", "precision", "said"),
    [
        (BOTH, True, [OPENVINO, CPU], "int8", "the fastest form"),
        (BOTH, False, [OPENVINO, CPU], "bf16", "no VNNI"),
        (BOTH, False, [CPU], "fp32", "no VNNI.* and this onnxruntime has no OpenVINO"),
        (Graphs(b"float", released=("bf16",)), True, [OPENVINO, CPU], "bf16", "the fastest form"),
        (Graphs(b"float", {"int8": b"eight"}), True, [OPENVINO, CPU], "fp32", "the only form"),
        (Graphs(b"float", released=("int8",)), True, [CPU], "fp32", "no int8 graph"),
    ],
)
def test_the_cpu_computes_in_the_fastest_form_that_is_released_and_runs(
    monkeypatch: pytest.MonkeyPatch, graphs: Graphs, vnni: bool, available: list[str], precision: str, said: str
) -> None:
    onnxruntime_with(monkeypatch, available, {OPENVINO: [OPENVINO, CPU]}, vnni)
    session, chosen = open_session(graphs, Wish("cpu"), run_once)
    assert chosen.precision == precision
    assert session.model == (b"eight" if precision == "int8" else b"float")
    assert re.search(said, chosen.reason)


def test_exact_float32_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [OPENVINO, CPU], {OPENVINO: [OPENVINO, CPU]})
    session, chosen = open_session(BOTH, Wish("cpu", "fp32"), run_once)
    assert (session.model, chosen.precision, chosen.providers) == (b"float", "fp32", (CPU,))


def test_openvino_is_told_precision_and_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, [OPENVINO, CPU], {OPENVINO: [OPENVINO, CPU]})
    session, _ = open_session(BOTH, Wish("cpu", "bf16", 2), run_once)
    provider, options = session.asked
    assert provider == OPENVINO
    assert json.loads(options["load_config"])["CPU"] == {
        "INFERENCE_PRECISION_HINT": "bf16",
        "INFERENCE_NUM_THREADS": "2",
    }


@pytest.mark.parametrize(("gets", "try_out"), [([CPU], run_once), ([OPENVINO, CPU], fail)])
def test_openvino_that_does_not_load_or_run_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, gets: list[str], try_out: device.TryOut
) -> None:
    onnxruntime_with(monkeypatch, [OPENVINO, CPU], {OPENVINO: gets}, vnni=False)
    assert open_session(BOTH, Wish("cpu"), try_out)[1].precision == "fp32"
    with pytest.raises(DeviceError, match=r"precision bf16 cannot be had.*pip install onnxruntime-openvino"):
        open_session(BOTH, Wish("cpu", "bf16"), try_out)


@pytest.mark.skipif(
    OPENVINO not in onnxruntime.get_available_providers(), reason="needs onnxruntime-openvino in place of onnxruntime"
)
def test_the_real_openvino_looks_at_several_sizes_and_shapes() -> None:
    network = load_network("fast", "cpu", precision="bf16")
    assert network.device.providers[0] == OPENVINO
    for height, width in ((72, 128), (128, 72)):
        for size_px in (320, 640):
            network.detect([np.zeros((height, width, 3), np.uint8)], size_px=size_px)
