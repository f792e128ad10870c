"""Writes what a settlement does to incidents: their rows, checks, timeline and the outbox."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from fener.domain.check import Failure
from fener.domain.health import CheckRef
from fener.domain.incident import Resolution, TimelineEvent
from fener.domain.notification import Event, Owed
from fener.domain.problem import Problem
from fener.domain.settlement import (
    Continued,
    Flapping,
    IncidentChange,
    Opened,
    Resolved,
    Settlement,
    Worsened,
)
from fener.domain.time import Instant
from fener.storage.database import Session
from fener.storage.facts import evidence_text, stored_facts
from fener.storage.good_answers import keep_for_incident
from fener.storage.queries import statements

SQL = statements("recording")


async def write_change(
    session: Session, one: Settlement, change: IncidentChange, now: Instant
) -> None:
    match change:
        case Opened() as opened:
            await _open(session, one, opened, now)
        case Continued() as continued:
            await _continue(session, one, continued)
        case Worsened() as worsened:
            await _continue(session, one, worsened.continued)
            await _worsen(session, one, worsened, now)
        case Resolved() as resolved:
            await _resolve(session, one, resolved, now)


async def _open(session: Session, one: Settlement, opened: Opened, now: Instant) -> None:
    monitor, result = one.monitor, one.result
    incident_id = await session.insert(
        SQL["open_incident"],
        {
            "public_id": str(opened.public_id),
            "organization_id": monitor.organization_id,
            "customer_id": monitor.customer_id,
            "monitor_id": monitor.id,
            "problem": opened.problem,
            "cause": opened.cause,
            "start_at": opened.start.at,
            "start_check_id": opened.start.id,
            "opened_at": result.finished_at,
            "opening_check_id": one.check_id,
            "last_failed_at": result.at,
            "failed_checks": opened.failed_checks,
            **_why(opened.failure),
            "status_code": result.status_code,
            "total_us": result.timings and result.timings.total,
            "remind_at": opened.remind_at,
            "channel_ids": msgspec.json.encode(opened.channel_ids).decode(),
            "ends_at": opened.ends_at,
        },
    )
    await session.run(SQL["count_incident"], {"customer_id": monitor.customer_id})
    if opened.problem is Problem.CONTENT:
        await session.run(SQL["count_change"], {"id": monitor.id, "at": result.finished_at})
    opening = CheckRef(one.check_id, result.at)
    failed = _as_failed(one, opened.failure)
    for part, check in (("first", opened.start), ("confirming", opening), ("last", opening)):
        await _keep_check(session, (incident_id, part), monitor.id, check, failed)
    await keep_for_incident(session, incident_id, monitor.id, opened.start.at, result.location_id)
    await add_event(session, incident_id, TimelineEvent.FIRST_FAILURE, opened.start.at)
    await add_event(session, incident_id, TimelineEvent.CONFIRMED, result.finished_at)
    turn = _Turn(incident_id, opened.problem, Event.DOWN, opened.channel_ids, opened.flapping)
    await _tell_turn(session, one, turn, now)


async def _continue(session: Session, one: Settlement, continued: Continued) -> None:
    counted = {"last_failed_at": one.result.at, "failed_checks": continued.failed_checks}
    await session.run(SQL["continue_incident"], {"id": continued.incident_id, **counted})
    last = CheckRef(one.check_id, one.result.at)
    failed = _as_failed(one, continued.failure)
    await _keep_check(session, (continued.incident_id, "last"), one.monitor.id, last, failed)


async def _worsen(session: Session, one: Settlement, worsened: Worsened, now: Instant) -> None:
    incident_id, at = worsened.continued.incident_id, one.result.finished_at
    failure = worsened.continued.failure
    became = {"cause": worsened.cause, "message": failure.message}
    columns = {"id": incident_id, "ends_at": worsened.ends_at, **became, **_why(failure)}
    await session.run(SQL["worsen_incident"], columns)
    await add_event(session, incident_id, TimelineEvent.WORSENED, at, detail=became)
    told = [Owed(incident_id, Event.WORSENED, each) for each in worsened.channel_ids]
    await owe(session, one.monitor.organization_id, told, now)


async def _resolve(session: Session, one: Settlement, resolved: Resolved, now: Instant) -> None:
    await session.run(
        SQL["resolve_incident"],
        {
            "id": resolved.incident_id,
            "end_at": resolved.end.at,
            "end_check_id": resolved.end.id,
            "resolved_at": one.result.finished_at,
            "resolution": resolved.resolution,
        },
    )
    await _keep_check(session, (resolved.incident_id, "closing"), one.monitor.id, resolved.end)
    at, why = one.result.finished_at, resolved.resolution
    if why is Resolution.RECOVERED:
        await add_event(session, resolved.incident_id, TimelineEvent.RECOVERED, at)
    else:
        told = {"resolution": why}
        await add_event(session, resolved.incident_id, TimelineEvent.RESOLVED, at, detail=told)
    incident_id, channels, flapping = resolved.incident_id, resolved.channel_ids, resolved.flapping
    turn = _Turn(incident_id, resolved.problem, Event.RECOVERED, channels, flapping)
    await _tell_turn(session, one, turn, now)


class _Turn(Struct, frozen=True):
    """What is to be told of an incident that opened or ended."""

    incident_id: int
    problem: Problem
    event: Event
    channel_ids: tuple[int, ...]
    flapping: Flapping | None


async def _tell_turn(session: Session, one: Settlement, turn: _Turn, now: Instant) -> None:
    """Owe its message; of what is flapping, owe it later, and say once that it is."""
    held_until, owed = None, []
    if turn.flapping is not None:
        held_until = turn.flapping.held_until
        again = {"monitor_id": one.monitor.id, "problem": turn.problem, "until": held_until}
        await session.run(SQL["hold_recoveries"], again)
        if turn.flapping.is_new:
            at = one.result.finished_at
            await add_event(session, turn.incident_id, TimelineEvent.FLAPPING, at)
            owed = [Owed(turn.incident_id, Event.FLAPPING, each) for each in turn.channel_ids]
    owed += [
        Owed(turn.incident_id, turn.event, each, held_until=held_until) for each in turn.channel_ids
    ]
    await owe(session, one.monitor.organization_id, owed, now)


def _as_failed(one: Settlement, failure: Failure) -> dict[str, Any]:
    """How a good check is kept that was bad all the same: slow, or with a certificate that ends."""
    if isinstance(one.result.outcome, Failure):
        return {}
    return {"outcome": "failure", "evidence": evidence_text(one.result), **_why(failure)}


def _why(failure: Failure) -> dict[str, Any]:
    facts = stored_facts(failure)
    return {"reason": failure.reason, "message": failure.message, "facts": facts}


_AS_IT_WAS = dict.fromkeys(("outcome", "reason", "message", "facts", "evidence"))


async def _keep_check(
    session: Session,
    place: tuple[int, str],
    monitor_id: int,
    check: CheckRef,
    told: Mapping[str, Any] = _AS_IT_WAS,
) -> None:
    """`place` is the incident and the part that the check plays in it; `told` is what it says of
    the check instead of what was recorded.
    """
    kept = {"incident_id": place[0], "part": place[1]}
    found = {"monitor_id": monitor_id, "at": check.at, "check_id": check.id}
    await session.run(SQL["keep_check"], {**kept, **found, **_AS_IT_WAS, **told})


async def add_event(
    session: Session,
    incident_id: int,
    kind: TimelineEvent,
    at: Instant,
    *,
    user_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one event to an incident's timeline."""
    text = msgspec.json.encode(detail or {}).decode()
    event = {"incident_id": incident_id, "kind": kind, "at": at, "user_id": user_id}
    await session.run(SQL["insert_event"], {**event, "detail": text})


async def owe(session: Session, organization_id: int, owed: Sequence[Owed], now: Instant) -> None:
    """Write messages to the outbox; one that is there already is not owed twice."""
    shared = {"organization_id": organization_id, "now": now}
    rows = [{**msgspec.structs.asdict(one), "dedup_key": one.dedup_key, **shared} for one in owed]
    await session.many(SQL["owe"], rows)
