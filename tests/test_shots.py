import itertools
import json
import pickle
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector.shots import ShotFinder, ShotSpan, same_place, thumbnail
from tests.fakes import ground, noisy

SHARED_CLIPS = Path(__file__).parents[2] / "shared" / "clips"


SMALL = [thumbnail(ground(seed)) for seed in range(5)] + [np.full((154, 256, 3), 255, np.uint8)]


def still(seed: int, count: int) -> list[NDArray[np.uint8]]:
    return [noisy(ground(seed), index) for index in range(count)]


def pan(seed: int, count: int, step_px: int) -> list[NDArray[np.uint8]]:
    wide = ground(seed, width=320 + step_px * count)
    return [noisy(wide[:, step_px * i : step_px * i + 320], i) for i in range(count)]


def find(pictures: list[NDArray[np.uint8]], first_index: int = 0, frame_rate: float = 25) -> list[ShotSpan]:
    finder = ShotFinder(frame_rate)
    spans = [
        span for index, image in enumerate(pictures, first_index) for span in finder.update(index, thumbnail(image))
    ]
    return spans + finder.finish()


def ranges(spans: list[ShotSpan]) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.kind) for span in spans]


def test_one_shot() -> None:
    assert ranges(find(still(1, 40))) == [(0, 39, "footage")]


@pytest.mark.parametrize("frame_rate", [1, 25, 1000])
def test_one_frame(frame_rate: float) -> None:
    assert ranges(find(still(1, 1), frame_rate=frame_rate)) == [(0, 0, "footage")]


def test_nothing() -> None:
    assert ShotFinder(25).finish() == []


def test_a_hard_cut_starts_a_shot_on_its_first_frame() -> None:
    assert ranges(find(still(1, 40) + still(2, 50))) == [(0, 39, "footage"), (40, 89, "footage")]


def test_indices_need_not_begin_at_zero() -> None:
    assert ranges(find(still(1, 40) + still(2, 50), first_index=100)) == [(100, 139, "footage"), (140, 189, "footage")]


def test_a_fast_pan_is_no_cut() -> None:
    assert ranges(find(pan(3, 60, step_px=12))) == [(0, 59, "footage")]


def test_a_flash_is_no_cut() -> None:
    pictures = still(1, 60)
    for index in (30, 31):
        pictures[index] = np.full_like(pictures[index], 250)
    assert len(find(pictures)) == 1


def test_a_dip_to_white_between_two_shots_is_a_transition() -> None:
    before, after = still(1, 40), still(2, 40)
    dip = [
        np.uint8(a * (1 - w) + 255 * w) for a, w in zip(before[:2] + after[:3], (0.4, 0.8, 1, 0.7, 0.3), strict=True)
    ]
    kinds = ranges(find(before + dip + after))
    assert [kind for _, _, kind in kinds] == ["footage", "transition", "footage"]
    assert abs(kinds[1][0] - 40) <= 3
    assert abs(kinds[2][0] - 45) <= 3


def test_black_and_still_cards_are_no_footage() -> None:
    black = [np.zeros((192, 320, 3), np.uint8)] * 40
    card = [ground(5)] * 40
    assert [span.kind for span in find(still(1, 40) + black + card)] == ["footage", "black", "title"]


def test_shots_cover_every_frame_once() -> None:
    spans = find(still(1, 30) + pan(2, 45, 8) + still(3, 20) + still(1, 33))
    assert spans[0].start == 0
    assert spans[-1].end == 127
    assert all(after.start == before.end + 1 for before, after in itertools.pairwise(spans))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40), st.integers(0, 60)), min_size=1, max_size=5))
def test_whatever_comes_shots_cover_every_frame_once(parts: list[tuple[int, int, int]]) -> None:
    """Parts are a picture, a number of frames, and how far it is rolled sideways from one to the next."""
    pictures = [np.roll(SMALL[seed], shift * frame, axis=1) for seed, count, shift in parts for frame in range(count)]
    spans = find(pictures)
    assert spans[0].start == 0
    assert spans[-1].end == len(pictures) - 1
    assert all(span.start <= span.end for span in spans)
    assert all(after.start == before.end + 1 for before, after in itertools.pairwise(spans))


def test_the_same_view_is_recognised() -> None:
    first, other, again = find(still(1, 40) + still(2, 40) + still(1, 40))
    assert same_place(first, again)
    assert not same_place(first, other)


@pytest.mark.skipif(not SHARED_CLIPS.is_dir(), reason="the real clips are not here")
def test_real_clips_have_their_cuts_and_no_others() -> None:
    hits = wanted = given = 0
    for name in ("ground_lav1.mp4", "convoy_oblique.mp4"):
        truth = next(c for c in json.loads((SHARED_CLIPS / "truth.json").read_text()) if c["file"] == name)
        with av.open(str(SHARED_CLIPS / name)) as container:
            spans = find([frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)])
        starts = [shot["start"] for shot in truth["shots"][1:]]
        found = [span.start for span in spans[1:]]
        hits += sum(any(abs(start - other) <= 3 for other in found) for start in starts)
        wanted, given = wanted + len(starts), given + len(found)
    assert hits == wanted == given


def mixed(one: NDArray[np.uint8], other: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    return np.uint8(one * (1 - share) + other * share)


@pytest.mark.parametrize("length", [6, 12, 25, 50])
def test_a_dissolve_is_a_transition_with_both_its_ends(length: int) -> None:
    one, other = still(1, 45 + length), still(2, length + 45)
    both = [mixed(one[45 + k], other[k], (k + 1) / (length + 1)) for k in range(length)]
    before, transition, after = find(one[:45] + both + other[length:])
    assert [span.kind for span in (before, transition, after)] == ["footage", "transition", "footage"]
    assert abs(transition.start - 45) <= 3
    assert abs(after.start - 45 - length) <= 3


def test_a_fade_through_black_is_one_transition() -> None:
    one, other, black = still(1, 57), still(2, 57), np.zeros((192, 320, 3), np.uint8)
    leaving = [mixed(one[45 + k], black, (k + 1) / 13) for k in range(12)]
    coming = [mixed(black, other[k], (k + 1) / 13) for k in range(12)]
    spans = find(one[:45] + leaving + [black] * 2 + coming + other[12:])
    assert [span.kind for span in spans] == ["footage", "transition", "footage"]
    assert abs(spans[1].start - 45) <= 3
    assert abs(spans[2].start - 71) <= 3


def test_a_cut_under_a_logo_and_black_bars_is_found_and_they_make_none() -> None:
    pictures = still(1, 40) + still(2, 40)
    for picture in pictures:
        picture[:24] = picture[-24:] = 0
        picture[30:50, 250:300] = 255
    assert ranges(find(pictures)) == [(0, 39, "footage"), (40, 79, "footage")]


def test_a_picture_in_the_picture_has_no_shots_of_its_own() -> None:
    pictures, inset = still(1, 80), still(2, 40) + still(3, 40)
    for picture, small in zip(pictures, inset, strict=True):
        picture[10:74, 10:116] = small[::3, ::3][:64, :106]
    assert len(find(pictures)) == 1


def test_a_light_that_fills_half_the_picture_is_no_cut() -> None:
    pictures = still(1, 90)
    for step in range(25):
        share = 1 - step / 25
        pictures[40 + step][:, :160] = mixed(pictures[40 + step][:, :160], np.full((192, 160, 3), 255), share)
    assert len(find(pictures)) == 1


def test_two_sizes_in_one_clip() -> None:
    larger = [np.zeros((320, 320, 3), np.uint8)] * 30
    spans = find(still(1, 30) + larger)
    assert (spans[0].start, spans[-1].end) == (0, 59)


def test_an_open_shot_takes_no_more_room_the_longer_it_is() -> None:
    finder, pictures = ShotFinder(25), [thumbnail(picture) for picture in still(1, 25)]
    kept = []
    for index in range(1200):
        assert finder.update(index, pictures[index % 25]) == []
        if index % 400 == 399:
            kept.append(len(pickle.dumps(finder)))
    assert kept[2] < 1.05 * kept[1]
    [span] = finder.finish()
    assert (span.start, span.end) == (0, 1199)
