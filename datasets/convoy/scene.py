"""One scene: built once, then any frame of it drawn with its truth."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.convoy import motion
from datasets.convoy.camera import Camera
from datasets.convoy.drawing import Light, Standing, draw_body, shadow_mask
from datasets.convoy.footage import add_haze, expose
from datasets.convoy.ground import Ground, draw_ground
from datasets.convoy.paint import Body, painted
from datasets.convoy.palette import CAR_PAINTS, LANDSCAPES, PAINTS, Landscape
from datasets.convoy.plume import Plume, draw_fire, draw_smoke
from datasets.convoy.road import Road, winding_road
from datasets.convoy.settings import SceneSettings
from datasets.convoy.trees import Tree, draw_tree, plant, shade_under_trees
from datasets.convoy.truth import Box, FrameTruth, VehicleTruth
from datasets.convoy.vehicles import build

_ENLARGED = 2  # everything solid is drawn so much larger and scaled down, for the soft edges of a photograph
_LEAST_VISIBLE_SHARE = 0.35
_LEAST_SMOKE, _LEAST_FLAME = 0.3, 0.5  # opacity; what is fainter is not yet called smoke or fire
_LARGEST_GROUND_PX = 3200


@dataclass(frozen=True)
class Vehicle:
    """A vehicle of the scene. `place` is its place in the convoy (0 leads), or where it is parked."""

    identity: int
    class_name: str
    body: Body
    place: int | Standing


@dataclass(frozen=True)
class Scene:
    """What stays the same in all frames."""

    settings: SceneSettings
    ground: Ground
    road: Road
    landscape: Landscape
    light: Light
    trees: list[Tree]
    vehicles: list[Vehicle]

    @property
    def convoy(self) -> frozenset[int]:
        """Identities of the vehicles of the convoy."""
        return frozenset(vehicle.identity for vehicle in self.vehicles if isinstance(vehicle.place, int))

    def standing(self, vehicle: Vehicle, frame: int) -> Standing:
        """Where a vehicle stands in a frame."""
        if isinstance(vehicle.place, Standing):
            return vehicle.place
        return motion.in_column(self.settings, self.road, vehicle.place, frame)


def render(settings: SceneSettings) -> Iterator[tuple[NDArray[np.uint8], FrameTruth]]:
    """Every frame of a scene: (height, width, 3) uint8 BGR, and what is true of it."""
    scene = build_scene(settings)
    for frame in range(settings.frames):
        yield draw_frame(scene, frame)


def build_scene(settings: SceneSettings) -> Scene:
    """Draw the ground, plant the trees, build and paint the vehicles."""
    random = np.random.default_rng([settings.seed, 1])
    landscape = LANDSCAPES[settings.landscape]
    road = winding_road(random, settings.asphalt)
    light = _light(settings)
    closest_px = max(view.vehicle_px for view in settings.views)
    px_per_m = min(_ENLARGED * 0.75 * closest_px / motion.HULL_M, _LARGEST_GROUND_PX / settings.ground_m)
    ground = draw_ground(settings.ground_m, px_per_m, landscape, road, light.towards_sun, random)
    trees = plant(
        round(landscape.trees_per_hectare * settings.ground_m**2 / 1e4),
        settings.ground_m,
        landscape,
        road,
        light,
        random,
    )
    return Scene(settings, ground, road, landscape, light, trees, _vehicles(settings, road, landscape))


def draw_frame(scene: Scene, frame: int) -> tuple[NDArray[np.uint8], FrameTruth]:
    """One frame, (height, width, 3) uint8 BGR, and its truth. Frames may be drawn in any order."""
    settings = scene.settings
    camera = motion.camera_at(settings, scene.road, frame)
    canvas, boxes, drawn_px = _draw_solids(scene, camera, frame)
    size = (settings.width_px, settings.height_px)
    picture = cv2.resize(canvas[..., :3], size, interpolation=cv2.INTER_AREA).astype(np.float32)
    add_haze(picture, camera, scene.landscape.haze, settings.sensor.clear_air_m)
    clear, smoke, fire = _draw_plume(scene, picture, camera, frame)
    labels = canvas[::_ENLARGED, ::_ENLARGED, 3]
    seen_px = np.bincount(labels.ravel(), clear.ravel(), minlength=256)
    vehicles = []
    for vehicle in scene.vehicles:
        box, share = _clipped(boxes[vehicle.identity], settings)
        share *= seen_px[vehicle.identity] / max(drawn_px[vehicle.identity], 1)
        if share >= _LEAST_VISIBLE_SHARE:
            vehicles.append(VehicleTruth(vehicle.identity, vehicle.class_name, box))
    random = np.random.default_rng([settings.seed, 3, frame])
    image = expose(picture, settings.sensor, _motion_px(scene, camera, frame), random)
    return image, FrameTruth(frame, motion.shot_of(settings, frame), tuple(vehicles), smoke, fire)


def _light(settings: SceneSettings) -> Light:
    azimuth, height = np.radians(settings.sun_deg)
    sun = (float(np.cos(azimuth) * np.cos(height)), float(np.sin(azimuth) * np.cos(height)), float(np.sin(height)))
    return Light(sun, 0.42 + 0.5 * settings.overcast, 0.12 + 0.6 * settings.overcast)


def _vehicles(settings: SceneSettings, road: Road, landscape: Landscape) -> list[Vehicle]:
    vehicles = []
    places = motion.parking_places(settings, road)
    for number, class_name in enumerate((*settings.convoy, *settings.parked)):
        random = np.random.default_rng([settings.seed, 2, number])
        paint = PAINTS[settings.paint]
        if class_name == "car":
            colour = CAR_PAINTS[random.integers(len(CAR_PAINTS))]
            paint = (colour, colour, colour)
        body = painted(build(class_name, random), paint, landscape.road, 0.34, random)
        parked = number - len(settings.convoy)
        place: int | Standing = number if parked < 0 else places[parked]
        vehicles.append(Vehicle(number + 1, class_name, body, place))
    return vehicles


def _draw_solids(
    scene: Scene, camera: Camera, frame: int
) -> tuple[NDArray[np.uint8], dict[int, NDArray[np.float64]], dict[int, int]]:
    """The enlarged canvas (BGR, label), and for each identity its box in pixels of the picture and its pixels."""
    places = {vehicle.identity: scene.standing(vehicle, frame) for vehicle in scene.vehicles}
    shade = shadow_mask(camera, [(v.body, places[v.identity]) for v in scene.vehicles], scene.light)
    shade_under_trees(shade, camera, scene.trees, scene.light)
    large = camera.enlarged(_ENLARGED)
    ground = scene.ground.seen_by(large)
    factors = cv2.merge([shade ** np.float32(0.88), shade ** np.float32(0.96), shade])
    factors = cv2.resize(factors, (large.width_px, large.height_px), interpolation=cv2.INTER_LINEAR)
    ground = cv2.multiply(ground, factors, dtype=cv2.CV_8U)
    canvas = cv2.merge([*cv2.split(ground), np.zeros(ground.shape[:2], np.uint8)])
    feet: list[tuple[tuple[float, float], Tree | Vehicle]] = [(tree.foot_m, tree) for tree in scene.trees]
    feet += [((places[v.identity].x_m, places[v.identity].y_m), v) for v in scene.vehicles]
    feet.sort(key=lambda item: -float(camera.project(np.array([*item[0], 0.0]))[1]))
    boxes: dict[int, NDArray[np.float64]] = {}
    drawn_px: dict[int, int] = {}
    for _, thing in feet:
        if isinstance(thing, Tree):
            draw_tree(canvas, large, thing)
            continue
        identity = thing.identity
        boxes[identity] = draw_body(canvas, large, thing.body, places[identity], scene.light, identity) / _ENLARGED
        drawn_px[identity] = int(np.count_nonzero(canvas[::_ENLARGED, ::_ENLARGED, 3] == identity))
    return canvas, boxes, drawn_px


def _draw_plume(
    scene: Scene, picture: NDArray[np.float32], camera: Camera, frame: int
) -> tuple[NDArray[np.float32], Box | None, Box | None]:
    """Draw smoke and fire where it is time for them; what shines through, and the boxes of both."""
    settings = scene.settings
    clear = np.ones(picture.shape[:2], np.float32)
    if settings.smoke_frame is None or frame < settings.smoke_frame or not settings.convoy:
        return clear, None, None
    place = scene.standing(scene.vehicles[settings.burning], frame)
    source = (place.x_m - 0.8 * np.cos(place.heading_rad), place.y_m - 0.8 * np.sin(place.heading_rad), 1.6)
    plume = Plume(source, settings.wind_m_per_s, place.heading_rad, settings.seed)
    fire_frame = settings.frames if settings.fire_frame is None else settings.fire_frame
    burning_s = (frame - fire_frame) / settings.frame_rate
    smoking_s = (frame - settings.smoke_frame) / settings.frame_rate
    clear = draw_smoke(picture, camera, plume, smoking_s, burning_s, scene.light.towards_sun)
    smoke = _bounds(1 - clear > _LEAST_SMOKE)
    fire = None
    if burning_s >= 0:
        flames = draw_fire(picture, camera, plume, burning_s)
        fire = _bounds(flames > _LEAST_FLAME)
        clear = clear * (1 - flames)
    return clear, smoke, fire


def _bounds(mask: NDArray[np.bool_]) -> Box | None:
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if len(columns) == 0:
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _clipped(box: NDArray[np.float64], settings: SceneSettings) -> tuple[Box, float]:
    """The part of a box within the picture, and its share of the whole."""
    limits = np.array([settings.width_px, settings.height_px] * 2)
    inside = np.clip(box, 0, limits)
    area = float(np.prod(inside[2:] - inside[:2]))
    left, top, right, bottom = (float(value) for value in inside)
    return (left, top, right, bottom), area / float(np.prod(box[2:] - box[:2]))


def _motion_px(scene: Scene, camera: Camera, frame: int) -> tuple[float, float]:
    """How far the middle of the picture moves while the shutter is open, a third of the frame's time."""
    centre = np.array([camera.width_px / 2, camera.height_px / 2, 1.0])
    ground = np.linalg.solve(camera.ground_to_picture, centre)
    point = np.array([ground[0] / ground[2], ground[1] / ground[2], 0.0])
    within = min(frame + 1, scene.settings.cut_frame - 1) if frame < scene.settings.cut_frame else frame + 1
    later, _ = motion.camera_at(scene.settings, scene.road, within).project(point)
    return float(later[0] - centre[0]) / 3, float(later[1] - centre[1]) / 3
