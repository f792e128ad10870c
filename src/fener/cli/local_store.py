"""The local store, as commands work on it: opened for one piece of work, as its owner.

The command line acts as the owner of the first organization, which is made where there is none.
A server that runs on the same store notices what was changed within a second.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from fener.actions import setup
from fener.actions.context import Context
from fener.actions.site import last_site
from fener.bootstrap.store import AlreadyServing, opened
from fener.bus.ringing import DistantBells
from fener.cli.complaints import Code, Complaint
from fener.clock import SystemClock
from fener.domain.people import Identity
from fener.settings import Settings, site_at
from fener.storage.migrating import SchemaTooNew
from fener.storage.sealing import UnreadableSecret

T = TypeVar("T")


class LocalStore:
    """The store in `FENER_DATA`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.bells = DistantBells(settings.data)

    def act(self, work: Callable[[Context, Identity], Awaitable[T]]) -> T:
        """What the work comes to, done by the owner. Raises Complaint, StoreUnavailable."""
        return asyncio.run(self._acted(work))

    async def _acted(self, work: Callable[[Context, Identity], Awaitable[T]]) -> T:
        try:
            async with opened(self._settings, SystemClock(), self.bells) as context:
                return await work(context, await setup.ensure_local_owner(context))
        except SchemaTooNew as error:
            raise too_new(error) from error
        except AlreadyServing as error:
            mend = "The one that serves is older than this one: start it again first."
            raise Complaint(str(error), mend, Code.UNAVAILABLE) from error
        except UnreadableSecret as error:
            raise Complaint(str(error), "See which key is wanted: fener doctor") from error

    async def site(self, context: Context) -> str:
        """Where jobs reach Fener: where it is served; else as the settings say, or where it was."""
        served, own = await last_site(context), self._settings.public_url
        if served and (self.bells.is_anybody_there() or not own):
            return served
        return own or site_at(self._settings.host, self._settings.port)


def too_new(error: SchemaTooNew) -> Complaint:
    what, _, mend = str(error).partition("; ")
    return Complaint(what.capitalize(), f"{mend.capitalize()}.", Code.UNAVAILABLE)
