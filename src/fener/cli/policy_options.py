"""The options and arguments of `fener policy`."""

from typing import Annotated

import typer
from msgspec import Struct

from fener.cli.parameters import span, span_option
from fener.domain.policy import Quorum
from fener.domain.time import Span

NEVER = "never"
REMIND_NEVER: Span = -1
"""What `--remind never` is read as."""


def _span_or_never(given: str | Span) -> Span:
    return REMIND_NEVER if given == NEVER else span(given)


class Agreeing(Struct, frozen=True):
    """How many locations; `count` is None but with `Quorum.COUNT`."""

    quorum: Quorum
    count: int | None = None


def _agreeing(given: str | Agreeing) -> Agreeing:
    if isinstance(given, Agreeing):
        return given
    typed = given.strip().lower()
    if typed.isascii() and typed.isdigit() and len(typed) < len("10000"):
        return Agreeing(Quorum.COUNT, int(typed))
    if typed in {Quorum.ANY, Quorum.MAJORITY, Quorum.ALL}:
        return Agreeing(Quorum(typed))
    raise typer.BadParameter(f"{given!r} is none of any, majority, all, or a number such as 2.")


Key = Annotated[str, typer.Argument(metavar="POLICY", help="Its key, name or ID.")]
OneKey = Annotated[
    str,
    typer.Argument(metavar="KEY", help="Key of the policy; where there is none, it is added."),
]
Chosen = Annotated[
    str | None,
    typer.Argument(
        metavar="POLICY", help="Its key, name or ID. [default: that of the monitor's customer]"
    ),
]
Title = Annotated[str | None, typer.Option("--name", help="What people call it.")]
DownAfter = Annotated[
    int | None, typer.Option("--down-after", help="Failing checks in a row before it is down.")
]
UpAfter = Annotated[
    int | None, typer.Option("--up-after", help="Good checks in a row before it is up again.")
]
Recheck = Annotated[
    Span | None,
    span_option("--recheck", "Time between those checks."),
]
Locations = Annotated[
    Agreeing | None,
    typer.Option(
        "--locations",
        parser=_agreeing,
        metavar="any|majority|all|N",
        help="How many of a monitor's locations must see it down.",
    ),
]
Remind = Annotated[
    Span | None,
    typer.Option(
        "--remind",
        parser=_span_or_never,
        metavar="SPAN|never",
        help="Time between two reminders of an open incident.",
    ),
]
Turns = Annotated[
    int | None,
    typer.Option("--flap-turns", help="What turns more often within --flap-window is flapping."),
]
Window = Annotated[
    Span | None,
    span_option("--flap-window", "Time in which turns are counted."),
]
Hold = Annotated[
    Span | None,
    span_option("--flap-hold", "So long must an outage last to be told while it is flapping."),
]
Calm = Annotated[
    Span | None,
    span_option("--flap-calm", "Calm after so long without a turn."),
]
WarnBefore = Annotated[
    Span | None,
    span_option("--warn-before", "Warn so long before a certificate ends."),
]
CriticalBefore = Annotated[
    Span | None,
    span_option("--critical-before", "A certificate that ends within so long is critical."),
]
ForCustomer = Annotated[
    int | None, typer.Option("--customer", metavar="ID", help="The customer that gets it.")
]
ForMonitor = Annotated[
    str | None, typer.Option("--monitor", metavar="ID", help="The monitor that gets it.")
]
