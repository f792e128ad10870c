"""Options and arguments that several commands share."""

from typing import Annotated, TypeAlias

import typer

from fener.cli.spans import BadSpan, parse_span
from fener.domain.time import Span


def span(given: str | Span) -> Span:
    """For `typer.Option(parser=span)`, which is handed the option's default too."""
    try:
        return given if isinstance(given, Span) else parse_span(given)
    except BadSpan as error:
        raise typer.BadParameter(f"{error}.") from error


Json: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON, for programs, instead of text.")
]
Identifier: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="Number or public id, as the list shows it.")
]
Customer: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--customer",
        metavar="ID",
        help="Customer to whom it belongs; see fener customer list. [default: the first one]",
    ),
]
Name: TypeAlias = Annotated[
    str, typer.Option("--name", help="What people call it. [default: its host]")
]
