"""From a clean drawing to footage: haze, lens, sensor, and the codec."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.convoy.camera import Camera
from datasets.convoy.palette import Colour


@dataclass(frozen=True)
class Sensor:
    """What air, lens and chip do to a picture.

    Attributes:
        clear_air_m: distance at which haze hides about two thirds of the colour.
        defocus_px: standard deviation of the lens's blur.
        noise: standard deviation of the brightness noise, of 255.
        sharpening: how strongly the camera sharpens afterwards; above about 0.5 it leaves halos.
        contrast: 1 leaves it alone.
        gain: exposure.
    """

    clear_air_m: float = 1100.0
    defocus_px: float = 0.5
    noise: float = 2.6
    sharpening: float = 0.45
    contrast: float = 1.06
    gain: float = 1.12


def add_haze(picture: NDArray[np.float32], camera: Camera, haze: Colour, clear_air_m: float) -> None:
    """Fade a picture (height, width, 3) float32 BGR into the colour of the air with the distance of the ground."""
    step = 32
    distance = camera.ground_distance_m(step)
    share = 1 - np.exp(-distance / clear_air_m)
    size = ((share.shape[1] - 1) * step, (share.shape[0] - 1) * step)
    full = cv2.resize(share, size, interpolation=cv2.INTER_LINEAR)[: camera.height_px, : camera.width_px]
    picture += full[..., None] * (np.array(haze, np.float32) - picture)


def expose(
    picture: NDArray[np.float32], sensor: Sensor, motion_px: tuple[float, float], random: np.random.Generator
) -> NDArray[np.uint8]:
    """What the chip records of a picture (height, width, 3) float32 BGR while it moves by `motion_px`."""
    picture = _moved(picture, motion_px)
    if sensor.defocus_px > 0.2:
        picture = cv2.GaussianBlur(picture, (0, 0), sensor.defocus_px)
    height, width = picture.shape[:2]
    picture = picture * (sensor.gain * _vignette(width, height))[..., None]
    picture = (picture - 110) * sensor.contrast + 110
    grain = random.normal(0, 1, (height, width)).astype(np.float32)
    coloured = random.normal(0, 1, (height // 2 + 1, width // 2 + 1, 3)).astype(np.float32)
    coloured = cv2.resize(coloured, (width, height), interpolation=cv2.INTER_LINEAR)
    picture = picture + sensor.noise * (grain[..., None] + 0.6 * coloured)
    soft = cv2.GaussianBlur(picture, (0, 0), 1.1)
    picture = picture + sensor.sharpening * (picture - soft)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _moved(picture: NDArray[np.float32], motion_px: tuple[float, float]) -> NDArray[np.float32]:
    length = float(np.hypot(*motion_px))
    if length < 0.6:
        return picture
    size = 2 * int(np.ceil(length / 2)) + 3
    kernel = np.zeros((size, size), np.float32)
    for t in np.linspace(-0.5, 0.5, 33):
        x, y = size / 2 - 0.5 + t * motion_px[0], size / 2 - 0.5 + t * motion_px[1]
        column, row = int(x), int(y)
        fx, fy = x - column, y - row
        kernel[row, column] += (1 - fx) * (1 - fy)
        kernel[row, column + 1] += fx * (1 - fy)
        kernel[row + 1, column] += (1 - fx) * fy
        kernel[row + 1, column + 1] += fx * fy
    return cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)


def _vignette(width: int, height: int) -> NDArray[np.float32]:
    x = (np.arange(width, dtype=np.float32) - width / 2) / (width / 2)
    y = (np.arange(height, dtype=np.float32) - height / 2) / (width / 2)
    return 1 - 0.16 * (x[None, :] ** 2 + y[:, None] ** 2)


def write_video(
    path: Path,
    pictures: Iterable[NDArray[np.uint8]],
    size_px: tuple[int, int],
    frame_rate: int,
    crf: int,
    codec: str = "libx264",
) -> None:
    """Write pictures (height, width, 3) uint8 BGR, of an even (width, height), as video that starts playing at once."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream(codec, rate=Fraction(frame_rate), options={"crf": str(crf), "preset": "slow"})
        stream.pix_fmt = "yuv420p"
        stream.width, stream.height = size_px
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
            frame.pts = number
            frame.time_base = Fraction(1, frame_rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
