"""Parsers of what comes with a network, or stands for one."""

from pathlib import Path

from benchmarks.fuzzing.parser import Parser
from detector.model_card import ModelError, read_card
from detector.mot_file import MotFileError, detection_lines, read_detections
from tests.fakes import ground, square_networks, with_squares

CARD = Path(__file__).parents[2] / "models" / "smoke_fire" / "model.json"


def parsers_of_network_files() -> list[Parser]:
    """model.json, and saved detections."""
    networks = square_networks()
    [seen] = networks.vehicles.detect([with_squares(ground(0), [(20, 20), (80, 60)])])
    boxes = "".join(f"{line}\n" for number in range(5) for line in detection_lines(number, seen)).encode()
    card = networks.vehicles.card
    return [
        Parser("detections.txt", boxes, lambda path: read_detections(path, card), (MotFileError,)),
        Parser(
            "model.json", CARD.read_bytes(), lambda path: read_card(path, path.read_bytes(), "0" * 64), (ModelError,)
        ),
    ]
