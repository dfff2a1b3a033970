from typing import Any

import pytest

from detector import device
from detector.device import DeviceError, open_session


class Session:
    """A session that says it got these providers, whatever it was asked for."""

    def __init__(self, providers: list[str]) -> None:
        self._providers = providers

    def get_providers(self) -> list[str]:
        return self._providers


def onnxruntime_with(monkeypatch: pytest.MonkeyPatch, available: list[str], cuda_gets: list[str]) -> None:
    def open_it(model: bytes, options: Any, providers: list[str]) -> Session:
        return Session(cuda_gets if providers[0] == "CUDAExecutionProvider" else providers)

    monkeypatch.setattr(device.onnxruntime, "get_available_providers", lambda: available)
    monkeypatch.setattr(device.onnxruntime, "InferenceSession", open_it)
    monkeypatch.setattr(device.onnxruntime, "preload_dlls", lambda: None, raising=False)


def run_once(session: Session) -> None:
    """A session that runs."""


CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


def test_auto_takes_cuda_when_the_session_runs_there(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, available=[CUDA, CPU], cuda_gets=[CUDA, CPU])
    _, chosen = open_session(b"", "auto", run_once)
    assert (chosen.used, chosen.requested, chosen.providers) == ("cuda", "auto", (CUDA, CPU))


def test_auto_falls_back_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, available=[CPU], cuda_gets=[])
    _, chosen = open_session(b"", "auto", run_once)
    assert chosen.used == "cpu"
    assert "no CUDA provider" in chosen.reason


def test_a_session_that_fell_back_silently_is_not_taken_for_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, available=[CUDA, CPU], cuda_gets=[CPU])
    with pytest.raises(DeviceError, match="could not load it"):
        open_session(b"", "cuda", run_once)
    _, chosen = open_session(b"", "auto", run_once)
    assert chosen.used == "cpu"
    assert "could not load it" in chosen.reason


def test_cuda_that_is_not_there_is_an_error_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime_with(monkeypatch, available=[CPU], cuda_gets=[])
    with pytest.raises(DeviceError, match="pip install onnxruntime-gpu"):
        open_session(b"", "cuda", run_once)


def test_a_session_that_opens_but_does_not_run_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(session: Session) -> None:
        raise RuntimeError("libcudnn.so.9: cannot open shared object file")

    onnxruntime_with(monkeypatch, available=[CUDA, CPU], cuda_gets=[CUDA, CPU])
    with pytest.raises(DeviceError, match="libcudnn"):
        open_session(b"", "cuda", fail)
    _, chosen = open_session(b"", "auto", fail)
    assert chosen.used == "cpu"
    assert "does not run" in chosen.reason
