"""How the organization API shows a website. Every monitor is one here, heartbeats too."""

from typing import Any

from msgspec import Struct

from fener.actions import heartbeats
from fener.actions.checks import Line, Location, Seen
from fener.api.organization.kind_shapes import dns_config_of, settings_of
from fener.api.organization.times import time_or_none
from fener.api.spans import milliseconds, minutes_up, seconds
from fener.domain.credentials import (
    BasicCredentials,
    BearerCredentials,
    Credentials,
    DigestCredentials,
    HeaderCredentials,
    OAuthCredentials,
)
from fener.domain.health import Health
from fener.domain.kinds import Kind
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.heartbeat import (
    CalendarSchedule,
    CronSchedule,
    EveryInterval,
    HeartbeatSettings,
)
from fener.domain.kinds.http import HttpSettings, HttpVersion
from fener.domain.monitor import Monitor
from fener.domain.shown import Shown
from fener.domain.time import SECOND, iso_text

CUSTOM_FIELDS = "customFields"
COUNTRIES = "allowedCheckCountryCodes"
MONITORING_TYPE = "monitoringType"
"""Names under which a monitor's `extra` keeps what only this contract knows."""
WITH_USER = BasicCredentials | DigestCredentials


class Listed(Struct, rename="camel"):
    """A website of the list. `state` says how it is, `status` only whether it is watched.

    `kind` is Fener's own word for what `monitoringType` names. `lastPingAt` and `expectedAt` are a
    heartbeat's.
    """

    id: int
    public_id: str
    customer_id: int
    customer_public_id: str
    customer_name: str
    name: str
    url: str
    status: str
    monitoring_type: str
    check_interval: int
    created_at: str
    check_interval_seconds: int | float
    kind: Kind
    state: Shown
    state_since: str
    last_checked_at: str | None
    last_message: str | None
    last_response_time_ms: float | None
    last_ping_at: str | None
    expected_at: str | None
    open_incident_id: int | None


class HeartbeatConfig(Struct, rename="camel"):
    """When the job is expected: each `intervalSeconds`, or by `cron`, or by `onCalendar`."""

    interval_seconds: int | None = None
    cron: str | None = None
    on_calendar: str | None = None
    timezone: str = "UTC"
    grace_seconds: int = 300


class JsonValue(Struct, rename="camel"):
    """A value that must stand in an answer in JSON, by a JSONPath to one value. Without `wanted` it
    is enough that it is there.
    """

    path: str
    wanted: str | None = None


class LocationState(Struct, rename="camel"):
    """What a location sees: `up`, `down` or `unknown`; `since` is the first failing check of one
    that sees it down. `checksAgainst` checks in a row have said otherwise since.
    """

    location_id: int
    name: str
    state: Health
    since: str | None
    checks_against: int


class Website(Listed, kw_only=True):
    """Secrets are null; `hasSecret` says whether there is one. `pingUrl` is shown to who may change
    the heartbeat. `settings` are the fields of a kind that has none of its own here. `packageId` is
    the package that was chosen for it, null for that of its customer. It is down when
    `locationsNeeded` of its locations see it down.
    """

    organization_id: int
    timeout_seconds: int | float
    expected_status_codes: str
    allowed_check_country_codes: list[str] | None
    search_term: str | None
    custom_fields: dict[str, Any] | None
    auth_mode: str
    authorization_header: None = None
    basic_auth_username: str | None
    basic_auth_password: None = None
    oauth_token_url: str | None
    oauth_client_id: str | None
    oauth_client_secret: None = None
    oauth_scope: str | None
    has_secret: bool
    http_method: str
    custom_headers: dict[str, str] | None
    request_body: str | None
    follow_redirects: bool
    unwanted_term: str | None
    search_pattern: str | None
    json_values: list[JsonValue] | None
    min_response_bytes: int | None
    max_response_bytes: int | None
    expected_headers: dict[str, str] | None
    ip_version: IpVersion
    http_version: HttpVersion
    cache_buster: bool
    proxy_url: str | None
    slow_after_ms: int | None
    upside_down: bool
    cookie_handling: str
    mtls_enabled: bool
    mtls_client_cert: None = None
    mtls_client_key: None = None
    dns_config: dict[str, Any] | None = None
    settings: dict[str, Any] | None = None
    heartbeat_config: HeartbeatConfig | None
    ping_url: str | None
    package_id: int | None
    locations_needed: int
    location_states: list[LocationState]
    location_ids: tuple[int, ...]
    notification_channel_ids: tuple[int, ...] | None
    updated_at: str


def listed(line: Line) -> Listed:
    return Listed(**_common(line))


def shown(line: Line, monitor: Monitor, seen: Seen, ping_site: str | None) -> Website:
    """`ping_site` is where the job's pings go; None hides the address."""
    asked = monitor.settings
    http = monitor.settings if isinstance(monitor.settings, HttpSettings) else HttpSettings(url="")
    beats = monitor.settings if isinstance(monitor.settings, HeartbeatSettings) else None
    shared = http if isinstance(asked, HeartbeatSettings) else asked
    extra = monitor.settings.extra
    credentials = monitor.credentials
    return Website(
        **_common(line),
        organization_id=line.organization_id,
        timeout_seconds=seconds(monitor.timeout),
        expected_status_codes=http.expected_status,
        allowed_check_country_codes=_list_or_none(extra.get(COUNTRIES)),
        search_term=http.keyword,
        custom_fields=_dict_or_none(extra.get(CUSTOM_FIELDS)),
        auth_mode=auth_mode(credentials),
        basic_auth_username=(credentials.username if isinstance(credentials, WITH_USER) else None),
        **_oauth(credentials),
        has_secret=credentials is not None,
        http_method=http.method,
        custom_headers=dict(http.headers) or None,
        request_body=http.body,
        follow_redirects=http.follow_redirects,
        **_expected(http),
        ip_version=http.ip_version,
        http_version=http.http_version,
        cache_buster=http.cache_buster,
        proxy_url=http.proxy,
        slow_after_ms=shared.slow_after,
        upside_down=shared.upside_down,
        mtls_enabled=monitor.client_certificate is not None,
        cookie_handling="jar" if http.keep_cookies else "none",
        dns_config=dns_config_of(asked) if isinstance(asked, DnsSettings) else None,
        settings=settings_of(asked),
        heartbeat_config=None if beats is None else _heartbeat_config(beats),
        ping_url=heartbeats.ping_url(monitor, ping_site) if beats and ping_site else None,
        package_id=monitor.policy_id,
        locations_needed=seen.agreement.needed,
        location_states=[_location_state(one) for one in seen.locations],
        location_ids=monitor.location_ids,
        notification_channel_ids=monitor.channel_ids,
        updated_at=iso_text(line.updated_at),
    )


def _location_state(place: Location) -> LocationState:
    view = place.view
    return LocationState(
        view.location_id, place.name, view.sees, time_or_none(view.since), view.against
    )


def _expected(http: HttpSettings) -> dict[str, Any]:
    """What is asked of the answer beyond its status and keyword."""
    return {
        "unwanted_term": http.keyword_absent,
        "search_pattern": http.pattern,
        "json_values": [JsonValue(one.path, one.wanted) for one in http.json] or None,
        "min_response_bytes": http.least_size,
        "max_response_bytes": http.most_size,
        "expected_headers": dict(http.expected_headers) or None,
    }


def _oauth(credentials: Credentials | None) -> dict[str, Any]:
    known = credentials if isinstance(credentials, OAuthCredentials) else None
    return {
        "oauth_token_url": known.token_url if known else None,
        "oauth_client_id": known.client_id if known else None,
        "oauth_scope": known.scope if known else None,
    }


def auth_mode(credentials: Credentials | None) -> str:
    match credentials:
        case None:
            return "none"
        case BasicCredentials():
            return "basic"
        case DigestCredentials():
            return "digest"
        case OAuthCredentials():
            return "oauth2"
        case BearerCredentials() | HeaderCredentials():
            return "authorization_header"


def _common(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "public_id": str(line.public_id),
        "customer_id": line.customer_id,
        "customer_public_id": line.customer_public_id,
        "customer_name": line.customer_name,
        "name": line.name,
        "url": line.target,
        "status": "active" if line.paused_at is None else "inactive",
        "monitoring_type": line.type,
        "check_interval": minutes_up(line.interval),
        "created_at": iso_text(line.created_at),
        "check_interval_seconds": seconds(line.interval),
        "kind": line.kind,
        "state": line.shown,
        "state_since": iso_text(line.since),
        "last_checked_at": time_or_none(line.last_checked_at),
        "last_message": line.last_message,
        "last_response_time_ms": milliseconds(line.last_total_us),
        "last_ping_at": time_or_none(line.runs.last_ping_at),
        "expected_at": time_or_none(line.runs.expected_at),
        "open_incident_id": line.open_incident_id,
    }


def _heartbeat_config(settings: HeartbeatSettings) -> HeartbeatConfig:
    grace = settings.grace // SECOND
    match settings.schedule:
        case EveryInterval(interval):
            return HeartbeatConfig(interval_seconds=interval // SECOND, grace_seconds=grace)
        case CronSchedule(expression, zone):
            return HeartbeatConfig(cron=expression, timezone=zone, grace_seconds=grace)
        case CalendarSchedule(expression, zone):
            return HeartbeatConfig(on_calendar=expression, timezone=zone, grace_seconds=grace)


def _dict_or_none(kept: object) -> dict[str, Any] | None:
    return kept if isinstance(kept, dict) else None


def _list_or_none(kept: object) -> list[str] | None:
    return kept if isinstance(kept, list) else None
