"""How figures come into a document: between the marks, and nowhere else."""

from pathlib import Path

import pytest

from benchmarks.results import write_table

DOCUMENT = """before
<!-- table of benchmarks.fuzz -->
| old |
<!-- end of table -->
between
<!-- table of benchmarks.reliability -->
<!-- end of table -->
"""


def test_only_what_lies_between_the_marks_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(DOCUMENT)
    write_table(tmp_path / "doc.md", "fuzz", "| new \\1 |")
    write_table(tmp_path / "doc.md", "reliability", "| more |")
    text = DOCUMENT.replace("| old |", "| new \\1 |")
    assert (tmp_path / "doc.md").read_text() == text.replace("reliability -->\n", "reliability -->\n| more |\n")


def test_a_document_without_the_marks_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(DOCUMENT)
    with pytest.raises(ValueError, match=r"doc\.md.*0 times"):
        write_table(tmp_path / "doc.md", "speed", "| new |")
    assert (tmp_path / "doc.md").read_text() == DOCUMENT
