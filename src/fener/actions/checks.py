"""What people see of monitors: lists with their state, uptimes, bars, histories."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from fener.actions import monitors
from fener.actions.context import Context
from fener.actions.rights import require
from fener.domain.agreement import Agreement, View, agreement
from fener.domain.availability import Past
from fener.domain.check import Certificate
from fener.domain.errors import NotFound
from fener.domain.kinds import Kind
from fener.domain.people import Identity, Permission
from fener.domain.problem import Problem
from fener.domain.shown import Shown
from fener.domain.time import DAY, Instant, Span
from fener.storage import checks, listing
from fener.storage.checks import SeenCheck
from fener.storage.listing import Filter, Line, Order, Sorting, TimeRange
from fener.storage.monitors import locations
from fener.storage.watching import state_of

__all__ = ["Filter", "Line", "Order", "SeenCheck", "Shown", "Sorting", "TimeRange"]

SPANS: dict[str, Span] = {
    "day": DAY,
    "week": 7 * DAY,
    "month": 30 * DAY,
    "quarter": 90 * DAY,
    "year": 365 * DAY,
}
"""The times over which uptime is told: 24 hours, 7, 30, 90 and 365 days."""
BAR_DAYS = 90
MOST_LINES = 1_000
MOST_CHECKS = 1_000
_FARTHEST = 2**31


class Uptime(Struct, frozen=True):
    """Shares from 0 to 1; None where nothing was observed."""

    day: float | None
    week: float | None
    month: float | None
    quarter: float | None
    year: float | None


class Bar(Struct, frozen=True):
    """One day, in UTC. Without a check and without an outage nothing is known of it."""

    day: int
    """Days since the epoch."""
    checks: int
    """Those that said something: one that failed by a fault of ours is none."""
    failed: int
    down: Span


class Summary(Struct, frozen=True):
    """What the page of a monitor shows beside its line."""

    uptime: Uptime
    bars: tuple[Bar, ...]
    """The last 90 days, today last."""


class Glance(Struct, frozen=True):
    """What a list shows beside the line of a monitor."""

    quarter: float | None
    """The uptime of 90 days, as in `Uptime`."""
    shares: Sequence[float | None]
    """The part of each of those days without an outage, today last; None for a day of which
    nothing is known."""


class Page(Struct, frozen=True):
    """Some lines of a list, and how many the whole list has."""

    lines: tuple[Line, ...]
    total: int


async def overview(
    context: Context,
    who: Identity,
    wanted: Filter | None = None,
    sorting: Sorting | None = None,
    *,
    limit: int = 50,
    offset: int = 0,
) -> Page:
    """Monitors that the caller may see, worst first where nothing else is asked for."""
    reach = _within_reach(who, wanted or Filter())
    size = max(1, min(limit, MOST_LINES))
    now = context.clock.now()
    organization_id = who.organization_id
    async with context.database.read() as session:
        lines = await listing.page(
            session,
            organization_id,
            reach,
            sorting or Sorting(),
            now,
            limit=size,
            offset=max(0, min(offset, _FARTHEST)),
        )
        return Page(tuple(lines), await listing.total(session, organization_id, reach, now))


async def counts(context: Context, who: Identity, wanted: Filter | None = None) -> dict[Shown, int]:
    """How many of the caller's monitors are down, late, unknown, up and paused."""
    reach = _within_reach(who, wanted or Filter())
    async with context.database.read() as session:
        return await listing.counts(session, who.organization_id, reach, context.clock.now())


async def line(context: Context, who: Identity, identifier: int | UUID) -> Line:
    """One monitor with what is known of it."""
    monitor = await monitors.get(context, who, identifier)
    async with context.database.read() as session:
        return (await listing.lines(session, [monitor.id], context.clock.now()))[monitor.id]


async def summary(context: Context, who: Identity, line: Line) -> Summary:
    """Uptimes and bars of one monitor."""
    require(who, Permission.READ, line.organization_id, line.customer_id)
    now = context.clock.now()
    today = checks.day_of(now)
    window = range(today - BAR_DAYS + 1, today + 1)
    async with context.database.read() as session:
        pasts = await checks.pasts(session, [line.id], now - SPANS["year"])
        days = await checks.days(session, line.id, window[0], today)
    past = pasts[line.id]
    down = past.down_by_day(window[0] * DAY, now)
    bars = (_bar(day, days.get(day), down.get(day, 0)) for day in window)
    return Summary(uptime(past, now), tuple(bars))


async def glances(context: Context, who: Identity, lines: Sequence[Line]) -> dict[int, Glance]:
    """The last 90 days of the monitors of a page, by id."""
    for one in lines:
        require(who, Permission.READ, one.organization_id, one.customer_id)
    ids = [one.id for one in lines]
    now = context.clock.now()
    today = checks.day_of(now)
    first = today - BAR_DAYS + 1
    async with context.database.read() as session:
        pasts = await checks.pasts(session, ids, now - SPANS["quarter"])
        days = await checks.days_that_tell(session, ids, first, today)
    undisturbed = {told: _undisturbed(told, first) for told in {(), *days.values()}}
    return {
        one: _glance(past, undisturbed[days.get(one, ())], first, now)
        for one, past in pasts.items()
    }


async def history(
    context: Context,
    who: Identity,
    identifier: int | UUID,
    *,
    limit: int = 50,
    before: tuple[Instant, int] | None = None,
    only_bad: bool = False,
) -> list[SeenCheck]:
    """Recorded checks with their evidence, newest first; `before` continues after a check."""
    monitor = await monitors.get(context, who, identifier)
    async with context.database.read() as session:
        return await checks.history(
            session,
            monitor.id,
            limit=max(1, min(limit, MOST_CHECKS)),
            before=before,
            only_bad=only_bad,
        )


class Compared(Struct, frozen=True):
    """A check, and the latest success whose evidence is kept; None where there is no other."""

    check: SeenCheck
    good: SeenCheck | None


async def compared(
    context: Context, who: Identity, identifier: int | UUID, at: Instant, number: int
) -> Compared:
    """One check by its time and id. Raises NotFound where it is not kept any more."""
    monitor = await monitors.get(context, who, identifier)
    async with context.database.read() as session:
        check = await checks.one_check(session, monitor.id, at, number)
        if check is None:
            raise NotFound("This check is not kept.")
        good = await checks.good_answer(session, monitor.id, check.location_id)
        return Compared(check, good if good and good.id != check.id else None)


class Location(Struct, frozen=True):
    """What a location that a monitor is watched from sees."""

    id: int
    code: str
    name: str
    view: View


class Seen(Struct, frozen=True):
    """What all of them see, and how many must agree before the monitor is down."""

    locations: tuple[Location, ...]
    agreement: Agreement


async def seen(context: Context, who: Identity, identifier: int | UUID) -> Seen:
    """What each location of a monitor sees of its availability; a heartbeat has none."""
    monitor = await monitors.get(context, who, identifier)
    if monitor.kind is Kind.HEARTBEAT:
        return Seen((), Agreement((), 1))
    since = context.clock.now() - max(DAY, 2 * monitor.interval)
    async with context.database.read() as session:
        state = await state_of(session, monitor.id)
        last = await checks.last_seen(session, monitor.id, since)
        known = {one.id: one for one in await locations(session)}
    agreed = agreement(state.of(Problem.AVAILABILITY), monitor.policy, monitor.location_ids, last)
    return Seen(
        tuple(
            Location(view.location_id, place.code, place.name, view)
            for view in agreed.views
            if (place := known.get(view.location_id))
        ),
        agreed,
    )


async def certificate(
    context: Context, who: Identity, identifier: int | UUID
) -> Certificate | None:
    """The certificate that was presented last; None where there was none yet."""
    monitor = await monitors.get(context, who, identifier)
    async with context.database.read() as session:
        return await checks.certificate(session, monitor.id)


def uptime(past: Past, now: Instant) -> Uptime:
    """Over each span, as far as it was observed."""
    return Uptime(**{name: past.over(now - span, now).ratio for name, span in SPANS.items()})


def day_share(down: Span) -> float:
    """The part of a day that was no outage."""
    return max(0.0, 1 - down / DAY)


def _undisturbed(told: Sequence[int], first: int) -> list[float | None]:
    """The shares of days without an outage, of which these told something."""
    known = set(told)
    return [1.0 if day in known else None for day in range(first, first + BAR_DAYS)]


def _glance(past: Past, undisturbed: Sequence[float | None], first: int, now: Instant) -> Glance:
    shares = list(undisturbed)
    for day, down in past.down_by_day(first * DAY, now).items():
        shares[day - first] = day_share(down)
    return Glance(past.over(now - SPANS["quarter"], now).ratio, shares)


def _bar(day: int, counted: checks.Day | None, down: Span) -> Bar:
    told = counted.checks - counted.unknown if counted else 0
    return Bar(day, told, counted.failed if counted else 0, down)


def _within_reach(who: Identity, wanted: Filter) -> Filter:
    require(who, Permission.READ)
    return replace(wanted, customer_ids=who.customer_ids)
