"""What every filing store must do (`fener.ports.FilingStore`), run on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fener.domain.check import Unknown
from fener.domain.failure import UnknownReason
from fener.domain.histogram import bucket_of
from fener.domain.rollup import Hour
from fener.domain.time import DAY, HOUR, MINUTE, Instant
from fener.faults import FaultBoard
from fener.pipeline.record.filing import LONGEST_UNFILED, Filing
from fener.ports import Unfiled
from fener.storage import checks, filing
from fener.storage.database import Session
from fener.storage.filing import SqlFilingStore, read_hour
from fener.storage.recording import SqlRecordStore
from fener.testing.clock import FakeClock
from support.store import NOON, REFUSED, Seeded, add_monitor, checked, seeded_store, settler

OUR_FAULT = Unknown(UnknownReason.NETWORK_DOWN, "no network")
TOOK, PROBED = 1_500, 2
"""What a check of `checked` took, in microseconds, and in milliseconds with everything."""


class Files:
    """A store with monitors whose results come in turns."""

    def __init__(self, seeded: Seeded) -> None:
        self.seeded = seeded
        self.clock = FakeClock(NOON)
        faults = FaultBoard(self.clock)
        self.record = SqlRecordStore(seeded.database, seeded.sealer, self.clock, faults)
        self.store = SqlFilingStore(seeded.database)

    async def check(self, monitor_id: int, at: Instant, outcome: Any = None) -> None:
        await self.record.record([checked(monitor_id, at, outcome)], settler().settle)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.seeded.database.read() as session:
            return [tuple(row) for row in await session.all(sql)]

    async def seen(self) -> list[tuple[Any, ...]]:
        """All that is known of every result."""
        return await self.rows("SELECT * FROM all_results ORDER BY monitor_id, at, id")

    async def days(self, *monitors: int) -> list[checks.Day]:
        first, last = NOON // DAY, NOON // DAY + 10
        seen = []
        async with self.seeded.database.read() as session:
            telling = await checks.days_that_tell(session, monitors, first, last)
            for one in monitors:
                found = await checks.days(session, one, first, last)
                days = [found[day] for day in sorted(found)]
                told = {day.day for day in days if day.checks > day.unknown}
                assert set(telling.get(one, ())) == told
                seen += days
        return seen

    async def hours(self) -> list[Hour]:
        async with self.seeded.database.read() as session:
            rows = await session.all("SELECT * FROM hours ORDER BY monitor_id, hour")
        return [read_hour(row) for row in rows]

    async def count(self, table: str) -> int:
        ((count,),) = await self.rows(f"SELECT count(*) FROM {table}")
        return int(count)


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[Files]:
    async with seeded_store(tmp_path / "fener.db") as seeded:
        yield Files(seeded)


async def filled(files: Files, monitors: int = 3, checks_each: int = 4) -> list[int]:
    """Results of all outcomes, in the order of time: one of each monitor after the other."""
    ids = [await add_monitor(files.seeded) for _ in range(monitors)]
    for number in range(checks_each):
        for monitor_id in ids:
            outcome = (None, REFUSED, OUR_FAULT)[(number + monitor_id) % 3]
            await files.check(monitor_id, NOON + number * MINUTE, outcome)
    return ids


async def test_filing_changes_nothing_of_what_is_seen(files: Files) -> None:
    ids = await filled(files)
    before, days = await files.seen(), await files.days(*ids)
    assert await files.store.file() == 12
    assert await files.seen() == before
    assert await files.days(*ids) == days
    assert await files.count("check_results") == 12
    assert await files.count("fresh_results") == 0


async def test_each_step_of_a_filing_shows_every_result_once(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "ROWS_AT_ONCE", 1)
    ids = await filled(files)
    before, days = await files.seen(), await files.days(*ids)
    seen: list[Any] = []
    write = files.seeded.database.write_at_once

    async def watched(work: Any) -> Any:
        made = await write(work)
        seen.append((await files.seen(), await files.days(*ids)))
        return made

    monkeypatch.setattr(files.seeded.database, "write_at_once", watched)
    await files.store.file()
    assert len(seen) == len(ids) + 1
    assert all(each == (before, days) for each in seen)


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
async def test_what_was_interrupted_is_taken_up_where_it_was_left(
    files: Files, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(filing, "ROWS_AT_ONCE", 1)
    ids = await filled(files)
    write = files.seeded.database.write_at_once
    left = steps

    async def dying(work: Any) -> Any:
        nonlocal left
        if left == 0:
            raise ConnectionError("killed")
        left -= 1
        return await write(work)

    with monkeypatch.context() as patch:
        patch.setattr(files.seeded.database, "write_at_once", dying)
        with pytest.raises(ConnectionError):
            await files.store.file()
    late = NOON + HOUR
    await files.check(ids[0], late)
    before, days = await files.seen(), await files.days(*ids)
    assert len(before) == 13
    await files.store.file()
    assert await files.seen() == before
    assert await files.days(*ids) == days
    assert await files.rows("SELECT at FROM fresh_results") == [(late,)], "it came during a filing"
    await files.store.file()
    assert await files.seen() == before


async def test_an_hour_is_rolled_up(files: Files) -> None:
    monitor = await add_monitor(files.seeded)
    for number, outcome in enumerate([None, None, REFUSED, OUR_FAULT]):
        await files.check(monitor, NOON + number * MINUTE, outcome)
    await files.check(monitor, NOON + HOUR)
    await files.store.file()
    first, second = await files.hours()
    assert first == Hour(
        hour=NOON // HOUR,
        checks=4,
        failed=1,
        unknown=1,
        total_us_sum=2 * TOOK,
        least_us=TOOK,
        most_us=TOOK,
        histogram={bucket_of(TOOK): 2},
    )
    assert (second.hour, second.checks) == (NOON // HOUR + 1, 1)


async def test_an_hour_that_is_filed_in_parts_is_one_hour(files: Files) -> None:
    ids = await filled(files)
    await files.store.file()
    parts = await files.hours()
    for monitor_id in ids:
        await files.check(monitor_id, NOON + 30 * MINUTE)
    await files.store.file()
    whole = await files.hours()
    assert [hour.checks for hour in whole] == [hour.checks + 1 for hour in parts]
    assert [sum(hour.histogram.values()) for hour in whole] == [
        sum(hour.histogram.values()) + 1 for hour in parts
    ]


async def test_what_waits_is_told(files: Files) -> None:
    assert await files.store.unfiled() is None
    await filled(files, monitors=2, checks_each=2)
    assert await files.store.unfiled() == Unfiled(4, NOON + PROBED)
    await files.store.file()
    assert await files.store.unfiled() is None


async def test_results_are_filed_when_they_are_old(files: Files) -> None:
    await files.check(await add_monitor(files.seeded), NOON)
    role = Filing(files.store, files.clock)
    await files.clock.advance(LONGEST_UNFILED)
    await role.look()
    assert await files.count("fresh_results") == 1
    await files.clock.advance(PROBED)
    await role.look()
    assert await files.count("fresh_results") == 0


async def test_results_are_filed_when_they_are_many(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fener.pipeline.record.filing.MOST_UNFILED", 12)
    await filled(files)
    await Filing(files.store, files.clock).look()
    assert await files.count("fresh_results") == 0


async def test_a_history_reaches_from_fresh_results_into_filed_ones(files: Files) -> None:
    monitor = await add_monitor(files.seeded)
    for number in range(4):
        await files.check(monitor, NOON + number * MINUTE)
        if number == 1:
            await files.store.file()

    async def page(session: Session, before: tuple[int, int] | None) -> list[checks.SeenCheck]:
        return await checks.history(session, monitor, limit=3, before=before)

    async with files.seeded.database.read() as session:
        first = await page(session, None)
        second = await page(session, (first[-1].at, first[-1].id))
    assert [(check.at - NOON) // MINUTE for check in [*first, *second]] == [3, 2, 1, 0]
