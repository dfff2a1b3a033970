import json
import platform
import random
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from detector import analyze, content_credentials, report_assembly
from detector.content_credentials import ContentCredentials, read_content_credentials
from detector.report import report_document
from detector.sandbox import seccomp
from detector.sandbox.landlock import landlock_version
from tests.clips import write_clip
from tests.fakes import square_networks

needs_confinement = pytest.mark.skipif(
    not landlock_version() or platform.machine() not in seccomp.MACHINES, reason="this system cannot confine a process"
)
SCHEMA = json.loads((Path(content_credentials.__file__).parent / "report.schema.json").read_text())


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


@pytest.fixture(scope="module")
def signed(clip: Path) -> Path:
    pytest.importorskip("c2pa", reason="no c2pa-python here; install the extra c2pa to test content credentials")
    from tests.signed_clips import sign_clip

    return sign_clip(clip, clip.with_name("signed.mp4"))


def test_without_the_extra_nobody_looks(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_credentials.importlib.util, "find_spec", lambda name: None)
    assert read_content_credentials(clip) is None


def test_a_signed_clip(signed: Path) -> None:
    assert read_content_credentials(signed) == ContentCredentials(
        state="valid",
        bytes_match=True,
        generator="cutting room 1.0",
        title="a clip",
        signer="signer",
        issuer="Newsroom of nowhere",
        actions=("c2pa.created (digitalCreation)", "c2pa.edited"),
        codes=("signingCredential.untrusted",),
    )


def test_a_clip_that_was_changed_after_it_was_signed(signed: Path, tmp_path: Path) -> None:
    changed = bytearray(signed.read_bytes())
    changed[changed.find(b"mdat") + 100] ^= 1
    (tmp_path / "changed.mp4").write_bytes(changed)
    found = read_content_credentials(tmp_path / "changed.mp4")
    assert found is not None
    assert (found.state, found.bytes_match) == ("invalid", False)
    assert "assertion.bmffHash.mismatch" in found.codes


def test_a_clip_without_credentials_and_files_that_have_none(clip: Path, signed: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "a text.mp4").write_text("hello")
    found = [read_content_credentials(path) for path in (clip, tmp_path / "empty", tmp_path / "a text.mp4")]
    assert found == [ContentCredentials(state) for state in ("absent", "unsupported", "unsupported")]


def test_nothing_is_fetched_from_an_address_in_the_clip(clip: Path, signed: Path, tmp_path: Path) -> None:
    from tests.signed_clips import sign_clip

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa"
        found = read_content_credentials(sign_clip(clip, tmp_path / "remote.mp4", elsewhere=url))
        with pytest.raises(TimeoutError):
            server.accept()
    assert found is not None
    assert found.state == "elsewhere"
    assert url in (found.reason or "")


@pytest.mark.parametrize("seed", range(6))
def test_a_broken_manifest_is_a_remark_and_no_crash(signed: Path, tmp_path: Path, seed: int) -> None:
    content, chance = bytearray(signed.read_bytes()), random.Random(seed)
    start = content.find(b"jumb")
    for _ in range(8):
        content[start + chance.randrange(2000)] ^= chance.randrange(1, 256)
    (tmp_path / "broken.mp4").write_bytes(content)
    found = read_content_credentials(tmp_path / "broken.mp4")
    assert found is not None
    assert found.state != "valid"


@pytest.mark.parametrize(
    ("child", "reason"),
    [
        ("import os; os.abort()", "stopped with exit code"),
        ("raise RecursionError('too deep')", "too deep"),
        ("print('{')", "gave no answer"),
        ('print(\'{"state": "trusted"}\')', "gave no answer"),
        ("import time; time.sleep(60)", "not read within"),
    ],
)
def test_a_reader_that_dies_lies_or_hangs(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, child: str, reason: str
) -> None:
    (tmp_path / "child.py").write_text(child)
    monkeypatch.setattr(content_credentials, "CHILD", tmp_path / "child.py")
    monkeypatch.setattr(content_credentials.importlib.util, "find_spec", lambda name: True)
    if "sleep" in child:
        monkeypatch.setattr(content_credentials, "LONGEST_S", 0.5)
    found = read_content_credentials(clip)
    assert found is not None
    assert found.state == "unreadable"
    assert reason in (found.reason or "")


@needs_confinement
def test_confined_it_says_the_same(signed: Path, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "a text.mp4").write_text("hello")
    for path in (signed, clip, tmp_path / "a text.mp4"):
        assert read_content_credentials(path, sandbox=True) == read_content_credentials(path)


@needs_confinement
def test_confined_its_reader_can_read_and_write_nothing_else(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader taken over by a manifest: instead of reading it tries what it must not."""
    tries = f"""
import os, socket, sys
sys.argv[1:] = [{str(clip)!r}, "confined"]
from detector import manifest_store
def taken_over(path):
    found = []
    for name, act in (
        ("read", lambda: open({str(tmp_path / "child.py")!r})), ("write", lambda: open({str(tmp_path / "new")!r}, "w")),
        ("connect", lambda: socket.socket()), ("start", lambda: os.fork()), ("the clip", lambda: open(path)),
    ):
        try:
            act()
            found.append(name)
        except OSError:
            pass
    return {{"state": "unreadable", "reason": ", ".join(found)}}
manifest_store._read = taken_over
manifest_store.main(*sys.argv[1:])
"""
    (tmp_path / "child.py").write_text(tries)
    monkeypatch.setattr(content_credentials, "CHILD", tmp_path / "child.py")
    monkeypatch.setattr(content_credentials.importlib.util, "find_spec", lambda name: True)
    pytest.importorskip("c2pa")
    found = read_content_credentials(clip, sandbox=True)
    assert found is not None
    assert found.reason == "the clip"


@needs_confinement
def test_the_command_confines_their_reader_too(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(report_assembly, "read_content_credentials", lambda path, sandbox: asked.append(sandbox))
    for sandbox in (False, True):
        analyze(clip, networks=square_networks(), sandbox=sandbox)
    assert asked == [False, True]


def test_the_report_holds_them(signed: Path) -> None:
    document: dict[str, Any] = report_document(analyze(signed, networks=square_networks()))
    jsonschema.validate(json.loads(json.dumps(document)), SCHEMA)
    found = read_content_credentials(signed)
    assert found is not None
    assert json.loads(json.dumps(document))["input"]["content_credentials"] == json.loads(json.dumps(asdict(found)))
