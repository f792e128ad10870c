"""What the commands print: text and tables for people, JSON for programs, complaints on stderr.

Colour and width follow the terminal; where there is none, nothing is coloured, cut or wrapped.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fener.cli.complaints import Complaint

_UNCUT = 10_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What names and answers of targets could steer a terminal with."""
COLOURS = {
    "up": "green",
    "ok": "green",
    "resolved": "green",
    "down": "bold red",
    "failing": "bold red",
    "broken": "bold red",
    "open": "bold red",
    "warning": "yellow",
    "late": "yellow",
    "degraded": "yellow",
    "flapping": "yellow",
    "unknown": "yellow",
    "acknowledged": "yellow",
    "paused": "dim",
}


def console(*, stderr: bool = False) -> Console:
    """The stream as it is now: tests and pipes put others in its place."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(
        file=stream,
        width=None if stream.isatty() else _UNCUT,
        highlight=False,
        markup=False,
        emoji=False,
    )


def clean(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)


def coloured(text: str) -> Text:
    """A cell; words of health have their colours."""
    return Text(clean(text), style=COLOURS.get(text, ""))


def say(text: str) -> None:
    """A line of result."""
    console().print(Text(clean(text)), soft_wrap=True)


def say_coloured(word: str, text: str, *, width: int = 0) -> None:
    """A line that begins with a word of health, in a column of this width."""
    gap = " " * (max(width, len(word)) - len(word) + 2)
    console().print(Text.assemble(coloured(word), gap, clean(text)), soft_wrap=True)


def note(text: str) -> None:
    """A line beside the result: on stderr, so that results can be piped."""
    console(stderr=True).print(Text(clean(text)), soft_wrap=True)


def complain(complaint: Complaint) -> None:
    err = console(stderr=True)
    what = Text.assemble(("fener: ", "bold red"), clean(complaint.what))
    err.print(what, soft_wrap=True)
    err.print(Text(f"  {clean(complaint.mend)}"), soft_wrap=True)


def show_json(value: Any) -> None:
    """The value as indented JSON, ended by a line break."""
    encoded = msgspec.json.format(msgspec.json.encode(value), indent=2)
    sys.stdout.write(f"{encoded.decode()}\n")


def show_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """Columns with a heading; `empty` is said, on stderr, where there are no rows."""
    lines = [[coloured(cell) for cell in row] for row in rows]
    if not lines:
        note(empty)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for line in lines:
        table.add_row(*line)
    console().print(table)
