"""How fast the targets of monitors answer: series for charts, and percentiles."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from fener.actions import monitors
from fener.actions.context import Context
from fener.actions.rights import require
from fener.domain.errors import Invalid
from fener.domain.people import Identity, Permission
from fener.domain.rollup import Hour, Percentiles, percentiles
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, Span
from fener.storage import checks, latencies
from fener.storage.checks import SeriesPoint
from fener.storage.listing import Line

__all__ = ["Latency", "Percentiles", "SeriesPoint"]

MOST_POINTS = 400
LONGEST_RAW: Span = DAY
"""Longer spans are read from the roll-ups of hours, which know no phases."""
LONGEST: Span = 365 * DAY
_STEPS: tuple[Span, ...] = (
    *(SECOND * count for count in (1, 5, 10, 30)),
    *(MINUTE * count for count in (1, 2, 5, 10, 15, 30)),
    *(HOUR * count for count in (1, 2, 3, 4, 6, 8, 12, 24)),
)


class Latency(Struct, frozen=True):
    points: Sequence[SeriesPoint]
    """A few hundred at most, oldest first."""
    percentiles: Percentiles | None
    """Of the good checks of the whole span; None where there were none."""


async def response_times(
    context: Context, who: Identity, identifier: int | UUID, span: Span
) -> list[SeriesPoint]:
    """Of the last hours, a day at most, with phases and from raw results."""
    _require(span, LONGEST_RAW)
    monitor = await monitors.get(context, who, identifier)
    now = context.clock.now()
    async with context.database.read() as session:
        return await checks.series(session, monitor.id, now - span, now, step_of(span))


async def sparklines(
    context: Context, who: Identity, lines: Sequence[Line], span: Span
) -> dict[int, tuple[int | None, ...]]:
    """Those of the monitors of a page, by id: the mean of each step in microseconds, oldest first;
    None for a step without a good check. A day at most.
    """
    _require(span, LONGEST_RAW)
    for one in lines:
        require(who, Permission.READ, one.organization_id, one.customer_id)
    now = context.clock.now()
    async with context.database.read() as session:
        ids = [one.id for one in lines]
        return await checks.sparklines(session, ids, now - span, now, step_of(span))


async def latency(context: Context, who: Identity, identifier: int | UUID, span: Span) -> Latency:
    """For a chart and the words beside it: `span` is a minute to a year, up to now."""
    _require(span, LONGEST)
    if span <= LONGEST_RAW:
        points = await response_times(context, who, identifier, span)
        return Latency(points, await percentiles_of(context, who, identifier, span))
    parts = await _read(context, who, identifier, span)
    return Latency([_point(part) for part in parts], percentiles(parts))


async def percentiles_of(
    context: Context, who: Identity, identifier: int | UUID, span: Span
) -> Percentiles | None:
    """Those of `latency` alone."""
    _require(span, LONGEST)
    return percentiles(await _read(context, who, identifier, span))


def step_of(span: Span, least: Span = SECOND) -> Span:
    """How long one point of a series lasts; `least` is a second, a minute or an hour."""
    return next(step for step in _STEPS if step >= least and span // step <= MOST_POINTS)


def _require(span: Span, longest: Span) -> None:
    if not MINUTE <= span <= longest:
        days = longest // DAY
        raise Invalid(f"Response times are told of spans from a minute to {days} days.", "span")


async def _read(context: Context, who: Identity, identifier: int | UUID, span: Span) -> list[Hour]:
    monitor = await monitors.get(context, who, identifier)
    now = context.clock.now()
    each = step_of(span, HOUR) // HOUR
    async with context.database.read() as session:
        return await latencies.steps(session, monitor.id, _begin(now, span), now, each)


def _begin(now: Instant, span: Span) -> Instant:
    """Long spans begin with a whole hour: raw results of its part may be kept no longer."""
    begin = now - span
    return begin if span <= LONGEST_RAW else begin - begin % HOUR


def _point(part: Hour) -> SeriesPoint:
    told = percentiles([part])
    return SeriesPoint(
        at=part.hour * HOUR,
        checks=part.checks,
        failed=part.failed,
        total_us=part.mean_us,
        most_us=part.most_us,
        p95_us=told.p95 if told else None,
    )
