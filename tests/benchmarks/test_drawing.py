from benchmarks.drawing import FRAMES, drawing, scene


def test_every_frame_has_every_vehicle_and_smoke() -> None:
    found, frames = scene(640, 360, 9)
    assert len(frames) == FRAMES
    assert {len(frame.boxes) for frame in frames} == {len(found.tracks)} == {9}
    assert found.convoys[0].size == 7


def test_the_figures_say_what_they_are_of() -> None:
    figures = drawing(320, 180, 2)
    assert (figures["picture"], figures["vehicles"]) == ("320x180", 2)
    assert 0 < figures["median_ms"] <= figures["p95_ms"]
