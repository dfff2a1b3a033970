"""The command as the tests run it, in their own process and on networks that find coloured squares."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detector import analysis
from detector.cli import main
from detector.device import DeviceError
from detector.model import ModelError
from detector.mot_file import read_detections
from tests.fakes import ground, noisy, square_networks, with_squares, write_pictures

# fmt: off
WITHOUT_VIDEO = [
    "SHA256SUMS", "detections.txt", "events.csv", "frames.jsonl", "report.html", "report.json", "shots.csv",
    "tracks.csv", "tracks.txt",
]
# fmt: on


def use_networks_of_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the released ones. With --tracks there is one network and the card of the other."""

    def load(device: str = "auto", vehicles: str = "fast", *_: object) -> analysis.Networks:
        if vehicles != "fast":
            raise ModelError(f"no network {vehicles!r}: name one of fast")
        if device.startswith("cuda"):
            raise DeviceError(f"device {device} cannot be had: there is none; use --device cpu")
        return square_networks()

    def load_saved(detections: Path, device: str = "auto", vehicles: str = "fast", *_: object) -> analysis.Networks:
        networks = square_networks()
        return analysis.Networks(read_detections(detections, networks.vehicles.card), networks.smoke_fire)

    monkeypatch.setattr(analysis.Networks, "load", staticmethod(load))
    monkeypatch.setattr(analysis.Networks, "load_saved", staticmethod(load_saved))


def write_two_lorries(path: Path) -> Path:
    """A clip of 20 frames with two squares that stand still."""
    return write_pictures(path, [noisy(with_squares(ground(1), [(20, 20), (90, 20)]), seed) for seed in range(20)])


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def break_off_after(looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes when smoke and fire have been looked for so many times."""
    networks, looked = square_networks(), iter(range(100))
    patient = networks.smoke_fire.detect

    def impatient(images, **how):  # type: ignore[no-untyped-def]
        if next(looked) == looks:
            raise KeyboardInterrupt
        return patient(images, **how)

    networks.smoke_fire.detect = impatient  # type: ignore[method-assign]
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_, **__: networks))
