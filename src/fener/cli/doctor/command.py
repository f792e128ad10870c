"""The command: one line for each thing that was looked at."""

import os

import typer

from fener import settings
from fener.cli import terminal
from fener.cli.complaints import Code
from fener.cli.doctor.finding import Finding, Level
from fener.cli.parameters import Json
from fener.clock import SystemClock

_WIDTH = max(len(level) for level in Level)


def doctor(*, json: Json = False) -> None:
    """Look at all that Fener needs, and say how to mend it.

    Changes nothing. Ends with 0, or with 1 where something is broken.

    Example: fener doctor --json
    """
    # It looks at every part of Fener, which no other command needs to bring in.
    from fener.cli.doctor.examinations import examine  # noqa: PLC0415

    findings: list[Finding] = []
    for found in examine(settings.read(os.environ), SystemClock().now()):
        findings.append(found)
        if not json:
            _show(found)
    if json:
        terminal.show_json(findings)
    if any(one.level is Level.BROKEN for one in findings):
        raise typer.Exit(Code.REFUSED)


def _show(found: Finding) -> None:
    said = f"{found.said}. {found.mend}" if found.mend else found.said
    terminal.say_coloured(found.level, f"{found.about}: {said}", width=_WIDTH)
