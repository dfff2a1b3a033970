import numpy as np
import pytest

from models import degrade as module
from models.degrade import degrade, draw_overlay, lose_colour, recompress

HARMS = [
    module.vary_colour,
    module.wash_out,
    module.lose_colour,
    module.draw_overlay,
    module.lose_detail,
    module.add_noise,
    module.recompress,
]


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (96, 160, 3), dtype=np.uint8)


@pytest.mark.parametrize("harm", HARMS)
def test_every_harm_keeps_the_shape_changes_the_picture_and_leaves_the_given_one_alone(harm, image) -> None:
    before = image.copy()
    after = harm(image, np.random.default_rng(0))
    assert after.shape == image.shape
    assert after.dtype == np.uint8
    assert (after != image).any()
    assert (image == before).all()


def test_the_same_seed_harms_the_same_way(image: np.ndarray) -> None:
    assert (degrade(image, np.random.default_rng(5)) == degrade(image, np.random.default_rng(5))).all()


def test_without_colour_all_channels_are_one(image: np.ndarray) -> None:
    grey = lose_colour(image, np.random.default_rng(0))
    assert (grey[..., 0] == grey[..., 1]).all()
    assert (grey[..., 1] == grey[..., 2]).all()


def test_an_overlay_covers_little(image: np.ndarray) -> None:
    black = np.zeros((384, 640, 3), np.uint8)
    covered = [(draw_overlay(black, np.random.default_rng(seed)) > 0).any(2).mean() for seed in range(10)]
    assert max(covered) < 0.1


def test_recompression_keeps_the_picture_recognisable() -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, 160).astype(np.uint8)[None, :, None], (96, 160, 3)).copy()
    assert np.abs(recompress(ramp, np.random.default_rng(0)).astype(int) - ramp).mean() < 12
