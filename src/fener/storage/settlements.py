"""Writes settlements: results, states, transitions, incidents, their timeline and the outbox."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from fener.domain.check import CheckResult, Failure, Success, Unknown
from fener.domain.health import CheckRef, MonitorState
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
from fener.domain.spread import spread
from fener.domain.time import Instant
from fener.ports import PingSettlement
from fener.steps import reached
from fener.storage.database import Session
from fener.storage.facts import stored_facts
from fener.storage.good_answers import keep_for_incident, write_good_answers
from fener.storage.queries import statements

SQL = statements("recording")


async def write_settlements(session: Session, made: Sequence[Settlement], now: Instant) -> None:
    """Write a batch whole, in the transaction of `session`."""
    checks = [_check_columns(one) for one in made]
    await session.many(SQL["insert_check"], checks)
    await write_good_answers(session, made)
    reached("record.checks_written")
    await session.many(SQL["update_state"], map(_state_columns, made, checks))
    await session.many(SQL["keep_certificate"], _certificate_rows(made))
    await session.many(SQL["insert_transition"], _transition_rows(made))
    reached("record.states_written")
    for one in made:
        for change in one.incidents:
            await _write_change(session, one, change, now)
    reached("record.incidents_written")


async def _write_change(
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


async def write_ping(session: Session, made: PingSettlement) -> None:
    ping = made.heard.ping
    check_id = made.settlement.check_id if made.settlement else None
    duration = {"check_id": check_id, "duration_ms": made.heard.duration}
    await session.run(SQL["insert_ping"], {**msgspec.structs.asdict(ping), **duration})
    if made.settlement is None:
        await write_belief(session, ping.monitor_id, made.state)


async def write_belief(session: Session, monitor_id: int, state: MonitorState) -> None:
    """Write what is believed where no check was made."""
    await session.run(SQL["update_belief"], {"monitor_id": monitor_id, **belief_columns(state)})


def belief_columns(state: MonitorState) -> dict[str, Any]:
    return {
        "health": state.health,
        "is_degraded": state.is_degraded,
        "is_flapping": state.is_flapping,
        "since": state.since,
        "state": msgspec.json.encode(state).decode(),
        "recheck_at": state.recheck_at,
        "due_at": state.runs.due_at,
    }


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
            "total_us": _total_us(result),
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
    return {"outcome": "failure", "evidence": _evidence(one.result), **_why(failure)}


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


def _check_columns(one: Settlement) -> dict[str, Any]:
    result, timings = one.result, one.result.timings
    outcome = result.outcome
    trouble = None if isinstance(outcome, Success) else outcome
    return {
        "monitor_id": result.monitor_id,
        "at": result.at,
        "id": one.check_id,
        "location_id": result.location_id,
        "purpose": result.purpose,
        "finished_at": result.finished_at,
        "outcome": outcome.__struct_config__.tag,
        "reason": trouble and trouble.reason,
        "message": trouble and trouble.message,
        "facts": trouble and stored_facts(trouble),
        "status_code": result.status_code,
        "total_us": timings and timings.total,
        "dns_us": timings and timings.dns,
        "connect_us": timings and timings.connect,
        "tls_us": timings and timings.tls,
        "first_byte_us": timings and timings.first_byte,
        "transfer_us": timings and timings.transfer,
        "evidence": trouble and _evidence(result),
    }


def _evidence(result: CheckResult) -> str | None:
    return None if result.evidence is None else msgspec.json.encode(result.evidence).decode()


def _state_columns(one: Settlement, check: dict[str, Any]) -> dict[str, Any]:
    outcome = one.result.outcome
    return {
        **check,
        "spread": spread(one.monitor.id),
        "failed": isinstance(outcome, Failure),
        "unknown": isinstance(outcome, Unknown),
        **belief_columns(one.state),
    }


def _total_us(result: CheckResult) -> int | None:
    return result.timings.total if result.timings else None


def _certificate_rows(made: Sequence[Settlement]) -> list[dict[str, Any]]:
    return [
        {
            "monitor_id": one.monitor.id,
            "facts": msgspec.json.encode(one.result.certificate).decode(),
        }
        for one in made
        if one.result.certificate is not None
    ]


def _transition_rows(made: Sequence[Settlement]) -> list[dict[str, Any]]:
    return [
        {
            **msgspec.structs.asdict(transition),
            "monitor_id": one.monitor.id,
            "check_id": one.check_id,
        }
        for one in made
        for transition in one.transitions
    ]
