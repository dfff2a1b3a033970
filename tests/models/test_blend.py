import pytest

torch = pytest.importorskip("torch", reason="training needs the extra train")
pytest.importorskip("ultralytics", reason="training needs the extra train")

from models.blend import BlendError, blend, check_blendable, network_of  # noqa: E402
from tests.models.tiny import finished, tiny_network  # noqa: E402

START, TRAINED = finished(tiny_network(2, seed=1)), finished(tiny_network(2, seed=2))


def weights(checkpoint: dict[str, object]) -> dict[str, "torch.Tensor"]:
    return network_of(checkpoint).state_dict()


@pytest.mark.parametrize("start_share", [0, 0.25, 1])
def test_every_weight_and_statistic_is_the_weighted_mean_of_both(start_share: float) -> None:
    blended = weights(blend(START, TRAINED, start_share))
    for name, value in blended.items():
        begun, ended = weights(START)[name].float(), weights(TRAINED)[name].float()
        assert torch.allclose(value.float(), start_share * begun + (1 - start_share) * ended, atol=1e-3), name
    assert any("running_var" in name for name in blended)


def test_nothing_of_the_start_leaves_the_trained_network_bit_for_bit() -> None:
    for name, value in weights(blend(START, TRAINED, 0)).items():
        assert torch.equal(value, weights(TRAINED)[name]), name


def test_counters_stay_the_trained_ones() -> None:
    trained = finished(tiny_network(2, seed=2))
    weights(trained)["model.0.bn.num_batches_tracked"].fill_(7)
    assert int(weights(blend(START, trained, 0.5))["model.0.bn.num_batches_tracked"]) == 7


def test_the_form_is_that_of_a_finished_training_and_neither_checkpoint_changes() -> None:
    before = {name: value.clone() for name, value in weights(TRAINED).items()}
    blended = blend(START, TRAINED, 0.5)
    assert list(blended) == list(TRAINED)
    assert (blended["epoch"], blended["ema"], blended["optimizer"]) == (-1, None, None)
    assert {value.dtype for value in weights(blended).values()} == {torch.float16, torch.int64}
    assert all(torch.equal(value, before[name]) for name, value in weights(TRAINED).items())


def test_of_a_training_cut_off_before_its_last_step_the_running_mean_counts() -> None:
    """The trainer keeps it under `ema` and strips it at the very end."""
    running = {**TRAINED, "epoch": 2, "model": None, "ema": TRAINED["model"], "optimizer": {"state": {}}}
    blended = blend(START, running, 0.25)
    assert (blended["ema"], blended["optimizer"]) == (None, None)
    assert torch.equal(
        weights(blended)["model.0.conv.weight"], weights(blend(START, TRAINED, 0.25))["model.0.conv.weight"]
    )


def test_networks_of_other_classes_are_refused_with_the_place_and_the_remedy() -> None:
    with pytest.raises(BlendError, match=r"\(2,.*at model\.5\.cv3.*\(7,.*leave out start_share"):
        check_blendable(tiny_network(2), tiny_network(7), 0.25)
    with pytest.raises(BlendError):
        blend(START, finished(tiny_network(7)), 0.25)


@pytest.mark.parametrize("start_share", [-0.1, 1.1, float("nan"), "half", True, None])
def test_a_share_that_is_none_is_refused(start_share: float) -> None:
    with pytest.raises(BlendError, match="not a number from 0 to 1"):
        check_blendable(tiny_network(2), tiny_network(2), start_share)
