import pytest

torch = pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("ultralytics", reason="training needs the extra train")

from models.vehicle_loss import KindLoss  # noqa: E402

KINDS = 3
VEHICLE = KINDS  # the last channel


def loss_of(scores: list[list[float]], targets: list[list[float]]) -> "torch.Tensor":
    """Loss of one picture, (1, anchors, channels)."""
    return KindLoss(torch.ones(KINDS))(torch.tensor([scores]), torch.tensor([targets]))


def test_ground_teaches_only_that_no_vehicle_is_there() -> None:
    loss = loss_of([[5.0, 5.0, 5.0, 2.0]], [[0.0] * 4])
    assert float(loss[..., VEHICLE]) > 2
    assert (loss[..., :VEHICLE] == 0).all()


def test_a_vehicle_of_unknown_kind_teaches_only_that_it_is_one() -> None:
    sure = loss_of([[5.0, -5.0, -5.0, 8.0]], [[0.0, 0.0, 0.0, 1.0]])
    assert float(sure.sum()) < 0.01
    unsure = loss_of([[5.0, -5.0, -5.0, -2.0]], [[0.0, 0.0, 0.0, 1.0]])
    assert float(unsure[..., VEHICLE]) > 2
    assert (unsure[..., :VEHICLE] == 0).all()


def test_a_vehicle_of_known_kind_teaches_both() -> None:
    wrong_kind = loss_of([[-4.0, 4.0, -4.0, 8.0]], [[1.0, 0.0, 0.0, 0.0]])
    right_kind = loss_of([[4.0, -4.0, -4.0, 8.0]], [[1.0, 0.0, 0.0, 0.0]])
    assert float(wrong_kind.sum()) > 7
    assert float(right_kind.sum()) < 0.01


def test_an_anchor_that_fits_badly_counts_less() -> None:
    scores = [[-4.0, 4.0, -4.0, 0.0]]
    full = loss_of(scores, [[1.0, 0.0, 0.0, 0.0]])[..., :VEHICLE].sum()
    half = loss_of(scores, [[0.5, 0.0, 0.0, 0.0]])[..., :VEHICLE].sum()
    assert float(half) == pytest.approx(float(full) / 2)


def test_rare_kinds_weigh_more() -> None:
    loss = KindLoss(torch.tensor([1.0, 3.0, 1.0]))
    scores = torch.zeros(1, 2, 4)
    common, rare = loss(scores, torch.tensor([[[1.0, 0, 0, 0], [0, 1.0, 0, 0]]]))[0, :, 0].tolist()
    assert rare == pytest.approx(3 * common)


def test_gradients_reach_the_scores() -> None:
    scores = torch.zeros(1, 2, 4, requires_grad=True)
    KindLoss(torch.ones(KINDS))(scores, torch.tensor([[[1.0, 0, 0, 0], [0, 0, 0, 0]]])).sum().backward()
    assert (scores.grad[0, 0] != 0).all()
    assert (scores.grad[0, 1, :VEHICLE] == 0).all()
