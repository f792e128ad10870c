"""The clock that every other test trusts."""

import asyncio
import threading

import pytest

from fener.testing.clock import NOON, FakeClock


async def test_sleepers_wake_in_order_of_their_times_at_their_times() -> None:
    clock, seen = FakeClock(), []

    async def sleeper(name: str, *spans: int) -> None:
        for span in spans:
            await clock.sleep(span)
            seen.append((name, clock.now() - NOON))

    async with asyncio.TaskGroup() as group:
        group.create_task(sleeper("slow", 300, 300))
        group.create_task(sleeper("fast", 100, 100, 100, 400))
        await clock.advance(650)
        assert seen == [
            ("fast", 100),
            ("fast", 200),
            ("slow", 300),
            ("fast", 300),
            ("slow", 600),
        ]
        await clock.advance(1_000)
    assert seen[5:] == [("fast", 700)]


async def test_time_moves_to_the_end_of_the_span_and_not_beyond() -> None:
    clock = FakeClock(now=5_000, monotonic=70)
    sleeping = asyncio.create_task(clock.sleep(1_001))
    await clock.advance(1_000)
    assert (clock.now(), clock.monotonic(), sleeping.done()) == (6_000, 1_070, False)
    await clock.advance(1)
    assert sleeping.done()


async def test_a_woken_task_finishes_its_whole_chain_of_work_before_time_moves_on() -> None:
    clock, queue, seen = FakeClock(), asyncio.Queue[int](), []

    async def producer() -> None:
        await clock.sleep(10)
        for number in range(50):
            await queue.put(number)
            await clock.sleep(0)

    async def consumer() -> None:
        while True:
            seen.append((await queue.get(), clock.now() - NOON))

    tasks = [asyncio.create_task(producer()), asyncio.create_task(consumer())]
    await clock.advance(1_000)
    assert seen == [(number, 10) for number in range(50)]
    tasks[1].cancel()


async def test_a_cancelled_sleeper_holds_nothing_up() -> None:
    clock = FakeClock()
    sleeping = asyncio.create_task(clock.sleep(10))
    await clock.settle()
    sleeping.cancel()
    await clock.advance(20)
    assert sleeping.cancelled()
    assert clock.now() == NOON + 20


async def test_a_set_clock_and_a_suspend_move_the_wall_time_only() -> None:
    clock = FakeClock(monotonic=0)
    sleeping = asyncio.create_task(clock.sleep(1_000))
    clock.step_wall(-5_000)
    await clock.suspend(3_600_000)
    assert (clock.now(), clock.monotonic()) == (NOON + 3_595_000, 0)
    assert not sleeping.done()
    await clock.advance(1_000)
    assert sleeping.done()


async def test_after_a_stall_every_late_sleeper_wakes_late() -> None:
    clock, seen = FakeClock(), []

    async def sleeper() -> None:
        for _ in range(3):
            await clock.sleep(1_000)
            seen.append(clock.now() - NOON)

    task = asyncio.create_task(sleeper())
    await clock.stall(20_000)
    await clock.advance(1_000)
    await clock.advance(1_000)
    assert seen == [20_000, 21_000, 22_000]
    assert task.done()


async def test_until_stops_where_the_condition_came_true_and_fails_where_it_cannot() -> None:
    clock, seen = FakeClock(), []

    async def counter() -> None:
        while True:
            await clock.sleep(100)
            seen.append(clock.now())

    task = asyncio.create_task(counter())
    await clock.until(lambda: len(seen) == 7)
    assert clock.now() == NOON + 700
    with pytest.raises(AssertionError, match="did not come true"):
        await clock.until(lambda: False, within=1_000)
    task.cancel()


async def test_work_in_a_thread_is_waited_for_where_it_is_declared() -> None:
    clock, seen, running = FakeClock(), [], [0]
    clock.settles_with(lambda: running[0] > 0)
    gate = threading.Event()

    async def worker() -> None:
        await clock.sleep(10)
        running[0] += 1
        await asyncio.to_thread(gate.wait, 5)
        running[0] -= 1
        seen.append(clock.now() - NOON)

    task = asyncio.create_task(worker())
    asyncio.get_running_loop().call_later(0.02, gate.set)
    await clock.advance(1_000)
    await task
    assert seen == [10]


async def test_a_task_that_never_waits_is_named_as_the_fault() -> None:
    clock = FakeClock()

    async def spin() -> None:
        while True:
            await clock.sleep(0)

    task = asyncio.create_task(spin())
    with pytest.raises(AssertionError, match="never waits"):
        await clock.advance(1)
    task.cancel()
