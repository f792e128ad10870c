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


class Continued(Struct, frozen=True):
    """One more failing check of an open incident."""

    incident_id: int
    failed_checks: int


class Resolved(Struct, frozen=True):
    """The recovery was confirmed: each of `channel_ids` is owed a message."""

    incident_id: int
    end: CheckRef
    resolution: Resolution
    channel_ids: tuple[int, ...]


IncidentChange: TypeAlias = Opened | Continued | Resolved


class Settlement(Struct, frozen=True):
    """One result, weighed. Everything in it is written together or not at all."""

    monitor: Monitor
    check_id: int
    result: CheckResult
    state: MonitorState
    transition: Transition | None = None
    incident: IncidentChange | None = None
