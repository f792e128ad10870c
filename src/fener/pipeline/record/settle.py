"""What one result amounts to: belief, transition, incident. Pure; the judge is handed in.

How the judgement of a problem becomes an incident that opens, goes on or ends stands in `weighed`,
what becomes of a change of records in `changes`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

from msgspec.structs import replace

from fener.domain import expectation
from fener.domain.check import CheckResult, Failure, Timings
from fener.domain.health import Health, MonitorState, ProblemState, Runs, Snapshots, Streak
from fener.domain.heartbeat import HeardPing, Ping
from fener.domain.judgement import Judgement, Noticed, Reading, Verdict
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.monitor import Monitor
from fener.domain.policy import Policy, for_certificates, for_heartbeats
from fener.domain.problem import Cause, Problem
from fener.domain.settlement import Settlement, Watched
from fener.domain.time import Instant
from fener.pipeline.record import changes
from fener.pipeline.record.changes import NewId, Route
from fener.pipeline.record.weighed import Weighed, incident_change, transition
from fener.ports import PingSettlement

Judge = Callable[[ProblemState, CheckResult, int, Policy, Collection[int]], Judgement]
Read = Callable[[Monitor, CheckResult, Collection[Problem]], Sequence[Reading]]
"""What a check says of the problems beside availability, given those of which something is kept."""
Notice = Callable[[Monitor, Snapshots | None, CheckResult, int], Noticed]
"""What a check means for the records that are remembered."""


class Settler:
    """Settles results (`fener.ports.Settle`) with the judge, readings and route it is given."""

    def __init__(
        self, judge: Judge, read: Read, notice: Notice, route: Route, new_id: NewId
    ) -> None:
        self._judge = judge
        self._read = read
        self._notice = notice
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
        monitor, before = watched.monitor, watched.state.of(Problem.AVAILABILITY)
        policy = _policy(monitor)
        judgement = self._judge(before, result, check_id, policy, monitor.location_ids)
        if judgement.verdict is Verdict.STALE:
            return None
        readings = self._read(monitor, result, watched.state.problems)
        noticed = self._notice(monitor, watched.state.snapshots, result, check_id)
        if not readings and noticed.change is None and _changes_nothing(watched, judgement):
            problems = {Problem.AVAILABILITY: judgement.state}
            recheck_at = _earlier(judgement.recheck_at, noticed.recheck_at)
            state = MonitorState(problems, recheck_at, runs, noticed.snapshots)
            return Settlement(monitor, check_id, result, state)
        available = Weighed(_availability(result), before, judgement, policy)
        others = self._others(watched, result, check_id, readings)
        settlement = self._changed(watched, result, check_id, runs, (available, *others))
        return self._with_changes(watched, settlement, noticed)

    def _with_changes(
        self, watched: Watched, settlement: Settlement, noticed: Noticed
    ) -> Settlement:
        """The same, and what it means for the records that are remembered."""
        state = replace(
            settlement.state,
            snapshots=noticed.snapshots,
            recheck_at=_earlier(settlement.state.recheck_at, noticed.recheck_at),
        )
        told = changes.told(watched, settlement, noticed, self._route, self._new_id)
        return replace(settlement, state=state, incidents=(*settlement.incidents, *told))

    def _changed(
        self,
        watched: Watched,
        result: CheckResult,
        check_id: int,
        runs: Runs,
        weighed: Sequence[Weighed],
    ) -> Settlement:
        transitions = [transition(one, result) for one in weighed]
        incidents = [
            incident_change(watched, result, one, self._route, self._new_id) for one in weighed
        ]
        return Settlement(
            monitor=watched.monitor,
            check_id=check_id,
            result=result,
            state=MonitorState(_problems(watched.state, weighed), _recheck_at(weighed), runs),
            transitions=tuple(one for one in transitions if one is not None),
            incidents=tuple(one for one in incidents if one is not None),
        )

    def _others(
        self,
        watched: Watched,
        result: CheckResult,
        check_id: int,
        readings: Sequence[Reading],
    ) -> Iterator[Weighed]:
        """Each problem is judged by itself, as if the check had been made for it alone."""
        monitor, state = watched.monitor, watched.state
        for reading in readings:
            before = state.of(reading.problem)
            is_certificate = reading.problem is Problem.CERTIFICATE
            policy = for_certificates(monitor.policy) if is_certificate else monitor.policy
            seen = replace(result, outcome=reading.outcome)
            judgement = self._judge(before, seen, check_id, policy, monitor.location_ids)
            yield Weighed(reading, before, judgement, policy)


def _changes_nothing(watched: Watched, judgement: Judgement) -> bool:
    """Nearly every check: a good one of what is up, with nothing else known of it."""
    return (
        judgement.verdict is Verdict.UNCHANGED
        and not watched.open_incidents
        and len(watched.state.problems) <= 1
    )


def _earlier(one: Instant | None, other: Instant | None) -> Instant | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _availability(result: CheckResult) -> Reading:
    outcome = result.outcome
    cause = outcome.reason.cause if isinstance(outcome, Failure) else Cause.DOWNTIME
    return Reading(Problem.AVAILABILITY, outcome, cause)


def _problems(before: MonitorState, weighed: Sequence[Weighed]) -> dict[Problem, ProblemState]:
    """What is kept: of problems other than availability only those that there are."""
    after = before.problems | {one.problem: one.judgement.state for one in weighed}
    if len(after) == 1:
        return after
    return {problem: state for problem, state in after.items() if _is_kept(problem, state)}


def _is_kept(problem: Problem, state: ProblemState) -> bool:
    is_doubted = bool(state.turns) or any(one.first_failure for one in state.streaks.values())
    return problem is Problem.AVAILABILITY or state.health is not Health.UP or is_doubted


def _recheck_at(weighed: Sequence[Weighed]) -> Instant | None:
    return min(
        (at for one in weighed if (at := one.judgement.recheck_at) is not None), default=None
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
    is_heartbeat = isinstance(monitor.settings, HeartbeatSettings)
    return for_heartbeats(monitor.policy) if is_heartbeat else monitor.policy
