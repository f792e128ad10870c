"""Stretches of true time, and values that change at known moments."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Generic, TypeAlias, TypeVar

from fener.domain.time import Instant, Span

Stretch: TypeAlias = tuple[Instant, Instant]
"""From its start up to, and without, its end."""

Value = TypeVar("Value")
_NEVER: Instant = 2**62


class Spans:
    """Stretches in order and apart, whatever they were given as."""

    def __init__(self, stretches: Iterable[Stretch] = ()) -> None:
        merged: list[Stretch] = []
        for start, end in sorted(stretches):
            if end <= start:
                continue
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            else:
                merged.append((start, end))
        self._starts = [start for start, _ in merged]
        self._ends = [end for _, end in merged]

    def __iter__(self) -> Iterator[Stretch]:
        return zip(self._starts, self._ends, strict=True)

    def __len__(self) -> int:
        return len(self._starts)

    def __or__(self, other: "Spans") -> "Spans":
        return Spans([*self, *other])

    def __contains__(self, moment: Instant) -> bool:
        return self.clear_from(moment) != moment

    def clear_from(self, moment: Instant) -> Instant:
        """The moment itself, or the end of the stretch that it lies in."""
        place = bisect_right(self._starts, moment) - 1
        return max(moment, self._ends[place]) if place >= 0 else moment

    def within(self, start: Instant, end: Instant) -> Iterator[Stretch]:
        """Those that overlap a window, whole."""
        place = max(0, bisect_right(self._starts, start) - 1)
        while place < len(self._starts) and self._starts[place] < end:
            if self._ends[place] > start:
                yield self._starts[place], self._ends[place]
            place += 1

    def overlap(self, start: Instant, end: Instant) -> bool:
        return next(self.within(start, end), None) is not None

    def gaps(self, start: Instant, end: Instant) -> Iterator[Stretch]:
        """What of a window lies outside of all of them."""
        for begun, ended in self.within(start, end):
            if begun > start:
                yield start, begun
            start = ended
        if start < end:
            yield start, end

    def gap_of(self, length: Span, start: Instant, end: Instant) -> Instant | None:
        """Where the first gap of at least this length begins in a window."""
        gaps = (gap[0] for gap in self.gaps(start, end) if gap[1] - gap[0] >= length)
        return next(gaps, None)


def shared(all_spans: Iterable[Spans], by: int) -> Spans:
    """The time that lies in at least `by` of them."""
    turns = sorted(turn for spans in all_spans for one in spans for turn in _turns(one))
    found: list[Stretch] = []
    depth, since = 0, 0
    for moment, change in turns:
        if depth < by <= depth + change:
            since = moment
        elif depth >= by > depth + change:
            found.append((since, moment))
        depth += change
    return Spans(found)


def _turns(stretch: Stretch) -> tuple[tuple[Instant, int], tuple[Instant, int]]:
    return (stretch[0], 1), (stretch[1], -1)


class Course(Generic[Value]):
    """A value over time. It is asked mostly in order of time, and remembers where it was."""

    def __init__(self, first: Value, turns: Iterable[tuple[Instant, Value]]) -> None:
        """`turns` are in order; the last of those at one moment counts."""
        self._moments: list[Instant] = []
        self._values = [first]
        for moment, value in turns:
            self._moments.append(moment)
            self._values.append(value)
        self.since: Instant = 0
        self.until: Instant = 0
        """The stretch of the value that was asked for last."""
        self._value = first

    def at(self, moment: Instant) -> Value:
        if not self.since <= moment < self.until:
            place = bisect_right(self._moments, moment)
            self.since = self._moments[place - 1] if place else -_NEVER
            self.until = self._moments[place] if place < len(self._moments) else _NEVER
            self._value = self._values[place]
        return self._value
