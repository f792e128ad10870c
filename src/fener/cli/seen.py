"""Makes what the actions give into what the commands show."""

from fener.actions.checks import Location, Seen
from fener.api.spans import milliseconds
from fener.cli.shown import event_text, schedule_text
from fener.cli.views import (
    AlertView,
    CheckView,
    CustomerView,
    EventView,
    HeartbeatView,
    IncidentDetails,
    IncidentView,
    LocationView,
    MonitorDetails,
    MonitorView,
    PolicyView,
    ResponseTimesView,
    TokenView,
)
from fener.domain.customer import Customer
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.monitor import Monitor
from fener.domain.people import Token
from fener.domain.policy import NamedPolicy
from fener.domain.rollup import Percentiles
from fener.domain.time import SECOND, Instant, Span, iso_text
from fener.storage.evidence import Alert, Check, Details, Event
from fener.storage.incidents import Incident
from fener.storage.listing import Line


def monitor(line: Line) -> MonitorView:
    return MonitorView(
        id=line.id,
        public_id=str(line.public_id),
        name=line.name,
        kind=line.kind,
        target=line.target,
        state=line.shown,
        state_since=_iso(line.since),
        interval_seconds=line.interval / SECOND,
        customer_id=line.customer_id,
        customer_name=line.customer_name,
        last_checked_at=_iso(line.last_checked_at),
        last_message=line.last_message,
        response_ms=milliseconds(line.last_total_us),
        open_incident_id=line.open_incident_id,
    )


def monitor_details(
    line: Line, whole: Monitor, seen: Seen, times: ResponseTimesView
) -> MonitorDetails:
    return MonitorDetails(
        monitor=monitor(line),
        policy_id=whole.policy_id,
        locations_needed=seen.agreement.needed,
        locations=[_location(one) for one in seen.locations],
        response_times=times,
    )


def response_times(span: Span, known: Percentiles | None) -> ResponseTimesView:
    return ResponseTimesView(
        span_seconds=span / SECOND,
        p50_ms=milliseconds(known.p50) if known else None,
        p95_ms=milliseconds(known.p95) if known else None,
        p99_ms=milliseconds(known.p99) if known else None,
    )


def policy(found: NamedPolicy) -> PolicyView:
    rules, every = found.rules, found.rules.reminder_every
    return PolicyView(
        id=found.id,
        key=found.key,
        title=found.title,
        down_after=rules.confirm_after,
        up_after=rules.recover_after,
        recheck_seconds=rules.recheck_every / SECOND,
        quorum=rules.quorum,
        quorum_count=rules.quorum_count,
        reminder_seconds=None if every is None else every / SECOND,
        flap_turns=rules.flap_turns,
        flap_window_seconds=rules.flap_window / SECOND,
        flap_hold_seconds=rules.flap_hold / SECOND,
        flap_calm_seconds=rules.flap_calm / SECOND,
        certificate_warning_seconds=rules.certificate_warn_before / SECOND,
        certificate_critical_seconds=rules.certificate_critical_before / SECOND,
        customers=found.customers,
        monitors=found.monitors,
    )


def heartbeat(
    line: Line, whole: Monitor | None = None, ping_url: str | None = None
) -> HeartbeatView:
    settings = whole.settings if whole else None
    known = settings if isinstance(settings, HeartbeatSettings) else None
    return HeartbeatView(
        id=line.id,
        public_id=str(line.public_id),
        name=line.name,
        state=line.shown,
        state_since=_iso(line.since),
        schedule=schedule_text(known.schedule) if known else None,
        grace_seconds=known.grace / SECOND if known else None,
        customer_id=line.customer_id,
        customer_name=line.customer_name,
        last_ping_at=_iso(line.runs.last_ping_at),
        expected_at=_iso(line.runs.expected_at),
        ping_url=ping_url,
        open_incident_id=line.open_incident_id,
    )


def incident(found: Incident) -> IncidentView:
    return IncidentView(
        id=found.id,
        public_id=found.public_id,
        status=found.status,
        cause=found.cause,
        message=found.message,
        status_code=found.status_code,
        monitor_id=found.monitor_id,
        monitor_name=found.monitor_name,
        target=found.target,
        customer_id=found.customer_id,
        customer_name=found.customer_name,
        outage_started_at=iso_text(found.start_at),
        opened_at=iso_text(found.opened_at),
        resolved_at=_iso(found.resolved_at),
        acknowledged_at=_iso(found.acknowledged_at),
        failed_checks=found.failed_checks,
    )


def details(found: Details) -> IncidentDetails:
    return IncidentDetails(
        incident=incident(found.incident),
        events=[_event(one) for one in found.events],
        checks=[_check(one) for one in (*found.failed_checks, *found.recovery_checks)],
        alerts=[_alert(one) for one in found.alerts],
    )


def customer(found: Customer) -> CustomerView:
    return CustomerView(
        id=found.id,
        public_id=str(found.public_id),
        name=found.name,
        email=found.email,
        status=found.status,
    )


def token(found: Token) -> TokenView:
    return TokenView(
        id=found.id,
        kind=found.kind,
        name=found.name,
        hint=found.hint,
        customer_id=found.customer_id,
        customer_name=found.customer_name,
        created_at=iso_text(found.created_at),
        expires_at=_iso(found.expires_at),
        last_used_at=_iso(found.last_used_at),
    )


def _location(found: Location) -> LocationView:
    view = found.view
    return LocationView(
        id=found.id,
        name=found.name,
        state=view.sees,
        since=_iso(view.since),
        checks_against=view.against,
    )


def _check(found: Check) -> CheckView:
    return CheckView(
        at=iso_text(found.at),
        outcome="failure" if found.is_failure else "success",
        location=found.location.name,
        message=found.message,
        status_code=found.status_code,
        response_ms=milliseconds(found.total_us),
    )


def _event(found: Event) -> EventView:
    return EventView(
        at=iso_text(found.at), kind=found.kind, by=found.user_name, text=event_text(found.detail)
    )


def _alert(found: Alert) -> AlertView:
    return AlertView(
        at=iso_text(found.at),
        kind=found.kind,
        channel=found.channel_name,
        status="sent" if found.was_sent else "failed",
        message=None if found.was_sent else found.answer,
    )


def _iso(instant: Instant | None) -> str | None:
    return iso_text(instant) if instant else None
