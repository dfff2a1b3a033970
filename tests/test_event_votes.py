import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.event_votes import moved_boxes, vote
from tests.sightings import look, looks, still

THREE_PLACES = ((10.0, 20.0, 50.0, 60.0), (210.0, 20.0, 250.0, 60.0), (410.0, 20.0, 450.0, 60.0))


def test_a_constant_score_is_voted_as_it_is() -> None:
    seen = looks([0.8] * 10)
    np.testing.assert_allclose(vote(seen, "smoke", 0.3, still(seen)), 0.8, rtol=1e-6)


def test_boxes_that_jump_about_do_not_speak_for_one_another() -> None:
    seen = [look(5 * number, 0.8, THREE_PLACES[number % 3]) for number in range(10)]
    assert vote(seen, "smoke", 0.3, still(seen)).max() == 0


def test_boxes_that_lie_in_one_another_do() -> None:
    plume, core = (0.0, 0.0, 200.0, 200.0), (80.0, 90.0, 120.0, 140.0)
    seen = [look(5 * number, 0.8, (plume, core)[number % 2]) for number in range(10)]
    assert vote(seen, "smoke", 0.3, still(seen)).min() > 0.7


def test_a_frame_that_scores_without_a_box_speaks_for_every_place() -> None:
    seen = looks([0.8] * 10)
    seen[4] = look(20, 0.8, None)
    assert vote(seen, "smoke", 0.3, still(seen)).min() > 0.7


def test_what_scores_less_has_no_voice() -> None:
    seen = looks([0.2] * 10)
    assert not vote(seen, "smoke", 0.3, still(seen)).any()


def test_nothing_seen_and_nothing_looked_at() -> None:
    assert vote([], "smoke", 0.3, {}).shape == (0,)
    seen = looks([0.0] * 4)
    assert vote(seen, "smoke", 0.3, still(seen)).tolist() == [0.0] * 4


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20), st.floats(-40, 40), st.floats(0.97, 1.03))
def test_a_camera_that_pans_and_zooms_changes_nothing(scores: list[float], pan_px: float, zoom: float) -> None:
    seen = looks(scores)
    moved, to_ground = [], {}
    for number, one in enumerate(seen):
        camera = np.array([[zoom**number, 0, pan_px * number], [0, zoom**number, 0], [0, 0, 1]])
        boxes = moved_boxes(one.boxes["smoke"].xyxy.astype(float), camera)
        moved.append(look(one.frame, scores[number], tuple(boxes[0]) if len(boxes) else None))
        to_ground[one.frame] = np.linalg.inv(camera)
    np.testing.assert_allclose(vote(moved, "smoke", 0.3, to_ground), vote(seen, "smoke", 0.3, still(seen)))
