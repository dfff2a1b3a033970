"""Draws what a report says of one frame into its picture.

Not by supervision's annotators: they would pull in matplotlib, scipy and a second OpenCV, and cover small vehicles.
Colours are Okabe and Ito's, which colour-blind eyes tell apart; class and kind are always written out too.
"""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.frame_records import FrameBox, FrameRecord
from detector.outputs.labels import Label, Labels
from detector.outputs.running_count import RunningCount
from detector.outputs.shapes import (
    Box,
    Colour,
    Image,
    draw_box,
    draw_corners,
    draw_dashes,
    draw_path,
    kept_as_it_is,
    line_px,
    text_size,
    unit_of,
    write,
)
from detector.outputs.tails import Tails
from detector.outputs.words import counted
from detector.report import Event, Report

# BGR.
CLASS_COLOURS: Mapping[str, Colour] = {
    "tank": (0, 94, 213),
    "ifv_apc": (0, 159, 230),
    "artillery": (167, 121, 204),
    "mlrs": (66, 228, 240),
    "truck": (233, 180, 86),
    "car": (115, 158, 0),
}
WHITE: Colour = (255, 255, 255)
EVENT_COLOURS: Mapping[str, Colour] = {"smoke": (178, 114, 0), "fire": (0, 94, 213), "flash": (66, 228, 240)}
SMALL_BOX_PX = 24  # below it only corners are drawn, so that they do not hide the vehicle
FEWEST_IN_HULL = 2


class FramePainter:
    """Draws one frame after another, in order: tails, and the sides labels are on, come from the frames before.

    Args:
        report: of the clip.
    """

    def __init__(self, report: Report) -> None:
        self._counted = {track.id for track in report.tracks if track.counted}
        self._convoys = [(number, convoy, frozenset(convoy.tracks)) for number, convoy in enumerate(report.convoys, 1)]
        self._events = report.events
        self._tails = Tails()
        self._count = RunningCount(report)
        self._labels = Labels()

    def draw(self, image: Image, record: FrameRecord) -> None:
        """Draw a frame's findings into its picture, (height, width, 3) uint8 BGR, in place."""
        unit = unit_of(image)
        count = self._count.update(record)
        with kept_as_it_is(image, [_pixels(box.xyxy) for box in record.boxes]):
            self._draw_tails(image, record, unit)
            around = self._draw_hulls(image, record, unit) + self._draw_regions(image, record, unit)
        labels = [self._vehicle_label(box) for box in record.boxes] + around
        for box in record.boxes:
            _draw_vehicle(image, box, unit, missed=box.track in self._count.missed)
        plates = [_draw_clock(image, record.time_s, count, unit)]
        plates += _draw_banners(image, self._banners(record), unit)
        self._labels.draw(image, labels, plates + [_pixels(box.xyxy) for box in record.boxes], unit)

    def _draw_tails(self, image: Image, record: FrameRecord, unit: float) -> None:
        tails = self._tails.update(record)
        below = (0, 3 * line_px(unit))  # the line of the box, which would hide them
        for box in record.boxes:
            if box.track in tails:
                draw_path(image, tails[box.track] + below, _colour(box), line_px(unit))

    def _vehicle_label(self, box: FrameBox) -> Label:
        doubt = "" if box.track in self._counted else "?"
        wordings = (f"{box.track} {box.class_name}{doubt}", f"{box.track}{doubt}")
        return Label(f"vehicle {box.track}", _pixels(box.xyxy), wordings, _colour(box))

    def _draw_hulls(self, image: Image, record: FrameRecord, unit: float) -> list[Label]:
        """A line around each convoy; returns what to write beside it."""
        labels = []
        for number, convoy, tracks in self._convoys:
            inside = convoy.start <= record.frame <= convoy.end
            members = [box for box in record.boxes if inside and box.track in tracks]
            if len(members) >= FEWEST_IN_HULL:
                hull = _hull(members, 10 * unit)
                draw_path(image, hull, WHITE, max(1, line_px(unit) // 2), closed=True)
                around = _pixels((*hull.min(axis=0), *hull.max(axis=0)))
                wordings = (f"convoy {number}: {len(members)} of {convoy.size}", f"C{number}: {len(members)}")
                labels.append(Label(f"convoy {number}", around, wordings, WHITE))
        return labels

    def _draw_regions(self, image: Image, record: FrameRecord, unit: float) -> list[Label]:
        """Dashes around where each event is seen in this frame; returns what to write beside them."""
        labels = []
        for number, event in enumerate(self._events):
            if event.start <= record.frame <= event.end:
                seen = {"smoke": record.smoke_box, "fire": record.fire_box}.get(event.kind) or event.region
                if seen is not None:
                    draw_dashes(image, _pixels(seen), _event_colour(event.kind), line_px(unit))
                    labels.append(Label(f"event {number}", _pixels(seen), (_event_text(event),), WHITE))
        return labels

    def _banners(self, record: FrameRecord) -> dict[str, str]:
        """What to write for each kind that is flagged; a question where every such event is uncertain."""
        inside = [event for event in self._events if event.start <= record.frame <= event.end]
        texts = {event.kind: _event_text(event).upper() for event in inside if event.uncertain}
        return texts | {event.kind: event.kind.upper() for event in inside if not event.uncertain}


def _draw_vehicle(image: Image, box: FrameBox, unit: float, missed: bool) -> None:
    left, top, right, bottom = pixels = _pixels(box.xyxy)
    if min(right - left, bottom - top) >= SMALL_BOX_PX and not missed:
        draw_box(image, pixels, _colour(box), line_px(unit))
    else:
        draw_corners(image, pixels, _colour(box), line_px(unit))


def _draw_clock(image: Image, time_s: float, count: int, unit: float) -> Box:
    """Time and count in the lower left corner; returns the box they take."""
    minutes, seconds = divmod(max(0, round(time_s * 100)), 6000)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:" if hours else ""
    text = f"{clock}{minutes:02d}:{seconds / 100:05.2f}  {counted(count, 'vehicle')}"
    width, height = text_size(text, 1.2 * unit)
    left, top = round(8 * unit), image.shape[0] - height - round(8 * unit)
    write(image, text, (left, top), WHITE, 1.2 * unit)
    return left, top, left + width, top + height


def _draw_banners(image: Image, banners: Mapping[str, str], unit: float) -> list[Box]:
    """A plate for each kind, in the upper left corner; returns the boxes they take."""
    left = margin = round(8 * unit)
    boxes = []
    for kind, text in sorted(banners.items()):
        width, height = text_size(text, 1.8 * unit)
        colour = _event_colour(kind)
        letters = (0, 0, 0) if sum(colour) > sum(WHITE) / 2 else WHITE
        write(image, text, (left, margin), letters, 1.8 * unit, plate=colour)
        boxes.append((left, margin, left + width, margin + height))
        left += width + margin
    return boxes


def _hull(boxes: Sequence[FrameBox], margin_px: float) -> NDArray[np.float64]:
    """(n, 2) the smallest convex line around boxes and a margin."""
    margins = np.array([-margin_px, -margin_px, margin_px, margin_px])
    xyxy = np.array([box.xyxy for box in boxes]) + margins
    corners = xyxy[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    return np.asarray(cv2.convexHull(corners.astype(np.float32))[:, 0], np.float64)


def _pixels(xyxy: Sequence[float]) -> Box:
    left, top, right, bottom = (round(side) for side in xyxy)
    return left, top, right, bottom


def _colour(box: FrameBox) -> Colour:
    return CLASS_COLOURS.get(box.class_name, WHITE)


def _event_text(event: Event) -> str:
    return event.kind + ("?" if event.uncertain else "")


def _event_colour(kind: str) -> Colour:
    return EVENT_COLOURS.get(kind, (0, 0, 0))
