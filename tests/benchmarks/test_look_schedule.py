"""A small rendered clip, looked at in full and played."""

from pathlib import Path

from benchmarks.look_schedule import SIZES_PX, compare_ways, record
from tests.fakes import ground, noisy, square_networks, with_squares, write_pictures


def test_what_is_carried_is_counted_at_a_part_of_the_cost(tmp_path: Path) -> None:
    pictures = [noisy(with_squares(ground(1), [(50 + n, 50), (150 + n, 90)]), n) for n in range(30)]
    network = square_networks().vehicles
    clip = record(write_pictures(tmp_path / "clip.mp4", pictures), network)  # type: ignore[arg-type]
    seen = [[0, 29, 2, 2, "high", "footage"]]
    told: list[str] = []
    truths, ms = {"clip.mp4": {"per_shot": seen}}, dict.fromkeys(SIZES_PX, 10.0)
    every, third = compare_ways({"clip.mp4": clip}, truths, network.card, ms, (640,), (1, 3), told.append)
    assert (every["share_looked_at"], third["share_looked_at"]) == (1.0, 0.333)
    assert third["network_ms_a_frame"] < 0.5 * every["network_ms_a_frame"]
    for way in (every, third):
        assert way["clips"]["clip.mp4"]["most_at_once"] == 2
        assert way["counts"]["at_once_exact"] == 1
    assert len(told) == 4
