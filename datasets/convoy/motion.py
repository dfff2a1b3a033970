"""Who is where when: vehicles along the road, the drone in the air."""

import numpy as np
from numpy.typing import NDArray

from datasets.convoy.camera import Camera, aimed_at
from datasets.convoy.drawing import Standing
from datasets.convoy.road import Road
from datasets.convoy.settings import SceneSettings

HULL_M = 7.0
_BRAKING_S = 1.6


def in_column(settings: SceneSettings, road: Road, place: int, frame: int) -> Standing:
    """Where the vehicle at this place of the convoy (0 leads) stands in a frame."""
    middle = (len(settings.convoy) - 1) / 2
    uneven_m = 1.8 * np.sin(2.3 * place + settings.seed)
    start_m = (middle - place) * settings.gap_m + uneven_m - _steady_m(settings, settings.cut_frame)
    x, y, heading = road.at(float(start_m + _driven_m(settings, place, frame)))
    beside_m = 0.35 * np.sin(x / 13 + place)
    return Standing(float(x - beside_m * np.sin(heading)), float(y + beside_m * np.cos(heading)), heading)


def parking_places(settings: SceneSettings, road: Road) -> list[Standing]:
    """A place beside the road for every parked vehicle: turned anyhow, probably in the picture, apart from others."""
    random = np.random.default_rng([settings.seed, 4])
    reach_m = 0.32 * HULL_M * settings.width_px / settings.views[0].vehicle_px
    places: list[Standing] = []
    apart_m = 14.0
    while len(places) < len(settings.parked):
        x, y, heading = road.at(float(random.uniform(-reach_m, reach_m)))
        beside_m = float(random.choice([-1, 1]) * random.uniform(8.5, 18))
        turn = float(random.uniform(0, 2 * np.pi))
        place = Standing(float(x - beside_m * np.sin(heading)), float(y + beside_m * np.cos(heading)), turn)
        if all(np.hypot(place.x_m - other.x_m, place.y_m - other.y_m) > apart_m for other in places):
            places.append(place)
        apart_m *= 0.98  # where there is little room they stand closer, rather than nowhere
    return places


def focal_px(settings: SceneSettings) -> float:
    """Focal length of the drone's camera, about 55 degrees wide."""
    return 0.95 * settings.width_px


def camera_at(settings: SceneSettings, road: Road, frame: int) -> Camera:
    """The drone's camera in a frame."""
    shot = shot_of(settings, frame)
    view = settings.views[shot]
    first = settings.cut_frame if shot else 0
    time_s = (frame - first) / settings.frame_rate
    target_m = _steady_m(settings, first - settings.cut_frame) + view.ahead_m
    x, y, _ = road.at(target_m + view.follow * settings.speed_m_per_s * time_s)
    shake = _shake(settings.seed + 17 * shot, time_s)
    heading = road.at(target_m)[2]
    yaw = heading + np.radians(view.azimuth_deg + view.turn_deg_per_s * time_s + 0.22 * shake[0])
    depression = min(np.radians(view.depression_deg + 0.16 * shake[1]), np.pi / 2)
    return aimed_at(
        (x + 0.25 * shake[2], y + 0.25 * shake[3]),
        focal_px(settings) * HULL_M / view.vehicle_px,
        (float(yaw), float(depression), float(np.radians(0.25 * shake[4]))),
        focal_px(settings),
        (settings.width_px, settings.height_px),
    )


def shot_of(settings: SceneSettings, frame: int) -> int:
    """0 before the cut, 1 from it on."""
    return int(frame >= settings.cut_frame)


def _steady_m(settings: SceneSettings, frames: int) -> float:
    return settings.speed_m_per_s * frames / settings.frame_rate


def _driven_m(settings: SceneSettings, place: int, frame: int) -> float:
    """How far a vehicle has come since frame 0. It halts for the burning one; those ahead notice later."""
    if settings.smoke_frame is None:
        return _steady_m(settings, frame)
    ahead = place < settings.burning
    halt_s = settings.smoke_frame / settings.frame_rate - 0.6 + (1.6 if ahead else 0.2 * (place - settings.burning))
    time_s = frame / settings.frame_rate
    braked_s = float(np.clip(time_s - halt_s, 0, _BRAKING_S))
    return settings.speed_m_per_s * (min(time_s, halt_s) + braked_s - braked_s**2 / (2 * _BRAKING_S))


def _shake(seed: int, time_s: float) -> NDArray[np.float64]:
    """(5,) small smooth unrest of a hovering drone, about -1 to 1."""
    random = np.random.default_rng([seed, 5])
    speeds = random.uniform(0.5, 3.2, (5, 3))
    return np.sin(speeds * time_s + random.uniform(0, 6, (5, 3))).sum(axis=1) / 2.0
