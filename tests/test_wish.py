import subprocess
import sys

import pytest

from detector.wish import Wish


@pytest.mark.parametrize(("device", "index"), [("auto", 0), ("cuda", 0), ("cuda:0", 0), ("cuda:12", 12)])
def test_a_device_may_have_an_index(device: str, index: int) -> None:
    assert Wish(device).cuda_index == index


@pytest.mark.parametrize("device", ["", "gpu", "cuda:", "cuda:-1", "cuda:x", "cpu:0", "CUDA", "cuda:9999", "cuda:1\n"])
def test_what_is_no_device_is_said_to_be_none(device: str) -> None:
    with pytest.raises(ValueError, match="is no device: give auto, cpu, cuda"):
        Wish(device)


@pytest.mark.parametrize("threads", [0, -2])
def test_at_least_one_thread(threads: int) -> None:
    with pytest.raises(ValueError, match="give 1 or more"):
        Wish(threads=threads)


def test_it_imports_nothing_that_takes_long() -> None:
    """The command reads its options before it knows whether it will need a network."""
    code = "import sys, detector.arguments; print({'cv2', 'numpy', 'onnxruntime'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
