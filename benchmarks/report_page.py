"""How long report.html takes to open, and how large it is, with few and with very many tracks.

    python -m benchmarks.report_page

Pages of made-up tracks with crops cut from the demo clip, opened from disk in the system's Chromium (chromium and
chromedriver are needed, and selenium). "Open" is the time from leaving an empty page to the end of the load event, with
the first cards built, the median of five; "on paper" is building all cards at once, as for printing. Prints a table and
writes benchmarks/results/report_page.json.
"""

import base64
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.results import write_results
from detector import analyze
from detector.clip import ClipReader
from detector.outputs.html.material import Material
from detector.outputs.html.page import write_page
from detector.outputs.track_crops import crop_height_px, crop_jpeg
from detector.report import Report
from tests.outputs.html.chromium import chromium

COUNTS = (30, 300, 3_000)
OPENINGS = 5
DEMO = Path("detector") / "demo" / "demo.mp4"

Image = NDArray[np.uint8]


def main() -> None:
    """Measure and keep."""
    report = analyze(DEMO)
    with ClipReader(DEMO) as reader:
        images = [frame.image for frame in reader if frame.index % 10 == 0]
    figures = {f"{count} tracks": figures_of(report, images, count) for count in COUNTS}
    write_results("report_page", figures)


def figures_of(report: Report, images: list[Image], count: int) -> dict[str, Any]:
    """Size and times of a page with so many tracks."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        tracks = tuple(replace(report.tracks[number % len(report.tracks)], id=number + 1) for number in range(count))
        write_page(replace(report, tracks=tracks, convoys=()), material(images, count), page)
        seconds, paper_s = times(page, Path(folder))
        figures = {
            "megabytes": round(page.stat().st_size / 1e6, 2),
            "open_s": round(statistics.median(seconds), 2),
            "slowest_s": round(max(seconds), 2),
            "on_paper_s": round(paper_s, 2),
        }
    print(f"{count} tracks: {figures}", flush=True)
    return figures


def material(images: list[Image], count: int) -> Material:
    """Crops from all over the clip, of the sizes that vehicles have in it."""
    random = np.random.default_rng(1)
    pictures = {}
    for number in range(1, count + 1):
        left, top = random.uniform((0, 0), (800, 450))
        box = (left, top, left + random.uniform(20, 120), top + random.uniform(20, 90))
        jpeg = crop_jpeg(images[number % len(images)], box, crop_height_px(count))
        pictures[f"track {number}"] = base64.b64encode(jpeg).decode("ascii")
    return Material((9,) * 290, (), None, pictures)


def times(page: Path, folder: Path) -> tuple[list[float], float]:
    """Seconds of each opening, and of building every card."""
    with chromium(folder) as chrome:
        seconds = []
        for _ in range(OPENINGS):
            chrome.get("about:blank")
            started = time.perf_counter()
            chrome.get(page.as_uri())
            assert chrome.find_elements("css selector", ".card")
            seconds.append(time.perf_counter() - started)
        started = time.perf_counter()
        chrome.execute_script("window.dispatchEvent(new Event('beforeprint')); document.body.offsetHeight")
        return seconds, time.perf_counter() - started


if __name__ == "__main__":
    main()
