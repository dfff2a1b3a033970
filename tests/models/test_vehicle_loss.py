import pytest

torch = pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("ultralytics", reason="training needs the extra train")

from ultralytics.cfg import get_cfg  # noqa: E402

from models.vehicle_loss import KindLoss, VehicleLoss, VehicleModel  # noqa: E402
from tests.models.tiny import tiny_network  # noqa: E402

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


def heads(network: VehicleModel) -> "list[torch.nn.Conv2d]":
    """The last convolution of each scale, a row a channel."""
    return [branch[-1] for branch in network.model[-1].cv3]


def test_a_start_with_the_same_channels_is_taken_over_whole() -> None:
    start, network = tiny_network(KINDS + 1, seed=1), tiny_network(KINDS + 1, seed=2, model_class=VehicleModel)
    network.load(start)
    for name, value in network.state_dict().items():
        assert torch.equal(value, start.state_dict()[name]), name


def test_a_start_of_the_kinds_alone_lends_them_and_begins_the_question_of_a_vehicle() -> None:
    """A vehicle is at first what answers to any kind: weights their mean, bias as if the odds were added up."""
    start, network = tiny_network(KINDS, seed=1), tiny_network(KINDS + 1, seed=2, model_class=VehicleModel)
    network.load(start)
    for here, there in zip(heads(network), heads(start), strict=True):
        assert torch.equal(here.weight[:KINDS], there.weight)
        assert torch.equal(here.bias[:KINDS], there.bias)
        assert torch.allclose(here.weight[VEHICLE], there.weight.mean(0))
        assert here.bias[VEHICLE].item() == pytest.approx(float(there.bias.detach().exp().sum().log()), abs=1e-5)
    assert torch.equal(network.model[0].conv.weight, start.model[0].conv.weight)


def test_a_start_of_other_things_lends_its_body_and_the_questions_stay() -> None:
    start, network = tiny_network(80, seed=1), tiny_network(KINDS + 1, seed=2, model_class=VehicleModel)
    network.load(start)
    assert torch.equal(network.model[0].conv.weight, start.model[0].conv.weight)
    assert [head.out_channels for head in heads(network)] == [KINDS + 1] * 3


def test_boxes_are_assigned_by_the_question_of_a_vehicle_alone() -> None:
    """A kind, however sure, does not draw a box to an anchor."""
    network = tiny_network(KINDS + 1, model_class=VehicleModel)
    network.args = get_cfg()
    network.kind_weights = torch.ones(KINDS)
    loss = VehicleLoss(network)
    anchors = torch.tensor([[4.0, 4.0], [12.0, 4.0], *[[100.0, 100.0]] * 8])
    boxes = torch.tensor([[[0.0, 0.0, 16.0, 8.0]] * 10])
    truth = (torch.tensor([[[0]]]), torch.tensor([[[0.0, 0.0, 16.0, 8.0]]]), torch.ones(1, 1, 1, dtype=torch.bool))

    def fit(scores: list[list[float]]) -> torch.Tensor:
        """How well the two anchors inside are said to fit the one vehicle, which is of the first kind."""
        elsewhere = [[0.0] * (KINDS + 1)] * 8  # the assigner wants at least ten anchors
        _, _, targets, *_ = loss.assigner(torch.tensor([scores + elsewhere]), boxes, anchors, *truth)
        return targets[0, :2].amax(1)

    sure_of_a_vehicle_at_the_second = fit([[0.9, 0.0, 0.0, 0.1], [0.0, 0.9, 0.0, 0.9]])
    assert sure_of_a_vehicle_at_the_second[1] > sure_of_a_vehicle_at_the_second[0]
    whatever_the_kinds = fit([[0.0, 0.0, 0.9, 0.1], [0.0, 0.0, 0.0, 0.9]])
    assert torch.equal(whatever_the_kinds, sure_of_a_vehicle_at_the_second)
