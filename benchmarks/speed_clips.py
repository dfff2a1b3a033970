"""The clips of `benchmarks.speed`: real ones and one rendered scene thrice, cut to length without coding them again.

The scene is drawn once at 4K, made smaller for 1080p, and shown forth and back. Everything lands in a cache folder,
since drawing takes minutes.
"""

from collections.abc import Callable, Mapping
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
DRAWN = 24  # frames of the scene; so many pictures of 4K are 600 MB
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
    """The clip of this name with about so many frames, fewer if it is a shorter real one; None if that is not here."""
    out = cache / f"{name}_{frames}.mp4"
    if out.exists():
        return out
    whole = rendered(name, cache) if name in RENDERED else shared / f"{name}.mp4"
    if not whole.exists():
        return None
    cache.mkdir(parents=True, exist_ok=True)
    part = cache / "part.mp4"
    write_beginning(whole, part, frames, again=name in RENDERED)
    return part.replace(out)


def rendered(name: str, cache: Path) -> Path:
    """The scene once forth and back, as a clip of RENDERED; all of them are made together."""
    whole = {each: cache / f"{each}.mp4" for each in RENDERED}
    if not whole[name].exists():
        cache.mkdir(parents=True, exist_ok=True)
        parts = {each: cache / f"{each}.part.mp4" for each in RENDERED}
        write_rendered(parts, SCENE)
        for each, part in parts.items():
            part.replace(whole[each])
    return whole[name]


def write_rendered(paths: Mapping[str, Path], settings: SceneSettings) -> None:
    """Draw the scene and write each clip of RENDERED that a path is given for."""
    scene = build_scene(settings)
    drawn = [draw_frame(scene, frame)[0] for frame in range(settings.frames)]
    for name, path in paths.items():
        size, codec = RENDERED[name]
        pictures = (picture_of(picture, size) for picture in [*drawn, *drawn[::-1]])
        write_video(path, pictures, size, settings.frame_rate, CRF, codec)


def picture_of(picture: NDArray[np.uint8], size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture in (width, height)."""
    if (picture.shape[1], picture.shape[0]) == size_px:
        return picture
    return np.asarray(cv2.resize(picture, size_px, interpolation=cv2.INTER_AREA), np.uint8)


def write_beginning(clip: Path, out: Path, frames: int, again: bool = False) -> None:
    """The first pictures of a clip as they are coded, a few more than `frames` where one leans on a later one.

    Args:
        again: begin anew as often as it takes; the clip must then begin with a key frame that all the rest builds on.
    """

    def beginning(stamps: list[int]) -> list[tuple[int, int]]:
        coded = repeated(stamps, -(-frames // len(stamps)) if again else 1)
        shown = [stamps[number] + shift for number, shift in coded]
        in_order = sorted(shown)
        whole = (many for many in range(frames, len(shown)) if max(shown[:many]) == in_order[many - 1])
        return coded[: next(whole, len(coded))]

    _copy(clip, out, beginning)


def write_repeated(clip: Path, out: Path, times: int) -> None:
    """The same clip over and over, as it is coded. It must begin with a key frame that all the rest builds on."""
    _copy(clip, out, lambda stamps: repeated(stamps, times))


def repeated(stamps: list[int], times: int) -> list[tuple[int, int]]:
    """Packets by number, each with the ticks by which its stamp is shifted, so that one run follows the other."""
    length = (max(stamps) - min(stamps)) * len(stamps) // max(len(stamps) - 1, 1)
    return [(number, turn * length) for turn in range(times) for number in range(len(stamps))]


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
