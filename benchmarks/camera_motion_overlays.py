"""What is burned into found footage: telemetry whose digits change, crosshairs, frame lines, logos, captions, bars."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

OverlayKind = Literal["none", "hud", "news", "watermark", "all"]
Image = NDArray[np.uint8]

WHITE, GREEN = (255, 255, 255), (80, 255, 80)


def burn_in(frame: Image, kind: OverlayKind, number: int) -> Image:
    """The frame with its overlay, BGR.

    Args:
        number: of the frame; the telemetry shows it.
    """
    if kind in ("watermark", "all"):
        frame = _watermark(frame)
    if kind in ("hud", "all"):
        frame = _hud(frame.copy(), number)
    if kind in ("news", "all"):
        frame = _news(frame.copy())
    if kind in ("watermark", "all"):
        bar = frame.shape[0] // 9
        frame[:bar] = frame[-bar:] = 0
    return frame


def _text(frame: Image, text: str, x: float, y: float, tall: float, colour: tuple[int, int, int]) -> None:
    """Text of a height, its lower left corner at a place; all as shares of the picture."""
    height, width = frame.shape[:2]
    at = (int(x * width), int(y * height))
    thick = max(1, round(tall * height / 14))
    cv2.putText(frame, text, at, cv2.FONT_HERSHEY_SIMPLEX, tall * height / 22, colour, thick, cv2.LINE_AA)


def _hud(frame: Image, number: int) -> Image:
    height, width = frame.shape[:2]
    telemetry = (f"ALT {412 + number // 3:04d} M", f"SPD {37 + number % 5:03d}", f"BAT {15.8 - number / 50:.2f}V")
    for row, text in enumerate(telemetry):
        _text(frame, text, 0.03, 0.18 + 0.05 * row, 0.03, GREEN)
    _text(frame, f"N48 12.{3041 + 7 * number:05d}", 0.72, 0.18, 0.03, GREEN)
    _text(frame, f"E037 45.{8812 + 3 * number:05d}", 0.72, 0.23, 0.03, GREEN)
    _text(frame, f"00:14:{number // 25:02d}.{number * 40 % 1000:03d}", 0.03, 0.84, 0.04, WHITE)
    _text(frame, f"HDG {127.0 + 0.3 * number:05.1f}", 0.46, 0.17, 0.03, GREEN)
    _text(frame, f"DIST {1180 + number} ZOOM 4.0X REC", 0.66, 0.84, 0.03, WHITE)
    thick = max(1, height // 360)
    x, y, arm = width // 2, height // 2, height // 12
    for sign in (-1, 1):
        cv2.line(frame, (x + sign * arm // 3, y), (x + sign * arm, y), GREEN, thick)
        cv2.line(frame, (x, y + sign * arm // 3), (x, y + sign * arm), GREEN, thick)
        for other in (-1, 1):  # the corners of a frame around the target
            corner = (x + sign * width // 4, y + other * height // 4)
            cv2.line(frame, corner, (corner[0] - sign * arm, corner[1]), GREEN, thick)
            cv2.line(frame, corner, (corner[0], corner[1] - other * arm), GREEN, thick)
    return frame


def _news(frame: Image) -> Image:
    """A logo in its box, a bar with the caption, a second line."""
    height, width = frame.shape[:2]
    corners = (int(0.84 * width), int(0.13 * height)), (int(0.96 * width), int(0.22 * height))
    cv2.rectangle(frame, *corners, (40, 20, 190), -1)
    _text(frame, "TV 24", 0.855, 0.195, 0.04, WHITE)
    cv2.rectangle(frame, (0, int(0.70 * height)), (int(0.8 * width), int(0.79 * height)), (110, 40, 10), -1)
    _text(frame, "COLUMN SEEN NORTH OF THE RIVER", 0.03, 0.77, 0.05, WHITE)
    cv2.rectangle(frame, (0, int(0.79 * height)), (int(0.6 * width), int(0.84 * height)), (235, 235, 235), -1)
    _text(frame, "footage supplied, not verified", 0.03, 0.828, 0.03, (20, 20, 20))
    return frame


def _watermark(frame: Image) -> Image:
    """Large letters across the middle and small ones in a corner, of which a quarter shows."""
    ink = np.zeros_like(frame)
    _text(ink, "ARCHIVE COPY", 0.2, 0.55, 0.12, WHITE)
    _text(ink, "@channel_name", 0.74, 0.3, 0.04, WHITE)
    return np.asarray(np.where(ink > 0, cv2.addWeighted(frame, 0.75, ink, 0.25, 0), frame), np.uint8)
