"""CUDA finds what the CPU finds, where there is a GPU: boxes to a pixel, scores to a hundredth, and the same counts."""

from pathlib import Path

import numpy as np
import pytest

from detector import analyze, load_network
from detector.analysis import Networks
from detector.clip import ClipReader
from detector.detections import Detections
from detector.device import DeviceError

DEMO = Path(__file__).parents[1] / "detector" / "demo" / "demo.mp4"
BOX_PX, SCORE = 1.0, 0.01
LOWEST = 0.2


@pytest.fixture(scope="module")
def on_cuda() -> Networks:
    try:
        return Networks.load("cuda")
    except DeviceError as error:
        pytest.skip(str(error))


def test_boxes_agree(on_cuda: Networks) -> None:
    on_cpu = load_network("fast", "cpu", precision="fp32")
    with ClipReader(DEMO) as reader:
        images = [frame.image for frame in reader if frame.index % 29 == 0]
    for image in images:
        found = [network.detect([image], confidence=LOWEST)[0] for network in (on_cpu, on_cuda.vehicles)]
        assert_each_is_there(found[0], found[1])
        assert_each_is_there(found[1], found[0])


def assert_each_is_there(some: Detections, among: Detections) -> None:
    """But for those so near the lowest score that the other network may leave them out."""
    for box, score, kind in zip(some.xyxy, some.scores, some.classes, strict=True):
        same = (np.abs(among.xyxy - box).max(axis=1) <= BOX_PX) & (np.abs(among.scores - score) <= SCORE)
        assert score < LOWEST + SCORE or (same & (among.classes == kind)).any(), f"{kind} {score} {box}"


def test_counts_agree(on_cuda: Networks) -> None:
    on_cpu = Networks.load("cpu", precision="fp32")
    reports = [analyze(DEMO, networks=networks, size=640, every=1) for networks in (on_cpu, on_cuda)]
    assert reports[0].counts == reports[1].counts
