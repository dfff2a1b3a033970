"""The list of released networks with the SHA-256 of their files: what `detector.model` checks a network against."""

import hashlib
import json
from pathlib import Path

from benchmarks.results import write_whole
from detector.model import GRAPH_FILES


def write_manifest(models: Path) -> None:
    """List every network of the folder in its manifest.json."""
    networks = {
        folder.parent.name: {
            name: hashlib.sha256((folder.parent / name).read_bytes()).hexdigest()
            for name in ("model.onnx", *GRAPH_FILES.values(), "model.json")
            if (folder.parent / name).is_file()
        }
        for folder in sorted(models.glob("*/model.json"))
    }
    write_whole(models / "manifest.json", json.dumps({"networks": networks}, indent=2) + "\n")
