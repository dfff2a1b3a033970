"""What stands on the ground: tanks, carriers, guns, rocket launchers, trucks and cars, built of solids.

Sizes are those of no particular type, but of the kind. Origin on the ground under the middle of the hull.
"""

from collections.abc import Callable

import numpy as np

from datasets.convoy.solids import Range, Solid, block, drum, turned

Random = np.random.Generator


def build(kind: str, random: Random) -> list[Solid]:
    """The solids of one vehicle of a class of `VEHICLE_CLASSES`; every call differs in its details."""
    return _BUILDERS[kind](random)


def _span(one_m: float, other_m: float) -> Range:
    return min(one_m, other_m), max(one_m, other_m)


def _tracks(half_length_m: float, outside_m: float, width_m: float, height_m: float) -> list[Solid]:
    solids = []
    for side in (-1, 1):
        y = _span(side * outside_m, side * (outside_m - width_m))
        lift = 0.4 * height_m
        x = (-half_length_m + 0.35, half_length_m - 0.45)
        solids.append(block(x, y, (0, lift), "track", top_x=(-half_length_m, half_length_m)))
        solids.append(block((-half_length_m, half_length_m), y, (lift, height_m), "track"))
        for wheel in np.linspace(x[0] + 0.3, x[1] - 0.3, 6):
            edge = side * outside_m
            start, end = (wheel, edge - side * 0.05, lift * 0.85), (wheel, edge + side * 0.04, lift * 0.85)
            solids.append(drum(start, end, (0.32, 0.32), "wheel", 1, 8))
    return solids


def _wheels(places_m: list[float], outside_m: float, radius_m: float, width_m: float = 0.4) -> list[Solid]:
    solids = []
    for x in places_m:
        for side in (-1, 1):
            inner, outer = (x, side * (outside_m - width_m), radius_m), (x, side * outside_m, radius_m)
            solids.append(drum(inner, outer, (radius_m, radius_m), "rubber", 0, 10))
            hub = (x, side * (outside_m + 0.03), radius_m)
            solids.append(drum(outer, hub, (0.45 * radius_m, 0.4 * radius_m), "wheel", 1, 8))
    return solids


def _hatches(places_m: list[tuple[float, float, float]], layer: int, radius_m: float = 0.32) -> list[Solid]:
    return [
        drum((x, y, z), (x, y, z + 0.1), (radius_m, radius_m * 0.9), "paint_dark", layer, 8) for x, y, z in places_m
    ]


def _stowage(x: tuple[float, float], y: tuple[float, float], z: float, layer: int, random: Random) -> list[Solid]:
    """Bundles, boxes and cans that crews tie to a roof or rack."""
    solids = []
    for _ in range(random.integers(2, 6)):
        left, back = random.uniform(*y), random.uniform(*x)
        length, width = random.uniform(0.3, 0.9), random.uniform(0.25, 0.5)
        load = block((back, back + length), (left, left + width), (z, z + random.uniform(0.15, 0.4)), "canvas", layer)
        solids += turned([load], random.normal(0, 0.5), (back, left))
    return solids


def _gun(start_m: tuple[float, float, float], length_m: float, radius_m: float, layer: int) -> list[Solid]:
    x, y, z = start_m
    tip = z + 0.05 * length_m
    middle = (x + 0.55 * length_m, y, z + 0.55 * (tip - z))
    sleeve = (x + 0.7 * length_m, y, z + 0.7 * (tip - z))
    return [
        drum((x, y, z), (x + length_m, y, tip), (radius_m * 1.15, radius_m * 0.85), "paint_dark", layer, 6),
        drum(middle, sleeve, (radius_m * 1.7, radius_m * 1.7), "paint_dark", layer, 6),
    ]


def _tank(random: Random) -> list[Solid]:
    deck = 1.35
    solids = _tracks(3.35, 1.75, 0.62, 1.0)
    solids += [
        block((-3.2, 2.2), (-1.15, 1.15), (0.45, deck), "paint", 1, top_x=(-3.3, 2.0)),
        block((2.2, 3.35), (-1.15, 1.15), (0.5, 1.0), "paint", 1, top_x=(2.0, 2.9)),
        block((1.9, 3.3), (-1.2, 1.2), (0.95, 1.0), "paint", 1, top_x=(1.5, 2.1)),
        block((1.0, 3.3), (-1.15, 1.15), (0.9, deck), "paint", 1, top_x=(0.9, 1.7)),
        block((-3.25, -1.7), (-1.05, 1.05), (deck, deck + 0.06), "grille", 2),
    ]
    for side in (-1, 1):
        y = _span(side * 1.12, side * 1.8)
        solids.append(block((-3.3, 3.3), y, (1.0, 1.1), "paint", 1))
        skirt = _span(side * 1.77, side * 1.83)
        if random.random() < 0.75:
            solids.append(block((-3.1, 3.1), skirt, (0.55, 1.08), "paint_dark", 2))
        for x in (-2.6, -1.5, -0.4):
            solids.append(block((x, x + 0.9), y, (1.1, 1.38), "paint", 2))
    if random.random() < 0.7:
        solids += [drum((-3.5, y0, 1.35), (-3.5, y0 + 0.85, 1.35), (0.3, 0.3), "paint", 3, 8) for y0 in (-0.95, 0.1)]
    if random.random() < 0.6:
        solids += [
            block((x, x + 0.42), (y, y + 0.4), (1.12, 1.3), "paint", 2)
            for x in (1.75, 2.3)
            for y in np.arange(-1.1, 1.0, 0.46)
        ]
    traverse = random.normal(0, 0.12) if random.random() < 0.8 else random.uniform(-1.2, 1.2)
    return solids + turned(_tank_turret(deck, random), traverse, (0.1, 0))


def _tank_turret(deck_m: float, random: Random) -> list[Solid]:
    roof = deck_m + 0.78
    solids = [
        drum((0.1, 0, deck_m), (0.1, 0, roof - 0.1), (1.5, 1.2), "paint", 3, 12),
        block((0.3, 1.75), (-1.15, 1.15), (deck_m + 0.1, roof - 0.1), "paint", 3, top_x=(0.2, 1.0), top_y=(-0.8, 0.8)),
        block((-1.9, -0.9), (-1.0, 1.0), (deck_m + 0.2, roof - 0.12), "paint_dark", 3, top_x=(-1.8, -0.8)),
        drum((0.05, 0, roof - 0.1), (0.05, 0, roof), (1.18, 0.95), "paint", 4, 12),
    ]
    if random.random() < 0.7:
        for angle in np.radians([-62, -44, -26, 26, 44, 62]):
            x, y = 0.1 + 1.45 * np.cos(angle), 1.4 * np.sin(angle)
            brick = block((x - 0.2, x + 0.3), (y - 0.22, y + 0.22), (deck_m + 0.25, deck_m + 0.62), "paint", 4)
            solids += turned([brick], 0.6 * angle, (x, y))
    solids += _hatches([(-0.1, 0.5, roof), (0.0, -0.5, roof)], 5)
    solids += _stowage((-1.9, -1.2), (-0.9, 0.5), roof - 0.12, 4, random)
    solids.append(block((0.35, 0.7), (-0.75, -0.4), (roof, roof + 0.25), "glass", 5))
    solids.append(drum((-0.3, 0.55, roof + 0.3), (0.7, 0.55, roof + 0.4), (0.05, 0.04), "track", 6, 6))
    return solids + _gun((1.2, 0, deck_m + 0.4), 4.9, 0.14, 5)


def _ifv_apc(random: Random) -> list[Solid]:
    return _tracked_carrier(random) if random.random() < 0.55 else _wheeled_carrier(random)


def _tracked_carrier(random: Random) -> list[Solid]:
    deck = 1.55
    solids = _tracks(3.1, 1.5, 0.42, 0.95)
    solids += [
        block((-3.2, 1.9), (-1.5, 1.5), (0.9, deck), "paint", 1, top_x=(-3.1, 1.3), top_y=(-1.25, 1.25)),
        block((1.3, 3.35), (-1.45, 1.45), (0.9, 1.02), "paint", 1, top_x=(1.3, 3.0)),
        block((1.25, 3.2), (-1.4, 1.4), (1.0, deck), "paint", 1, top_x=(1.2, 1.5), top_y=(-1.2, 1.2)),
        block((-3.0, 1.8), (-1.08, 1.08), (0.4, 0.95), "paint_dark", 0),
        block((1.35, 1.9), (0.1, 1.0), (deck - 0.12, deck + 0.02), "grille", 2),
        block((-3.35, -3.15), (-1.0, -0.1), (0.8, 1.5), "paint_dark", 2),
        block((-3.35, -3.15), (0.1, 1.0), (0.8, 1.5), "paint_dark", 2),
    ]
    solids += [
        block((x, x + 1.0), (y, y + 0.75), (deck, deck + 0.06), "paint_dark", 2)
        for x in (-2.8, -1.7)
        for y in (-0.9, 0.15)
    ]
    solids += _hatches([(1.2, 0.75, deck), (0.6, 0.8, deck)], 2, 0.27)
    solids += _stowage((-2.8, -1.6), (-1.1, 0.7), deck + 0.05, 3, random)
    turret = [
        drum((0.0, 0, deck), (-0.05, 0, deck + 0.5), (0.95, 0.62), "paint", 3, 12),
        *_hatches([(-0.2, 0.25, deck + 0.5)], 4, 0.28),
        *_gun((0.6, 0, deck + 0.3), 2.2, 0.06, 4),
    ]
    return solids + turned(turret, random.normal(0, 0.25), (0, 0))


def _wheeled_carrier(random: Random) -> list[Solid]:
    deck = 1.95
    solids = _wheels([-2.6, -1.2, 1.2, 2.5], 1.45, 0.56, 0.42)
    solids += [
        block((-3.5, 3.6), (-1.05, 1.05), (0.5, 1.05), "paint_dark", 0, top_x=(-3.6, 3.3)),
        block((-3.6, 2.6), (-1.42, 1.42), (1.05, 1.4), "paint", 1, top_x=(-3.5, 2.6)),
        block((-3.5, 2.6), (-1.42, 1.42), (1.4, deck), "paint", 1, top_x=(-3.1, 2.0), top_y=(-0.95, 0.95)),
        block((2.6, 3.8), (-1.3, 1.3), (0.8, 1.4), "paint", 1, top_x=(2.5, 2.8), top_y=(-1.2, 1.2)),
        block((2.15, 2.5), (-0.85, -0.1), (1.55, 1.8), "glass", 2),
        block((2.15, 2.5), (0.1, 0.85), (1.55, 1.8), "glass", 2),
        block((-3.0, -1.5), (-0.8, 0.8), (deck, deck + 0.06), "grille", 2),
    ]
    solids += _hatches([(1.5, 0.5, deck), (1.5, -0.5, deck), (-0.9, 0.45, deck), (-0.9, -0.45, deck)], 2, 0.28)
    solids += _stowage((-2.9, -1.6), (-0.9, 0.4), deck + 0.05, 3, random)
    turret = [
        drum((0.4, 0, deck), (0.35, 0, deck + 0.45), (0.75, 0.5), "paint", 3, 10),
        *_gun((0.9, 0, deck + 0.28), 1.7, 0.06, 4),
    ]
    return solids + turned(turret, random.normal(0, 0.25), (0.4, 0))


def _artillery(random: Random) -> list[Solid]:
    """A self-propelled gun: a hull like a carrier's, a large turret at its rear, a long barrel."""
    deck = 1.6
    solids = _tracks(3.5, 1.6, 0.5, 0.95)
    solids += [
        block((-3.5, 2.6), (-1.5, 1.5), (0.9, deck), "paint", 1, top_x=(-3.4, 2.0)),
        block((2.0, 3.6), (-1.45, 1.45), (0.8, deck), "paint", 1, top_x=(2.0, 2.3)),
        block((-3.2, 2.4), (-1.1, 1.1), (0.4, 0.95), "paint_dark", 0),
        block((1.2, 2.0), (-1.2, -0.1), (deck, deck + 0.06), "grille", 2),
        *_hatches([(1.6, 0.8, deck)], 2),
    ]
    roof = deck + 1.15
    turret = [
        block((-3.3, 0.7), (-1.45, 1.45), (deck, roof), "paint", 3, top_x=(-3.1, 0.1), top_y=(-1.15, 1.15)),
        block((-3.6, -3.25), (-1.0, 1.0), (deck + 0.2, roof - 0.2), "paint_dark", 3),
        *_hatches([(-0.8, 0.6, roof), (-0.9, -0.6, roof), (-2.3, 0.5, roof)], 4, 0.35),
        *_gun((0.4, 0, deck + 0.5), float(random.uniform(4.2, 6.0)), 0.13, 4),
    ]
    return solids + turned(turret, random.normal(0, 0.06), (-1.3, 0))


def _chassis(random: Random) -> list[Solid]:
    """Wheels, frame and cab of a three-axled truck, with its engine in front of the cab or under it."""
    solids = _wheels([-2.7, -1.4, 2.5], 1.25, 0.55)
    solids.append(block((-3.7, 3.6), (-0.55, 0.55), (0.6, 1.05), "track", 0))
    if random.random() < 0.5:
        cab, bonnet = (0.85, 2.2), (2.2, 3.75)
        solids.append(block(bonnet, (-0.75, 0.75), (0.8, 1.75), "paint", 1, top_y=(-0.62, 0.62)))
        solids += [block((1.95, 3.1), y, (1.0, 1.2), "paint_dark", 1) for y in ((-1.25, -0.75), (0.75, 1.25))]
    else:
        cab = (1.9, 3.75)
    back, front = cab
    solids += [
        block((back, front), (-1.2, 1.2), (0.8, 1.7), "paint", 1),
        block(
            (back, front), (-1.2, 1.2), (1.7, 2.5), "glass", 1, top_x=(back + 0.05, front - 0.3), top_y=(-1.08, 1.08)
        ),
        block((back + 0.03, front - 0.28), (-1.12, 1.12), (2.48, 2.6), "paint", 2),
    ]
    solids += [block((back - 0.02, back + 0.35), y, (1.7, 2.5), "paint", 2) for y in ((-1.2, -1.05), (1.05, 1.2))]
    return [*solids, drum((0.3, 1.0, 0.85), (1.3, 1.0, 0.85), (0.3, 0.3), "paint_dark", 1, 8)]


def _truck(random: Random) -> list[Solid]:
    solids = _chassis(random)
    bed = (-3.8, 0.65)
    solids.append(block(bed, (-1.25, 1.25), (1.05, 1.25), "paint_dark", 1))
    load = random.random()
    if load < 0.7:
        solids.append(block(bed, (-1.25, 1.25), (1.25, 1.75), "paint", 1))
        solids.append(block(bed, (-1.24, 1.24), (1.75, 2.55), "canvas", 1, top_y=(-1.12, 1.12)))
        solids.append(block(bed, (-1.12, 1.12), (2.55, 2.85), "canvas", 2, top_x=(-3.75, 0.6), top_y=(-0.55, 0.55)))
        solids += [
            block((x, x + 0.1), (-1.14, 1.14), (2.5, 2.8), "canvas_dark", 3, top_y=(-0.6, 0.6))
            for x in np.arange(-3.3, 0.5, 1.05)
        ]
    elif load < 0.85:
        solids.append(drum((bed[0] + 0.1, 0, 2.0), (bed[1] - 0.1, 0, 2.0), (0.98, 0.98), "paint", 1, 12))
        solids += _hatches([(-2.6, 0, 2.95), (-0.8, 0, 2.95)], 2, 0.3)
    else:
        for y in ((-1.25, -1.15), (1.15, 1.25)):
            solids.append(block(bed, y, (1.25, 1.85), "paint", 2))
        solids += [
            block((x, x + 0.9), (-0.9, 0.9), (1.25, random.uniform(1.6, 2.2)), "canvas", 2) for x in (-3.5, -2.3, -1.0)
        ]
    return solids


def _mlrs(random: Random) -> list[Solid]:
    """A truck with a rack of rocket tubes in place of its bed."""
    solids = _chassis(random)
    solids.append(block((-3.8, 0.5), (-1.2, 1.2), (1.05, 1.3), "paint_dark", 1))
    rack = [block((-3.7, -0.4), (-0.95, 0.95), (1.6, 2.5), "paint", 3)]
    for y in np.arange(-0.83, 0.9, 0.24):
        rack.append(drum((-3.75, y, 2.5), (-0.35, y, 2.5), (0.11, 0.11), "paint_dark", 4, 6))
        rack += [drum((-0.42, y, z), (-0.3, y, z), (0.09, 0.09), "track", 4, 6) for z in (1.75, 2.0, 2.25)]
    return solids + turned(rack, random.normal(0, 0.1), (-2.0, 0))


def _car(random: Random) -> list[Solid]:
    half, side = random.uniform(2.0, 2.35), random.uniform(0.86, 0.95)
    roof = random.choice([1.42, 1.75, 2.0])
    rear = -half + 0.1 if roof > 1.6 else -half + random.uniform(0.2, 0.8)
    windscreen = 0.95 if roof < 1.9 else 1.5
    return [
        *_wheels([-0.62 * half, 0.64 * half], side + 0.02, 0.33, 0.22),
        block((-half, half), (-side, side), (0.3, 0.88), "paint", 1, top_x=(-half + 0.05, half - 0.12)),
        block(
            (rear, windscreen),
            (-side + 0.05, side - 0.05),
            (0.88, roof),
            "glass",
            2,
            (rear + 0.25, windscreen - 0.65),
            (-side + 0.2, side - 0.2),
        ),
        block((rear + 0.24, windscreen - 0.62), (-side + 0.17, side - 0.17), (roof - 0.02, roof + 0.06), "paint", 3),
        block((-half - 0.06, -half + 0.1), (-side, side), (0.35, 0.6), "track", 1),
        block((half - 0.1, half + 0.06), (-side, side), (0.35, 0.6), "track", 1),
    ]


_BUILDERS: dict[str, Callable[[Random], list[Solid]]] = {
    "tank": _tank,
    "ifv_apc": _ifv_apc,
    "artillery": _artillery,
    "mlrs": _mlrs,
    "truck": _truck,
    "car": _car,
}
