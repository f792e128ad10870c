"""Time in which Fener did not run, or in which its clocks did not agree."""

from collections.abc import Awaitable, Callable

import pytest

from fener.domain.heartbeat import Deafness
from fener.domain.shown import Shown
from fener.domain.time import HOUR, MINUTE, SECOND
from fener.testing.timeline import Timeline
from fener.testing.watched import Job

Deaf = Callable[[Timeline], Awaitable[None]]


async def pinging(fener: Timeline) -> Job:
    """A job that reports every minute, and did at 12:00 and 12:01; it is 12:01:30."""
    job = await fener.awaits(MINUTE, grace=20 * SECOND)
    await job.pings()
    await fener.until("12:01")
    await job.pings()
    await fener.until("12:01:30")
    return job


async def deaf_periods(fener: Timeline) -> list[tuple[str, str, str]]:
    async with fener.context.database.read() as session:
        rows = await session.all("SELECT * FROM deaf_periods ORDER BY from_at")
    return [(fener.time(row["from_at"]), fener.time(row["until_at"]), row["why"]) for row in rows]


async def an_hour_stopped(fener: Timeline) -> None:
    async with fener.stopped():
        await fener.passes(HOUR)


async def an_hour_asleep(fener: Timeline) -> None:
    await fener.clock.suspend(HOUR)


DEAF = pytest.mark.parametrize(
    ("deaf_for_an_hour", "why"),
    [(an_hour_stopped, Deafness.NOT_RUNNING), (an_hour_asleep, Deafness.SUSPENDED)],
)


@DEAF
async def test_no_incident_opens_for_an_hour_in_which_nobody_listened(
    fener: Timeline, deaf_for_an_hour: Deaf, why: str
) -> None:
    job = await pinging(fener)
    await deaf_for_an_hour(fener)
    await fener.until("13:01:35")
    assert await job.shown() is Shown.UNKNOWN
    assert await job.outcomes() == ["success", "success", "not_observed"]
    ((begins, ends, said),) = await deaf_periods(fener)
    assert (ends[:8], said) == ("13:01:30", why)
    assert "12:01:25" <= begins <= "12:01:30"
    await fener.until("13:02:49")
    assert await job.incidents() == []
    assert fener.told == []


@DEAF
async def test_after_deaf_time_the_next_whole_expectation_counts(
    fener: Timeline, deaf_for_an_hour: Deaf, why: str
) -> None:
    """It is awaited from the end of the deaf time: a minute, and twenty seconds of grace."""
    job = await pinging(fener)
    await deaf_for_an_hour(fener)
    await fener.until("13:02:49")
    assert await job.incidents() == []
    await fener.until("13:02:52")
    incident = await job.incident()
    assert fener.time(incident.start_at)[:8] == "13:02:50"
    assert incident.failed_checks == 1


@DEAF
async def test_a_job_that_reports_after_deaf_time_is_up_and_never_was_down(
    fener: Timeline, deaf_for_an_hour: Deaf, why: str
) -> None:
    job = await pinging(fener)
    await deaf_for_an_hour(fener)
    await fener.until("13:02:30")
    await job.pings()
    assert await job.shown() is Shown.UP
    await fener.until("13:03:45")
    assert await job.incidents() == []


@DEAF
async def test_an_open_incident_goes_on_through_deaf_time(
    fener: Timeline, deaf_for_an_hour: Deaf, why: str
) -> None:
    job = await pinging(fener)
    await fener.until("12:02:30")
    before = await job.incident()
    await deaf_for_an_hour(fener)
    await fener.until("13:04")
    assert (await job.incident()).id == before.id
    assert (await job.incident()).is_open
    assert await job.shown() is Shown.DOWN
    await job.pings()
    assert not (await job.incident()).is_open


@DEAF
async def test_sites_are_checked_soon_after_deaf_time_and_nothing_opens(
    fener: Timeline, deaf_for_an_hour: Deaf, why: str
) -> None:
    sites = [await fener.watches(f"https://{number}.example/") for number in range(20)]
    await fener.until("12:02")
    checked = len(fener.prober.orders)
    await deaf_for_an_hour(fener)
    await fener.until("13:03:02")
    caught_up = fener.prober.orders[checked:]
    assert {order.monitor_id for order in caught_up} == {site.id for site in sites}
    assert len({order.at // SECOND for order in caught_up}) > len(sites) // 2, "a herd"
    for site in sites:
        assert await site.incidents() == []
        assert await site.shown() is Shown.UP


async def test_a_clock_set_back_an_hour_neither_blinds_nor_alarms(fener: Timeline) -> None:
    job = await pinging(fener)
    shop = await fener.watches()
    await fener.until("12:02")
    await job.pings()
    fener.clock.step_wall(-HOUR)
    await fener.until("11:03")
    assert len([time for time in shop.ordered if time < "11:03"]) == 1
    assert await job.incidents() == await shop.incidents() == []
    shop.goes_down("11:03")
    await fener.until("11:03:19")
    assert await job.incidents() == []
    await fener.until("11:03:25")
    assert (await job.incident()).failed_checks == 1
    await fener.until("11:03:57")
    assert fener.time((await shop.incident()).start_at) == "11:03:35.400"
    assert await deaf_periods(fener) == []


async def test_a_clock_set_back_in_the_middle_of_a_confirmation_loses_no_outage(
    fener: Timeline,
) -> None:
    shop = await fener.watches(every=HOUR)
    await fener.until("12:01")
    shop.goes_down("00:00")
    await shop.is_checked_by_hand()
    await fener.until("12:01:05")
    fener.clock.step_wall(-HOUR)
    await fener.until("11:01:25")
    assert (await shop.incident()).failed_checks == 3


async def test_a_check_that_was_under_way_when_the_clock_was_set_back_blinds_nobody(
    fener: Timeline,
) -> None:
    shop = await fener.watches()
    await fener.until("12:01")
    shop.hangs("00:00")
    await shop.is_checked_by_hand()
    await fener.until("12:01:05")
    fener.clock.step_wall(-HOUR)
    await fener.until("11:03")
    assert (await shop.incident()).is_open


async def test_what_was_deaf_by_a_clock_that_was_ahead_excuses_nobody_once_it_is_set_back(
    fener: Timeline,
) -> None:
    job = await pinging(fener)
    fener.clock.step_wall(HOUR)
    await fener.until("13:02")
    await job.pings()
    fener.clock.step_wall(-HOUR)
    await fener.until("12:03")
    await job.pings()
    await fener.until("12:04:25")
    assert (await job.incident()).is_open


async def test_a_clock_set_forward_an_hour_opens_nothing(fener: Timeline) -> None:
    job = await pinging(fener)
    shop = await fener.watches()
    await fener.passes(SECOND)
    fener.clock.step_wall(HOUR)
    await fener.until("13:02")
    assert await job.shown() is Shown.UNKNOWN
    await fener.until("13:02:40")
    assert await job.incidents() == await shop.incidents() == []
    assert await shop.shown() is Shown.UP


@pytest.mark.parametrize("away", [3 * SECOND, 9 * SECOND])
async def test_a_restart_of_seconds_is_not_deaf_time(fener: Timeline, away: int) -> None:
    job = await pinging(fener)
    async with fener.stopped():
        await fener.passes(away)
    await fener.until("12:02:23")
    assert (await job.incident()).failed_checks == 1
    assert await deaf_periods(fener) == []


async def test_a_ping_that_was_due_in_a_suspend_and_comes_right_after_it_is_heard_first(
    fener: Timeline,
) -> None:
    """A laptop wakes, and its own job reports a second late: nobody is alarmed."""
    job = await pinging(fener)
    await fener.until("12:01:50")
    await fener.clock.suspend(MINUTE)
    await fener.passes(SECOND)
    await job.pings()
    await fener.until("12:03:30")
    assert await job.incidents() == []
    assert await job.outcomes() == ["success"] * 3
