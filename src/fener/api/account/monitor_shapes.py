"""How the account API shows an uptime monitor."""

from typing import Any

from msgspec import Struct

from fener.actions.checks import Line
from fener.api.account.monitor_kinds import port_of, target_of, type_of
from fener.api.account.watched import NO_PROJECT, is_ok, percentages, time_or_none
from fener.api.spans import seconds
from fener.domain.credentials import BasicCredentials
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor as Stored
from fener.domain.shown import Shown
from fener.domain.time import plain_text


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


def first_status(settings: HttpSettings) -> int:
    return int(settings.expected_status[:3])


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
