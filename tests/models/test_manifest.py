import hashlib
import json
from pathlib import Path

import pytest

from models.manifest import write_manifest


def network(models: Path, name: str, graph: bytes = b"graph") -> None:
    (models / name).mkdir()
    (models / name / "model.onnx").write_bytes(graph)
    (models / name / "model.json").write_text("{}")


def listed(models: Path) -> dict[str, dict[str, str]]:
    networks: dict[str, dict[str, str]] = json.loads((models / "manifest.json").read_text())["networks"]
    return networks


def test_every_network_of_the_folder_is_listed_with_the_hashes_of_its_files(tmp_path: Path) -> None:
    network(tmp_path, "vehicles", b"\x00\xff")
    network(tmp_path, "smoke_fire")
    write_manifest(tmp_path)
    assert list(listed(tmp_path)) == ["smoke_fire", "vehicles"]
    assert listed(tmp_path)["vehicles"] == {
        "model.onnx": hashlib.sha256(b"\x00\xff").hexdigest(),
        "model.json": hashlib.sha256(b"{}").hexdigest(),
    }


def test_folders_without_a_card_and_files_are_no_networks(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "README.md").touch()
    write_manifest(tmp_path)
    assert listed(tmp_path) == {}


def test_a_manifest_is_left_as_it_was_if_writing_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(path: Path, text: str) -> None:
        path.open("w").close()
        raise OSError("no space left on device")

    network(tmp_path, "vehicles")
    write_manifest(tmp_path)
    before = listed(tmp_path)
    network(tmp_path, "smoke_fire")
    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_manifest(tmp_path)
    assert listed(tmp_path) == before
