"""The figures that travel inside model.json; what they are made of is specified beside each module."""

from datasets.classes import VEHICLE_CLASSES
from detector.model_card import ModelCard
from models.evaluate import calibrated, summary
from models.figures import Seen
from tests.models.measured import SMOKE_FIRE_FIGURES, VEHICLE_FIGURES
from tests.models.squares import found, truth

CARD = ModelCard("vehicles", VEHICLE_CLASSES, 640, 32, {}, "0" * 64)


def test_model_json_holds_box_ap_by_source_and_input_size() -> None:
    short = summary(VEHICLE_FIGURES)
    assert short["class_agnostic"] == {"mian": {"640": {"ap50": 0.9, "ap50_95": 0.45}}}
    assert short["mean_over_classes"] == {"mian": {"640": {"ap50": 0.6, "ap50_95": 0.3}}}
    assert "frame_average_precision" not in short


def test_model_json_holds_frame_ap_by_kind_and_group() -> None:
    assert summary(SMOKE_FIRE_FIGURES)["frame_average_precision"]["384"]["smoke"]["zem and mian"] == 0.87


def test_both_thresholds_and_the_calibration_are_chosen_at_the_networks_own_size() -> None:
    right = Seen([truth(0)] * 60, {640: [found((0, 0.8))] * 60, 1280: [found()] * 60})
    empty = Seen([truth()], {640: [found()], 1280: [found()]})
    seen = dict.fromkeys(("mian", "zem", "obulka", "visdrone"), right) | {"aryanraj_clear": empty}
    by_hand = {"typical": {"confidence": 0.25, "chosen": "provisional"}}
    measured = calibrated(CARD, seen, {"thresholds": by_hand})
    assert measured["thresholds"]["typical"]["on_val"]["f1"] == 1
    assert measured["thresholds"]["conservative"]["on_val"]["precision"] == 1
    assert "frame" not in measured["thresholds"]["typical"]
    assert measured["calibration"]["bins"][0]["boxes"] == 240
