"""The class map: what each source calls a thing, and what the project calls it.

One place for every mapping, with the reason beside it wherever the choice is not plain. `None` drops the box.
"""

VEHICLE_CLASSES = ("tank", "ifv_apc", "artillery", "mlrs", "truck", "car")
ANY_VEHICLE = "vehicle"  # a vehicle whose kind the source does not tell, or cannot be trusted to tell
VEHICLE_LABELS = (*VEHICLE_CLASSES, ANY_VEHICLE)  # what a training label may say
SMOKE_FIRE_CLASSES = ("smoke", "fire")

VEHICLE_MAP: dict[str, dict[str, str | None]] = {
    "mian": {
        "APC-IFV": "ifv_apc",
        "ART": "artillery",  # holds self-propelled guns as well as towed ones
        "CAR": "car",
        "MLRS": "mlrs",  # holds Pantsir too
        "TANK": "tank",
        "TRUCK": "truck",
    },
    "zem": {
        "apc": "ifv_apc",
        # Noisy: a second look at its val part (val_checked.csv) found truck 9, ifv_apc 7, tank 4, car 2, the rest
        # too small to tell. Called "truck", they taught the network to call armour a truck.
        "cars": ANY_VEHICLE,
        # Wrecks stay vehicles. Of those whose class could still be told, 6 were tanks and 2 were ifv_apc.
        "destroyed": ANY_VEHICLE,
        "tank": "tank",
    },
    "obulka": {"tank": "tank", "other": None},
    # Civilian vehicles: a bus is nearest to a truck in size and shape from above, a van to a car.
    "visdrone": {
        "car": "car",
        "van": "car",
        "truck": "truck",
        "bus": "truck",
        "tricycle": None,  # a rider under a roof at most: nearer to the two-wheelers, which are not looked for
        "awning-tricycle": None,
        "others": None,  # said to be rare machines, but each is something else
        "ignored region": None,  # a crowd of things not boxed one by one; what is in it counts as background
    },
    "cats": {"vehicle": "car"},  # one class for all civilian vehicles; nearly all are cars
    "auair": {"car": "car", "van": "car", "truck": "truck", "bus": "truck", "trailer": "truck"},
    "jekhor": {
        "car": "car",
        "minibus": "car",
        "truck": "truck",
        "bus": "truck",
        "cyclist": None,  # in the original only; people are not looked for
    },
}

SMOKE_FIRE_MAP: dict[str, dict[str, str | None]] = {
    "liuzifan": {"fire": "fire", "smoke": "smoke"},
    "xiapinquan": {"fire": "fire"},  # smoke is in the pictures but not boxed: see BOXED_KINDS
}

# Which kinds a box source has boxed exhaustively. The absence of a box says nothing about any other kind.
BOXED_KINDS: dict[str, frozenset[str]] = {
    "liuzifan": frozenset({"smoke", "fire"}),
    "xiapinquan": frozenset({"fire"}),
}

# Vehicle sources that box only some kinds, by what a network may call them. Seen on val of obulka: most of the false
# boxes that score high there are civil cars and trucks that really stand in the picture.
BOXED_VEHICLES: dict[str, frozenset[str]] = {"obulka": frozenset({"tank", "ifv_apc"})}

# Sources whose truth for smoke and fire is per picture (frame_labels.csv), without boxes.
FRAME_LABELLED = ("mian", "zem", "worldkpax", "plasma", "aryanraj_fire", "aryanraj_clear", "cair_fire", "cair_clear")

# Landscapes without a vehicle, for the vehicle network to stay quiet on. worldkpax (fire engines on a dyke),
# cair_clear (streets) and plasma (a town below the tower) were looked at and left out: vehicles show in them.
VEHICLE_BACKGROUND = ("aryanraj_clear",)

# Pictures of those landscapes that do show vehicles: found by the network, then seen by eye. Without a suffix: an
# original has another than the prepared picture.
NOT_EMPTY = frozenset(
    f"aryanraj_clear_{number}"
    for number in (
        *("00083", "00086", "00098", "00123", "00136", "00140", "00169", "00176", "00241", "00243", "00284", "00304"),
        *("00343", "00350", "00389", "00396", "00422"),
    )
)
