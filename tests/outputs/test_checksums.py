import hashlib
import subprocess
from pathlib import Path

import pytest

from detector.outputs.checksums import ChecksumsError, read_checksums, write_checksums


def test_the_list_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"abc")
    write_checksums({"report.json": tmp_path / "part"}, tmp_path / "SHA256SUMS")
    assert read_checksums(tmp_path / "SHA256SUMS") == {"report.json": hashlib.sha256(b"abc").hexdigest()}


def test_sha256sum_reads_it(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(name)
    write_checksums({name: tmp_path / name for name in ("b.txt", "a.txt")}, tmp_path / "SHA256SUMS")
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "a.txt: OK\nb.txt: OK\n"


@pytest.mark.parametrize(
    "content", [b"no list", b"\xff\xfe", b"0" * 64 + b"  ../report.json\n", b"0" * 63 + b"  report.json\n"]
)
def test_what_is_no_list_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "SHA256SUMS").write_bytes(content)
    with pytest.raises(ChecksumsError, match="SHA256SUMS"):
        read_checksums(tmp_path / "SHA256SUMS")


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ChecksumsError, match="cannot be read"):
        read_checksums(tmp_path / "SHA256SUMS")
