"""How the organization API shows incidents: the published shapes, with Fener's additions last."""

from typing import Any

from msgspec import Struct

from fener.api.organization.times import time_or_none, time_text
from fener.api.spans import milliseconds
from fener.domain.incident import Resolution, TimelineEvent
from fener.domain.notification import ChannelKind
from fener.domain.problem import Cause
from fener.storage import evidence
from fener.storage.incidents import Incident as Stored


class Website(Struct):
    id: int
    name: str
    url: str
    status: str


class Customer(Struct):
    id: int
    email: str
    company: str


class Listed(Struct):
    """An incident of the list; its mixture of spellings is the contract's."""

    id: int
    websiteId: int  # noqa: N815
    status: str
    severity: Cause
    started_at: str
    resolved_at: str | None
    last_notified_at: str | None
    error_message: str | None
    status_code: int | None
    response_time_ms: float | None
    website: Website
    customer: Customer
    publicId: str  # noqa: N815
    websitePublicId: str  # noqa: N815
    outageStartedAt: str  # noqa: N815
    acknowledgedAt: str | None  # noqa: N815
    failedChecksTotal: int  # noqa: N815


class Envelope(Struct):
    """The list with its total."""

    incidents: list[Listed]
    total: int
    limit: int
    offset: int


class Incident(Struct, rename="camel"):
    id: int
    website_id: int
    type: Cause
    status: str
    started_at: str
    resolved_at: str | None
    status_code: int | None
    error_message: str | None
    response_time_ms: float | None
    public_id: str
    website_public_id: str
    resolution: Resolution | None
    acknowledged_at: str | None
    acknowledged_by: int | None
    comment: str | None
    postmortem: str | None
    outage_started_at: str
    failed_checks_total: int
    website: Website
    customer: Customer


class Location(Struct):
    id: int
    code: str
    name: str


class Check(Struct, rename="camel"):
    id: str
    checked_at: str
    status: str
    status_code: int | None
    error_message: str | None
    response_time_ms: float | None
    location: Location


class AlertEvent(Struct, rename="camel"):
    id: int
    sent_at: str
    type: ChannelKind
    status: str
    channel_name: str
    error_message: str | None


class Timeline(Struct, rename="camel"):
    """`failedChecks` holds the newest hundred and the first one; the total counts all."""

    outage_started_at: str
    outage_started_check: Check | None
    confirmation_at: str
    failed_checks: list[Check]
    failed_checks_total: int
    alert_events: list[AlertEvent]
    recovery_checks: list[Check]
    recovery_checks_total: int


class EvidenceCheck(Struct, rename="camel"):
    id: str
    checked_at: str
    diagnostics: dict[str, Any] | None
    has_screenshot: bool
    screenshot_url: str | None


class Event(Struct, rename="camel"):
    """Something in the life of the incident; `detail` is by kind."""

    id: int
    kind: TimelineEvent
    at: str
    user_id: int | None
    user_name: str | None
    detail: dict[str, Any]


class Details(Struct, rename="camel"):
    incident: Incident
    timeline: Timeline
    evidence_check: EvidenceCheck | None
    events: list[Event]


def shown_listed(one: Stored) -> Listed:
    return Listed(
        one.id,
        one.monitor_id,
        one.status,
        one.cause,
        time_text(one.opened_at),
        time_or_none(one.resolved_at),
        time_or_none(one.last_notified_at),
        one.message,
        one.status_code,
        milliseconds(one.total_us),
        _website(one),
        _customer(one),
        one.public_id,
        one.monitor_public_id,
        time_text(one.start_at),
        time_or_none(one.acknowledged_at),
        one.failed_checks,
    )


def shown_incident(one: Stored) -> Incident:
    return Incident(
        id=one.id,
        website_id=one.monitor_id,
        type=one.cause,
        status=one.status,
        started_at=time_text(one.opened_at),
        resolved_at=time_or_none(one.resolved_at),
        status_code=one.status_code,
        error_message=one.message,
        response_time_ms=milliseconds(one.total_us),
        public_id=one.public_id,
        website_public_id=one.monitor_public_id,
        resolution=one.resolution,
        acknowledged_at=time_or_none(one.acknowledged_at),
        acknowledged_by=one.acknowledged_by,
        comment=one.comment,
        postmortem=one.postmortem,
        outage_started_at=time_text(one.start_at),
        failed_checks_total=one.failed_checks,
        website=_website(one),
        customer=_customer(one),
    )


def shown_details(known: evidence.Details) -> Details:
    incident, first, proof = known.incident, known.first_check, known.proof
    return Details(
        incident=shown_incident(incident),
        timeline=Timeline(
            outage_started_at=time_text(incident.start_at),
            outage_started_check=None if first is None else _check(first),
            confirmation_at=time_text(incident.opened_at),
            failed_checks=[_check(one) for one in known.failed_checks],
            failed_checks_total=incident.failed_checks,
            alert_events=[_alert(one) for one in known.alerts],
            recovery_checks=[_check(one) for one in known.recovery_checks],
            recovery_checks_total=known.recovery_checks_total,
        ),
        evidence_check=None if proof is None else _evidence_check(proof),
        events=[shown_event(one) for one in known.events],
    )


def shown_event(one: evidence.Event) -> Event:
    return Event(
        id=one.id,
        kind=one.kind,
        at=time_text(one.at),
        user_id=one.user_id,
        user_name=one.user_name,
        detail=one.detail,
    )


def _website(one: Stored) -> Website:
    status = "active" if one.is_watched else "inactive"
    return Website(one.monitor_id, one.monitor_name, one.target, status)


def _customer(one: Stored) -> Customer:
    return Customer(one.customer_id, one.customer_email, one.customer_name)


def _check(one: evidence.Check) -> Check:
    place = one.location
    return Check(
        id=str(one.id),
        checked_at=time_text(one.at),
        status="failure" if one.is_failure else "success",
        status_code=one.status_code,
        error_message=one.message,
        response_time_ms=milliseconds(one.total_us),
        location=Location(place.id, place.code, place.name),
    )


def _alert(one: evidence.Alert) -> AlertEvent:
    return AlertEvent(
        id=one.id,
        sent_at=time_text(one.at),
        type=one.kind,
        status="sent" if one.was_sent else "failed",
        channel_name=one.channel_name,
        error_message=None if one.was_sent else one.answer,
    )


def _evidence_check(proof: evidence.Proof) -> EvidenceCheck:
    return EvidenceCheck(
        id=str(proof.check.id),
        checked_at=time_text(proof.check.at),
        diagnostics=proof.evidence,
        has_screenshot=False,
        screenshot_url=None,
    )
