"""A running scheduler on a fake clock, a store in memory and a bus that remembers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fener.domain.check import CheckOrder, CheckResult, Failure, Purpose
from fener.domain.fault import Fault
from fener.domain.health import Health, MonitorState, ProblemState
from fener.domain.heartbeat import PingAction
from fener.domain.kinds.heartbeat import CronSchedule, EveryInterval, HeartbeatSettings, Schedule
from fener.domain.problem import Problem
from fener.domain.time import MINUTE, Instant, Span
from fener.pipeline.schedule.scheduler import Scheduler
from fener.testing.clock import FakeClock
from fener.testing.schedule import MemoryScheduleStore, RecordingBus, a_monitor

UP = MonitorState({Problem.AVAILABILITY: ProblemState(Health.UP)})


class Faults:
    """Remembers what is broken, and what ever was."""

    def __init__(self) -> None:
        self.present: dict[str, Fault] = {}
        self.ever: list[str] = []

    def report(self, source: str, fault: Fault) -> None:
        self.present[source] = fault
        self.ever.append(source)

    def clear(self, source: str) -> None:
        self.present.pop(source, None)


class World:
    """What outlives a scheduler: time, the store, and whoever takes orders and results."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = MemoryScheduleStore()
        self.bus = RecordingBus()
        self.faults = Faults()
        self.begin = self.clock.now()
        self.scheduler = self._scheduler()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Scheduler]:
        """Fener runs, from one start to its end."""
        self.scheduler = self._scheduler()
        task = asyncio.create_task(self.scheduler.run())
        await self.clock.settle()
        try:
            yield self.scheduler
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _scheduler(self) -> Scheduler:
        return Scheduler(self.clock, self.store, self.bus, self.faults)

    def orders(self, monitor_id: int | None = None, purpose: Purpose | None = None) -> list[Span]:
        """When what was ordered, in milliseconds since the test began."""
        return [
            order.at - self.begin
            for order in self.bus.sent_orders
            if monitor_id in {None, order.monitor_id} and purpose in {None, order.purpose}
        ]

    def taken_orders(self) -> list[CheckOrder]:
        """The orders since the last time."""
        taken = self.bus.sent_orders.copy()
        self.bus.sent_orders.clear()
        return taken

    def add_heartbeat(
        self,
        monitor_id: int = 1,
        every: Schedule | Span = 10 * MINUTE,
        grace: Span = MINUTE,
        state: MonitorState = UP,
    ) -> None:
        schedule = EveryInterval(every) if isinstance(every, int) else every
        settings = HeartbeatSettings(schedule, grace)
        self.store.put(a_monitor(monitor_id, settings), state)

    def ping(self, monitor_id: int = 1, action: PingAction = PingAction.SUCCESS) -> None:
        self.store.hear(monitor_id, self.clock.now(), action)

    def recorded_silences(self) -> list[tuple[Span, str]]:
        """Record what was sent since the last time: when each was due, and its reason."""
        sent = self.bus.sent_results.copy()
        self.bus.sent_results.clear()
        return [_told(each, self.begin) for each in sent if self.store.record_silence(each)]

    def deaf(self) -> list[tuple[Span, Span, str]]:
        """The deaf periods, in milliseconds since the test began."""
        return [
            (period.start - self.begin, period.end - self.begin, period.why)
            for period in self.store.deaf
        ]


def _told(result: CheckResult, begin: Instant) -> tuple[Span, str]:
    assert isinstance(result.outcome, Failure)
    return result.at - begin, result.outcome.reason.value


HOURLY = CronSchedule("0 * * * *")
