"""Vehicles, convoys, smoke and fire in recorded footage: `detect clip.mp4`, or `from detector import analyze`."""

__version__ = "0.1.0"
