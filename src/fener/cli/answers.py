"""Monitors and customers as the organization API answers them, as far as commands show them, and
the views made of them.

What a server leaves out has its default here: an older one may say less.
"""

from msgspec import Struct

from fener.cli.shown import schedule_text
from fener.cli.views import (
    CustomerView,
    HeartbeatView,
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
