"""How the account API shows a heartbeat, and the form that writes one.

Its intervals are a number and a unit. Schedules that it cannot say, cron and OnCalendar, are shown
in fields of our own.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from fener.actions import heartbeats
from fener.actions.checks import Line
from fener.actions.monitors import Change
from fener.api.account.monitor_shapes import Notifications
from fener.api.account.watched import NO_PROJECT, is_ok, percentages, time_or_none
from fener.domain.errors import Invalid
from fener.domain.kinds.heartbeat import (
    CalendarSchedule,
    CronSchedule,
    EveryInterval,
    HeartbeatSettings,
    Schedule,
)
from fener.domain.monitor import Monitor as Stored
from fener.domain.shown import Shown
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Span, plain_text

UNITS: dict[str, Span] = {"seconds": SECOND, "minutes": MINUTE, "hours": HOUR, "days": DAY}
DEFAULT = HeartbeatSettings(EveryInterval(DAY))
_MOST = 10**9


class Settings(Struct):
    """`schedule` is `interval`, `cron` or `oncalendar`; the last two have an expression."""

    run_interval: int
    run_interval_type: str
    run_interval_grace: int
    run_interval_grace_type: str
    schedule: str
    expression: str | None
    timezone: str | None


class Heartbeat(Struct):
    """`is_ok` is 0 while down; `status` also tells unknown, late and paused. `code`, a secret, is
    empty for who may only read.
    """

    id: int
    project_id: int
    name: str
    code: str
    settings: Settings
    is_ok: int
    status: Shown
    uptime: float
    downtime: float
    total_runs: int
    total_missed_runs: int
    last_run_datetime: str | None
    notifications: Notifications
    is_enabled: bool
    datetime: str
    last_datetime: str | None


class HeartbeatForm(Struct, kw_only=True):
    """What can be written. By default a run is expected each day, with five minutes of grace."""

    name: str | UnsetType = UNSET
    project_id: int | UnsetType | None = UNSET
    run_interval: int | UnsetType = UNSET
    run_interval_type: str | UnsetType = UNSET
    run_interval_grace: int | UnsetType = UNSET
    run_interval_grace_type: str | UnsetType = UNSET
    is_ok_notifications: list[int] | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET

    @property
    def told(self) -> tuple[int, ...] | None:
        """None chooses every handler."""
        chosen = self.is_ok_notifications
        return None if chosen is UNSET else tuple(chosen)

    def laid_over(self, change: Change) -> Change:
        named = {} if self.name is UNSET else {"name": self.name}
        told = {} if self.told is None else {"channel_ids": self.told}
        return replace(change, **named, **told)


def merged(form: HeartbeatForm, before: Stored | None) -> HeartbeatSettings:
    """The form laid over what was stored. Raises Invalid."""
    known = before.settings if before else DEFAULT
    settings = known if isinstance(known, HeartbeatSettings) else DEFAULT
    shown_interval = before.interval if before else DAY
    wanted = _span(form.run_interval, form.run_interval_type, shown_interval, "run_interval")
    if wanted != shown_interval:
        settings = replace(settings, schedule=EveryInterval(wanted))
    grace = _span(
        form.run_interval_grace, form.run_interval_grace_type, settings.grace, "run_interval_grace"
    )
    return replace(settings, grace=grace)


def _span(number: int | UnsetType, unit: str | UnsetType, before: Span, field: str) -> Span:
    """A number without a unit, or a unit without a number, goes with the other one as shown."""
    if number is UNSET and unit is UNSET:
        return before
    shown_number, shown_unit = in_units(before)
    chosen = shown_unit if unit is UNSET else unit
    if chosen not in UNITS:
        raise Invalid(f"{field}_type must be one of {', '.join(UNITS)}", f"{field}_type")
    count = shown_number if number is UNSET else number
    if not 0 <= count <= _MOST:
        raise Invalid(f"{field} is no number of {chosen} that can be kept", field)
    return count * UNITS[chosen]


def in_units(span: Span) -> tuple[int, str]:
    """The largest unit in which it is a whole number: 90 seconds stay seconds."""
    if span == 0:
        return 0, "seconds"
    name = next(
        name for name, unit in reversed(UNITS.items()) if span % unit == 0 or unit == SECOND
    )
    return span // UNITS[name], name


def shown(line: Line, monitor: Stored, told: tuple[int, ...], *, with_code: bool) -> Heartbeat:
    up, down = percentages(line)
    changed = line.updated_at > line.created_at
    return Heartbeat(
        id=line.id,
        project_id=NO_PROJECT,
        name=line.name,
        code=heartbeats.code_of(monitor) if with_code else "",
        settings=_settings(monitor),
        is_ok=is_ok(line),
        status=line.shown,
        uptime=up,
        downtime=down,
        total_runs=line.checks_good,
        total_missed_runs=line.checks_failed,
        last_run_datetime=time_or_none(line.runs.last_ping_at),
        notifications=Notifications(told),
        is_enabled=line.paused_at is None,
        datetime=plain_text(line.created_at),
        last_datetime=plain_text(line.updated_at) if changed else None,
    )


def _settings(monitor: Stored) -> Settings:
    asked = monitor.settings
    if not isinstance(asked, HeartbeatSettings):
        raise TypeError("only a heartbeat is shown as one")
    interval, unit = in_units(monitor.interval)
    grace, grace_unit = in_units(asked.grace)
    kind, expression, zone = _words(asked.schedule)
    return Settings(interval, unit, grace, grace_unit, kind, expression, zone)


def _words(schedule: Schedule) -> tuple[str, str | None, str | None]:
    match schedule:
        case EveryInterval():
            return "interval", None, None
        case CronSchedule(expression, zone):
            return "cron", expression, zone
        case CalendarSchedule(expression, zone):
            return "oncalendar", expression, zone


EXAMPLE: dict[str, Any] = {
    "id": 13,
    "project_id": 0,
    "name": "Nightly backup",
    "code": "7c9e66797425440de944be07fc1f9a30",
    "settings": {
        "run_interval": 1,
        "run_interval_type": "days",
        "run_interval_grace": 30,
        "run_interval_grace_type": "minutes",
        "schedule": "interval",
        "expression": None,
        "timezone": None,
    },
    "is_ok": 1,
    "status": "up",
    "uptime": 98.0,
    "downtime": 2.0,
    "total_runs": 49,
    "total_missed_runs": 1,
    "last_run_datetime": "2026-03-25 02:00:11",
    "notifications": {"is_ok": [1]},
    "is_enabled": True,
    "datetime": "2026-02-04 10:00:00",
    "last_datetime": None,
}
