"""What people see of monitors, on a real store: lists, uptimes, bars, histories."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from fener.actions import checks, incidents, monitors
from fener.actions.checks import Filter, Order, Shown, Sorting
from fener.actions.monitors import Change, New
from fener.domain.check import Unknown
from fener.domain.errors import OutOfReach
from fener.domain.failure import UnknownReason
from fener.domain.heartbeat import Deafness, PingAction
from fener.domain.kinds import Kind
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.people import Role
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant
from fener.storage.database import Session
from fener.storage.filing import SqlFilingStore
from support.watched import REFUSED, Watched, watched_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched_world(tmp_path) as made:
        yield made


async def add(world: Watched, name: str, **given: Any) -> Monitor:
    settings = HttpSettings(url=f"https://{name.lower().strip('10%_')}.example/")
    new = New(settings=settings, name=name, **given)
    return await monitors.add(world.context, world.acme, new)


async def heartbeat(world: Watched, name: str) -> Monitor:
    settings = HeartbeatSettings(EveryInterval(HOUR), grace=10 * MINUTE)
    return await monitors.add(world.context, world.acme, New(settings=settings, name=name))


async def names(world: Watched, sorting: Sorting | None = None, **wanted: Any) -> list[str]:
    page = await checks.overview(world.context, world.acme, Filter(**wanted), sorting)
    assert page.total == len(page.lines)
    return [line.name for line in page.lines]


class TestShown:
    async def test_a_new_monitor_is_unknown_until_it_was_checked(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        assert (await checks.line(world.context, world.acme, shop.id)).shown is Shown.UNKNOWN
        await world.saw(shop.id)
        line = await checks.line(world.context, world.acme, shop.public_id)
        assert line.shown is Shown.UP
        assert (line.last_outcome, line.last_total_us) == ("success", 1_500)
        assert line.last_checked_at == world.clock.now() + 2

    async def test_what_was_never_up_is_unknown_since_its_birth(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        born = world.clock.now()
        await world.clock.advance(MINUTE)
        await world.saw(shop.id, REFUSED)
        line = await checks.line(world.context, world.acme, shop.id)
        assert (line.shown, line.since) == (Shown.UNKNOWN, born)

    async def test_down_names_its_open_incident(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        await world.goes_down(shop.id)
        line = await checks.line(world.context, world.acme, shop.id)
        assert (line.shown, line.open_incident_id) == (Shown.DOWN, 1)
        assert line.last_message == "connection refused"

    async def test_paused_is_paused_whatever_was_believed(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        await world.goes_down(shop.id)
        await monitors.pause(world.context, world.acme, shop.id)
        assert (await checks.line(world.context, world.acme, shop.id)).shown is Shown.PAUSED

    async def test_what_is_not_checked_in_time_is_late(self, world: Watched) -> None:
        shop = await add(world, "Shop", interval=MINUTE, timeout=10 * SECOND)
        await world.saw(shop.id)
        patience = 2 * MINUTE + 15 * SECOND
        await world.clock.advance(patience)
        assert (await checks.line(world.context, world.acme, shop.id)).shown is Shown.UP
        await world.clock.advance(SECOND)
        assert (await checks.line(world.context, world.acme, shop.id)).shown is Shown.LATE

    async def test_a_heartbeat_is_late_from_the_expected_time_on(self, world: Watched) -> None:
        job = await heartbeat(world, "Backup")
        await world.pinged(job.id)
        await world.clock.advance(HOUR)
        assert (await checks.line(world.context, world.acme, job.id)).shown is Shown.UP
        await world.clock.advance(1)
        line = await checks.line(world.context, world.acme, job.id)
        assert line.shown is Shown.LATE
        assert line.runs.due_at == job.created_at + HOUR + 10 * MINUTE
        assert await names(world, shown=frozenset({Shown.LATE})) == ["Backup"]

    async def test_a_heartbeat_whose_run_goes_on_is_not_late(self, world: Watched) -> None:
        job = await heartbeat(world, "Backup")
        await world.pinged(job.id)
        await world.clock.advance(HOUR)
        await world.pinged(job.id, PingAction.START)
        await world.clock.advance(10 * MINUTE)
        assert (await checks.line(world.context, world.acme, job.id)).shown is Shown.UP
        await world.clock.advance(6 * SECOND)
        assert (await checks.line(world.context, world.acme, job.id)).shown is Shown.LATE

    async def test_a_resumed_monitor_is_not_late_at_once(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        await world.saw(shop.id)
        await monitors.pause(world.context, world.acme, shop.id)
        await world.clock.advance(DAY)
        await monitors.resume(world.context, world.acme, shop.id)
        line = await checks.line(world.context, world.acme, shop.id)
        assert (line.shown, line.since) == (Shown.UNKNOWN, world.clock.now())


class TestLists:
    async def test_trouble_comes_first(self, world: Watched) -> None:
        for name in ("Paused", "Up", "New", "Down"):
            await add(world, name, interval=HOUR)
        await world.goes_down(4)
        await world.saw(2)
        await monitors.pause(world.context, world.acme, 1)
        assert await names(world) == ["Down", "New", "Up", "Paused"]
        counted = await checks.counts(world.context, world.acme)
        assert counted == {
            Shown.DOWN: 1,
            Shown.LATE: 0,
            Shown.FLAPPING: 0,
            Shown.DEGRADED: 0,
            Shown.UNKNOWN: 1,
            Shown.UP: 1,
            Shown.PAUSED: 1,
        }

    async def test_they_can_be_searched_and_filtered(self, world: Watched) -> None:
        bakery = await world.people.customer(world.acme.organization_id, "Bakery")
        await add(world, "Shop", location_ids=(1, 2))
        await add(world, "100%_Sure", customer_id=bakery)
        await heartbeat(world, "Backup")
        await world.saw(1)
        assert await names(world, search="shop.EXAMPLE") == ["Shop"]
        assert await names(world, search="0%_s") == ["100%_Sure"]
        assert await names(world, search="%") == ["100%_Sure"]
        assert await names(world, search="shop.example", search_in=("name",)) == []
        assert await names(world, kinds=frozenset({Kind.HEARTBEAT})) == ["Backup"]
        assert await names(world, customer_id=bakery) == ["100%_Sure"]
        assert await names(world, location_id=2) == ["Shop"]
        assert await names(world, shown=frozenset({Shown.UP})) == ["Shop"]
        assert await names(world, paused=True) == []
        assert await names(world, shown=frozenset()) == []

    @pytest.mark.parametrize("order", list(Order))
    async def test_every_order_works_in_both_directions(self, world: Watched, order: Order) -> None:
        for name in ("b", "A", "c"):
            await add(world, name)
        await world.saw(2, REFUSED)
        await world.saw(3)
        up = await names(world, Sorting(order))
        down = await names(world, Sorting(order, descending=True))
        assert sorted(up) == sorted(down) == ["A", "b", "c"]
        if order in {Order.NAME, Order.ID}:
            assert up == down[::-1]

    async def test_pages_are_cut_from_a_stable_whole(self, world: Watched) -> None:
        for name in "abcde":
            await add(world, name)
        sorting = Sorting(Order.NAME)
        page = await checks.overview(world.context, world.acme, sorting=sorting, limit=2, offset=2)
        assert ([line.name for line in page.lines], page.total) == (["c", "d"], 5)
        beyond = await checks.overview(world.context, world.acme, limit=2, offset=10**30)
        assert (beyond.lines, beyond.total) == ((), 5)

    async def test_a_limited_member_sees_their_customers_only(self, world: Watched) -> None:
        bakery = await world.people.customer(world.acme.organization_id, "Bakery")
        shop = await add(world, "Shop")
        await add(world, "Bread", customer_id=bakery)
        reader = await world.people.member(
            world.acme.organization_id, Role.READONLY, "r@acme.example", (bakery,)
        )
        page = await checks.overview(world.context, reader)
        assert ([line.name for line in page.lines], page.total) == (["Bread"], 1)
        assert sum((await checks.counts(world.context, reader)).values()) == 1
        theirs = Filter(customer_id=shop.customer_id)
        assert (await checks.overview(world.context, reader, theirs)).total == 0
        everything = await checks.overview(world.context, world.acme)
        with pytest.raises(OutOfReach):
            await checks.glances(world.context, reader, everything.lines)
        with pytest.raises(OutOfReach):
            await checks.summary(world.context, reader, everything.lines[-1])
        for look in (checks.line, checks.history, checks.certificate):
            with pytest.raises(OutOfReach):
                await look(world.context, reader, shop.id)

    async def test_nothing_of_another_organization_shows(self, world: Watched) -> None:
        await add(world, "Shop")
        page = await checks.overview(world.context, world.zenith)
        assert (page.lines, page.total) == ((), 0)

    async def test_a_deleted_monitor_is_in_no_list(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        await monitors.delete(world.context, world.acme, shop.id)
        assert await names(world) == []

    async def test_a_page_costs_the_same_few_statements_however_long(
        self, world: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(12):
            await add(world, f"m{number}")
        asked: list[str] = []
        whole = Session.all

        async def counted(self: Session, sql: str, parameters: object = None) -> object:
            asked.append(sql)
            return await whole(self, sql, parameters)  # type: ignore[arg-type]

        monkeypatch.setattr(Session, "all", counted)
        page = await checks.overview(world.context, world.acme)
        await checks.glances(world.context, world.acme, page.lines)
        assert len(page.lines) == 12
        assert len(asked) == 6


class TestUptimes:
    async def test_an_outage_counts_from_its_first_failure_to_the_first_good_check(
        self, world: Watched
    ) -> None:
        shop = await add(world, "Shop", interval=MINUTE)
        await world.saw(shop.id)
        await world.clock.advance(HOUR)
        await world.goes_down(shop.id)
        first_failure = world.clock.now() - 20 * SECOND
        await world.clock.advance(HOUR)
        await world.comes_up(shop.id)
        down = world.clock.now() - 10 * SECOND - first_failure
        await world.clock.advance(HOUR)
        summary = await summary_of(world, shop)
        observed = world.clock.now() - shop.created_at - 2
        assert summary.uptime.day == pytest.approx(1 - down / observed)
        assert summary.uptime.year == summary.uptime.day
        assert [bar.down for bar in summary.bars[-2:]] == [0, down]
        assert (summary.bars[-1].checks, summary.bars[-1].failed) == (6, 3)
        assert len(summary.bars) == 90

    @pytest.mark.parametrize("deed", [incidents.delete, incidents.resolve])
    async def test_what_becomes_of_the_incident_changes_no_uptime(
        self, world: Watched, deed: Callable[..., Awaitable[object]]
    ) -> None:
        shop = await add(world, "Shop", interval=MINUTE)
        await world.saw(shop.id)
        await world.clock.advance(HOUR)
        await world.goes_down(shop.id)
        await world.clock.advance(HOUR)
        before = await summary_of(world, shop)
        incident = await world.row("SELECT id FROM incidents")
        await deed(world.context, world.acme, incident["id"])
        assert await summary_of(world, shop) == before
        await world.clock.advance(HOUR)
        await world.comes_up(shop.id)
        down = sum(bar.down for bar in (await summary_of(world, shop)).bars)
        assert down == 2 * HOUR + 30 * SECOND

    async def test_an_outage_from_before_all_windows_fills_them(self, world: Watched) -> None:
        shop = await add(world, "Shop", interval=HOUR)
        await world.saw(shop.id)
        await world.goes_down(shop.id)
        await world.clock.advance(400 * DAY)
        summary = await summary_of(world, shop)
        assert (summary.uptime.day, summary.uptime.year) == (0.0, 0.0)

    async def test_a_slow_hour_is_no_outage(self, world: Watched) -> None:
        shop = await add(world, "Shop", interval=MINUTE)
        slow = HttpSettings(url="https://shop.example/", slow_after=1)
        await monitors.change(world.context, world.acme, shop.id, Change(settings=slow))
        for _ in range(4):
            await world.saw(shop.id)
            await world.clock.advance(10 * SECOND)
        assert (await checks.line(world.context, world.acme, shop.id)).shown is Shown.DEGRADED
        assert (await summary_of(world, shop)).uptime.day == 1.0

    async def test_an_outage_over_midnight_darkens_both_days(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        await world.goes_down(shop.id)
        await world.clock.advance(DAY)
        summary = await summary_of(world, shop)
        assert summary.uptime.day == pytest.approx(0.0)
        yesterday, today = (bar.down for bar in summary.bars[-2:])
        assert yesterday == 12 * HOUR - 10 * SECOND
        assert today == world.clock.now() % DAY

    async def test_a_day_of_checks_that_said_nothing_is_a_day_without_checks(
        self, world: Watched
    ) -> None:
        shop = await add(world, "Shop")
        await world.saw(shop.id)
        await world.clock.advance(DAY)
        for _ in range(3):
            await world.clock.advance(MINUTE)
            await world.saw(shop.id, Unknown(UnknownReason.NETWORK_DOWN, "no network"))
        summary = await summary_of(world, shop)
        assert [bar.checks for bar in summary.bars[-2:]] == [1, 0]
        assert (await glance_of(world, shop)).shares[-2:] == [1.0, None]
        await world.clock.advance(MINUTE)
        await world.saw(shop.id)
        assert (await glance_of(world, shop)).shares[-2:] == [1.0, 1.0]
        await SqlFilingStore(world.context.database).file()
        assert (await glance_of(world, shop)).shares[-2:] == [1.0, 1.0]
        assert [bar.checks for bar in (await summary_of(world, shop)).bars[-2:]] == [1, 1]

    async def test_what_was_not_observed_is_left_out(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        assert (await summary_of(world, shop)).uptime.day is None
        await world.saw(shop.id)
        await world.clock.advance(HOUR)
        await monitors.pause(world.context, world.acme, shop.id)
        await world.clock.advance(10 * HOUR)
        assert (await summary_of(world, shop)).uptime.day == 1.0
        await monitors.resume(world.context, world.acme, shop.id)
        await world.goes_down(shop.id)
        await world.clock.advance(HOUR - 20 * SECOND)
        assert (await summary_of(world, shop)).uptime.day == pytest.approx(0.5, abs=0.01)

    async def test_time_before_the_first_result_is_left_out(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        await world.clock.advance(9 * HOUR)
        await world.goes_down(shop.id)
        await world.clock.advance(HOUR)
        assert (await summary_of(world, shop)).uptime.day == 0.0

    @pytest.mark.parametrize("deafness", [Deafness.NOT_RUNNING, Deafness.STORE_UNAVAILABLE])
    async def test_probes_are_blind_only_while_they_are_stopped(
        self, world: Watched, deafness: Deafness
    ) -> None:
        shop = await add(world, "Shop")
        await world.saw(shop.id)
        await world.clock.advance(8 * HOUR)
        await deaf(world, world.clock.now() - 6 * HOUR, world.clock.now(), deafness)
        await world.goes_down(shop.id)
        await world.clock.advance(2 * HOUR)
        up = 2 if deafness is Deafness.NOT_RUNNING else 8
        assert (await summary_of(world, shop)).uptime.day == pytest.approx(up / (up + 2), abs=0.01)

    async def test_deaf_time_is_left_out_though_an_outage_spans_it(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        await world.saw(shop.id)
        await world.clock.advance(3 * HOUR)
        await world.goes_down(shop.id)
        await world.clock.advance(7 * HOUR)
        await deaf(world, world.clock.now() - 6 * HOUR, world.clock.now(), Deafness.SUSPENDED)
        summary = await summary_of(world, shop)
        assert summary.uptime.day == pytest.approx(3 / 4, abs=0.01)
        assert sum(bar.down for bar in summary.bars) == HOUR + 20 * SECOND

    async def test_a_heartbeat_hears_nothing_while_pings_cannot_be_kept(
        self, world: Watched
    ) -> None:
        job = await heartbeat(world, "Backup")
        await world.pinged(job.id)
        start = world.clock.now()
        await world.clock.advance(HOUR)
        await deaf(world, start, world.clock.now(), Deafness.STORE_UNAVAILABLE)
        assert (await summary_of(world, job)).uptime.day is None
        await world.clock.advance(MINUTE)
        assert (await summary_of(world, job)).uptime.day == 1.0


async def deaf(world: Watched, start: Instant, end: Instant, why: Deafness) -> None:
    async with world.context.database.write() as session:
        await session.run(
            "INSERT INTO deaf_periods (from_at, until_at, why) VALUES (:start, :end, :why)",
            {"start": start, "end": end, "why": why},
        )


async def summary_of(world: Watched, monitor: Monitor) -> checks.Summary:
    line = await checks.line(world.context, world.acme, monitor.id)
    return await checks.summary(world.context, world.acme, line)


async def glance_of(world: Watched, monitor: Monitor) -> checks.Glance:
    line = await checks.line(world.context, world.acme, monitor.id)
    return (await checks.glances(world.context, world.acme, [line]))[monitor.id]


class TestHistories:
    async def test_the_newest_check_comes_first_with_its_evidence(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        await world.saw(shop.id)
        await world.clock.advance(MINUTE)
        await world.saw(shop.id, REFUSED)
        await world.clock.advance(MINUTE)
        await world.saw(shop.id, Unknown(UnknownReason.NETWORK_DOWN, "no network"))
        seen = await checks.history(world.context, world.acme, shop.id)
        assert [one.outcome for one in seen] == ["unknown", "failure", "success"]
        failure = seen[1]
        assert (failure.reason, failure.message) == ("connection_refused", "connection refused")
        assert failure.evidence is not None
        assert failure.evidence.request == "GET https://shop.example/"
        assert failure.timings is not None
        assert failure.timings.total == 1_500
        assert (failure.location_id, failure.location_code) == (1, "local")
        assert seen[2].evidence is None

    async def test_it_continues_where_a_page_ended(self, world: Watched) -> None:
        shop = await add(world, "Shop")
        for _ in range(5):
            await world.clock.advance(MINUTE)
            await world.saw(shop.id)
        first = await checks.history(world.context, world.acme, shop.id, limit=3)
        last = first[-1]
        rest = await checks.history(world.context, world.acme, shop.id, before=(last.at, last.id))
        assert [one.id for one in first + rest] == [5, 4, 3, 2, 1]
        assert await checks.history(world.context, world.acme, shop.id, only_bad=True) == []
