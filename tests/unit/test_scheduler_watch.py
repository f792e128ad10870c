"""What two clocks tell of the time that went by, and what a set clock leaves of a state."""

import pytest

from fener.domain.check import CheckResult, Success
from fener.domain.health import CheckRef, Health, MonitorState, ProblemState, Runs, Streak
from fener.domain.heartbeat import Deafness, DeafPeriod
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.problem import Problem
from fener.domain.rewinding import no_later, rewound
from fener.domain.time import HOUR, MINUTE, SECOND
from fener.pipeline.schedule.watch import SetBack, Watch
from fener.testing.schedule import a_monitor

NOW = 1_000_000_000


@pytest.mark.parametrize(
    ("passed", "lived", "seen"),
    [
        (100, 100, ()),
        (14 * SECOND, 14 * SECOND, ()),
        (15 * SECOND + 1, 15 * SECOND + 1, "stalled"),
        (2_099, 100, ()),
        (2_100, 100, "suspended"),
        (8 * HOUR, 20 * SECOND, "suspended"),
        (-1_899, 100, ()),
        (-1_900, 100, (SetBack(2_000),)),
        (-HOUR, 100, (SetBack(HOUR + 100),)),
        (0, 15 * SECOND, (SetBack(15 * SECOND),)),
    ],
)
def test_the_two_clocks_tell_suspends_stalls_and_set_clocks_apart(
    passed: int, lived: int, seen: str | tuple[SetBack, ...]
) -> None:
    noticed = Watch(NOW, 50).look(NOW + passed, 50 + lived)
    if isinstance(seen, str):
        assert noticed == (DeafPeriod(NOW, NOW + passed, seen),)
    else:
        assert noticed == seen


@pytest.mark.parametrize("passed", [-HOUR, 0, 55 * SECOND])
def test_a_stall_in_which_the_clock_was_set_back_is_deaf_by_the_time_that_is_now(
    passed: int,
) -> None:
    now = NOW + passed
    assert Watch(NOW, 50).look(now, 50 + MINUTE) == (
        SetBack(MINUTE - passed),
        DeafPeriod(now - MINUTE, now, Deafness.STALLED),
    )


def test_each_look_concerns_the_time_since_the_one_before() -> None:
    watch = Watch(NOW, 0)
    assert watch.look(NOW + HOUR, 100) != ()
    assert watch.look(NOW + HOUR + 100, 200) == ()
    assert watch.look(NOW + 200, 300) == (SetBack(HOUR),)
    assert watch.look(NOW + 300, 400) == ()


def test_a_drift_of_a_clock_that_is_slewed_is_nothing() -> None:
    watch = Watch(NOW, 0)
    for tick in range(1, 10_000):
        assert watch.look(NOW + tick * 101, tick * 100) == ()


@pytest.mark.parametrize(("passed", "lived"), [(2_000, 2_000), (5_000, 0), (-5_000, 100)])
def test_after_a_disturbance_it_takes_two_seconds_to_settle(passed: int, lived: int) -> None:
    watch = Watch(NOW, 0)
    assert not watch.is_settled(1_999), "not just after the start either"
    assert watch.is_settled(2_000)
    watch.look(NOW + 9_000, 9_000)
    watch.look(NOW + 9_000 + passed, 9_000 + lived)
    assert not watch.is_settled(9_000 + lived + 1_999)
    assert watch.is_settled(9_000 + lived + 2_000)


def test_a_set_clock_leaves_nothing_of_the_future_and_all_of_the_past() -> None:
    first = CheckRef(3, NOW + MINUTE)
    ahead = Streak(judged_at=NOW + HOUR, failing=True, failures=2, first_failure=first)
    behind = Streak(judged_at=NOW - HOUR)
    believed = ProblemState(Health.DOWN, NOW + MINUTE, {1: ahead, 2: behind}, failed_checks=2)
    state = MonitorState({Problem.AVAILABILITY: believed}, recheck_at=NOW + HOUR)
    after = rewound(a_monitor(1), state, NOW)
    problem = after.of(Problem.AVAILABILITY)
    assert (problem.health, problem.since, problem.failed_checks) == (Health.DOWN, NOW, 2)
    assert problem.streaks[1].judged_at == NOW
    assert problem.streaks[1].first_failure == first
    assert problem.streaks[2] == behind
    assert after.recheck_at == NOW
    assert rewound(a_monitor(1), after, NOW) == after


def test_a_result_of_a_time_to_come_is_one_of_now() -> None:
    ordered_ahead = CheckResult(1, 1, NOW + HOUR, NOW + SECOND, Success(), started_at=NOW + HOUR)
    of_now = CheckResult(1, 1, NOW, NOW, Success(), started_at=NOW)
    assert no_later(ordered_ahead, NOW) == of_now
    assert no_later(of_now, NOW) is of_now
    of_the_past = CheckResult(1, 1, NOW - HOUR, NOW - MINUTE, Success())
    assert no_later(of_the_past, NOW) is of_the_past


def test_a_set_clock_moves_what_a_heartbeat_awaits() -> None:
    heartbeat = a_monitor(1, HeartbeatSettings(EveryInterval(HOUR), MINUTE))
    runs = Runs(last_ping_at=NOW + HOUR, awaited_from=NOW + HOUR, due_at=NOW + 3 * HOUR)
    after = rewound(heartbeat, MonitorState(runs=runs), NOW).runs
    assert (after.last_ping_at, after.due_at) == (NOW, NOW + HOUR + MINUTE)
