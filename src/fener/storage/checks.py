"""What was seen of monitors: histories, days, outages, response times."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from fener.domain.availability import Past, Period, Turn, deaf_time, unknown_periods
from fener.domain.check import Certificate, Evidence, Purpose, Timings
from fener.domain.failure import Facts
from fener.domain.health import Health
from fener.domain.heartbeat import DeafPeriod
from fener.domain.monitor import Kind
from fener.domain.time import DAY, Instant, Span
from fener.storage.database import Row, Session, in_list
from fener.storage.facts import read_facts
from fener.storage.ids import LARGEST_ID
from fener.storage.queries import statements
from fener.storage.scheduling import deaf_periods

SQL = statements("checks")


class Day(Struct, frozen=True):
    """One day of one monitor, in UTC; `day` counts from the epoch."""

    day: int
    checks: int
    failed: int
    unknown: int
    total_us_sum: int


class SeenCheck(Struct, frozen=True, kw_only=True):
    """One recorded check, as a history shows it."""

    id: int
    at: Instant
    finished_at: Instant
    purpose: Purpose
    outcome: str
    """`success`, `failure` or `unknown`."""
    reason: str | None
    message: str | None
    facts: Facts
    status_code: int | None
    timings: Timings | None
    evidence: Evidence | None
    location_id: int
    location_code: str
    location_name: str


class SeriesPoint(Struct, frozen=True):
    """Some checks of one monitor put together: means in microseconds."""

    at: Instant
    checks: int
    failed: int
    total_us: float | None
    most_us: int | None
    dns_us: float | None
    connect_us: float | None
    tls_us: float | None
    first_byte_us: float | None
    transfer_us: float | None


async def days(
    session: Session, ids: Sequence[int], first: int, last: int
) -> dict[tuple[int, int], Day]:
    """By monitor and day; days without a check are not there."""
    listed, parameters = in_list("id", ids)
    given = {**parameters, "first": first, "last": last}
    rows = await session.all(f"{SQL['days']} {listed}", given)
    return {
        (row["monitor_id"], row["day"]): Day(
            row["day"], row["checks"], row["failed"], row["unknown"], row["total_us_sum"]
        )
        for row in rows
    }


async def pasts(session: Session, ids: Sequence[int], since: Instant) -> dict[int, Past]:
    """What happened to each of these monitors since an instant."""
    listed, parameters = in_list("id", ids)
    kinds = await session.all(f"{SQL['kinds']} {listed}", parameters)
    outages = _grouped(
        await session.all(f"{SQL['outages']} {listed}", {**parameters, "since": since})
    )
    turns = _grouped(await session.all(f"{SQL['unknown_turns']} {listed} ORDER BY id", parameters))
    deaf = await deaf_periods(session, since)
    return {
        row["id"]: _past(Kind(row["kind"]), outages[row["id"]], turns[row["id"]], deaf)
        for row in kinds
    }


def _grouped(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["monitor_id"]].append(row)
    return found


def _past(
    kind: Kind, outages: Sequence[Row], turns: Sequence[Row], deaf: Sequence[DeafPeriod]
) -> Past:
    down = [Period(row["start_at"], row["end_at"]) for row in outages]
    known = [Turn(row["at"], row["after"] != Health.UNKNOWN) for row in turns]
    return Past(down, [*unknown_periods(known, down), *deaf_time(kind, deaf)])


async def history(
    session: Session,
    monitor_id: int,
    *,
    limit: int,
    before: tuple[Instant, int] | None = None,
    only_bad: bool = False,
) -> list[SeenCheck]:
    """Newest first; `before` is the time and id of the last check seen."""
    before_at, before_id = before or (LARGEST_ID, 0)
    place = {"monitor_id": monitor_id, "before_at": before_at, "before_id": before_id}
    rows = await session.all(SQL["history"], {**place, "limit": limit, "only_bad": only_bad})
    return [_seen(row) for row in rows]


async def series(
    session: Session, monitor_id: int, since: Instant, until: Instant, step: Span
) -> list[SeriesPoint]:
    """Oldest first; steps without a check are not there."""
    given = {"monitor_id": monitor_id, "since": since, "until": until, "step": step}
    rows = await session.all(SQL["series"], given)
    return [SeriesPoint(**dict(row)) for row in rows]


async def certificate(session: Session, monitor_id: int) -> Certificate | None:
    """The certificate that was presented last."""
    facts = await session.value(SQL["certificate"], {"monitor_id": monitor_id})
    return None if facts is None else msgspec.json.decode(facts, type=Certificate)


def day_of(instant: Instant) -> int:
    return instant // DAY


def _seen(row: Row) -> SeenCheck:
    timings = None
    if row["total_us"] is not None:
        phases = ("dns", "connect", "tls", "first_byte", "transfer")
        timings = Timings(row["total_us"], *(row[f"{phase}_us"] for phase in phases))
    evidence = row["evidence"]
    return SeenCheck(
        id=row["id"],
        at=row["at"],
        finished_at=row["finished_at"],
        purpose=Purpose(row["purpose"]),
        outcome=row["outcome"],
        reason=row["reason"],
        message=row["message"],
        facts=read_facts(row["facts"]),
        status_code=row["status_code"],
        timings=timings,
        evidence=None if evidence is None else msgspec.json.decode(evidence, type=Evidence),
        location_id=row["location_id"],
        location_code=row["location_code"] or "",
        location_name=row["location_name"] or "",
    )
