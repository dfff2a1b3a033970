"""annotated.mp4: the clip with what was found drawn into it, in a second pass that needs the report and no network."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.clip import ClipReader
from detector.clip_writer import ClipWriter
from detector.frame_records import FrameBox, FrameRecord
from detector.report import Report

# Okabe and Ito's palette, told apart by colour-blind eyes too; BGR.
CLASS_COLOURS = {
    "tank": (0, 94, 213),
    "ifv_apc": (0, 159, 230),
    "artillery": (167, 121, 204),
    "mlrs": (66, 228, 240),
    "truck": (233, 180, 86),
    "car": (115, 158, 0),
}
OTHER_COLOUR = (255, 255, 255)
BANNER_COLOURS = {"smoke": (178, 114, 0), "fire": (0, 94, 213), "flash": (0, 159, 230)}
SMALL_BOX_PX = 24  # below it only corners are drawn, so that they do not hide the vehicle
FONT = cv2.FONT_HERSHEY_SIMPLEX

Image = NDArray[np.uint8]
OnProgress = Callable[[int, int | None], None]


def write_annotated_video(
    report: Report, records: Iterable[FrameRecord], clip: Path, path: Path, on_progress: OnProgress | None = None
) -> None:
    """Draw a report into its clip.

    Args:
        report: of the clip.
        records: of every frame of the report, in order.
        clip: the file that was analysed; its time stamps and sound are kept.
        path: of the new video, ending in .mp4.
        on_progress: is given the frames drawn and the frames there are after each frame.
    """
    convoy_of = {track: number for number, convoy in enumerate(report.convoys, start=1) for track in convoy.tracks}
    settings = report.settings
    with (
        ClipReader(clip, settings.from_s, settings.to_s) as reader,
        ClipWriter(path, report.input.width, report.input.height, source=clip) as writer,
    ):
        # A run that was broken off has fewer records than the clip has frames.
        for done, (frame, record) in enumerate(zip(reader, records, strict=False), start=1):
            draw_frame(frame.image, record, convoy_of)
            writer.write(frame.image, frame.time)
            if on_progress:
                on_progress(done, report.input.frames_decoded)


def draw_frame(image: Image, record: FrameRecord, convoy_of: Mapping[int, int]) -> None:
    """Draw one frame's boxes, flags and counters into its picture, in place; `convoy_of` gives a track its convoy."""
    unit = max(image.shape[:2]) / 1000  # line widths and letters grow with the picture
    for box in record.boxes:
        _draw_box(image, box, unit)
    for box in record.boxes:
        _draw_label(image, box, convoy_of.get(box.track), unit)
    _draw_clock(image, record, unit)
    for place, kind in enumerate(record.flags):
        _draw_banner(image, kind, place, unit)


def _draw_box(image: Image, box: FrameBox, unit: float) -> None:
    left, top, right, bottom = (round(side) for side in box.xyxy)
    colour = CLASS_COLOURS.get(box.class_name, OTHER_COLOUR)
    thickness = max(1, round(1.6 * unit))
    if min(right - left, bottom - top) >= SMALL_BOX_PX and not box.filled:
        cv2.rectangle(image, (left, top), (right, bottom), colour, thickness, cv2.LINE_AA)
        return
    reach_x, reach_y = max(2, (right - left) // 4), max(2, (bottom - top) // 4)
    for x, step_x in ((left, reach_x), (right, -reach_x)):
        for y, step_y in ((top, reach_y), (bottom, -reach_y)):
            cv2.line(image, (x, y), (x + step_x, y), colour, thickness, cv2.LINE_AA)
            cv2.line(image, (x, y), (x, y + step_y), colour, thickness, cv2.LINE_AA)


def _draw_label(image: Image, box: FrameBox, convoy: int | None, unit: float) -> None:
    text = f"{box.track} {box.class_name}" + (f" C{convoy}" if convoy else "")
    left, top, _, bottom = (round(side) for side in box.xyxy)
    width, height = _text_size(text, unit)
    x = min(max(0, left), max(0, image.shape[1] - width))
    y = top - round(3 * unit) if top - height - round(6 * unit) > 0 else bottom + height + round(5 * unit)
    _write(image, text, (x, y), CLASS_COLOURS.get(box.class_name, OTHER_COLOUR), unit)


def _draw_clock(image: Image, record: FrameRecord, unit: float) -> None:
    minutes, seconds = divmod(max(0.0, record.time_s), 60)
    count = len(record.boxes)
    text = f"{int(minutes):02d}:{seconds:05.2f}  {count} vehicle{'' if count == 1 else 's'}"
    _write(image, text, (round(10 * unit), image.shape[0] - round(12 * unit)), OTHER_COLOUR, 1.2 * unit)


def _draw_banner(image: Image, kind: str, place: int, unit: float) -> None:
    text = kind.upper()
    width, height = _text_size(text, 1.6 * unit)
    margin = round(8 * unit)
    left = margin + place * round(120 * unit)
    corner = (left + width + 2 * margin, margin + height + 2 * margin)
    cv2.rectangle(image, (left, margin), corner, BANNER_COLOURS.get(kind, (0, 0, 0)), cv2.FILLED)
    _write(image, text, (left + margin, 2 * margin + height), OTHER_COLOUR, 1.6 * unit)


def _text_size(text: str, unit: float) -> tuple[int, int]:
    (width, height), _ = cv2.getTextSize(text, FONT, _letter_scale(unit), max(1, round(1.2 * unit)))
    return width, height


def _write(image: Image, text: str, origin: tuple[int, int], colour: tuple[int, int, int], unit: float) -> None:
    """Letters on a darkened plate, legible on any ground; `origin` is their bottom left corner."""
    (x, y), (width, height) = origin, _text_size(text, unit)
    edge = max(2, round(2 * unit))
    plate = image[max(0, y - height - edge) : y + edge + 1, max(0, x - edge) : x + width + edge]
    plate[:] = plate // 3
    cv2.putText(image, text, origin, FONT, _letter_scale(unit), colour, max(1, round(1.2 * unit)), cv2.LINE_AA)


def _letter_scale(unit: float) -> float:
    return max(0.34, 0.42 * unit)
