"""What happened to one monitor: its latest incidents, who was told of them, how fast it was."""

from msgspec import Struct
from msgspec.structs import asdict

from fener.domain.incident import IncidentStatus
from fener.domain.notification import ChannelKind
from fener.domain.problem import Cause
from fener.domain.time import DAY, Instant
from fener.storage.database import Session
from fener.storage.ids import LARGEST_ID
from fener.storage.queries import statements

SQL = statements("checks")


class PastIncident(Struct, frozen=True, kw_only=True):
    id: int
    cause: Cause
    status: IncidentStatus
    opened_at: Instant
    resolved_at: Instant | None
    message: str | None
    status_code: int | None
    total_us: int | None


class PastAlert(Struct, frozen=True, kw_only=True):
    """One attempt to tell somebody."""

    id: int
    incident_id: int
    kind: ChannelKind
    channel_name: str
    at: Instant
    ok: bool
    answer: str


class Means(Struct, frozen=True):
    """Mean response times in microseconds; None where nothing was measured."""

    day: float | None
    month: float | None
    year: float | None


class Window(Struct, frozen=True):
    """A time, with both its ends."""

    since: Instant = 0
    until: Instant = LARGEST_ID


EVER = Window()


async def incidents_total(session: Session, monitor_id: int) -> int:
    return int(await session.value(SQL["incidents_total"], {"monitor_id": monitor_id}))


async def alerts_total(session: Session, monitor_id: int) -> int:
    return int(await session.value(SQL["alerts_total"], {"monitor_id": monitor_id}))


async def incidents(
    session: Session, monitor_id: int, limit: int, within: Window = EVER
) -> list[PastIncident]:
    """The latest ones that were open then, newest first."""
    place = {"monitor_id": monitor_id, **asdict(within)}
    rows = await session.all(SQL["incidents"], {**place, "limit": limit})
    return [
        PastIncident(
            id=row["id"],
            cause=Cause(row["cause"]),
            status=IncidentStatus(row["status"]),
            opened_at=row["opened_at"],
            resolved_at=row["resolved_at"],
            message=row["message"],
            status_code=row["status_code"],
            total_us=row["total_us"],
        )
        for row in rows
    ]


async def alerts(
    session: Session, monitor_id: int, limit: int, within: Window = EVER
) -> list[PastAlert]:
    """The latest ones, newest first."""
    place = {"monitor_id": monitor_id, **asdict(within)}
    rows = await session.all(SQL["alerts"], {**place, "limit": limit})
    return [
        PastAlert(
            id=row["id"],
            incident_id=row["incident_id"],
            kind=ChannelKind(row["kind"]),
            channel_name=row["channel_name"],
            at=row["at"],
            ok=bool(row["ok"]),
            answer=row["answer"],
        )
        for row in rows
    ]


async def means(session: Session, monitor_id: int, now: Instant) -> Means:
    """Over 24 hours, 30 days and 365 days; only the first is read from raw results."""
    place = {"monitor_id": monitor_id}
    today = now // DAY
    return Means(
        await session.value(SQL["mean_recent"], {**place, "since": now - DAY}),
        await session.value(SQL["mean_days"], {**place, "first": today - 29}),
        await session.value(SQL["mean_days"], {**place, "first": today - 364}),
    )
