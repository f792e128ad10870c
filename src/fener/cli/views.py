"""What the commands show, whether it comes from the store or from a server's API.

As JSON the names are in camelCase and times in ISO 8601 and UTC, as in the organization API. What
an API does not tell is null.
"""

from msgspec import Struct

from fener.domain.time import Span


class MonitorView(Struct, frozen=True, kw_only=True, rename="camel"):
    id: int
    public_id: str
    name: str
    kind: str
    target: str
    state: str
    """up, down, flapping, degraded, late, unknown or paused."""
    state_since: str | None = None
    interval_seconds: float
    customer_id: int
    customer_name: str
    last_checked_at: str | None = None
    last_message: str | None = None
    response_ms: float | None = None
    open_incident_id: int | None = None


class HeartbeatView(Struct, frozen=True, kw_only=True, rename="camel"):
    id: int
    public_id: str
    name: str
    state: str
    state_since: str | None = None
    schedule: str | None = None
    """`every 1h`, `cron 30 3 * * * (Europe/Berlin)` or `oncalendar Mon..Fri 08:00 (UTC)`."""
    grace_seconds: float | None = None
    customer_id: int
    customer_name: str
    last_ping_at: str | None = None
    expected_at: str | None = None
    ping_url: str | None = None
    """A secret: whoever knows it can report for the job. Lists leave it out."""
    open_incident_id: int | None = None


class IncidentView(Struct, frozen=True, kw_only=True, rename="camel"):
    id: int
    public_id: str
    status: str
    """open or resolved; an acknowledged incident is still open."""
    cause: str
    message: str | None
    status_code: int | None
    monitor_id: int
    monitor_name: str
    target: str
    customer_id: int
    customer_name: str
    opened_at: str
    """When it was confirmed."""
    resolved_at: str | None
    outage_started_at: str | None = None
    """The first failing check."""
    acknowledged_at: str | None = None
    failed_checks: int | None = None

    @property
    def state(self) -> str:
        return "acknowledged" if self.acknowledged_at and not self.resolved_at else self.status


class CheckView(Struct, frozen=True, kw_only=True, rename="camel"):
    """A check of an incident."""

    at: str
    outcome: str
    location: str
    message: str | None
    status_code: int | None
    response_ms: float | None


class EventView(Struct, frozen=True, kw_only=True, rename="camel"):
    """A line of an incident's timeline."""

    at: str
    kind: str
    by: str | None = None
    text: str | None = None


class AlertView(Struct, frozen=True, kw_only=True, rename="camel"):
    """One attempt to tell somebody."""

    at: str
    kind: str
    channel: str
    status: str
    """sent or failed."""
    message: str | None = None


class IncidentDetails(Struct, frozen=True, kw_only=True, rename="camel"):
    incident: IncidentView
    events: list[EventView]
    checks: list[CheckView]
    alerts: list[AlertView]


class CustomerView(Struct, frozen=True, kw_only=True, rename="camel"):
    id: int
    public_id: str
    name: str
    email: str
    status: str


class PolicyView(Struct, frozen=True, kw_only=True, rename="camel"):
    id: int
    key: str
    title: str
    down_after: int
    up_after: int
    recheck_seconds: float
    quorum: str
    """any, majority, all, or count: then so many as `quorumCount` says."""
    quorum_count: int
    reminder_seconds: float | None
    """Null reminds nobody."""
    flap_turns: int
    flap_window_seconds: float
    flap_hold_seconds: float
    flap_calm_seconds: float
    certificate_warning_seconds: float
    certificate_critical_seconds: float
    customers: int
    monitors: int


class LocationView(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a location that a monitor is watched from sees."""

    id: int
    name: str
    state: str
    """up, down or unknown."""
    since: str | None
    """The first failing check of one that sees it down."""
    checks_against: int
    """How many checks in a row have said otherwise."""


class ResponseTimesView(Struct, frozen=True, kw_only=True, rename="camel"):
    """Within how many milliseconds of the good checks half, 95 % and 99 % were done.

    At most a quarter too high; null where there was none.
    """

    span_seconds: float
    """So long up to now."""
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class MonitorDetails(Struct, frozen=True, kw_only=True, rename="camel"):
    monitor: MonitorView
    policy_id: int | None
    """The policy that was chosen for it; null for that of its customer."""
    locations_needed: int
    """So many must see it down before it is."""
    locations: list[LocationView]
    response_times: ResponseTimesView | None = None
    """Told by the store alone: the API has no words for them."""


class TokenView(Struct, frozen=True, kw_only=True, rename="camel"):
    id: int
    kind: str
    name: str
    hint: str
    customer_id: int | None
    customer_name: str | None
    created_at: str
    expires_at: str | None
    last_used_at: str | None


class NewSecret(Struct, frozen=True):
    """A token that was just made. Its secret is never shown again."""

    id: int
    name: str
    secret: str


class NewMonitor(Struct, frozen=True, kw_only=True):
    """What `fener monitor add` was told; None where nothing was said."""

    url: str
    name: str = ""
    every: Span
    timeout: Span | None = None
    customer_id: int | None = None
    policy: str | None = None
    """Key, name or ID of a policy; None for that of the customer."""
    keyword: str | None = None
    expect: str | None = None
    notice_changes: bool = False


class NewHeartbeat(Struct, frozen=True, kw_only=True):
    """What `fener heartbeat add` was told: just one of the three schedules is given."""

    name: str
    every: Span | None = None
    cron: str | None = None
    on_calendar: str | None = None
    zone: str = "UTC"
    grace: Span
    customer_id: int | None = None
