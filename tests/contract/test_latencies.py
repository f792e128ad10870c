"""How long checks took over long spans, read from a real database while results are filed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fener.domain.check import Timings, Unknown
from fener.domain.failure import UnknownReason
from fener.domain.rollup import Hour, Told, hours, in_steps
from fener.domain.time import DAY, HOUR, MINUTE, Instant
from fener.faults import FaultBoard
from fener.storage import filing, histories, latencies
from fener.storage.filing import SqlFilingStore
from fener.storage.recording import SqlRecordStore
from fener.storage.retention import SqlRetentionStore
from fener.testing.clock import FakeClock
from support.store import NOON, REFUSED, Seeded, add_monitor, checked, seeded_store, settler

OUR_FAULT = Unknown(UnknownReason.NETWORK_DOWN, "no network")
OUTCOMES = (None, None, REFUSED, OUR_FAULT)


class Read:
    """A monitor, another one beside it, and all that was ever recorded of the first."""

    def __init__(self, seeded: Seeded, monitor_id: int, other_id: int) -> None:
        self.seeded, self.monitor_id, self.other_id = seeded, monitor_id, other_id
        self.told: list[Told] = []
        clock = FakeClock(NOON)
        faults = FaultBoard(clock)
        self._record = SqlRecordStore(seeded.database, seeded.sealer, clock, faults)

    async def check(self, at: Instant, took: int, outcome: Any = None) -> None:
        for monitor_id in (self.monitor_id, self.other_id):
            timings = None if outcome is OUR_FAULT else Timings(total=took)
            result = replace(checked(monitor_id, at, outcome), timings=timings)
            await self._record.record([result], settler().settle)
        word = {None: "success", REFUSED: "failure", OUR_FAULT: "unknown"}[outcome]
        self.told.append(Told(at, word, None if outcome is OUR_FAULT else took))

    async def some(self, begin: Instant, count: int = 8, every: int = 25 * MINUTE) -> None:
        for number in range(count):
            took = 1_000 + 7 * number * number
            await self.check(begin + number * every, took, OUTCOMES[number % len(OUTCOMES)])

    async def file(self) -> None:
        await SqlFilingStore(self.seeded.database).file()

    async def steps(self, since: Instant, until: Instant, each: int = 1) -> list[Hour]:
        async with self.seeded.database.read() as session:
            return await latencies.steps(session, self.monitor_id, since, until, each)

    def expected(self, since: Instant, each: int = 1) -> list[Hour]:
        return in_steps(hours(one for one in self.told if one.at >= since), each)


@pytest.fixture
async def read(tmp_path: Path) -> AsyncIterator[Read]:
    async with seeded_store(tmp_path / "fener.db") as seeded:
        yield Read(seeded, await add_monitor(seeded), await add_monitor(seeded))


@pytest.mark.parametrize("each", [1, 2, 24])
async def test_filed_and_fresh_results_are_told_together(read: Read, each: int) -> None:
    await read.some(NOON)
    await read.file()
    await read.some(NOON + 3 * HOUR + MINUTE)
    assert await read.steps(NOON, NOON + DAY, each) == read.expected(NOON, each)


async def test_each_step_of_a_filing_tells_the_same(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "ROWS_AT_ONCE", 1)
    await read.some(NOON)
    since = NOON + 10 * MINUTE
    before = await read.steps(since, NOON + DAY)
    seen = []
    write = read.seeded.database.write_at_once

    async def watched(work: Any) -> Any:
        made = await write(work)
        seen.append(await read.steps(since, NOON + DAY))
        return made

    monkeypatch.setattr(read.seeded.database, "write_at_once", watched)
    await read.file()
    assert before == read.expected(since)
    assert len(seen) == 3
    assert all(each == before for each in seen)


@pytest.mark.parametrize("late", [0, 1, 30 * MINUTE, HOUR - 1, HOUR])
async def test_a_span_that_begins_within_an_hour_begins_just_there(read: Read, late: int) -> None:
    await read.some(NOON, count=30, every=7 * MINUTE)
    await read.file()
    assert await read.steps(NOON + late, NOON + DAY) == read.expected(NOON + late)


async def test_hours_outlive_their_results(read: Read) -> None:
    await read.some(NOON)
    await read.file()
    await SqlRetentionStore(read.seeded.database).forget_before(NOON + DAY)
    assert await read.steps(NOON, NOON + DAY) == read.expected(NOON)


async def test_what_is_not_in_the_span_is_not_told(read: Read) -> None:
    await read.some(NOON - 3 * HOUR, count=2)
    await read.file()
    await read.some(NOON + HOUR, count=2)
    assert await read.steps(NOON, NOON) == []


async def test_the_means_of_the_organization_api_agree_with_the_hours(read: Read) -> None:
    """They are read from days. What failed is in those, so that only good checks are compared."""
    now = NOON + DAY
    for age in (DAY, 12 * DAY, 29 * DAY, 200 * DAY, 364 * DAY):
        for number in range(3):
            await read.check(now - age + number * MINUTE, 1_000 + age // HOUR + 90 * number)
        await read.check(now - age + HOUR, 0, OUR_FAULT)
    await read.file()
    await read.check(now - MINUTE, 77_000)
    async with read.seeded.database.read() as session:
        means = await histories.means(session, read.monitor_id, now)
    today = now - now % DAY
    for days, mean in ((30, means.month), (365, means.year)):
        (whole,) = in_steps(await read.steps(today - (days - 1) * DAY, now), 2**31)
        assert whole.mean_us is not None
        assert mean == pytest.approx(whole.mean_us)
