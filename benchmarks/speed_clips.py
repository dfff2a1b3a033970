"""The clips of `benchmarks.speed`: real ones cut to length without coding them again, and one rendered scene thrice.

The scene is drawn once at 4K, made smaller for 1080p, and shown forth and back till the clip is long enough. Everything
lands in a cache folder, since drawing takes minutes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.convoy.footage import write_video
from datasets.convoy.scene import build_scene, draw_frame
from datasets.convoy.settings import SceneSettings

REAL = ("convoy_oblique", "montage_recon_smoke", "ground_tank2")
RENDERED: Mapping[str, tuple[tuple[int, int], str]] = {
    "rendered_1080p_h264": ((1920, 1080), "libx264"),
    "rendered_1080p_hevc": ((1920, 1080), "libx265"),
    "rendered_4k_h264": ((3840, 2160), "libx264"),
}
CLIPS = (*REAL, *RENDERED)
DRAWN = 48  # frames of the scene; so many pictures of 4K are 1.2 GB
CRF = 23
PLAIN = SceneSettings(seed=11)
SCENE = replace(
    PLAIN,
    width_px=3840,
    height_px=2160,
    frames=DRAWN,
    cut_frame=DRAWN,
    smoke_frame=None,
    fire_frame=None,
    views=tuple(replace(view, vehicle_px=4 * view.vehicle_px) for view in PLAIN.views),  # type: ignore[arg-type]
)


def clip_of(name: str, frames: int, shared: Path, cache: Path) -> Path | None:
    """The clip of this name with at most so many frames; None if it is a real one that is not here."""
    out = cache / f"{name}_{frames}.mp4"
    if out.exists():
        return out
    cache.mkdir(parents=True, exist_ok=True)
    part = out.with_suffix(".part.mp4")
    if name in RENDERED:
        write_rendered({each: cache / f"{each}_{frames}.part.mp4" for each in RENDERED}, frames, SCENE)
        for each in RENDERED:
            (cache / f"{each}_{frames}.part.mp4").replace(cache / f"{each}_{frames}.mp4")
        return out
    if not (shared / f"{name}.mp4").exists():
        return None
    write_beginning(shared / f"{name}.mp4", part, frames)
    return part.replace(out)


def write_rendered(paths: Mapping[str, Path], frames: int, settings: SceneSettings) -> None:
    """Draw the scene and write each clip of RENDERED that a path is given for."""
    scene = build_scene(settings)
    drawn = [draw_frame(scene, frame)[0] for frame in range(settings.frames)]
    for name, path in paths.items():
        size, codec = RENDERED[name]
        write_video(path, forth_and_back(drawn, frames, size), size, settings.frame_rate, CRF, codec)


def forth_and_back(
    pictures: list[NDArray[np.uint8]], frames: int, size_px: tuple[int, int]
) -> Iterator[NDArray[np.uint8]]:
    """So many pictures of (width, height): to the last, back to the first, and again."""
    turning = [*pictures, *pictures[::-1]]
    for number in range(frames):
        picture = turning[number % len(turning)]
        same = (picture.shape[1], picture.shape[0]) == size_px
        yield picture if same else np.asarray(cv2.resize(picture, size_px, interpolation=cv2.INTER_AREA), np.uint8)


def write_beginning(clip: Path, out: Path, frames: int) -> None:
    """The first pictures of a clip as they are coded, a few more than `frames` where one leans on a later one."""

    def whole(stamps: list[int]) -> int:
        in_order = sorted(stamps)
        return next(
            (many for many in range(frames, len(stamps)) if max(stamps[:many]) == in_order[many - 1]), len(stamps)
        )

    _copy(clip, out, lambda stamps: [(number, 0) for number in range(whole(stamps))])


def write_repeated(clip: Path, out: Path, times: int) -> None:
    """The same clip over and over, as it is coded. It must begin with a key frame that all the rest builds on."""

    def over_and_over(stamps: list[int]) -> list[tuple[int, int]]:
        length = (max(stamps) - min(stamps)) * len(stamps) // max(len(stamps) - 1, 1)
        return [(number, round_ * length) for round_ in range(times) for number in range(len(stamps))]

    _copy(clip, out, over_and_over)


def _copy(clip: Path, out: Path, chosen: Callable[[list[int]], list[tuple[int, int]]]) -> None:
    """Copy the chosen packets of the video, each by its number and by how many ticks it is shifted."""
    with av.open(str(clip)) as source, av.open(str(out), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        packets = [packet for packet in source.demux(stream) if packet.size and packet.pts is not None]
        original = [(packet.pts, packet.dts) for packet in packets]
        for number, shift in chosen([pts for pts, _ in original]):
            packet, (pts, dts) = packets[number], original[number]
            packet.stream = copy
            packet.pts, packet.dts, packet.time_base = pts + shift, dts + shift, stream.time_base
            target.mux(packet)
