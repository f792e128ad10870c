"""One share of the world: a Fener, what it watches, and what befalls both. Drawn from a seed."""

from collections.abc import Mapping
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from fener.domain.monitor import Monitor
from fener.domain.policy import Policy, Quorum
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, Span
from fener.testing.clock import NOON
from fener.testing.schedule import a_monitor
from fener.testing.simulation.jobs import KINDS, Job
from fener.testing.simulation.targets import Target, Troubles
from fener.testing.simulation.weather import Weather, fair, foul

LOCATIONS = (1, 2, 3)
SHARE = 250
"""Monitors of one Fener. Shares do not depend on how many processes there are."""
_HEARTBEATS = 0.15
_THREE_LOCATIONS = 0.15
_INTERVALS: Mapping[Span, float] = {
    30 * SECOND: 0.15,
    MINUTE: 0.5,
    5 * MINUTE: 0.3,
    HOUR: 0.05,
}
_TIMEOUTS: Mapping[Span, float] = {5 * SECOND: 0.2, 10 * SECOND: 0.6, 30 * SECOND: 0.2}


class Share(Struct, frozen=True):
    """Which part of a simulation."""

    seed: int
    number: int
    monitors: int
    days: float

    def random(self, *what: object) -> Random:
        """A generator of its own for each thing, so that none depends on another's draws."""
        return Random("/".join(map(str, (self.seed, self.number, *what))))

    @property
    def begin(self) -> Instant:
        return NOON

    @property
    def end(self) -> Instant:
        return NOON + int(self.days * DAY)


class World(Struct, frozen=True):
    """All that is true of a share, for whoever simulates it and for whoever judges the outcome."""

    share: Share
    monitors: Mapping[int, Monitor]
    targets: Mapping[int, Target]
    jobs: Mapping[int, Job]
    weather: Weather

    @property
    def begin(self) -> Instant:
        return self.share.begin

    @property
    def end(self) -> Instant:
        return self.share.end


def shares(seed: int, monitors: int, days: float) -> list[Share]:
    sizes = [min(SHARE, monitors - first) for first in range(0, monitors, SHARE)]
    return [Share(seed, number, size, days) for number, size in enumerate(sizes)]


def troubled(share: Share) -> World:
    """Everything happens: to targets, to the network, to jobs and to Fener itself."""
    monitors: dict[int, Monitor] = {}
    targets: dict[int, Target] = {}
    jobs: dict[int, Job] = {}
    for monitor_id in range(1, share.monitors + 1):
        random = share.random("monitor", monitor_id)
        if random.random() < _HEARTBEATS:
            jobs[monitor_id] = job = Job(random, random.choice(KINDS), share.begin, share.end)
            monitors[monitor_id] = a_monitor(monitor_id, job.kind.settings, job.kind.period)
        else:
            places = LOCATIONS if random.random() < _THREE_LOCATIONS else LOCATIONS[:1]
            monitors[monitor_id] = _probed(monitor_id, random, places, Policy())
            targets[monitor_id] = Target(random, share.begin, share.end, Troubles())
    weather = foul(share.random("weather"), LOCATIONS, share.begin, share.end)
    return World(share, monitors, targets, jobs, weather)


class Group(Struct, frozen=True):
    """Monitors that are judged alike, in the run in which checks fail at random."""

    name: str
    share: float
    locations: tuple[int, ...]
    policy: Policy
    never_by_chance: bool = False


GROUPS = (
    Group("1 location, 3 failures", 0.6, LOCATIONS[:1], Policy()),
    Group("1 location, 2 failures", 0.02, LOCATIONS[:1], Policy(confirm_after=2)),
    Group("any of 3 locations, 3 failures", 0.1, LOCATIONS, Policy(quorum=Quorum.ANY)),
    Group("2 of 3 locations, 3 failures", 0.28, LOCATIONS, Policy(), never_by_chance=True),
)


def by_chance(share: Share, fails_at_random: float) -> World:
    """Nothing ever happens, but this share of all checks fails for no reason."""
    troubles = Troubles(0, 0, 0, fails_at_random=fails_at_random, packets_are_lost=False)
    monitors: dict[int, Monitor] = {}
    targets: dict[int, Target] = {}
    for monitor_id in range(1, share.monitors + 1):
        random = share.random("monitor", monitor_id)
        group = group_of(monitor_id)
        monitors[monitor_id] = _probed(monitor_id, random, group.locations, group.policy)
        targets[monitor_id] = Target(random, share.begin, share.end, troubles)
    return World(share, monitors, targets, {}, fair(LOCATIONS))


def group_of(monitor_id: int) -> Group:
    """Of every fifty monitors the same number in each group, whatever the seed."""
    place = (monitor_id * 7 % 50 + 0.5) / 50
    for group in GROUPS:
        place -= group.share
        if place < 0:
            return group
    return GROUPS[-1]


def _probed(monitor_id: int, random: Random, places: tuple[int, ...], policy: Policy) -> Monitor:
    interval, timeout = _drawn(random, _INTERVALS), _drawn(random, _TIMEOUTS)
    monitor = a_monitor(monitor_id, interval=interval)
    return replace(monitor, timeout=timeout, location_ids=places, policy=policy)


def _drawn(random: Random, weights: Mapping[Span, float]) -> Span:
    return random.choices(list(weights), list(weights.values()))[0]
