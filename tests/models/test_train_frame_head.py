"""Training of the head on made-up cells: one channel tells, the others are noise."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra train")

from models.frame_features import LabelledFrame  # noqa: E402
from models.frame_head import FrameHead  # noqa: E402
from models.train_frame_head import batch, loss_weights, mix_of, train  # noqa: E402

CONFIG = {
    "layers": {"only": 32},
    "components": 4,
    "component_pictures": 60,
    "hidden": 8,
    "seeds": [0, 1],
    "epochs": 15,
    "batch": 10,
    "learning_rate": 0.02,
    "weight_decay": 0.01,
    "dropout": 0.1,
    "answer_weights": [1.0, 1.0, 0.3],
    "mix": {"smoke": {"smoke": 1.0}, "fire": {"fire": 0.5, "box": 0.5, "offset": -1.0}},
}


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """On batches this small threads only wait for each other, for minutes where others work beside them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def pictures() -> tuple[list[LabelledFrame], list[np.ndarray]]:
    """Sixty pictures of 9 or 12 cells; one cell of a picture with smoke has a high first channel."""
    rng = np.random.default_rng(0)
    frames, cells = [], []
    for index in range(60):
        of_picture = rng.normal(size=(9 + 3 * (index % 2), 6)).astype(np.float16)
        smoke = index % 3 == 0
        of_picture[index % 9, 0] += 12 * smoke
        frames.append(LabelledFrame(Path(f"{index}.webp"), "zem", (float(smoke), np.nan, 0.0)))
        cells.append(of_picture)
    return frames, cells


def answer(head: FrameHead, cells: np.ndarray) -> np.ndarray:
    """Logits of the first head of the ensemble, for one picture."""
    hidden = cells.astype(np.float64) @ head.hidden_weight[0].T + head.hidden_bias[0]
    logits = hidden / (1 + np.exp(-hidden)) @ head.answer_weight[0].T + head.answer_bias[0]
    return np.asarray(np.log(np.exp(logits).mean(axis=0)))


def test_it_learns_from_whole_pictures_which_cell_tells() -> None:
    frames, cells = pictures()
    head = train(frames, cells, CONFIG, "ab")
    smoke = np.array([answer(head, each)[0] for each in cells])
    shows = np.array([frame.answers[0] == 1 for frame in frames])
    assert smoke[shows].min() > smoke[~shows].max()
    assert head.hidden_weight.shape == (2, 8, 6)
    assert (head.layers, head.strides, head.checkpoint_sha256) == (("only",), (32,), "ab")


def test_the_same_seed_gives_the_same_head() -> None:
    frames, cells = pictures()
    config = {**CONFIG, "epochs": 3}
    once, again = (train(frames, cells, config, "ab") for _ in range(2))
    np.testing.assert_array_equal(once.hidden_weight, again.hidden_weight)
    assert np.abs(once.hidden_weight[0] - once.hidden_weight[1]).max() > 1e-3, "the second seed is another head"


def test_what_is_not_known_weighs_nothing_and_yes_weighs_what_no_does() -> None:
    sources = np.array(["zem"] * 6 + ["mian"] * 2)
    answers = np.array([[1], [0], [0], [0], [0], [np.nan], [1], [np.nan]], np.float32)
    weights = loss_weights(sources, answers)
    assert (weights[[5, 7]] == 0).all()
    assert weights[[0, 6]].sum() == pytest.approx(weights[1:5].sum())


def test_an_answer_that_no_picture_knows_weighs_nothing() -> None:
    assert (loss_weights(np.array(["zem"] * 3), np.full((3, 1), np.nan, np.float32)) == 0).all()


def test_pictures_of_unlike_many_cells_share_a_batch() -> None:
    cells, there = batch([torch.ones(2, 5), torch.ones(4, 5)], np.array([1, 0]))
    assert cells.shape == (2, 4, 5)
    assert there.tolist() == [[True] * 4, [True, True, False, False]]


def test_parts_that_the_mix_does_not_name_are_left_out() -> None:
    assert mix_of(CONFIG["mix"]).tolist() == [[1, 0, 0, 0, 0], [0, 0.5, 0, 0.5, -1]]
