"""Words that several outputs share: a time, a share, a number of things, a direction, a kind of vehicle."""

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


def span(start_s: float | None, end_s: float | None) -> str:
    """From when to when; None for the start and the end of the clip."""
    start = "the start" if start_s is None else clock(start_s)
    end = "the end" if end_s is None else clock(end_s)
    return f"from {start} to {end}"


def share(of_one: float | None) -> str:
    """In percent; never all where something is lacking, nor none where there is something."""
    if of_one is None:
        return "an unknown share"
    if 0.99 < of_one < 1:
        return "over 99 %"
    return "under 1 %" if 0 < of_one < 0.01 else f"{100 * of_one:.0f} %"


def counted(count: int, thing: str) -> str:
    """A number of things, whose plural ends in s."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def heading(direction_degrees: float) -> str:
    """A direction in the picture, given in degrees clockwise from upwards, as one of eight words."""
    return DIRECTIONS[round(direction_degrees / 45) % len(DIRECTIONS)]


def class_name(name: str) -> str:
    """A vehicle class as people say it; that of a network of one's own as it is."""
    return CLASS_NAMES.get(name, name.replace("_", " "))
