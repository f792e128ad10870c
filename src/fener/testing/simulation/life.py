"""Fener's life in a world: from event to event, with its own scheduler, judge and settler.

Nothing here decides anything. One thing is cut short, and it cannot change a verdict: where a
monitor is settled up, has no other check under way and nothing befalls Fener before the answer
arrives, a good answer is judged at once, without waiting for it in the heap of events.
"""

from collections import defaultdict
from collections.abc import Sequence

from fener.domain.check import CheckOrder, CheckResult, Failure, Success, Unknown
from fener.domain.health import Health, MonitorState
from fener.domain.heartbeat import Ping
from fener.domain.ids import uuid7
from fener.domain.rewinding import no_later
from fener.domain.settlement import Settlement
from fener.domain.time import Instant, Span
from fener.pipeline.judge.changes import notice_changes
from fener.pipeline.judge.judge import judge as real_judge
from fener.pipeline.judge.problems import other_readings
from fener.pipeline.record.route import route
from fener.pipeline.record.settle import Judge, Settler
from fener.pipeline.schedule.scheduler import Scheduler
from fener.testing.simulation.ends import SimulatedClock, StepBus, UnreadFaults, finish
from fener.testing.simulation.events import Events
from fener.testing.simulation.hearing import Hearing
from fener.testing.simulation.probers import Answer, Prober
from fener.testing.simulation.seen import Incidents, Seen
from fener.testing.simulation.store import SimulatedStore
from fener.testing.simulation.world import World

_TICK_EVERY: Span = 500
_TICKS_IN_A_FOLLOW = 2
"""Fener itself looks every 100 and 500 ms. Here it is as late as on a machine with much to do."""


def settling(judge: Judge = real_judge) -> Settler:
    """The settler as Fener assembles it. Nobody asks for the ids of incidents here."""
    return Settler(judge, other_readings, notice_changes, route, lambda at: uuid7(at, 0))


class Life:
    """All lives of one Fener, from the world's begin to its end."""

    def __init__(
        self, world: World, settler: Settler | None = None, store: SimulatedStore | None = None
    ) -> None:
        self._world = world
        self._clock = SimulatedClock(world.begin)
        self._store = store or SimulatedStore()
        self._settler = settler or settling()
        self._bus = StepBus()
        self._probers = {
            place: Prober(here, world.weather) for place, here in world.weather.locations.items()
        }
        self._incidents = Incidents()
        self._check_id = 0
        self._events = Events()
        self._scheduler = self._new_scheduler()
        self._number = 0
        """Of the life: what is under way when one ends is lost to the next."""
        self._is_awake = False
        self._unsettled = set(world.monitors)
        self._under_way: defaultdict[int, int] = defaultdict(int)
        self._held_back: list[tuple[Instant, CheckResult]] = []
        self._calm_until: Instant = 0
        self._turning_points = self._expect_weather()
        self._hearing = Hearing(world, self._events, self._clock, self._hear, self._refuse)

    def run(self) -> Seen:
        for monitor in self._world.monitors.values():
            self._store.put(monitor)
        self._start(None)
        self._tick(0)
        self._events.run_until(self._world.end, self._clock.reach)
        self._incidents.seen.pings_lost = self._hearing.lost
        return self._incidents.seen

    # What befalls Fener.

    def _expect_weather(self) -> list[Instant]:
        weather = self._world.weather
        for start, end in weather.stopped:
            self._events.at(start, self._stop)
            self._events.at(end, self._start)
        for start, end in weather.asleep:
            self._events.at(start, self._freeze)
            self._events.at(end, self._wake, end - start)
        for start, end in weather.stalled:
            self._events.at(start, self._freeze)
            self._events.at(end, self._wake, 0)
        for start, end in weather.store_away:
            self._events.at(start, self._lose_store)
            self._events.at(end, self._find_store)
        for at, span in weather.steps.all:
            self._events.at(at, self._step_clock, span)
        return [*self._events.moments(), self._world.end]

    def _weather_turns(self) -> None:
        now = self._clock.true
        is_calm = self._is_awake and not self._store.is_away
        turns = next((at for at in self._turning_points if at > now), now)
        self._calm_until = turns if is_calm else now

    def _start(self, _: None) -> None:
        self._number += 1
        self._scheduler = self._new_scheduler()
        self._awake()

    def _stop(self, _: None) -> None:
        """As by SIGKILL: checks under way and results held back are lost."""
        self._number += 1
        self._is_awake = False
        self._under_way.clear()
        self._held_back.clear()
        self._weather_turns()

    def _freeze(self, _: None) -> None:
        self._is_awake = False
        self._weather_turns()

    def _wake(self, slept: Span) -> None:
        self._clock.slept += slept
        self._awake()
        self._record_held_back()

    def _awake(self) -> None:
        self._is_awake = True
        self._weather_turns()

    def _lose_store(self, _: None) -> None:
        self._store.is_away = True
        self._weather_turns()

    def _find_store(self, _: None) -> None:
        self._store.is_away = False
        self._weather_turns()
        self._record_held_back()

    def _step_clock(self, span: Span) -> None:
        self._clock.error += span
        self._weather_turns()

    # The scheduler.

    def _new_scheduler(self) -> Scheduler:
        return Scheduler(self._clock, self._store, self._bus, UnreadFaults(), self._excused)

    def _tick(self, ticks: int) -> None:
        self._events.at(self._clock.true + _TICK_EVERY, self._tick, ticks + 1)
        if not self._is_awake:
            return
        finish(self._scheduler.tick())
        for order in self._bus.taken_orders():
            self._probe(order)
        if ticks % _TICKS_IN_A_FOLLOW == 0:
            finish(self._scheduler.follow())
            for result in self._bus.taken_results():
                self._record(self._clock.true, result)

    # Checks.

    def _probe(self, order: CheckOrder) -> None:
        monitor_id, now = order.monitor_id, self._clock.true
        target = self._world.targets[monitor_id]
        answer = self._probers[order.location_id].answer(order, target, now)
        if (
            answer.arrives < self._calm_until
            and isinstance(answer.result.outcome, Success)
            and monitor_id not in self._unsettled
            and not self._under_way[monitor_id]
        ):
            self._record(answer.begun, answer.result)
            return
        self._under_way[monitor_id] += 1
        self._events.at(answer.arrives, self._arrive, (self._number, answer))

    def _arrive(self, what: tuple[int, Answer]) -> None:
        number, answer = what
        if number != self._number:
            return
        self._under_way[answer.result.monitor_id] -= 1
        if self._is_awake and not self._store.is_away:
            self._record(answer.begun, answer.result)
        else:
            self._held_back.append((answer.begun, answer.result))

    def _record_held_back(self) -> None:
        if self._is_awake and not self._store.is_away:
            held_back, self._held_back = self._held_back, []
            for begun, result in held_back:
                self._record(begun, result)

    def _record(self, begun: Instant, result: CheckResult) -> None:
        """As the recorder does."""
        self._check_id += 1
        watched = self._store.kept[result.monitor_id].watched
        dated = no_later(result, self._clock.now())
        settlement = self._settler.settle(watched, dated, self._check_id)
        if settlement is None:
            return
        seen = self._incidents.seen
        seen.checks[result.monitor_id] += 1
        if isinstance(result.outcome, Failure):
            self._incidents.failed(self._check_id, begun)
        elif isinstance(result.outcome, Unknown):
            seen.unknown += 1
        self._store.commit(settlement)
        self._recorded(settlement)

    def _recorded(self, settlement: Settlement) -> None:
        monitor_id, state = settlement.monitor.id, settlement.state
        self._scheduler.recheck(monitor_id, state.recheck_at)
        if _is_settled_up(state):
            self._unsettled.discard(monitor_id)
        else:
            self._unsettled.add(monitor_id)
        if settlement.incidents:
            self._incidents.follow(settlement, self._clock.true)

    def _excused(self, settlements: Sequence[Settlement]) -> None:
        for one in settlements:
            self._recorded(one)

    # Pings.

    def _hear(self, ping: Ping) -> None:
        self._check_id += 1
        watched = self._store.kept[ping.monitor_id].watched
        made = self._settler.settle_ping(watched, ping, self._check_id)
        if made is None:
            raise TypeError(f"monitor {ping.monitor_id} is none to be pinged")
        if made.settlement is None:
            self._store.remember(ping.monitor_id, made.state)
            return
        self._store.commit(made.settlement)
        self._recorded(made.settlement)

    def _refuse(self) -> None:
        """Nobody is there to refuse it while Fener does not run."""
        if self._is_awake:
            self._scheduler.ping_refused()


def _is_settled_up(state: MonitorState) -> bool:
    return state.recheck_at is None and state.health is Health.UP
