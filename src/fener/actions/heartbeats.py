"""What only heartbeats have: the address their job pings, its key, and the runs it reported.

Everything else is done with them in `fener.actions.monitors`.
"""

from uuid import UUID, uuid4

from msgspec.structs import replace

from fener.actions import monitors
from fener.actions.context import Context, audit
from fener.domain.errors import NotFound
from fener.domain.kinds import Kind
from fener.domain.monitor import Monitor
from fener.domain.people import Identity, Permission
from fener.storage import monitors as stored
from fener.storage import pings
from fener.storage.pings import SeenPing

__all__ = ["SeenPing", "code_of", "get", "new_key", "ping_url", "pings_of"]

MOST_PINGS = 1_000


async def get(
    context: Context,
    who: Identity,
    identifier: int | UUID,
    permission: Permission = Permission.READ,
) -> Monitor:
    """Raises NotFound for what is no heartbeat."""
    return _heartbeat(await monitors.get(context, who, identifier, permission))


def ping_url(heartbeat: Monitor, site: str) -> str:
    """The address that the job calls; `site` is where Fener is reached."""
    return f"{site.rstrip('/')}/ping/{heartbeat.ping_key}"


def code_of(heartbeat: Monitor) -> str:
    """The 32 hex digits of `/webhook-heartbeat/{code}`."""
    return heartbeat.ping_key.hex if heartbeat.ping_key else ""


async def new_key(context: Context, who: Identity, identifier: int | UUID) -> Monitor:
    """Give it another address; the old one is unknown from now on."""
    now = context.clock.now()
    async with context.database.write() as session:
        monitor = await monitors.find(context, session, who, identifier, Permission.WATCH)
        heartbeat = _heartbeat(monitor)
        after = replace(heartbeat, ping_key=uuid4())
        await stored.set_ping_key(session, after, now)
        await audit(session, who, now, "monitor.new_key", f"monitor:{after.id}")
    context.doorbells.monitors_changed(after.place)
    return after


async def pings_of(
    context: Context,
    who: Identity,
    identifier: int | UUID,
    *,
    limit: int = 50,
    before_id: int | None = None,
) -> list[SeenPing]:
    """What its job reported, newest first; `before_id` continues after a ping."""
    heartbeat = await get(context, who, identifier)
    async with context.database.read() as session:
        size = max(1, min(limit, MOST_PINGS))
        return await pings.newest(session, heartbeat.id, size, before_id)


def _heartbeat(monitor: Monitor) -> Monitor:
    if monitor.kind is not Kind.HEARTBEAT:
        raise NotFound("There is no such heartbeat.")
    return monitor
