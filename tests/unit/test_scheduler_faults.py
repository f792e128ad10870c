"""Without its store the scheduler goes on with what it knows, and says what is broken."""

import pytest
from msgspec.structs import replace

from fener.domain.health import Health
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.time import HOUR, MINUTE, SECOND
from fener.pipeline.schedule.buckets import SLOT
from fener.pipeline.schedule.scheduler import LOOK_EVERY
from fener.testing.schedule import a_monitor
from support.scheduling import HOURLY, World


@pytest.fixture
def world() -> World:
    return World()


async def test_checks_go_on_while_the_store_is_away_and_the_fault_is_shown(world: World) -> None:
    world.store.put(a_monitor(1, interval=10 * SECOND), last_checked_at=world.begin)
    async with world.running() as scheduler:
        await world.clock.advance(MINUTE)
        world.taken_orders()
        world.store.is_away = True
        await world.clock.advance(MINUTE)
        assert "schedule" in world.faults.present
        assert "the test says so" in world.faults.present["schedule"].message
        assert len(world.taken_orders()) == 6
        scheduler.check_now(1)
        scheduler.recheck(1, world.clock.now() + 1_030)
        await world.clock.advance(2 * SECOND)
        assert {order.purpose for order in world.taken_orders()} >= {"manual", "recheck"}
        world.store.is_away = False
        await world.clock.advance(SECOND)
    assert world.faults.present == {}


async def test_checks_go_on_while_the_store_does_not_answer(world: World) -> None:
    world.store.put(a_monitor(1, interval=10 * SECOND), last_checked_at=world.begin)
    async with world.running():
        await world.clock.advance(SECOND)
        world.taken_orders()
        world.store.answers.clear()
        await world.clock.advance(MINUTE)
        world.store.answers.set()
    assert len(world.taken_orders()) == 6


async def test_a_store_that_comes_late_on_start_is_waited_for(world: World) -> None:
    world.store.put(a_monitor(1))
    world.store.alive = (world.begin - 10 * SECOND, 0)
    world.store.is_away = True
    async with world.running():
        await world.clock.advance(20 * SECOND)
        assert world.bus.sent_orders == []
        world.store.is_away = False
        await world.clock.advance(SECOND)
        assert len(world.bus.sent_orders) == 1
    assert [why for _, _, why in world.deaf()] == ["not_running"]


async def test_changes_made_while_the_store_was_away_are_noticed_when_it_is_back(
    world: World,
) -> None:
    async with world.running():
        await world.clock.advance(SECOND)
        world.store.is_away = True
        world.store.put(a_monitor(1))
        await world.clock.advance(MINUTE)
        world.store.is_away = False
        await world.clock.advance(SECOND)
    assert len(world.orders(1)) == 1


@pytest.mark.parametrize("hangs", [False, True])
async def test_a_ping_that_could_not_be_stored_is_not_held_against_the_job(
    world: World, *, hangs: bool
) -> None:
    world.add_heartbeat()
    async with world.running():
        world.ping()
        await world.clock.advance(9 * MINUTE)
        if hangs:
            world.store.answers.clear()
        else:
            world.store.is_away = True
        await world.clock.advance(5 * MINUTE)
        world.store.is_away = False
        world.store.answers.set()
        await world.clock.advance(4 * SECOND)
        assert world.bus.sent_results == []
    assert len(world.store.excused) == 1
    ((start, end, why),) = world.deaf()
    assert why == "store_unavailable"
    assert 9 * MINUTE - 6 * SECOND <= start <= 9 * MINUTE
    assert 14 * MINUTE <= end <= 14 * MINUTE + SECOND
    assert not world.store.deaf[0].stopped_probes


async def test_a_healthy_store_leaves_no_deaf_time_behind(world: World) -> None:
    async with world.running():
        await world.clock.advance(5 * MINUTE)
    assert world.store.deaf == []
    assert world.faults.ever == []


async def test_deaf_time_that_could_not_be_stored_waits_and_is_known_before_silence_counts(
    world: World,
) -> None:
    world.add_heartbeat()
    async with world.running():
        world.ping()
        await world.clock.advance(MINUTE)
        world.store.is_away = True
        await world.clock.suspend(HOUR)
        await world.clock.advance(MINUTE)
        world.store.is_away = False
        await world.clock.advance(5 * SECOND)
        assert world.bus.sent_results == []
    assert {why for _, _, why in world.deaf()} == {"suspended", "store_unavailable"}
    assert world.store.kept[1].watched.state.health is Health.UNKNOWN


async def test_a_clock_set_back_while_the_store_is_away_is_not_forgotten(world: World) -> None:
    world.add_heartbeat()
    async with world.running():
        await world.clock.advance(MINUTE)
        world.ping()
        world.store.is_away = True
        world.clock.step_wall(-HOUR)
        await world.clock.advance(10 * SECOND)
        world.store.is_away = False
        await world.clock.advance(5 * SECOND)
        last_ping_at = world.store.kept[1].runs.last_ping_at
        assert last_ping_at is not None
        assert last_ping_at <= world.clock.now()


async def test_a_heartbeat_whose_schedule_cannot_be_read_holds_nobody_up(world: World) -> None:
    world.add_heartbeat(1)
    world.add_heartbeat(2)
    async with world.running():
        for monitor_id in (1, 2):
            world.ping(monitor_id)
        await world.clock.advance(MINUTE)
    broken = HeartbeatSettings(replace(HOURLY, zone="Atlantis/Capital"))
    world.store.put(a_monitor(1, broken))
    await world.clock.advance(HOUR)
    async with world.running():
        await world.clock.advance(5 * SECOND)
    assert "'Atlantis/Capital' is no time zone" in world.faults.present["heartbeat 1"].message
    assert [each.monitor_id for each in world.bus.sent_results] == [1]
    assert [each.monitor.id for each in world.store.excused] == [2]


async def test_a_short_absence_lets_the_pings_that_waited_come_first(world: World) -> None:
    world.add_heartbeat(every=MINUTE, grace=10 * SECOND)
    async with world.running():
        world.ping()
        await world.clock.advance(68 * SECOND)
        world.store.is_away = True
        await world.clock.advance(3 * SECOND)
        world.store.is_away = False
        await world.clock.advance(SECOND)
        world.ping()
        await world.clock.advance(10 * SECOND)
    assert world.store.excused == []
    assert world.bus.sent_results == []


async def test_a_sign_of_life_ends_every_absence(world: World) -> None:
    async with world.running():
        await world.clock.advance(11 * SECOND)
        world.store.is_away = True
        await world.clock.advance(2 * SECOND)
        world.store.is_away = False
        await world.clock.advance(LOOK_EVERY + SLOT)
        assert world.store.alive is not None
        assert world.clock.now() - world.store.alive[0] <= LOOK_EVERY + SLOT


async def test_every_deaf_period_that_waited_is_stored_once(world: World) -> None:
    async with world.running():
        await world.clock.advance(SECOND)
        world.store.is_away = True
        for hours in (1, 2, 3):
            await world.clock.suspend(hours * HOUR)
            await world.clock.advance(SECOND)
        world.store.is_away = False
        await world.clock.advance(SECOND)
    spans = [(end - start) // HOUR for start, end, why in world.deaf() if why == "suspended"]
    assert spans == [1, 2, 3]


async def test_an_absence_begins_after_a_suspend_that_is_known_already(world: World) -> None:
    async with world.running():
        await world.clock.advance(SECOND)
        await world.clock.suspend(HOUR)
        await world.clock.advance(150)
        world.store.is_away = True
        await world.clock.advance(10 * SECOND)
        world.store.is_away = False
        await world.clock.advance(SECOND)
    absent = {why: (start, end) for start, end, why in world.deaf()}
    assert absent["store_unavailable"][0] >= absent["suspended"][1]


async def test_an_absence_is_measured_on_the_clock_as_it_was_set(world: World) -> None:
    async with world.running():
        await world.clock.advance(SECOND)
        world.clock.step_wall(-HOUR)
        await world.clock.advance(150)
        world.store.is_away = True
        await world.clock.advance(10 * SECOND)
        world.store.is_away = False
        await world.clock.advance(SECOND)
    ((start, end, _),) = world.deaf()
    assert 10 * SECOND <= end - start <= 11 * SECOND
