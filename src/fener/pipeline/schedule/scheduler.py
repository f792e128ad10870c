"""The scheduler: orders what is due, follows the store, and hears the silence of heartbeats.

Two loops: ticking needs nothing but memory and the bus, so that checks go on while the store is
away or slow; all that needs the store is done in the other one. A round of each is public, for
simulations that run through months and cannot wait for loops.
"""

import asyncio
from collections.abc import Sequence

import structlog

from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.health import MonitorState
from fener.domain.heartbeat import DeafPeriod
from fener.domain.monitor import Monitor
from fener.domain.rewinding import rewound
from fener.domain.settlement import Settlement
from fener.domain.time import SECOND, Instant, Span
from fener.pipeline.schedule.bell import Bell
from fener.pipeline.schedule.buckets import SLOT
from fener.pipeline.schedule.liveness import Liveness
from fener.pipeline.schedule.plan import Plan
from fener.pipeline.schedule.silence import Excused, Silences
from fener.pipeline.schedule.watch import Watch
from fener.ports import Bus, Clock, Faults, ScheduleStore, StoreUnavailable

LOG = structlog.get_logger()
LOOK_EVERY: Span = 500
"""How often the store is asked for changes, which nearly always ring, and overdue heartbeats."""
_SHORTEST_PAUSE: Span = 10
LONGEST_LOOK: Span = 10 * SECOND
"""A store that answers later than this did not keep pings either."""
SOURCE = "schedule"


def _nobody(settlements: Sequence[Settlement]) -> None:
    """Nobody wants to know."""


class Scheduler:
    """`run` it for as long as monitors are to be watched; the other methods are its doorbells."""

    def __init__(
        self,
        clock: Clock,
        store: ScheduleStore,
        bus: Bus,
        faults: Faults,
        excused: Excused = _nobody,
    ) -> None:
        now, monotonic = clock.now(), clock.monotonic()
        self._clock = clock
        self._store = store
        self._bus = bus
        self._faults = faults
        self._plan = Plan(now)
        self._watch = Watch(now, monotonic)
        self._liveness = Liveness(store, now, monotonic)
        self._silences = Silences(store, bus, faults, excused)
        self._bell = Bell()
        self._wanted: set[int] = set()
        self._revision: int | None = None
        self._has_begun = False
        self._must_rewind = False

    async def run(self) -> None:
        """Schedule until cancelled."""
        self._watch = Watch(self._clock.now(), self._clock.monotonic())
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_ticking())
            group.create_task(self._keep_following())

    def recheck(self, monitor_id: int, at: Instant | None) -> None:
        """The judge asks for a quick recheck, or with None for none any more."""
        self._plan.recheck(monitor_id, at)

    def check_now(self, monitor_id: int) -> None:
        """A person asks for a check, maybe of a monitor that was changed just now."""
        self._wanted.add(monitor_id)
        self._bell.ring()

    def monitors_changed(self) -> None:
        self._bell.ring()

    def ping_refused(self) -> None:
        """A ping could not be kept, though all that the scheduler itself stores may be."""
        self._liveness.was_interrupted()
        self._bell.ring()

    async def tick(self) -> None:
        """Order what came due since the last tick."""
        now, _ = self._look()
        orders = self._plan.due(now)
        if orders:
            await self._bus.send_orders(orders)

    async def follow(self) -> None:
        """Look at the store once; a store that is away is a fault, and raises nothing."""
        # A wish that comes during the look may be for a change that the look did not see.
        wanted, self._wanted = self._wanted, set()
        began = self._clock.monotonic()
        try:
            await self._attend()
        except StoreUnavailable as error:
            self._liveness.was_interrupted()
            message = f"monitors and heartbeats cannot be followed: {error}"
            facts = Facts(detail=str(error))
            self._faults.report(SOURCE, Fault(FaultReason.NOT_FOLLOWED, message, facts))
        else:
            self._faults.clear(SOURCE)
        if self._clock.monotonic() - began > LONGEST_LOOK:
            self._liveness.was_interrupted()
        for monitor_id in wanted:
            self._plan.check_now(monitor_id, self._clock.now())

    async def _keep_ticking(self) -> None:
        while True:
            await self.tick()
            await self._clock.sleep(SLOT - self._clock.now() % SLOT)

    async def _keep_following(self) -> None:
        while True:
            await self.follow()
            await self._bell.wait(self._clock, self._pause())

    def _pause(self) -> Span:
        """Till the next look: the silence that comes before it is heard when it is due."""
        due_at = self._silences.next_due_at
        if due_at is None:
            return LOOK_EVERY
        return max(_SHORTEST_PAUSE, min(LOOK_EVERY, due_at - self._clock.now()))

    def _look(self) -> tuple[Instant, Span]:
        """Both times, with everything taken in that they say of the time since the last look."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        for noticed in self._watch.look(now, monotonic):
            if isinstance(noticed, DeafPeriod):
                LOG.warning("time went by unheard", span=now - noticed.start, why=noticed.why)
                self._liveness.was_deaf(noticed, monotonic)
            else:
                LOG.warning("the clock was set back", span=noticed.span)
                self._liveness.was_set_back(now, monotonic)
                self._plan.set_back(noticed.span, now)
                self._must_rewind = True
        return now, monotonic

    async def _attend(self) -> None:
        """One look at the store. Deaf time is known before any silence is believed."""
        now, monotonic = self._look()
        if not self._has_begun:
            self._must_rewind |= await self._liveness.begin(now, monotonic)
            self._has_begun = True
        if await self._liveness.attend(now, monotonic):
            self._watch.disturb(monotonic)
        if self._must_rewind:
            await self._rewind(now)
        await self._take_over_monitors()
        if self._watch.is_settled(monotonic):
            await self._silences.attend(now, monotonic, LOOK_EVERY)

    async def _rewind(self, now: Instant) -> None:
        def rewind(monitor: Monitor, state: MonitorState) -> MonitorState:
            return rewound(monitor, state, now)

        await self._store.rewind(rewind, now)
        self._must_rewind = False

    async def _take_over_monitors(self) -> None:
        """Only those that changed, wherever that can be told: there may be very many."""
        revision = await self._store.revision()
        if revision == self._revision:
            return
        known = self._revision
        changed = None if known is None else await self._store.changed(known)
        if changed is None:
            self._plan.follow(await self._store.scheduled(), self._clock.now())
        else:
            self._plan.take_over(changed, self._clock.now())
        self._revision = revision
