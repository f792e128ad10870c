"""The recorder holds back what cannot be written, and sets aside what never can."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from fener.domain.check import CheckResult
from fener.domain.health import MonitorState
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.policy import Policy
from fener.domain.settlement import Settlement, Watched
from fener.faults import FaultBoard
from fener.pipeline.record.recorder import Recorder
from fener.ports import PingSettlement, Settle, StoreUnavailable
from fener.testing.clock import FakeClock
from support.store import NOON, checked

MONITOR = Monitor(1, UUID(int=1), 1, 1, 1, "Shop", HttpSettings("https://a.example"), Policy())


class Store:
    """Records in memory; is away for the first `away` calls; chokes on some monitors."""

    def __init__(self, away: int = 0, chokes_on: int | None = None) -> None:
        self.away = away
        self.chokes_on = chokes_on
        self.recorded: list[CheckResult] = []

    async def record(self, results: Sequence[CheckResult], settle: Settle) -> list[Settlement]:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("disk full")
        if any(result.monitor_id == self.chokes_on for result in results):
            raise RuntimeError("a bug of ours")
        self.recorded.extend(results)
        watched = Watched(MONITOR, MonitorState())
        return [one for result in results if (one := settle(watched, result, 1))]

    async def record_pings(self, *_: object) -> list[PingSettlement]:
        raise NotImplementedError


def settle(watched: Watched, result: CheckResult, check_id: int) -> Settlement:
    return Settlement(watched.monitor, check_id, result, watched.state)


async def stream(*batches: Sequence[CheckResult]) -> AsyncIterator[Sequence[CheckResult]]:
    for batch in batches:
        yield batch


class Recording:
    def __init__(self, store: Store) -> None:
        self.clock = FakeClock(NOON)
        self.faults = FaultBoard(self.clock)
        self.told: list[Settlement] = []
        self.recorder = Recorder(store, settle, self.clock, self.faults, self.told.extend)


async def test_what_was_recorded_is_told_after_the_commit() -> None:
    recording = Recording(store := Store())
    await recording.recorder.run(stream([checked(1, 1), checked(2, 1)], [checked(1, 2)]))
    assert [(one.monitor_id, one.at) for one in store.recorded] == [(1, 1), (2, 1), (1, 2)]
    assert len(recording.told) == 3


async def test_results_wait_while_the_store_is_away_and_the_fault_is_shown() -> None:
    recording = Recording(store := Store(away=2))
    running = asyncio.create_task(recording.recorder.run(stream([checked(1, 1), checked(2, 1)])))
    await recording.clock.settle()
    assert [fault.source for fault in recording.faults.all()] == ["record"]
    assert store.recorded == []
    await recording.clock.advance(2_000)
    await running
    assert [one.monitor_id for one in store.recorded] == [1, 2]
    assert recording.faults.all() == []


async def test_one_result_that_cannot_be_recorded_does_not_cost_the_others() -> None:
    recording = Recording(store := Store(chokes_on=2))
    await recording.recorder.run(stream([checked(1, 1), checked(2, 1), checked(3, 1)]))
    assert [one.monitor_id for one in store.recorded] == [1, 3]
    assert [fault.source for fault in recording.faults.all()] == ["set aside"]
