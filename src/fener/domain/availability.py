"""How much of a window a target was up, of the time in which it was observed at all.

Time that was not observed counts neither as up nor as down, even where an outage spans it: nobody
saw whether the target was still down.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from msgspec import Struct

from fener.domain.health import Health
from fener.domain.heartbeat import DeafPeriod
from fener.domain.kinds import Kind
from fener.domain.time import Instant, Span

_FOREVER: Instant = 2**62


class Period(Struct, frozen=True):
    """From `start` up to, and without, `end`; None while it goes on."""

    start: Instant
    end: Instant | None = None


class Turn(Struct, frozen=True):
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


class Past:
    """When a target was down, and when nobody observed it: ready to be measured in many windows.

    Periods may overlap, come in any order and reach out of every window.
    """

    def __init__(self, outages: Iterable[Period], unobserved: Iterable[Period]) -> None:
        blind = tuple(unobserved)
        self._blind = _Stretches(blind)
        self._blind_or_down = _Stretches([*blind, *outages])

    def over(self, start: Instant, end: Instant) -> Availability:
        """Measure the window from `start` up to, and without, `end`."""
        blind = self._blind.within(start, end)
        return Availability(
            counted=max(0, end - start) - blind,
            down=self._blind_or_down.within(start, end) - blind,
        )


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
    return [
        Period(turn.at, later.at if later else None)
        for turn, later in pairwise((*turns, None))
        if turn is not None and turn.health is health
    ]


def deaf_time(kind: Kind, deaf: Sequence[DeafPeriod]) -> list[Period]:
    """A probe sees while it can be made; a heartbeat is heard while its pings can be kept."""
    return [
        Period(one.start, one.end) for one in deaf if kind is Kind.HEARTBEAT or one.stopped_probes
    ]


class _Stretches:
    """Periods as stretches that are in order and apart, with the length of those before each."""

    def __init__(self, periods: Iterable[Period]) -> None:
        merged = _merged(periods)
        self._starts = [start for start, _ in merged]
        self._ends = [end for _, end in merged]
        self._before = list(accumulate((end - start for start, end in merged), initial=0))

    def within(self, start: Instant, end: Instant) -> Span:
        """How much of them lies in a window."""
        return self._until(end) - self._until(start) if start < end else 0

    def _until(self, moment: Instant) -> Span:
        last = bisect_right(self._starts, moment) - 1
        if last < 0:
            return 0
        return self._before[last] + min(moment, self._ends[last]) - self._starts[last]


def _merged(periods: Iterable[Period]) -> list[tuple[Instant, Instant]]:
    ends = ((one.start, _FOREVER if one.end is None else one.end) for one in periods)
    merged: list[tuple[Instant, Instant]] = []
    for start, end in sorted(ends):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
