"""Where the time of `detect` goes: its public functions wrapped from outside, so that the package holds no timers.

Wall seconds of a stage are its own: those of a stage within it are left out. Where stages run beside one another on
threads their sum is more than the whole.
"""

import functools
import importlib
import inspect
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

STAGES: Mapping[str, tuple[str, ...]] = {
    "decode": ("detector.clip:ClipReader.__iter__",),
    "scaling and colour": ("detector.frame:Converters.convert", "detector.frame:upright_image"),
    "camera motion": ("detector.motion:CameraMotionEstimator.update",),
    "letterbox": ("detector.model:letterbox",),
    "{} network": ("detector.model:Network.detect",),  # by the network's name
    "shots": ("detector.analysis:ShotFinder.update", "detector.analysis:FlashCue.update"),
    "tracks and what they mean": ("detector.analysis:understand_shot", "detector.analysis:count_clip"),
    "hash of the clip": ("detector.analysis:sha256_of",),
    "drawing": ("detector.outputs.annotated_video:FramePainter.draw",),
    "encoding": ("detector.outputs.annotated_video:ClipWriter.write",),
    "report.html": ("detector.outputs.html.material:gather", "detector.outputs.html.page:write_page"),
}
"""Stage to the functions it is made of; a name that is gone is an error, so that this table stays true."""


class StageClock:
    """Wall seconds by stage; `spent_s` is emptied by whoever reads it. `now` tells the time in seconds."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.spent_s: dict[str, float] = {}
        self._now = now
        self._within = threading.local()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What runs in the block counts for this stage, but for stages within it."""
        outer = getattr(self._within, "inner_s", 0.0)
        self._within.inner_s = 0.0
        started = self._now()
        try:
            yield
        finally:
            whole_s = self._now() - started
            self.spent_s[name] = self.spent_s.get(name, 0.0) + whole_s - self._within.inner_s
            self._within.inner_s = outer + whole_s

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed; of a generator each step. `{}` in the name stands for that of the network it is of."""
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def steps(*given: Any, **named: Any) -> Iterator[Any]:
                iterator = function(*given, **named)
                while True:
                    with self.stage(name):
                        try:
                            item = next(iterator)
                        except StopIteration:
                            return
                    yield item

            return steps

        @functools.wraps(function)
        def once(*given: Any, **named: Any) -> Any:
            with self.stage(name.format(given[0].card.name) if "{}" in name else name):
                return function(*given, **named)

        return once


def time_stages() -> StageClock:
    """Wrap every function of STAGES for the rest of this process.

    Raises:
        AttributeError: one of them is no longer there: correct STAGES.
    """
    clock = StageClock()
    for stage, places in STAGES.items():
        for place in places:
            module, _, path = place.partition(":")
            *owners, name = path.split(".")
            owner = functools.reduce(getattr, owners, importlib.import_module(module))
            setattr(owner, name, clock.timed(stage, getattr(owner, name)))
    return clock
