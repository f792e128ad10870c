"""What every schedule store must do (`fener.ports.ScheduleStore`), the one in memory too."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import pytest
from msgspec.structs import replace

from fener.domain.check import CheckResult, Outcome, Unknown
from fener.domain.failure import UnknownReason
from fener.domain.health import MonitorState, ProblemState
from fener.domain.heartbeat import Deafness, DeafPeriod, Ping, PingAction
from fener.domain.kinds import Settings
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.problem import Problem
from fener.domain.settlement import Settlement, Watched
from fener.domain.time import HOUR, MINUTE, SECOND, Instant
from fener.faults import FaultBoard
from fener.ports import Changed, ScheduleStore, StoreUnavailable
from fener.storage import monitors, scheduling, watching
from fener.storage.recording import SqlRecordStore
from fener.storage.scheduling import SqlScheduleStore
from fener.testing.clock import NOON, FakeClock
from fener.testing.schedule import MemoryScheduleStore, a_monitor
from support.store import REFUSED, Seeded, add_monitor, checked, seeded_store, settler

PROBE = HttpSettings(url="https://shop.example/")
JOB = HeartbeatSettings(EveryInterval(HOUR), 5 * MINUTE)
DUE = NOON + HOUR + 5 * MINUTE
"""When the job, pinged at noon, is overdue."""


class Ground(Protocol):
    """A store, and what befalls its monitors by the hands of others."""

    @property
    def store(self) -> ScheduleStore: ...

    async def add(self, settings: Settings) -> int: ...
    async def change(self, monitor_id: int, **fields: Any) -> None: ...
    async def change_any(self) -> None:
        """What monitors have in common, such as a policy."""
        ...

    async def resume(self, monitor_id: int, at: Instant) -> None:
        """It was paused, and is watched anew from then on."""
        ...

    async def see(self, monitor_id: int, at: Instant, outcome: Outcome | None = None) -> None: ...
    async def hear(self, monitor_id: int, at: Instant) -> None: ...
    async def break_down(self) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.store = MemoryScheduleStore()
        self._ids = count(1)

    async def add(self, settings: Settings) -> int:
        monitor_id = next(self._ids)
        self.store.put(a_monitor(monitor_id, settings))
        return monitor_id

    async def change(self, monitor_id: int, **fields: Any) -> None:
        self.store.put(replace(self.store.kept[monitor_id].watched.monitor, **fields))

    async def change_any(self) -> None:
        self.store.change_any()

    async def resume(self, monitor_id: int, at: Instant) -> None:
        anew = MonitorState({Problem.AVAILABILITY: ProblemState(since=at)})
        self.store.put(self.store.kept[monitor_id].watched.monitor, anew)

    async def see(self, monitor_id: int, at: Instant, outcome: Outcome | None = None) -> None:
        result = checked(monitor_id, at, outcome)
        kept = self.store.kept[monitor_id]
        settlement = settler().settle(kept.watched, result, 1)
        assert settlement is not None
        self.store.remember(monitor_id, settlement.state)
        kept.last_checked_at = result.finished_at

    async def hear(self, monitor_id: int, at: Instant) -> None:
        self.store.hear(monitor_id, at)

    async def break_down(self) -> None:
        self.store.is_away = True


class OnTheDatabase:
    def __init__(self, seeded: Seeded) -> None:
        clock = FakeClock(NOON)
        self.seeded = seeded
        self.record = SqlRecordStore(seeded.database, seeded.sealer, clock, FaultBoard(clock))
        self.store = SqlScheduleStore(seeded.database, seeded.sealer, self.record)

    async def add(self, settings: Settings) -> int:
        return await add_monitor(self.seeded, settings)

    async def change(self, monitor_id: int, **fields: Any) -> None:
        sealer = self.seeded.sealer
        async with self.seeded.database.write() as session:
            monitor = await monitors.by_id(session, sealer, monitor_id)
            assert monitor is not None
            await monitors.update(session, sealer, replace(monitor, **fields), NOON)

    async def change_any(self) -> None:
        async with self.seeded.database.write() as session:
            await monitors.raise_revision(session)

    async def resume(self, monitor_id: int, at: Instant) -> None:
        async with self.seeded.database.write() as session:
            await watching.forget(session, monitor_id, "resumed", at)

    async def see(self, monitor_id: int, at: Instant, outcome: Outcome | None = None) -> None:
        await self.record.record([checked(monitor_id, at, outcome)], settler().settle)

    async def hear(self, monitor_id: int, at: Instant) -> None:
        ping = Ping(monitor_id, at, PingAction.SUCCESS)
        await self.record.record_pings([ping], settler().settle_ping)

    async def break_down(self) -> None:
        async with self.seeded.database.write() as session:
            for table in ("sequences", "monitor_states", "liveness", "deaf_periods"):
                await session.run(f"DROP TABLE {table}")


@asynccontextmanager
async def in_memory(folder: Path) -> AsyncIterator[Ground]:
    yield InMemory()


@asynccontextmanager
async def on_the_database(folder: Path) -> AsyncIterator[Ground]:
    async with seeded_store(folder / "fener.db") as seeded:
        yield OnTheDatabase(seeded)


@pytest.fixture(params=[in_memory, on_the_database], ids=lambda opened: opened.__name__)
async def ground(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ground]:
    opened: AbstractAsyncContextManager[Ground] = request.param(tmp_path)
    async with opened as made:
        yield made


class TestRevision:
    @pytest.mark.parametrize(
        "change", [{"name": "Store"}, {"paused_at": NOON}, {"deleted_at": NOON}], ids=str
    )
    async def test_it_grows_with_every_change(self, ground: Ground, change: dict[str, Any]) -> None:
        shop = await ground.add(PROBE)
        before = await ground.store.revision()
        await ground.change(shop, **change)
        assert await ground.store.revision() > before

    async def test_it_grows_with_a_new_monitor(self, ground: Ground) -> None:
        before = await ground.store.revision()
        await ground.add(PROBE)
        assert await ground.store.revision() > before

    async def test_what_is_believed_changes_no_monitor(self, ground: Ground) -> None:
        shop, job = await ground.add(PROBE), await ground.add(JOB)
        before = await ground.store.revision()
        await ground.see(shop, NOON, REFUSED)
        await ground.hear(job, NOON)
        await ground.store.rewind(backwards, NOON)
        assert await ground.store.revision() == before


class TestScheduled:
    async def test_it_lists_what_is_watched_and_probed(self, ground: Ground) -> None:
        shop, paused, deleted = [await ground.add(PROBE) for _ in range(3)]
        await ground.add(JOB)
        await ground.change(paused, paused_at=NOON)
        await ground.change(deleted, deleted_at=NOON)
        assert [one.monitor.id for one in await ground.store.scheduled()] == [shop]

    async def test_a_new_monitor_was_never_checked(self, ground: Ground) -> None:
        await ground.add(PROBE)
        (one,) = await ground.store.scheduled()
        assert (one.last_checked_at, one.recheck_at) == (None, None)
        assert (one.monitor.settings, one.monitor.interval) == (PROBE, MINUTE)

    async def test_it_says_since_when_one_is_watched_and_was_not_checked(
        self, ground: Ground
    ) -> None:
        shop = await ground.add(PROBE)
        (new,) = await ground.store.scheduled()
        assert new.unseen_since is not None
        await ground.see(shop, NOON, REFUSED)
        await ground.see(shop, NOON + 10 * SECOND)
        (seen,) = await ground.store.scheduled()
        assert (seen.unseen_since, seen.last_checked_at) == (None, NOON + 10 * SECOND + 2)
        await ground.resume(shop, NOON + MINUTE)
        (resumed,) = await ground.store.scheduled()
        assert resumed.unseen_since == NOON + MINUTE
        await ground.see(shop, NOON + MINUTE + SECOND)
        (seen,) = await ground.store.scheduled()
        assert seen.unseen_since is None

    async def test_it_says_when_a_recheck_is_asked_for(self, ground: Ground) -> None:
        shop = await ground.add(PROBE)
        await ground.see(shop, NOON, REFUSED)
        (one,) = await ground.store.scheduled()
        assert (one.last_checked_at, one.recheck_at) == (NOON + 2, NOON + 10 * SECOND)
        await ground.see(shop, NOON + 10 * SECOND)
        (one,) = await ground.store.scheduled()
        assert (one.last_checked_at, one.recheck_at) == (NOON + 10 * SECOND + 2, None)

    async def test_a_change_shows_and_keeps_what_is_known(self, ground: Ground) -> None:
        shop = await ground.add(PROBE)
        await ground.see(shop, NOON, REFUSED)
        await ground.change(shop, interval=HOUR)
        (one,) = await ground.store.scheduled()
        assert (one.monitor.interval, one.recheck_at) == (HOUR, NOON + 10 * SECOND)


class TestChanged:
    async def test_it_lists_what_changed_since_as_it_is_now(self, ground: Ground) -> None:
        shop, other = await ground.add(PROBE), await ground.add(PROBE)
        await ground.see(shop, NOON, REFUSED)
        before = await ground.store.revision()
        await ground.change(shop, interval=HOUR)
        new = await ground.add(PROBE)
        changed = await ground.store.changed(before)
        assert changed is not None
        known = {one.monitor.id: one for one in await ground.store.scheduled()}
        assert list(changed.scheduled) == [known[shop], known[new]]
        assert (known[shop].monitor.interval, known[shop].recheck_at) == (HOUR, NOON + 10 * SECOND)
        assert list(changed.gone) == []
        assert other in known

    @pytest.mark.parametrize("change", [{"paused_at": NOON}, {"deleted_at": NOON}], ids=str)
    async def test_it_names_what_is_to_be_checked_no_longer(
        self, ground: Ground, change: dict[str, Any]
    ) -> None:
        shop, _ = await ground.add(PROBE), await ground.add(PROBE)
        before = await ground.store.revision()
        await ground.change(shop, **change)
        assert await ground.store.changed(before) == Changed([], [shop])

    async def test_a_heartbeat_is_never_to_be_checked(self, ground: Ground) -> None:
        before = await ground.store.revision()
        await ground.add(JOB)
        changed = await ground.store.changed(before)
        assert changed is not None
        assert list(changed.scheduled) == []

    async def test_it_is_empty_as_long_as_nothing_changed(self, ground: Ground) -> None:
        shop = await ground.add(PROBE)
        before = await ground.store.revision()
        await ground.see(shop, NOON, REFUSED)
        assert await ground.store.changed(before) == Changed([], [])

    async def test_it_says_nothing_where_any_may_have_changed(self, ground: Ground) -> None:
        shop = await ground.add(PROBE)
        before = await ground.store.revision()
        await ground.change_any()
        after = await ground.store.revision()
        await ground.change(shop, name="Store")
        assert await ground.store.changed(before) is None
        changed = await ground.store.changed(after)
        assert changed is not None
        assert [one.monitor.name for one in changed.scheduled] == ["Store"]


class TestOverdue:
    async def test_nothing_is_awaited_before_the_first_ping(self, ground: Ground) -> None:
        await ground.add(JOB)
        assert list(await ground.store.overdue(NOON + 99 * HOUR)) == []

    async def test_a_silence_is_overdue_from_its_time_on(self, ground: Ground) -> None:
        job = await ground.add(JOB)
        await ground.add(PROBE)
        await ground.hear(job, NOON)
        assert list(await ground.store.overdue(DUE - 1)) == []
        (one,) = await ground.store.overdue(DUE)
        assert (one.monitor.id, one.monitor.settings) == (job, JOB)
        assert (one.runs.awaited_from, one.runs.due_at) == (NOON, DUE)

    @pytest.mark.parametrize("change", [{"paused_at": NOON}, {"deleted_at": NOON}], ids=str)
    async def test_nobody_waits_for_what_is_not_watched(
        self, ground: Ground, change: dict[str, Any]
    ) -> None:
        job = await ground.add(JOB)
        await ground.hear(job, NOON)
        await ground.change(job, **change)
        assert list(await ground.store.overdue(DUE)) == []

    async def test_a_ping_ends_it(self, ground: Ground) -> None:
        job = await ground.add(JOB)
        await ground.hear(job, NOON)
        await ground.hear(job, NOON + HOUR)
        assert list(await ground.store.overdue(DUE)) == []


class TestLate:
    LATE = NOON + 2 + MINUTE + MINUTE + 10 * SECOND + 5 * SECOND
    """When a monitor of a minute, checked at noon, is to have been checked again."""

    async def test_who_is_not_checked_in_time_is_late(self, ground: Ground) -> None:
        shop = await ground.add(PROBE)
        await ground.see(shop, NOON)
        assert await ground.store.late(self.LATE) == 0
        assert await ground.store.late(self.LATE + 1) == 1
        await ground.see(shop, NOON + MINUTE)
        assert await ground.store.late(self.LATE + 1) == 0

    async def test_each_monitor_is_late_by_its_own_interval(self, ground: Ground) -> None:
        for interval in (SECOND, MINUTE, HOUR):
            shop = await ground.add(PROBE)
            await ground.change(shop, interval=interval)
            await ground.see(shop, NOON)
        times = (NOON + 20 * SECOND, self.LATE + 1, NOON + HOUR + MINUTE + 16 * SECOND)
        assert [await ground.store.late(at) for at in times] == [1, 2, 3]

    async def test_what_is_down_is_shown_as_that(self, ground: Ground) -> None:
        shop = await ground.add(PROBE)
        for number in range(3):
            await ground.see(shop, NOON + number, REFUSED)
        assert await ground.store.late(NOON + HOUR) == 0

    async def test_nobody_is_late_who_need_not_be_checked(self, ground: Ground) -> None:
        job, paused, deleted = [await ground.add(one) for one in (JOB, PROBE, PROBE)]
        await ground.hear(job, NOON)
        await ground.change(paused, paused_at=NOON)
        await ground.change(deleted, deleted_at=NOON)
        assert await ground.store.late(NOON + HOUR + MINUTE) == 0


def not_observed(monitor_id: int) -> CheckResult:
    return checked(monitor_id, DUE, Unknown(UnknownReason.NOT_OBSERVED, "Fener was not running"))


def awaited_an_hour_later(watched: Watched, result: CheckResult, check_id: int) -> Settlement:
    runs = replace(watched.state.runs, due_at=DUE + HOUR)
    state = MonitorState({Problem.AVAILABILITY: ProblemState(since=result.at)}, runs=runs)
    return Settlement(watched.monitor, check_id, result, state)


class TestExcuse:
    async def test_what_it_settles_is_remembered(self, ground: Ground) -> None:
        one, other = await ground.add(JOB), await ground.add(JOB)
        await ground.hear(one, NOON)
        await ground.hear(other, NOON)
        results = [not_observed(one), not_observed(other)]
        made = await ground.store.excuse(results, awaited_an_hour_later)
        assert [settlement.monitor.id for settlement in made] == [one, other]
        assert len({settlement.check_id for settlement in made}) == 2
        assert list(await ground.store.overdue(DUE + HOUR - 1)) == []
        assert len(await ground.store.overdue(DUE + HOUR)) == 2

    async def test_it_is_weighed_against_what_is_believed_then(self, ground: Ground) -> None:
        job = await ground.add(JOB)
        await ground.hear(job, NOON)
        seen: list[MonitorState] = []

        def settle(watched: Watched, result: CheckResult, check_id: int) -> None:
            seen.append(watched.state)

        assert list(await ground.store.excuse([not_observed(job)], settle)) == []
        assert [(state.runs.awaited_from, state.runs.due_at) for state in seen] == [(NOON, DUE)]
        assert len(await ground.store.overdue(DUE)) == 1

    async def test_what_cannot_be_settled_costs_no_other(self, ground: Ground) -> None:
        bad, good = await ground.add(JOB), await ground.add(JOB)
        await ground.hear(bad, NOON)
        await ground.hear(good, NOON)

        def settle(watched: Watched, result: CheckResult, check_id: int) -> Settlement:
            if watched.monitor.id == bad:
                raise ValueError("no such time zone")
            return awaited_an_hour_later(watched, result, check_id)

        made = await ground.store.excuse([not_observed(bad), not_observed(good)], settle)
        assert [settlement.monitor.id for settlement in made] == [good]
        assert [one.monitor.id for one in await ground.store.overdue(DUE)] == [bad]

    async def test_what_is_not_watched_any_more_needs_no_excuse(self, ground: Ground) -> None:
        job = await ground.add(JOB)
        await ground.hear(job, NOON)
        await ground.change(job, paused_at=NOON)
        made = await ground.store.excuse([not_observed(job)], awaited_an_hour_later)
        assert list(made) == []


def backwards(monitor: Monitor, state: MonitorState) -> MonitorState:
    """Everything happened an hour earlier."""
    problem = state.of(Problem.AVAILABILITY)
    earlier = replace(problem, since=problem.since - HOUR)
    runs = state.runs
    if runs.due_at is not None:
        runs = replace(runs, due_at=runs.due_at - HOUR)
    return replace(
        state,
        problems={Problem.AVAILABILITY: earlier},
        recheck_at=state.recheck_at and state.recheck_at - HOUR,
        runs=runs,
    )


class TestRewind:
    async def test_it_reaches_probes_and_heartbeats(self, ground: Ground) -> None:
        shop, job = await ground.add(PROBE), await ground.add(JOB)
        await ground.see(shop, NOON, REFUSED)
        await ground.hear(job, NOON)
        await ground.store.rewind(backwards, NOON)
        (one,) = await ground.store.scheduled()
        assert one.recheck_at == NOON + 10 * SECOND - HOUR
        (silent,) = await ground.store.overdue(DUE - HOUR)
        assert silent.runs.due_at == DUE - HOUR

    async def test_it_leaves_alone_what_is_not_watched(self, ground: Ground) -> None:
        paused, deleted = await ground.add(PROBE), await ground.add(JOB)
        await ground.change(paused, paused_at=NOON)
        await ground.change(deleted, deleted_at=NOON)
        seen: list[int] = []

        def look(monitor: Monitor, state: MonitorState) -> MonitorState:
            seen.append(monitor.id)
            return state

        await ground.store.rewind(look, NOON)
        assert seen == []

    async def test_a_rewind_that_fails_leaves_nothing_half_done(self, ground: Ground) -> None:
        first, second = await ground.add(JOB), await ground.add(JOB)
        await ground.hear(first, NOON)
        await ground.hear(second, NOON)
        met: list[int] = []

        def fail_at_the_second(monitor: Monitor, state: MonitorState) -> MonitorState:
            met.append(monitor.id)
            if len(met) == 2:
                raise ValueError("a bug")
            return backwards(monitor, state)

        with pytest.raises(ValueError, match="a bug"):
            await ground.store.rewind(fail_at_the_second, NOON)
        assert list(await ground.store.overdue(DUE - 1)) == []

    async def test_nobody_was_deaf_in_a_time_to_come(self, ground: Ground) -> None:
        past = DeafPeriod(NOON - HOUR, NOON, Deafness.NOT_RUNNING)
        await ground.store.note_deaf(past)
        await ground.store.note_deaf(DeafPeriod(NOON - SECOND, NOON + HOUR, Deafness.SUSPENDED))
        await ground.store.note_deaf(DeafPeriod(NOON, NOON + HOUR, Deafness.SUSPENDED))
        await ground.store.rewind(backwards, NOON)
        cut_off = DeafPeriod(NOON - SECOND, NOON, Deafness.SUSPENDED)
        assert set(await ground.store.deaf_periods(0)) == {past, cut_off}


class TestSignsOfLife:
    async def test_a_new_store_has_seen_none(self, ground: Ground) -> None:
        assert await ground.store.last_alive() is None
        assert list(await ground.store.deaf_periods(0)) == []

    async def test_the_last_one_counts(self, ground: Ground) -> None:
        await ground.store.note_alive(NOON, 5_000)
        assert await ground.store.last_alive() == (NOON, 5_000)
        # Both clocks may stand lower than before: one was set, the other began anew.
        await ground.store.note_alive(NOON - HOUR, 70)
        assert await ground.store.last_alive() == (NOON - HOUR, 70)

    async def test_deaf_time_is_known_by_its_end(self, ground: Ground) -> None:
        early = DeafPeriod(NOON - HOUR, NOON, Deafness.NOT_RUNNING)
        late = DeafPeriod(NOON - 2 * HOUR, NOON + HOUR, "a word of a later release")
        await ground.store.note_deaf(early)
        await ground.store.note_deaf(late)
        assert set(await ground.store.deaf_periods(NOON - 1)) == {early, late}
        assert list(await ground.store.deaf_periods(NOON)) == [late]
        assert list(await ground.store.deaf_periods(NOON + HOUR)) == []


@pytest.mark.parametrize(
    "asked",
    [
        lambda store: store.revision(),
        lambda store: store.scheduled(),
        lambda store: store.changed(0),
        lambda store: store.overdue(NOON),
        lambda store: store.late(NOON),
        lambda store: store.excuse([not_observed(1)], awaited_an_hour_later),
        lambda store: store.rewind(backwards, NOON),
        lambda store: store.last_alive(),
        lambda store: store.note_alive(NOON, 1),
        lambda store: store.note_deaf(DeafPeriod(NOON, NOON + 1, Deafness.STALLED)),
        lambda store: store.deaf_periods(NOON),
    ],
    ids=lambda asked: asked.__code__.co_names[0],
)
async def test_a_store_that_is_away_says_so(ground: Ground, asked: Any) -> None:
    await ground.add(JOB)
    await ground.break_down()
    with pytest.raises(StoreUnavailable):
        await asked(ground.store)


class TestOnTheDatabase:
    """What only a store with organizations and indexes can promise."""

    @pytest.fixture
    async def ground(self, tmp_path: Path) -> AsyncIterator[OnTheDatabase]:
        async with seeded_store(tmp_path / "fener.db") as seeded:
            yield OnTheDatabase(seeded)

    @pytest.mark.parametrize("allowed", [False, True])
    async def test_the_organization_says_whether_private_addresses_may_be_probed(
        self, ground: OnTheDatabase, *, allowed: bool
    ) -> None:
        await ground.add(PROBE)
        async with ground.seeded.database.write() as session:
            await session.run("UPDATE organizations SET allow_private = :it", {"it": allowed})
        (one,) = await ground.store.scheduled()
        assert one.allow_private is allowed

    async def test_more_than_are_read_at_once_are_all_found(
        self, ground: OnTheDatabase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scheduling, "AT_ONCE", 2)
        before = await ground.store.revision()
        added = [await ground.add(PROBE) for _ in range(5)]
        assert [one.monitor.id for one in await ground.store.scheduled()] == added
        changed = await ground.store.changed(before)
        assert changed is not None
        assert [one.monitor.id for one in changed.scheduled] == added

    async def test_few_changes_are_found_without_walking_through_all_monitors(
        self, ground: OnTheDatabase
    ) -> None:
        sql = f"EXPLAIN QUERY PLAN {scheduling.SQL['standing']} {scheduling.SQL['changed']}"
        async with ground.seeded.database.read() as session:
            rows = await session.all(sql, {"since": 1, "after": 0, "count": 9})
        steps = [row["detail"] for row in rows]
        assert steps[0] == "SEARCH m USING INDEX ix_monitors_revision (revision>?)"
        assert all("SCAN" not in step for step in steps)

    async def test_a_new_ping_key_is_a_change_of_that_monitor(self, ground: OnTheDatabase) -> None:
        job = await ground.add(JOB)
        before = await ground.store.revision()
        async with ground.seeded.database.write() as session:
            known = await monitors.by_id(session, ground.seeded.sealer, job)
            assert known is not None
            await monitors.set_ping_key(session, replace(known, ping_key=UUID(int=7)), NOON)
        assert await ground.store.changed(before) == Changed([], [job])

    async def test_a_new_monitor_is_late_too(self, ground: OnTheDatabase) -> None:
        await ground.add(PROBE)
        assert await ground.store.late(TestLate.LATE - 2) == 0
        assert await ground.store.late(TestLate.LATE - 1) == 1

    async def test_the_longest_overdue_come_first(self, ground: OnTheDatabase) -> None:
        late, early = await ground.add(JOB), await ground.add(JOB)
        await ground.hear(early, NOON)
        await ground.hear(late, NOON + 1)
        found = await ground.store.overdue(DUE + 1)
        assert [one.monitor.id for one in found] == [early, late]
