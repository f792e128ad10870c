"""What befalls Fener itself: it is stopped, sleeps, stalls, or loses store, clock and eyes."""

from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from random import Random

from msgspec import Struct

from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, Span
from fener.testing.simulation.spans import Course, Spans, Stretch
from fener.testing.simulation.targets import between, moments

_APART: Span = 5 * MINUTE
"""Troubles of the whole machine come one by one; those of single locations overlap with all."""
_MONTH: Span = 30 * DAY


class Steps:
    """The wall clock's error: it is set at some moments, by somebody."""

    def __init__(self, steps: Iterable[tuple[Instant, Span]] = ()) -> None:
        self.all = sorted(steps)
        self._moments = [at for at, _ in self.all]
        self._errors = list(accumulate(span for _, span in self.all))
        self._course = Course(0, zip(self._moments, self._errors, strict=True))

    def error(self, moment: Instant) -> Span:
        """By how much the clock is ahead of the truth; negative where it is behind."""
        return self._course.at(moment)

    def between(self, start: Instant, end: Instant) -> Span:
        """By how much it was set altogether, later than `start` and up to and with `end`."""
        return self.error(end) - self.error(start)

    @property
    def wrong(self) -> Spans:
        """When it does not tell the truth."""
        ends = [*self._moments[1:], 2**62]
        wrong = zip(self._moments, ends, self._errors, strict=True)
        return Spans((start, end) for start, end, error in wrong if error)


class Overload(Struct, frozen=True):
    """Every order waits for `wait` before it is begun, until the heap is worked off at `end`."""

    start: Instant
    end: Instant
    wait: Span


class LocalWeather(Struct, frozen=True):
    """What befalls the prober of one location."""

    resolver_down: Spans = Spans()
    stands_still: Spans = Spans()
    overloads: tuple[Overload, ...] = ()
    cut_off: Spans = Spans()
    """Nothing that it sends is answered, and it cannot know why."""

    @property
    def overloaded(self) -> Spans:
        return Spans((one.start, one.end) for one in self.overloads)

    @property
    def blind(self) -> Spans:
        """When it cannot tell anything of a target, and knows it."""
        return self.resolver_down | self.stands_still | self.overloaded


class Weather(Struct, frozen=True):
    """What befalls one Fener. Its clock is that of every location's prober."""

    locations: Mapping[int, LocalWeather]
    stopped: Spans = Spans()
    asleep: Spans = Spans()
    """The machine is suspended: the wall clock goes on, the monotonic one does not."""
    stalled: Spans = Spans()
    """The scheduler's and the recorder's loop is blocked; probers go on."""
    store_away: Spans = Spans()
    steps: Steps = Steps()

    @property
    def deaf(self) -> Spans:
        """When Fener can take in neither pings nor results."""
        return self.stopped | self.asleep | self.stalled | self.store_away


def fair(locations: Iterable[int]) -> Weather:
    """Nothing ever happens."""
    return Weather({location: LocalWeather() for location in locations})


def foul(random: Random, locations: Iterable[int], begin: Instant, end: Instant) -> Weather:
    """Everything happens that Fener promises to bear, several times a month."""
    share = (end - begin) / _MONTH
    machine = _Machine(random, begin, end)

    def some(a_month: int, least: Span, most: Span) -> Spans:
        many = max(1, round(a_month * share))
        return Spans(machine.stretch(between(random, least, most)) for _ in range(many))

    stopped = some(10, 5 * SECOND, MINUTE) | some(6, 10 * MINUTE, 8 * HOUR)
    asleep = some(4, MINUTE, 10 * HOUR)
    stalled = some(10, 2 * SECOND, MINUTE)
    store_away = some(8, 5 * SECOND, 20 * MINUTE)
    steps = [step for _ in range(max(2, round(8 * share))) for step in machine.steps()]
    return Weather(
        _locations(random, tuple(locations), begin, end),
        stopped=stopped,
        asleep=asleep,
        stalled=stalled,
        store_away=store_away,
        steps=Steps(steps),
    )


class _Machine:
    """Finds a time of its own for each trouble of the machine."""

    def __init__(self, random: Random, begin: Instant, end: Instant) -> None:
        self._random = random
        self._begin, self._end = begin, end
        self._taken: list[Stretch] = []

    def stretch(self, length: Span) -> Stretch:
        length = min(length, (self._end - self._begin) // 12)
        while True:
            start = self._random.randrange(self._begin + HOUR, self._end - length)
            if not Spans(self._taken).overlap(start - _APART, start + length + _APART):
                self._taken.append((start, start + length))
                return start, start + length

    def steps(self) -> list[tuple[Instant, Span]]:
        """The clock is set wrong, and right again later."""
        span = between(self._random, 3 * SECOND, 6 * HOUR) * self._random.choice((1, -1))
        wrong, _ = self.stretch(SECOND)
        right = wrong
        while right <= wrong or Spans(self._taken).overlap(right - _APART, right + _APART):
            right = wrong + between(self._random, MINUTE, 6 * HOUR)
        self._taken.append((right, right + SECOND))
        return [(wrong, span), (right, -span)]


def _locations(
    random: Random, locations: tuple[int, ...], begin: Instant, end: Instant
) -> dict[int, LocalWeather]:
    share = (end - begin) / _MONTH
    cuts = _cuts(random, locations, begin, end)

    def some(a_month: int, length: Callable[[], Span]) -> list[Stretch]:
        many = max(1.0, a_month * share)
        return [(at, at + length()) for at in moments(random, begin, end, many)]

    return {
        location: LocalWeather(
            resolver_down=Spans(some(10, lambda: between(random, 10 * SECOND, HOUR))),
            stands_still=Spans(some(30, lambda: between(random, 200, 40 * SECOND))),
            overloads=tuple(
                Overload(start, stop, between(random, SECOND, 90 * SECOND))
                for start, stop in Spans(some(8, lambda: between(random, MINUTE, HOUR)))
            ),
            cut_off=Spans(cuts[location]),
        )
        for location in locations
    }


def _cuts(
    random: Random, locations: tuple[int, ...], begin: Instant, end: Instant
) -> dict[int, list[Stretch]]:
    """One location after another loses its way out, but never the first, nor two at a time."""
    cuts: dict[int, list[Stretch]] = {location: [] for location in locations}
    at = begin
    while locations[1:]:
        at += random.randint(4 * HOUR, 36 * HOUR)
        length = between(random, MINUTE, 10 * HOUR)
        if at + length >= end:
            break
        cuts[random.choice(locations[1:])].append((at, at + length))
        at += length
    return cuts
