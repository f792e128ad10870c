"""What people read of one monitor's past: its incidents, who was told of them, how fast it was."""

from uuid import UUID

from msgspec import Struct

from fener.actions import monitors
from fener.actions.checks import Uptime, uptime
from fener.actions.context import Context
from fener.domain.people import Identity
from fener.domain.time import DAY
from fener.storage import checks as seen
from fener.storage import histories as stored
from fener.storage.histories import Means, PastAlert, PastIncident

__all__ = ["Means", "PastAlert", "PastIncident"]

LATEST = 100


class Performance(Struct, frozen=True):
    uptime: Uptime
    means: Means


async def incidents_of(
    context: Context, who: Identity, identifier: int | UUID
) -> tuple[list[PastIncident], int]:
    """The latest hundred, newest first, and how many there are in all."""
    monitor = await monitors.get(context, who, identifier)
    async with context.database.read() as session:
        return await stored.incidents(session, monitor.id, LATEST)


async def alerts_of(
    context: Context, who: Identity, identifier: int | UUID
) -> tuple[list[PastAlert], int]:
    """The latest hundred attempts, newest first, and how many there are in all."""
    monitor = await monitors.get(context, who, identifier)
    async with context.database.read() as session:
        return await stored.alerts(session, monitor.id, LATEST)


async def performance(context: Context, who: Identity, identifier: int | UUID) -> Performance:
    """Uptimes and mean response times over the usual spans."""
    monitor = await monitors.get(context, who, identifier)
    now = context.clock.now()
    async with context.database.read() as session:
        past = await seen.pasts(session, [monitor.id], now - 365 * DAY)
        return Performance(
            uptime(past[monitor.id], now), await stored.means(session, monitor.id, now)
        )
