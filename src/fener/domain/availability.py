"""How much of a window a target was up, of the time in which it was observed at all."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from fener.domain.time import Instant, Span


class Period(Struct, frozen=True):
    """From `start` up to, and without, `end`; None while it goes on."""

    start: Instant
    end: Instant | None = None


class Availability(Struct, frozen=True):
    """What was measured. Time that nobody observed counts neither as up nor as down."""

    counted: Span
    down: Span

    @property
    def ratio(self) -> float | None:
        """The part of the counted time that was not down; None where nothing was observed."""
        return 1 - self.down / self.counted if self.counted else None


def availability(
    start: Instant, end: Instant, outages: Iterable[Period], unobserved: Iterable[Period]
) -> Availability:
    """Measure the window from `start` up to `end`.

    `unobserved` is all that must not count: unknown health, deaf time, pauses, maintenance. Periods
    may overlap, come in any order and reach out of the window.
    """
    excluded = _merged(unobserved, start, end)
    down = _merged(outages, start, end)
    return Availability(
        counted=max(0, end - start) - _length(excluded),
        down=_length(down) - _common(down, excluded),
    )


_Stretch = tuple[Instant, Instant]


def _merged(periods: Iterable[Period], start: Instant, end: Instant) -> list[_Stretch]:
    """The same time as stretches that are in order, apart from each other and in the window."""
    clipped = sorted(
        (max(start, period.start), end if period.end is None else min(end, period.end))
        for period in periods
    )
    merged: list[_Stretch] = []
    for begin, finish in clipped:
        if finish <= begin:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], finish))
        else:
            merged.append((begin, finish))
    return merged


def _length(stretches: Iterable[_Stretch]) -> Span:
    return sum(finish - begin for begin, finish in stretches)


def _common(one: Sequence[_Stretch], other: Sequence[_Stretch]) -> Span:
    """The length of what two lists of merged stretches share; each is walked once."""
    total = i = j = 0
    while i < len(one) and j < len(other):
        total += max(0, min(one[i][1], other[j][1]) - max(one[i][0], other[j][0]))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return total
