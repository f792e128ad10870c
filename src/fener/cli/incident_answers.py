"""Incidents as the organization API answers them, and the views made of them.

What a server leaves out has its default here: an older one may say less.
"""

from typing import Any

from msgspec import Struct

from fener.cli.shown import event_text
from fener.cli.views import AlertView, CheckView, EventView, IncidentDetails, IncidentView


class IncidentSite(Struct, frozen=True):
    """The monitor of an incident, which may be deleted since."""

    id: int
    name: str
    url: str


class IncidentCustomer(Struct, frozen=True):
    id: int
    company: str = ""


_OURS = {
    "public_id": "publicId",
    "outage_started_at": "outageStartedAt",
    "acknowledged_at": "acknowledgedAt",
    "failed_checks": "failedChecksTotal",
}


class ListedIncident(Struct, frozen=True, rename=_OURS):
    """An incident of the list; its mixture of spellings is the contract's."""

    id: int
    public_id: str
    status: str
    severity: str
    started_at: str
    website: IncidentSite
    customer: IncidentCustomer
    resolved_at: str | None = None
    error_message: str | None = None
    status_code: int | None = None
    outage_started_at: str | None = None
    acknowledged_at: str | None = None
    failed_checks: int | None = None

    def view(self) -> IncidentView:
        return IncidentView(
            id=self.id,
            public_id=self.public_id,
            status=self.status,
            cause=self.severity,
            message=self.error_message,
            status_code=self.status_code,
            monitor_id=self.website.id,
            monitor_name=self.website.name,
            target=self.website.url,
            customer_id=self.customer.id,
            customer_name=self.customer.company,
            opened_at=self.started_at,
            resolved_at=self.resolved_at,
            outage_started_at=self.outage_started_at,
            acknowledged_at=self.acknowledged_at,
            failed_checks=self.failed_checks,
        )


class IncidentPage(Struct, frozen=True):
    """`GET /api/incidents?includeTotal=1`."""

    incidents: list[ListedIncident]
    total: int


class Location(Struct, frozen=True):
    name: str = ""


class Check(Struct, frozen=True, rename="camel"):
    checked_at: str
    status: str
    status_code: int | None = None
    error_message: str | None = None
    response_time_ms: float | None = None
    location: Location = Location()

    def view(self) -> CheckView:
        return CheckView(
            at=self.checked_at,
            outcome=self.status,
            location=self.location.name,
            message=self.error_message,
            status_code=self.status_code,
            response_ms=self.response_time_ms,
        )


class Alert(Struct, frozen=True, rename="camel"):
    sent_at: str
    type: str
    status: str
    channel_name: str
    error_message: str | None = None

    def view(self) -> AlertView:
        return AlertView(
            at=self.sent_at,
            kind=self.type,
            channel=self.channel_name,
            status=self.status,
            message=self.error_message,
        )


class Event(Struct, frozen=True, rename="camel"):
    at: str
    kind: str
    user_name: str | None = None
    detail: dict[str, Any] = {}

    def view(self) -> EventView:
        return EventView(
            at=self.at, kind=self.kind, by=self.user_name, text=event_text(self.detail)
        )


class Incident(Struct, frozen=True, rename="camel"):
    id: int
    public_id: str
    website_id: int
    type: str
    status: str
    started_at: str
    website: IncidentSite | None = None
    customer: IncidentCustomer | None = None
    resolved_at: str | None = None
    status_code: int | None = None
    error_message: str | None = None
    outage_started_at: str | None = None
    acknowledged_at: str | None = None
    failed_checks_total: int | None = None

    def view(self) -> IncidentView:
        number = self.website_id
        site = self.website or IncidentSite(number, f"monitor {number}", "")
        customer = self.customer or IncidentCustomer(0)
        return IncidentView(
            id=self.id,
            public_id=self.public_id,
            status=self.status,
            cause=self.type,
            message=self.error_message,
            status_code=self.status_code,
            monitor_id=number,
            monitor_name=site.name,
            target=site.url,
            customer_id=customer.id,
            customer_name=customer.company,
            opened_at=self.started_at,
            resolved_at=self.resolved_at,
            outage_started_at=self.outage_started_at,
            acknowledged_at=self.acknowledged_at,
            failed_checks=self.failed_checks_total,
        )


class Timeline(Struct, frozen=True, rename="camel"):
    failed_checks: list[Check] = []
    alert_events: list[Alert] = []
    recovery_checks: list[Check] = []


class Details(Struct, frozen=True):
    """`GET /api/incidents/{publicId}`."""

    incident: Incident
    timeline: Timeline
    events: list[Event] = []

    def view(self) -> IncidentDetails:
        timeline = self.timeline
        checks = (*timeline.failed_checks, *timeline.recovery_checks)
        return IncidentDetails(
            incident=self.incident.view(),
            events=[event.view() for event in self.events],
            checks=[check.view() for check in checks],
            alerts=[alert.view() for alert in timeline.alert_events],
        )
