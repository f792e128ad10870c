"""What every bus must do; a new one joins `BUSES`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
import pytest

from fener.bus.local import BATCH, LocalBus
from fener.domain.check import CheckOrder, CheckResult, Success
from fener.domain.prober import Share
from fener.ports import Bus
from fener.testing.clock import NOON
from support.probing import order

BUSES: list[Callable[[], Bus]] = [LocalBus]


@pytest.fixture(params=BUSES, ids=lambda make: make.__name__)
def bus(request: pytest.FixtureRequest) -> Bus:
    made: Bus = request.param()
    return made


def order_of(monitor_id: int, location_id: int = 1) -> CheckOrder:
    made = order("http://a.test/", at=NOON)
    return msgspec.structs.replace(made, monitor_id=monitor_id, location_id=location_id)


def result_of(monitor_id: int) -> CheckResult:
    return CheckResult(monitor_id, 1, NOON, NOON, Success())


async def take(batches: AsyncIterator[Sequence[Any]], count: int) -> list[Any]:
    """The next `count` items, however they are batched."""
    taken: list[Any] = []
    while len(taken) < count:
        async with asyncio.timeout(5):
            taken += await anext(batches)
    return taken


async def test_orders_reach_their_location_in_order(bus: Bus) -> None:
    await bus.send_orders([order_of(1), order_of(2, location_id=2), order_of(3)])
    assert await take(bus.orders(1), 2) == [order_of(1), order_of(3)]
    assert await take(bus.orders(2), 1) == [order_of(2, location_id=2)]


async def test_results_come_back_in_order(bus: Bus) -> None:
    await bus.send_results([result_of(1), result_of(2)])
    await bus.send_results([result_of(3)])
    assert await take(bus.results(), 3) == [result_of(1), result_of(2), result_of(3)]


async def test_who_waits_is_woken(bus: Bus) -> None:
    waiting_order = asyncio.create_task(take(bus.orders(1), 1))
    waiting_result = asyncio.create_task(take(bus.results(), 1))
    await asyncio.wait((waiting_order, waiting_result), timeout=0.01)
    await bus.send_orders([order_of(1)])
    await bus.send_results([result_of(2)])
    assert await waiting_order == [order_of(1)]
    assert await waiting_result == [result_of(2)]


async def test_a_batch_holds_no_more_than_its_bound(bus: Bus) -> None:
    await bus.send_orders([order_of(number) for number in range(2 * BATCH + 1)])
    batches = bus.orders(1)
    sizes = [len(await anext(batches)) for _ in range(3)]
    assert sum(sizes) == 2 * BATCH + 1
    assert max(sizes) <= BATCH


async def test_each_item_goes_to_one_of_several_takers(bus: Bus) -> None:
    takers = [asyncio.create_task(take(bus.results(), 1)) for _ in range(2)]
    await bus.send_results([result_of(1)])
    done, waiting = await asyncio.wait(takers, timeout=0.05)
    assert len(done) == 1
    await bus.send_results([result_of(2)])
    await asyncio.wait(waiting, timeout=5)
    assert sorted(taken.result()[0].monitor_id for taken in takers) == [1, 2]


async def test_a_taker_that_gives_up_takes_nothing_along(bus: Bus) -> None:
    gone = asyncio.create_task(take(bus.orders(1), 1))
    await asyncio.wait((gone,), timeout=0.01)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await bus.send_orders([order_of(1)])
    assert await take(bus.orders(1), 1) == [order_of(1)]


class TestInsideOneProcess:
    """What is promised of the local bus beyond the port."""

    async def test_each_prober_of_a_location_gets_its_own_monitors(self) -> None:
        bus = LocalBus(probers=3)
        await bus.send_orders([order_of(number) for number in (1, 2, 3, 4, 5, 6, 1, 2)])
        for number, wanted in enumerate([(3, 6), (1, 4, 1), (2, 5, 2)]):
            share = Share(number, 3)
            taken = await take(bus.orders(1, share), len(wanted))
            assert taken == [order_of(each) for each in wanted]
            assert all(share.takes(one.monitor_id) for one in taken)

    async def test_sending_orders_never_waits_and_the_oldest_make_room(self) -> None:
        bus = LocalBus(orders_bound=3)
        async with asyncio.timeout(5):
            await bus.send_orders([order_of(number) for number in range(10)])
        assert bus.dropped_orders == 7
        assert await take(bus.orders(1), 3) == [order_of(7), order_of(8), order_of(9)]

    async def test_a_location_that_nobody_serves_does_not_cost_another_its_orders(self) -> None:
        bus = LocalBus(orders_bound=2)
        await bus.send_orders([order_of(number, location_id=9) for number in range(10)])
        await bus.send_orders([order_of(1), order_of(2)])
        assert await take(bus.orders(1), 2) == [order_of(1), order_of(2)]

    async def test_results_wait_for_room_and_none_is_lost(self) -> None:
        bus = LocalBus(results_bound=3)
        sending = asyncio.create_task(bus.send_results([result_of(n) for n in range(10)]))
        done, _ = await asyncio.wait((sending,), timeout=0.02)
        assert not done
        assert bus.waiting_results == 3
        assert await take(bus.results(), 10) == [result_of(n) for n in range(10)]
        await sending
