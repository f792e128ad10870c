"""What recording one result amounts to: decided by pure code, written by a store in one commit."""

from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from fener.domain.check import CheckResult, Failure
from fener.domain.health import CheckRef, Health, MonitorState
from fener.domain.incident import Resolution
from fener.domain.monitor import Monitor
from fener.domain.notification import Channel
from fener.domain.problem import Cause, Problem
from fener.domain.time import Instant


class OpenIncident(Struct, frozen=True):
    id: int
    problem: Problem
    cause: Cause
    channel_ids: tuple[int, ...]


class Watched(Struct, frozen=True):
    """All that is known of a monitor before a result is weighed."""

    monitor: Monitor
    state: MonitorState
    open_incidents: tuple[OpenIncident, ...] = ()
    channels: tuple[Channel, ...] = ()
    """The active channels that may be told of it."""

    def open_incident(self, problem: Problem) -> OpenIncident | None:
        return next((one for one in self.open_incidents if one.problem is problem), None)


class Transition(Struct, frozen=True):
    """A change of health, and why."""

    problem: Problem
    before: Health
    after: Health
    at: Instant
    why: str
    began_at: Instant
    """Since when it has been true: from the first failing check, or the first good one."""


class Flapping(Struct, frozen=True):
    """A turn of what keeps turning: its message is held."""

    held_until: Instant
    is_new: bool
    """It is flapping from this turn on: each channel is owed a message that says so."""


class Opened(Struct, frozen=True):
    """An outage was confirmed: an incident opens, and each of `channel_ids` is owed a message."""

    public_id: UUID
    problem: Problem
    cause: Cause
    start: CheckRef
    failed_checks: int
    failure: Failure
    """That of the check that confirmed it."""
    channel_ids: tuple[int, ...]
    remind_at: Instant | None
    ends_at: Instant | None = None
    """When the certificate ends, where the problem is that."""
    flapping: Flapping | None = None


class Continued(Struct, frozen=True):
    """One more failing check of an open incident."""

    incident_id: int
    failed_checks: int
    failure: Failure


class Worsened(Struct, frozen=True):
    """One more, and a warning has become critical: each of `channel_ids` is owed a message."""

    continued: Continued
    cause: Cause
    ends_at: Instant | None
    channel_ids: tuple[int, ...]


class Resolved(Struct, frozen=True):
    """The recovery was confirmed: each of `channel_ids` is owed a message."""

    incident_id: int
    problem: Problem
    end: CheckRef
    resolution: Resolution
    channel_ids: tuple[int, ...]
    flapping: Flapping | None = None


IncidentChange: TypeAlias = Opened | Continued | Worsened | Resolved


class Settlement(Struct, frozen=True):
    """One result, weighed. Everything in it is written together or not at all.

    It may change the belief of several problems, at most one incident of each; a change of records
    may end one incident and open another.
    """

    monitor: Monitor
    check_id: int
    result: CheckResult
    state: MonitorState
    transitions: tuple[Transition, ...] = ()
    incidents: tuple[IncidentChange, ...] = ()
