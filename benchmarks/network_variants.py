"""How long one look of a released network takes, by precision, input size and threads; and how long it takes to open.

    python -m benchmarks.network_variants
    python -m benchmarks.network_variants --network smoke_fire --sizes 384x224 --rounds 50

Every form that can be had here is measured in turn within each round, so that what else the machine does falls on all
alike. `ms` is the median of the wall clock, `cpu_ms` of processor time, which other work disturbs less. `first_ms` is
the first look at a size: OpenVINO compiles there. Pictures are noise of changing brightness; what a look costs does not
depend on what it shows but for suppression, which is given what a lively picture would give it. The floor is the
arithmetic of the convolutions over what one core does in a large matrix product. Kept in
benchmarks/results/network_variants.json, one entry a network and ONNX Runtime package; what needs a package that is
not installed is left as it was.
"""

import argparse
import os
import platform
import statistics
import time
from datetime import UTC, datetime
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from benchmarks.results import FOLDER, read_results, write_results
from detector.device import DeviceError
from detector.model import Network, load_network
from detector.wish import FASTER

KEPT = "network_variants"
SIZES = ("640x384", "960x544", "1280x736")
WARM_UP = 2  # rounds that are not counted, but for the first look


def sgemm_gflops(side: int = 1024, repeats: int = 20) -> float:
    """What one core does in float32, in 10^9 operations a second: the best of some matrix products."""
    square = np.ones((side, side), np.float32)
    seconds = []
    for _ in range(repeats):
        clock = time.process_time()
        square @ square
        seconds.append(time.process_time() - clock)
    return round(2 * side**3 / min(seconds) / 1e9, 1)


def opened(name: str, threads: tuple[int, ...]) -> tuple[dict[str, Network], dict[str, float]]:
    """Every form of the network that can be had here, by `precision, threads`, and seconds that opening took."""
    networks, seconds = {}, {}
    for precision in ("fp32", *FASTER):
        for count in threads:
            clock = time.perf_counter()
            try:
                network = load_network(name, "cpu", precision=precision, threads=count)  # type: ignore[arg-type]
            except DeviceError:
                continue
            networks[f"{precision}, {count}"] = network
            seconds[f"{precision}, {count}"] = round(time.perf_counter() - clock, 3)
    return networks, seconds


def picture(width_px: int, height_px: int, seed: int) -> NDArray[np.uint8]:
    """Blotches from coarse to fine, (height, width, 3) uint8."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (height_px // 16, width_px // 16, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC), np.uint8)


def measure(networks: dict[str, Network], width_px: int, height_px: int, rounds: int) -> list[dict[str, Any]]:
    """A row a network: how long it takes for a picture of this size, in milliseconds."""
    wall: dict[str, list[float]] = {form: [] for form in networks}
    cpu: dict[str, list[float]] = {form: [] for form in networks}
    for index in range(rounds + WARM_UP):
        image = picture(width_px, height_px, index)
        for form, network in networks.items():
            clock, used = time.perf_counter(), time.process_time()
            network.detect([image], confidence=0.1, size_px=max(width_px, height_px))
            wall[form].append(1e3 * (time.perf_counter() - clock))
            cpu[form].append(1e3 * (time.process_time() - used))
    return [
        {
            "form": form,
            "input": f"{width_px}x{height_px}",
            "ms": round(statistics.median(wall[form][WARM_UP:]), 1),
            "cpu_ms": round(statistics.median(cpu[form][WARM_UP:]), 1),
            "first_ms": round(wall[form][0], 1),
        }
        for form in networks
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="vehicles")
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="WIDTHxHEIGHT")
    parser.add_argument("--threads", type=int, nargs="+", default=(1, 2))
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    networks, seconds = opened(arguments.network, tuple(arguments.threads))
    rows = []
    for size in arguments.sizes:
        width_px, height_px = map(int, size.split("x"))
        rows += measure(networks, width_px, height_px, arguments.rounds)
    for row in rows:
        print(f"{row['form']:9} {row['input']:9} {row['ms']:7.1f} ms, {row['cpu_ms']:7.1f} ms of processor time")
    figures = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "onnxruntime": onnxruntime.__version__,
        "machine": platform.machine(),
        "sgemm_gflops_one_core": sgemm_gflops(),
        "open_seconds": seconds,
        "rows": rows,
    }
    kept = read_results(KEPT) if (FOLDER / f"{KEPT}.json").is_file() else {}
    has_openvino = "OpenVINOExecutionProvider" in onnxruntime.get_available_providers()
    package = "onnxruntime-openvino" if has_openvino else "onnxruntime"
    write_results(KEPT, kept | {f"{arguments.network}, {package}": figures})


if __name__ == "__main__":
    main()
