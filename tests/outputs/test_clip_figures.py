import base64

import cv2
import numpy as np

from detector.outputs.clip_figures import figures_of, thumbnail_of
from detector.outputs.html.material import Material
from tests.reports import convoy, event, report, track


def jpeg(level: int, width: int = 360, height: int = 180) -> str:
    return base64.b64encode(cv2.imencode(".jpg", np.full((height, width, 3), level, np.uint8))[1].tobytes()).decode()


def shown(text: str | None) -> tuple[int, tuple[int, int]]:
    """Level and size of a thumbnail."""
    assert text is not None
    image = cv2.imdecode(np.frombuffer(base64.b64decode(text), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return round(float(image.mean()), -1), (image.shape[1], image.shape[0])


def test_seconds_are_those_inside_events_and_none_counts_twice() -> None:
    events = (
        event("fire", 0, 50),
        event("flash", 25, 75),
        event("fire", 30, 40),
        event("smoke", 0, 25),
        event("smoke", 50, 75),
    )
    found = figures_of(report(events=events, convoys=(convoy(1, 2, 3),)))
    assert (found.fire_s, found.smoke_s, found.convoys) == (3.0, 2.0, 1)


def test_a_clip_with_nothing_in_it() -> None:
    found = figures_of(report(shots=()))
    assert (found.length_s, found.smoke_s, found.fire_s, found.convoys) == (0.0, 0.0, 0.0, 0)
    assert thumbnail_of(report(), Material((), (), None, {})) is None


def test_the_thumbnail_is_the_largest_convoy_else_the_strongest_event_else_the_surest_vehicle() -> None:
    tracks = (track(1, score=0.99, counted=False), track(2, score=0.6), track(3, score=0.8))
    found = report(
        tracks=tracks, events=(event(score=0.5), event(score=0.9)), convoys=(convoy(1, 2, 3), convoy(1, 2, 3, 4))
    )
    names = ["convoy 1", "convoy 0", "event 1", "event 0", "track 3", "track 2", "track 1"]
    pictures = {name: jpeg(20 * (number + 1)) for number, name in enumerate(names)}
    for number, name in enumerate(names):
        assert shown(thumbnail_of(found, Material((), (), None, pictures))) == (20 * (number + 1), (144, 72))
        del pictures[name]


def test_a_small_picture_is_not_blown_up_and_a_broken_one_is_none() -> None:
    found = report(tracks=(track(1),))
    assert shown(thumbnail_of(found, Material((), (), None, {"track 1": jpeg(60, 40, 30)})))[1] == (40, 30)
    assert thumbnail_of(found, Material((), (), None, {"track 1": base64.b64encode(b"no").decode()})) is None
