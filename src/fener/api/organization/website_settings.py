"""What a form for a website says of how, and from where, it is watched."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from fener.actions.monitors import Location
from fener.api.organization.website_forms import HTTP_STATUS, WebsiteForm, keeps_cookies
from fener.api.organization.website_shapes import (
    COUNTRIES,
    CUSTOM_FIELDS,
    MONITORING_TYPE,
    HeartbeatConfig,
)
from fener.api.spans import minutes_up, span_of
from fener.domain.errors import Invalid
from fener.domain.kinds.heartbeat import (
    CalendarSchedule,
    CronSchedule,
    EveryInterval,
    HeartbeatSettings,
    Schedule,
)
from fener.domain.kinds.http import HttpSettings, JsonAssertion
from fener.domain.time import MINUTE, SECOND, Span

DEFAULT_INTERVAL: Span = 30 * MINUTE
_MINUTES = range(1, 61)
_LONGEST_TERM, _LONGEST_FIELDS = 255, 10_000


def interval_of(form: WebsiteForm, before: Span | None) -> Span:
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


def http_settings(form: WebsiteForm, before: HttpSettings) -> HttpSettings:
    if isinstance(form.search_term, str) and len(form.search_term) > _LONGEST_TERM:
        raise Invalid(f"searchTerm may have {_LONGEST_TERM} characters", "searchTerm")
    given = {
        "url": UNSET if form.url is None else form.url,
        "method": form.http_method,
        "headers": _pairs(form.custom_headers),
        "body": form.request_body,
        "expected_status": form.expected_status_codes,
        "keyword": form.search_term,
        "follow_redirects": form.follow_redirects,
        "keyword_absent": form.unwanted_term,
        "pattern": form.search_pattern,
        "json": _json(form),
        "least_size": form.min_response_bytes,
        "most_size": form.max_response_bytes,
        "expected_headers": _headers_expected(form, before),
        "ip_version": form.ip_version,
        "http_version": form.http_version,
        "cache_buster": form.cache_buster,
        "proxy": form.proxy_url,
        "keep_cookies": keeps_cookies(form),
        "slow_after": form.slow_after_ms,
        "upside_down": form.upside_down,
    }
    told: dict[str, Any] = {name: value for name, value in given.items() if value is not UNSET}
    extra = extra_of(form, before.extra)
    if form.monitoring_type is not UNSET:
        extra = {name: value for name, value in extra.items() if name != MONITORING_TYPE}
        if form.monitoring_type == HTTP_STATUS:
            extra[MONITORING_TYPE] = HTTP_STATUS
    return replace(before, **told, extra=extra)


def _pairs(
    headers: dict[str, str] | UnsetType | None,
) -> tuple[tuple[str, str], ...] | UnsetType:
    return UNSET if headers is UNSET else tuple((headers or {}).items())


def _headers_expected(
    form: WebsiteForm, before: HttpSettings
) -> tuple[tuple[str, str], ...] | UnsetType:
    """Sending back what is shown changes nothing, though one name may stand there twice."""
    given = form.expected_headers
    if given is not UNSET and (given or {}) == dict(before.expected_headers):
        return UNSET
    return _pairs(given)


def _json(form: WebsiteForm) -> tuple[JsonAssertion, ...] | UnsetType:
    if form.json_values is UNSET:
        return UNSET
    return tuple(JsonAssertion(one.path, one.wanted) for one in form.json_values or ())


def heartbeat_settings(
    form: WebsiteForm, before: HeartbeatSettings, interval: Span
) -> HeartbeatSettings:
    settings = replace(before, extra=extra_of(form, before.extra))
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


def extra_of(form: WebsiteForm, before: dict[str, object]) -> dict[str, object]:
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


def chosen_places(
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
