"""Words that several outputs share: a time, a direction, the name of a kind of vehicle."""

DIRECTIONS = (
    "up",
    "up right",
    "right",
    "down right",
    "down",
    "down left",
    "left",
    "up left",
)  # clockwise, in the picture
CLASS_NAMES = {  # of those that are no words
    "ifv_apc": "armoured carrier (IFV, APC)",
    "mlrs": "rocket launcher (MLRS)",
}


def clock(seconds: float) -> str:
    """Seconds as m:ss.s, with hours where there are any."""
    sign, tenths = ("-" if seconds < 0 else ""), round(abs(seconds) * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{sign}{head}:{rest / 10:04.1f}"


def heading(direction_degrees: float) -> str:
    """A direction in the picture, given in degrees clockwise from upwards, as one of eight words."""
    return DIRECTIONS[round(direction_degrees / 45) % len(DIRECTIONS)]


def class_name(name: str) -> str:
    """A vehicle class as people say it; that of a network of one's own as it is."""
    return CLASS_NAMES.get(name, name.replace("_", " "))
