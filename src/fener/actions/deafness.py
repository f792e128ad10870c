"""When Fener was deaf, for everybody who wonders why a time is missing."""

from fener.actions.context import Context
from fener.actions.rights import require
from fener.domain.heartbeat import DeafPeriod
from fener.domain.people import Identity, Permission
from fener.domain.time import Instant
from fener.storage.scheduling import deaf_periods


async def periods(context: Context, who: Identity, since: Instant) -> list[DeafPeriod]:
    """Times that ended after an instant, the earliest first."""
    require(who, Permission.READ)
    async with context.database.read() as session:
        return await deaf_periods(session, since)
