"""Parsers of what a run goes on with: frame records, journals, the manifest of many clips, lists of clips."""

import os
import zlib
from functools import partial
from io import StringIO
from pathlib import Path

from click.testing import CliRunner
from rich.console import Console

from benchmarks.fuzzing.parser import Parser
from detector.batch.entries import SCHEMA, Entry, FileMarks, RunLine, line_of
from detector.batch.ledger import Ledger
from detector.batch.manifest import MANIFEST_NAME, ManifestError, open_manifest
from detector.cli import main
from detector.clips_named import output_folder
from detector.frame_records import FrameRecordError, frame_line
from detector.journal import FRAMING, MAGIC, Journal, RememberingNetwork
from detector.outputs.analysed import Analysed
from detector.outputs.batch_terminal import batch_summary
from detector.outputs.clip_figures import ClipFigures
from detector.outputs.coco import write_coco
from detector.outputs.frame_painter import FramePainter
from detector.outputs.html.index import write_index
from detector.outputs.report_frames import frames_of
from detector.outputs.summary_csv import write_summary_csv
from detector.outputs.track_crops import TrackCrops
from tests.batch.requests import request
from tests.fakes import VEHICLE_BLUE, SquareFinder, ground, with_squares
from tests.reports import box, record, report, track

BOUND = {"clip": "c" * 64, "settings": {"size": 640}}
PICTURES = [with_squares(ground(seed, 64, 48), [(20, 20)]) for seed in range(3)]
EXIT_CODES = range(5)


def parsers_of_run_files(folder: Path) -> list[Parser]:
    """Sound files for all of them; within `folder` they find their clips."""
    records = [
        record(number, box(1, (1, 2, 3, 4)), box(2, (5, 6, 7, 8)), smoke_box=(0, 0, 9, 9)) for number in range(3)
    ]
    lines = "".join(frame_line(one) + "\n" for one in records).encode()
    batch = folder / "batch"
    batch.mkdir()
    (batch / "a.mp4").write_text("no video")
    listing = f"a.mp4\n{batch}/*.mp4\n{batch}/a.mp4\nüml äut.mkv\n{batch}/[a-c]*\n".encode()
    journal = _journal(folder / "journal")
    first_answer = len(MAGIC) + FRAMING.size + FRAMING.unpack_from(journal, len(MAGIC))[0]
    head, rest = journal[:first_answer], journal[first_answer:]
    answer = rest[FRAMING.size : FRAMING.size + FRAMING.unpack_from(rest)[0]]
    return [
        Parser("frames.jsonl", lines, _draw_frames, (FrameRecordError,)),
        Parser("journal", journal, _go_on, ()),
        Parser("journal, with right checksums", answer, partial(_go_on_with, head), ()),
        Parser("batch.json", _manifest(batch), partial(_go_on_with_batch, batch), (ManifestError,)),
        Parser("list of clips", listing, partial(_run_list, batch), ()),
    ]


def _draw_frames(path: Path) -> None:
    """All that is made of frame records without the clip."""
    found = report(tracks=(track(1), track(2)))
    write_coco(Analysed(found, path, 0.0), path.with_name("coco.json"))
    painter, crops = FramePainter(found), TrackCrops(found.input.width, found.input.height, found.tracks)
    for one in frames_of(found, path):
        crops.propose(one)
        painter.draw(ground(1, found.input.width, found.input.height), one)
    for candidates in crops.frames().values():
        crops.look(ground(1, found.input.width, found.input.height), candidates)


def _journal(path: Path) -> bytes:
    _go_on(path)
    return path.read_bytes()


def _go_on(path: Path) -> None:
    """Ask a network with this journal."""
    journal = Journal(path, BOUND)
    network = RememberingNetwork(SquareFinder("vehicles", {"truck": VEHICLE_BLUE}), journal)  # type: ignore[arg-type]
    for picture in PICTURES:
        [found] = network.detect([picture], size_px=640)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} vehicles in place of 1")
    journal.close()


def _go_on_with(head: bytes, path: Path) -> None:
    """Go on with a journal whose first answer has this content; only that no crash comes of it can be asked."""
    content = path.read_bytes()
    path.write_bytes(head + FRAMING.pack(len(content), zlib.crc32(content)) + content)
    journal = Journal(path, BOUND)
    network = RememberingNetwork(SquareFinder("vehicles", {"truck": VEHICLE_BLUE}), journal)  # type: ignore[arg-type]
    for picture in PICTURES:
        network.detect([picture], size_px=640)
    journal.close()


def _manifest(folder: Path) -> bytes:
    found = (folder / "a.mp4").stat()
    marks = FileMarks(found.st_size, found.st_mtime_ns, found.st_ino)
    figures = ClipFigures(10.0, 1, 2, 3, 2, 1, 1.5, 0.0, 1.0)
    lines = [
        RunLine(SCHEMA, "0.1.0", 7, "here", "2024-01-01T00:00:00+00:00"),
        Entry("started", "a.mp4", "s" * 64, "2024-01-01", "c" * 64, marks, "a.detect"),
        Entry(
            "done", "a.mp4", "s" * 64, "2024-01-01", "c" * 64, marks, "a.detect", 1.5, 0, "", None, figures, "UklGRg=="
        ),
        Entry("failed", "b.mp4", "s" * 64, "2024-01-01", None, marks, None, 1.5, 3, "is no video"),
        Entry("done", "c.mp4", "s" * 64, "2024-01-01", "c" * 64, marks, "a.detect", None, 0, "", "a.mp4", figures),
    ]
    return b"".join(map(line_of, lines))


def _go_on_with_batch(folder: Path, path: Path) -> None:
    """What a run does with what the manifest says, up to the tables and the page over it."""
    os.replace(path, folder / MANIFEST_NAME)
    clips = [folder / name for name in ("a.mp4", "b.mp4", "c.mp4")]
    with open_manifest(folder) as manifest:
        ledger = Ledger(manifest, "s" * 64, partial(output_folder, out=None, alone=False, demo=False), request(), False)
        ledger.not_done(clips)
        rows = [*ledger.rows(clips), *ledger.other_rows(clips)]
    write_summary_csv(rows, folder / "summary.csv")
    write_index(rows, folder / "index.html")
    Console(file=StringIO()).print(batch_summary(rows))
    if any(row.exit_code not in (*EXIT_CODES, 130) for row in rows):
        raise AssertionError(f"exit codes {[row.exit_code for row in rows]}")


def _run_list(folder: Path, path: Path) -> None:
    """The command over a list; none of the clips is any."""
    (folder / MANIFEST_NAME).unlink(missing_ok=True)
    result = CliRunner().invoke(main, ["--list", str(path), "--out", str(folder), "--jobs", "1", "--overwrite"])
    if not isinstance(result.exception, SystemExit) or result.exit_code not in EXIT_CODES:
        raise AssertionError(f"exit code {result.exit_code}, {result.exception!r}") from result.exception
