"""Uptimes and days of random pasts on a real store are those that counting hour by hour gives."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest

from fener.actions import checks, monitors
from fener.actions.monitors import New
from fener.domain.health import Health
from fener.domain.heartbeat import Deafness
from fener.domain.kinds import Kind
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.time import DAY, HOUR
from support.watched import Watched, watched_world

FIRST, LAST = -95 * 24, 24
"""Hours from now, between which things happen: some before every window, some after it."""
Turn: TypeAlias = tuple[int, int, Health]
"""When it was known, since when it was true, and what."""
Deaf: TypeAlias = tuple[int, int, Deafness]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched_world(tmp_path) as made:
        yield made


@pytest.mark.parametrize("seed", range(12))
async def test_what_a_list_and_a_page_tell_is_what_counting_hours_gives(
    world: Watched, seed: int
) -> None:
    await world.clock.advance(100 * DAY + HOUR - world.clock.now() % HOUR)
    random = Random(seed)
    deaf = [_deaf(random) for _ in range(random.choice((0, 1, 6)))]
    known = {
        await _monitor(world, kind): _turns(random) for kind in (Kind.HTTP, Kind.HEARTBEAT) * 3
    }
    told = {one: _told(random) for one in known}
    await _write(world, known, deaf)
    await _write_days(world, told)
    page = await checks.overview(world.context, world.acme)
    glances = await checks.glances(world.context, world.acme, page.lines)
    today = world.clock.now() // DAY
    for line in page.lines:
        down, seen = _counted(line.kind, known[line.id], deaf)
        glance = glances[line.id]
        assert glance.quarter == _ratio(down, seen, 90)
        by_day = [_down_on(world, down, today - ago) for ago in reversed(range(90))]
        bare = [1.0 if ago in told[line.id] else None for ago in reversed(range(90))]
        assert glance.shares == [
            1 - hours / 24 if hours else share for hours, share in zip(by_day, bare, strict=True)
        ]
        summary = await checks.summary(world.context, world.acme, line)
        spans = {"day": 1, "week": 7, "month": 30, "quarter": 90}
        for span, length in spans.items():
            assert getattr(summary.uptime, span) == _ratio(down, seen, length), span
        assert [bar.down for bar in summary.bars] == [hours * HOUR for hours in by_day]


def _deaf(random: Random) -> Deaf:
    start = random.randrange(FIRST, LAST)
    return start, start + random.randrange(1, 200), random.choice(list(Deafness))


def _turns(random: Random) -> list[Turn]:
    """Few or many; some are known long after they were true, some reach behind the one before."""
    known = sorted(random.sample(range(FIRST, 1), random.choice((0, 1, 5, 60))))
    return [(at, at - random.choice((0, 1, 30)), random.choice(list(Health))) for at in known]


def _told(random: Random) -> set[int]:
    """The days, counted back from today, on which a check said something."""
    return set(random.sample(range(92), random.choice((0, 3, 92))))


def _counted(kind: Kind, turns: list[Turn], deaf: list[Deaf]) -> tuple[set[int], set[int]]:
    """The hours before now in which it was down, and in which it was observed."""
    whole = range(FIRST - 100, 0)
    blind = {
        hour
        for start, end, why in deaf
        if kind is Kind.HEARTBEAT or why is not Deafness.STORE_UNAVAILABLE
        for hour in range(start, end)
    }
    down: set[int] = set()
    lasting = [(whole[0], Health.UNKNOWN), *((since, health) for _, since, health in turns)]
    for (since, health), (until, _) in pairwise([*lasting, (0, Health.UNKNOWN)]):
        if health is Health.DOWN:
            down.update(range(since, until))
        elif health is Health.UNKNOWN:
            blind.update(range(since, until))
    return down - blind, set(whole) - blind


def _ratio(down: set[int], seen: set[int], days: int) -> float | None:
    window = set(range(-24 * days, 0))
    counted = len(seen & window)
    return 1 - len(down & window) / counted if counted else None


def _down_on(world: Watched, down: set[int], day: int) -> int:
    first = (day * DAY - world.clock.now()) // HOUR
    return len(down & set(range(first, first + 24)))


async def _monitor(world: Watched, kind: Kind) -> int:
    settings = (
        HeartbeatSettings(EveryInterval(HOUR), grace=HOUR)
        if kind is Kind.HEARTBEAT
        else HttpSettings(url="https://shop.example/")
    )
    new = New(settings=settings, name=kind)
    return (await monitors.add(world.context, world.acme, new)).id


async def _write(world: Watched, known: dict[int, list[Turn]], deaf: list[Deaf]) -> None:
    now = world.clock.now()
    written = [(one, *turn) for one, turns in known.items() for turn in turns]
    Random(0).shuffle(written)
    async with world.context.database.write() as session:
        await session.many(
            "INSERT INTO transitions (monitor_id, problem, at, before, after, why, began_at,"
            " check_id) VALUES (:monitor, 'availability', :at, 'up', :after, '', :began, 1)",
            [
                {"monitor": one, "at": now + at * HOUR, "began": now + since * HOUR, "after": after}
                for one, at, since, after in written
            ],
        )
        await session.many(
            "INSERT INTO deaf_periods (from_at, until_at, why) VALUES (:start, :end, :why)",
            [{"start": now + a * HOUR, "end": now + b * HOUR, "why": why} for a, b, why in deaf],
        )


async def _write_days(world: Watched, told: dict[int, set[int]]) -> None:
    """Four checks each day, of which all are unknown where none told anything."""
    today = world.clock.now() // DAY
    async with world.context.database.write() as session:
        await session.many(
            "INSERT INTO days (monitor_id, day, checks, unknown) VALUES (:one, :day, 4, :unknown)",
            [
                {"one": one, "day": today - ago, "unknown": 1 if ago in days else 4}
                for one, days in told.items()
                for ago in range(92)
            ],
        )
