"""What people and tokens do with incidents: read, comment, acknowledge, resolve, delete."""

from enum import StrEnum
from uuid import UUID

from msgspec.structs import replace

from fener.actions.context import Context, audit
from fener.actions.rights import require
from fener.domain.errors import Conflict, Invalid, NotFound
from fener.domain.incident import Resolution, TimelineEvent
from fener.domain.listing import Filters, Listed, Window
from fener.domain.people import Identity, Permission
from fener.domain.problem import Problem
from fener.domain.time import Instant
from fener.storage import evidence, incidents, watching
from fener.storage.database import Session
from fener.storage.evidence import Details
from fener.storage.incident_changes import add_event
from fener.storage.incidents import Incident, Only, Reach
from fener.storage.queries import statements
from fener.storage.settlements import write_belief

SQL = statements("incidents")
WATCHING = statements("watching")
COMMENT_LIMIT = 10_000
POSTMORTEM_LIMIT = 100_000


class Visibility(StrEnum):
    """For whom a comment of the timeline is meant."""

    INTERNAL = "internal"
    PUBLIC = "public"


async def list_incidents(
    context: Context,
    who: Identity,
    window: Window,
    filters: Filters | None = None,
    only: Only | None = None,
    *,
    with_total: bool = True,
) -> Listed[Incident]:
    """What the caller may see, newest first where the filters name no other order."""
    require(who, Permission.READ)
    wanted, narrow = filters or Filters(), only or Only()
    reach = Reach(who.organization_id, who.customer_ids)
    async with context.database.read() as session:
        total = await _total(session, reach, wanted, narrow) if with_total else None
        if total is not None and window.offset >= total:
            return Listed([], total)
        if wanted == Filters() and narrow == Only():
            return Listed(await incidents.newest(session, reach, window), total)
        return Listed(await incidents.filtered(session, reach, wanted, narrow, window), total)


async def _total(session: Session, reach: Reach, filters: Filters, only: Only) -> int:
    if filters.narrows or only.narrows:
        return await incidents.count(session, reach, filters, only)
    return await incidents.total(session, reach)


async def get(
    context: Context, who: Identity, key: int | UUID, permission: Permission = Permission.READ
) -> Incident:
    async with context.database.read() as session:
        return await _get(session, who, key, permission)


async def details(context: Context, who: Identity, key: int | UUID) -> Details:
    """The incident with its checks, its alerts and its timeline."""
    async with context.database.read() as session:
        incident = await _get(session, who, key, Permission.READ)
        return await evidence.details(session, incident)


async def change_comment(
    context: Context, who: Identity, key: int | UUID, comment: str | None
) -> Incident:
    """Set the one note of an incident; an empty one is none."""
    text = _checked(comment, "comment", COMMENT_LIMIT)
    return await _rewrite(context, who, key, "comment", text)


async def change_postmortem(
    context: Context, who: Identity, key: int | UUID, text: str | None
) -> Incident:
    """Write down what was learned; an empty text takes it away."""
    checked = _checked(text, "postmortem", POSTMORTEM_LIMIT)
    return await _rewrite(context, who, key, "postmortem", checked)


_CHANGED = {
    "comment": TimelineEvent.COMMENT_CHANGED,
    "postmortem": TimelineEvent.POSTMORTEM_CHANGED,
}


async def _rewrite(
    context: Context, who: Identity, key: int | UUID, field: str, text: str | None
) -> Incident:
    now = context.clock.now()
    async with context.database.write() as session:
        incident = await _get(session, who, key, Permission.RESPOND)
        if getattr(incident, field) == text:
            return incident
        await session.run(SQL[f"set_{field}"], {"id": incident.id, "text": text})
        await _tell(session, who, incident, _CHANGED[field], now)
        await audit(session, who, now, f"incident.{field}", _subject(incident))
    context.doorbells.incidents_changed(incident.place)
    return replace(incident, **{field: text})


async def add_comment(
    context: Context, who: Identity, key: int | UUID, text: str, visibility: Visibility
) -> evidence.Event:
    """Add a comment to the timeline."""
    checked = _checked(text, "text", COMMENT_LIMIT)
    if checked is None:
        raise Invalid("text must not be empty", "text")
    now = context.clock.now()
    async with context.database.write() as session:
        incident = await _get(session, who, key, Permission.RESPOND)
        said = {"text": checked, "visibility": visibility}
        await _tell(session, who, incident, TimelineEvent.COMMENTED, now, **said)
        await audit(
            session, who, now, "incident.add_comment", _subject(incident), visibility=visibility
        )
        written = await evidence.events(session, incident.id)
    context.doorbells.incidents_changed(incident.place)
    return max(written, key=lambda event: event.id)


async def acknowledge(context: Context, who: Identity, key: int | UUID) -> Incident:
    """Say that somebody works on it: reminders end. The first one to say so stays named."""
    now = context.clock.now()
    async with context.database.write() as session:
        incident = await _get_open(session, who, key)
        if incident.acknowledged_at is not None:
            return incident
        by = {"id": incident.id, "now": now, "user_id": who.user_id}
        await session.run(SQL["acknowledge"], by)
        await _tell(session, who, incident, TimelineEvent.ACKNOWLEDGED, now)
        await audit(session, who, now, "incident.acknowledge", _subject(incident))
    context.doorbells.incidents_changed(incident.place)
    return replace(incident, acknowledged_at=now, acknowledged_by=who.user_id)


async def resolve(context: Context, who: Identity, key: int | UUID) -> Incident:
    """End it by hand: nobody is told, and none opens again before the monitor was up once."""
    now = context.clock.now()
    async with context.database.write() as session:
        incident = await _get_open(session, who, key)
        ended = {"id": incident.id, "now": now, "resolution": Resolution.BY_HAND}
        await session.run(WATCHING["end_incident"], ended)
        await session.run(WATCHING["cancel_owed"], {"id": incident.id})
        await _silence(session, incident)
        told = {"resolution": Resolution.BY_HAND}
        await _tell(session, who, incident, TimelineEvent.RESOLVED, now, **told)
        await audit(session, who, now, "incident.resolve", _subject(incident))
        after = await _get(session, who, incident.id, Permission.READ)
    context.doorbells.incidents_changed(after.place)
    return after


async def delete(context: Context, who: Identity, key: int | UUID) -> None:
    """Take it away with its timeline and owed messages; the audit log keeps what it was.

    After an open one none opens again before the monitor was up once.
    """
    now = context.clock.now()
    async with context.database.write() as session:
        incident = await _get(session, who, key, Permission.RESPOND)
        await session.run(SQL["delete"], {"id": incident.id})
        await session.run(SQL["uncount"], {"customer_id": incident.customer_id})
        if incident.is_open:
            await _silence(session, incident)
        kept = {
            "public_id": incident.public_id,
            "monitor_id": incident.monitor_id,
            "cause": incident.cause,
            "status": incident.status,
            "start_at": incident.start_at,
            "end_at": incident.end_at,
        }
        await audit(session, who, now, "incident.delete", _subject(incident), **kept)
    context.doorbells.incidents_changed(incident.place)


async def _get(
    session: Session, who: Identity, key: int | UUID, permission: Permission
) -> Incident:
    incident = await incidents.by_key(session, key)
    if incident is None:
        raise NotFound("Incident not found")
    require(who, permission, incident.organization_id, incident.customer_id)
    return incident


async def _get_open(session: Session, who: Identity, key: int | UUID) -> Incident:
    incident = await _get(session, who, key, Permission.RESPOND)
    if not incident.is_open:
        raise Conflict("The incident is resolved already")
    return incident


async def _silence(session: Session, incident: Incident) -> None:
    if incident.problem is Problem.CONTENT:  # an event: there is no state to come back from
        return
    state = await watching.state_of(session, incident.monitor_id)
    silenced = replace(state.of(incident.problem), silenced=True)
    problems = state.problems | {incident.problem: silenced}
    await write_belief(session, incident.monitor_id, replace(state, problems=problems))


async def _tell(
    session: Session,
    who: Identity,
    incident: Incident,
    kind: TimelineEvent,
    now: Instant,
    **detail: str,
) -> None:
    """Add to the timeline who did it, by name or by token."""
    by = {} if who.token_id is None else {"token_id": who.token_id}
    told = {**detail, **by}
    await add_event(session, incident.id, kind, now, user_id=who.user_id, detail=told)


def _checked(text: str | None, field: str, most: int) -> str | None:
    if text is not None and len(text) > most:
        raise Invalid(f"{field} must have at most {most} characters, it has {len(text)}", field)
    return text or None


def _subject(incident: Incident) -> str:
    return f"incident:{incident.id}"
