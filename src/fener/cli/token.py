"""`fener token`: tokens of the organization and keys of its owner, on the local store only."""

from enum import StrEnum
from typing import Annotated

import typer

from fener.cli import terminal
from fener.cli.complaints import Code, Complaint
from fener.cli.desk import TokenDesk, is_remote, open_tokens
from fener.cli.moments import local_time
from fener.cli.parameters import Json, span_option
from fener.cli.views import TokenView
from fener.domain.time import DAY, Span

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke the tokens of the APIs.")


class Kind(StrEnum):
    ORGANIZATION = "organization"
    ACCOUNT = "account"


Expires = Annotated[
    Span | None,
    span_option("--expires", "Days it lives, 1d to 365d. [default: ever]"),
]
TokenId = Annotated[int, typer.Argument(metavar="ID", help="Number, as fener token list shows it.")]
TokenCustomer = Annotated[
    int | None,
    typer.Option("--customer", metavar="ID", help="Limit the token to this customer."),
]


@app.command("create")
def create(
    name: Annotated[str, typer.Option("--name", help="What it is for.")],
    kind: Annotated[
        Kind, typer.Option("--kind", help="Token of the organization, or key of its owner.")
    ] = Kind.ORGANIZATION,
    customer: TokenCustomer = None,
    expires: Expires = None,
) -> None:
    """Make a token and print it, alone, on stdout. It is never shown again.

    Example: TOKEN=$(fener token create --name laptop --expires 90d)
    """
    desk = _desk()
    days = None if expires is None else _days(expires)
    if kind is Kind.ACCOUNT:
        if customer is not None:
            raise Complaint(
                "A key of an account acts as its user, for every customer",
                "Leave out --customer, or make a token of the organization.",
                Code.USAGE,
            )
        issued = desk.create_account_key(name, days)
    else:
        issued = desk.create_token(name, customer, days)
    terminal.note(f"Token {issued.id}, {issued.name}. Keep it: it is not shown again.")
    terminal.say(issued.secret)


@app.command("list")
def list_all(*, json: Json = False) -> None:
    """List the tokens, newest first, without their secrets.

    Example: fener token list --json
    """
    tokens = _desk().tokens()
    if json:
        terminal.show_json(tokens)
        return
    terminal.show_table(
        ("ID", "KIND", "NAME", "BEGINS", "CUSTOMER", "EXPIRES", "LAST USED"),
        [_row(one) for one in tokens],
        empty="There is no token. Make one: fener token create --name laptop",
    )


@app.command("revoke")
def revoke(identifier: TokenId) -> None:
    """End a token at once.

    Example: fener token revoke 2
    """
    _desk().revoke_token(identifier)
    terminal.say(f"Token {identifier} is revoked.")


def _desk() -> TokenDesk:
    if is_remote():
        raise Complaint(
            "Tokens cannot manage tokens, and FENER_URL has this command speak by token",
            "Unset FENER_URL and run it on the server's machine, or use the web app.",
        )
    return open_tokens()


def _days(span: Span) -> int:
    days, rest = divmod(span, DAY)
    if rest:
        raise Complaint(
            "A token lives for whole days", "Write them such as: --expires 90d", Code.USAGE
        )
    return days


def _row(one: TokenView) -> tuple[str, ...]:
    ends = local_time(one.expires_at) or "never"
    used = local_time(one.last_used_at) or "never"
    return (str(one.id), one.kind, one.name, one.hint, one.customer_name or "", ends, used)
