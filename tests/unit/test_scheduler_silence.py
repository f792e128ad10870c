"""What the scheduler makes of a heartbeat's silence, and of time in which nobody could hear."""

from itertools import pairwise

import pytest

from fener.domain.check import Unknown
from fener.domain.failure import Facts, UnknownReason
from fener.domain.health import Health, MonitorState, ProblemState, Streak
from fener.domain.heartbeat import PingAction
from fener.domain.kinds.heartbeat import CalendarSchedule, Schedule
from fener.domain.problem import Cause, Problem
from fener.domain.settlement import OpenIncident
from fener.domain.time import HOUR, MINUTE, SECOND, Span
from support.scheduling import HOURLY, World


@pytest.fixture
def world() -> World:
    return World()


def health(world: World, monitor_id: int = 1) -> Health:
    state: MonitorState = world.store.kept[monitor_id].watched.state
    return state.health


async def test_a_heartbeat_that_pings_in_time_gives_no_result(world: World) -> None:
    world.add_heartbeat()
    async with world.running():
        for _ in range(5):
            world.ping()
            await world.clock.advance(10 * MINUTE + 59 * SECOND)
    assert world.bus.sent_results == []


@pytest.mark.parametrize("into_a_second", [0, 130, 499, 777])
async def test_silence_becomes_a_failure_when_it_is_due(world: World, into_a_second: Span) -> None:
    world.add_heartbeat()
    await world.clock.advance(into_a_second)
    world.begin += into_a_second
    world.ping()
    async with world.running():
        await world.clock.advance(11 * MINUTE - 1)
        assert world.bus.sent_results == []
        await world.clock.advance(11)
    (result,) = world.bus.sent_results
    assert (result.monitor_id, result.location_id) == (1, 1)
    assert result.at == world.begin + 11 * MINUTE
    assert result.at <= result.finished_at <= result.at + 10
    assert world.recorded_silences() == [(11 * MINUTE, "run_missed")]


async def test_a_stall_excuses_though_the_clock_was_set_back_in_it(world: World) -> None:
    world.add_heartbeat()
    world.ping()
    async with world.running():
        await world.clock.advance(10 * MINUTE + 30 * SECOND)
        world.clock.step_wall(-5 * SECOND)
        await world.clock.stall(MINUTE)
        await world.clock.advance(10 * SECOND)
    assert world.bus.sent_results == []
    assert health(world) is Health.UNKNOWN
    stalled = (10 * MINUTE + 25 * SECOND, 11 * MINUTE + 25 * SECOND, "stalled")
    assert world.deaf() == [stalled]


async def test_each_missed_run_is_one_failure(world: World) -> None:
    world.add_heartbeat()
    world.ping()
    told = []
    async with world.running():
        for _ in range(35):
            await world.clock.advance(MINUTE)
            told += world.recorded_silences()
    assert told == [(minutes * MINUTE, "run_missed") for minutes in (11, 21, 31)]


async def test_a_run_that_does_not_end_is_a_failure_one_grace_after_its_start(
    world: World,
) -> None:
    world.add_heartbeat()
    async with world.running():
        world.ping(action=PingAction.START)
        await world.clock.advance(MINUTE + SECOND)
    assert world.recorded_silences() == [(MINUTE, "run_too_long")]


async def test_before_its_first_ping_a_heartbeat_is_not_overdue(world: World) -> None:
    world.add_heartbeat()
    async with world.running():
        await world.clock.advance(HOUR)
    assert world.bus.sent_results == []


async def test_a_paused_heartbeat_is_not_overdue(world: World) -> None:
    world.add_heartbeat()
    world.ping()
    world.store.pause(1)
    async with world.running():
        await world.clock.advance(20 * MINUTE)
    assert world.bus.sent_results == []


async def test_a_result_that_was_not_recorded_is_sent_again_but_not_all_the_time(
    world: World,
) -> None:
    world.add_heartbeat()
    world.ping()
    async with world.running():
        await world.clock.advance(11 * MINUTE + 9 * SECOND)
        assert len(world.bus.sent_results) == 1
        await world.clock.advance(2 * SECOND)
        assert len(world.bus.sent_results) == 2
        assert len({(each.monitor_id, each.at) for each in world.bus.sent_results}) == 1
        world.recorded_silences()
        await world.clock.advance(MINUTE)
    assert world.bus.sent_results == []


async def test_many_silences_leave_together(world: World) -> None:
    for monitor_id in range(300):
        world.add_heartbeat(monitor_id)
        world.ping(monitor_id)
    async with world.running():
        await world.clock.advance(11 * MINUTE + SECOND)
    assert len(world.bus.sent_results) == 300


async def test_no_run_of_an_hour_without_fener_is_held_against_anybody(world: World) -> None:
    schedules: list[Schedule | Span] = [MINUTE, 10 * MINUTE, HOUR, HOURLY]
    for monitor_id, every in enumerate(schedules):
        world.add_heartbeat(monitor_id, every, grace=20 * SECOND)
    async with world.running():
        for monitor_id in range(4):
            world.ping(monitor_id)
        await world.clock.advance(30 * SECOND)
    await world.clock.advance(HOUR)
    async with world.running():
        await world.clock.advance(3 * SECOND)
        assert world.bus.sent_results == []
        assert [health(world, each) for each in range(4)] == [Health.UNKNOWN] * 4
        for monitor_id in range(4):
            world.ping(monitor_id)
        await world.clock.advance(50 * SECOND)
    assert world.bus.sent_results == []
    assert [(end - start) // MINUTE for start, end, why in world.deaf()] == [60]
    assert world.deaf()[0][2] == "not_running"


async def test_after_the_deaf_time_the_next_whole_run_counts(world: World) -> None:
    world.add_heartbeat(every=10 * MINUTE, grace=MINUTE)
    async with world.running():
        world.ping()
        await world.clock.advance(5 * MINUTE)
    await world.clock.advance(HOUR)
    async with world.running():
        await world.clock.advance(11 * MINUTE + SECOND)
    assert world.recorded_silences() == [(76 * MINUTE, "run_missed")]


async def test_a_run_that_was_awaited_outside_of_the_deaf_time_counts(world: World) -> None:
    world.add_heartbeat(every=HOURLY, grace=MINUTE)
    async with world.running():
        world.ping()
        await world.clock.advance(5 * MINUTE)
    await world.clock.advance(10 * MINUTE)
    async with world.running():
        await world.clock.advance(50 * MINUTE)
    assert world.store.excused == []
    assert world.recorded_silences() == [(61 * MINUTE, "run_missed")]


async def test_a_restart_within_seconds_is_no_deaf_time_but_pings_are_let_in_first(
    world: World,
) -> None:
    world.add_heartbeat(every=MINUTE, grace=5 * SECOND)
    async with world.running():
        world.ping()
        await world.clock.advance(60 * SECOND)
    await world.clock.advance(10 * SECOND)
    async with world.running():
        await world.clock.advance(SECOND)
        assert world.bus.sent_results == []
        world.ping()
        await world.clock.advance(30 * SECOND)
        assert world.bus.sent_results == []
        assert world.store.deaf == []
        await world.clock.advance(MINUTE)
    assert world.recorded_silences() == [(136 * SECOND, "run_missed")]


async def test_a_suspended_machine_hears_nothing(world: World) -> None:
    world.add_heartbeat()
    async with world.running():
        world.ping()
        await world.clock.advance(MINUTE)
        await world.clock.suspend(HOUR)
        await world.clock.advance(5 * SECOND)
        assert world.bus.sent_results == []
        assert health(world) is Health.UNKNOWN
    ((start, end, why),) = world.deaf()
    assert (end - start) // SECOND == 3600
    assert why == "suspended"


async def test_a_clock_set_forward_opens_nothing(world: World) -> None:
    world.add_heartbeat()
    async with world.running():
        world.ping()
        await world.clock.advance(MINUTE)
        world.clock.step_wall(HOUR)
        await world.clock.advance(MINUTE)
        assert world.bus.sent_results == []
        world.ping()
        await world.clock.advance(10 * MINUTE)
        assert world.bus.sent_results == []


async def test_a_stalled_loop_was_deaf(world: World) -> None:
    world.add_heartbeat(every=MINUTE, grace=10 * SECOND)
    async with world.running():
        world.ping()
        await world.clock.advance(60 * SECOND)
        await world.clock.stall(20 * SECOND)
        await world.clock.advance(5 * SECOND)
    assert world.bus.sent_results == []
    assert health(world) is Health.UNKNOWN
    assert [(end - start) // SECOND for start, end, _ in world.deaf()] == [20]
    assert world.deaf()[0][2] == "stalled"


async def test_after_a_short_stall_waiting_pings_are_heard_before_silence_counts(
    world: World,
) -> None:
    world.add_heartbeat(every=MINUTE, grace=10 * SECOND)
    async with world.running():
        world.ping()
        await world.clock.advance(65 * SECOND)
        await world.clock.stall(8 * SECOND)
        await world.clock.advance(SECOND)
        world.ping()
        await world.clock.advance(10 * SECOND)
    assert world.bus.sent_results == []
    assert world.store.deaf == []


async def test_a_clock_set_back_forgets_the_future(world: World) -> None:
    streaks = {1: Streak(judged_at=world.begin + MINUTE)}
    state = MonitorState({Problem.AVAILABILITY: ProblemState(Health.UP, streaks=streaks)})
    world.add_heartbeat(state=state)
    async with world.running():
        await world.clock.advance(MINUTE)
        world.ping()
        world.clock.step_wall(-3 * HOUR)
        await world.clock.advance(5 * SECOND)
        after = world.store.kept[1].watched.state
        now = world.clock.now()
        assert after.of(Problem.AVAILABILITY).streaks[1].judged_at <= now
        await world.clock.advance(11 * MINUTE)
    (told,) = world.recorded_silences()
    assert told[1] == "run_missed"
    assert world.store.deaf == []


async def test_a_clock_set_back_while_fener_was_away_forgets_the_future_too(
    world: World,
) -> None:
    world.add_heartbeat()
    async with world.running():
        await world.clock.advance(MINUTE)
        world.ping()
    world.clock.step_wall(-3 * HOUR)
    async with world.running():
        await world.clock.advance(11 * MINUTE + SECOND)
    assert len(world.bus.sent_results) == 1
    assert world.store.deaf == []


async def test_what_was_not_observed_is_recorded_as_just_that(world: World) -> None:
    world.add_heartbeat()
    async with world.running():
        world.ping()
        await world.clock.advance(MINUTE)
    await world.clock.advance(HOUR)
    async with world.running():
        await world.clock.advance(3 * SECOND)
    (made,) = world.store.excused
    assert made.result.at == world.begin + 11 * MINUTE
    outcome = made.result.outcome
    assert isinstance(outcome, Unknown)
    assert outcome.reason is UnknownReason.NOT_OBSERVED
    assert outcome.message == "not observed: Fener was not running"
    assert outcome.facts == Facts(detail="Fener was not running")
    (transition,) = made.transitions
    assert (transition.before, transition.after) == (Health.UP, Health.UNKNOWN)
    assert transition.why == outcome.message
    assert transition.at == made.result.finished_at
    assert made.incidents == ()


def _down(world: World, *, silenced: bool = False) -> MonitorState:
    streaks = {1: Streak(judged_at=world.begin - MINUTE, failing=True, failures=4)}
    believed = ProblemState(Health.DOWN, since=5, streaks=streaks, failed_checks=4)
    if silenced:
        believed = ProblemState(Health.DOWN, since=5, streaks=streaks, silenced=True)
    return MonitorState({Problem.AVAILABILITY: believed})


async def _deaf_hour(world: World) -> None:
    async with world.running():
        world.ping()
        await world.clock.advance(MINUTE)
    await world.clock.advance(HOUR)
    async with world.running():
        await world.clock.advance(3 * SECOND)


async def test_what_is_down_with_an_open_incident_stays_down(world: World) -> None:
    world.add_heartbeat(state=_down(world))
    kept = world.store.kept[1]
    incident = OpenIncident(9, Problem.AVAILABILITY, Cause.DOWNTIME, ())
    kept.watched = type(kept.watched)(kept.watched.monitor, _down(world), (incident,))
    await _deaf_hour(world)
    (made,) = world.store.excused
    assert made.transitions == ()
    assert made.state.problems == _down(world).problems
    assert made.state.runs.due_at is not None
    assert made.state.runs.due_at > world.clock.now()


@pytest.mark.parametrize("silenced", [True, False])
async def test_what_is_down_without_an_incident_is_unknown_and_no_failing_streak_is_left(
    world: World, *, silenced: bool
) -> None:
    world.add_heartbeat(state=_down(world, silenced=silenced))
    await _deaf_hour(world)
    believed = world.store.kept[1].watched.state.of(Problem.AVAILABILITY)
    assert (believed.health, believed.silenced) == (Health.UNKNOWN, silenced)
    assert not believed.streaks[1].failing
    assert believed.streaks[1].judged_at == world.begin + 11 * MINUTE


async def test_what_was_unknown_already_does_not_change(world: World) -> None:
    since = world.begin - HOUR
    state = MonitorState({Problem.AVAILABILITY: ProblemState(since=since)})
    world.add_heartbeat(state=state)
    await _deaf_hour(world)
    (made,) = world.store.excused
    assert made.transitions == ()
    assert made.state.of(Problem.AVAILABILITY).since == since


async def test_a_ping_that_came_while_the_excuse_was_written_wins(world: World) -> None:
    world.add_heartbeat()
    async with world.running():
        world.ping()
        await world.clock.advance(MINUTE)
    await world.clock.advance(HOUR)
    world.store.before_excuse = world.ping
    async with world.running():
        await world.clock.advance(3 * SECOND)
    assert world.store.excused == []
    assert health(world) is Health.UP


async def test_the_store_is_told_of_life_every_five_seconds(world: World) -> None:
    seen = []
    async with world.running():
        for _ in range(120):
            await world.clock.advance(500)
            seen.append(world.store.alive)
    assert all(each is not None for each in seen)
    gaps = {b[0] - a[0] for a, b in pairwise(seen) if a and b and a != b}
    assert gaps == {5 * SECOND}
    assert world.store.alive is not None
    offset = world.clock.now() - world.clock.monotonic()
    assert world.store.alive[0] - world.store.alive[1] == offset


@pytest.mark.parametrize(
    ("gap", "is_deaf"), [(0, False), (14 * SECOND, False), (16 * SECOND, True), (HOUR, True)]
)
async def test_a_gap_between_two_lives_is_deaf_time_if_it_is_long(
    world: World, *, gap: int, is_deaf: bool
) -> None:
    world.store.alive = (world.begin - gap, 77)
    async with world.running():
        await world.clock.advance(SECOND)
    assert world.deaf() == ([(-gap, 0, "not_running")] if is_deaf else [])


async def test_the_very_first_start_is_no_deaf_time(world: World) -> None:
    async with world.running():
        await world.clock.advance(MINUTE)
    assert world.store.deaf == []
    assert world.store.alive is not None


async def test_a_last_ping_that_came_while_the_excuse_was_written_ends_the_matter(
    world: World,
) -> None:
    world.add_heartbeat(every=CalendarSchedule("2026-01-01 12:10"))
    async with world.running():
        world.ping()
        await world.clock.advance(MINUTE)
    await world.clock.advance(HOUR)
    world.store.before_excuse = world.ping
    async with world.running():
        await world.clock.advance(3 * SECOND)
    assert world.store.excused == []
    assert world.store.kept[1].runs.due_at is None


async def test_the_deaf_time_of_the_longest_wait_is_known_too(world: World) -> None:
    world.add_heartbeat(1, every=2 * HOUR)
    world.add_heartbeat(2, every=10 * MINUTE)
    async with world.running():
        world.ping(1)
        await world.clock.advance(MINUTE)
    await world.clock.advance(MINUTE)
    async with world.running():
        await world.clock.advance(108 * MINUTE)
        world.ping(2)
        await world.clock.advance(12 * MINUTE)
    assert {each.monitor_id for each in world.bus.sent_results} == {2}
    assert [each.monitor.id for each in world.store.excused] == [1]
