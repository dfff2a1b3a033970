import json
from pathlib import Path

import pytest

from benchmarks import network_variants, results


def test_every_form_that_can_be_had_is_timed_at_every_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_variants, "FOLDER", tmp_path)
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(network_variants, "sgemm_gflops", lambda: 100.0)
    arguments = ["--network", "smoke_fire", "--sizes", "64x32", "96x64", "--threads", "1", "--rounds", "1"]
    monkeypatch.setattr("sys.argv", ["network_variants", *arguments])
    network_variants.main()
    [kept] = json.loads((tmp_path / "network_variants.json").read_text()).values()
    timed = [(row["form"], row["input"]) for row in kept["rows"]]
    assert ("fp32, 1", "64x32") in timed
    assert ("fp32, 1", "96x64") in timed
    assert not any(form.startswith("int8") for form, _ in timed), "that network has none"
    assert all(row["ms"] > 0 for row in kept["rows"])
