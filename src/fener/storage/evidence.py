"""What is known of one incident beyond its row: checks, who was told, and its timeline."""

from typing import Any

import msgspec
from msgspec import Struct

from fener.domain.incident import TimelineEvent
from fener.domain.notification import ChannelKind
from fener.domain.time import Instant
from fener.storage.database import Row, Session
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
    message: str | None
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
    """The check that confirmed an incident, with what was asked and what came back."""

    check: Check
    evidence: dict[str, Any] | None


class Details(Struct, frozen=True, kw_only=True):
    """An incident and all that is known of it, oldest first."""

    incident: Incident
    first_check: Check | None
    proof: Proof | None
    failed_checks: list[Check]
    recovery_checks: list[Check]
    recovery_checks_total: int
    alerts: list[Alert]
    events: list[Event]


async def details(session: Session, incident: Incident) -> Details:
    places = await _locations(session)
    kept = {row["part"]: row for row in await session.all(SQL["kept_checks"], {"id": incident.id})}
    checks = {part: _check(row, places) for part, row in kept.items()}
    own = {part: check for part, check in checks.items() if part in _FAILED_PARTS}
    failed = await _between(session, incident, places, "failure")
    recovery = await _between(session, incident, places, "success") if incident.end_at else []
    closing = checks.get("closing")
    recovery = _merged(recovery, [closing] if closing else [])
    return Details(
        incident=incident,
        first_check=checks.get("first"),
        proof=_proof(kept["confirming"], places) if "confirming" in kept else None,
        failed_checks=_merged(failed, list(own.values())),
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


async def _between(
    session: Session, incident: Incident, places: dict[int, Location], outcome: str
) -> list[Check]:
    """Failures from the first failing check to the last, successes from the first good one to the
    one that settled the recovery.
    """
    failing = outcome == "failure"
    since = incident.start_at if failing else incident.end_at
    until = incident.last_failed_at if failing else incident.resolved_at
    finished_until = None if failing else incident.resolved_at
    if since is None or until is None or (not failing and not incident.end_check_id):
        return []
    rows = await session.all(
        SQL["checks"],
        {
            "monitor_id": incident.monitor_id,
            "since": since,
            "until": until,
            "finished_until": finished_until or _ALWAYS,
            "outcome": outcome,
            "limit": CHECKS_SHOWN,
        },
    )
    return [_check(row, places) for row in rows]


_ALWAYS = 2**62


def _merged(some: list[Check], others: list[Check]) -> list[Check]:
    by_id = {check.id: check for check in (*others, *some)}
    return sorted(by_id.values(), key=lambda check: (check.at, check.id))


def _check(row: Row, places: dict[int, Location]) -> Check:
    number = row["location_id"]
    return Check(
        id=row["id"],
        at=row["at"],
        finished_at=row["finished_at"],
        location=places.get(number) or Location(number, "", ""),
        is_failure=row["outcome"] == "failure",
        message=row["message"],
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
