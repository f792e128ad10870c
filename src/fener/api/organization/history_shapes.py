"""How the organization API shows what happened to a website."""

from typing import Any

import msgspec
from msgspec import Struct

from fener.actions.checks import SPANS, SeenCheck
from fener.actions.histories import PastAlert, PastIncident, Performance
from fener.api.spans import milliseconds
from fener.domain.check import Timings
from fener.domain.notification import ChannelKind
from fener.domain.time import SECOND, Instant, Span, iso_text, to_datetime


class Triggered(Struct, rename="camel"):
    success: bool
    message: str
    website_id: int


class Check(Struct, rename="camel"):
    """Timings are milliseconds, null for a phase that was not reached."""

    id: str
    status: str
    error_message: str | None
    warning_message: str | None
    status_code: int | None
    response_time_ms: float | None
    timing_total: int | None
    timing_dns: int | None
    timing_connect: int | None
    timing_tls: int | None
    timing_first_byte: int | None
    timing_transfer: int | None
    diagnostics: dict[str, Any] | None
    checked_at: str
    location_id: int
    location_name: str
    location_code: str


class Checks(Struct):
    data: list[Check]


class HistoricIncident(Struct, rename="camel"):
    id: int
    type: str
    status: str
    started_at: str
    ended_at: str | None
    duration: str
    duration_ms: int
    details: str
    is_ongoing: bool


class Incidents(Struct):
    """The latest hundred; `total` counts all."""

    incidents: list[HistoricIncident]
    total: int


class HistoricAlert(Struct, rename="camel"):
    id: int
    incident_id: int
    type: ChannelKind
    status: str
    channel_name: str
    sent_at: str
    error_message: str | None


class Alerts(Struct):
    """The latest hundred attempts; `total` counts all."""

    alerts: list[HistoricAlert]
    total: int


class UptimeStats(Struct, rename="camel"):
    """Percentages over 1, 7, 30, 90 and 365 days, and mean response times in milliseconds; null
    where nothing was observed.
    """

    day: float | None
    week: float | None
    month: float | None
    quarter: float | None
    year: float | None
    day_avg_response: float | None
    month_avg_response: float | None
    year_avg_response: float | None


def shown_check(one: SeenCheck) -> Check:
    evidence = one.evidence
    return Check(
        id=str(one.id),
        status=one.outcome,
        error_message=one.message,
        warning_message=None,
        status_code=one.status_code,
        **_timings(one.timings),
        diagnostics=None if evidence is None else msgspec.to_builtins(evidence),
        checked_at=iso_text(one.at),
        location_id=one.location_id,
        location_name=one.location_name,
        location_code=one.location_code,
    )


def _timings(times: Timings | None) -> dict[str, Any]:
    """All phases whole, the sum exact."""
    if times is None:
        return dict.fromkeys((*_PHASES, "response_time_ms"))
    phases = {name: _whole(getattr(times, phase)) for name, phase in _PHASES.items()}
    return {**phases, "response_time_ms": milliseconds(times.total)}


_PHASES = {
    "timing_total": "total",
    "timing_dns": "dns",
    "timing_connect": "connect",
    "timing_tls": "tls",
    "timing_first_byte": "first_byte",
    "timing_transfer": "transfer",
}


def shown_incident(one: PastIncident, now: Instant) -> HistoricIncident:
    ended_at = one.resolved_at
    length = (now if ended_at is None else ended_at) - one.opened_at
    return HistoricIncident(
        id=one.id,
        type=one.cause,
        status=one.status,
        started_at=_us_text(one.opened_at),
        ended_at=None if ended_at is None else _us_text(ended_at),
        duration=_duration(length),
        duration_ms=length,
        details=_details(one),
        is_ongoing=ended_at is None,
    )


def _details(one: PastIncident) -> str:
    what = one.message or "" if one.status_code is None else f"HTTP {one.status_code}"
    if one.total_us is None:
        return what
    return f"{what} - Response time: {one.total_us / 1_000_000:.2f}s"


def shown_alert(one: PastAlert) -> HistoricAlert:
    return HistoricAlert(
        id=one.id,
        incident_id=one.incident_id,
        type=one.kind,
        status="sent" if one.ok else "failed",
        channel_name=one.channel_name,
        sent_at=iso_text(one.at),
        error_message=None if one.ok else one.answer,
    )


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _us_text(instant: Instant) -> str:
    """`Feb 26, 2026, 12:10:00`, in UTC and whatever the server's locale."""
    moment = to_datetime(instant)
    return f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year}, {moment:%H:%M:%S}"


def _duration(span: Span) -> str:
    """The two largest units: `2m 30s`, `1d 4h`."""
    seconds = span // SECOND
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"


def percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 4)


def _whole(microseconds: int | None) -> int | None:
    return None if microseconds is None else round(microseconds / 1_000)


def shown_stats(found: Performance) -> UptimeStats:
    means = found.means
    return UptimeStats(
        **{name: percent(getattr(found.uptime, name)) for name in SPANS},
        day_avg_response=milliseconds(means.day),
        month_avg_response=milliseconds(means.month),
        year_avg_response=milliseconds(means.year),
    )
