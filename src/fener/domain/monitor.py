"""A monitor: what is watched, how, and under which policy."""

from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from fener.domain.place import Place
from fener.domain.policy import Policy
from fener.domain.time import MINUTE, SECOND, Instant, Span

DEFAULT_INTERVAL: Span = 60 * SECOND
DEFAULT_TIMEOUT: Span = 10 * SECOND
LEAST_INTERVAL: Span = 1 * SECOND
BODY_LIMIT = 1024 * 1024
MAX_REDIRECTS = 5


class Kind(StrEnum):
    HTTP = "http"
    HEARTBEAT = "heartbeat"


class HttpSettings(Struct, frozen=True, tag="http", omit_defaults=True):
    """An HTTP or HTTPS request and what counts as a good answer to it."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    expected_status: str = "200-299"
    """Comma-separated codes and ranges: `200,301-308`."""
    keyword: str | None = None
    """Text that must stand in the first MiB of the body."""
    expected_headers: tuple[tuple[str, str], ...] = ()
    """Response headers that must be there with just these values."""
    follow_redirects: bool = True
    verify_tls: bool = True
    extra: dict[str, object] = {}
    """What an API's own form keeps beside these, so that it is given back as it came."""


class EveryInterval(Struct, frozen=True, tag="interval"):
    """A run is expected `interval` after the run before it."""

    interval: Span


class CronSchedule(Struct, frozen=True, tag="cron"):
    """A run is expected at each time of a cron expression in a time zone."""

    expression: str
    zone: str = "UTC"


class CalendarSchedule(Struct, frozen=True, tag="oncalendar"):
    """A run is expected at each time of a systemd OnCalendar expression in a time zone."""

    expression: str
    zone: str = "UTC"


Schedule: TypeAlias = EveryInterval | CronSchedule | CalendarSchedule


class HeartbeatSettings(Struct, frozen=True, tag="heartbeat", omit_defaults=True):
    """When a job is expected to report, and how long it may be late or run."""

    schedule: Schedule
    grace: Span = 5 * MINUTE
    extra: dict[str, object] = {}


class BasicCredentials(Struct, frozen=True, tag="basic"):
    username: str
    password: str


class BearerCredentials(Struct, frozen=True, tag="bearer"):
    token: str


class HeaderCredentials(Struct, frozen=True, tag="header"):
    """The whole value of the `Authorization` header."""

    value: str


Credentials: TypeAlias = BasicCredentials | BearerCredentials | HeaderCredentials
Settings: TypeAlias = HttpSettings | HeartbeatSettings


class Monitor(Struct, frozen=True):
    """What is watched. `interval` of a heartbeat is that of its schedule where it has one."""

    id: int
    public_id: UUID
    organization_id: int
    customer_id: int
    owner_id: int
    name: str
    settings: Settings
    policy: Policy
    interval: Span = DEFAULT_INTERVAL
    timeout: Span = DEFAULT_TIMEOUT
    location_ids: tuple[int, ...] = (1,)
    channel_ids: tuple[int, ...] | None = None
    """Channels chosen for this monitor; None for all of its customer and organization."""
    credentials: Credentials | None = None
    ping_key: UUID | None = None
    created_at: Instant = 0
    paused_at: Instant | None = None
    deleted_at: Instant | None = None

    @property
    def place(self) -> Place:
        return Place(self.organization_id, self.customer_id, self.public_id)

    @property
    def kind(self) -> Kind:
        return Kind.HEARTBEAT if isinstance(self.settings, HeartbeatSettings) else Kind.HTTP

    @property
    def is_watched(self) -> bool:
        return self.paused_at is None and self.deleted_at is None

    @property
    def target(self) -> str:
        """What a person calls the target; a heartbeat has none, its ping address is a secret."""
        return self.settings.url if isinstance(self.settings, HttpSettings) else ""
