"""That the cost of a frame can still be taken, not what it is."""

from typing import Any

import pytest

from benchmarks.frame_cost import STAGES, VEHICLES, WEAK, measure, table, traffic
from tests.fakes import ground, noisy, write_pictures

FRAMES = 12


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    wide = ground(1, width=320 + 4 * FRAMES)
    pictures = (noisy(wide[:, 4 * n : 4 * n + 320], n) for n in range(FRAMES))
    return measure(write_pictures(tmp_path_factory.mktemp("cost") / "pan.mp4", pictures))


def test_every_frame_passes_every_stage(figures: dict[str, Any]) -> None:
    assert figures["frames"] == FRAMES
    assert set(figures["stages_ms"]) == {*STAGES, "burned-in mask"}


def test_together_is_the_sum_of_the_stages_and_holds_the_mask_once(figures: dict[str, Any]) -> None:
    assert figures["together_ms"] == pytest.approx(sum(figures["stages_ms"][name] for name in STAGES), abs=0.01)


def test_the_table_has_a_row_for_everything_measured(figures: dict[str, Any]) -> None:
    assert len(table({"pan": figures}).splitlines()) == 2 + len(figures["stages_ms"]) + 3


def test_traffic_stays_what_it_was_and_has_its_vehicles() -> None:
    found = traffic(30, (1920, 1080))
    assert all((one.xyxy == other.xyxy).all() for one, other in zip(found, traffic(30, (1920, 1080)), strict=True))
    assert max(len(one) for one in found) <= VEHICLES + WEAK
    assert min(len(one) for one in found) >= VEHICLES + WEAK - 8


def test_no_frames_no_traffic() -> None:
    assert traffic(0, (64, 48)) == []
