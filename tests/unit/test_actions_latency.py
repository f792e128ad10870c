"""How fast targets answer, as people see it, on a real store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fener.actions import checks, latency, monitors
from fener.actions.latency import Percentiles
from fener.actions.monitors import New
from fener.domain.errors import Invalid, OutOfReach
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.people import Role
from fener.domain.time import DAY, HOUR, MINUTE
from fener.storage.database import in_list
from fener.storage.filing import SqlFilingStore
from fener.storage.queries import statements
from fener.storage.retention import SqlRetentionStore
from support.watched import REFUSED, Watched, watched_world

TOOK = 1_500
"""What a check of `Watched.saw` took, in microseconds."""
LONG = (7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched_world(tmp_path) as made:
        yield made


@pytest.fixture
async def shop(world: Watched) -> Monitor:
    settings = HttpSettings(url="https://shop.example/")
    return await monitors.add(world.context, world.acme, New(settings=settings, name="Shop"))


async def file(world: Watched) -> None:
    await SqlFilingStore(world.context.database).file()


async def test_response_times_are_put_together_in_steps(world: Watched, shop: Monitor) -> None:
    start = world.clock.now()
    for outcome in (None, REFUSED, None, None):
        await world.saw(shop.id, outcome)
        await world.clock.advance(2 * MINUTE)
    points = await latency.response_times(world.context, world.acme, shop.id, DAY)
    assert [(point.at, point.checks, point.failed) for point in points] == [
        (start, 3, 1),
        (start + 5 * MINUTE, 1, 0),
    ]
    assert (points[0].total_us, points[0].dns_us, points[0].tls_us) == (TOOK, 100, None)


async def test_a_page_has_a_line_of_times_for_each_monitor(world: Watched, shop: Monitor) -> None:
    other = await monitors.add(
        world.context, world.acme, New(settings=HttpSettings(url="https://b.example/"), name="B")
    )
    for place, outcome in enumerate((None, REFUSED, None)):
        await world.saw(shop.id, outcome)
        if place == 1:
            await file(world)
        await world.clock.advance(MINUTE)
    await world.saw(other.id, REFUSED)
    page = (await checks.overview(world.context, world.acme)).lines
    told = await latency.sparklines(world.context, world.acme, page, HOUR)
    assert told == {shop.id: (TOOK, None, TOOK), other.id: (None,)}


async def test_a_page_reads_the_results_of_its_monitors_alone(world: Watched) -> None:
    async with world.context.database.read() as session:
        listed, parameters = in_list("id", [1, 2])
        sql = "EXPLAIN QUERY PLAN " + statements("checks")["sparklines"].replace("{ids}", listed)
        plan = await session.all(sql, {**parameters, "since": 0, "until": 1, "step": 1})
    steps = [row["detail"] for row in plan]
    assert not [step for step in steps if step.startswith("SCAN check_results")]


@pytest.mark.parametrize("span", LONG)
async def test_a_long_span_is_told_where_raw_results_are_gone(
    world: Watched, shop: Monitor, span: int
) -> None:
    await world.clock.advance(30 * MINUTE)
    now = world.clock.now()
    for age in (span, span // 2, MINUTE):
        await world.saw(shop.id, at=now - age)
        await world.saw(shop.id, REFUSED, at=now - age + 1)
    await file(world)
    await world.saw(shop.id)
    await SqlRetentionStore(world.context.database).forget_before(now - HOUR)
    told = await latency.latency(world.context, world.acme, shop.id, span)
    assert [(point.checks, point.failed) for point in told.points] == [(2, 1), (2, 1), (3, 1)]
    assert {point.total_us for point in told.points} == {TOOK}
    assert {point.p95_us for point in told.points} == {TOOK}
    assert told.percentiles == Percentiles(TOOK, TOOK, TOOK)


@pytest.mark.parametrize("span", [HOUR, DAY])
async def test_the_percentiles_of_a_short_span_begin_just_with_it(
    world: Watched, shop: Monitor, span: int
) -> None:
    await world.clock.advance(17 * MINUTE)
    now = world.clock.now()
    await world.saw(shop.id, at=now - span - 1)
    await file(world)
    assert await latency.percentiles_of(world.context, world.acme, shop.id, span) is None
    await world.saw(shop.id, at=now - span)
    await file(world)
    told = await latency.latency(world.context, world.acme, shop.id, span)
    assert told.percentiles == Percentiles(TOOK, TOOK, TOOK)
    assert [point.checks for point in told.points] == [1]
    assert told.points[0].dns_us == 100


@pytest.mark.parametrize("span", [0, -1, 366 * DAY])
async def test_only_what_is_kept_can_be_asked_for(world: Watched, shop: Monitor, span: int) -> None:
    for look in (latency.latency, latency.response_times, latency.percentiles_of):
        with pytest.raises(Invalid):
            await look(world.context, world.acme, shop.id, span)


async def test_raw_results_are_read_of_a_day_at_most(world: Watched, shop: Monitor) -> None:
    with pytest.raises(Invalid):
        await latency.response_times(world.context, world.acme, shop.id, DAY + 1)


async def test_it_is_told_to_those_in_whose_reach_the_monitor_is(
    world: Watched, shop: Monitor
) -> None:
    bakery = await world.people.customer(world.acme.organization_id, "Bakery")
    reader = await world.people.member(
        world.acme.organization_id, Role.READONLY, "r@acme.example", (bakery,)
    )
    for look in (latency.latency, latency.response_times, latency.percentiles_of):
        with pytest.raises(OutOfReach):
            await look(world.context, reader, shop.id, DAY)
    page = (await checks.overview(world.context, world.acme)).lines
    with pytest.raises(OutOfReach):
        await latency.sparklines(world.context, reader, page, DAY)


@pytest.mark.parametrize("span", [MINUTE, HOUR, 6 * HOUR, DAY, *LONG, 11 * DAY])
def test_a_series_never_has_more_than_some_hundred_points(span: int) -> None:
    assert span // latency.step_of(span) <= 400


@pytest.mark.parametrize("span", LONG)
def test_nor_does_one_of_whole_hours(span: int) -> None:
    step = latency.step_of(span, HOUR)
    assert span // step <= 400
    assert step % HOUR == 0
