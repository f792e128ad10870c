"""Incidents as rows: read with the names that lists show, in windows of any depth."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from fener.domain.failure import Facts, FailureReason
from fener.domain.incident import IncidentStatus, Resolution
from fener.domain.kinds import Kind
from fener.domain.listing import Filters, Window
from fener.domain.place import Place
from fener.domain.problem import Cause, Problem, Severity
from fener.domain.time import Instant
from fener.storage.database import Row, Session, in_list
from fener.storage.facts import read_facts
from fener.storage.queries import statements
from fener.storage.tables import INCIDENTS

SQL = statements("incidents")
_CHANNEL_IDS: msgspec.json.Decoder[tuple[int, ...]] = msgspec.json.Decoder(tuple[int, ...])
_DIALECT = sqlite.dialect(paramstyle="named")


class Incident(Struct, frozen=True, array_like=True):
    """An incident, with what lists show of its monitor and customer.

    Fields stand in the order of the statement `columns`.
    """

    id: int
    public_id: str
    organization_id: int
    customer_id: int
    monitor_id: int
    problem: Problem
    cause: Cause
    status: IncidentStatus
    start_at: Instant
    start_check_id: int
    opened_at: Instant
    opening_check_id: int
    end_at: Instant | None
    end_check_id: int
    """0 while open, and where no check ended it."""
    resolved_at: Instant | None
    resolution: Resolution | None
    acknowledged_at: Instant | None
    acknowledged_by: int | None
    last_failed_at: Instant | None
    failed_checks: int
    reason: FailureReason
    message: str | None
    told_facts: str
    """JSON of `facts`: most lists do not show them."""
    status_code: int | None
    total_us: int | None
    last_notified_at: Instant | None
    told_channels: str
    """JSON of `channel_ids`: most lists do not show them."""
    comment: str | None
    postmortem: str | None
    monitor_public_id: str
    owner_id: int
    kind: Kind
    monitor_name: str
    target: str
    """Empty for a heartbeat: its ping address is a secret."""
    paused_at: Instant | None
    deleted_at: Instant | None
    customer_name: str
    customer_email: str

    @property
    def place(self) -> Place:
        return Place(self.organization_id, self.customer_id, UUID(self.monitor_public_id))

    @property
    def channel_ids(self) -> tuple[int, ...]:
        """The channels chosen when it opened."""
        return _CHANNEL_IDS.decode(self.told_channels)

    @property
    def facts(self) -> Facts:
        """What stands beside the reason."""
        return read_facts(self.told_facts)

    @property
    def is_watched(self) -> bool:
        return self.paused_at is None and self.deleted_at is None

    @property
    def is_open(self) -> bool:
        return self.status is IncidentStatus.OPEN


class Reach(Struct, frozen=True):
    """Whose incidents: an organization's, all or of some of its customers."""

    organization_id: int
    customer_ids: frozenset[int] | None = None


class Only(Struct, frozen=True):
    """What Fener's own pages and commands narrow a list to."""

    status: IncidentStatus | None = None
    monitor_id: int | None = None
    id: int | None = None

    @property
    def narrows(self) -> bool:
        return self != Only()


async def newest(session: Session, reach: Reach, window: Window) -> list[Incident]:
    """A window of all that is within reach, newest first: ids first, rows joined late."""
    ids, parameters = SQL["newest"], _window(window)
    if reach.customer_ids is not None:
        listed, customers = in_list("customer", sorted(reach.customer_ids))
        way = "deep" if window.offset > _DEEP else "near"
        ids = f"{SQL[f'{way}_customers']} {listed} {SQL[f'{way}_window']}"
        parameters |= customers
    sql = (
        f"{SQL['columns']} FROM ({ids}) AS page JOIN incidents i ON i.id = page.id"
        f" {SQL['joined']} ORDER BY i.id DESC"
    )
    return _read(await session.all(sql, {"organization_id": reach.organization_id, **parameters}))


async def filtered(
    session: Session, reach: Reach, filters: Filters, only: Only, window: Window
) -> list[Incident]:
    """A window of what the filters leave, in the order that they name."""
    chosen = select(INCIDENTS.c.id).where(*_conditions(reach, filters, only))
    ids = _compiled(
        chosen.order_by(*_order(filters, only)).limit(window.limit).offset(window.offset)
    )
    found = [row["id"] for row in await session.all(*ids)]
    by_id = await by_ids(session, found)
    return [by_id[one] for one in found if one in by_id]


async def count(session: Session, reach: Reach, filters: Filters, only: Only) -> int:
    """How many the filters leave."""
    counted = select(func.count()).select_from(INCIDENTS)
    chosen = counted.where(*_conditions(reach, filters, only))
    return int(await session.value(*_compiled(chosen)))


async def total(session: Session, reach: Reach) -> int:
    """How many are within reach: exact, and not counted."""
    sql, parameters = SQL["total"], {"organization_id": reach.organization_id}
    if reach.customer_ids is not None:
        listed, customers = in_list("customer", sorted(reach.customer_ids))
        sql, parameters = f"{sql} AND id IN {listed}", parameters | customers
    return int(await session.value(sql, parameters))


async def by_ids(session: Session, ids: Sequence[int]) -> dict[int, Incident]:
    listed, parameters = in_list("id", ids)
    found = _read(await session.all(f"{_SINGLE} WHERE i.id IN {listed}", parameters))
    return {one.id: one for one in found}


async def by_key(session: Session, key: int | UUID) -> Incident | None:
    """The incident of a number or a public id."""
    column, value = ("public_id", str(key)) if isinstance(key, UUID) else ("id", key)
    found = _read(await session.all(f"{_SINGLE} WHERE i.{column} = :key", {"key": value}))
    return found[0] if found else None


_DEEP = 20_000
"""Measured with 200 of 500 customers and a million incidents: there both ways cost the same."""

_SINGLE = f"{SQL['columns']} FROM incidents i {SQL['joined']}"


def _read(rows: list[Row]) -> list[Incident]:
    """Whole rows at once: asking each for thirty columns by name took most of a list's time."""
    return msgspec.convert([tuple(row) for row in rows], list[Incident])


def _window(window: Window) -> dict[str, Any]:
    return {"limit": window.limit, "offset": window.offset}


SEARCHABLE = {"comment": INCIDENTS.c.comment}
DATED = {
    "start_datetime": INCIDENTS.c.start_at,
    "end_datetime": INCIDENTS.c.end_at,
    "last_failed_check_datetime": INCIDENTS.c.last_failed_at,
}
ORDERED = {"incident_id": INCIDENTS.c.id, **DATED, "failed_checks": INCIDENTS.c.failed_checks}
"""By the names that the account API has for them."""


def _unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same value, by which SQLite finds and sorts nothing: a plus before a column says so.

    The open incidents have a partial index of their own, always the shortest way to them; left to
    itself SQLite walks the whole history of the organization instead.
    """
    return UnaryExpression(column, operator=_PLUS)


_PLUS = custom_op[Any]("+")


def _conditions(reach: Reach, filters: Filters, only: Only) -> list[ColumnElement[bool]]:
    organization: ColumnElement[Any] = INCIDENTS.c.organization_id
    customer: ColumnElement[Any] = INCIDENTS.c.customer_id
    if only.status is IncidentStatus.OPEN:
        organization, customer = _unindexed(organization), _unindexed(customer)
    made = [organization == reach.organization_id]
    if reach.customer_ids is not None:
        made.append(customer.in_(sorted(reach.customer_ids)))
    if filters.search is not None:
        column = SEARCHABLE[filters.search_by or "comment"]
        made.append(column.icontains(filters.search, autoescape=True))
    dated = DATED[filters.datetime_field or "start_datetime"]
    if filters.since is not None:
        made.append(dated >= filters.since)
    if filters.until is not None:
        made.append(dated <= filters.until)
    if only.status is not None:
        made.append(INCIDENTS.c.status == literal_column(f"'{only.status.value}'"))
    if only.monitor_id is not None:
        made.append(INCIDENTS.c.monitor_id == only.monitor_id)
    if only.id is not None:
        made.append(INCIDENTS.c.id == only.id)
    return made


def _order(filters: Filters, only: Only) -> list[ColumnElement[Any]]:
    """The id settles what would else be alike, so that no page repeats a row.

    Of what is open now, warnings come last.
    """
    named: ColumnElement[Any] = ORDERED[filters.order_by or "incident_id"]
    columns = [named, INCIDENTS.c.id]
    if only.status is IncidentStatus.OPEN and filters.order_by is None:
        columns.insert(0, INCIDENTS.c.cause.not_in(_WARNINGS))
    if only.status is IncidentStatus.OPEN:
        columns = [_unindexed(column) for column in columns]
    return [column.asc() if filters.ascending else column.desc() for column in columns]


_WARNINGS = [cause for cause in Cause if cause.level is Severity.WARNING]


def _compiled(statement: Select[Any]) -> tuple[str, dict[str, Any]]:
    made = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return str(made), dict(made.params)
