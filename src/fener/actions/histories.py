"""What people read of one monitor's past: its incidents, who was told of them, how fast it was."""

from uuid import UUID

from msgspec import Struct

from fener.actions import monitors
from fener.actions.checks import MOST_CHECKS, SeenCheck, Uptime, uptime
from fener.actions.context import Context
from fener.actions.latency import step_of
from fener.domain.availability import Past
from fener.domain.people import Identity
from fener.domain.time import DAY, Instant, Span
from fener.storage import checks as seen
from fener.storage import histories as stored
from fener.storage.checks import SeriesPoint
from fener.storage.database import Session
from fener.storage.histories import Means, PastAlert, PastIncident, Window

__all__ = ["Means", "PastAlert", "PastIncident", "Window"]

LONGEST_SERIES: Span = 31 * DAY
LATEST = 100
LOGGED = 50
"""So many of the checks of a time are told whole."""


class Performance(Struct, frozen=True):
    uptime: Uptime
    means: Means


class Details(Struct, frozen=True):
    """All that happened to one monitor within a time."""

    latest: SeenCheck | None
    """The last check ever."""
    performance: Performance
    """Up to now."""
    uptime: float | None
    """Within the time; None where nothing was observed."""
    points: tuple[SeriesPoint, ...]
    step: Span
    """How long a point lasts; 0 where each is one check."""
    log: tuple[SeenCheck, ...]
    """Its latest checks, newest first."""
    incidents: tuple[PastIncident, ...]
    alerts: tuple[PastAlert, ...]


async def incidents_of(
    context: Context, who: Identity, identifier: int | UUID
) -> tuple[list[PastIncident], int]:
    """The latest hundred, newest first, and how many there are in all."""
    monitor = await monitors.get(context, who, identifier)
    async with context.database.read() as session:
        found = await stored.incidents(session, monitor.id, LATEST)
        return found, await stored.incidents_total(session, monitor.id)


async def alerts_of(
    context: Context, who: Identity, identifier: int | UUID
) -> tuple[list[PastAlert], int]:
    """The latest hundred attempts, newest first, and how many there are in all."""
    monitor = await monitors.get(context, who, identifier)
    async with context.database.read() as session:
        found = await stored.alerts(session, monitor.id, LATEST)
        return found, await stored.alerts_total(session, monitor.id)


async def performance(context: Context, who: Identity, identifier: int | UUID) -> Performance:
    """Uptimes and mean response times over the usual spans."""
    monitor = await monitors.get(context, who, identifier)
    now = context.clock.now()
    async with context.database.read() as session:
        past = await seen.pasts(session, [monitor.id], now - 365 * DAY)
        return await _performance(session, past[monitor.id], monitor.id, now)


async def details(
    context: Context, who: Identity, identifier: int | UUID, within: Window, *, raw: bool = False
) -> Details:
    """All that happened within a time, `raw` with a point for each of its latest thousand checks.

    Times beyond 31 days are told by day.
    """
    monitor = await monitors.get(context, who, identifier)
    now = context.clock.now()
    step = 0 if raw else _step(within)
    async with context.database.read() as session:
        first = min(now - 365 * DAY, within.since)
        past = (await seen.pasts(session, [monitor.id], first))[monitor.id]
        log = await _log(session, monitor.id, within, MOST_CHECKS if raw else LOGGED)
        latest = await seen.history(session, monitor.id, limit=1)
        return Details(
            latest=latest[0] if latest else None,
            performance=await _performance(session, past, monitor.id, now),
            uptime=past.over(within.since, min(within.until, now)).ratio,
            points=await _points(session, monitor.id, within, step, log),
            step=step,
            log=tuple(log[:LOGGED]),
            incidents=tuple(await stored.incidents(session, monitor.id, LATEST, within)),
            alerts=tuple(await stored.alerts(session, monitor.id, LATEST, within)),
        )


async def _performance(session: Session, past: Past, monitor_id: int, now: Instant) -> Performance:
    return Performance(uptime(past, now), await stored.means(session, monitor_id, now))


def _step(within: Window) -> Span:
    span = within.until - within.since
    return DAY if span > LONGEST_SERIES else step_of(span)


async def _log(session: Session, monitor_id: int, within: Window, limit: int) -> list[SeenCheck]:
    found = await seen.history(session, monitor_id, limit=limit, before=(within.until + 1, 0))
    return [one for one in found if one.at >= within.since]


async def _points(
    session: Session, monitor_id: int, within: Window, step: Span, log: list[SeenCheck]
) -> tuple[SeriesPoint, ...]:
    if not step:
        return tuple(map(_point, reversed(log)))
    if step < DAY:
        return tuple(await seen.series(session, monitor_id, within.since, within.until, step))
    days = await seen.days(session, monitor_id, within.since // DAY, within.until // DAY)
    return tuple(_day(one) for _, one in sorted(days.items()))


def _point(check: SeenCheck) -> SeriesPoint:
    times, failed = check.timings, int(check.outcome == "failure")
    if times is None:
        return SeriesPoint(check.at, 1, failed, *(None,) * 7)
    phases = (times.dns, times.connect, times.tls, times.first_byte, times.transfer)
    return SeriesPoint(check.at, 1, failed, times.total, times.total, *phases)


def _day(day: seen.Day) -> SeriesPoint:
    return SeriesPoint(day.day * DAY, day.checks, day.failed, day.mean_total_us, *(None,) * 6)
