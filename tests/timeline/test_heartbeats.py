"""Jobs that report, fail, run too long or fall silent."""

import pytest

from fener.actions.monitors import Change
from fener.domain.incident import Resolution
from fener.domain.kinds.heartbeat import CronSchedule, EveryInterval, HeartbeatSettings
from fener.domain.shown import Shown
from fener.domain.time import HOUR, MINUTE, SECOND
from fener.testing.timeline import Timeline
from fener.testing.watched import Job


async def minutely(fener: Timeline) -> Job:
    """It is to report every minute, has twenty seconds of grace, and reports at 12:00."""
    job = await fener.awaits(MINUTE, grace=20 * SECOND)
    await job.pings()
    return job


async def test_nothing_is_expected_before_the_first_ping(fener: Timeline) -> None:
    job = await fener.awaits(MINUTE, grace=20 * SECOND)
    await fener.until("12:05")
    assert await job.checks() == []
    assert await job.incidents() == []
    assert await job.shown() is Shown.UNKNOWN


async def test_a_job_that_falls_silent_is_missed_after_its_grace(fener: Timeline) -> None:
    job = await minutely(fener)
    await fener.until("12:00:59")
    assert await job.shown() is Shown.UP
    await fener.until("12:01:19.900")
    assert await job.incidents() == []
    await fener.until("12:01:21")
    incident = await job.incident()
    assert (fener.time(incident.start_at), incident.failed_checks) == ("12:01:20", 1)
    assert incident.message == "no ping within 20 seconds of the expected time"
    assert await job.shown() is Shown.DOWN
    assert [line.split()[1] for line in fener.told] == ["down"]


async def test_the_next_ping_ends_the_incident_at_once(fener: Timeline) -> None:
    job = await minutely(fener)
    await fener.until("12:01:30")
    await job.pings()
    await fener.clock.settle()
    incident = await job.incident()
    assert (incident.resolution, incident.end_at) == (
        Resolution.RECOVERED,
        fener.moment("12:01:30"),
    )
    assert incident.end_check_id == (await job.checks())[-1].id
    assert await job.shown() is Shown.UP
    assert fener.told[-1] == "12:01:30 recovered"
    await fener.until("12:02:49")
    assert len(await job.incidents()) == 1
    await fener.until("12:02:51")
    assert len(await job.incidents()) == 2


async def test_each_missed_run_is_one_result_at_the_time_at_which_it_was_missed(
    fener: Timeline,
) -> None:
    job = await minutely(fener)
    await fener.until("12:04:30")
    missed = [check for check in await job.checks() if check.outcome == "failure"]
    times = ["12:01:20", "12:02:20", "12:03:20", "12:04:20"]
    assert [fener.time(check.at) for check in missed] == times
    incident = await job.incident()
    assert (incident.failed_checks, incident.last_failed_at) == (4, missed[-1].at)
    assert len(fener.told) == 1


async def test_cron_jobs_are_missed_at_the_times_of_their_zone(fener: Timeline) -> None:
    """Noon in UTC is eight in the evening in Shanghai."""
    schedule = CronSchedule("*/2 20 * * *", "Asia/Shanghai")
    job = await fener.awaits(schedule, grace=30 * SECOND)
    await job.pings()
    await fener.until("12:05")
    missed = [fener.time(one.at) for one in await job.checks() if one.outcome == "failure"]
    assert missed == ["12:02:30", "12:04:30"]


async def test_a_job_that_reports_failure_is_down_at_once(fener: Timeline) -> None:
    job = await minutely(fener)
    await fener.until("12:00:30")
    await job.fails()
    await fener.clock.settle()
    incident = await job.incident()
    assert (fener.time(incident.start_at), incident.message) == (
        "12:00:30",
        "the job reported a failure",
    )
    assert fener.told == ["12:00:30 down"]
    await fener.until("12:01")
    await job.pings()
    assert not (await job.incident()).is_open


@pytest.mark.parametrize("status", [1, 3, 255])
async def test_an_exit_status_other_than_zero_is_a_failure(fener: Timeline, status: int) -> None:
    job = await fener.awaits(HOUR)
    await job.exits(0)
    assert await job.shown() is Shown.UP
    await job.exits(status)
    assert (await job.incident()).message == f"the job ended with exit status {status}"
    await job.exits(0)
    assert not (await job.incident()).is_open


async def test_a_run_that_does_not_end_within_its_grace_is_too_long(fener: Timeline) -> None:
    job = await fener.awaits(30 * MINUTE, grace=20 * SECOND)
    await job.pings()
    await fener.until("12:01")
    await job.starts()
    await fener.until("12:01:19")
    assert await job.incidents() == []
    await fener.until("12:01:21")
    incident = await job.incident()
    assert (fener.time(incident.start_at), incident.message) == (
        "12:01:20",
        "the run did not end within 20 seconds of its start",
    )
    assert await job.outcomes() == ["success", "run_too_long"]
    await fener.until("12:01:30")
    await job.pings()
    assert not (await job.incident()).is_open


async def test_a_run_that_ends_in_time_is_measured(fener: Timeline) -> None:
    job = await fener.awaits(30 * MINUTE, grace=20 * SECOND)
    await job.starts()
    await fener.until("12:00:15")
    await job.pings()
    await fener.until("12:01")
    (run,) = await job.checks()
    assert run.timings is not None
    assert run.timings.total == 15_000_000
    assert await job.incidents() == []


async def test_a_job_that_starts_over_and_over_is_stuck(fener: Timeline) -> None:
    job = await fener.awaits(30 * MINUTE, grace=20 * SECOND)
    for seconds in range(0, 60, 10):
        await fener.until(f"12:00:{seconds:02}")
        await job.starts()
    assert fener.time((await job.incident()).start_at) == "12:00:20"


async def test_a_paused_job_owes_nothing_until_it_is_resumed(fener: Timeline) -> None:
    job = await minutely(fener)
    await fener.until("12:00:30")
    await job.pauses()
    await fener.until("12:03")
    assert await job.outcomes() == ["success"]
    await job.resumes()
    await fener.until("12:04:19")
    assert await job.incidents() == []
    await fener.until("12:04:21")
    assert fener.time((await job.incident()).start_at) == "12:04:20"


async def test_a_job_paused_while_it_is_missed_is_resolved_without_a_word(fener: Timeline) -> None:
    job = await minutely(fener)
    await fener.until("12:01:30")
    await job.pauses()
    assert (await job.incident()).resolution is Resolution.PAUSED
    await fener.until("12:03")
    assert [line.split()[1] for line in fener.told] == ["down"]


async def test_a_changed_schedule_is_awaited_from_the_last_ping(fener: Timeline) -> None:
    job = await minutely(fener)
    await fener.until("12:00:30")
    twice = HeartbeatSettings(EveryInterval(2 * MINUTE), 20 * SECOND)
    await job.changes(Change(settings=twice))
    await fener.until("12:02:19")
    assert await job.incidents() == []
    await fener.until("12:02:21")
    assert fener.time((await job.incident()).start_at) == "12:02:20"


async def test_a_ping_that_comes_within_the_grace_is_in_time(fener: Timeline) -> None:
    job = await minutely(fener)
    for time in ("12:01:19", "12:02:38", "12:03:57"):
        await fener.until(time)
        await job.pings()
    assert await job.outcomes() == ["success"] * 4
    assert await job.incidents() == []
