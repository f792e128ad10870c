"""What people and tokens do with monitors: add, get, change, pause, resume, delete, check now.

Heartbeats go the same way; what only they have is in `fener.actions.heartbeats`.
"""

from collections.abc import Sequence
from uuid import UUID, uuid4

from msgspec import UNSET
from msgspec.structs import asdict, replace

from fener.actions import places
from fener.actions.context import Context, audit
from fener.actions.definitions import Change, New, changed, checked_new
from fener.actions.rights import require
from fener.domain.errors import Conflict, Invalid, NotFound
from fener.domain.incident import Resolution
from fener.domain.kinds import Kind
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.monitor import DEFAULT_TIMEOUT, Monitor
from fener.domain.people import Identity, Permission
from fener.domain.time import Instant
from fener.storage import monitors as stored
from fener.storage import watching
from fener.storage.database import Session
from fener.storage.monitors import Location

__all__ = [
    "Change",
    "Location",
    "New",
    "add",
    "change",
    "check_now",
    "delete",
    "find",
    "get",
    "get_many",
    "locations",
    "pause",
    "resume",
]

CHECK_WHILE_PAUSED = "The monitor is paused: resume it to have it checked."
CHECK_HEARTBEAT = "A heartbeat waits for its job's ping: there is nothing to check."


async def add(context: Context, who: Identity, new: New) -> Monitor:
    """Store a monitor, which is checked at once."""
    now = context.clock.now()
    asked = checked_new(new, now)
    async with context.database.write() as session:
        identifier = await _insert(context, session, who, asked, now)
        monitor = await find(context, session, who, identifier, Permission.WATCH)
        await places.check_channels(session, context.sealer, who, monitor)
        if asked.paused:
            monitor = replace(monitor, paused_at=now)
            await stored.update(session, context.sealer, monitor, now)
        await audit(session, who, now, "monitor.add", _subject(monitor), name=monitor.name)
    _announce(context, monitor)
    return monitor


async def _insert(
    context: Context, session: Session, who: Identity, asked: New, now: Instant
) -> int:
    wanted = stored.NewMonitor(
        public_id=context.new_id(now),
        organization_id=who.organization_id,
        customer_id=await places.customer_for(session, who, asked.customer_id),
        owner_id=await places.owner_for(session, who),
        name=asked.name,
        settings=asked.settings,
        interval=asked.interval,
        timeout=asked.timeout or DEFAULT_TIMEOUT,
        location_ids=await places.locations_for(session, asked.location_ids),
        channel_ids=asked.channel_ids,
        policy_id=await places.policy_for(session, who, asked.policy_id),
        credentials=asked.credentials,
        client_certificate=asked.client_certificate,
        ping_key=uuid4() if isinstance(asked.settings, HeartbeatSettings) else None,
    )
    return await stored.insert(session, context.sealer, wanted, now)


async def get(
    context: Context,
    who: Identity,
    identifier: int | UUID,
    permission: Permission = Permission.READ,
) -> Monitor:
    """Raises NotFound for an unknown or deleted one."""
    async with context.database.read() as session:
        return await find(context, session, who, identifier, permission)


async def get_many(
    context: Context, who: Identity, identifiers: Sequence[int]
) -> dict[int, Monitor]:
    """Those of a page that was listed for the same caller, by id."""
    async with context.database.read() as session:
        found = await stored.by_ids(session, context.sealer, identifiers)
    for one in found.values():
        require(who, Permission.READ, one.organization_id, one.customer_id)
    return found


async def locations(context: Context, who: Identity) -> list[Location]:
    """Where a monitor can be watched from."""
    require(who, Permission.READ)
    async with context.database.read() as session:
        return await stored.locations(session)


async def change(
    context: Context, who: Identity, identifier: int | UUID, change: Change
) -> Monitor:
    """Change what `change` names; pausing and resuming do what `pause` and `resume` do."""
    now = context.clock.now()
    async with context.database.write() as session:
        before = await find(context, session, who, identifier, Permission.WATCH)
        after = _paused(changed(before, change, now), change, now)
        if after == before:
            return before
        await _check_places(context, session, who, before, after)
        await stored.update(session, context.sealer, after, now)
        await _follow(session, who, before, after, now)
        names = _changed_fields(before, after)
        await audit(session, who, now, _deed(before, after), _subject(after), changed=names)
        after = await find(context, session, who, after.id, Permission.WATCH)
    _announce(context, after, before)
    return after


async def _check_places(
    context: Context, session: Session, who: Identity, before: Monitor, after: Monitor
) -> None:
    if after.customer_id != before.customer_id:
        await places.customer_for(session, who, after.customer_id)
    if after.location_ids != before.location_ids:
        await places.locations_for(session, after.location_ids)
    if after.policy_id != before.policy_id:
        await places.policy_for(session, who, after.policy_id)
    if (after.channel_ids, after.customer_id) != (before.channel_ids, before.customer_id):
        await places.check_channels(session, context.sealer, who, after)


async def pause(context: Context, who: Identity, identifier: int | UUID) -> Monitor:
    """Watch it no longer: its open incidents are resolved without a message."""
    return await change(context, who, identifier, Change(paused=True))


async def resume(context: Context, who: Identity, identifier: int | UUID) -> Monitor:
    return await change(context, who, identifier, Change(paused=False))


async def delete(context: Context, who: Identity, identifier: int | UUID) -> None:
    """Hide it for ever: its open incidents are resolved without a message, and all stay listed."""
    now = context.clock.now()
    async with context.database.write() as session:
        monitor = await find(context, session, who, identifier, Permission.WATCH)
        gone = replace(monitor, deleted_at=now)
        await stored.update(session, context.sealer, gone, now)
        await watching.end_incidents(
            session, monitor.id, Resolution.MONITOR_DELETED, now, who.user_id
        )
        await watching.forget(session, monitor.id, "deleted", now)
        await audit(session, who, now, "monitor.delete", _subject(monitor), name=monitor.name)
    context.doorbells.monitors_changed(monitor.place)
    context.doorbells.incidents_changed(monitor.place)


async def check_now(context: Context, who: Identity, identifier: int | UUID) -> Monitor:
    """Ask for one check beside the schedule; its result is recorded like any other."""
    async with context.database.write() as session:
        monitor = await find(context, session, who, identifier, Permission.WATCH)
        if monitor.kind is Kind.HEARTBEAT:
            raise Invalid(CHECK_HEARTBEAT)
        if not monitor.is_watched:
            raise Conflict(CHECK_WHILE_PAUSED)
        now = context.clock.now()
        await audit(session, who, now, "monitor.check", _subject(monitor))
    context.doorbells.check_now(monitor.id)
    return monitor


async def find(
    context: Context,
    session: Session,
    who: Identity,
    identifier: int | UUID,
    permission: Permission,
) -> Monitor:
    """For other actions, in their own session. Raises NotFound, OutOfReach, NotPermitted."""
    monitor = await stored.by_key(session, context.sealer, identifier)
    if monitor is None or monitor.deleted_at is not None:
        raise NotFound("There is no such monitor.")
    require(who, permission, monitor.organization_id, monitor.customer_id)
    return monitor


def _paused(monitor: Monitor, change: Change, now: Instant) -> Monitor:
    if change.paused is UNSET or change.paused == (monitor.paused_at is not None):
        return monitor
    return replace(monitor, paused_at=now if change.paused else None)


async def _follow(
    session: Session, who: Identity, before: Monitor, after: Monitor, now: Instant
) -> None:
    """What a change means for belief, incidents and the run that is awaited."""
    if before.is_watched and not after.is_watched:
        await watching.end_incidents(session, after.id, Resolution.PAUSED, now, who.user_id)
        await watching.forget(session, after.id, "paused", now)
    elif after.is_watched and not before.is_watched:
        await watching.forget(session, after.id, "resumed", now)
    if isinstance(after.settings, HeartbeatSettings) and after.is_watched:
        resumed = not before.is_watched
        await watching.await_runs(session, after.id, after.settings, now, anew=resumed)


def _deed(before: Monitor, after: Monitor) -> str:
    if before.is_watched == after.is_watched:
        return "monitor.change"
    return "monitor.resume" if after.is_watched else "monitor.pause"


def _changed_fields(before: Monitor, after: Monitor) -> list[str]:
    one, other = asdict(before), asdict(after)
    return [name for name in one if one[name] != other[name]]


def _subject(monitor: Monitor) -> str:
    return f"monitor:{monitor.id}"


def _announce(context: Context, monitor: Monitor, before: Monitor | None = None) -> None:
    """The scheduler finds in the store what is to be checked at once: who rings asks for nothing.

    A check asked for as well would be another one wherever the scheduler had looked before.
    """
    places = {one.place: None for one in (before, monitor) if one}
    context.doorbells.monitors_changed(*places)
    was_stopped = before is not None and before.is_watched and not monitor.is_watched
    if was_stopped or len(places) > 1:
        # Its incidents ended with its watching, or moved along.
        context.doorbells.incidents_changed(*places)
