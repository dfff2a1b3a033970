"""Reading in a confined process gives what reading gives, and trusts nothing that comes out of it."""

import os
import platform
import signal
from pathlib import Path

import pytest

from detector.clip import ClipError, ClipReader
from detector.clip_pictures import Image
from detector.frame import Frame
from detector.limits import Limits
from detector.sandbox import reader as reader_module
from detector.sandbox import seccomp
from detector.sandbox.landlock import landlock_version
from detector.sandbox.reader import SandboxedReader, SandboxError
from tests.clips import cut, drifting_picture, write_clip
from tests.test_clip_conformance import ROWS, Row

pytestmark = pytest.mark.skipif(
    not landlock_version() or platform.machine() not in seccomp.MACHINES, reason="this system cannot confine a process"
)

KINDS = (  # of all rows of the conformance suite, those that take unlike ways through FFmpeg and the reader
    "libx265 in mkv, yuv420p10le",
    "libsvtav1 in mp4, yuv420p",
    "gif in gif, rgb8",
    "turned by 90 in mov",
    "tiff in mov, rgb24",
    "libvpx in webm, yuva420p",
    "pictures before time zero, which the edit list hides",
    "a clock that starts again",
    "with sound",
    "a size that changes in mid-stream",
)


def halved(frame: Frame) -> Image:
    return frame.picture.scaled(frame.picture.width // 2, frame.picture.height // 2).image


@pytest.mark.parametrize("row", [row for row in ROWS if row.kind in KINDS], ids=lambda row: row.kind.replace(" ", "-"))
def test_it_gives_what_reading_gives(row: Row, tmp_path: Path) -> None:
    path = row.written(tmp_path)
    with ClipReader(path) as plain, SandboxedReader(path) as confined:
        assert confined.info == plain.info
        for one, other in zip(confined, plain, strict=True):
            assert (one.index, one.time, one.corrupt) == (other.index, other.time, other.corrupt)
            assert (one.image == other.image).all()
            small, same = (
                frame.picture.scaled(frame.picture.width // 2, frame.picture.height // 2) for frame in (one, other)
            )
            assert (small.image == same.image).all()

    assert len([row for row in ROWS if row.kind in KINDS]) == len(KINDS)
    for known in ("damage", "notes", "share_read", "frames_failed", "frames_decoded"):
        assert getattr(confined, known) == getattr(plain, known)


def test_a_mirrored_picture_is_the_same(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 3, (64, 48), rotation=90, mirrored=True)
    with ClipReader(path) as plain, SandboxedReader(path) as confined:
        assert [frame.image.tobytes() for frame in confined] == [frame.image.tobytes() for frame in plain]


def test_a_range_and_damage_are_told_alike(tmp_path: Path) -> None:
    path = cut(write_clip(tmp_path / "clip.mkv", busy=True), 0.7)
    with ClipReader(path, 0.1, 0.7) as plain, SandboxedReader(path, 0.1, 0.7) as confined:
        assert [frame.index for frame in confined] == [frame.index for frame in plain]
    assert confined.damage == plain.damage
    assert confined.share_read == plain.share_read


def test_what_is_known_on_the_way_can_be_asked_for(tmp_path: Path) -> None:
    with SandboxedReader(write_clip(tmp_path / "raw.h264")) as confined:
        frames = iter(confined)
        first, second = next(frames), next(frames)
        assert "without a time stamp" in confined.notes[0]
        assert confined.damage == ()
        third = next(frames)
    assert [first.index, second.index, third.index] == [0, 1, 2]
    assert first.image.tobytes() != second.image.tobytes() != third.image.tobytes()


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "empty"), (b"no video at all" * 99, "not"), (b"#EXTM3U\nreal.mp4\n", "playlist")]
)
def test_what_cannot_be_read_is_said_as_by_the_plain_reader(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(ClipError, match=words):
        SandboxedReader(path)


def test_limits_hold_inside_too(tmp_path: Path) -> None:
    with pytest.raises(ClipError, match="--most-pixels"):
        SandboxedReader(write_clip(tmp_path / "clip.mp4"), limits=Limits(pixels=64 * 47))
    with pytest.raises(ValueError, match="empty"):
        SandboxedReader(tmp_path / "clip.mp4", 3, 2)


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/cl\xffip.mp4"))
    path.write_bytes(write_clip(tmp_path / "clip.mp4", 2).read_bytes())
    with SandboxedReader(path) as confined:
        assert len(list(confined)) == 2


def test_a_process_that_dies_is_damage_and_what_came_before_is_kept(tmp_path: Path) -> None:
    with SandboxedReader(write_clip(tmp_path / "clip.mkv", 200, draw=drifting_picture)) as confined:
        frames = iter(confined)
        next(frames)
        os.kill(confined._child.pid, signal.SIGKILL)
        rest = list(frames)
    assert len(rest) < 3
    assert "SIGKILL" in confined.damage[-1].reason
    assert confined.damage[-1].until_s is None
    assert confined.share_read is None


def test_no_confinement_is_an_error_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "import detector.sandbox.confinement as c; from detector.sandbox.confinement import ConfinementError\n"
    broken += "def lacking(*_): raise ConfinementError('the system has no Landlock')\nc.confine = lacking\n"
    monkeypatch.setattr(reader_module, "START", reader_module.START.replace("from detector", broken + "from detector"))
    with pytest.raises(SandboxError, match="no Landlock; use Linux"):
        SandboxedReader(write_clip(tmp_path / "clip.mp4", 2))


HOSTILE = {
    "noise": b"\xff\xff\xff\x7f" + b"x" * 100,
    "no JSON": (4).to_bytes(4, "little") + b"{{{{",
    "another kind of message": (20).to_bytes(4, "little") + b'{"type":"State","x":1}'[:20],
    "nothing": b"",
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_process_taken_over_cannot_do_more_than_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    start = f"import os; os.write(1, {said!r})"
    monkeypatch.setattr(reader_module, "START", start.replace("{", "{{").replace("}", "}}"))
    with pytest.raises(ClipError, match="do not trust it"):
        SandboxedReader(write_clip(tmp_path / "clip.mp4", 2))
