"""The small head that answers for a whole frame: is there smoke, is there fire, or what only looks like it.

Multiple-instance learning on frozen features: layers of the detector, pooled to the cells of its coarsest grid, go
through one hidden layer to a logit a cell, and a soft maximum over the cells (log-sum-exp, as in Pinheiro and
Collobert 2015, "From image-level to pixel-level labeling") is the logit of the frame. Several heads that differ by
their seed answer together.
"""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

CELL_PX = 32  # the coarsest stride of the detector: a side of a cell in pixels of its input
ANSWERS = ("smoke", "fire", "look_alike")


class FrameHeadError(ValueError):
    """A head that is not there, or was trained on another network's features."""


@dataclass(frozen=True)
class FrameHead:
    """Weights of the heads, side by side.

    Attributes:
        layers: outputs of the detector's graph that are read, by name.
        strides: of each layer, in pixels of the input. A finer one than CELL_PX gives the mean and the maximum of
            each channel over a cell; one as coarse gives its channels as they are.
        hidden_weight: (heads, hidden, channels) float32; channels in the order of `layers`, mean before maximum.
        hidden_bias: (heads, hidden) float32.
        answer_weight: (heads, 3, hidden) float32, in the order of ANSWERS.
        answer_bias: (heads, 3) float32.
        mix: (2, 5) float32: how the logit of smoke and of fire is made of the three answers, the logit of the best box
            of the kind, and one.
        checkpoint_sha256: of the checkpoint whose features the heads were trained on.
    """

    layers: tuple[str, ...]
    strides: tuple[int, ...]
    hidden_weight: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    answer_weight: NDArray[np.float32]
    answer_bias: NDArray[np.float32]
    mix: NDArray[np.float32]
    checkpoint_sha256: str


def write_head(path: Path, head: FrameHead) -> None:
    """Write an .npz."""
    np.savez(
        path,
        layers=np.array(head.layers),
        strides=np.array(head.strides),
        hidden_weight=head.hidden_weight,
        hidden_bias=head.hidden_bias,
        answer_weight=head.answer_weight,
        answer_bias=head.answer_bias,
        mix=head.mix,
        checkpoint_sha256=np.array(head.checkpoint_sha256),
    )


def read_head(path: Path, checkpoint_sha256: str) -> FrameHead:
    """Read an .npz.

    Raises:
        FrameHeadError: it is not there, is no such file, or belongs to another checkpoint.
    """
    try:
        with np.load(path) as file:
            head = FrameHead(
                tuple(str(name) for name in file["layers"]),
                tuple(int(stride) for stride in file["strides"]),
                *(file[name] for name in ("hidden_weight", "hidden_bias", "answer_weight", "answer_bias", "mix")),
                checkpoint_sha256=str(file["checkpoint_sha256"]),
            )
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise FrameHeadError(f"{path}: no head for frames ({error!r}); run models.train_frame_head") from error
    if head.checkpoint_sha256 != checkpoint_sha256:
        raise FrameHeadError(f"{path}: trained on another checkpoint than this one; run models.train_frame_head again")
    return head
