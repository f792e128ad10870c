"""The page on the command line tells of every command, option and exit code, and of no other."""

import re
from pathlib import Path

import pytest

from fener.cli.complaints import Code
from support.command import commands, fener

PAGE = (Path(__file__).resolve().parents[2] / "docs/command-line.md").read_text("utf-8")
LINES = {
    found[1]: found[0]
    for found in re.finditer(r"^\| `fener ([a-z]+(?: [a-z]+)?)[^`]*` \|.*$", PAGE, re.MULTILINE)
}


def test_every_command_has_its_line() -> None:
    assert set(LINES) == {" ".join(words) for words in commands()}


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_option_of_a_command_is_named(words: tuple[str, ...]) -> None:
    said = fener(*words, "--help").out.partition("\nOptions:\n")[2]
    options = set(re.findall(r"^  (?:-h, )?(--[a-z-]+)", said, re.MULTILINE)) - {"--help"}
    assert set(re.findall(r"`(--[a-z-]+)`", LINES[" ".join(words)])) == options


def test_every_exit_code_is_named() -> None:
    table = PAGE.partition("## Exit codes")[2].partition("\n## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == set(Code)
