import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.outputs.labels import Label, Labels, place

NOTHING = np.empty((0, 4))
PICTURE = (640, 360)


def overlaps(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def test_a_label_stands_above_its_box_where_there_is_room() -> None:
    wording, _, corner = place((100, 100, 140, 130), [(60, 12)], NOTHING, PICTURE, 3, None)
    assert (wording, corner) == (0, (100, 85))


def test_it_goes_elsewhere_rather_than_cover_a_neighbour() -> None:
    above = np.array([(90.0, 80.0, 160.0, 99.0)])
    _, _, (x, y) = place((100, 100, 140, 130), [(60, 12)], above, PICTURE, 3, None)
    assert not overlaps((x, y, x + 60, y + 12), tuple(above[0]))


def test_for_want_of_room_it_is_cut_short() -> None:
    beside = np.array([(0.0, 0.0, 640.0, 84.0), (0.0, 100.0, 640.0, 360.0)])
    wording, _, _ = place((100, 84, 140, 100), [(60, 30), (20, 10)], beside[:1], PICTURE, 3, None)
    assert wording == 0
    wording, _, _ = place((100, 84, 140, 100), [(60, 30), (20, 10)], beside, PICTURE, 3, None)
    assert wording == 1


def test_it_stays_on_its_side_while_that_is_free() -> None:
    _, side, _ = place((100, 100, 140, 130), [(60, 12)], NOTHING, PICTURE, 3, last_side=4)
    assert side == 4


sides = st.integers(-50, 700)


@given(
    st.tuples(sides, sides, st.integers(1, 300), st.integers(1, 300)),
    st.lists(st.tuples(sides, sides, st.integers(1, 300), st.integers(1, 300)), max_size=8),
)
def test_it_never_leaves_the_picture(own: tuple[int, ...], others: list[tuple[int, ...]]) -> None:
    taken = np.array([(x, y, x + w, y + h) for x, y, w, h in others], np.float64).reshape(-1, 4)
    x, y, width, height = own
    wording, _, (left, top) = place((x, y, x + width, y + height), [(80, 14), (30, 14)], taken, PICTURE, 3, None)
    assert 0 <= left <= PICTURE[0] - (80, 30)[wording]
    assert 0 <= top <= PICTURE[1] - 14


def test_labels_of_fifty_vehicles_cover_none_of_them() -> None:
    boxes = [(60 + 180 * (n % 10), 60 + 200 * (n // 10)) for n in range(50)]
    taken = [(x, y, x + 60, y + 40) for x, y in boxes]
    image = np.full((1080, 1920, 3), 200, np.uint8)
    labels = [Label(str(n), box, (f"{n} artillery", str(n)), (255, 255, 255)) for n, box in enumerate(taken)]
    Labels().draw(image, labels, taken, 1.92)
    assert all((image[top:bottom, left:right] == 200).all() for left, top, right, bottom in taken)
    assert (image != 200).any()


def test_a_label_wider_than_the_picture_is_cut_off() -> None:
    image = np.zeros((20, 30, 3), np.uint8)
    Labels().draw(image, [Label("1", (5, 5, 9, 9), ("a very long class name",), (255, 255, 255))], [], 1.0)
    assert image.any()
