"""A short run of the fuzzing of our own parsers; the long one is `python -m benchmarks.fuzz`."""

from pathlib import Path

from benchmarks.fuzz import broken, failures, parsers


def test_a_parser_gives_a_value_or_its_own_error(tmp_path: Path) -> None:
    for parser in parsers(tmp_path):
        assert failures(parser, range(150), tmp_path) == []


def test_sound_documents_are_read_and_broken_ones_made_alike_every_time(tmp_path: Path) -> None:
    for parser in parsers(tmp_path):
        assert broken(parser.sound, 1) == broken(parser.sound, 1) != parser.sound
