"""From a checkpoint to the released form, with a network of a few thousand parameters."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch", reason="export needs the extra train")
pytest.importorskip("ultralytics", reason="export needs the extra train")
pytest.importorskip("onnxslim", reason="export needs the extra train")

from detector import load_network  # noqa: E402
from models import export  # noqa: E402
from models.blend import blend  # noqa: E402
from models.box_rule import BoxRule  # noqa: E402
from models.torch_reference import TorchNetwork  # noqa: E402
from tests.models.tiny import finished, tiny_network, write_checkpoint  # noqa: E402

RELEASE = {
    "description": "Finds smoke and fire nowhere in particular.",
    "classes": ["smoke", "fire"],
    "graph": {"look_twice": False},
    "input": {"size_px": 64, "stride": 32},
    "thresholds": {"typical": {"confidence": 0.25, "chosen": "provisional"}},
}
PICTURE = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models" / "tiny").mkdir(parents=True)
    (tmp_path / "models" / "tiny" / "release.yaml").write_text(yaml.safe_dump(RELEASE))
    return tmp_path / "models" / "tiny"


def release(folder: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["export", str(folder), str(checkpoint)])
    export.main()


def test_with_the_preprocessing_folded_in_the_same_numbers_come_out() -> None:
    """BGR from 0 to 255 into the folded network, RGB from 0 to 1 into the one it was."""
    plain, folded = tiny_network(2), tiny_network(2)
    export.fold_preprocessing(folded)
    bgr = torch.from_numpy(PICTURE[:32].transpose(2, 0, 1)[None].copy()).float()
    with torch.inference_mode():
        before, after = plain(bgr.flip(1) / 255)[0], folded(bgr)[0]
        other_order = folded(bgr.flip(1))[0]
    assert torch.allclose(before, after, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(before, other_order, rtol=1e-4, atol=1e-4)


def test_what_is_released_is_what_the_checkpoint_finds(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A blended checkpoint, as training keeps it; through detector.model, which checks the manifest and the card."""
    blended = blend(finished(tiny_network(2, seed=1)), finished(tiny_network(2, seed=2)), 0.25)
    checkpoint = write_checkpoint(tmp_path / "blended.pt", blended)
    release(folder, checkpoint, monkeypatch)
    network = load_network(folder, "cpu")
    reference = TorchNetwork(checkpoint, network.card, BoxRule.of(RELEASE))
    confidence = 0.001
    for size_px in (64, 96):
        [found] = network.detect([PICTURE], confidence=confidence, size_px=size_px)
        [expected] = reference.detect([PICTURE], confidence=confidence, size_px=size_px)
        assert len(found) > 0
        np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-3, atol=1e-5)


def test_the_card_says_what_release_yaml_says_but_for_how_the_graph_is_built(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(folder, write_checkpoint(tmp_path / "last.pt", finished(tiny_network(2))), monkeypatch)
    document = json.loads((folder / "model.json").read_text())
    assert document == {key: value for key, value in RELEASE.items() if key != "graph"}
    assert sorted(path.name for path in folder.iterdir()) == ["model.json", "model.onnx", "release.yaml"]


def test_the_same_checkpoint_gives_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = write_checkpoint(tmp_path / "last.pt", finished(tiny_network(2)))
    release(folder, checkpoint, monkeypatch)
    first = (folder / "model.onnx").read_bytes()
    release(folder, checkpoint, monkeypatch)
    assert (folder / "model.onnx").read_bytes() == first


def test_a_graph_that_cannot_be_written_leaves_the_one_that_was_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = export.onnx.save

    def full_disk(model: object, path: str | Path, *rest: object) -> None:
        if Path(path).parent != folder:
            return save(model, path, *rest)  # what the exporter writes on its way
        Path(path).write_bytes(b"half a gra")
        raise OSError("no space left on device")

    (folder / "model.onnx").write_bytes(b"the graph before")
    checkpoint = write_checkpoint(tmp_path / "last.pt", finished(tiny_network(2)))
    monkeypatch.setattr(export.onnx, "save", full_disk)
    with pytest.raises(OSError, match="no space"):
        release(folder, checkpoint, monkeypatch)
    assert (folder / "model.onnx").read_bytes() == b"the graph before"
