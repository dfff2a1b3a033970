"""The notebooks run to their end. They are kept without outputs, which grow stale and may show other people's data."""

import importlib.util
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="no notebooks here; install the extra notebooks to test them")
nbclient = pytest.importorskip("nbclient", reason="no notebooks here; install the extra notebooks to test them")

FOLDER = Path(__file__).parents[2] / "notebooks"
PICTURES = {"01_look_at_the_data": 2, "02_train_a_little": 0, "03_analyse_a_clip": 2, "04_judge_the_result": 2}


def test_these_are_all() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_it_is_kept_without_outputs(name: str) -> None:
    for cell in nbformat.read(FOLDER / f"{name}.ipynb", as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("name", PICTURES)
def test_it_runs_to_its_end_and_shows_its_pictures(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name.startswith("02") and importlib.util.find_spec("ultralytics"):
        pytest.skip("training takes long; without the extra train this runs")
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(FOLDER)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == PICTURES[name]
    if name.startswith("02"):
        assert "The extra train is not installed, so nothing is trained" in "".join(o.get("text", "") for o in outputs)
