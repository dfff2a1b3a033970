"""Convex solids of flat four-cornered faces: the bricks vehicles are built of. Metres; x forward, y left, z up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Range = tuple[float, float]


@dataclass(frozen=True)
class Solid:
    """One convex piece.

    Attributes:
        faces: (n, 4, 3) float64 corners in metres, any turn: the outside is worked out from the middle.
        material: what it is made of: a name known to `vehicles.painted`.
        layer: solids of a higher layer lie on those of a lower one, and are drawn later.
    """

    faces: NDArray[np.float64]
    material: str
    layer: int


def block(
    x: Range,
    y: Range,
    z: Range,
    material: str = "paint",
    layer: int = 0,
    top_x: Range | None = None,
    top_y: Range | None = None,
) -> Solid:
    """A box, whose top may be smaller than its bottom or shifted: slopes, turrets, cabs."""
    top_x, top_y = top_x or x, top_y or y
    low = [(x[0], y[0], z[0]), (x[1], y[0], z[0]), (x[1], y[1], z[0]), (x[0], y[1], z[0])]
    high = [
        (top_x[0], top_y[0], z[1]),
        (top_x[1], top_y[0], z[1]),
        (top_x[1], top_y[1], z[1]),
        (top_x[0], top_y[1], z[1]),
    ]
    sides = [[low[i], low[(i + 1) % 4], high[(i + 1) % 4], high[i]] for i in range(4)]
    return Solid(np.array([low, high, *sides], np.float64), material, layer)


def drum(
    start: tuple[float, float, float],
    end: tuple[float, float, float],
    radii_m: Range,
    material: str = "paint",
    layer: int = 0,
    corners: int = 10,
) -> Solid:
    """A round bar from one point to another, with its radius at each end: barrels, wheels, round turrets."""
    first, last = np.asarray(start, np.float64), np.asarray(end, np.float64)
    axis = (last - first) / np.linalg.norm(last - first)
    helper = np.array([0.0, 0, 1]) if abs(axis[2]) < 0.9 else np.array([1.0, 0, 0])
    side = np.cross(axis, helper)
    side /= np.linalg.norm(side)
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False) + np.pi / corners
    ring = np.cos(angles)[:, None] * side + np.sin(angles)[:, None] * np.cross(axis, side)
    near, far = first + radii_m[0] * ring, last + radii_m[1] * ring
    faces = [[near[i], near[(i + 1) % corners], far[(i + 1) % corners], far[i]] for i in range(corners)]
    for middle, rim in ((first, near), (last, far)):
        faces += [[middle, rim[i], rim[(i + 1) % corners], rim[(i + 2) % corners]] for i in range(0, corners, 2)]
    return Solid(np.array(faces), material, layer)


def turned(solids: Sequence[Solid], angle_rad: float, about: tuple[float, float]) -> list[Solid]:
    """The solids turned about an upright axis through x, y: a traversed turret."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    centre = np.array([about[0], about[1], 0.0])
    return [Solid((solid.faces - centre) @ turn.T + centre, solid.material, solid.layer) for solid in solids]


@dataclass(frozen=True)
class Patches:
    """Faces cut into small patches, ready to be coloured.

    Attributes:
        corners: (n, 4, 3) float64 metres, turned so that `normals` points outwards.
        normals: (n, 3) unit vectors.
        solid: (n,) int64, which solid each patch belongs to.
        at_edge: (n,) bool, whether the patch touches the edge of its face.
    """

    corners: NDArray[np.float64]
    normals: NDArray[np.float64]
    solid: NDArray[np.int64]
    at_edge: NDArray[np.bool_]


def outward_normals(faces: NDArray[np.float64], inside: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) unit normals of faces (n, 4, 3), pointing away from the point `inside`."""
    normals = np.cross(faces[:, 2] - faces[:, 0], faces[:, 3] - faces[:, 1])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    outwards = np.sum(normals * (faces.mean(axis=1) - inside), axis=1)
    return normals * np.where(outwards < 0, -1.0, 1.0)[:, None]


def cut_into_patches(solids: Sequence[Solid], patch_m: float) -> Patches:
    """Cut every face into patches about `patch_m` wide."""
    corners, normals, owners, edges = [], [], [], []
    for number, solid in enumerate(solids):
        outward = outward_normals(solid.faces, solid.faces.reshape(-1, 3).mean(axis=0))
        for face, normal in zip(solid.faces, outward, strict=True):
            pieces, at_edge = _cut(face, patch_m)
            corners.append(pieces)
            normals.append(np.repeat(normal[None], len(pieces), axis=0))
            owners.append(np.full(len(pieces), number))
            edges.append(at_edge)
    return Patches(np.concatenate(corners), np.concatenate(normals), np.concatenate(owners), np.concatenate(edges))


def _cut(face: NDArray[np.float64], patch_m: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    a, b, c, d = face
    columns = max(1, round(max(np.linalg.norm(b - a), np.linalg.norm(c - d)) / patch_m))
    rows = max(1, round(max(np.linalg.norm(d - a), np.linalg.norm(c - b)) / patch_m))
    u = np.linspace(0, 1, columns + 1)[None, :, None]
    v = np.linspace(0, 1, rows + 1)[:, None, None]
    grid = (1 - u) * (1 - v) * a + u * (1 - v) * b + u * v * c + (1 - u) * v * d
    pieces = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=2).reshape(-1, 4, 3)
    row, column = np.mgrid[:rows, :columns]
    at_edge = ((row == 0) | (row == rows - 1) | (column == 0) | (column == columns - 1)) & (rows > 2) & (columns > 2)
    return pieces, at_edge.ravel()
