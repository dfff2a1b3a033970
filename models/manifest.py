"""The list of released networks with the SHA-256 of their files: what `detector.model` checks a network against."""

import hashlib
import json
from pathlib import Path


def write_manifest(models: Path) -> None:
    """List every network of the folder in its manifest.json."""
    networks = {
        folder.parent.name: {
            name: hashlib.sha256((folder.parent / name).read_bytes()).hexdigest()
            for name in ("model.onnx", "model.json")
        }
        for folder in sorted(models.glob("*/model.json"))
    }
    (models / "manifest.json").write_text(json.dumps({"networks": networks}, indent=2) + "\n")
