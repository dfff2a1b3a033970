"""requirements.lock: covers what pyproject.toml asks for, every file by its hash, and names no registry."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text()
PINS = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", LOCK, re.MULTILINE))


def test_every_dependency_is_pinned_to_a_version_that_is_allowed() -> None:
    wanted = [
        Requirement(line) for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    ]
    assert {requirement.name for requirement in wanted} <= set(PINS)
    assert all(requirement.specifier.contains(PINS[requirement.name]) for requirement in wanted)


def test_every_pin_has_hashes_and_no_address() -> None:
    blocks = re.split(r"\n(?=[a-z])", LOCK.strip())
    assert len(blocks) == len(PINS)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK
    assert "--index" not in LOCK


def test_the_licence_of_every_pin_is_listed() -> None:
    listed = (ROOT / "docs" / "dependencies.md").read_text()
    rows = " ".join(line.split("|")[1] for line in listed.splitlines() if line.startswith("| "))
    assert set(PINS) <= set(re.findall(r"[a-z0-9-]+", rows))
