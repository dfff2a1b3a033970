"""CUDA finds what the CPU finds in float32, where there is a GPU: boxes, scores and counts, to what `AGREE` says."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import analyze, load_network
from detector.analysis import Networks
from detector.clip import ClipReader
from detector.detections import Detections
from detector.device import DeviceError
from detector.model import BATCH_ON_CUDA, Network
from detector.wish import Precision

DEMO = Path(__file__).parents[1] / "detector" / "demo" / "demo.mp4"
AGREE: dict[Precision, tuple[float, float]] = {"fp32": (1.0, 0.01), "fp16": (2.0, 0.02)}
"""How far a box may be off in pixels of the picture, and its score."""
LOWEST = 0.2


@pytest.fixture(scope="module", params=AGREE)
def on_cuda(request: pytest.FixtureRequest) -> Networks:
    try:
        return Networks.load("cuda", precision=request.param)
    except DeviceError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def images() -> list[NDArray[np.uint8]]:
    with ClipReader(DEMO) as reader:
        return [frame.image for frame in reader if frame.index % 29 == 0]


@pytest.fixture(scope="module")
def on_cpu() -> Networks:
    return Networks.load("cpu", precision="fp32")


def test_each_computes_in_what_it_was_asked_for(on_cuda: Networks) -> None:
    assert isinstance(on_cuda.vehicles, Network)
    assert on_cuda.vehicles.device.providers[0] == "CUDAExecutionProvider"
    assert on_cuda.vehicles.device.precision in AGREE
    assert on_cuda.smoke_fire.device.precision == "fp32"


def test_auto_takes_float16(on_cuda: Networks) -> None:
    assert load_network("fast", "cuda").device.precision == "fp16"


def test_boxes_agree(on_cuda: Networks, on_cpu: Networks, images: list[NDArray[np.uint8]]) -> None:
    for image in images:
        found = [vehicles(networks).detect([image], confidence=LOWEST)[0] for networks in (on_cpu, on_cuda)]
        assert_the_same(found[0], found[1], AGREE[vehicles(on_cuda).device.precision])


def test_pictures_looked_at_together_give_what_each_gives_alone(
    on_cuda: Networks, images: list[NDArray[np.uint8]]
) -> None:
    assert len(images) > BATCH_ON_CUDA
    network = vehicles(on_cuda)
    together = network.detect(images, confidence=LOWEST)
    for image, found in zip(images, together, strict=True):
        assert_the_same(network.detect([image], confidence=LOWEST)[0], found, AGREE[network.device.precision])


def test_counts_agree(on_cuda: Networks, on_cpu: Networks) -> None:
    reports = [analyze(DEMO, networks=networks, size=640, every=1) for networks in (on_cpu, on_cuda)]
    assert reports[0].counts == reports[1].counts


def vehicles(networks: Networks) -> Network:
    assert isinstance(networks.vehicles, Network)
    return networks.vehicles


def assert_the_same(some: Detections, others: Detections, within: tuple[float, float]) -> None:
    """But for those so near the lowest score that the other network may leave them out."""
    for boxes, among in ((some, others), (others, some)):
        for box, score, kind in zip(boxes.xyxy, boxes.scores, boxes.classes, strict=True):
            same = (np.abs(among.xyxy - box).max(axis=1) <= within[0]) & (np.abs(among.scores - score) <= within[1])
            assert score < LOWEST + within[1] or (same & (among.classes == kind)).any(), f"{kind} {score} {box}"
