"""Where one clip can be divided so that each part is looked at as if it were not divided.

What the networks are asked depends on what they found before in the scene, and on nothing before that. So the seams lie
where the looks begin anew, by the cue that the looks themselves go by.
"""

from collections.abc import Callable
from pathlib import Path

from detector.clip_reading import open_clip
from detector.input_size import SECOND_PROBE_S
from detector.limits import Limits
from detector.scene_cue import SceneCue
from detector.small_pictures import small_pictures
from detector.timecode import Timecode

Stretch = tuple[float | None, float | None]
"""From and to, in seconds after the first picture, as `analyze` takes them."""


def stretches(
    clip: Path,
    most: int,
    from_s: float | None,
    to_s: float | None,
    limits: Limits,
    sandbox: bool,
    tell: Callable[[], None],
) -> list[Stretch]:
    """Up to `most` parts of about equal length that together are the clip from `from_s` to `to_s`, in order.

    Every frame is decoded once for it; no network looks.

    Args:
        tell: is called after each frame.

    Raises:
        ClipError: the clip cannot be read at all.
    """
    cue, frames, cue_s = SceneCue(), 0, from_s or 0.0
    begins_s: list[tuple[int, float]] = []
    first: Timecode | None = None
    with open_clip(clip, None, to_s, limits, sandbox) as reader:
        for frame in reader:
            first = first or frame.time
            since_s = float((frame.time.pts - first.pts) * frame.time.time_base)  # to the bit as the reader has it
            tell()
            if since_s < (from_s or 0.0):
                continue
            if cue.update(small_pictures(frame).thumbnail):
                if since_s >= cue_s + SECOND_PROBE_S:  # sooner, the choice of the input size does not begin anew
                    begins_s.append((frames, since_s))
                cue_s = since_s
            frames += 1
    seams_s = _seams_s(begins_s, frames, most)
    return list(zip([from_s, *seams_s], [*seams_s, to_s], strict=True))


def _seams_s(begins_s: list[tuple[int, float]], frames: int, most: int) -> list[float]:
    """Of the scenes' first frames, with their times, those that come nearest to equal parts; ascending."""
    chosen = {
        min(begins_s, key=lambda begin: abs(begin[0] - frames * part / most)) for part in range(1, most) if begins_s
    }
    times_s = [since_s for _, since_s in sorted(chosen)]
    return times_s if times_s == sorted(set(times_s)) else []  # stamps that go back cannot be divided by time
