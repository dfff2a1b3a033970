"""Everything that decides a scene. The same settings give the same pixels."""

from dataclasses import dataclass, field

from datasets.convoy.footage import Sensor


@dataclass(frozen=True)
class View:
    """How one shot is filmed.

    Attributes:
        azimuth_deg: direction of looking, counted from the road's, anticlockwise.
        depression_deg: how steeply the drone looks down; 90 is straight down.
        vehicle_px: how long a hull of 7 m is in the middle of the picture, seen from its side.
        follow: share of the convoy's speed at which the picture moves along with it.
        turn_deg_per_s: how fast the drone turns around what it looks at.
        ahead_m: where on the road the picture's middle is at first, counted from the convoy's.
    """

    azimuth_deg: float
    depression_deg: float
    vehicle_px: float
    follow: float
    turn_deg_per_s: float
    ahead_m: float


@dataclass(frozen=True)
class SceneSettings:
    """Everything that decides a scene.

    Attributes:
        cut_frame: first frame of the second shot; `frames` or more for a single shot.
        smoke_frame: first frame with smoke from the vehicle `burning`, None for never.
        fire_frame: first frame with fire, None for never.
        convoy: classes of the vehicles in column, the first leads.
        parked: classes of the vehicles that stand beside the road.
        burning: place in the convoy of the vehicle that burns.
        wind_m_per_s: on the map, eastwards and northwards.
        landscape, paint: names in `palette`.
        sun_deg: azimuth from east towards north, and height.
        overcast: 0 for a bright sun, 1 for no shadows.
    """

    seed: int
    width_px: int = 960
    height_px: int = 540
    frame_rate: int = 25
    frames: int = 290
    cut_frame: int = 125
    smoke_frame: int | None = 142
    fire_frame: int | None = 198
    convoy: tuple[str, ...] = ("tank", "ifv_apc", "truck", "truck", "ifv_apc", "tank")
    parked: tuple[str, ...] = ("car",)
    burning: int = 2
    wind_m_per_s: tuple[float, float] = (2.0, -2.8)
    speed_m_per_s: float = 6.5
    gap_m: float = 15.5
    views: tuple[View, View] = (
        View(62, 47, 66, 0.55, 1.6, 2.0),
        View(-118, 54, 70, 0.35, -1.4, 6.0),
    )
    landscape: str = "steppe"
    asphalt: bool = False
    paint: str = "green"
    sun_deg: tuple[float, float] = (-70.0, 42.0)
    overcast: float = 0.12
    sensor: Sensor = field(default_factory=Sensor)
    ground_m: float = 260.0
