"""The command `fener`: its words, and the one place where errors become two lines and a code."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from fener import __version__
from fener.cli import (
    backup,
    check,
    customer,
    heartbeat,
    incident,
    monitor,
    policy,
    serve,
    terminal,
    token,
)
from fener.cli.complaints import Code, Complaint, complaint_about
from fener.cli.doctor.command import doctor
from fener.cli.logs import set_up_logs

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve", help=serve.HELP)(serve.serve)
app.command("check")(check.check)
app.command("doctor")(doctor)
app.command("backup")(backup.backup)
app.add_typer(monitor.app, name="monitor")
app.add_typer(heartbeat.app, name="heartbeat")
app.command("incidents")(incident.list_all)
app.add_typer(incident.app, name="incident")
app.add_typer(token.app, name="token")
app.add_typer(customer.app, name="customer")
app.add_typer(policy.app, name="policy")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer hands it so
    if wanted:
        terminal.say(f"Fener {__version__}")
        raise typer.Exit


@app.callback()
def fener(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Say which one."),
    ] = False,
) -> None:
    """Fener watches addresses and jobs, opens incidents and tells people.

    Commands act on the store in FENER_DATA, or, with FENER_URL and FENER_TOKEN set, on the server
    at that address. Begin with: fener serve
    """


def main() -> None:
    # What a command prints is for whoever reads its output; what happens inside goes beside it.
    set_up_logs()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line; gives its exit code."""
    try:
        code = app(list(arguments), prog_name="fener", standalone_mode=False)
    except typer.Abort:
        return Code.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough; nothing more must be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Code.REFUSED
    except typer.TyperException as error:
        return _complain_of_usage(error)
    except Exception as error:
        complaint = complaint_about(error)
        if complaint is None:
            raise
        terminal.complain(complaint)
        return complaint.code
    return code if isinstance(code, int) else Code.DONE


def _complain_of_usage(error: typer.TyperException) -> int:
    context: typer.Context | None = getattr(error, "ctx", None)
    said = error.format_message().rstrip(".")
    if context is not None and context.invoked_subcommand is None and "\n" in said:
        terminal.note(said)
        return Code.USAGE
    command = context.command_path if context is not None else "fener"
    terminal.complain(Complaint(said, f"See: {command} --help", Code.USAGE))
    return Code.USAGE
