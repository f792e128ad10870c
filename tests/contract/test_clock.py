"""What every clock must do (`fener.ports.Clock`), as far as it can be told without waiting."""

import asyncio
import sys
from collections.abc import Callable

import pytest

from fener.clock import SystemClock
from fener.domain.time import DAY
from fener.ports import Clock
from fener.testing.clock import NOON, FakeClock

CLOCKS: list[Callable[[], Clock]] = [SystemClock, FakeClock]


@pytest.fixture(params=CLOCKS, ids=lambda make: make.__name__)
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_the_time_of_day_is_in_milliseconds(clock: Clock) -> None:
    assert isinstance(clock.now(), int)
    assert NOON <= clock.now() < NOON + 100 * 365 * DAY


def test_the_steady_time_is_in_milliseconds_and_never_runs_back(clock: Clock) -> None:
    read = [clock.monotonic() for _ in range(1_000)]
    assert all(isinstance(one, int) for one in read)
    assert read == sorted(read)
    assert read[-1] - read[0] < 10_000


@pytest.mark.parametrize("span", [0, -1, -sys.maxsize])
async def test_no_time_is_waited_for_at_once_but_others_get_their_turn(
    clock: Clock, span: int
) -> None:
    seen: list[str] = []
    asyncio.get_running_loop().call_soon(seen.append, "the other")
    async with asyncio.timeout(5):
        await clock.sleep(span)
    assert seen == ["the other"]


async def test_who_sleeps_holds_up_nobody_and_can_be_woken_by_cancelling(clock: Clock) -> None:
    sleeping = asyncio.create_task(clock.sleep(DAY))
    await clock.sleep(0)
    await clock.sleep(0)
    assert not sleeping.done()
    sleeping.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await sleeping
