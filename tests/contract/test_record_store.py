"""What every record store must do (`fener.ports.RecordStore`), run on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fener.domain.check import Certificate
from fener.domain.failure import Facts
from fener.domain.settlement import Settlement, Watched
from fener.domain.time import DAY, SECOND
from fener.faults import FaultBoard
from fener.ports import StoreUnavailable
from fener.storage import checks
from fener.storage.database import Database
from fener.storage.monitors import raise_revision
from fener.storage.recording import SqlRecordStore
from fener.testing.clock import FakeClock
from support.store import (
    NOON,
    REFUSED,
    Seeded,
    add_channel,
    add_monitor,
    checked,
    seeded_store,
    settler,
)


class Store:
    """A record store, and eyes to look into it."""

    def __init__(self, seeded: Seeded) -> None:
        self.seeded = seeded
        self.clock = FakeClock(NOON)
        self.faults = FaultBoard(self.clock)
        self.record = SqlRecordStore(seeded.database, seeded.sealer, self.clock, self.faults)
        self.settle = settler().settle

    async def check(self, monitor_id: int, marks: str, start: int = NOON) -> list[Settlement]:
        """Record `x` and `.` a minute apart, each in a transaction of its own."""
        made: list[Settlement] = []
        for number, mark in enumerate(marks):
            outcome = REFUSED if mark == "x" else None
            result = checked(monitor_id, start + number * 60 * SECOND, outcome)
            made.extend(await self.record.record([result], self.settle))
        return made

    async def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        async with self.seeded.database.read() as session:
            return [dict(row) for row in await session.all(sql, parameters)]

    async def value(self, sql: str) -> Any:
        async with self.seeded.database.read() as session:
            return await session.value(sql)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with seeded_store(tmp_path / "fener.db") as seeded:
        yield Store(seeded)


async def test_a_result_is_stored_with_its_timings(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    await store.check(monitor, ".")
    (row,) = await store.rows("SELECT * FROM all_results")
    assert (row["monitor_id"], row["at"], row["total_us"]) == (monitor, NOON, 1_500)
    assert (row["outcome"], row["reason"], row["message"]) == ("success", None, None)


async def test_a_failure_keeps_its_reason_in_words(store: Store) -> None:
    await store.check(await add_monitor(store.seeded), "x")
    (row,) = await store.rows("SELECT outcome, reason, message FROM all_results")
    assert tuple(row.values()) == ("failure", "connection_refused", "connection refused")


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (Facts(got="500", wanted="200-299"), '{"got":"500","wanted":"200-299"}'),
        (Facts(), "{}"),
        (None, '{"detail":"connection refused"}'),
    ],
)
async def test_reason_and_facts_stand_wherever_a_failure_is_shown(
    store: Store, given: Facts | None, stored: str
) -> None:
    monitor = await add_monitor(store.seeded)
    failure = replace(REFUSED, facts=given)
    for number in range(3):
        result = checked(monitor, NOON + number * SECOND, failure)
        await store.record.record([result], store.settle)
    wanted = ("connection_refused", stored)
    for table in ("all_results", "incidents", "incident_checks"):
        rows = await store.rows(f"SELECT reason, facts FROM {table}")
        assert {tuple(row.values()) for row in rows} == {wanted}, table
    (state,) = await store.rows("SELECT last_reason, last_facts FROM monitor_states")
    assert tuple(state.values()) == wanted


async def test_a_good_check_has_neither(store: Store) -> None:
    await store.check(await add_monitor(store.seeded), "x.")
    *_, row = await store.rows("SELECT reason, facts FROM all_results ORDER BY at")
    (state,) = await store.rows("SELECT last_reason, last_facts FROM monitor_states")
    assert tuple(row.values()) == tuple(state.values()) == (None, None)


async def test_check_ids_never_repeat(store: Store) -> None:
    one, other = await add_monitor(store.seeded), await add_monitor(store.seeded)
    await store.record.record([checked(one, NOON), checked(other, NOON)], store.settle)
    await store.check(one, "..", NOON + DAY)
    ids = [row["id"] for row in await store.rows("SELECT id FROM all_results ORDER BY id")]
    assert ids == [1, 2, 3, 4]


async def test_a_confirmed_failure_opens_one_incident(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    await store.check(monitor, "xxxxx")
    (incident,) = await store.rows("SELECT * FROM incidents")
    assert incident["status"] == "open"
    assert incident["cause"] == "downtime"
    assert (incident["start_at"], incident["start_check_id"]) == (NOON, 1)
    assert (incident["opened_at"], incident["opening_check_id"]) == (NOON + 120_002, 3)
    assert (incident["failed_checks"], incident["last_failed_at"]) == (5, NOON + 240_000)
    assert (incident["end_at"], incident["end_check_id"], incident["resolved_at"]) == (
        None,
        0,
        None,
    )


async def test_the_checks_of_an_incident_are_kept_with_it(store: Store) -> None:
    await store.check(await add_monitor(store.seeded), "xxxx..")
    kept = await store.rows("SELECT part, check_id FROM incident_checks ORDER BY check_id")
    assert [tuple(row.values()) for row in kept] == [
        ("first", 1),
        ("confirming", 3),
        ("last", 4),
        ("closing", 5),
    ]


async def test_a_recovery_resolves_the_incident(store: Store) -> None:
    await store.check(await add_monitor(store.seeded), "xxx..")
    (incident,) = await store.rows("SELECT * FROM incidents")
    assert (incident["status"], incident["resolution"]) == ("resolved", "recovered")
    assert (incident["end_at"], incident["end_check_id"]) == (NOON + 180_000, 4)
    assert incident["resolved_at"] == NOON + 240_002


async def test_the_timeline_tells_what_happened(store: Store) -> None:
    await store.check(await add_monitor(store.seeded), "xxx..")
    events = await store.rows("SELECT kind, at FROM incident_events ORDER BY id")
    assert [tuple(event.values()) for event in events] == [
        ("first_failure", NOON),
        ("confirmed", NOON + 120_002),
        ("recovered", NOON + 240_002),
    ]


async def test_every_change_of_health_is_a_row(store: Store) -> None:
    await store.check(await add_monitor(store.seeded), ".xxx..")
    rows = await store.rows("SELECT before, after, check_id FROM transitions ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        ("unknown", "up", 1),
        ("up", "down", 4),
        ("down", "up", 6),
    ]


async def test_each_channel_is_owed_one_message_of_each_event(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    first, second = await add_channel(store.seeded), await add_channel(store.seeded)
    await store.check(monitor, "xxxx..")
    owed = await store.rows("SELECT channel_id, event, dedup_key FROM notifications ORDER BY id")
    assert [tuple(row.values()) for row in owed] == [
        (first, "down", f"1:down:{first}:0"),
        (second, "down", f"1:down:{second}:0"),
        (first, "recovered", f"1:recovered:{first}:0"),
        (second, "recovered", f"1:recovered:{second}:0"),
    ]


async def test_a_channel_of_another_monitor_is_owed_nothing(store: Store) -> None:
    monitor, other = await add_monitor(store.seeded), await add_monitor(store.seeded)
    await add_channel(store.seeded, monitor_id=other)
    await store.check(monitor, "xxx")
    assert await store.value("SELECT count(*) FROM notifications") == 0


@pytest.mark.parametrize("change", ["is_active = 0", "deleted_at = 1"])
async def test_a_channel_that_is_off_or_deleted_is_owed_nothing(store: Store, change: str) -> None:
    monitor = await add_monitor(store.seeded)
    kept, gone = await add_channel(store.seeded), await add_channel(store.seeded, "Gone")
    async with store.seeded.database.write() as session:
        await session.run(f"UPDATE channels SET {change} WHERE id = :id", {"id": gone})
    await store.check(monitor, "xxx")
    assert await store.rows("SELECT channel_id FROM notifications") == [{"channel_id": kept}]


async def test_a_channel_that_was_added_between_two_checks_is_told(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    await store.check(monitor, "xx")
    late = await add_channel(store.seeded)
    async with store.seeded.database.write() as session:
        await raise_revision(session)
    await store.check(monitor, "x", NOON + 120 * SECOND)
    assert await store.rows("SELECT channel_id FROM notifications") == [{"channel_id": late}]


async def test_totals_of_the_customer_are_exact(store: Store) -> None:
    await store.check(await add_monitor(store.seeded), "xxx..xxx")
    assert await store.value("SELECT incidents_total FROM customers") == 2


async def test_days_count_checks_and_failures(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    await store.check(monitor, ".x.")
    await store.check(monitor, ".", NOON + DAY)
    async with store.seeded.database.read() as session:
        found = await checks.days(session, monitor, NOON // DAY, NOON // DAY + 1)
    assert list(found.values()) == [
        checks.Day(NOON // DAY, checks=3, failed=1, unknown=0, timed=2, total_us_sum=3_000),
        checks.Day(NOON // DAY + 1, checks=1, failed=0, unknown=0, timed=1, total_us_sum=1_500),
    ]


async def test_the_certificate_that_was_presented_last_is_kept(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    old = Certificate("CN=shop.example", "CN=Authority", 0, NOON, ("shop.example",), "aa")
    new = replace(old, not_after=NOON + 90 * DAY, fingerprint="bb")
    for number, presented in enumerate((old, new, None)):
        result = replace(checked(monitor, NOON + number), certificate=presented)
        await store.record.record([result], store.settle)
    async with store.seeded.database.read() as session:
        assert await checks.certificate(session, monitor) == new


async def test_a_certificate_that_is_known_costs_no_write(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    known = Certificate("CN=shop.example", "CN=Authority", 0, NOON, ("shop.example",), "aa")
    async with store.seeded.database.write() as session:
        await session.run(
            "CREATE TRIGGER written BEFORE UPDATE ON certificates"
            " BEGIN SELECT RAISE(FAIL, 'written again'); END"
        )
    for number in range(3):
        result = replace(checked(monitor, NOON + number), certificate=known)
        await store.record.record([result], store.settle)
    assert await store.value("SELECT count(*) FROM certificates") == 1


async def test_a_result_delivered_again_changes_nothing(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    result = checked(monitor, NOON, REFUSED)
    await store.record.record([result], store.settle)
    assert await store.record.record([result], store.settle) == []
    assert await store.value("SELECT count(*) FROM all_results") == 1
    assert await store.value("SELECT checks_total FROM monitor_states") == 1


@pytest.mark.parametrize("column", ["paused_at", "deleted_at"])
async def test_results_of_a_monitor_that_is_no_longer_watched_are_dropped(
    store: Store, column: str
) -> None:
    monitor = await add_monitor(store.seeded)
    await store.check(monitor, ".")
    async with store.seeded.database.write() as session:
        await session.run(f"UPDATE monitors SET {column} = 1")
        await session.run("UPDATE sequences SET last_id = last_id + 1 WHERE name = 'monitors'")
    assert await store.check(monitor, "x", NOON + DAY) == []


async def test_what_cannot_be_settled_is_set_aside_and_the_rest_commits(store: Store) -> None:
    bad, good = await add_monitor(store.seeded), await add_monitor(store.seeded)

    def settle(watched: Watched, result: Any, check_id: int) -> Settlement | None:
        if watched.monitor.id == bad:
            raise RuntimeError("a bug of ours")
        return store.settle(watched, result, check_id)

    await store.record.record([checked(bad, NOON), checked(good, NOON)], settle)
    assert [row["monitor_id"] for row in await store.rows("SELECT * FROM all_results")] == [good]
    assert [fault.source for fault in store.faults.all()] == ["record"]


async def test_a_failed_write_leaves_nothing_behind(store: Store) -> None:
    monitor = await add_monitor(store.seeded)
    async with store.seeded.database.write() as session:
        await session.run(
            "CREATE TRIGGER full BEFORE INSERT ON incidents"
            " BEGIN SELECT RAISE(FAIL, 'disk full'); END"
        )
    with pytest.raises(Exception, match="disk full"):
        await store.check(monitor, "xxx")
    assert await store.value("SELECT count(*) FROM all_results") == 2
    assert await store.value("SELECT checks_total FROM monitor_states") == 2
    assert await store.value("SELECT last_id FROM sequences WHERE name = 'checks'") == 2


async def test_a_store_without_a_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        await Database(tmp_path / "none" / "fener.db").open()
