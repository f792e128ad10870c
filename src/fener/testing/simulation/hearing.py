"""How pings reach a Fener that cannot always hear: refused ones are tried again for a while."""

from collections.abc import Callable

from fener.domain.heartbeat import Ping
from fener.domain.time import Instant, Span
from fener.testing.simulation.ends import SimulatedClock
from fener.testing.simulation.events import Events
from fener.testing.simulation.jobs import PATIENCE, TRIES_EVERY
from fener.testing.simulation.world import World

_APART: Span = 50
"""Between two pings of one job that were held up."""


class Hearing:
    """Hands on the pings of all jobs, each at its time or when Fener can hear again."""

    def __init__(
        self,
        world: World,
        events: Events,
        clock: SimulatedClock,
        heard: Callable[[Ping], None],
        refused: Callable[[], None],
    ) -> None:
        self._jobs = world.jobs
        self._deaf = world.weather.deaf
        self._events = events
        self._clock = clock
        self._heard = heard
        self._refused = refused
        self.lost = 0
        for monitor_id in world.jobs:
            self._expect(monitor_id, 0, world.begin)

    def _expect(self, monitor_id: int, place: int, earliest: Instant) -> None:
        """The next ping of a job: its client is done with the one before."""
        pings = self._jobs[monitor_id].pings
        if place < len(pings):
            at = max(pings[place].at, earliest)
            self._events.at(at, self._arrive, (monitor_id, place, at))

    def _arrive(self, what: tuple[int, int, Instant]) -> None:
        monitor_id, place, first_tried = what
        now, hears = self._clock.true, self._deaf.clear_from(self._clock.true)
        if hears == now:
            sent = self._jobs[monitor_id].pings[place]
            self._heard(Ping(monitor_id, self._clock.now(), sent.action, run_id=sent.run_id))
            self._expect(monitor_id, place + 1, now + _APART)
            return
        self._refused()
        again = min(now + TRIES_EVERY, hears + _APART)
        if again - first_tried <= PATIENCE:
            self._events.at(again, self._arrive, (monitor_id, place, first_tried))
        else:
            self.lost += 1
            self._expect(monitor_id, place + 1, now)
