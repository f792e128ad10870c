"""Turns the silence of heartbeats into results: a failure, or not observed after deaf time."""

from collections.abc import Callable, Collection, Sequence

from msgspec.structs import replace

from fener.domain import expectation
from fener.domain.check import CheckResult, Failure, Unknown
from fener.domain.failure import Facts, UnknownReason
from fener.domain.fault import Fault, FaultReason
from fener.domain.health import Health, ProblemState, Runs, Streak
from fener.domain.heartbeat import Deafness, DeafPeriod
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.monitor import Monitor
from fener.domain.problem import Problem
from fener.domain.settlement import Settlement, Transition, Watched
from fener.domain.time import SECOND, Instant, Span
from fener.domain.timetable import InvalidSchedule
from fener.ports import Bus, Faults, Overdue, ScheduleStore

SEND_AGAIN_AFTER: Span = 10 * SECOND
"""A result that was not recorded by then may be lost; its identity makes another harmless."""

Excused = Callable[[Sequence[Settlement]], None]
"""Called after the commit with what was recorded as not observed."""

_WHY: dict[str, str] = {
    Deafness.NOT_RUNNING: "Fener was not running",
    Deafness.SUSPENDED: "this machine was suspended, or its clock was set",
    Deafness.STALLED: "Fener was stalled",
    Deafness.STORE_UNAVAILABLE: "Fener could not store pings",
}


class Silences:
    """Looks for overdue heartbeats; call it only when the deaf periods so far are stored."""

    def __init__(self, store: ScheduleStore, bus: Bus, faults: Faults, excused: Excused) -> None:
        self._store = store
        self._bus = bus
        self._faults = faults
        self._excused = excused
        self._sent: dict[tuple[int, Instant], Span] = {}
        self.next_due_at: Instant | None = None
        """When the next silence is due, if that was before the end of the last outlook."""

    async def attend(self, now: Instant, monotonic: Span, outlook: Span = 0) -> None:
        """Send or record a result for each silence until `now`, and look ahead for so long.

        Raises StoreUnavailable.
        """
        known = await self._store.overdue(now + outlook)
        overdue = [one for one in known if _due(one.runs) <= now]
        self.next_due_at = min((_due(one.runs) for one in known[len(overdue) :]), default=None)
        fresh = self._not_sent(overdue, monotonic)
        if not fresh:
            return
        begins = [expectation.awaited_since(one.runs) for one in fresh]
        deaf = await self._store.deaf_periods(min(begins))
        unobserved: list[Overdue] = []
        silent: list[CheckResult] = []
        for one in fresh:
            if self._may_have_reported(one, deaf):
                unobserved.append(one)
            else:
                silent.append(_silence(one, now))
        if unobserved:
            await self._record_unobserved(unobserved, deaf, now)
        if silent:
            await self._bus.send_results(silent)
            self._sent |= {(result.monitor_id, result.at): monotonic for result in silent}

    def _not_sent(self, overdue: Sequence[Overdue], monotonic: Span) -> list[Overdue]:
        found = {(one.monitor.id, _due(one.runs)): one for one in overdue}
        recent = monotonic - SEND_AGAIN_AFTER
        self._sent = {key: at for key, at in self._sent.items() if at > recent}
        return [one for key, one in found.items() if key not in self._sent]

    def _may_have_reported(self, one: Overdue, deaf: Collection[DeafPeriod]) -> bool:
        try:
            return _excused(one.monitor, one.runs, deaf) is not None
        except InvalidSchedule as error:
            facts = Facts(name=f"#{one.monitor.id}", detail=str(error))
            unread = Fault(FaultReason.SCHEDULE_UNREADABLE, str(error), facts)
            self._faults.report(f"heartbeat {one.monitor.id}", unread)
            return False

    async def _record_unobserved(
        self, unobserved: Sequence[Overdue], deaf: Sequence[DeafPeriod], now: Instant
    ) -> None:
        results = [_not_observed(one, deaf, now) for one in unobserved]

        def settle(watched: Watched, result: CheckResult, check_id: int) -> Settlement | None:
            return excuse(watched, result, check_id, deaf)

        self._excused(await self._store.excuse(results, settle))


def excuse(
    watched: Watched, result: CheckResult, check_id: int, deaf: Collection[DeafPeriod]
) -> Settlement | None:
    """Await the run anew; health is unknown, unless it is down with an open incident.

    None where a ping has come meanwhile, or the silence counts.
    """
    monitor, runs = watched.monitor, watched.state.runs
    anew = _excused(monitor, runs, deaf) if runs.due_at == result.at else None
    if anew is None:
        return None
    before = watched.state.of(Problem.AVAILABILITY)
    stays_down = before.health is Health.DOWN and watched.open_incident(Problem.AVAILABILITY)
    after = before if stays_down else _forgotten(before, result)
    problems = watched.state.problems | {Problem.AVAILABILITY: after}
    return Settlement(
        monitor=monitor,
        check_id=check_id,
        result=result,
        state=replace(watched.state, problems=problems, runs=anew),
        transitions=_transitions(before, after, result),
    )


def _excused(monitor: Monitor, runs: Runs, deaf: Collection[DeafPeriod]) -> Runs | None:
    return expectation.excused(runs, _settings(monitor), deaf)


def _forgotten(before: ProblemState, result: CheckResult) -> ProblemState:
    """Nothing is believed any more, but nothing is judged twice, and what is silenced stays so."""
    streaks = {
        place: Streak(judged_at=max(streak.judged_at, result.at))
        for place, streak in before.streaks.items()
    }
    since = before.since if before.health is Health.UNKNOWN else result.finished_at
    return ProblemState(since=since, streaks=streaks, silenced=before.silenced)


def _transitions(
    before: ProblemState, after: ProblemState, result: CheckResult
) -> tuple[Transition, ...]:
    if before.health is after.health or not isinstance(result.outcome, Unknown):
        return ()
    at, why = result.finished_at, result.outcome.message
    return (Transition(Problem.AVAILABILITY, before.health, after.health, at, why, at),)


def _not_observed(one: Overdue, deaf: Sequence[DeafPeriod], now: Instant) -> CheckResult:
    since, due_at = expectation.awaited_since(one.runs), _due(one.runs)
    last = max(
        (period for period in deaf if period.overlaps(since, due_at)), key=lambda each: each.end
    )
    why = _WHY.get(last.why, last.why)
    unknown = Unknown(UnknownReason.NOT_OBSERVED, f"not observed: {why}", Facts(detail=why))
    return _result(one, now, unknown)


def _silence(one: Overdue, now: Instant) -> CheckResult:
    return _result(one, now, expectation.silence(one.runs, _settings(one.monitor)))


def _result(one: Overdue, now: Instant, outcome: Failure | Unknown) -> CheckResult:
    return CheckResult(
        monitor_id=one.monitor.id,
        location_id=one.monitor.location_ids[0],
        at=_due(one.runs),
        finished_at=now,
        outcome=outcome,
    )


def _settings(monitor: Monitor) -> HeartbeatSettings:
    if not isinstance(monitor.settings, HeartbeatSettings):
        raise TypeError(f"monitor {monitor.id} is no heartbeat")
    return monitor.settings


def _due(runs: Runs) -> Instant:
    if runs.due_at is None:
        raise ValueError("nothing is awaited, so nothing can be overdue")
    return runs.due_at
