"""A store that cannot be read or written for minutes: a fault of ours, and nobody else's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from fener.domain.shown import Shown
from fener.domain.time import MINUTE, SECOND
from fener.ports import StoreUnavailable
from fener.testing.timeline import Timeline


async def test_results_are_held_back_while_the_store_is_away_and_recorded_afterwards(
    fener: Timeline,
) -> None:
    shop = await fener.watches(every=10 * SECOND)
    await fener.until("12:01")
    async with fener.without_store():
        await fener.passes(3 * MINUTE)
        assert fener.faults.present >= {"record", "schedule"}
    await fener.until("12:05")
    assert fener.faults.present == set()
    ordered = [fener.time(check.at) for check in await shop.checks()]
    assert ordered == shop.ordered
    assert len([time for time in ordered if "12:01" <= time < "12:04"]) == 18
    assert await shop.incidents() == []
    assert await shop.shown() is Shown.UP
    fener.faults.ever.clear()


async def test_an_outage_that_began_while_the_store_was_away_is_recorded_as_it_was(
    fener: Timeline,
) -> None:
    shop = await fener.watches(every=10 * SECOND)
    await fener.until("12:02")
    async with fener.without_store():
        await fener.until("12:03")
        shop.goes_down()
        await fener.until("12:07")
    await fener.until("12:07:05")
    incident = await shop.incident()
    assert fener.time(incident.start_at) == "12:03:05.600"
    assert fener.time(incident.opened_at) == "12:03:25.700"
    assert [line.split()[1] for line in fener.told] == ["down"]
    fener.faults.ever.clear()


async def test_no_job_is_missed_while_its_pings_could_not_be_kept(fener: Timeline) -> None:
    job = await fener.awaits(MINUTE, grace=30 * SECOND)
    await job.pings()
    await fener.until("12:01")
    await job.pings()
    async with fener.without_store():
        await fener.until("12:06")
    await fener.until("12:06:05")
    assert await job.incidents() == []
    assert await job.shown() is Shown.UNKNOWN
    await fener.until("12:07:28")
    assert await job.incidents() == []
    await fener.until("12:07:35")
    assert (await job.incident()).failed_checks == 1
    fener.faults.ever.clear()


async def test_reminders_and_messages_wait_for_the_store(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * SECOND)
    shop.goes_down()
    await fener.until("12:01")
    async with fener.without_store():
        shop.comes_up()
        await fener.until("12:06")
        assert fener.faults.present >= {"notify.store"}
    await fener.until("12:06:05")
    assert [line.split()[1] for line in fener.told] == ["down", "recovered"]
    assert fener.time((await shop.incident()).end_at or 0) == "12:01:05.600"
    fener.faults.ever.clear()


@asynccontextmanager
async def full_disk(fener: Timeline) -> AsyncIterator[None]:
    """The file cannot grow any more, as SQLite itself sees to."""
    async with fener.context.database.write() as session:
        most = await session.value("PRAGMA max_page_count")
        await session.value("PRAGMA max_page_count = 1")
    yield
    async with fener.context.database.write() as session:
        await session.value(f"PRAGMA max_page_count = {most}")


async def test_a_full_disk_costs_no_result_and_moves_nobody_s_health(fener: Timeline) -> None:
    sites = [await fener.watches(f"https://{n}.example/", every=SECOND) for n in range(10)]
    await fener.until("12:00:10")
    async with full_disk(fener):
        await fener.until("12:02:10")
        assert "record" in fener.faults.present
    await fener.until("12:02:19.999")
    assert fener.faults.present <= {"lateness"}
    for site in sites:
        assert [fener.time(check.at) for check in await site.checks()] == site.ordered
        assert await site.incidents() == []
    fener.faults.ever.clear()


async def test_a_job_whose_ping_a_full_disk_refused_is_not_missed(fener: Timeline) -> None:
    """Other writes may still fit on that disk: only the refusal says that nobody listened."""
    job = await fener.awaits(MINUTE, grace=30 * SECOND)
    sites = [await fener.watches(f"https://{n}.example/", every=SECOND) for n in range(10)]
    await job.pings()
    async with full_disk(fener):
        await fener.until("12:01")
        with pytest.raises(StoreUnavailable):
            await job.pings()
        await fener.until("12:01:40")
    await fener.until("12:01:50")
    assert await job.incidents() == []
    assert await job.outcomes() == ["success", "not_observed"]
    assert all([await site.shown() is Shown.UP for site in sites])
    await fener.until("12:03:09")
    assert await job.incidents() == []
    await fener.until("12:03:12")
    assert (await job.incident()).failed_checks == 1
    fener.faults.ever.clear()
