"""Vehicles, convoys, smoke and fire in recorded footage: `detect clip.mp4`, or `from detector import analyze`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detector.analysis import analyze as analyze
    from detector.model import load_network as load_network

__version__ = "0.1.0"
__all__ = ["analyze", "load_network"]


def __getattr__(name: str) -> Any:
    """Import on first use: `detect --help` must not wait for OpenCV and ONNX Runtime."""
    if name == "analyze":
        from detector.analysis import analyze

        return analyze
    if name == "load_network":
        from detector.model import load_network

        return load_network
    raise AttributeError(f"module 'detector' has no attribute {name!r}")
