"""What every record store must do with successes whose evidence is kept, run on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fener.domain.check import Evidence
from fener.domain.time import MINUTE
from fener.faults import FaultBoard
from fener.storage import checks, evidence, incidents
from fener.storage.filing import SqlFilingStore
from fener.storage.good_answers import KEPT, keep_for_incident
from fener.storage.monitors import raise_revision
from fener.storage.recording import SqlRecordStore
from fener.storage.retention import SqlRetentionStore
from fener.testing.clock import FakeClock
from support.store import NOON, REFUSED, Seeded, add_monitor, checked, seeded_store, settler


class Store:
    """A record store, and eyes to look into it. Checks are a minute apart."""

    def __init__(self, seeded: Seeded) -> None:
        self.seeded = seeded
        clock = FakeClock(NOON)
        self.record = SqlRecordStore(seeded.database, seeded.sealer, clock, FaultBoard(clock))
        self.at = NOON

    async def good(self, monitor_id: int, body: str = "", location_id: int = 1) -> None:
        result = checked(monitor_id, self.at)
        if body:
            result = replace(result, evidence=Evidence(body=body), is_good_answer=True)
        await self._write(replace(result, location_id=location_id))

    async def checked_from_elsewhere(self, monitor_id: int) -> None:
        """The monitor is probed from a second location from now on."""
        place = "INSERT INTO locations (id, code, name) VALUES (2, 'fra', 'Far')"
        here = "INSERT INTO monitor_locations (monitor_id, location_id) VALUES (:monitor_id, 2)"
        async with self.seeded.database.write() as session:
            await session.run(place, {})
            await session.run(here, {"monitor_id": monitor_id})
            await raise_revision(session)

    async def bad(self, monitor_id: int, location_id: int = 1) -> None:
        result = checked(monitor_id, self.at, REFUSED)
        await self._write(replace(result, location_id=location_id))

    async def _write(self, result: Any) -> None:
        await self.record.record([result], settler().settle)
        self.at += MINUTE

    async def history(self, monitor_id: int) -> list[str]:
        """The bodies that a history shows, newest first."""
        async with self.seeded.database.read() as session:
            seen = await checks.history(session, monitor_id, limit=100)
        return [one.evidence.body if one.evidence else "-" for one in seen]

    async def rows(self, sql: str) -> list[Any]:
        async with self.seeded.database.read() as session:
            return [tuple(row) for row in await session.all(sql)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with seeded_store(tmp_path / "fener.db") as seeded:
        yield Store(seeded)


async def test_a_good_answer_stands_in_the_history_at_the_check_it_belongs_to(store: Store) -> None:
    monitor, other = await add_monitor(store.seeded), await add_monitor(store.seeded)
    await store.good(monitor)
    await store.good(monitor, "hello")
    await store.good(monitor)
    await store.good(other)
    assert await store.history(monitor) == ["-", "hello", "-"]
    assert await store.history(other) == ["-"]


async def test_the_evidence_of_a_success_is_kept_only_where_it_was_asked_for(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    result = replace(checked(monitor, NOON), evidence=Evidence(request="GET /"))
    await store.record.record([result], settler().settle)
    assert await store.rows("SELECT * FROM good_answers") == []
    assert await store.history(monitor) == ["-"]


async def test_the_last_few_are_kept_of_each_monitor_and_location(store: Store) -> None:
    monitor, other = await add_monitor(store.seeded), await add_monitor(store.seeded)
    await store.checked_from_elsewhere(monitor)
    await store.good(other, "other")
    await store.good(monitor, "far", location_id=2)
    for number in range(KEPT + 2):
        await store.good(monitor, str(number))
    newest = [str(number) for number in range(KEPT + 1, 1, -1)]
    assert await store.history(monitor) == [*newest, "-", "-", "far"]
    assert await store.history(other) == ["other"]


async def test_an_incident_keeps_the_last_good_answer_before_it(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    await store.good(monitor, "older")
    await store.good(monitor, "newest")
    for _ in range(3):
        await store.bad(monitor)
    for number in range(KEPT + 1):
        await store.good(monitor, f"after {number}")
    async with store.seeded.database.read() as session:
        incident = (await incidents.by_ids(session, [1]))[1]
        known = await evidence.details(session, incident)
    assert known.good is not None
    assert known.good.evidence == {"body": "newest"}
    assert (known.good.check.id, known.good.check.is_failure) == (2, False)
    assert [one.id for one in known.failed_checks] == [3, 4, 5]


async def test_the_check_that_ends_an_outage_is_kept_with_its_evidence(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    for _ in range(3):
        await store.bad(monitor)
    await store.good(monitor, "back")
    await store.good(monitor, "still there")
    wanted = "SELECT part, evidence FROM incident_checks WHERE part IN ('closing', 'good')"
    assert await store.rows(wanted) == [("closing", '{"body":"back"}')]


async def test_a_good_answer_is_forgotten_with_its_check(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    await store.good(monitor, "old")
    await store.good(monitor, "new")
    await SqlFilingStore(store.seeded.database).file()
    await SqlRetentionStore(store.seeded.database).forget_before(NOON + 1)
    assert await store.rows("SELECT check_id FROM good_answers") == [(2,)]
    assert await store.history(monitor) == ["new"]


@pytest.mark.parametrize(
    ("location_id", "before", "kept"),
    [(1, 6, "third"), (1, 5, "first"), (2, 6, "second"), (3, 6, "third"), (1, 3, None)],
)
async def test_what_an_incident_keeps_is_from_before_it_and_from_its_location_if_possible(
    store: Store, location_id: int, before: int, kept: str | None
) -> None:
    monitor = await add_monitor(store.seeded)
    await store.checked_from_elsewhere(monitor)
    for location in (1, 2):
        for _ in range(3):
            await store.bad(monitor, location)
    store.at = NOON + 6 * MINUTE
    for body, location in (("first", 1), ("second", 2), ("third", 1)):
        await store.good(monitor, body, location)
    async with store.seeded.database.write() as session:
        at = NOON + (before + 3) * MINUTE
        await keep_for_incident(session, 1, monitor, at, location_id)
    found = await store.rows("SELECT evidence FROM incident_checks WHERE part = 'good'")
    assert found == ([(f'{{"body":"{kept}"}}',)] if kept else [])
