"""How long the scheduler reads monitors: all of them at its start, and those that it reads again
when one has changed. Ticks and pages wait while the event loop stands still in it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from houses import House, furnish
from msgspec import Struct
from msgspec.structs import replace

from fener.bus.local import LocalBus
from fener.clock import SystemClock, stopwatch
from fener.domain.time import Span
from fener.faults import FaultBoard
from fener.pipeline.schedule.scheduler import Scheduler
from fener.ports import Clock
from fener.storage import monitors
from fener.storage.recording import SqlRecordStore
from fener.storage.scheduling import SqlScheduleStore

_GLANCE: Span = 1


class Took(Struct, frozen=True):
    """In microseconds."""

    span: int
    still: int
    """The longest time in which nothing else could be done."""


class Reloads(Struct, frozen=True):
    start: Took
    change: Took


def reloads(data: Path) -> Reloads:
    """Of a Fener that has ended and left its monitors in this folder."""
    return furnish(data, _measured)


async def _measured(house: House) -> Reloads:
    context, clock = house.context, SystemClock()
    faults = FaultBoard(clock)
    record = SqlRecordStore(context.database, context.sealer, clock, faults)
    store = SqlScheduleStore(context.database, context.sealer, record)
    scheduler = Scheduler(clock, store, LocalBus(), faults)
    start = await _took(scheduler.follow)
    await _change(house, 1)
    change = await _took(scheduler.follow)
    if faults.all():
        raise RuntimeError(str(faults.all()))
    return Reloads(start, change)


async def _change(house: House, monitor_id: int) -> None:
    context = house.context
    async with context.database.write() as session:
        found = await monitors.by_id(session, context.sealer, monitor_id)
        assert found is not None
        renamed = replace(found, name=f"{found.name}, renamed")
        await monitors.update(session, context.sealer, renamed, context.clock.now())


async def _took(work: Callable[[], Awaitable[None]]) -> Took:
    clock, gaps = SystemClock(), [0]
    watching = asyncio.create_task(_watch(clock, gaps))
    await clock.sleep(_GLANCE)
    began = stopwatch()
    await work()
    span = stopwatch() - began
    await clock.sleep(2 * _GLANCE)
    watching.cancel()
    return Took(span, max(gaps))


async def _watch(clock: Clock, gaps: list[int]) -> None:
    before = stopwatch()
    while True:
        await clock.sleep(_GLANCE)
        now = stopwatch()
        gaps.append(now - before)
        before = now
