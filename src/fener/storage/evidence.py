"""What is known of one incident beyond its row: checks, who was told, and its timeline."""

from typing import Any

import msgspec
from msgspec import Struct

from fener.domain.failure import Facts
from fener.domain.incident import TimelineEvent
from fener.domain.notification import ChannelKind
from fener.domain.problem import Problem
from fener.domain.time import Instant
from fener.storage.database import Row, Session
from fener.storage.facts import read_facts
from fener.storage.incidents import Incident
from fener.storage.queries import statements

SQL = statements("incidents")
CHECKS_SHOWN = 100
"""Of an outage of weeks nobody reads every check; its first one is always shown."""
_FAILED_PARTS = ("first", "confirming", "last")


class Location(Struct, frozen=True):
    id: int
    code: str
    name: str


class Check(Struct, frozen=True, kw_only=True):
    """A check of an incident."""

    id: int
    at: Instant
    finished_at: Instant
    location: Location
    is_failure: bool
    reason: str | None
    message: str | None
    facts: Facts
    status_code: int | None
    total_us: int | None


class Alert(Struct, frozen=True, kw_only=True):
    """One attempt to tell somebody."""

    id: int
    at: Instant
    kind: ChannelKind
    channel_name: str
    was_sent: bool
    answer: str


class Event(Struct, frozen=True, kw_only=True):
    """Something in the life of an incident; `detail` is by kind."""

    id: int
    kind: TimelineEvent
    at: Instant
    user_id: int | None
    user_name: str | None
    detail: dict[str, Any]


class Proof(Struct, frozen=True, kw_only=True):
    """A check of an incident with what was asked and what came back, such as the one that confirmed
    it.
    """

    check: Check
    evidence: dict[str, Any] | None


class Details(Struct, frozen=True, kw_only=True):
    """An incident and all that is known of it, oldest first."""

    incident: Incident
    first_check: Check | None
    proof: Proof | None
    good: Proof | None
    """What the target answered when it last was good; None where that was not kept."""
    failed_checks: list[Check]
    recovery_checks: list[Check]
    recovery_checks_total: int
    alerts: list[Alert]
    events: list[Event]


async def details(session: Session, incident: Incident) -> Details:
    places = await _locations(session)
    kept = {row["part"]: row for row in await session.all(SQL["kept_checks"], {"id": incident.id})}
    failed = [kept[part] for part in _FAILED_PARTS if part in kept]
    recovered = [kept["closing"]] if "closing" in kept else []
    recovery = _merged(places, recovered, await _successes(session, incident))
    return Details(
        incident=incident,
        first_check=_check(kept["first"], places) if "first" in kept else None,
        proof=_proof(kept["confirming"], places) if "confirming" in kept else None,
        good=_proof(kept["good"], places) if "good" in kept else None,
        failed_checks=_merged(places, failed, await _failures(session, incident)),
        recovery_checks=recovery,
        recovery_checks_total=len(recovery),
        alerts=[_alert(row) for row in await session.all(SQL["attempts"], {"id": incident.id})],
        events=await events(session, incident.id),
    )


async def events(session: Session, incident_id: int) -> list[Event]:
    return [_event(row) for row in await session.all(SQL["events"], {"id": incident_id})]


async def _locations(session: Session) -> dict[int, Location]:
    rows = await session.all(SQL["locations"])
    return {row["id"]: Location(row["id"], row["code"], row["name"]) for row in rows}


async def _failures(session: Session, incident: Incident) -> list[Row]:
    """Of availability alone: what else was wrong with a check, its raw result does not say."""
    if incident.problem is not Problem.AVAILABILITY:
        return []
    last = incident.last_failed_at or incident.start_at
    return await _between(session, incident, "failure", incident.start_at, last)


async def _successes(session: Session, incident: Incident) -> list[Row]:
    """From the first good check to the one that settled the recovery; none where nothing was seen
    to recover.
    """
    if incident.problem is not Problem.AVAILABILITY:
        return []
    if not incident.end_check_id or incident.end_at is None or incident.resolved_at is None:
        return []
    return await _between(session, incident, "success", incident.end_at, incident.resolved_at)


async def _between(
    session: Session, incident: Incident, outcome: str, since: Instant, until: Instant
) -> list[Row]:
    wanted = {"outcome": outcome, "since": since, "until": until, "limit": CHECKS_SHOWN}
    return await session.all(SQL["checks"], {"monitor_id": incident.monitor_id, **wanted})


def _merged(places: dict[int, Location], kept: list[Row], raw: list[Row]) -> list[Check]:
    by_id = {row["id"]: _check(row, places) for row in (*kept, *raw)}
    return sorted(by_id.values(), key=lambda check: (check.at, check.id))


def _check(row: Row, places: dict[int, Location]) -> Check:
    number = row["location_id"]
    return Check(
        id=row["id"],
        at=row["at"],
        finished_at=row["finished_at"],
        location=places.get(number) or Location(number, "", ""),
        is_failure=row["outcome"] == "failure",
        reason=row["reason"],
        message=row["message"],
        facts=read_facts(row["facts"]),
        status_code=row["status_code"],
        total_us=row["total_us"],
    )


def _proof(row: Row, places: dict[int, Location]) -> Proof:
    told = row["evidence"]
    return Proof(check=_check(row, places), evidence=told and msgspec.json.decode(told))


def _alert(row: Row) -> Alert:
    return Alert(
        id=row["id"],
        at=row["at"],
        kind=ChannelKind(row["kind"]),
        channel_name=row["channel_name"],
        was_sent=bool(row["ok"]),
        answer=row["answer"],
    )


def _event(row: Row) -> Event:
    full_name = f"{row['first_name'] or ''} {row['last_name'] or ''}".strip()
    return Event(
        id=row["id"],
        kind=TimelineEvent(row["kind"]),
        at=row["at"],
        user_id=row["user_id"],
        user_name=full_name or row["email"],
        detail=msgspec.json.decode(row["detail"]),
    )
