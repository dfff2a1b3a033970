"""Training from the command line, on a network of a few thousand parameters and four pictures."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from datasets.build import write_data_yaml
from datasets.classes import VEHICLE_LABELS
from models import train
from tests.datasets.samples import write_picture, write_text


def test_the_command_names_a_config_the_built_data_and_a_folder_of_weights() -> None:
    given = train.command_line().parse_args(["models/vehicles/train.yaml", "--built", "built", "--weights", "weights"])
    assert (given.config, given.built, given.weights) == (
        Path("models/vehicles/train.yaml"),
        Path("built"),
        Path("weights"),
    )


@pytest.mark.parametrize("left_out", ["--built", "--weights"])
def test_neither_data_nor_weights_can_be_left_out(left_out: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train.yaml", "--built", "built", "--weights", "weights"]
    place = words.index(left_out)
    with pytest.raises(SystemExit):
        train.command_line().parse_args(words[:place] + words[place + 2 :])
    assert left_out in capsys.readouterr().err


def test_a_checkpoint_beside_the_config_goes_before_one_of_the_pretrained(tmp_path: Path) -> None:
    beside, pretrained = tmp_path / "vehicles", tmp_path / "weights"
    beside.mkdir()
    assert train.start_weights(beside, pretrained, "start.pt") == pretrained / "start.pt"
    (beside / "start.pt").touch()
    assert train.start_weights(beside, pretrained, "start.pt") == beside / "start.pt"


def test_a_run_that_has_not_begun_has_not_ended(tmp_path: Path) -> None:
    assert not train.has_ended(tmp_path / "last.pt")


@pytest.fixture
def torch() -> Any:
    pytest.importorskip("ultralytics", reason="training needs the extra train")
    return pytest.importorskip("torch", reason="training needs the extra train")


@pytest.mark.parametrize(("epoch", "ended"), [(0, False), (1, False), (2, True), (-1, True)])
def test_a_run_has_ended_after_its_last_epoch_stripped_or_not(
    epoch: int, ended: bool, tmp_path: Path, torch: Any
) -> None:
    torch.save({"epoch": epoch, "train_args": {"epochs": 3}}, tmp_path / "last.pt")
    assert train.has_ended(tmp_path / "last.pt") == ended


@pytest.fixture
def folder(tmp_path: Path, torch: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config, four pictures of a tank, and a network of the right classes to start from; runs/ is made here."""
    from ultralytics.nn.tasks import DetectionModel

    from models.vehicle_loss import VehicleModel
    from tests.models.tiny import finished, tiny_network, write_checkpoint

    monkeypatch.setattr(DetectionModel, "predict", DetectionModel.predict)  # training on a CPU replaces it
    layout = tmp_path / "built" / "vehicles"
    for number in range(4):
        write_picture(layout / "images" / "train" / f"mian_{number}.webp")
        write_text(layout / "labels" / "train" / f"mian_{number}.txt", "0 0.5 0.5 0.4 0.4\n")
    write_picture(layout / "images" / "val" / "mian_9.webp")
    write_text(layout / "labels" / "val" / "mian_9.txt", "")
    write_data_yaml(layout, VEHICLE_LABELS)
    start = finished(tiny_network(len(VEHICLE_LABELS), model_class=VehicleModel))
    write_checkpoint(tmp_path / "vehicles" / "start.pt", start)
    write_config(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_config(folder: Path, **changes: object) -> None:
    config = {
        "name": "tiny",
        "weights": "start.pt",
        "start_share": 0.25,
        "data": "vehicles/data.yaml",
        "sampling": {"scenes_an_epoch": 4, "sources": {"mian": 1.0}, "canvases": [[64, 64, 1.0]]},
        "train": {"imgsz": 64, "epochs": 1, "batch": 2, "optimizer": "SGD", "lr0": 0.1, "seed": 1, "warmup_epochs": 0},
    }
    (folder / "vehicles" / "train.yaml").write_text(yaml.safe_dump(config | changes))


def call(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["train", f"{folder}/vehicles/train.yaml", "--built", f"{folder}/built", "--weights", f"{folder}/weights"]
    monkeypatch.setattr("sys.argv", words)
    train.main()


def first_convolution(path: Path) -> Any:
    from models.blend import network_of

    return network_of(train.read_checkpoint(path)).state_dict()["model.0.conv.weight"].float()


def test_what_is_kept_of_a_training_and_what_a_second_call_adds(
    folder: Path, torch: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call(folder, monkeypatch)
    weights = folder / "runs" / "tiny" / "weights"
    begun = first_convolution(folder / "vehicles" / "start.pt")
    ended, blended = (first_convolution(weights / name) for name in ("last.pt", "blended.pt"))
    assert not torch.allclose(ended, begun, atol=1e-3), "it has learned"
    assert torch.allclose(blended, 0.25 * begun + 0.75 * ended, atol=1e-3)

    trained = (weights / "last.pt").read_bytes()
    (weights / "blended.pt").unlink()
    capsys.readouterr()
    call(folder, monkeypatch)
    assert "tiny is finished: see runs/tiny/weights/last.pt" in capsys.readouterr().out
    assert torch.equal(first_convolution(weights / "blended.pt"), blended)
    assert (weights / "last.pt").read_bytes() == trained

    (weights / "blended.pt").write_bytes(b"kept")
    call(folder, monkeypatch)
    assert (weights / "blended.pt").read_bytes() == b"kept"


def test_after_an_interruption_it_goes_on_where_it_stopped(
    folder: Path, torch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.trainers import SceneTrainer

    whole_save = SceneTrainer.save_model

    def save_and_stop(trainer: SceneTrainer) -> None:
        whole_save(trainer)
        raise KeyboardInterrupt

    twice = {"imgsz": 64, "epochs": 2, "batch": 2, "optimizer": "SGD", "lr0": 0.1, "seed": 1, "warmup_epochs": 0}
    write_config(folder, train=twice)
    monkeypatch.setattr(SceneTrainer, "save_model", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        call(folder, monkeypatch)
    monkeypatch.setattr(SceneTrainer, "save_model", whole_save)
    last = folder / "runs" / "tiny" / "weights" / "last.pt"
    assert train.read_checkpoint(last)["epoch"] == 0
    assert not train.has_ended(last)
    call(folder, monkeypatch)
    assert train.read_checkpoint(last)["epoch"] == -1
    epochs = (folder / "runs" / "tiny" / "results.csv").read_text().splitlines()[1:]
    assert [line.split(",")[0].strip() for line in epochs] == ["1", "2"]
    assert last.with_name("blended.pt").exists()


def test_a_start_whose_head_is_as_wide_as_that_it_came_from_can_be_blended(folder: Path, torch: Any) -> None:
    """What was begun with the 80 classes of COCO keeps the width of that head under its own classes."""
    from models.vehicle_loss import VehicleModel
    from tests.models.tiny import finished, tiny_network, write_checkpoint

    wide = tiny_network(len(VEHICLE_LABELS), model_class=VehicleModel)
    wide.load(tiny_network(80))
    assert wide.model[-1].cv3[0][-1].in_channels > tiny_network(len(VEHICLE_LABELS)).model[-1].cv3[0][-1].in_channels
    start = write_checkpoint(folder / "vehicles" / "start.pt", finished(wide))
    train.check_start(VehicleModel, start, folder / "built" / "vehicles" / "data.yaml", 0.25)


def test_a_start_of_other_classes_is_refused_before_the_training(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.blend import BlendError
    from tests.models.tiny import finished, tiny_network, write_checkpoint

    write_checkpoint(folder / "vehicles" / "start.pt", finished(tiny_network(80)))
    with pytest.raises(BlendError, match="cannot be blended"):
        call(folder, monkeypatch)
    assert not (folder / "runs").exists()
