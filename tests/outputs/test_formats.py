from detector.arguments import FORMAT_NAMES
from detector.outputs.folder import OUTPUT_NAMES
from detector.outputs.formats import FORMATS


def test_the_command_offers_every_format() -> None:
    assert set(FORMAT_NAMES) == set(FORMATS)


def test_the_folder_knows_every_file() -> None:
    assert {file for files in FORMATS.values() for file in files} <= set(OUTPUT_NAMES)
