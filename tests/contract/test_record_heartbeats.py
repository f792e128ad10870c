"""What every record store must do with pings and with silence, run on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fener.domain.check import CheckResult, Failure
from fener.domain.failure import FailureReason
from fener.domain.heartbeat import Ping, PingAction
from fener.domain.time import HOUR, MINUTE, SECOND, Instant
from fener.faults import FaultBoard
from fener.storage.recording import SqlRecordStore
from fener.testing.clock import FakeClock
from support.store import NOON, Seeded, add_heartbeat, add_monitor, checked, seeded_store, settler

DUE = NOON + HOUR + 5 * MINUTE
"""When a heartbeat of an hour, pinged at noon, is missed."""


class Hearts:
    """One heartbeat of an hour with five minutes of grace."""

    def __init__(self, seeded: Seeded, monitor_id: int) -> None:
        self.seeded = seeded
        self.id = monitor_id
        self.clock = FakeClock(NOON)
        board = FaultBoard(self.clock)
        self.store = SqlRecordStore(seeded.database, seeded.sealer, self.clock, board)
        self.settler = settler()

    async def ping(self, at: Instant, action: PingAction = PingAction.SUCCESS, **told: Any) -> None:
        await self.store.record_pings([Ping(self.id, at, action, **told)], self.settler.settle_ping)

    async def silence(self, due_at: Instant) -> int:
        """Says that nothing was heard until then; gives how many results that made."""
        missed = Failure(FailureReason.RUN_MISSED, "no ping within 5 minutes of the expected time")
        result = CheckResult(self.id, 1, at=due_at, finished_at=due_at + SECOND, outcome=missed)
        return len(await self.store.record([result], self.settler.settle))

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.seeded.database.read() as session:
            return [tuple(row) for row in await session.all(sql)]


@pytest.fixture
async def hearts(tmp_path: Path) -> AsyncIterator[Hearts]:
    async with seeded_store(tmp_path / "fener.db") as seeded:
        yield Hearts(seeded, await add_heartbeat(seeded))


INCIDENTS = "SELECT status, failed_checks, start_check_id, end_check_id, message FROM incidents"


async def test_a_ping_is_a_good_result_and_sets_the_next_deadline(hearts: Hearts) -> None:
    await hearts.ping(NOON)
    assert await hearts.rows("SELECT outcome, at FROM all_results") == [("success", NOON)]
    assert await hearts.rows("SELECT health, due_at FROM monitor_states") == [("up", DUE)]


async def test_a_missed_run_opens_an_incident_at_once(hearts: Hearts) -> None:
    await hearts.ping(NOON)
    assert await hearts.silence(DUE) == 1
    message = "no ping within 5 minutes of the expected time"
    assert await hearts.rows(INCIDENTS) == [("open", 1, 2, 0, message)]


async def test_each_missed_run_counts_once(hearts: Hearts) -> None:
    await hearts.ping(NOON)
    for due_at in (DUE, DUE, DUE + HOUR, DUE + HOUR):
        await hearts.silence(due_at)
    ((_, failed, *_),) = await hearts.rows(INCIDENTS)
    assert failed == 2


async def test_a_ping_that_came_first_breaks_the_silence(hearts: Hearts) -> None:
    await hearts.ping(NOON)
    await hearts.ping(DUE - 1)
    assert await hearts.silence(DUE) == 0
    assert await hearts.rows(INCIDENTS) == []


async def test_the_next_ping_resolves_the_incident(hearts: Hearts) -> None:
    await hearts.ping(NOON)
    await hearts.silence(DUE)
    await hearts.ping(DUE + MINUTE)
    ((status, _, start, end, _),) = await hearts.rows(INCIDENTS)
    assert (status, start, end) == ("resolved", 2, 3)


async def test_a_reported_failure_opens_an_incident_with_its_exit_status(hearts: Hearts) -> None:
    await hearts.ping(NOON, PingAction.FAIL, exit_status=3)
    ((status, *_, message),) = await hearts.rows(INCIDENTS)
    assert (status, message) == ("open", "the job ended with exit status 3")


async def test_a_run_that_takes_too_long_opens_an_incident(hearts: Hearts) -> None:
    await hearts.ping(NOON)
    await hearts.ping(NOON + HOUR, PingAction.START)
    assert await hearts.silence(NOON + HOUR + 5 * MINUTE) == 1
    assert [row[0] for row in await hearts.rows(INCIDENTS)] == ["open"]


async def test_a_run_has_a_duration(hearts: Hearts) -> None:
    await hearts.ping(NOON, PingAction.START, run_id="a")
    await hearts.ping(NOON + 90 * SECOND, run_id="a", body="42 rows")
    pings = await hearts.rows("SELECT action, duration_ms, body, check_id FROM pings ORDER BY id")
    assert pings == [("start", None, None, None), ("success", 90_000, "42 rows", 2)]
    assert await hearts.rows("SELECT total_us FROM all_results") == [(90_000_000,)]


async def test_a_log_entry_moves_nothing(hearts: Hearts) -> None:
    await hearts.ping(NOON)
    before = await hearts.rows("SELECT health, due_at, state FROM monitor_states")
    await hearts.ping(NOON + MINUTE, PingAction.LOG, body="half way")
    assert await hearts.rows("SELECT health, due_at, state FROM monitor_states") == before
    assert await hearts.rows("SELECT count(*) FROM all_results") == [(1,)]


async def test_two_pings_in_one_millisecond_both_count(hearts: Hearts) -> None:
    await hearts.ping(NOON, PingAction.FAIL)
    await hearts.ping(NOON)
    assert [row[0] for row in await hearts.rows(INCIDENTS)] == ["resolved"]


async def test_a_ping_for_a_monitor_that_is_probed_is_no_result(hearts: Hearts) -> None:
    probed = await add_monitor(hearts.seeded)
    await hearts.store.record([checked(probed, NOON)], hearts.settler.settle)
    await hearts.store.record_pings(
        [Ping(probed, NOON + 1, PingAction.FAIL)], hearts.settler.settle_ping
    )
    assert await hearts.rows("SELECT count(*) FROM pings") == [(0,)]
