import shlex

import click
import pytest
from click.testing import CliRunner

from detector.cli import main
from detector.help_page import EXAMPLES, HEADINGS

COMMANDS = [line.strip().split("  ")[0] for line in EXAMPLES.splitlines() if line.startswith("  detect")]


@pytest.fixture(scope="module")
def page() -> str:
    return CliRunner().invoke(main, ["--help"], terminal_width=80).stdout


def test_it_fits_eighty_columns(page: str) -> None:
    assert max(map(len, page.splitlines())) <= 80


def test_every_option_stands_once_and_under_a_heading(page: str) -> None:
    for parameter in main.params:
        if isinstance(parameter, click.Option):
            assert sum(line.startswith(f"  {parameter.opts[0]}") for line in page.splitlines()) == 1, parameter.opts
    assert [line[:-1] for line in page.splitlines() if line[:-1] in HEADINGS] == list(HEADINGS)


def test_an_option_that_has_no_heading_comes_last(page: str) -> None:
    assert "--version" in page.partition("Further options:")[2]


def test_the_headings_name_options_there_are() -> None:
    assert {name for names in HEADINGS.values() for name in names} <= {parameter.name for parameter in main.params}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_examples_are_commands_it_takes(command: str, page: str) -> None:
    assert command in page
    program, *arguments = shlex.split(command)
    assert program == "detect"
    main.make_context("detect", arguments)
