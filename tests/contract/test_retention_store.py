"""What every retention store must do (`fener.ports.RetentionStore`), run on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fener.domain.heartbeat import Ping, PingAction
from fener.domain.time import DAY, HOUR
from fener.faults import FaultBoard
from fener.pipeline.record.retention import USUAL, Kept, Retention
from fener.storage import retention
from fener.storage.filing import SqlFilingStore
from fener.storage.recording import SqlRecordStore
from fener.storage.retention import SqlRetentionStore
from fener.testing.clock import FakeClock
from support.store import (
    NOON,
    REFUSED,
    Seeded,
    add_heartbeat,
    add_monitor,
    checked,
    seeded_store,
    settler,
)


class Old:
    """A monitor with results of several days."""

    def __init__(self, seeded: Seeded) -> None:
        self.seeded = seeded
        self.clock = FakeClock(NOON)
        board = FaultBoard(self.clock)
        self.record = SqlRecordStore(seeded.database, seeded.sealer, self.clock, board)
        self.store = SqlRetentionStore(seeded.database)

    async def check(self, monitor_id: int, *instants: int) -> None:
        for at in instants:
            await self.record.record([checked(monitor_id, at, REFUSED)], settler().settle)
        await SqlFilingStore(self.seeded.database).file()

    async def hours(self) -> list[int]:
        async with self.seeded.database.read() as session:
            return [row["hour"] for row in await session.all("SELECT hour FROM hours")]

    async def left(self, table: str) -> list[int]:
        async with self.seeded.database.read() as session:
            rows = await session.all(f"SELECT at FROM {table} ORDER BY at")
        return [row["at"] for row in rows]


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[Old]:
    async with seeded_store(tmp_path / "fener.db") as seeded:
        yield Old(seeded)


async def test_older_results_are_deleted_and_newer_ones_stay(old: Old) -> None:
    monitor = await add_monitor(old.seeded)
    await old.check(monitor, NOON, NOON + DAY, NOON + 2 * DAY)
    assert await old.store.forget_before(NOON + DAY) == 1
    assert await old.left("check_results") == [NOON + DAY, NOON + 2 * DAY]


async def test_results_that_are_not_filed_yet_are_not_old_either(old: Old) -> None:
    monitor = await add_monitor(old.seeded)
    await old.record.record([checked(monitor, NOON, REFUSED)], settler().settle)
    assert await old.store.forget_before(NOON + DAY) == 0
    assert await old.left("fresh_results") == [NOON]


async def test_hours_are_kept_for_a_year(old: Old) -> None:
    monitor = await add_monitor(old.seeded)
    old_hour = NOON - USUAL.hours
    await old.check(monitor, old_hour - HOUR, old_hour, NOON)
    await Retention(old.store, old.clock)._forget()
    assert await old.hours() == [old_hour // HOUR, NOON // HOUR]


async def test_more_than_one_transaction_may_hold_is_deleted_all_the_same(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(retention, "MONITORS_AT_ONCE", 1)
    for _ in range(2):
        await old.check(await add_monitor(old.seeded), *range(NOON, NOON + 5))
    assert await old.store.forget_before(NOON + DAY) == 10
    assert await old.left("check_results") == []


async def test_pings_are_deleted_too(old: Old) -> None:
    heartbeat = await add_heartbeat(old.seeded)
    for at in (NOON, NOON + DAY):
        await old.record.record_pings([Ping(heartbeat, at, PingAction.LOG)], settler().settle_ping)
    assert await old.store.forget_before(NOON + 1) == 1
    assert await old.left("pings") == [NOON + DAY]


async def test_the_checks_of_an_incident_outlive_the_raw_results(old: Old) -> None:
    await old.check(await add_monitor(old.seeded), NOON, NOON + HOUR, NOON + 2 * HOUR)
    await old.store.forget_before(NOON + DAY)
    assert await old.left("incident_checks") == [NOON, NOON + 2 * HOUR, NOON + 2 * HOUR]


async def test_sessions_that_ended_are_deleted(old: Old) -> None:
    insert = (
        "INSERT INTO sessions (hash, user_id, csrf_token, created_at, expires_at, last_seen_at)"
        " VALUES (:hash, :user, '', 0, :expires, 0)"
    )
    async with old.seeded.database.write() as session:
        for expires in (NOON, NOON + 1):
            owner = {"user": old.seeded.owner_id, "expires": expires, "hash": str(expires)}
            await session.run(insert, owner)
    assert await old.store.forget_sessions(NOON) == 1


async def test_raw_results_are_kept_for_thirty_days(old: Old) -> None:
    monitor = await add_monitor(old.seeded)
    await old.check(monitor, NOON - USUAL.results - 1, NOON - USUAL.results)
    await Retention(old.store, old.clock)._forget()
    assert await old.left("check_results") == [NOON - USUAL.results]


async def test_an_installation_keeps_things_as_long_as_it_wants(old: Old) -> None:
    monitor = await add_monitor(old.seeded)
    await old.check(monitor, *(NOON - age * DAY for age in (6, 5, 2, 1)))
    await Retention(old.store, old.clock, Kept(results=2 * DAY, hours=5 * DAY))._forget()
    assert await old.left("check_results") == [NOON - 2 * DAY, NOON - DAY]
    assert await old.hours() == [(NOON - age * DAY) // HOUR for age in (5, 2, 1)]
