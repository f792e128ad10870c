"""The organization API's answers, as far as commands show them, and the views made of them.

What a server leaves out has its default here: an older one may say less.
"""

from typing import Any

from msgspec import Struct

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
)
from fener.domain.kinds.heartbeat import CalendarSchedule, CronSchedule, EveryInterval, Schedule
from fener.domain.time import SECOND

_PAUSED = "inactive"


class Customer(Struct, frozen=True, rename="camel"):
    id: int
    public_id: str
    name: str
    email: str = ""
    status: str = ""

    def view(self) -> CustomerView:
        return CustomerView(
            id=self.id,
            public_id=self.public_id,
            name=self.name,
            email=self.email,
            status=self.status,
        )


class HeartbeatConfig(Struct, frozen=True, rename="camel"):
    interval_seconds: int | None = None
    cron: str | None = None
    on_calendar: str | None = None
    timezone: str = "UTC"
    grace_seconds: int = 0

    @property
    def text(self) -> str:
        return schedule_text(self._schedule)

    @property
    def _schedule(self) -> Schedule:
        if self.cron is not None:
            return CronSchedule(self.cron, self.timezone)
        if self.on_calendar is not None:
            return CalendarSchedule(self.on_calendar, self.timezone)
        return EveryInterval((self.interval_seconds or 0) * SECOND)


class LocationState(Struct, frozen=True, rename="camel"):
    location_id: int
    name: str
    state: str
    since: str | None = None
    checks_against: int = 0

    def view(self) -> LocationView:
        return LocationView(
            id=self.location_id,
            name=self.name,
            state=self.state,
            since=self.since,
            checks_against=self.checks_against,
        )


class ChangedCustomer(Struct, frozen=True):
    """What changing a customer answers."""

    customer: Customer


class Site(Struct, frozen=True, rename="camel"):
    """A website, as the API calls every monitor."""

    id: int
    public_id: str
    name: str
    url: str | None
    status: str
    monitoring_type: str = ""
    check_interval: float = 0
    """In minutes, rounded up; `check_interval_seconds` is exact."""
    check_interval_seconds: float | None = None
    customer_id: int = 0
    customer_name: str = ""
    kind: str = "http"
    state: str | None = None
    state_since: str | None = None
    last_checked_at: str | None = None
    last_message: str | None = None
    last_response_time_ms: float | None = None
    last_ping_at: str | None = None
    expected_at: str | None = None
    open_incident_id: int | None = None
    heartbeat_config: HeartbeatConfig | None = None
    ping_url: str | None = None
    package_id: int | None = None
    locations_needed: int = 1
    location_states: list[LocationState] = []

    @property
    def word(self) -> str:
        """The state; without one, what the contract tells: whether it is watched."""
        return self.state or ("paused" if self.status == _PAUSED else self.status)

    def monitor_view(self) -> MonitorView:
        seconds = self.check_interval_seconds
        return MonitorView(
            id=self.id,
            public_id=self.public_id,
            name=self.name,
            kind=self.kind,
            target=self.url or "",
            state=self.word,
            state_since=self.state_since,
            interval_seconds=self.check_interval * 60 if seconds is None else seconds,
            customer_id=self.customer_id,
            customer_name=self.customer_name,
            last_checked_at=self.last_checked_at,
            last_message=self.last_message,
            response_ms=self.last_response_time_ms,
            open_incident_id=self.open_incident_id,
        )

    def details(self) -> MonitorDetails:
        return MonitorDetails(
            monitor=self.monitor_view(),
            policy_id=self.package_id,
            locations_needed=self.locations_needed,
            locations=[one.view() for one in self.location_states],
        )

    def heartbeat_view(self) -> HeartbeatView:
        return HeartbeatView(
            id=self.id,
            public_id=self.public_id,
            name=self.name,
            state=self.word,
            state_since=self.state_since,
            schedule=self.heartbeat_config.text if self.heartbeat_config else None,
            grace_seconds=self.heartbeat_config.grace_seconds if self.heartbeat_config else None,
            customer_id=self.customer_id,
            customer_name=self.customer_name,
            last_ping_at=self.last_ping_at,
            expected_at=self.expected_at,
            ping_url=self.ping_url,
            open_incident_id=self.open_incident_id,
        )


class SitePage(Struct, frozen=True):
    """`GET /api/websites`."""

    items: list[Site]
    total: int


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


class Page(Struct, frozen=True):
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
