"""Lateness is told as a fault of Fener's own, once it is no matter of seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from fener.domain.time import HOUR, MINUTE, SECOND
from fener.faults import FaultBoard
from fener.pipeline.schedule.lateness import Lateness
from fener.testing.clock import FakeClock
from fener.testing.schedule import MemoryScheduleStore, a_monitor


class Watching:
    """One monitor of a minute, checked just now, in a store at which the alarm looks."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = MemoryScheduleStore()
        self.faults = FaultBoard(self.clock)
        self.lateness = Lateness(self.store, self.clock, self.faults)
        self.is_checked(1)

    def is_checked(self, monitor_id: int) -> None:
        self.store.put(a_monitor(monitor_id), last_checked_at=self.clock.now())

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(fault.source, fault.message) for fault in self.faults.all()]


@pytest.fixture
async def watching() -> AsyncIterator[Watching]:
    made = Watching()
    task = asyncio.create_task(made.lateness.run())
    yield made
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


ONE = [("lateness", "1 monitor was not checked in time")]


async def test_nothing_is_told_of_what_is_checked_in_time(watching: Watching) -> None:
    for _ in range(10):
        await watching.clock.advance(MINUTE)
        watching.is_checked(1)
    assert watching.told == []


async def test_lateness_alarms_and_a_check_ends_it(watching: Watching) -> None:
    await watching.clock.advance(3 * MINUTE)
    assert watching.told == []
    await watching.clock.advance(MINUTE)
    assert watching.told == ONE
    watching.is_checked(1)
    await watching.clock.advance(MINUTE)
    assert watching.told == []


async def test_it_says_how_many_there_are(watching: Watching) -> None:
    for monitor_id in (2, 3):
        watching.is_checked(monitor_id)
    await watching.clock.advance(5 * MINUTE)
    assert watching.told == [("lateness", "3 monitors were not checked in time")]


async def test_what_is_caught_up_after_a_suspend_is_no_alarm(watching: Watching) -> None:
    await watching.clock.suspend(HOUR)
    await watching.clock.advance(MINUTE + 30 * SECOND)
    watching.is_checked(1)
    await watching.clock.advance(MINUTE)
    assert watching.told == []


async def test_a_store_that_is_away_says_nothing_of_checks(watching: Watching) -> None:
    watching.store.is_away = True
    await watching.clock.advance(10 * MINUTE)
    assert watching.told == []
    watching.store.is_away = False
    await watching.clock.advance(2 * MINUTE)
    assert watching.told == ONE
    watching.store.is_away = True
    await watching.clock.advance(10 * MINUTE)
    assert watching.told == ONE
