"""`fener backup`: a consistent copy of the database while Fener serves."""

import os
from pathlib import Path
from typing import Annotated

import typer

from fener import settings
from fener.cli import terminal, waiting
from fener.cli.complaints import Code, Complaint
from fener.clock import SystemClock

File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE", help="Where to, or the folder for it. [default: backups/ in FENER_DATA]"
    ),
]
WithKey = Annotated[
    bool, typer.Option("--with-key", help="Make a tar of the database and the key to its secrets.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file of that name.")]
_PRIVATE = 0o077


def backup(file: File = None, *, with_key: WithKey = False, force: Force = False) -> None:
    """Copy the database, also while Fener serves, and check the copy.

    Example: fener backup /srv/backups/fener.db --force
    """
    # They bring the whole store with them, and a command that needs none should start at once.
    from fener.cli import archives  # noqa: PLC0415
    from fener.storage.backup import BackupFailed  # noqa: PLC0415

    given = settings.read(os.environ)
    now = SystemClock().now()
    archive = archives.planned(given, file, now, with_key=with_key, force=force)
    os.umask(_PRIVATE)
    try:
        content = waiting.shown(f"Copying to {archive.target}", archive.make, archive.share)
    except BackupFailed as error:
        mend = "Nothing stands at its place. See: fener doctor"
        raise Complaint(str(error), mend, Code.UNAVAILABLE) from error
    terminal.say(f"{archive.target}: checked, with {content.words}.")
    if with_key:
        terminal.say("The key is inside: whoever has this file can read every stored secret.")
    elif given.secret_key:
        terminal.say("The key is not inside: it is what FENER_SECRET_KEY holds. Keep it as well.")
    else:
        path = archive.source.with_name(archives.KEY_FILE)
        terminal.say(f"The key is not inside: it is in {path}. Keep a copy of it elsewhere.")
