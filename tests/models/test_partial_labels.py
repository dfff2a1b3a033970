from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("ultralytics", reason="training needs the extra train")

from models.partial_labels import PICTURE_WEIGHT, STRONGEST_ANCHORS, _WeightedLoss, read_known  # noqa: E402

SMOKE, FIRE = 0, 1


def loss_of(scores: list[list[float]], every_anchor: list[float], pooled_only: list[float]) -> "torch.Tensor":
    """Loss of one picture whose anchors have no object, (1, anchors, 2)."""
    loss = _WeightedLoss()
    loss.every_anchor, loss.pooled_only = torch.tensor([every_anchor]), torch.tensor([pooled_only])
    score = torch.tensor([scores], requires_grad=True)
    return loss(score, torch.zeros_like(score))


ANCHORS = [[3.0, -2.0]] + [[-1.0, -2.0]] * 9


def test_a_kind_that_is_known_draws_the_loss_of_every_anchor() -> None:
    loss = loss_of(ANCHORS, [1.0, 1.0], [0.0, 0.0])
    assert (loss > 0).all()


def test_a_kind_that_is_not_known_draws_none() -> None:
    loss = loss_of(ANCHORS, [0.0, 1.0], [0.0, 0.0])
    assert (loss[..., SMOKE] == 0).all()
    assert (loss[..., FIRE] > 0).all()


def test_a_kind_that_is_somewhere_in_the_picture_asks_only_the_strongest_anchors() -> None:
    quiet = loss_of([[-4.0, 0.0]] * 10, [0.0, 0.0], [1.0, 0.0])
    answered = loss_of([[6.0, 0.0]] * STRONGEST_ANCHORS + [[-4.0, 0.0]] * 6, [0.0, 0.0], [1.0, 0.0])
    assert float(quiet.sum()) > 3 * PICTURE_WEIGHT
    assert float(answered.sum()) < 0.01 * PICTURE_WEIGHT


def test_known_is_read_by_picture(tmp_path: Path) -> None:
    (tmp_path / "known.csv").write_text("picture,smoke,fire\na.webp,1,\nb.webp,boxed,boxed\n")
    assert read_known(tmp_path / "known.csv") == {"a.webp": ["1", ""], "b.webp": ["boxed", "boxed"]}
