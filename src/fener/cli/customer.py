"""`fener customer`: to whom monitors belong."""

import typer

from fener.cli import terminal
from fener.cli.desk import open_policies
from fener.cli.parameters import Json

app = typer.Typer(no_args_is_help=True, help="List the customers to whom monitors belong.")


@app.callback()
def group() -> None:
    """Keep `list` a word of its own beside the ones to come."""


@app.command("list")
def list_all(*, json: Json = False) -> None:
    """List the customers, with the IDs that --customer takes.

    Example: fener customer list
    """
    customers = open_policies().customers()
    if json:
        terminal.show_json(customers)
        return
    terminal.show_table(
        ("ID", "NAME", "E-MAIL", "STATUS"),
        [(str(one.id), one.name, one.email, one.status) for one in customers],
        empty="There is no customer.",
    )
