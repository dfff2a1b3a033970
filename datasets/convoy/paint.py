"""Colour of every patch of a vehicle: paint, camouflage, rubber, glass, canvas, wear and dust."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.convoy.noise import waves
from datasets.convoy.palette import Colour
from datasets.convoy.solids import Patches, Solid, cut_into_patches

# Share of the paint's brightness, for what is painted; its own colour, for what is not.
_PAINTED = {"paint": 1.0, "paint_dark": 0.8, "grille": 0.62}
_BARE: dict[str, Colour] = {
    "track": (38, 42, 46),
    "rubber": (30, 31, 32),
    "wheel": (52, 60, 62),
    "glass": (58, 52, 46),
}


@dataclass(frozen=True)
class Body:
    """A painted vehicle in its own coordinates: metres, x forward, y left, z up.

    Attributes:
        patches: its surface.
        colours: (n, 3) float64 BGR 0 to 255 in full light.
        layers: (n,) int64: drawn from low to high.
        faces: (m, 4, 3) the uncut faces, which cast the shadow.
        shaders: (k, 2, 3) lowest and highest corner of the solids that throw shadows on the others.
        shader_solid: (k,) the solid of each of these.
    """

    patches: Patches
    colours: NDArray[np.float64]
    layers: NDArray[np.int64]
    faces: NDArray[np.float64]
    shaders: NDArray[np.float64]
    shader_solid: NDArray[np.int64]


def painted(
    solids: list[Solid], paint: tuple[Colour, Colour, Colour], dust: Colour, patch_m: float, random: np.random.Generator
) -> Body:
    """Cut the solids into patches and colour them."""
    patches = cut_into_patches(solids, patch_m)
    middles = patches.corners.mean(axis=1)
    colours = _base_colours(solids, patches, middles, paint, random)
    colours = _worn(colours, solids, patches, middles, dust, random)
    boxes = np.array([[s.faces.min(axis=(0, 1)), s.faces.max(axis=(0, 1))] for s in solids])
    large = np.flatnonzero(np.prod(boxes[:, 1] - boxes[:, 0], axis=1) > 0.12)
    return Body(
        patches,
        colours,
        np.array([solid.layer for solid in solids])[patches.solid],
        np.concatenate([solid.faces for solid in solids]),
        boxes[large],
        large,
    )


def _base_colours(
    solids: list[Solid],
    patches: Patches,
    middles: NDArray[np.float64],
    paint: tuple[Colour, Colour, Colour],
    random: np.random.Generator,
) -> NDArray[np.float64]:
    pattern = waves(middles, 2.6, random)
    camouflage = np.where(pattern[:, None] > 0.45, paint[1], np.where(pattern[:, None] < -0.5, paint[2], paint[0]))
    canvas = np.array(paint[0]) * 0.6 + np.array([56.0, 72, 74]) * 0.4
    colours = np.empty_like(middles)
    for number, solid in enumerate(solids):
        mine = patches.solid == number
        if solid.material in _PAINTED:
            colours[mine] = camouflage[mine] * _PAINTED[solid.material]
        elif solid.material.startswith("canvas"):
            colours[mine] = canvas * (0.8 if solid.material == "canvas_dark" else 1.0)
        else:
            colours[mine] = _BARE[solid.material]
        if solid.material == "grille":
            stripes = np.floor(middles[mine, 0] / 0.33) % 2
            colours[mine] *= (0.75 + 0.35 * stripes)[:, None]
    return colours


def _worn(
    colours: NDArray[np.float64],
    solids: list[Solid],
    patches: Patches,
    middles: NDArray[np.float64],
    dust: Colour,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """Worn or grimy edges, uneven panels, stains, and dust: most of it low down and on what faces the sky."""
    panels = random.uniform(0.93, 1.07, len(solids))[patches.solid]
    stains = 1 + 0.07 * waves(middles, 0.9, random) + random.normal(0, 0.045, len(middles))
    edges = random.choice([0.8, 1.16], len(solids))[patches.solid]
    lines = np.where(patches.at_edge, edges, 1.0)
    colours = colours * (panels * stains * lines)[:, None]
    low = np.clip(1.1 - middles[:, 2], 0, 1) * 0.5
    lying = np.clip(patches.normals[:, 2], 0, 1) * 0.24
    share = np.clip((low + lying) * (0.8 + 0.6 * waves(middles, 1.3, random)), 0, 0.65)
    glassy = np.array([solid.material == "glass" for solid in solids])[patches.solid]
    share = np.where(glassy, 0.1 * share, share)
    return colours + share[:, None] * (0.8 * np.array(dust) - colours)
