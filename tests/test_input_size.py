from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector.detections import Detections
from detector.frame import ImagePicture
from detector.input_size import (
    CLOSE_UP_PX,
    LEAST_LOOKS,
    MOST_LEFT_OUT,
    PROBE_EVERY_S,
    SECOND_PROBE_S,
    Look,
    SizeChooser,
    sizes_to_try,
)
from detector.scene_cue import SceneCue
from detector.shots import thumbnail
from tests.fakes import ground, noisy

CONFIDENCE, FLOOR = 0.5, 0.2
SIZES_PX = (640, 960, 1280)
FRAME_RATE = 32
SECOND_PROBE, PROBE_EVERY = round(FRAME_RATE * SECOND_PROBE_S), round(FRAME_RATE * PROBE_EVERY_S)  # frames
SMALL_PX, LARGE_PX = 6.0, 60.0  # sides of vehicles in pictures 320 px wide
Found = dict[int, int]  # how many vehicles show themselves at each size


class FarSighted:
    """Stands for a `Network`: finds as many vehicles at a size as it is told for the frame, side by side.

    From frame `traces_from` on a box of next to no score, `trace_px` wide and high, shows itself at the smallest size.
    """

    def __init__(
        self,
        shows: Callable[[int], Found],
        side_px: float = SMALL_PX,
        score: float = 0.9,
        traces_from: int = 1000,
        trace_px: float = SMALL_PX,
    ) -> None:
        self._shows, self._side_px, self._score = shows, side_px, score
        self._traces_from, self._trace_px = traces_from, trace_px
        self.frame = 0
        self.looked: list[tuple[int, int]] = []  # frame, size

    def detect(self, images, *, confidence=None, size_px=None):  # type: ignore[no-untyped-def]
        self.looked.append((self.frame, size_px))
        left = np.arange(self._shows(self.frame).get(size_px, 0), dtype=np.float32) * 2 * self._side_px
        xyxy = np.stack([left, 0 * left, left + self._side_px, 0 * left + self._side_px], axis=1)
        scores = np.full(len(left), self._score, np.float32)
        if size_px == SIZES_PX[0] and self.frame >= self._traces_from:
            trace = np.array([[200, 100, 200 + self._trace_px, 100 + self._trace_px]], np.float32)
            xyxy, scores = np.concatenate([xyxy, trace]), np.append(scores, np.float32(FLOOR))
        return [Detections(xyxy, scores, np.zeros(len(scores), np.int64))]

    def probed(self) -> list[int]:
        """Frames that were looked at in the largest size."""
        return [frame for frame, size_px in self.looked if size_px == SIZES_PX[-1]]


def looks(
    network: FarSighted,
    pictures: Iterable[NDArray[np.uint8]],
    sizes_px: tuple[int, ...] = SIZES_PX,
    frame_rate: float = FRAME_RATE,
) -> list[Look]:
    """What a chooser sees in one picture after the other."""
    chooser, cue, seen = SizeChooser(network, CONFIDENCE, sizes_px), SceneCue(), []  # type: ignore[arg-type]
    for network.frame, image in enumerate(pictures):
        time_s = network.frame / frame_rate
        seen.append(chooser.look(ImagePicture(image), time_s, cue.update(thumbnail(image)), FLOOR))
    return seen


SCENES = [ground(seed) for seed in range(4)]


def scene(count: int, seed: int = 0) -> list[NDArray[np.uint8]]:
    return [SCENES[seed]] * count


def sizes(seen: list[Look]) -> list[int]:
    return [look.size_px for look in seen]


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        ({640: 3, 960: 3, 1280: 3}, 640),
        ({640: 0, 960: 3, 1280: 3}, 960),
        ({640: 1, 960: 3, 1280: 6}, 1280),
        ({640: 2, 960: 2, 1280: 4}, 1280),  # too small even for the size between
        ({640: 20, 960: 21, 1280: 22}, 640),
        ({640: 0, 960: 0, 1280: 0}, 640),
        ({640: 3, 960: 2, 1280: 1}, 640),
    ],
)
def test_the_smallest_size_at_which_no_more_small_vehicles_are_found(found: Found, chosen: int) -> None:
    assert set(sizes(looks(FarSighted(lambda frame: found), scene(60)))) == {chosen}


def test_large_ones_that_appear_only_at_a_larger_size_are_no_reason() -> None:
    network = FarSighted(lambda frame: {640: 1, 960: 3, 1280: 6}, LARGE_PX)
    assert set(sizes(looks(network, scene(60)))) <= {640, CLOSE_UP_PX}


def test_nor_are_those_below_the_confidence() -> None:
    network = FarSighted(lambda frame: {960: 3, 1280: 6}, score=0.4)
    assert set(sizes(looks(network, scene(60)))) == {640}


def test_one_false_box_is_forgotten() -> None:
    network = FarSighted(lambda frame: {960: int(frame == 0)})
    assert sizes(looks(network, scene(200)))[-1] == 640


def test_a_cut_to_far_off_vehicles_and_back_is_followed_at_once() -> None:
    pictures = scene(60, 1) + scene(70, 2) + scene(60, 1)
    seen = looks(FarSighted(lambda frame: {960: 4, 1280: 4} if 60 <= frame < 130 else {}), pictures)
    assert sizes(seen) == [640] * 60 + [960] * 70 + [640] * 60


def test_after_a_cut_that_follows_another_too_soon_the_size_is_chosen_a_little_later() -> None:
    pictures = scene(40, 1) + scene(10, 2) + scene(100, 3)
    seen = looks(FarSighted(lambda frame: {960: 4, 1280: 4} if 40 <= frame < 50 else {}), pictures)
    assert sizes(seen)[40:50] == [960] * 10
    assert set(sizes(seen)[40 + SECOND_PROBE :]) == {640}


def test_vehicles_that_come_into_view_and_leave_a_trace_are_found_within_a_period() -> None:
    comes = 100
    network = FarSighted(lambda frame: {960: 4, 1280: 8} if frame >= comes else {}, traces_from=comes)
    seen = looks(network, scene(260))
    assert set(sizes(seen)[:comes]) == {640}
    assert set(sizes(seen)[comes + PROBE_EVERY :]) == {1280}


def test_those_that_leave_none_are_found_some_periods_later() -> None:
    comes = 30
    network = FarSighted(lambda frame: {960: 4, 1280: 8} if frame >= comes else {})
    found_by = SECOND_PROBE + MOST_LEFT_OUT * PROBE_EVERY
    seen = sizes(looks(network, scene(found_by + 2)))
    assert (seen[found_by - 2], seen[-1]) == (640, 1280)


def test_where_nothing_small_shows_itself_a_scene_is_probed_once_and_then_seldom() -> None:
    network = FarSighted(lambda frame: {640: 2, 960: 2, 1280: 2}, LARGE_PX)
    looks(network, scene(SECOND_PROBE + MOST_LEFT_OUT * PROBE_EVERY, 1) + scene(20, 2))
    cut = SECOND_PROBE + MOST_LEFT_OUT * PROBE_EVERY
    assert network.probed() == [0, cut]


@pytest.mark.parametrize(("trace_px", "probes"), [(SMALL_PX, 4), (LARGE_PX, 1)])
def test_a_weak_box_asks_for_a_probe_if_it_is_small(trace_px: float, probes: int) -> None:
    network = FarSighted(lambda frame: {}, traces_from=0, trace_px=trace_px)
    looks(network, scene(SECOND_PROBE + 2 * PROBE_EVERY + 2))
    assert len(network.probed()) == probes


CLOSE = {CLOSE_UP_PX: 2, 640: 2, 960: 2, 1280: 2}


def test_a_close_up_needs_a_look_that_shows_large_vehicles_alone() -> None:
    assert sizes(looks(FarSighted(lambda frame: CLOSE, LARGE_PX), scene(20))) == [640] + [CLOSE_UP_PX] * 19


@pytest.mark.parametrize(
    "network",
    [
        FarSighted(lambda frame: {}, LARGE_PX),
        FarSighted(lambda frame: CLOSE, LARGE_PX, score=0.4),
        FarSighted(lambda frame: CLOSE, side_px=40 * 320 / CLOSE_UP_PX - 1),
    ],
    ids=["none", "unsure", "small at the smaller size"],
)
def test_without_them_there_is_none(network: FarSighted) -> None:
    assert set(sizes(looks(network, scene(20)))) == {640}


def test_nor_beside_a_weak_small_box() -> None:
    network = FarSighted(lambda frame: CLOSE, LARGE_PX, traces_from=0)
    assert set(sizes(looks(network, scene(20)))) == {640}


def test_where_it_finds_nothing_the_next_look_is_larger() -> None:
    network = FarSighted(lambda frame: CLOSE if frame < 10 else {**CLOSE, CLOSE_UP_PX: 0}, LARGE_PX)
    assert sizes(looks(network, scene(14)))[9:] == [CLOSE_UP_PX, CLOSE_UP_PX, 640, CLOSE_UP_PX, 640]


def test_the_first_look_of_a_scene_is_none() -> None:
    seen = looks(FarSighted(lambda frame: CLOSE, LARGE_PX), scene(10, 1) + scene(10, 2))
    assert [frame for frame, size_px in enumerate(sizes(seen)) if size_px == 640] == [0, 10]


@pytest.mark.parametrize("sizes_px", [(640,), (960, 1280)])
def test_a_size_asked_for_and_another_network_have_no_close_ups(sizes_px: tuple[int, ...]) -> None:
    assert set(sizes(looks(FarSighted(lambda frame: CLOSE, LARGE_PX), scene(20), sizes_px))) == {sizes_px[0]}


def test_when_they_have_gone_the_size_falls_again() -> None:
    seen = looks(FarSighted(lambda frame: {960: 4, 1280: 4} if frame < 60 else {}), scene(400))
    assert sizes(seen)[0] == 960
    assert sizes(seen)[-1] == 640


def test_every_frame_gets_what_was_found_at_the_size_it_was_given() -> None:
    found = {640: 1, 960: 4, 1280: 4}
    for look in looks(FarSighted(lambda frame: found), scene(60)):
        assert len(look.detections) == found[look.size_px]


def test_no_frame_is_looked_at_twice_in_one_size() -> None:
    network = FarSighted(lambda frame: {960: 4, 1280: frame % 3})
    looks(network, scene(120, 1) + scene(60, 2))
    assert len(set(network.looked)) == len(network.looked)


def test_probing_a_clip_that_stays_at_the_smallest_size_costs_little() -> None:
    network = FarSighted(lambda frame: {640: 2, 960: 2, 1280: 2})
    looks(network, [noisy(SCENES[1], frame) for frame in range(500)])
    pixels = sum((size_px / 640) ** 2 for _, size_px in network.looked)
    assert pixels / 500 - 1 < 0.06


def test_probing_costs_no_more_where_frames_are_few() -> None:
    network = FarSighted(lambda frame: {640: 2, 960: 2, 1280: 2})
    looks(network, scene(80, 1), frame_rate=1)
    assert len(network.looked) == 80 + 80 // LEAST_LOOKS


@pytest.mark.parametrize("level", [0, 30, 200])
def test_flat_noisy_pictures_are_no_cuts(level: int) -> None:
    network = FarSighted(lambda frame: {})
    looks(network, [noisy(np.full((192, 320, 3), level, np.uint8), frame) for frame in range(150)])
    assert network.probed() == [0]


def test_flicker_is_not_probed_at_every_change() -> None:
    network = FarSighted(lambda frame: {})
    looks(network, [SCENES[frame % 2] for frame in range(200)])
    assert len(network.looked) <= 200 + 2 * (200 // SECOND_PROBE)


def test_a_size_asked_for_is_never_left_and_nothing_is_probed() -> None:
    network = FarSighted(lambda frame: {960: 4, 1280: 9})
    assert set(sizes(looks(network, scene(60) + scene(60, 1), (1920,)))) == {1920}
    assert len(network.looked) == 120


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.fixed_dictionaries({size: st.integers(0, 5) for size in SIZES_PX}), min_size=1, max_size=8),
    order=st.lists(st.integers(0, 3), min_size=1, max_size=120),
)
def test_whatever_comes_the_size_is_one_of_those_given_and_the_same_again(
    counts: list[Found], order: list[int]
) -> None:
    pictures = [SCENES[index] for index in order]
    first, again = (looks(FarSighted(lambda frame: counts[frame % len(counts)]), pictures) for _ in range(2))
    assert len(first) == len(pictures)
    assert set(sizes(first)) <= {CLOSE_UP_PX, *SIZES_PX}
    assert sizes(first) == sizes(again)


@pytest.mark.parametrize("size", [320, 640, 992, 2560])
def test_sizes_that_can_be_asked_for(size: int) -> None:
    assert sizes_to_try(size) == (size,)


def test_auto_tries_those_of_the_house() -> None:
    assert sizes_to_try("auto") == (640, 1280)


@pytest.mark.parametrize(("least_px", "tried"), [(960, (960, 1280)), (1280, (1280,)), (1536, (1536,))])
def test_auto_does_not_go_below_the_size_of_the_network(least_px: int, tried: tuple[int, ...]) -> None:
    """One that looks twice sees little at half of a small size."""
    assert sizes_to_try("auto", least_px) == tried


@pytest.mark.parametrize("size", [0, -640, 288, 650, 2592, 640.0, "640", "large", True, None])
def test_sizes_that_cannot(size: object) -> None:
    with pytest.raises(ValueError, match="multiple of 32 from 320 to 2560"):
        sizes_to_try(size)  # type: ignore[arg-type]
