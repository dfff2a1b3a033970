from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.frame_head import FrameHead, FrameHeadError, read_head, write_head


def head(heads: int = 2, hidden: int = 3, channels: int = 5, sha256: str = "ab") -> FrameHead:
    rng = np.random.default_rng(0)
    shapes = ((heads, hidden, channels), (heads, hidden), (heads, 3, hidden), (heads, 3), (2, 5))
    numbers = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    return FrameHead(("fine", "coarse"), (16, 32), *numbers, checkpoint_sha256=sha256)


def test_a_head_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_head(tmp_path / "head.npz", head())
    read = read_head(tmp_path / "head.npz", "ab")
    assert (read.layers, read.strides) == (("fine", "coarse"), (16, 32))
    for name in ("hidden_weight", "hidden_bias", "answer_weight", "answer_bias", "mix"):
        np.testing.assert_array_equal(getattr(read, name), getattr(head(), name))


def test_a_head_of_another_checkpoint_is_refused(tmp_path: Path) -> None:
    write_head(tmp_path / "head.npz", replace(head(), checkpoint_sha256="cd"))
    with pytest.raises(FrameHeadError, match="trained on another checkpoint"):
        read_head(tmp_path / "head.npz", "ab")


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x03\x04 cut"])
def test_a_head_that_is_missing_or_damaged_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "head.npz").write_bytes(content)
    with pytest.raises(FrameHeadError, match=r"head\.npz: no head for frames .*run models\.train_frame_head"):
        read_head(tmp_path / "head.npz", "ab")
