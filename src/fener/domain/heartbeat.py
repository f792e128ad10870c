"""Pings of a heartbeat, as they arrive."""

from enum import StrEnum

from msgspec import Struct

from fener.domain.time import Instant, Span

BODY_LIMIT = 10_000
"""Bytes of a ping's body that are kept."""


class PingAction(StrEnum):
    SUCCESS = "success"
    START = "start"
    FAIL = "fail"
    LOG = "log"


class Ping(Struct, frozen=True):
    """One ping. An exit status other than 0 comes as FAIL with `exit_status` set."""

    monitor_id: int
    at: Instant
    action: PingAction
    exit_status: int | None = None
    run_id: str | None = None
    body: str | None = None
    source: str = ""
    user_agent: str = ""


class Deafness(StrEnum):
    """Why Fener could not hear."""

    NOT_RUNNING = "not_running"
    SUSPENDED = "suspended"
    """The machine slept, or its clock was set forward: nobody lived through that time."""
    STALLED = "stalled"
    STORE_UNAVAILABLE = "store_unavailable"
    """Pings could not be kept, while probes went on."""


class DeafPeriod(Struct, frozen=True):
    """Time in which Fener did not run or could not hear."""

    start: Instant
    end: Instant
    why: str
    """A `Deafness`, as a word that a later release may add to."""

    @property
    def stopped_probes(self) -> bool:
        return self.why != Deafness.STORE_UNAVAILABLE

    def overlaps(self, start: Instant, end: Instant) -> bool:
        return self.start < end and start < self.end


class HeardPing(Struct, frozen=True):
    """A ping, and the length of the run that it ended where that is known."""

    ping: Ping
    duration: Span | None = None
