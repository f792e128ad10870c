"""What can be written of a website, and what it means for a monitor.

What Fener cannot do yet is refused, so that nothing is silently without effect.
"""

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from fener.actions.monitors import Change, Location, New
from fener.api.organization.website_shapes import (
    COUNTRIES,
    CUSTOM_FIELDS,
    MONITORING_TYPE,
    HeartbeatConfig,
    auth_mode,
)
from fener.api.spans import minutes_up, span_of
from fener.domain.errors import Invalid
from fener.domain.monitor import (
    BasicCredentials,
    CalendarSchedule,
    Credentials,
    CronSchedule,
    EveryInterval,
    HeaderCredentials,
    HeartbeatSettings,
    HttpSettings,
    Monitor,
    Schedule,
)
from fener.domain.time import MINUTE, SECOND, Span

COMBINED, HTTP_STATUS, HEARTBEAT = "combined", "http_status", "heartbeat"
TYPES = (COMBINED, HTTP_STATUS, "ssl_check", "playwright", HEARTBEAT, "dns")
SUPPORTED = (COMBINED, HTTP_STATUS, HEARTBEAT)
DEFAULT_INTERVAL: Span = 30 * MINUTE
DEFAULT_TIMEOUT: Span = 30 * SECOND
DEFAULT_STATUS = "200,301,302"
_MINUTES = range(1, 61)
_LONGEST_TERM, _LONGEST_USER, _LONGEST_SECRET, _LONGEST_FIELDS = 255, 255, 4_096, 10_000
_PAUSED = {"active": False, "inactive": True, "paused": True}


class WebsiteForm(Struct, rename="camel", kw_only=True):
    """Creating needs `customerId`, `name` and, but for heartbeats, `url`. What an update leaves out
    stays as it was. `checkIntervalSeconds` stands beside `checkInterval`, in minutes; the one that
    differs from what is stored counts.
    """

    customer_id: int | str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    url: str | UnsetType | None = UNSET
    monitoring_type: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    check_interval: int | UnsetType = UNSET
    check_interval_seconds: float | UnsetType = UNSET
    timeout_seconds: float | UnsetType = UNSET
    expected_status_codes: str | UnsetType = UNSET
    allowed_check_country_codes: list[str] | UnsetType | None = UNSET
    search_term: str | UnsetType | None = UNSET
    custom_fields: dict[str, Any] | UnsetType | None = UNSET
    auth_mode: str | UnsetType = UNSET
    authorization_header: str | UnsetType | None = UNSET
    basic_auth_username: str | UnsetType | None = UNSET
    basic_auth_password: str | UnsetType | None = UNSET
    http_method: str | UnsetType = UNSET
    custom_headers: dict[str, str] | UnsetType | None = UNSET
    request_body: str | UnsetType | None = UNSET
    follow_redirects: bool | UnsetType = UNSET
    cookie_handling: str | UnsetType | None = UNSET
    mtls_enabled: bool | UnsetType = UNSET
    mtls_client_cert: str | UnsetType | None = UNSET
    mtls_client_key: str | UnsetType | None = UNSET
    dns_config: Any = UNSET
    heartbeat_config: HeartbeatConfig | UnsetType | None = UNSET
    location_ids: list[int] | UnsetType | None = UNSET
    notification_channel_ids: list[int] | UnsetType | None = UNSET


def of_new(form: WebsiteForm, customer_id: int, locations: list[Location]) -> New:
    """Raises Invalid."""
    _refuse_what_would_do_nothing(form)
    kind = _monitoring_type(form)
    if not form.name:
        raise Invalid("name is required", "name")
    interval = _interval(form, None)
    shared: dict[str, Any] = {
        "name": form.name,
        "customer_id": customer_id,
        "interval": interval,
        "location_ids": _places(form, locations, {}),
        "channel_ids": _told(form),
        "paused": paused(form) is True,
    }
    if kind == HEARTBEAT:
        blank = HeartbeatSettings(EveryInterval(interval))
        return New(settings=_heartbeat(form, blank, interval), **shared)
    if not form.url:
        raise Invalid("url is required", "url")
    settings = _http(form, HttpSettings(url=form.url, expected_status=DEFAULT_STATUS))
    timeout = min(DEFAULT_TIMEOUT, interval)
    if form.timeout_seconds is not UNSET:
        timeout = span_of(form.timeout_seconds, "timeoutSeconds")
    return New(settings=settings, timeout=timeout, credentials=_credentials(form, None), **shared)


def of_update(form: WebsiteForm, before: Monitor, locations: list[Location]) -> Change:
    """Raises Invalid."""
    _refuse_what_would_do_nothing(form)
    kind = _monitoring_type(form)
    is_heartbeat = isinstance(before.settings, HeartbeatSettings)
    if form.monitoring_type is not UNSET and (kind == HEARTBEAT) is not is_heartbeat:
        raise Invalid(f"A website cannot become {kind}: create another one", "monitoringType")
    interval = _interval(form, before.interval)
    told: dict[str, Any] = {"interval": interval}
    if isinstance(before.settings, HeartbeatSettings):
        told["settings"] = _heartbeat(form, before.settings, interval)
    else:
        told["settings"] = _http(form, before.settings)
        told["credentials"] = _credentials(form, before.credentials)
        if form.timeout_seconds is not UNSET:
            told["timeout"] = span_of(form.timeout_seconds, "timeoutSeconds")
    if form.name is not UNSET:
        told["name"] = form.name
    if form.notification_channel_ids is not UNSET:
        told["channel_ids"] = _told(form)
    places = _places(form, locations, before.settings.extra)
    if places is not None:
        told["location_ids"] = places
    return Change(paused=paused(form), **told)


def paused(form: WebsiteForm) -> bool | UnsetType:
    if form.status is UNSET:
        return UNSET
    if form.status == "maintenance":
        raise Invalid("status maintenance is not supported yet: use inactive", "status")
    if form.status not in _PAUSED:
        raise Invalid("Invalid status", "status")
    return _PAUSED[form.status]


def _refuse_what_would_do_nothing(form: WebsiteForm) -> None:
    """Empty values are what a record without the thing shows, so they may be sent back."""
    asked = {
        "mtlsEnabled": form.mtls_enabled,
        "mtlsClientCert": form.mtls_client_cert,
        "mtlsClientKey": form.mtls_client_key,
        "dnsConfig": form.dns_config,
        "cookieHandling": None if form.cookie_handling == "none" else form.cookie_handling,
    }
    for name, value in asked.items():
        if value is not UNSET and value:
            raise Invalid(f"{name} is not supported yet: leave it out", name)


def _monitoring_type(form: WebsiteForm) -> str:
    kind = COMBINED if form.monitoring_type is UNSET else form.monitoring_type
    if kind not in TYPES:
        raise Invalid("Invalid monitoringType", "monitoringType")
    if kind not in SUPPORTED:
        raise Invalid(
            f"monitoringType {kind} is not supported yet: use {', '.join(SUPPORTED)}",
            "monitoringType",
        )
    return kind


def _interval(form: WebsiteForm, before: Span | None) -> Span:
    if form.check_interval_seconds is not UNSET:
        wanted = span_of(form.check_interval_seconds, "checkIntervalSeconds")
        if wanted != before:
            return wanted
    if form.check_interval is UNSET:
        return before or DEFAULT_INTERVAL
    if before is not None and form.check_interval == minutes_up(before):
        return before
    if form.check_interval not in _MINUTES:
        raise Invalid("checkInterval must be from 1 to 60 minutes", "checkInterval")
    return form.check_interval * MINUTE


def _http(form: WebsiteForm, before: HttpSettings) -> HttpSettings:
    if isinstance(form.search_term, str) and len(form.search_term) > _LONGEST_TERM:
        raise Invalid(f"searchTerm may have {_LONGEST_TERM} characters", "searchTerm")
    headers: Any = form.custom_headers
    if headers is not UNSET:
        headers = tuple((headers or {}).items())
    given = {
        "url": UNSET if form.url is None else form.url,
        "method": form.http_method,
        "headers": headers,
        "body": form.request_body,
        "expected_status": form.expected_status_codes,
        "keyword": form.search_term,
        "follow_redirects": form.follow_redirects,
    }
    told: dict[str, Any] = {name: value for name, value in given.items() if value is not UNSET}
    extra = _extra(form, before.extra)
    if form.monitoring_type is not UNSET:
        extra = {name: value for name, value in extra.items() if name != MONITORING_TYPE}
        if form.monitoring_type == HTTP_STATUS:
            extra[MONITORING_TYPE] = HTTP_STATUS
    return replace(before, **told, extra=extra)


def _heartbeat(form: WebsiteForm, before: HeartbeatSettings, interval: Span) -> HeartbeatSettings:
    settings = replace(before, extra=_extra(form, before.extra))
    config = form.heartbeat_config
    if config is not UNSET and config is not None:
        schedule = _schedule(config, interval)
        return replace(settings, schedule=schedule, grace=config.grace_seconds * SECOND)
    if isinstance(settings.schedule, EveryInterval):
        return replace(settings, schedule=EveryInterval(interval))
    return settings


def _schedule(config: HeartbeatConfig, interval: Span) -> Schedule:
    given = [config.interval_seconds, config.cron, config.on_calendar]
    if sum(one is not None for one in given) > 1:
        raise Invalid(
            "heartbeatConfig may have one of intervalSeconds, cron and onCalendar",
            "heartbeatConfig",
        )
    if config.cron is not None:
        return CronSchedule(config.cron, config.timezone)
    if config.on_calendar is not None:
        return CalendarSchedule(config.on_calendar, config.timezone)
    if config.interval_seconds is None:
        return EveryInterval(interval)
    return EveryInterval(span_of(config.interval_seconds, "intervalSeconds"))


def _extra(form: WebsiteForm, before: dict[str, object]) -> dict[str, object]:
    extra = dict(before)
    if form.custom_fields is not UNSET:
        if len(msgspec.json.encode(form.custom_fields)) > _LONGEST_FIELDS:
            raise Invalid("customFields is too long", "customFields")
        extra[CUSTOM_FIELDS] = form.custom_fields
    if form.allowed_check_country_codes is not UNSET:
        extra[COUNTRIES] = _countries(form)
    return {name: value for name, value in extra.items() if value is not None}


def _countries(form: WebsiteForm) -> list[str] | None:
    """Upper-case and each once; an empty list is none."""
    return (
        list(dict.fromkeys(one.upper() for one in form.allowed_check_country_codes or ())) or None
    )


def _places(
    form: WebsiteForm, locations: list[Location], before: dict[str, object]
) -> tuple[int, ...] | None:
    """The locations that are named, or lie in the countries that are; None for no wish."""
    if form.location_ids:
        return tuple(form.location_ids)
    codes = None if form.allowed_check_country_codes is UNSET else _countries(form)
    if codes is not None:
        return _within(codes, locations)
    is_taken_back = COUNTRIES in before and form.allowed_check_country_codes is not UNSET
    return (locations[0].id,) if is_taken_back else None


def _within(codes: list[str], locations: list[Location]) -> tuple[int, ...]:
    eligible = tuple(one.id for one in locations if one.country.upper() in codes)
    if not eligible:
        raise Invalid(
            "No eligible monitoring locations for the selected allowed countries",
            "allowedCheckCountryCodes",
        )
    return eligible


def _told(form: WebsiteForm) -> tuple[int, ...] | None:
    chosen = form.notification_channel_ids
    return None if chosen is UNSET or chosen is None else tuple(chosen)


def _credentials(form: WebsiteForm, before: Credentials | None) -> Credentials | None:
    """Null keeps a secret: it is never shown, so it cannot be sent back."""
    mode = form.auth_mode
    if mode is UNSET:
        mode = _implied_mode(form, before)
    match mode:
        case "none":
            return None
        case "authorization_header":
            return _header(form, before)
        case "basic":
            return _basic(form, before)
    raise Invalid("authMode must be none, authorization_header or basic", "authMode")


def _implied_mode(form: WebsiteForm, before: Credentials | None) -> str:
    if form.authorization_header:
        return "authorization_header"
    if form.basic_auth_username or form.basic_auth_password:
        return "basic"
    return auth_mode(before)


def _header(form: WebsiteForm, before: Credentials | None) -> Credentials:
    if form.authorization_header:
        return HeaderCredentials(
            _bounded(form.authorization_header, _LONGEST_SECRET, "authorizationHeader")
        )
    if before is None or isinstance(before, BasicCredentials):
        raise Invalid("authorizationHeader is required", "authorizationHeader")
    return before


def _basic(form: WebsiteForm, before: Credentials | None) -> Credentials:
    known = before if isinstance(before, BasicCredentials) else BasicCredentials("", "")
    username = form.basic_auth_username or known.username
    password = form.basic_auth_password or (known.password if username == known.username else "")
    if not username or not password:
        missing = "basicAuthPassword" if username else "basicAuthUsername"
        raise Invalid(f"{missing} is required", missing)
    return BasicCredentials(
        _bounded(username, _LONGEST_USER, "basicAuthUsername"),
        _bounded(password, _LONGEST_SECRET, "basicAuthPassword"),
    )


def _bounded(text: str, longest: int, field: str) -> str:
    if len(text) > longest:
        raise Invalid(f"{field} may have {longest} characters", field)
    return text
