"""What a user types after an option, checked and made a value."""

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click

from detector.clips_named import clips_listed
from detector.url import Place, place_named
from detector.wish import Wish

if TYPE_CHECKING:
    from detector.input_size import SizeChoice
    from detector.look_schedule import EveryChoice

MOST_JOBS = 1024


class PlaceNamed(click.ParamType[Place]):
    """A path of this machine, or an address in a store; which are gone to is `url.refusal`'s to say."""

    name = "path"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        return place_named(os.fsdecode(cast("str", value)))


class DeviceOption(click.ParamType[str]):
    """auto, cpu, cuda, or cuda:N."""

    name = "device"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return Wish(str(value)).device
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Seconds(click.ParamType[float]):
    """A time as seconds (83.5) or as clock time (1:23.5, 0:01:23.5)."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            parts = [float(part) for part in str(value).split(":")]
        except ValueError:
            parts = []
        if not 1 <= len(parts) <= 3 or any(not 0 <= part < 1e7 for part in parts):
            self.fail(f"{value!r} is no time; give seconds (83.5) or a clock time (1:23.5)", param, ctx)
        seconds = 0.0
        for part in parts:
            seconds = 60 * seconds + part
        return seconds


class InputSize(click.ParamType["SizeChoice"]):
    """The longest side in pixels at which the vehicle network looks, or auto."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "SizeChoice":
        from detector.input_size import sizes_to_try

        size: Any = value
        with suppress(ValueError):
            size = int(str(value))
        try:
            sizes_to_try(size)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return cast("SizeChoice", size)


class Jobs(click.ParamType["int | None"]):
    """How many at once, or auto, which is None."""

    name = "jobs"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        if value == "auto":
            return None
        if not str(value).isdecimal() or not 1 <= int(str(value)) <= MOST_JOBS:
            self.fail(f"{value!r} is neither auto nor a whole number from 1 to {MOST_JOBS}", param, ctx)
        return int(str(value))


def read_list(ctx: click.Context, param: click.Parameter, value: BinaryIO | None) -> tuple[Place, ...]:
    """The names in a file, one a line."""
    try:
        return () if value is None else tuple(clips_listed(value.read()))
    except OSError as error:
        raise click.BadParameter(f"the list cannot be read ({error.strerror})") from error


class Every(click.ParamType["EveryChoice"]):
    """Of how many frames the vehicle network looks at one, or auto."""

    name = "every"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "EveryChoice":
        from detector.look_schedule import schedule

        every: Any = value
        with suppress(ValueError):
            every = int(str(value))
        try:
            schedule(every, 0.5)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return cast("EveryChoice", every)


def split_classes(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Names between commas, at least one; None where the option was left out."""
    if value is None:
        return None
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not names:
        raise click.BadParameter("name at least one class, such as tank,truck")
    return names


FORMAT_NAMES = ("csv", "srt", "vtt", "coco", "otio")  # of `outputs.formats`, which takes long to import


def split_formats(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    """Names between commas, or all of them."""
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    if names == ("all",):
        return FORMAT_NAMES
    unknown = [name for name in names if name not in FORMAT_NAMES]
    if unknown or not names:
        raise click.BadParameter(f"{', '.join(unknown) or value!r} is none of {', '.join(FORMAT_NAMES)}, all")
    return names
