"""What monitors and heartbeats of the account API have in common: their lists and numbers."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from msgspec import UNSET, UnsetType

from fener.actions import channels, checks, monitors
from fener.actions.checks import Filter, Line, Order, Page, Sorting, TimeRange
from fener.api.account.asking import AccountAsking
from fener.api.account.pages import Filterable, PageAsked, read_filters, read_page
from fener.api.asking import whole_number
from fener.api.described import Parameter
from fener.domain.health import Health
from fener.domain.kinds import Kind
from fener.domain.listing import Filters
from fener.domain.monitor import Monitor
from fener.domain.people import Identity
from fener.domain.time import Instant, plain_text

T = TypeVar("T")
NO_PROJECT = 0
ENABLED = Parameter(name="is_enabled", type="boolean", description="Only those that are watched.")
PROJECT = Parameter(
    name="project_id", type="integer", description="Fener has no projects yet: 0 is all."
)
_TRUE, _FALSE = {"1", "true"}, {"0", "false"}


class Columns:
    """Which of Fener's orders stands behind each field of a list."""

    def __init__(self, own: str, fields: dict[str, Order], search_by: tuple[str, ...]) -> None:
        self.fields = {own: Order.ID, **fields}
        self.filterable = Filterable(
            search_by, tuple(name for name in fields if name.endswith("datetime")), (*self.fields,)
        )

    def sorting(self, filters: Filters) -> Sorting:
        """Newest first where nothing else is asked for."""
        order = self.fields.get(filters.order_by or "", Order.ID)
        return Sorting(order, descending=not filters.ascending)

    def wanted(self, filters: Filters, kinds: frozenset[Kind], **more: Any) -> Filter:
        by = filters.search_by or self.filterable.search_by[0]
        bound = self.fields[filters.datetime_field or self.filterable.datetime_field[0]]
        return Filter(
            search=filters.search or "",
            search_in=(by,),
            kinds=kinds,
            times=(TimeRange(order=bound, start=filters.since, end=filters.until),),
            **more,
        )


class ListAsked:
    """One request for a list: its page, its filters and what its links repeat."""

    def __init__(
        self, request: AccountAsking, path: str, columns: Columns, own: tuple[str, ...]
    ) -> None:
        self.request = request
        self.filters, active = read_filters(request, columns.filterable)
        given = {name: request.parameter(name) for name in ("is_enabled", "project_id", *own)}
        self.own = {name: text for name, text in given.items() if text is not None}
        self.page: PageAsked = read_page(request, path, {**active, **self.own})
        self._columns = columns

    async def found(
        self, who: Identity, kinds: frozenset[Kind], location_id: int | None = None
    ) -> Page:
        """What is asked for; filters that make no sense are ignored."""
        enabled = enabled_of(self.own.get("is_enabled"))
        project = whole_number(self.own.get("project_id", "")) or NO_PROJECT
        return await checks.overview(
            self.request.world,
            who,
            self._columns.wanted(
                self.filters,
                frozenset() if project != NO_PROJECT else kinds,
                paused=None if enabled is None else not enabled,
                location_id=location_id,
            ),
            self._columns.sorting(self.filters),
            limit=self.page.window.limit,
            offset=self.page.window.offset,
        )


async def each(
    request: AccountAsking,
    who: Identity,
    lines: Sequence[Line],
    shown: Callable[[Line, Monitor, tuple[int, ...]], T],
) -> list[T]:
    """Every line as it is shown, given its monitor and the channels that are told."""
    known = await monitors.get_many(request.world, who, [line.id for line in lines])
    told = await channels.told_of(request.world, who, list(known.values()))
    return [shown(line, known[line.id], told[line.id]) for line in lines]


def enabled_of(text: str | None) -> bool | None:
    """A filter by `is_enabled`; None where it filters nothing."""
    given = (text or "").lower()
    return given in _TRUE if given in _TRUE | _FALSE else None


def is_ok(line: Line) -> int:
    """0 while down. `status` beside it says more: unknown and late are not down, but not up."""
    return 0 if line.health is Health.DOWN else 1


def percentages(line: Line) -> tuple[float, float]:
    """Uptime and downtime, which add up to 100."""
    up = round(100 * line.good_share, 4)
    return up, round(100 - up, 4)


def time_or_none(instant: Instant | None) -> str | None:
    return None if instant is None else plain_text(instant)


def paused_by(is_enabled: bool | UnsetType | None) -> bool | UnsetType:  # noqa: FBT001 - a field
    return UNSET if is_enabled is UNSET or is_enabled is None else not is_enabled
