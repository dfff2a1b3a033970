"""events.srt and events.vtt: events and convoys as subtitles of the annotated video, which begins at zero."""

import html
from pathlib import Path

from detector.outputs.analysed import Analysed
from detector.outputs.captions import Caption, captions


def write_srt(analysed: Analysed, path: Path) -> None:
    """SubRip; empty where nothing happens."""
    cues = [
        f"{number}\n{_range(caption, analysed.video_zero_s, ',')}\n{caption.text}\n"
        for number, caption in enumerate(captions(analysed.report), start=1)
    ]
    path.write_text("\n".join(cues), encoding="utf-8", newline="\n")


def write_vtt(analysed: Analysed, path: Path) -> None:
    """WebVTT."""
    cues = [
        f"{_range(caption, analysed.video_zero_s, '.')}\n{html.escape(caption.text, quote=False)}\n"
        for caption in captions(analysed.report)
    ]
    path.write_text("\n".join(["WEBVTT\n", *cues]), encoding="utf-8", newline="\n")


def _range(caption: Caption, zero_s: float, decimal: str) -> str:
    start_ms, end_ms = (max(0, round((time_s - zero_s) * 1000)) for time_s in (caption.start_s, caption.end_s))
    return f"{_clock(start_ms, decimal)} --> {_clock(max(end_ms, start_ms + 1), decimal)}"


def _clock(time_ms: int, decimal: str) -> str:
    seconds, thousandths = divmod(time_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{decimal}{thousandths:03d}"
