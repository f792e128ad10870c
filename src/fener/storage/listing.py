"""Lists of monitors with what is known of them: searched, filtered, sorted and paged in the store.

The ids of a page are selected first, its rows joined late. Nothing here reads raw check results.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from fener.domain.failure import Facts
from fener.domain.health import Health, MonitorState, Runs, Snapshots
from fener.domain.kinds import Kind
from fener.domain.shown import LATE_AFTER, LONGEST_WAIT, Shown
from fener.domain.time import Instant, Span
from fener.storage.database import Row, Session, in_list
from fener.storage.facts import read_facts
from fener.storage.queries import statements

SQL = statements("listing")
_STATE: msgspec.json.Decoder[MonitorState] = msgspec.json.Decoder(MonitorState)


class Order(StrEnum):
    """By what a list can be sorted; ids settle what is equal."""

    TROUBLE = "trouble"
    ID = "id"
    NAME = "name"
    CREATED = "created"
    UPDATED = "updated"
    CHECKED = "checked"
    RAN = "ran"
    """By the last report of a heartbeat's job."""
    UPTIME = "uptime"
    RESPONSE = "response"
    CHECKS = "checks"
    CHANGES = "changes"
    CHANGED = "changed"
    """By the last change of what is watched for changes."""


class TimeRange(Struct, frozen=True, kw_only=True):
    """A bound on one of the times of a monitor: its end belongs to it."""

    order: Order
    start: Instant | None = None
    end: Instant | None = None


class Filter(Struct, frozen=True, kw_only=True):
    """Which monitors; what is None or empty filters nothing."""

    customer_ids: frozenset[int] | None = None
    """The reach of whoever asks."""
    customer_id: int | None = None
    search: str = ""
    """A part of the name or the target."""
    search_in: tuple[str, ...] = ("name", "target")
    shown: frozenset[Shown] | None = None
    kinds: frozenset[Kind] | None = None
    types: frozenset[str] | None = None
    """What the organization API calls a monitor: `combined`, `http_status` or `heartbeat`."""
    paused: bool | None = None
    location_id: int | None = None
    times: tuple[TimeRange, ...] = ()
    ids: tuple[int, ...] | None = None


class Sorting(Struct, frozen=True):
    order: Order = Order.TROUBLE
    descending: bool = False


class Line(Struct, frozen=True, kw_only=True):
    """One monitor of a list."""

    id: int
    public_id: UUID
    organization_id: int
    kind: Kind
    name: str
    target: str
    owner_id: int
    customer_id: int
    customer_public_id: str
    customer_name: str
    interval: Span
    timeout: Span
    created_at: Instant
    updated_at: Instant
    paused_at: Instant | None
    shown: Shown
    health: Health
    since: Instant
    runs: Runs
    type: str
    last_checked_at: Instant | None
    last_outcome: str | None
    last_reason: str | None
    last_message: str | None
    last_facts: Facts
    last_total_us: int | None
    checks_total: int
    checks_failed: int
    checks_unknown: int
    checks_timed: int
    """Good ones that took a time; `total_us_sum` is theirs."""
    total_us_sum: int
    open_incident_id: int | None
    changes_total: int
    """How often records were seen to change, where changes are noticed."""
    last_changed_at: Instant | None
    snapshots: Snapshots | None

    @property
    def checks_good(self) -> int:
        return self.checks_total - self.checks_failed - self.checks_unknown

    @property
    def good_share(self) -> float:
        """Good checks among all that said something; 1 before the first one."""
        told = self.checks_total - self.checks_unknown
        return self.checks_good / told if told else 1.0

    @property
    def mean_total_us(self) -> float:
        return self.total_us_sum / self.checks_timed if self.checks_timed else 0.0


async def page(
    session: Session,
    organization_id: int,
    wanted: Filter,
    sorting: Sorting,
    now: Instant,
    *,
    limit: int,
    offset: int = 0,
) -> list[Line]:
    conditions, parameters = _conditions(wanted)
    sql = f"SELECT m.id {SQL['places']}{conditions} ORDER BY {_order(sorting)}"
    rows = await session.all(
        f"{sql} LIMIT :limit OFFSET :offset",
        {**parameters, **_times(organization_id, now), "limit": limit, "offset": offset},
    )
    ids = [row["id"] for row in rows]
    known = await lines(session, ids, now)
    return [known[one] for one in ids]


async def total(session: Session, organization_id: int, wanted: Filter, now: Instant) -> int:
    conditions, parameters = _conditions(wanted)
    sql = f"SELECT count(*) {SQL['places']}{conditions}"
    return int(await session.value(sql, {**parameters, **_times(organization_id, now)}))


async def counts(
    session: Session, organization_id: int, wanted: Filter, now: Instant
) -> dict[Shown, int]:
    """How many monitors are shown as what; every word is there."""
    conditions, parameters = _conditions(wanted)
    sql = (
        f"SELECT {SQL['shown']} AS shown, count(*) AS number {SQL['places']}{conditions} GROUP BY 1"
    )
    rows = await session.all(sql, {**parameters, **_times(organization_id, now)})
    found = {row["shown"]: row["number"] for row in rows}
    return {shown: found.get(shown, 0) for shown in Shown}


async def late(session: Session, now: Instant) -> int:
    """How many probed monitors are shown as late, in all organizations."""
    sql = SQL["late"].replace("{shown}", SQL["shown"])
    return int(await session.value(sql, _times(0, now)))


async def lines(session: Session, ids: list[int], now: Instant) -> dict[int, Line]:
    """These monitors, in whatever organization."""
    listed, parameters = in_list("id", ids)
    sql = SQL["lines"].replace("{shown}", SQL["shown"]).replace("{type}", SQL["type"])
    rows = await session.all(f"{sql} {listed}", {**parameters, **_times(0, now)})
    return {row["id"]: _line(row) for row in rows}


def _times(organization_id: int, now: Instant) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "now": now,
        "longest_wait": LONGEST_WAIT,
        "late_after": LATE_AFTER,
    }


_COLUMNS = {
    Order.ID: "m.id",
    Order.NAME: "m.name COLLATE NOCASE",
    Order.CREATED: "m.created_at",
    Order.UPDATED: "m.updated_at",
    Order.CHECKED: "coalesce(s.last_checked_at, 0)",
    Order.RAN: "coalesce(json_extract(s.state, '$.runs.last_ping_at'), 0)",
    Order.UPTIME: "1.0 - 1.0 * s.checks_failed / max(1, s.checks_total)",
    Order.RESPONSE: "1.0 * s.total_us_sum / max(1, s.checks_timed)",
    Order.CHECKS: "s.checks_total",
    Order.CHANGES: "s.changes_total",
    Order.CHANGED: "coalesce(s.last_changed_at, 0)",
}


def _order(sorting: Sorting) -> str:
    direction = "DESC" if sorting.descending else "ASC"
    if sorting.order is Order.TROUBLE:
        ranks = " ".join(f"WHEN '{shown}' THEN {rank}" for rank, shown in enumerate(Shown))
        trouble = f"CASE {SQL['shown']} {ranks} END"
        return f"{trouble} {direction}, m.name COLLATE NOCASE, m.id"
    return f"{_COLUMNS[sorting.order]} {direction}, m.id {direction}"


class _Conditions:
    """Gathers conditions and their parameters."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.parameters: dict[str, Any] = {}

    def add(self, text: str, **parameters: Any) -> None:
        self.texts.append(f" AND {text}")
        self.parameters |= parameters

    def among(self, name: str, expression: str, values: Collection[Any] | None) -> None:
        if values is not None:
            listed, parameters = in_list(name, sorted(values))
            self.add(f"{expression} IN {listed}", **parameters)


def _conditions(wanted: Filter) -> tuple[str, dict[str, Any]]:
    made = _Conditions()
    made.among("reach", "m.customer_id", wanted.customer_ids)
    made.among("kind", "m.kind", wanted.kinds)
    made.among("type", SQL["type"], wanted.types)
    made.among("shown", SQL["shown"], wanted.shown)
    made.among("id", "m.id", wanted.ids)
    if wanted.customer_id is not None:
        made.add("m.customer_id = :customer_id", customer_id=wanted.customer_id)
    if wanted.paused is not None:
        made.add(f"m.paused_at IS {'NOT ' if wanted.paused else ''}NULL")
    if wanted.location_id is not None:
        made.add(SQL["at_location"], location_id=wanted.location_id)
    if wanted.search:
        likes = (f"m.{column} LIKE :search ESCAPE '\\'" for column in wanted.search_in)
        made.add(f"({' OR '.join(likes)})", search=_pattern(wanted.search))
    for bound in wanted.times:
        _add_bounds(made, bound)
    return "".join(made.texts), made.parameters


def _add_bounds(made: _Conditions, bound: TimeRange) -> None:
    column = _COLUMNS[bound.order]
    if bound.start is not None:
        made.add(f"{column} >= :{bound.order}_start", **{f"{bound.order}_start": bound.start})
    if bound.end is not None:
        made.add(f"{column} <= :{bound.order}_end", **{f"{bound.order}_end": bound.end})


def _pattern(search: str) -> str:
    escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _line(row: Row) -> Line:
    names = (
        "id organization_id name target owner_id customer_id customer_public_id customer_name"
        " created_at updated_at paused_at last_checked_at last_outcome last_reason"
        " last_message last_total_us type checks_total checks_failed checks_timed total_us_sum"
        " open_incident_id changes_total last_changed_at"
    )
    state = _STATE.decode(row["state"])
    return Line(
        # of what was never anything but unknown its state tells no time
        since=row["since"] or row["created_at"],
        **{name: row[name] for name in names.split()},
        public_id=UUID(row["public_id"]),
        kind=Kind(row["kind"]),
        interval=row["interval_ms"],
        timeout=row["timeout_ms"],
        shown=Shown(row["shown"]),
        health=Health(row["health"]),
        last_facts=read_facts(row["last_facts"]),
        runs=state.runs,
        snapshots=state.snapshots,
        checks_unknown=row["checks_unknown"],
    )
