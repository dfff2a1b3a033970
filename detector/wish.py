"""What a user asks of the machine for the networks: device, precision, threads. Imports nothing that takes long."""

import re
from dataclasses import dataclass
from typing import Literal

DeviceName = str
"""auto, cpu, cuda, or cuda:N for the N-th of several, from 0."""

Precision = Literal["auto", "fp32", "int8", "bf16", "fp16"]
FASTER_ON_CPU: tuple[Precision, ...] = ("int8", "bf16")  # the fastest first
FASTER_ON_CUDA: tuple[Precision, ...] = ("fp16",)
FASTER = (*FASTER_ON_CPU, *FASTER_ON_CUDA)
"""`int8` is a graph of its own on ONNX Runtime's CPU provider, `bf16` the float32 graph on that of OpenVINO, `fp16` a
graph of its own on CUDA. Which of them a network may compute in stands in its model.json, with what it loses on val
(models/precisions.py)."""


@dataclass(frozen=True)
class Wish:
    """What is asked of a session.

    Attributes:
        device: see `DeviceName`.
        precision: what to compute in; auto for the fastest that the network is released in and that runs here.
        threads: how many share one picture on the CPU; None for one a core. The boxes are the same for any number.

    Raises:
        ValueError: no such device, or fewer than one thread.
    """

    device: DeviceName = "auto"
    precision: Precision = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"auto|cpu|cuda(:[0-9]{1,3})?", self.device):
            raise ValueError(f"{self.device!r} is no device: give auto, cpu, cuda, or cuda:1 for the second of several")
        if self.threads is not None and self.threads < 1:
            raise ValueError(f"{self.threads} threads compute nothing: give 1 or more")

    @property
    def cuda_index(self) -> int:
        """Which CUDA device, from 0."""
        return int(self.device.partition(":")[2] or 0)
