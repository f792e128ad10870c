"""What a problem amounts to after one more check of it: a transition, an incident. Pure.

An incident opens where the judge says that something went down, goes on with each failure, gets
worse, and ends where it went up. The channels that are told are named with it.
"""

from uuid import UUID

from msgspec import Struct

from fener.domain.check import CheckResult, Failure
from fener.domain.health import ProblemState
from fener.domain.incident import Resolution
from fener.domain.judgement import Judgement, Reading, Verdict
from fener.domain.policy import Policy
from fener.domain.problem import Problem, Severity
from fener.domain.settlement import (
    Continued,
    Flapping,
    IncidentChange,
    Opened,
    OpenIncident,
    Resolved,
    Transition,
    Watched,
    Worsened,
)
from fener.domain.time import Span
from fener.pipeline.record.changes import NewId, Route


class Weighed(Struct, frozen=True):
    """One problem after one more check."""

    reading: Reading
    before: ProblemState
    judgement: Judgement
    policy: Policy

    @property
    def problem(self) -> Problem:
        return self.reading.problem


def transition(one: Weighed, result: CheckResult) -> Transition | None:
    judgement, before, after = one.judgement, one.before.health, one.judgement.state.health
    if after is before:
        return None
    began = judgement.outage_start or judgement.outage_end
    assert began is not None  # noqa: S101 - the judge names either with each change
    at, why = result.finished_at, judgement.why
    return Transition(one.problem, before, after, at, why, began.at)


def incident_change(
    watched: Watched, result: CheckResult, one: Weighed, route: Route, new_id: NewId
) -> IncidentChange | None:
    """What happens to the incident of this problem; None where nothing does."""
    incident = watched.open_incident(one.problem)
    judgement, outcome = one.judgement, one.reading.outcome
    if incident is None:
        went_down = judgement.verdict is Verdict.WENT_DOWN and not judgement.state.silenced
        if not went_down:
            return None
        channel_ids = route(watched.monitor, watched.channels)
        return _opened(result, one, channel_ids, new_id(result.finished_at))
    if judgement.verdict in {Verdict.RECOVERED, Verdict.WENT_UP}:
        assert judgement.outage_end is not None  # noqa: S101 - the judge names it with both
        told = incident.channel_ids
        held = _flapping(one, result, one.policy.flap_calm)
        end, why = judgement.outage_end, Resolution.RECOVERED
        return Resolved(incident.id, one.problem, end, why, told, held)
    if isinstance(outcome, Failure):
        failed = Continued(incident.id, judgement.state.failed_checks, outcome)
        return _worsened(incident, one.reading, failed) or failed
    return None


def _opened(
    result: CheckResult, one: Weighed, channel_ids: tuple[int, ...], public_id: UUID
) -> Opened:
    judgement, failure, every = one.judgement, one.reading.outcome, one.policy.reminder_every
    assert isinstance(failure, Failure)  # noqa: S101 - only a failure takes a monitor down
    assert judgement.outage_start is not None  # noqa: S101 - the judge names it with WENT_DOWN
    return Opened(
        public_id=public_id,
        problem=one.problem,
        cause=one.reading.cause,
        start=judgement.outage_start,
        failed_checks=judgement.state.failed_checks,
        failure=failure,
        channel_ids=channel_ids,
        remind_at=None if every is None else result.finished_at + every,
        ends_at=one.reading.ends_at,
        flapping=_flapping(one, result, one.policy.flap_hold),
    )


def _flapping(one: Weighed, result: CheckResult, hold: Span) -> Flapping | None:
    """An outage is told once it has lasted, a recovery once all is calm."""
    if not one.judgement.state.flapping:
        return None
    return Flapping(result.finished_at + hold, is_new=not one.before.flapping)


def _worsened(incident: OpenIncident, reading: Reading, failed: Continued) -> Worsened | None:
    if (incident.cause.level, reading.cause.level) != (Severity.WARNING, Severity.CRITICAL):
        return None
    return Worsened(failed, reading.cause, reading.ends_at, incident.channel_ids)
