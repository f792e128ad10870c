"""A schedule store and a bus in memory, for tests of the scheduler."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from fener.domain import expectation
from fener.domain.check import CheckOrder, CheckResult
from fener.domain.health import Health, MonitorState, Runs
from fener.domain.heartbeat import DeafPeriod, Ping, PingAction
from fener.domain.kinds import Settings
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.policy import Policy
from fener.domain.prober import ALL, Share
from fener.domain.problem import Problem
from fener.domain.settlement import Settlement, Watched
from fener.domain.shown import late_after
from fener.domain.time import MINUTE, Instant, Span
from fener.ports import Changed, Overdue, Rewind, Scheduled, Settle, StoreUnavailable


def a_monitor(
    monitor_id: int, settings: Settings | None = None, interval: Span = MINUTE
) -> Monitor:
    """A monitor of which only what is named matters; HTTP if nothing is said."""
    return Monitor(
        id=monitor_id,
        public_id=UUID(int=monitor_id),
        organization_id=1,
        customer_id=1,
        owner_id=1,
        name=f"monitor {monitor_id}",
        settings=settings or HttpSettings(url=f"http://{monitor_id}.example/"),
        policy=Policy(),
        interval=interval,
    )


class Kept(Struct):
    """A monitor as the store keeps it."""

    watched: Watched
    last_checked_at: Instant | None = None

    @property
    def unseen_since(self) -> Instant | None:
        since = self.watched.state.of(Problem.AVAILABILITY).since
        return since if self.last_checked_at is None or self.last_checked_at < since else None

    @property
    def runs(self) -> Runs:
        return self.watched.state.runs

    @property
    def is_scheduled(self) -> bool:
        monitor = self.watched.monitor
        return monitor.is_watched and isinstance(monitor.settings, HttpSettings)

    @property
    def scheduled(self) -> Scheduled:
        return Scheduled(
            monitor=self.watched.monitor,
            allow_private=True,
            last_checked_at=self.last_checked_at,
            recheck_at=self.watched.state.recheck_at,
            unseen_since=self.unseen_since,
        )


class MemoryScheduleStore:
    """`fener.ports.ScheduleStore` in memory, with ways to fill it and to make it fail."""

    def __init__(self) -> None:
        self.kept: dict[int, Kept] = {}
        self.alive: tuple[Instant, Span] | None = None
        self.deaf: list[DeafPeriod] = []
        self.excused: list[Settlement] = []
        self.set_aside: list[Exception] = []
        """Why a result could not be settled."""
        self.is_away = False
        self.loads = 0
        """How often all monitors were read."""
        self.answers = asyncio.Event()
        """While cleared, every call waits."""
        self.answers.set()
        self.before_excuse: Callable[[], None] = lambda: None
        """What happens in the moment before an excuse is settled."""
        self._revision = 1
        self._changed_with: dict[int, int] = {}
        self._any_changed_with = 0
        self._check_id = 0

    def put(
        self,
        monitor: Monitor,
        state: MonitorState | None = None,
        last_checked_at: Instant | None = None,
    ) -> None:
        """Add or change a monitor; without a state it keeps its own."""
        known = self.kept.get(monitor.id)
        before = known.watched.state if known else MonitorState()
        checked_at = last_checked_at or (known.last_checked_at if known else None)
        self.kept[monitor.id] = Kept(Watched(monitor, state or before), checked_at)
        self._revision += 1
        self._changed_with[monitor.id] = self._revision

    def change_any(self) -> None:
        """Change what many monitors have in common."""
        self._revision += 1
        self._any_changed_with = self._revision

    def pause(self, monitor_id: int, at: Instant = 1) -> None:
        self.put(replace(self.kept[monitor_id].watched.monitor, paused_at=at))

    def delete(self, monitor_id: int, at: Instant = 1) -> None:
        self.put(replace(self.kept[monitor_id].watched.monitor, deleted_at=at))

    def remember(self, monitor_id: int, state: MonitorState) -> None:
        """Change what is believed: no change of the monitor itself."""
        kept = self.kept[monitor_id]
        kept.watched = replace(kept.watched, state=state)

    def hear(self, monitor_id: int, at: Instant, action: PingAction = PingAction.SUCCESS) -> None:
        """A ping that was recorded; only what it says of the runs is kept."""
        state = self.kept[monitor_id].watched.state
        ping = Ping(monitor_id, at, action)
        told = expectation.heard(state.runs, self._settings(monitor_id), ping)
        self.remember(monitor_id, replace(state, runs=told.runs))

    def record_silence(self, result: CheckResult) -> bool:
        """What the recorder does with a silence; False for one that is over."""
        state = self.kept[result.monitor_id].watched.state
        if state.runs.due_at != result.at:
            return False
        later = expectation.after_silence(state.runs, self._settings(result.monitor_id))
        self.remember(result.monitor_id, replace(state, runs=later))
        return True

    async def revision(self) -> int:
        await self._answer()
        return self._revision

    async def scheduled(self) -> list[Scheduled]:
        await self._answer()
        self.loads += 1
        return [one.scheduled for one in self.kept.values() if one.is_scheduled]

    async def changed(self, since: int) -> Changed | None:
        await self._answer()
        if self._any_changed_with > since:
            return None
        ids = [each for each, revision in self._changed_with.items() if revision > since]
        return Changed(
            scheduled=[self.kept[each].scheduled for each in ids if self.kept[each].is_scheduled],
            gone=[each for each in ids if not self.kept[each].is_scheduled],
        )

    async def overdue(self, now: Instant) -> list[Overdue]:
        await self._answer()
        return [
            Overdue(one.watched.monitor, one.runs)
            for one in self.kept.values()
            if one.watched.monitor.is_watched
            and one.runs.due_at is not None
            and one.runs.due_at <= now
        ]

    async def late(self, now: Instant) -> int:
        await self._answer()
        return sum(_is_late(one, now) for one in self.kept.values())

    async def excuse(self, results: Sequence[CheckResult], settle: Settle) -> list[Settlement]:
        await self._answer()
        self.before_excuse()
        made = []
        for result in results:
            self._check_id += 1
            kept = self.kept.get(result.monitor_id)
            if kept is None or not kept.watched.monitor.is_watched:
                continue
            settlement = self._settled(settle, kept.watched, result)
            if settlement is not None:
                self.remember(result.monitor_id, settlement.state)
                made.append(settlement)
        self.excused += made
        return made

    def _settled(self, settle: Settle, watched: Watched, result: CheckResult) -> Settlement | None:
        try:
            return settle(watched, result, self._check_id)
        except Exception as error:  # noqa: BLE001 - one result must not cost the others
            self.set_aside.append(error)
            return None

    async def rewind(self, rewind: Rewind, now: Instant) -> None:
        await self._answer()
        rewound = {
            monitor_id: rewind(one.watched.monitor, one.watched.state)
            for monitor_id, one in self.kept.items()
            if one.watched.monitor.is_watched
        }
        for monitor_id, state in rewound.items():
            self.remember(monitor_id, state)
        self.deaf = [replace(one, end=min(one.end, now)) for one in self.deaf if one.start < now]

    async def last_alive(self) -> tuple[Instant, Span] | None:
        await self._answer()
        return self.alive

    async def note_alive(self, now: Instant, monotonic: Span) -> None:
        await self._answer()
        self.alive = (now, monotonic)

    async def note_deaf(self, period: DeafPeriod) -> None:
        await self._answer()
        self.deaf.append(period)

    async def deaf_periods(self, since: Instant) -> list[DeafPeriod]:
        await self._answer()
        return [period for period in self.deaf if period.end > since]

    async def _answer(self) -> None:
        await self.answers.wait()
        if self.is_away:
            raise StoreUnavailable("the test says so")

    def _settings(self, monitor_id: int) -> HeartbeatSettings:
        settings = self.kept[monitor_id].watched.monitor.settings
        if not isinstance(settings, HeartbeatSettings):
            raise TypeError(f"monitor {monitor_id} is no heartbeat")
        return settings


def _is_late(one: Kept, now: Instant) -> bool:
    monitor, checked_at = one.watched.monitor, one.last_checked_at
    if not monitor.is_watched or isinstance(monitor.settings, HeartbeatSettings):
        return False
    since = max(checked_at or 0, monitor.created_at)
    is_down = one.watched.state.health is Health.DOWN
    return not is_down and since + late_after(monitor.interval, monitor.timeout) < now


class RecordingBus:
    """`fener.ports.Bus` that keeps what is sent."""

    def __init__(self) -> None:
        self.sent_orders: list[CheckOrder] = []
        self.sent_results: list[CheckResult] = []

    async def send_orders(self, orders: Sequence[CheckOrder]) -> None:
        _refuse_nothing(orders)
        self.sent_orders += orders

    async def send_results(self, results: Sequence[CheckResult]) -> None:
        _refuse_nothing(results)
        self.sent_results += results

    async def orders(
        self, location_id: int, share: Share = ALL
    ) -> AsyncIterator[Sequence[CheckOrder]]:
        here = [order for order in self.sent_orders if order.location_id == location_id]
        yield [order for order in here if share.takes(order.monitor_id)]

    async def results(self) -> AsyncIterator[Sequence[CheckResult]]:
        yield self.sent_results


def _refuse_nothing(batch: Sequence[object]) -> None:
    if not batch:
        raise AssertionError("an empty batch was sent")
