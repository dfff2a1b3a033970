import json
from pathlib import Path
from typing import Any

import pytest

from detector.model_card import ModelError, Threshold, read_card

FILE = Path("models") / "smoke_fire" / "model.json"
TYPICAL = {"confidence": 0.25, "chosen": "by eye", "frame": {"smoke": 0.6, "fire": 0.3}}
CONSERVATIVE = {"confidence": 0.5, "chosen": "by eye", "frame": {"smoke": 0.9, "fire": 0.8}}


def document(**changes: Any) -> bytes:
    card = {
        "classes": ["smoke", "fire"],
        "input": {"size_px": 384, "stride": 32},
        "thresholds": {"typical": TYPICAL, "conservative": CONSERVATIVE},
    }
    return json.dumps({key: value for key, value in (card | changes).items() if value is not None}).encode()


def test_what_a_card_says() -> None:
    card = read_card(FILE, document(), "0" * 64)
    assert (card.name, card.classes, card.size_px, card.stride) == ("smoke_fire", ("smoke", "fire"), 384, 32)
    assert card.threshold() == card.threshold("typical") == Threshold(0.25, {"smoke": 0.6, "fire": 0.3})
    assert card.threshold("conservative") == Threshold(0.5, {"smoke": 0.9, "fire": 0.8})


def test_a_network_of_boxes_alone_has_no_scores_for_frames() -> None:
    card = read_card(FILE, document(thresholds={"typical": {"confidence": 0.25}}), "0" * 64)
    assert card.threshold().frame == {}


def test_a_card_that_names_a_head_for_frames_is_of_a_network_that_judges_them() -> None:
    assert not read_card(FILE, document(), "0" * 64).judges_frames
    assert read_card(FILE, document(frame_head="frame_head.npz"), "0" * 64).judges_frames


def test_a_card_without_the_conservative_threshold_is_good_until_it_is_asked_for() -> None:
    card = read_card(FILE, document(thresholds={"typical": TYPICAL}), "0" * 64)
    with pytest.raises(ModelError, match="has no conservative threshold, only typical"):
        card.threshold("conservative")


def broken(**changes: object) -> dict[str, Any]:
    return {"thresholds": {"typical": {**TYPICAL, **changes}}}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"thresholds": None}, "thresholds"),
        ({"thresholds": []}, "no model card"),
        ({"thresholds": {}}, "no typical one"),
        ({"thresholds": {"conservative": CONSERVATIVE}}, "no typical one"),
        ({"thresholds": {"typical": 0.25}}, "thresholds.typical is 0.25, not an object"),
        ({"thresholds": {"typical": TYPICAL, "conservative": None}}, "thresholds.conservative is None"),
        (broken(confidence=None), "thresholds.typical.confidence is None, not a number between 0 and 1"),
        (broken(confidence="high"), "confidence is 'high'"),
        (broken(confidence=True), "confidence is True"),
        (broken(confidence=float("nan")), "confidence is nan"),
        (broken(confidence=25), "confidence is 25"),
        (broken(frame=[0.6, 0.3]), "frame is .*not one score for each of smoke, fire"),
        (broken(frame={"smoke": 0.6}), "frame is .*not one score for each of smoke, fire"),
        (broken(frame={"smoke": 0.6, "fire": "low"}), "frame.fire is 'low'"),
        ({"classes": None}, "classes"),
        ({"classes": [], "thresholds": {"typical": {"confidence": 0.25}}}, "classes is .., not a list of names"),
        ({"input": {"size_px": 384}}, "stride"),
        ({"input": {"size_px": 384, "stride": 0}}, "input.stride is 0, not a whole number above 0"),
        ({"input": {"size_px": 400, "stride": 32}}, "size_px 400 is no multiple of stride 32"),
        ({"input": {"size_px": 0, "stride": 32}}, "input.size_px is 0"),
        ({"input": {"size_px": 384.5, "stride": 32}}, "input.size_px is 384.5, not a whole number above 0"),
        ({"input": {"size_px": 384, "stride": True}}, "input.stride is True"),
        (
            {"classes": "tank", "thresholds": {"typical": {"confidence": 0.25}}},
            "classes is 'tank', not a list",
        ),
        ({"classes": ["smoke", 7]}, "classes is .*not a list of names"),
        ({"classes": ["smoke", "smoke", "fire"]}, "classes is .*not a list of names, each once"),
    ],
)
def test_what_is_missing_or_garbage_is_named_with_the_file_and_a_remedy(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ModelError, match=named) as raised:
        read_card(FILE, document(**changes), "0" * 64)
    assert str(raised.value).startswith(str(FILE))
    assert "install detect again" in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b"null", b"7"])
def test_what_is_no_card_at_all(content: bytes) -> None:
    with pytest.raises(ModelError, match="no model card"):
        read_card(FILE, content, "0" * 64)
