"""Scenes of every kind, and their frames as pictures and labels to train on."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.classes import VEHICLE_CLASSES
from datasets.convoy.footage import Sensor
from datasets.convoy.motion import HULL_M
from datasets.convoy.palette import LANDSCAPES, PAINTS
from datasets.convoy.scene import build_scene, draw_frame
from datasets.convoy.settings import SceneSettings, View
from datasets.convoy.truth import FrameTruth

_FRAMES = 120
_SIZES_PX = ((960, 540), (800, 608), (640, 640), (896, 512))
_MIXED = ("tank", "tank", "ifv_apc", "ifv_apc", "artillery", "mlrs", "truck", "truck", "car")
_LEAST_BOX_PX = 5.0


def varied_settings(seed: int) -> SceneSettings:
    """A scene unlike the others: its season, light, viewpoint, vehicles, and how well it was filmed."""
    random = np.random.default_rng([seed, 9])
    width, height = _SIZES_PX[random.integers(len(_SIZES_PX))]
    burns = random.random() < 0.3
    view = _varied_view(random)
    landscape = str(random.choice(list(LANDSCAPES)))
    paints = list(PAINTS) if landscape == "snow" else [name for name in PAINTS if name != "winter"]
    return SceneSettings(
        seed=seed,
        width_px=width,
        height_px=height,
        frames=_FRAMES,
        cut_frame=_FRAMES // 2,
        smoke_frame=_FRAMES // 2 - 75 if burns else None,
        fire_frame=_FRAMES // 2 - 20 if burns else None,
        convoy=_mixed(random, int(random.integers(2, 7))),
        parked=_mixed(random, int(random.integers(1, 5))),
        burning=int(random.integers(2)),
        wind_m_per_s=(float(random.normal(0, 2)), float(random.normal(0, 2))),
        gap_m=float(random.uniform(11, 20)),
        views=(view, _varied_view(random, view.vehicle_px)),
        landscape=landscape,
        asphalt=bool(random.random() < 0.3),
        paint=str(random.choice(paints)),
        sun_deg=(float(random.uniform(-180, 180)), float(random.uniform(18, 65))),
        overcast=float(random.uniform(0, 1) ** 1.5),
        sensor=_varied_sensor(random),
        ground_m=float(np.clip(2.2 * HULL_M * width / view.vehicle_px, 140, 620)),
    )


def _mixed(random: np.random.Generator, count: int) -> tuple[str, ...]:
    return tuple(str(name) for name in random.choice(_MIXED, count))


def _varied_view(random: np.random.Generator, near_px: float | None = None) -> View:
    """Any direction and height; the vehicles 12 to 120 px long, or about `near_px`."""
    size_px = (
        np.exp(random.uniform(np.log(14), np.log(120))) if near_px is None else near_px * random.uniform(0.75, 1.2)
    )
    depression_deg = 90 if random.random() < 0.15 else random.uniform(30, 85)
    return View(
        azimuth_deg=float(random.uniform(-180, 180)),
        depression_deg=float(depression_deg),
        vehicle_px=float(np.clip(size_px, 12, 120)),
        follow=float(random.uniform(0, 1)),
        turn_deg_per_s=float(random.uniform(-3, 3)),
        ahead_m=float(random.uniform(-15, 15)),
    )


def _varied_sensor(random: np.random.Generator) -> Sensor:
    return Sensor(
        clear_air_m=float(random.uniform(400, 2500)),
        defocus_px=float(random.uniform(0.2, 1.6)),
        noise=float(random.uniform(0.5, 7)),
        sharpening=float(random.uniform(0, 1.1)),
        contrast=float(random.uniform(0.75, 1.35)),
        gain=float(random.uniform(0.75, 1.4)),
    )


def write_training_set(out_dir: Path, scenes: int, first_seed: int, every: int) -> int:
    """Write every so-manieth frame of so many scenes in YOLO's layout; returns the number of pictures."""
    images, labels = out_dir / "images" / "train", out_dir / "labels" / "train"
    images.mkdir(parents=True, exist_ok=True)
    labels.mkdir(parents=True, exist_ok=True)
    written = 0
    for seed in range(first_seed, first_seed + scenes):
        settings = varied_settings(seed)
        scene = build_scene(settings)
        random = np.random.default_rng([seed, 10])
        for frame in range(int(random.integers(every)), settings.frames, every):
            picture, truth = draw_frame(scene, frame)
            name = f"synthetic_{seed:04d}_{frame:03d}"
            squeezed = _recompressed(picture, int(random.integers(22, 80)))
            cv2.imwrite(str(images / f"{name}.webp"), squeezed, [cv2.IMWRITE_WEBP_QUALITY, 85])
            (labels / f"{name}.txt").write_text(yolo_lines(truth, settings.width_px, settings.height_px), "utf-8")
            written += 1
    return written


def _recompressed(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def yolo_lines(truth: FrameTruth, width_px: int, height_px: int) -> str:
    """One line for each vehicle: class index in VEHICLE_CLASSES, middle, width and height as shares of the picture."""
    lines = []
    for vehicle in truth.vehicles:
        left, top, right, bottom = vehicle.xyxy
        if min(right - left, bottom - top) < _LEAST_BOX_PX:
            continue
        middle_x, middle_y = (left + right) / 2 / width_px, (top + bottom) / 2 / height_px
        share_x, share_y = (right - left) / width_px, (bottom - top) / height_px
        number = VEHICLE_CLASSES.index(vehicle.class_name)
        lines.append(f"{number} {middle_x:.5f} {middle_y:.5f} {share_x:.5f} {share_y:.5f}\n")
    return "".join(lines)
