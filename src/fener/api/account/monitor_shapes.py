"""How the account API shows an uptime monitor, and the form that writes one."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from fener.actions import monitors
from fener.actions.checks import Line
from fener.actions.context import Context
from fener.actions.monitors import Change
from fener.api.account.monitor_kinds import (
    KINDS,
    WEBSITE,
    hosted,
    kind_of_type,
    port_of,
    target_of,
    type_of,
)
from fener.api.account.watched import NO_PROJECT, is_ok, percentages, time_or_none
from fener.api.spans import seconds, span_of
from fener.domain.credentials import BasicCredentials, Credentials
from fener.domain.errors import Invalid, NotFound
from fener.domain.kinds import Kind, ProbeSettings
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor as Stored
from fener.domain.people import Identity, Permission
from fener.domain.shown import Shown
from fener.domain.time import Span, plain_text


class Header(Struct):
    name: str
    value: str


class Settings(Struct):
    """`request_basic_auth_password` is never shown. `response_status_code` is the first of several;
    `response_status_codes` is all of them. A good check that takes longer than `slow_after_ms` is a
    performance problem; with `upside_down` it is good when the check fails.
    """

    check_interval_seconds: int | float
    timeout_seconds: int | float
    request_method: str
    request_body: str
    request_basic_auth_username: str
    request_basic_auth_password: str
    request_headers: list[Header]
    response_status_code: int
    response_status_codes: str
    response_body: str
    response_headers: list[Header]
    slow_after_ms: int | None
    upside_down: bool


class Notifications(Struct):
    """The notification handlers that are told."""

    is_ok: tuple[int, ...]


class Monitor(Struct):
    """`is_ok` is 0 while down; `status` also tells flapping, degraded, unknown, late and paused.

    The target is the address of a website, else a host; what is asked of websites is as usual for
    the others.
    """

    id: int
    project_id: int
    name: str
    type: str
    target: str
    port: int
    settings: Settings
    ping_servers_ids: tuple[int, ...]
    is_ok: int
    status: Shown
    uptime: float
    downtime: float
    average_response_time: float
    total_checks: int
    total_ok_checks: int
    total_not_ok_checks: int
    last_check_datetime: str | None
    notifications: Notifications
    is_enabled: bool
    datetime: str
    last_datetime: str | None


class MonitorForm(Struct, kw_only=True):
    """What can be written. In an update what is left out stays as it was."""

    name: str | UnsetType = UNSET
    target: str | UnsetType = UNSET
    port: str | int | UnsetType | None = UNSET
    type: str | UnsetType = UNSET
    project_id: int | UnsetType | None = UNSET
    ping_servers_ids: list[int] | UnsetType = UNSET
    check_interval_seconds: float | UnsetType = UNSET
    timeout_seconds: float | UnsetType = UNSET
    request_method: str | UnsetType = UNSET
    request_body: str | UnsetType | None = UNSET
    request_basic_auth_username: str | UnsetType | None = UNSET
    request_basic_auth_password: str | UnsetType | None = UNSET
    request_header_name: list[str] | UnsetType = UNSET
    request_header_value: list[str] | UnsetType = UNSET
    response_status_code: int | str | UnsetType = UNSET
    response_body: str | UnsetType | None = UNSET
    response_header_name: list[str] | UnsetType = UNSET
    response_header_value: list[str] | UnsetType = UNSET
    slow_after_ms: int | UnsetType | None = UNSET
    upside_down: bool | UnsetType = UNSET
    is_ok_notifications: list[int] | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET

    @property
    def places(self) -> tuple[int, ...] | None:
        return tuple(self.ping_servers_ids) if self.ping_servers_ids else None

    @property
    def told(self) -> tuple[int, ...] | None:
        """None chooses every handler."""
        chosen = self.is_ok_notifications
        return None if chosen is UNSET else tuple(chosen)

    @property
    def spans(self) -> dict[str, Span]:
        """Interval and timeout, those that were given."""
        spans = {}
        if self.check_interval_seconds is not UNSET:
            spans["interval"] = span_of(self.check_interval_seconds, "check_interval_seconds")
        if self.timeout_seconds is not UNSET:
            spans["timeout"] = span_of(self.timeout_seconds, "timeout_seconds")
        return spans

    def laid_over(self, change: Change) -> Change:
        """The change with what stands outside of the request's settings."""
        named = {} if self.name is UNSET else {"name": self.name}
        placed = {} if self.places is None else {"location_ids": self.places}
        told = {} if self.told is None else {"channel_ids": self.told}
        return replace(change, **named, **placed, **told, **self.spans)


async def uptime_monitor(
    context: Context, who: Identity, number: int, permission: Permission = Permission.READ
) -> Stored:
    """Raises NotFound for heartbeats and DNS monitors: they are other resources here."""
    monitor = await monitors.get(context, who, number, permission)
    if monitor.kind not in KINDS:
        raise NotFound("There is no such monitor.")
    return monitor


def merged(form: MonitorForm, before: Stored | None) -> tuple[ProbeSettings, Credentials | None]:
    """The form laid over what was stored. Raises Invalid."""
    kind = _kind(form, before)
    if kind is Kind.HTTP:
        settings, credentials = _merged_website(form, before)
        return _merged_ways(form, settings), credentials
    known = before.settings if before else None
    assert not isinstance(known, HeartbeatSettings)  # noqa: S101 - those are no uptime monitors
    return _merged_ways(form, hosted(kind, known, form.target, form.port)), None


def _merged_ways(form: MonitorForm, settings: ProbeSettings) -> ProbeSettings:
    """What all types share."""
    given: dict[str, Any] = {"slow_after": form.slow_after_ms, "upside_down": form.upside_down}
    return replace(settings, **{name: one for name, one in given.items() if one is not UNSET})


def _kind(form: MonitorForm, before: Stored | None) -> Kind:
    if before is None:
        return kind_of_type(WEBSITE if form.type is UNSET else form.type)
    if form.type is not UNSET and kind_of_type(form.type) is not before.kind:
        raise Invalid("a monitor keeps its type: create another one", "type")
    return before.kind


def _merged_website(
    form: MonitorForm, before: Stored | None
) -> tuple[HttpSettings, Credentials | None]:
    known = before.settings if before else None
    settings = known if isinstance(known, HttpSettings) else HttpSettings(url="")
    given: dict[str, Any] = {
        "url": form.target,
        "method": form.request_method,
        "body": form.request_body,
        "keyword": form.response_body,
        "headers": _pairs(form.request_header_name, form.request_header_value, "request_header"),
        "expected_headers": _pairs(
            form.response_header_name, form.response_header_value, "response_header"
        ),
        "expected_status": _status(form, settings, is_new=before is None),
    }
    told = {name: value for name, value in given.items() if value is not UNSET}
    return replace(settings, **told), _credentials(form, before.credentials if before else None)


def _pairs(
    names: list[str] | UnsetType, values: list[str] | UnsetType, what: str
) -> tuple[tuple[str, str], ...] | UnsetType:
    if names is UNSET and values is UNSET:
        return UNSET
    first, second = names or [], values or []
    if len(first) != len(second):
        raise Invalid(f"{what}_name and {what}_value must have as many entries", f"{what}_value")
    return tuple(zip(first, second, strict=True))


def _status(form: MonitorForm, before: HttpSettings, *, is_new: bool) -> str | UnsetType:
    """Sending back the one code that is shown of several changes nothing."""
    given = form.response_status_code
    if given is UNSET or (not is_new and str(given) == str(first_status(before))):
        return UNSET
    return str(given)


def first_status(settings: HttpSettings) -> int:
    return int(settings.expected_status[:3])


def _credentials(form: MonitorForm, before: Credentials | None) -> Credentials | None:
    """An empty password keeps the one of the same user: it is never shown, so it cannot be sent."""
    if form.request_basic_auth_username is UNSET and form.request_basic_auth_password is UNSET:
        return before
    known = before if isinstance(before, BasicCredentials) else BasicCredentials("", "")
    given = form.request_basic_auth_username
    username = known.username if given is UNSET else given or ""
    if not username and not form.request_basic_auth_password:
        return None if known.username else before
    same = username == known.username
    password = form.request_basic_auth_password or (known.password if same else "")
    return BasicCredentials(username, password)


def shown(line: Line, monitor: Stored, told: tuple[int, ...]) -> Monitor:
    asked = monitor.settings
    if isinstance(asked, HeartbeatSettings):
        raise TypeError("a heartbeat is shown as a heartbeat")
    up, down = percentages(line)
    return Monitor(
        id=line.id,
        project_id=NO_PROJECT,
        name=line.name,
        type=type_of(asked),
        target=target_of(asked),
        port=port_of(asked),
        settings=_settings(monitor),
        ping_servers_ids=monitor.location_ids,
        is_ok=is_ok(line),
        status=line.shown,
        uptime=up,
        downtime=down,
        average_response_time=round(line.mean_total_us / 1_000, 3),
        total_checks=line.checks_good + line.checks_failed,
        total_ok_checks=line.checks_good,
        total_not_ok_checks=line.checks_failed,
        last_check_datetime=time_or_none(line.last_checked_at),
        notifications=Notifications(told),
        is_enabled=line.paused_at is None,
        datetime=plain_text(line.created_at),
        last_datetime=plain_text(line.updated_at) if line.updated_at > line.created_at else None,
    )


def _settings(monitor: Stored) -> Settings:
    settings = monitor.settings
    asked = settings if isinstance(settings, HttpSettings) else HttpSettings(url="")
    shared = asked if isinstance(settings, HeartbeatSettings) else settings
    basic = monitor.credentials if isinstance(monitor.credentials, BasicCredentials) else None
    return Settings(
        check_interval_seconds=seconds(monitor.interval),
        timeout_seconds=seconds(monitor.timeout),
        request_method=asked.method,
        request_body=asked.body or "",
        request_basic_auth_username=basic.username if basic else "",
        request_basic_auth_password="",
        request_headers=[Header(*one) for one in asked.headers],
        response_status_code=first_status(asked),
        response_status_codes=asked.expected_status,
        response_body=asked.keyword or "",
        response_headers=[Header(*one) for one in asked.expected_headers],
        slow_after_ms=shared.slow_after,
        upside_down=shared.upside_down,
    )


EXAMPLE: dict[str, Any] = {
    "id": 1,
    "project_id": 0,
    "name": "Example",
    "type": "website",
    "target": "https://example.com/",
    "port": 0,
    "settings": {
        "check_interval_seconds": 60,
        "timeout_seconds": 10,
        "request_method": "GET",
        "request_body": "",
        "request_basic_auth_username": "",
        "request_basic_auth_password": "",
        "request_headers": [],
        "response_status_code": 200,
        "response_status_codes": "200-299",
        "response_body": "",
        "response_headers": [],
        "slow_after_ms": None,
        "upside_down": False,
    },
    "ping_servers_ids": [1],
    "is_ok": 1,
    "status": "up",
    "uptime": 90.0,
    "downtime": 10.0,
    "average_response_time": 48.125,
    "total_checks": 500,
    "total_ok_checks": 450,
    "total_not_ok_checks": 50,
    "last_check_datetime": "2026-03-25 08:27:07",
    "notifications": {"is_ok": [1]},
    "is_enabled": True,
    "datetime": "2026-03-24 10:00:00",
    "last_datetime": None,
}
