"""What the scheduler orders, when, and for whom. Times are milliseconds since the test began."""

import asyncio
from itertools import pairwise

import pytest
from msgspec.structs import replace

from fener.domain.check import Purpose
from fener.domain.credentials import BearerCredentials
from fener.domain.health import MonitorState
from fener.domain.kinds.http import HttpSettings
from fener.domain.time import HOUR, MINUTE, SECOND
from fener.pipeline.schedule.buckets import Buckets
from fener.pipeline.schedule.extras import Extras
from fener.testing.schedule import a_monitor
from support.scheduling import World


@pytest.fixture
def world() -> World:
    return World()


def checked(world: World, monitor_id: int = 1, interval: int = MINUTE) -> None:
    """Add a monitor that was checked just now."""
    monitor = a_monitor(monitor_id, interval=interval)
    world.store.put(monitor, last_checked_at=world.clock.now())


def regular_times(world: World, interval: int, monitor_ids: range) -> dict[int, int]:
    """The first time of each monitor's phase in the test."""
    buckets = Buckets()
    for monitor_id in monitor_ids:
        buckets.put(monitor_id, interval)
    due = buckets.due(world.begin, world.begin + interval)
    return {monitor_id: at for at, ids in due for monitor_id in ids}


async def test_a_monitor_is_ordered_once_in_each_interval_without_drift(world: World) -> None:
    checked(world)
    async with world.running():
        await world.clock.advance(10 * MINUTE)
    times = world.orders(1, Purpose.SCHEDULED)
    assert len(times) == 10
    assert {later - earlier for earlier, later in pairwise(times)} == {MINUTE}


async def test_orders_leave_at_the_time_they_name(world: World) -> None:
    checked(world)
    async with world.running():
        await world.clock.until(lambda: world.bus.sent_orders)
        (order,) = world.bus.sent_orders
        assert order.at == world.clock.now()


async def test_an_order_holds_all_that_a_prober_needs_for_each_location(world: World) -> None:
    settings = HttpSettings(url="https://shop.example/", method="HEAD")
    monitor = replace(
        a_monitor(7, settings),
        interval=30 * SECOND,
        timeout=4 * SECOND,
        location_ids=(1, 3),
        credentials=BearerCredentials("t"),
    )
    world.store.put(monitor)
    async with world.running():
        await world.clock.until(lambda: world.bus.sent_orders)
    one, other = world.bus.sent_orders
    assert (one.location_id, other.location_id) == (1, 3)
    assert (one.at, one.purpose) == (other.at, other.purpose)
    assert (one.settings, one.credentials, one.timeout) == (
        settings,
        monitor.credentials,
        4 * SECOND,
    )
    assert one.allow_private
    assert one.expires_at == one.at + 30 * SECOND


async def test_an_order_expires_after_a_minute_at_the_latest(world: World) -> None:
    world.store.put(a_monitor(1, interval=6 * HOUR))
    async with world.running():
        await world.clock.until(lambda: world.bus.sent_orders)
    assert world.bus.sent_orders[0].expires_at == world.bus.sent_orders[0].at + MINUTE


async def test_a_new_monitor_is_checked_within_half_a_second_though_nobody_rings(
    world: World,
) -> None:
    async with world.running():
        await world.clock.advance(90 * SECOND)
        world.store.put(a_monitor(1, interval=HOUR))
        await world.clock.advance(500)
    assert len(world.orders(1)) == 1


async def test_a_ring_has_changes_noticed_at_once(world: World) -> None:
    async with world.running() as scheduler:
        await world.clock.advance(90 * SECOND + 1)
        world.store.put(a_monitor(1))
        scheduler.monitors_changed()
        scheduler.check_now(1)
        await world.clock.advance(99)
        assert len(world.orders(1)) == 1
        await world.clock.advance(2 * SECOND)
    assert len(world.orders(1)) == 1, "new and wanted at once is one check"


async def test_a_thousand_new_monitors_are_checked_within_two_seconds_but_not_in_one_moment(
    world: World,
) -> None:
    for monitor_id in range(1_000):
        world.store.put(a_monitor(monitor_id, interval=24 * HOUR))
    async with world.running():
        await world.clock.advance(2_100)
    assert len(world.orders()) == 1_000
    assert len(set(world.orders())) > 15


async def test_a_paused_or_deleted_monitor_is_ordered_no_more(world: World) -> None:
    checked(world, 1)
    checked(world, 2)
    async with world.running() as scheduler:
        await world.clock.advance(5 * MINUTE)
        world.store.pause(1)
        world.store.delete(2)
        scheduler.recheck(1, world.clock.now() + SECOND)
        scheduler.recheck(2, world.clock.now() + SECOND)
        await world.clock.advance(500)
        world.taken_orders()
        scheduler.check_now(1)
        scheduler.recheck(2, world.clock.now() + SECOND)
        await world.clock.advance(5 * MINUTE)
    assert world.bus.sent_orders == []


async def test_a_resumed_monitor_is_checked_at_once_and_keeps_its_phase(world: World) -> None:
    checked(world, interval=10 * MINUTE)
    phase = regular_times(world, 10 * MINUTE, range(1, 2))[1] - world.begin
    async with world.running():
        await world.clock.advance(phase + SECOND)
        world.store.pause(1)
        await world.clock.advance(MINUTE)
        world.store.put(a_monitor(1, interval=10 * MINUTE))
        await world.clock.advance(500)
        assert len(world.orders(1)) == 2
        await world.clock.advance(20 * MINUTE)
    assert world.orders(1)[2:] == [phase + 10 * MINUTE, phase + 20 * MINUTE]


async def test_another_interval_applies_at_once(world: World) -> None:
    checked(world, interval=HOUR)
    async with world.running():
        await world.clock.advance(MINUTE)
        world.taken_orders()
        world.store.put(a_monitor(1, interval=10 * SECOND))
        await world.clock.advance(MINUTE)
    assert len(world.orders(1)) == 6


async def test_a_changed_target_is_checked_at_once_with_what_it_is_now(world: World) -> None:
    checked(world, interval=HOUR)
    async with world.running() as scheduler:
        await world.clock.advance(SECOND)
        world.taken_orders()
        world.store.put(a_monitor(1, HttpSettings(url="http://new.example/"), interval=HOUR))
        scheduler.monitors_changed()
        scheduler.check_now(1)
        await world.clock.advance(SECOND)
    (order,) = world.bus.sent_orders
    assert order.settings.target == "http://new.example/"


async def test_a_changed_target_is_checked_at_once_though_nobody_rings(world: World) -> None:
    checked(world, interval=HOUR)
    async with world.running():
        await world.clock.advance(SECOND)
        world.taken_orders()
        world.store.put(a_monitor(1, HttpSettings(url="http://new.example/"), interval=HOUR))
        await world.clock.advance(500)
    (order,) = world.bus.sent_orders
    assert order.settings.target == "http://new.example/"


async def test_another_name_is_no_reason_for_a_check(world: World) -> None:
    checked(world, interval=HOUR)
    async with world.running():
        await world.clock.advance(SECOND)
        world.taken_orders()
        world.store.put(replace(a_monitor(1, interval=HOUR), name="other"))
        await world.clock.advance(SECOND)
    assert world.bus.sent_orders == []


async def test_check_now_orders_one_manual_check_beside_the_schedule(world: World) -> None:
    checked(world, interval=HOUR)
    async with world.running() as scheduler:
        await world.clock.advance(1_030)
        world.taken_orders()
        scheduler.check_now(1)
        scheduler.check_now(1)
        await world.clock.advance(100)
    (order,) = world.bus.sent_orders
    assert order.purpose is Purpose.MANUAL
    assert order.at > world.begin + 1_030


async def test_a_recheck_comes_at_its_time_once(world: World) -> None:
    checked(world, interval=HOUR)
    async with world.running() as scheduler:
        scheduler.recheck(1, world.begin + 10 * SECOND)
        scheduler.recheck(1, world.begin + 10 * SECOND)
        await world.clock.advance(5 * MINUTE)
    assert world.orders(1, Purpose.RECHECK) == [10 * SECOND]


async def test_a_later_wish_replaces_a_recheck_and_none_takes_it_back(world: World) -> None:
    checked(world, 1, HOUR)
    checked(world, 2, HOUR)
    async with world.running() as scheduler:
        for monitor_id in (1, 2):
            scheduler.recheck(monitor_id, world.begin + 10 * SECOND)
        await world.clock.advance(SECOND)
        scheduler.recheck(1, world.begin + 20 * SECOND)
        scheduler.recheck(2, None)
        await world.clock.advance(5 * MINUTE)
    assert world.orders(1, Purpose.RECHECK) == [20 * SECOND]
    assert world.orders(2, Purpose.RECHECK) == []


async def test_a_recheck_beside_the_regular_check_is_one_check(world: World) -> None:
    checked(world)
    phase = regular_times(world, MINUTE, range(1, 2))[1]
    async with world.running() as scheduler:
        scheduler.recheck(1, phase)
        await world.clock.advance(MINUTE)
    (order,) = world.bus.sent_orders
    assert (order.at, order.purpose) == (phase, Purpose.SCHEDULED)


async def test_a_restart_does_not_forget_a_recheck(world: World) -> None:
    soon = MonitorState(recheck_at=world.begin + 7 * SECOND)
    world.store.put(a_monitor(1, interval=HOUR), soon, last_checked_at=world.begin)
    passed = MonitorState(recheck_at=world.begin - 7 * SECOND)
    world.store.put(a_monitor(2, interval=HOUR), passed, last_checked_at=world.begin)
    async with world.running():
        await world.clock.advance(30 * SECOND)
    assert world.orders(1, Purpose.RECHECK) == [7 * SECOND]
    assert world.orders(2, Purpose.RECHECK)[0] <= 100


async def test_on_start_what_missed_its_phase_is_made_up_for_once_within_a_minute(
    world: World,
) -> None:
    for monitor_id in range(200):
        monitor = a_monitor(monitor_id, interval=HOUR)
        world.store.put(monitor, last_checked_at=world.begin - 3 * HOUR)
    for monitor_id in range(200, 400):
        checked(world, monitor_id, HOUR)
    async with world.running():
        await world.clock.advance(MINUTE)
    regular = regular_times(world, HOUR, range(400))
    made_up = [each for each in world.bus.sent_orders if each.at != regular[each.monitor_id]]
    assert {each.monitor_id for each in made_up} <= set(range(200)), "the others missed nothing"
    assert len({each.monitor_id for each in made_up}) == len(made_up) > 190
    assert len({each.at for each in made_up}) > 100


async def test_after_a_suspend_each_missed_monitor_is_checked_once(world: World) -> None:
    for monitor_id in range(50):
        checked(world, monitor_id, 10 * MINUTE)
    async with world.running():
        await world.clock.advance(SECOND)
        world.taken_orders()
        await world.clock.suspend(5 * HOUR)
        await world.clock.advance(MINUTE + SECOND)
        orders = world.taken_orders()
        assert {each.monitor_id for each in orders} == set(range(50))
        regular = regular_times(world, 10 * MINUTE, range(50))
        made_up = [each for each in orders if (each.at - regular[each.monitor_id]) % (10 * MINUTE)]
        assert len({each.monitor_id for each in made_up}) == len(made_up) > 40
        await world.clock.advance(10 * MINUTE)
    assert len(world.taken_orders()) == 50


async def test_ticks_that_are_late_lose_nothing(world: World) -> None:
    for monitor_id in range(100):
        checked(world, monitor_id, MINUTE)
    async with world.running():
        for _ in range(12):
            await world.clock.stall(9_970)
            await world.clock.advance(30)
    assert len(world.orders()) == 200
    for monitor_id in range(100):
        earlier, later = world.orders(monitor_id)
        assert later - earlier == MINUTE


async def test_a_clock_set_back_does_not_stop_the_checks(world: World) -> None:
    checked(world, 1, 10 * SECOND)
    checked(world, 2, HOUR)
    async with world.running() as scheduler:
        await world.clock.advance(MINUTE)
        world.taken_orders()
        scheduler.recheck(2, world.clock.now() + 5 * SECOND)
        world.clock.step_wall(-2 * HOUR)
        await world.clock.advance(MINUTE)
    assert len(world.orders(1)) == 6
    assert len(world.orders(2, Purpose.RECHECK)) == 1


@pytest.mark.parametrize("span", [-1_900, -50, 50, 1_900])
async def test_a_clock_that_is_nudged_orders_nothing_twice(world: World, span: int) -> None:
    checked(world, 1, 5 * SECOND)
    async with world.running():
        for _ in range(10):
            await world.clock.advance(10 * SECOND)
            world.clock.step_wall(span)
    times = world.orders(1)
    assert len(times) == len(set(times))
    assert abs(len(times) - 20) <= 5


async def test_it_ends_when_it_is_cancelled_and_leaves_no_task(world: World) -> None:
    checked(world)
    async with world.running():
        await world.clock.advance(MINUTE)
    sent = len(world.bus.sent_orders)
    await world.clock.advance(10 * MINUTE)
    assert len(world.bus.sent_orders) == sent


async def test_all_monitors_are_read_again_only_when_any_may_have_changed(world: World) -> None:
    checked(world, 1)
    async with world.running():
        await world.clock.advance(MINUTE)
        checked(world, 2)
        await world.clock.advance(MINUTE)
        assert world.store.loads == 1
        assert world.orders(2)
        world.store.change_any()
        await world.clock.advance(MINUTE)
    assert world.store.loads == 2


async def test_a_change_of_one_leaves_the_others_as_they_were(world: World) -> None:
    for monitor_id in (1, 2):
        checked(world, monitor_id)
    async with world.running():
        await world.clock.advance(MINUTE)
        world.bus.sent_orders.clear()
        world.store.pause(2)
        await world.clock.advance(10 * MINUTE)
    assert len(world.orders(1)) == 10
    assert world.orders(2) == []


async def test_a_scheduler_may_be_made_long_before_it_runs(world: World) -> None:
    await world.clock.advance(MINUTE)
    task = asyncio.create_task(world.scheduler.run())
    await world.clock.advance(MINUTE)
    task.cancel()
    assert world.store.deaf == []


async def test_a_person_does_not_wait_for_what_is_made_up_later(world: World) -> None:
    for monitor_id in range(20):
        monitor = a_monitor(monitor_id, interval=HOUR)
        world.store.put(monitor, last_checked_at=world.begin - 3 * HOUR)
    async with world.running() as scheduler:
        for monitor_id in range(20):
            scheduler.check_now(monitor_id)
        await world.clock.advance(200)
        assert len(world.bus.sent_orders) == 20
        await world.clock.advance(MINUTE)
    regular = regular_times(world, HOUR, range(20))
    more = [each for each in world.bus.sent_orders[20:] if each.at != regular[each.monitor_id]]
    assert more == []


def test_the_earlier_of_two_wishes_for_one_check_stands() -> None:
    extras = Extras()
    extras.once(1, 500, Purpose.SCHEDULED)
    extras.once(1, 900, Purpose.MANUAL)
    extras.once(2, 900, Purpose.SCHEDULED)
    extras.once(2, 500, Purpose.MANUAL)
    assert list(extras.due(500)) == [(1, Purpose.SCHEDULED), (2, Purpose.MANUAL)]
    assert list(extras.due(9_999)) == []


class TestGoodAnswers:
    """A success is kept with its evidence where the order says so."""

    @staticmethod
    def asked(world: World, monitor_id: int = 1) -> list[int]:
        """When evidence was asked for, in milliseconds since the test began."""
        return [
            order.at - world.begin
            for order in world.bus.sent_orders
            if order.wants_evidence and order.monitor_id == monitor_id
        ]

    async def test_is_asked_of_the_first_check_after_start_and_then_once_in_each_hour(
        self, world: World
    ) -> None:
        checked(world)
        async with world.running():
            await world.clock.advance(5 * HOUR)
        first, *later = self.asked(world)
        assert first == world.orders(1)[0]
        assert len(later) == 5
        assert {one - other for other, one in pairwise(later)} == {HOUR}

    async def test_is_not_asked_of_all_monitors_in_the_same_minute_of_the_hour(
        self, world: World
    ) -> None:
        for monitor_id in range(1, 61):
            checked(world, monitor_id)
        async with world.running():
            await world.clock.advance(MINUTE)
            world.taken_orders()
            await world.clock.advance(HOUR)
        asked = [one for number in range(1, 61) for one in self.asked(world, number)]
        assert len(asked) == 60
        busiest = max(sum(at // MINUTE == one // MINUTE for at in asked) for one in asked)
        assert busiest <= 5

    async def test_is_asked_of_every_location(self, world: World) -> None:
        world.store.put(replace(a_monitor(1), location_ids=(1, 3)))
        async with world.running():
            await world.clock.until(lambda: world.bus.sent_orders)
        assert [order.wants_evidence for order in world.bus.sent_orders] == [True, True]

    async def test_is_asked_anew_after_a_change_of_what_is_probed(self, world: World) -> None:
        checked(world)
        async with world.running():
            await world.clock.advance(2 * MINUTE)
            world.taken_orders()
            changed = a_monitor(1, HttpSettings(url="https://elsewhere.example/"))
            world.store.put(changed, last_checked_at=world.clock.now())
            await world.clock.advance(2 * MINUTE)
        assert self.asked(world) == world.orders(1)[:1]

    async def test_is_asked_of_whatever_is_checked_beside_the_regular_times(
        self, world: World
    ) -> None:
        checked(world)
        async with world.running() as scheduler:
            await world.clock.advance(90 * SECOND)
            world.taken_orders()
            scheduler.recheck(1, world.clock.now() + SECOND)
            await world.clock.advance(2 * SECOND)
            scheduler.check_now(1)
            await world.clock.advance(SECOND)
        asked = [(order.purpose, order.wants_evidence) for order in world.taken_orders()]
        assert asked == [(Purpose.RECHECK, True), (Purpose.MANUAL, True)]
