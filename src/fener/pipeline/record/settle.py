"""What one result amounts to: belief, transition, incident. Pure; the judge is handed in.

This is where a judgement becomes an incident that opens, goes on or ends, and where the channels
that are owed a message are named.
"""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from msgspec.structs import replace

from fener.domain import expectation
from fener.domain.check import CheckResult, Failure, Timings
from fener.domain.health import MonitorState, ProblemState, Runs, Streak
from fener.domain.heartbeat import HeardPing, Ping
from fener.domain.incident import Resolution
from fener.domain.judgement import Judgement, Verdict
from fener.domain.monitor import HeartbeatSettings, Kind, Monitor
from fener.domain.notification import Channel
from fener.domain.policy import Policy, for_heartbeats
from fener.domain.problem import Problem
from fener.domain.settlement import (
    Continued,
    IncidentChange,
    Opened,
    Resolved,
    Settlement,
    Transition,
    Watched,
)
from fener.ports import PingSettlement

Judge = Callable[[ProblemState, CheckResult, int, Policy, Collection[int]], Judgement]
Route = Callable[[Monitor, Sequence[Channel]], tuple[int, ...]]
NewId = Callable[[int], UUID]
"""Makes the public id of something that begins at an instant."""


class Settler:
    """Settles results (`fener.ports.Settle`) with the judge and the route it is given."""

    def __init__(self, judge: Judge, route: Route, new_id: NewId) -> None:
        self._judge = judge
        self._route = route
        self._new_id = new_id

    def settle(self, watched: Watched, result: CheckResult, check_id: int) -> Settlement | None:
        """Weigh the result of a probe, or the silence of a heartbeat.

        None for a result that was weighed before, and for a silence that a ping has broken
        meanwhile: it is named by the time at which it became one.
        """
        settings, runs = watched.monitor.settings, watched.state.runs
        if not isinstance(settings, HeartbeatSettings):
            return self._weighed(watched, result, check_id, runs)
        if result.at != runs.due_at:
            return None
        later = expectation.after_silence(runs, settings)
        return self._weighed(watched, _in_order(watched, result), check_id, later)

    def settle_ping(self, watched: Watched, ping: Ping, check_id: int) -> PingSettlement | None:
        """Weigh a ping; None for a monitor that is none to be pinged."""
        settings = watched.monitor.settings
        if not isinstance(settings, HeartbeatSettings):
            return None
        heard = expectation.heard(watched.state.runs, settings, ping)
        told = HeardPing(ping, heard.duration)
        state = replace(watched.state, runs=heard.runs)
        if heard.outcome is None:
            return PingSettlement(told, state)
        result = _in_order(watched, _result_of(ping, heard, watched.monitor.location_ids[0]))
        settlement = self._weighed(watched, result, check_id, heard.runs)
        return PingSettlement(told, settlement.state if settlement else state, settlement)

    def _weighed(
        self, watched: Watched, result: CheckResult, check_id: int, runs: Runs
    ) -> Settlement | None:
        before = watched.state.of(Problem.AVAILABILITY)
        monitor = watched.monitor
        policy = _policy(monitor)
        judgement = self._judge(before, result, check_id, policy, monitor.location_ids)
        if judgement.verdict is Verdict.STALE:
            return None
        problems = watched.state.problems | {Problem.AVAILABILITY: judgement.state}
        state = MonitorState(problems, judgement.recheck_at, runs)
        return Settlement(
            monitor=monitor,
            check_id=check_id,
            result=result,
            state=state,
            transition=_transition(before, judgement, result),
            incident=self._incident_change(watched, result, judgement, policy),
        )

    def _incident_change(
        self, watched: Watched, result: CheckResult, judgement: Judgement, policy: Policy
    ) -> IncidentChange | None:
        incident = watched.open_incident(Problem.AVAILABILITY)
        failure = result.outcome if isinstance(result.outcome, Failure) else None
        if incident is None:
            went_down = judgement.verdict is Verdict.WENT_DOWN and not judgement.state.silenced
            return self._opened(watched, result, judgement, policy) if went_down else None
        if judgement.verdict in {Verdict.RECOVERED, Verdict.WENT_UP}:
            assert judgement.outage_end is not None  # noqa: S101 - the judge names it with both
            told = incident.channel_ids
            return Resolved(incident.id, judgement.outage_end, Resolution.RECOVERED, told)
        if failure is not None:
            return Continued(incident.id, judgement.state.failed_checks)
        return None

    def _opened(
        self, watched: Watched, result: CheckResult, judgement: Judgement, policy: Policy
    ) -> Opened:
        failure = result.outcome
        assert isinstance(failure, Failure)  # noqa: S101 - only a failure takes a monitor down
        assert judgement.outage_start is not None  # noqa: S101 - the judge names it with WENT_DOWN
        every = policy.reminder_every
        return Opened(
            public_id=self._new_id(result.finished_at),
            problem=Problem.AVAILABILITY,
            cause=failure.reason.cause,
            start=judgement.outage_start,
            failed_checks=judgement.state.failed_checks,
            failure=failure,
            channel_ids=self._route(watched.monitor, watched.channels),
            remind_at=None if every is None else result.finished_at + every,
        )


def _in_order(watched: Watched, result: CheckResult) -> CheckResult:
    """The same result, after all that was judged: two pings may share a millisecond."""
    streak = watched.state.of(Problem.AVAILABILITY).streaks.get(result.location_id, Streak())
    return replace(result, at=max(result.at, streak.judged_at + 1))


def _result_of(ping: Ping, heard: expectation.Heard, location_id: int) -> CheckResult:
    assert heard.outcome is not None  # noqa: S101 - asked by its only caller
    took = None if heard.duration is None else Timings(total=heard.duration * 1_000)
    return CheckResult(
        monitor_id=ping.monitor_id,
        location_id=location_id,
        at=ping.at,
        finished_at=ping.at,
        outcome=heard.outcome,
        timings=took,
    )


def _policy(monitor: Monitor) -> Policy:
    return for_heartbeats(monitor.policy) if monitor.kind is Kind.HEARTBEAT else monitor.policy


def _transition(
    before: ProblemState, judgement: Judgement, result: CheckResult
) -> Transition | None:
    after = judgement.state
    if after.health is before.health:
        return None
    return Transition(
        Problem.AVAILABILITY, before.health, after.health, result.finished_at, judgement.why
    )
