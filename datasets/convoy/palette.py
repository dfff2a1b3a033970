"""Colours, blue green red, 0 to 255, as a camera shows them in full light."""

from dataclasses import dataclass

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Landscape:
    """The colours of one season, and how much grows in it.

    Attributes:
        scrub_share: share of the rough ground under low growth, 0 to 1.
        trees_per_hectare: how many trees and large bushes grow.
        bare_trees: whether they have lost their leaves.
    """

    grass: Colour
    dry: Colour
    soil: Colour
    field: Colour
    crop: Colour
    road: Colour
    scrub: Colour
    leaves: Colour
    haze: Colour
    scrub_share: float
    trees_per_hectare: float
    bare_trees: bool


LANDSCAPES: dict[str, Landscape] = {
    "summer": Landscape(
        grass=(56, 98, 88),
        dry=(84, 122, 122),
        soil=(84, 104, 118),
        field=(78, 104, 116),
        crop=(62, 120, 108),
        road=(132, 148, 158),
        scrub=(38, 66, 54),
        leaves=(36, 74, 58),
        haze=(206, 200, 190),
        scrub_share=0.3,
        trees_per_hectare=15,
        bare_trees=False,
    ),
    "steppe": Landscape(
        grass=(78, 106, 112),
        dry=(100, 128, 140),
        soil=(82, 100, 116),
        field=(74, 90, 104),
        crop=(98, 136, 150),
        road=(118, 136, 150),
        scrub=(48, 66, 66),
        leaves=(42, 66, 58),
        haze=(204, 202, 196),
        scrub_share=0.35,
        trees_per_hectare=9,
        bare_trees=False,
    ),
    "autumn": Landscape(
        grass=(62, 84, 92),
        dry=(76, 98, 112),
        soil=(60, 70, 80),
        field=(52, 62, 72),
        crop=(66, 92, 88),
        road=(98, 106, 114),
        scrub=(44, 58, 68),
        leaves=(52, 66, 74),
        haze=(196, 194, 190),
        scrub_share=0.45,
        trees_per_hectare=16,
        bare_trees=True,
    ),
    "snow": Landscape(
        grass=(196, 192, 188),
        dry=(160, 162, 164),
        soil=(84, 90, 96),
        field=(206, 202, 198),
        crop=(188, 186, 184),
        road=(118, 122, 126),
        scrub=(70, 76, 82),
        leaves=(66, 70, 76),
        haze=(214, 210, 206),
        scrub_share=0.4,
        trees_per_hectare=15,
        bare_trees=True,
    ),
}

# Base paint and the two colours of its camouflage patches.
PAINTS: dict[str, tuple[Colour, Colour, Colour]] = {
    "green": ((88, 108, 106), (88, 108, 106), (76, 94, 93)),
    "olive": ((80, 112, 116), (80, 112, 116), (70, 96, 100)),
    "sand": ((140, 168, 184), (140, 168, 184), (124, 150, 166)),
    "grey": ((122, 126, 124), (122, 126, 124), (104, 108, 108)),
    "camouflage": ((84, 114, 106), (56, 68, 66), (112, 146, 160)),
    "winter": ((196, 198, 198), (172, 174, 174), (92, 110, 106)),
}

CAR_PAINTS: tuple[Colour, ...] = (
    (210, 210, 208),
    (164, 166, 166),
    (42, 42, 44),
    (44, 44, 132),
    (116, 74, 46),
    (84, 96, 88),
)
