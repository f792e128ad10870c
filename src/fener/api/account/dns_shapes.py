"""How the account API shows a DNS monitor, and the form that writes one.

The last answer stands in `dns`, by type, in rows as PHP's `dns_get_record` makes them. It is kept
where changes are noticed, as they are here if nothing else is said.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from fener.actions import monitors
from fener.actions.checks import Line
from fener.actions.context import Context
from fener.api.account.watched import NO_PROJECT, time_or_none
from fener.api.spans import seconds, span_of
from fener.domain.errors import Invalid, NotFound
from fener.domain.kinds.dns import DnsSettings, RecordType
from fener.domain.monitor import Monitor as Stored
from fener.domain.people import Identity, Permission
from fener.domain.shown import Shown
from fener.domain.time import MINUTE, Span, plain_text

DEFAULT_INTERVAL: Span = 5 * MINUTE
_TARGET = ("target",)
_ROWS = {
    RecordType.A: ("ip",),
    RecordType.AAAA: ("ipv6",),
    RecordType.CAA: ("flags", "tag", "value"),
    RecordType.CNAME: _TARGET,
    RecordType.MX: ("pri", "target"),
    RecordType.NS: _TARGET,
    RecordType.PTR: _TARGET,
    RecordType.SOA: ("mname", "rname", "serial", "refresh", "retry", "expire", "minimum-ttl"),
    RecordType.SRV: ("pri", "weight", "port", "target"),
    RecordType.TXT: ("txt",),
}
"""What PHP calls the parts of a record."""


class DnsMonitorSettings(Struct):
    dns_check_interval_seconds: int | float
    timeout_seconds: int | float
    record_types: tuple[RecordType, ...]
    resolver: str | None
    notice_changes: bool


class DnsMonitor(Struct):
    """`status` is how it is: up, down, flapping, degraded, unknown, late or paused."""

    id: int
    project_id: int
    name: str
    target: str
    dns: dict[str, list[dict[str, str | int]]]
    settings: DnsMonitorSettings
    ping_servers_ids: tuple[int, ...]
    status: Shown
    notifications: tuple[int, ...]
    total_checks: int
    total_changes: int
    last_check_datetime: str | None
    next_check_datetime: str | None
    last_change_datetime: str | None
    is_enabled: bool
    datetime: str
    last_datetime: str | None


class DnsMonitorForm(Struct, kw_only=True):
    """What can be written. In an update what is left out stays as it was.

    Each of `record_types` must have an answer; without them it is A. `resolver` is the address of a
    name server; empty for our own.
    """

    name: str | UnsetType = UNSET
    target: str | UnsetType = UNSET
    project_id: int | UnsetType | None = UNSET
    ping_servers_ids: list[int] | UnsetType = UNSET
    dns_check_interval_seconds: float | UnsetType = UNSET
    timeout_seconds: float | UnsetType = UNSET
    record_types: list[RecordType] | UnsetType = UNSET
    resolver: str | UnsetType | None = UNSET
    notice_changes: bool | UnsetType = UNSET
    notifications: list[int] | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET

    @property
    def around(self) -> dict[str, Any]:
        """What was given of all but the settings, as a new monitor or a change has it."""
        given: dict[str, Any] = {}
        if self.name is not UNSET:
            given["name"] = self.name
        if self.ping_servers_ids:
            given["location_ids"] = tuple(self.ping_servers_ids)
        if self.notifications is not UNSET:
            given["channel_ids"] = tuple(self.notifications)
        for name, field in (
            ("interval", "dns_check_interval_seconds"),
            ("timeout", "timeout_seconds"),
        ):
            if (span := getattr(self, field)) is not UNSET:
                given[name] = span_of(span, field)
        return given


async def dns_monitor(
    context: Context, who: Identity, number: int, permission: Permission = Permission.READ
) -> DnsSettings:
    """What it asks for. Raises NotFound for monitors of every other kind."""
    monitor = await monitors.get(context, who, number, permission)
    if not isinstance(monitor.settings, DnsSettings):
        raise NotFound("There is no such monitor.")
    return monitor.settings


def merged(form: DnsMonitorForm, before: DnsSettings | None) -> DnsSettings:
    """The form laid over what was stored. Raises Invalid."""
    settings = before or DnsSettings(host="", notice_changes=True)
    if form.record_types is not UNSET and not form.record_types:
        raise Invalid("record_types must name at least one type", "record_types")
    given = {
        "host": form.target,
        "record_types": form.record_types and tuple(form.record_types),
        "resolver": form.resolver,
        "notice_changes": form.notice_changes,
    }
    return replace(settings, **{one: value for one, value in given.items() if value is not UNSET})


def shown(line: Line, monitor: Stored, told: tuple[int, ...]) -> DnsMonitor:
    asked = monitor.settings
    if not isinstance(asked, DnsSettings):
        raise TypeError("only a monitor of DNS records is shown as one")
    is_enabled, last = line.paused_at is None, line.last_checked_at
    return DnsMonitor(
        id=line.id,
        project_id=NO_PROJECT,
        name=line.name,
        target=asked.host,
        dns=_rows(asked.host, line),
        settings=DnsMonitorSettings(
            dns_check_interval_seconds=seconds(line.interval),
            timeout_seconds=seconds(monitor.timeout),
            record_types=asked.record_types,
            resolver=asked.resolver,
            notice_changes=asked.notice_changes,
        ),
        ping_servers_ids=monitor.location_ids,
        status=line.shown,
        notifications=told,
        total_checks=line.checks_good + line.checks_failed,
        total_changes=line.changes_total,
        last_check_datetime=time_or_none(last),
        next_check_datetime=time_or_none(last + line.interval if is_enabled and last else None),
        last_change_datetime=time_or_none(line.last_changed_at),
        is_enabled=is_enabled,
        datetime=plain_text(line.created_at),
        last_datetime=plain_text(line.updated_at) if line.updated_at > line.created_at else None,
    )


def _rows(host: str, line: Line) -> dict[str, list[dict[str, str | int]]]:
    """The last answer of the location with the lowest number."""
    answers = line.snapshots.answers if line.snapshots else {}
    found: dict[str, list[dict[str, str | int]]] = {}
    for record in answers[min(answers)].latest if answers else ():
        kind, _, text = record.partition(" ")
        names = _ROWS.get(kind)  # type: ignore[call-overload] # a type is its text
        if names is not None:  # else it tells how many more there are
            found.setdefault(kind, []).append(_row(host, names, text))
    return found


def _row(host: str, names: tuple[str, ...], text: str) -> dict[str, str | int]:
    told = zip(names, text.split(" ", len(names) - 1), strict=False)
    return {"host": host} | {one: _value(part) for one, part in told}


def _value(part: str) -> str | int:
    return int(part) if part.isdecimal() else part.strip('"')


EXAMPLE: dict[str, Any] = {
    "id": 5,
    "project_id": 0,
    "name": "Example",
    "target": "example.com",
    "dns": {"A": [{"host": "example.com", "ip": "192.0.2.1"}]},
    "settings": {
        "dns_check_interval_seconds": 300,
        "timeout_seconds": 10,
        "record_types": ["A"],
        "resolver": None,
        "notice_changes": True,
    },
    "ping_servers_ids": [1],
    "status": "up",
    "notifications": [1],
    "total_checks": 500,
    "total_changes": 1,
    "last_check_datetime": "2026-03-25 08:27:07",
    "next_check_datetime": "2026-03-25 08:32:07",
    "last_change_datetime": "2026-03-24 17:02:21",
    "is_enabled": True,
    "datetime": "2026-03-24 10:00:00",
    "last_datetime": None,
}
