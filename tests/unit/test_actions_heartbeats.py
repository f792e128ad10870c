"""What people do with heartbeats, on a real store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fener.actions import heartbeats, monitors
from fener.actions.monitors import Change, New
from fener.domain.credentials import BearerCredentials
from fener.domain.errors import Invalid, NotFound, NotPermitted, OutOfReach
from fener.domain.health import Runs
from fener.domain.heartbeat import PingAction
from fener.domain.kinds.heartbeat import (
    CalendarSchedule,
    CronSchedule,
    EveryInterval,
    HeartbeatSettings,
    Schedule,
)
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.people import Role
from fener.domain.time import DAY, HOUR, MINUTE, SECOND
from fener.storage import monitors as stored
from fener.storage import watching
from support.watched import Watched, watched_world

HOURLY = HeartbeatSettings(EveryInterval(HOUR), grace=10 * MINUTE)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched_world(tmp_path) as made:
        yield made


async def add(world: Watched, settings: HeartbeatSettings = HOURLY, **given: object) -> Monitor:
    new = New(settings=settings, **({"name": "Backup"} | given))  # type: ignore[arg-type]
    return await monitors.add(world.context, world.acme, new)


async def runs_of(world: Watched, monitor: Monitor) -> Runs:
    async with world.context.database.read() as session:
        return (await watching.state_of(session, monitor.id)).runs


@pytest.mark.parametrize(
    ("given", "kept", "interval"),
    [
        (EveryInterval(90 * SECOND), EveryInterval(90 * SECOND), 90 * SECOND),
        (
            CronSchedule(" */5  * * * * ", "Europe/Berlin"),
            CronSchedule("*/5 * * * *", "Europe/Berlin"),
            MINUTE,
        ),
        (CalendarSchedule("Mon..Fri 08:00"), CalendarSchedule("Mon..Fri 08:00"), MINUTE),
    ],
)
async def test_every_kind_of_schedule_is_kept_uniform(
    world: Watched, given: Schedule, kept: Schedule, interval: int
) -> None:
    job = await add(world, HeartbeatSettings(given))
    assert isinstance(job.settings, HeartbeatSettings)
    assert job.settings.schedule == kept
    assert job.interval == interval
    assert await monitors.get(world.context, world.acme, job.id) == job


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (HeartbeatSettings(EveryInterval(999)), "interval"),
        (HeartbeatSettings(EveryInterval(367 * DAY)), "interval"),
        (HeartbeatSettings(CronSchedule("every day")), "expression"),
        (HeartbeatSettings(CronSchedule("0 0 30 2 *")), "expression"),
        (HeartbeatSettings(CronSchedule("* * * * *", "Mars/Base")), "zone"),
        (HeartbeatSettings(CalendarSchedule("someday")), "expression"),
        (HeartbeatSettings(CalendarSchedule("2001-01-01")), "expression"),
        (HeartbeatSettings(EveryInterval(HOUR), grace=0), "grace"),
        (HeartbeatSettings(EveryInterval(HOUR), grace=367 * DAY), "grace"),
    ],
)
async def test_a_schedule_that_cannot_be_kept_is_refused(
    world: Watched, settings: HeartbeatSettings, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await add(world, settings)
    assert caught.value.field == field


async def test_it_needs_a_name_and_no_credentials(world: Watched) -> None:
    with pytest.raises(Invalid) as caught:
        await add(world, name=" ")
    assert caught.value.field == "name"
    with pytest.raises(Invalid) as caught:
        await add(world, credentials=BearerCredentials("x"))
    assert caught.value.field == "credentials"


async def test_its_key_names_the_address_that_the_job_pings(world: Watched) -> None:
    job = await add(world)
    assert job.ping_key is not None
    assert job.ping_key.version == 4
    assert (
        heartbeats.ping_url(job, "https://f.example/") == f"https://f.example/ping/{job.ping_key}"
    )
    assert heartbeats.code_of(job) == job.ping_key.hex
    assert job.target == ""
    assert world.bells.rung == ["changed"]


async def test_a_new_key_makes_the_old_one_unknown(world: Watched) -> None:
    job = await add(world)
    after = await heartbeats.new_key(world.context, world.acme, job.id)
    assert job.ping_key is not None
    assert after.ping_key is not None
    async with world.context.database.read() as session:
        assert await stored.id_by_ping_key(session, job.ping_key) is None
        assert await stored.id_by_ping_key(session, after.ping_key) == job.id
    assert ("monitor.new_key", f"monitor:{job.id}") in await world.audited()


async def test_only_who_may_change_it_gives_it_a_new_key(world: Watched) -> None:
    job = await add(world)
    reader = await world.people.member(world.acme.organization_id, Role.READONLY, "r@a.example")
    with pytest.raises(NotPermitted):
        await heartbeats.new_key(world.context, reader, job.id)
    with pytest.raises(OutOfReach):
        await heartbeats.new_key(world.context, world.zenith, job.id)
    with pytest.raises(OutOfReach):
        await heartbeats.pings_of(world.context, world.zenith, job.id)


async def test_a_website_is_no_heartbeat(world: Watched) -> None:
    new = New(settings=HttpSettings(url="https://shop.example/"))
    shop = await monitors.add(world.context, world.acme, new)
    for deed in (heartbeats.get, heartbeats.new_key, heartbeats.pings_of):
        with pytest.raises(NotFound):
            await deed(world.context, world.acme, shop.id)


async def test_its_runs_are_listed_with_duration_and_output(world: Watched) -> None:
    job = await add(world)
    await world.pinged(job.id, PingAction.START)
    await world.clock.advance(3 * SECOND)
    await world.pinged(job.id, PingAction.SUCCESS, "42 files")
    newest, start = await heartbeats.pings_of(world.context, world.acme, job.id)
    assert (newest.action, newest.duration, newest.body) == ("success", 3 * SECOND, "42 files")
    assert (start.action, start.duration, start.check_id) == ("start", None, 0)
    assert newest.check_id > 0
    rest = await heartbeats.pings_of(world.context, world.acme, job.id, before_id=newest.id)
    assert rest == [start]


async def test_a_changed_schedule_moves_the_run_that_is_awaited(world: Watched) -> None:
    job = await add(world)
    await world.pinged(job.id)
    pinged_at = world.clock.now()
    await world.clock.advance(MINUTE)
    change = Change(settings=HeartbeatSettings(EveryInterval(2 * HOUR), grace=MINUTE))
    await monitors.change(world.context, world.acme, job.id, change)
    runs = await runs_of(world, job)
    assert (runs.expected_at, runs.due_at) == (pinged_at + 2 * HOUR, pinged_at + 2 * HOUR + MINUTE)
    row = await world.row("SELECT due_at FROM monitor_states")
    assert row["due_at"] == runs.due_at


async def test_a_paused_one_awaits_nothing_and_a_resumed_one_its_next_run(world: Watched) -> None:
    job = await add(world)
    await world.pinged(job.id)
    await monitors.pause(world.context, world.acme, job.id)
    assert (await runs_of(world, job)).due_at is None
    await world.clock.advance(DAY)
    await monitors.resume(world.context, world.acme, job.id)
    assert (await runs_of(world, job)).expected_at == world.clock.now() + HOUR


async def test_one_that_was_never_pinged_awaits_nothing(world: Watched) -> None:
    job = await add(world)
    await monitors.pause(world.context, world.acme, job.id)
    await monitors.resume(world.context, world.acme, job.id)
    assert await runs_of(world, job) == Runs()
