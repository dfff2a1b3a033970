"""The records of the sources, their cards, and the class map say one thing."""

import re
from pathlib import Path

import pytest

from datasets.classes import BOXED_KINDS, FRAME_LABELLED, SMOKE_FIRE_MAP, VEHICLE_BACKGROUND, VEHICLE_MAP
from datasets.sources import SOURCES, Source

CARDS = Path(__file__).parents[2] / "datasets" / "cards"
SHARED = Path(__file__).parents[3] / "shared" / "datasets"


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.name)
def test_a_card_says_origin_licence_and_size(source: Source) -> None:
    text = (CARDS / source.card).read_text()
    assert source.origin in text
    assert source.licence in text
    assert re.search(rf"\b{source.train} / {source.val}\b", text)
    assert all(re.search(rf"\b{re.escape(name)}\b", text) for name in source.classes)


def test_every_card_is_of_a_source() -> None:
    assert {path.name for path in CARDS.glob("*.md")} == {source.card for source in SOURCES.values()}


def test_every_source_is_used_and_every_source_used_is_known() -> None:
    assert {*VEHICLE_MAP, *SMOKE_FIRE_MAP, *FRAME_LABELLED, *VEHICLE_BACKGROUND} == set(SOURCES)


def test_every_class_of_a_source_is_in_the_map() -> None:
    for name, mapping in {**VEHICLE_MAP, **SMOKE_FIRE_MAP}.items():
        assert set(SOURCES[name].classes) <= set(mapping), name
    assert set(BOXED_KINDS) == set(SMOKE_FIRE_MAP)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the sources are not here")
@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.name)
def test_the_counts_are_those_of_the_prepared_pictures(source: Source) -> None:
    counts = [len(list((SHARED / source.name / "images" / split).glob("*.webp"))) for split in ("train", "val")]
    assert counts == [source.train, source.val]
