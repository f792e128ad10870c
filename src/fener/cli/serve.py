"""`fener serve`: Fener itself, until it is told to stop."""

import asyncio
import os
import signal
import sys

from fener import settings
from fener.cli.collecting import collect_seldom
from fener.cli.complaints import Code, Complaint
from fener.settings import ENTRIES, Settings

_WIDTH = max(len(entry.name) for entry in ENTRIES)
_LAST_SIGNALS = {signal.SIGTERM, signal.SIGINT}


def _entries() -> str:
    r"""Every setting on a line of its own, which `\b` keeps as it is."""
    lines = [
        f"  {entry.name:{_WIDTH}}  {entry.help} [{entry.default or 'none'}]" for entry in ENTRIES
    ]
    return "\n".join(["\b", "Settings, read from the environment:", *lines])


HELP = f"""Run Fener until it is told to stop.

It watches, judges, tells, and serves the web app and the APIs. Prints its address, and the one-time
set-up link until it is set up. Log lines go to stderr. Stops on Ctrl-C and SIGTERM.

Example: FENER_PORT=9000 fener serve

{_entries()}
"""


def serve() -> None:
    given = settings.read(os.environ)
    # Everything there is comes with it.
    import uvloop  # noqa: PLC0415

    from fener.bootstrap.store import AlreadyServing  # noqa: PLC0415
    from fener.bootstrap.webserver import CannotListen  # noqa: PLC0415
    from fener.cli.local_store import too_new  # noqa: PLC0415
    from fener.pipeline.notify.senders.mail_server import BadMailSetting  # noqa: PLC0415
    from fener.storage.migrating import SchemaTooNew  # noqa: PLC0415

    collect_seldom()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(given))
    except SchemaTooNew as error:
        raise too_new(error) from error
    except AlreadyServing as error:
        mend = "Stop it, or set FENER_DATA to another folder."
        raise Complaint(str(error), mend, Code.UNAVAILABLE) from error
    except CannotListen as error:
        mend = "Set FENER_HOST and FENER_PORT to a free address of this machine."
        raise Complaint(str(error), mend, Code.UNAVAILABLE) from error
    except BadMailSetting as error:
        raise Complaint(str(error), "See every setting: fener serve --help", Code.USAGE) from error


async def _serve(given: Settings) -> None:
    from fener.bootstrap.serve import Announcement, serve  # noqa: PLC0415

    def announce(announcement: Announcement) -> None:
        setup_url = announcement.setup_url
        set_up = f" - set it up at {setup_url}" if setup_url else ""
        sys.stdout.write(f"Fener serves on {announcement.url}{set_up}\n")
        sys.stdout.flush()

    await serve(given, announce)
    # Whoever asks again to stop, while the interpreter ends, must not turn it into a failure.
    signal.pthread_sigmask(signal.SIG_BLOCK, _LAST_SIGNALS)
