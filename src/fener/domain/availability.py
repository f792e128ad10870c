"""How much of a window a target was up, of the time in which it was observed at all.

Time that was not observed counts neither as up nor as down, even where an outage spans it: nobody
saw whether the target was still down.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from operator import attrgetter, sub
from typing import Self

from msgspec import Struct

from fener.domain.health import Health
from fener.domain.heartbeat import DeafPeriod
from fener.domain.kinds import Kind
from fener.domain.time import DAY, Instant, Span

_FOREVER: Instant = 2**62
_START = attrgetter("start")


class Period(Struct, frozen=True, gc=False):
    """From `start` up to, and without, `end`; None while it goes on."""

    start: Instant
    end: Instant | None = None


class Turn(Struct, frozen=True, array_like=True, gc=False):
    """Since when a target was what it turned out to be: confirmed later, but true from then on."""

    at: Instant
    health: Health


class Availability(Struct, frozen=True):
    """What was measured of a window."""

    counted: Span
    """The time that was observed."""
    down: Span

    @property
    def ratio(self) -> float | None:
        """The part of the counted time that was not down; None where nothing was observed."""
        return 1 - self.down / self.counted if self.counted else None


class Stretches:
    """Time in pieces that are in order and apart, to be measured in many windows.

    Their starts and ends are lists of their own: pairs of a thousand monitors would be many
    objects for the garbage collector to look at.
    """

    def __init__(self, starts: list[Instant], ends: list[Instant]) -> None:
        self.starts = starts
        self.ends = ends
        self._before: list[Span] = list(accumulate(map(sub, ends, starts), initial=0))

    @classmethod
    def of(cls, periods: Iterable[Period]) -> Self:
        """Periods may overlap, come in any order and reach out of every window."""
        return cls(*_merged(periods))

    def and_also(self, periods: Sequence[Period]) -> "Stretches":
        if not periods:
            return self
        return Stretches.of([*map(Period, self.starts, self.ends), *periods])

    def within(self, start: Instant, end: Instant) -> Span:
        """How much of it lies in a window."""
        return self._until(end) - self._until(start) if self.starts and start < end else 0

    def pieces(self, start: Instant, end: Instant) -> Iterator[tuple[Instant, Instant]]:
        """What of it lies in a window, in order."""
        if start >= end:
            return iter(())
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end)
        starts, ends = self.starts[first:last], self.ends[first:last]
        if starts:
            starts[0], ends[-1] = max(start, starts[0]), min(end, ends[-1])
        return zip(starts, ends, strict=True)

    def _until(self, moment: Instant) -> Span:
        last = bisect_right(self.starts, moment) - 1
        if last < 0:
            return 0
        return self._before[last] + min(moment, self.ends[last]) - self.starts[last]


class Past:
    """When a target was down, and when nobody observed it: ready to be measured in many windows."""

    def __init__(self, outages: Iterable[Period], unobserved: Stretches) -> None:
        self._blind = unobserved
        self._down = _without(Stretches.of(outages), unobserved)

    def over(self, start: Instant, end: Instant) -> Availability:
        """Measure the window from `start` up to, and without, `end`."""
        return Availability(
            counted=max(0, end - start) - self._blind.within(start, end),
            down=self._down.within(start, end),
        )

    def down_by_day(self, start: Instant, end: Instant) -> dict[int, Span]:
        """How long it was down on which day of a window, in days since the epoch.

        Days without an outage are not there.
        """
        found: dict[int, Span] = defaultdict(int)
        for began, ended in self._down.pieces(start, end):
            at, day, last_day = began, began // DAY, (ended - 1) // DAY
            while day < last_day:
                day += 1
                found[day - 1] += day * DAY - at
                at = day * DAY
            found[day] += ended - at
        return found


def down_periods(turns: Sequence[Turn]) -> list[Period]:
    """When it was down, by its turns in order."""
    return _periods(turns, Health.DOWN)


def unknown_periods(turns: Sequence[Turn]) -> list[Period]:
    """When nobody knew how it was: before the first result, and from a pause to the next one.

    `turns` are in order, from the first one that reaches into what is measured.
    """
    return _periods([Turn(0, Health.UNKNOWN), *turns], Health.UNKNOWN)


def _periods(turns: Sequence[Turn], health: Health) -> list[Period]:
    """Each turn lasts until the next; one that reaches back behind those before it ends them."""
    found = [Period(turn.at, later.at) for turn, later in pairwise(turns) if turn.health is health]
    if turns and turns[-1].health is health:
        found.append(Period(turns[-1].at))
    return found


def deaf_time(kind: Kind, deaf: Sequence[DeafPeriod]) -> list[Period]:
    """A probe sees while it can be made; a heartbeat is heard while its pings can be kept."""
    return [
        Period(one.start, one.end) for one in deaf if kind is Kind.HEARTBEAT or one.stopped_probes
    ]


def _merged(periods: Iterable[Period]) -> tuple[list[Instant], list[Instant]]:
    starts: list[Instant] = []
    ends: list[Instant] = []
    for period in sorted(periods, key=_START):
        start = period.start
        end = _FOREVER if period.end is None else period.end
        if end <= start:
            continue
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _without(whole: Stretches, other: Stretches) -> Stretches:
    """What of the one is not in the other."""
    if not other.starts:
        return whole
    starts: list[Instant] = []
    ends: list[Instant] = []
    ahead = zip([*other.starts, _FOREVER], [*other.ends, _FOREVER], strict=True)
    gone, until = next(ahead)
    for start, end in zip(whole.starts, whole.ends, strict=True):
        at = start
        while until <= at:
            gone, until = next(ahead)
        while gone < end:
            if at < gone:
                starts.append(at)
                ends.append(gone)
            at = until
            if end <= at:
                break
            gone, until = next(ahead)
        if at < end:
            starts.append(at)
            ends.append(end)
    return Stretches(starts, ends)
