"""What is remembered after the clock was set back: nothing later than the time that it is now.

A result is judged only if it is later than the one before, and a run awaited from a time to come
would be awaited for long: a clock that was ahead would blind Fener until time has caught up.
"""

from msgspec.structs import replace

from fener.domain import expectation
from fener.domain.check import CheckResult
from fener.domain.health import MonitorState, ProblemState, Streak
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.monitor import Monitor
from fener.domain.time import Instant


def rewound(monitor: Monitor, state: MonitorState, now: Instant) -> MonitorState:
    """The same belief, as if what happened later than `now` had happened now."""
    runs, settings = state.runs, monitor.settings
    if isinstance(settings, HeartbeatSettings):
        runs = expectation.rewound(runs, settings, now)
    return replace(
        state,
        problems={name: _problem(problem, now) for name, problem in state.problems.items()},
        recheck_at=state.recheck_at and min(state.recheck_at, now),
        runs=runs,
    )


def no_later(result: CheckResult, now: Instant) -> CheckResult:
    """The same result, as if what is later than `now` had been now: it was ordered before the
    clock was set back, and once judged at that time would make every result until then stale.
    """
    if max(result.at, result.finished_at) <= now:
        return result
    return replace(
        result,
        at=min(result.at, now),
        finished_at=min(result.finished_at, now),
        started_at=result.started_at and min(result.started_at, now),
    )


def _problem(problem: ProblemState, now: Instant) -> ProblemState:
    streaks = {place: _streak(streak, now) for place, streak in problem.streaks.items()}
    turns = tuple(min(turn, now) for turn in problem.turns)
    return replace(problem, since=min(problem.since, now), streaks=streaks, turns=turns)


def _streak(streak: Streak, now: Instant) -> Streak:
    return replace(streak, judged_at=min(streak.judged_at, now))
