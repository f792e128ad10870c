"""What was seen of monitors: histories, days, outages, response times."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from fener.domain.agreement import LastSeen
from fener.domain.availability import (
    Past,
    Stretches,
    Turn,
    deaf_time,
    down_periods,
    unknown_periods,
)
from fener.domain.check import Certificate, Evidence, Purpose, Timings
from fener.domain.failure import Facts
from fener.domain.kinds import Kind
from fener.domain.time import DAY, Instant, Span
from fener.storage.database import Row, Session, as_json, in_list
from fener.storage.facts import read_facts
from fener.storage.good_answers import latest
from fener.storage.ids import LARGEST_ID
from fener.storage.queries import statements
from fener.storage.scheduling import deaf_periods

SQL = statements("checks")
_TURNS: msgspec.json.Decoder[list[Turn]] = msgspec.json.Decoder(list[Turn])
_DAYS: msgspec.json.Decoder[tuple[int, ...]] = msgspec.json.Decoder(tuple[int, ...])

_TIMES: msgspec.json.Decoder[tuple[int | None, ...]] = msgspec.json.Decoder(tuple[int | None, ...])


class Day(Struct, frozen=True):
    """One day of one monitor, in UTC; `day` counts from the epoch."""

    day: int
    checks: int
    failed: int
    unknown: int
    timed: int
    """Good ones that took a time, as all but some of heartbeats do; `total_us_sum` is theirs."""
    total_us_sum: int

    @property
    def mean_total_us(self) -> float | None:
        return self.total_us_sum / self.timed if self.timed else None


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
    """Some checks of one monitor put together: means in microseconds.

    From raw results without `p95_us`; from roll-ups without phases, and of the good checks alone.
    """

    at: Instant
    checks: int
    failed: int
    total_us: float | None
    most_us: int | None
    dns_us: float | None = None
    connect_us: float | None = None
    tls_us: float | None = None
    first_byte_us: float | None = None
    transfer_us: float | None = None
    p95_us: int | None = None
    """Within which 95 % of the good checks were done."""


async def days(session: Session, monitor_id: int, first: int, last: int) -> dict[int, Day]:
    """By day; days without a check are not there."""
    given = {"monitor_id": monitor_id, "first": first, "last": last}
    found: dict[int, Day] = {}
    for columns in await session.all(SQL["days"], given):
        day = Day(*columns)
        known = found.get(day.day)
        found[day.day] = _together(known, day) if known else day
    return found


def _together(filed: Day, unfiled: Day) -> Day:
    return Day(
        filed.day,
        filed.checks + unfiled.checks,
        filed.failed + unfiled.failed,
        filed.unknown + unfiled.unknown,
        filed.timed + unfiled.timed,
        filed.total_us_sum + unfiled.total_us_sum,
    )


async def days_that_tell(
    session: Session, ids: Sequence[int], first: int, last: int
) -> dict[int, tuple[int, ...]]:
    """On which days a check said something of each monitor; one without such a day is missing.

    Most have the same days, and then it is the same sequence.
    """
    given = {"ids": as_json(ids), "first": first, "last": last}
    # First what is not filed: what is filed meanwhile is found twice and not missed.
    unfiled = await session.all(SQL["unfiled_days_that_tell"], given)
    rows = await session.all(SQL["days_that_tell"], given)
    read = {told: _DAYS.decode(told) for told in {told for _, told in rows}}
    found = {monitor_id: read[told] for monitor_id, told in rows}
    for monitor_id, day in unfiled:
        filed = found.get(monitor_id, ())
        if day not in filed:
            found[monitor_id] = (*filed, day)
    return found


async def pasts(session: Session, ids: Sequence[int], since: Instant) -> dict[int, Past]:
    """What happened to each of these monitors: to be measured from `since` on, not before."""
    rows = await session.all(SQL["turns"], {"ids": as_json(ids), "since": since})
    known = await deaf_periods(session, since)
    deaf = {kind: Stretches.of(deaf_time(kind, known)) for kind in Kind}
    return {
        monitor_id: _past(_TURNS.decode(turns), deaf[kind], since)
        for monitor_id, kind, turns in rows
    }


def _past(turns: Sequence[Turn], deaf: Stretches, since: Instant) -> Past:
    unknown = [one for one in unknown_periods(turns) if one.end is None or one.end > since]
    return Past(down_periods(turns), deaf.and_also(unknown))


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


async def one_check(
    session: Session, monitor_id: int, at: Instant, number: int
) -> SeenCheck | None:
    """The check of this time and id; None where it was never, or is kept no longer."""
    found = await history(session, monitor_id, limit=1, before=(at, number + 1))
    return found[0] if found and (found[0].at, found[0].id) == (at, number) else None


async def good_answer(session: Session, monitor_id: int, location_id: int) -> SeenCheck | None:
    """The latest success that is kept with its evidence, if possible from this location."""
    found = await latest(session, monitor_id, location_id, LARGEST_ID)
    return None if found is None else await one_check(session, monitor_id, *found)


async def last_seen(session: Session, monitor_id: int, since: Instant) -> dict[int, LastSeen]:
    """By location; those without a check since then are not there."""
    rows = await session.all(SQL["last_seen"], {"monitor_id": monitor_id, "since": since})
    return {row["location_id"]: LastSeen(row["good_at"], row["failed_at"]) for row in rows}


async def series(
    session: Session, monitor_id: int, since: Instant, until: Instant, step: Span
) -> list[SeriesPoint]:
    """Oldest first; steps without a check are not there."""
    given = {"monitor_id": monitor_id, "since": since, "until": until, "step": step}
    rows = await session.all(SQL["series"], given)
    return [SeriesPoint(**dict(row)) for row in rows]


async def sparklines(
    session: Session, ids: Sequence[int], since: Instant, until: Instant, step: Span
) -> dict[int, tuple[int | None, ...]]:
    """The mean times of each step, oldest first; None for a step without a good check."""
    listed, parameters = in_list("id", ids)
    given = {**parameters, "since": since, "until": until, "step": step}
    rows = await session.all(SQL["sparklines"].replace("{ids}", listed), given)
    return {row["monitor_id"]: _TIMES.decode(row["times"]) for row in rows}


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
