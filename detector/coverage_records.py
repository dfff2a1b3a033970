"""What the report says of what was looked at, and what was not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DamagedPlace:
    """A place where the clip could not be read, from `time_s` to `until_s`, when pictures come again, if ever.

    Those before `leaning_until_s`, the next key frame, and a few before the place are made from broken ones.
    """

    after_frame: int
    time_s: float | None
    reason: str
    until_s: float | None = None
    leaning_until_s: float | None = None


@dataclass(frozen=True)
class Coverage:
    """What was looked at, and what was not: a missing detection is never proof of absence.

    Attributes:
        frames_failed: pictures that could not be decoded.
        share_read: of the pictures in the range, those that could be decoded, 1 if all; None where the end is lost and
            the file does not say how long it was.
        frames_dark: looked at, but too dark to show a vehicle.
        frames_not_footage: looked at, but titles, black or transitions.
        frames_looked_at: of those decoded, in how many vehicles were looked for; between them they were carried.
        smoke_fire_every_frames: smoke and fire were looked for in every so many frames, and where something lit up, and
            held in between.
        smallest_vehicle_px: vehicles narrower than this in the clip's own pixels fell below the network's resolution in
            some shot; the worst of the shots that could show any. None where they come from a file.
        interrupted: the user broke the run off; what comes later in the clip was not looked at.
        damage: places where the clip could not be read.
        notes: oddities of the file, in words.
        clip_changed: the file was written to, replaced or taken away while it was read, so what was looked at may be
            neither the old file nor the new one.
    """

    frames_decoded: int
    frames_failed: int
    share_read: float | None
    frames_dark: int
    frames_not_footage: int
    frames_looked_at: int
    smoke_fire_every_frames: int
    smallest_vehicle_px: float | None
    interrupted: bool
    damage: tuple[DamagedPlace, ...]
    notes: tuple[str, ...]
    clip_changed: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything in the range asked for could be read."""
        return not self.damage and self.frames_failed == 0
