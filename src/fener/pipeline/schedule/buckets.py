"""What is due in a tick, found by look-up: monitors lie in buckets by (interval, phase).

The cost of a tick grows with what is due in it and with the number of different intervals, not
with the number of monitors; nothing is written or moved when a check becomes due.
"""

from collections.abc import Collection, Iterator
from typing import TypeAlias

from fener.domain.spread import share, spread
from fener.domain.time import MINUTE, Instant, Span

SLOT: Span = 100
"""Phases lie this far apart; a scheduler need not look more often."""
LONGEST_SPREAD: Span = MINUTE

Due: TypeAlias = tuple[Instant, Collection[int]]
"""A time of the schedule, and the monitors whose phase it is."""


class Buckets:
    """Monitors by interval and phase. A monitor keeps its phase for as long as its interval."""

    def __init__(self) -> None:
        self._rings: dict[Span, _Ring] = {}
        self._intervals: dict[int, Span] = {}

    def __len__(self) -> int:
        return len(self._intervals)

    def put(self, monitor_id: int, interval: Span) -> None:
        """Add a monitor, or give one another interval."""
        known = self._intervals.get(monitor_id)
        if known == interval:
            return
        if known is not None:
            self.remove(monitor_id)
        ring = self._rings.setdefault(interval, _Ring(interval))
        ring.slots.setdefault(ring.slot_of(monitor_id), set()).add(monitor_id)
        self._intervals[monitor_id] = interval

    def remove(self, monitor_id: int) -> None:
        interval = self._intervals.pop(monitor_id)
        ring = self._rings[interval]
        slot = ring.slot_of(monitor_id)
        ring.slots[slot].remove(monitor_id)
        if not ring.slots[slot]:
            del ring.slots[slot]
        if not ring.slots:
            del self._rings[interval]

    def due(self, after: Instant, until: Instant) -> Iterator[Due]:
        """What came due later than `after`, up to and with `until`: each monitor once, at its last.

        Calls whose spans follow one another miss nothing and give nothing twice.
        """
        for ring in self._rings.values():
            yield from ring.due(max(after, until - ring.interval), until)

    def missed(self, after: Instant, until: Instant) -> Iterator[tuple[Instant, int]]:
        """What came due in a gap, each monitor once, with the time at which to make up for it."""
        for at, monitor_ids in self.due(after, until):
            for monitor_id in monitor_ids:
                makes_up = self._made_up(monitor_id, at, until)
                if makes_up is not None:
                    yield makes_up, monitor_id

    def missed_since(self, monitor_id: int, checked_at: Instant, now: Instant) -> Instant | None:
        """When to make up for what one monitor missed since its last check; None if nothing."""
        interval = self._intervals[monitor_id]
        at = self._rings[interval].last(monitor_id, now)
        return None if checked_at >= at else self._made_up(monitor_id, at, now)

    def next(self, monitor_id: int, now: Instant) -> Instant:
        """The first time of one monitor that is later than `now`."""
        interval = self._intervals[monitor_id]
        return self._rings[interval].last(monitor_id, now) + interval

    def _made_up(self, monitor_id: int, at: Instant, now: Instant) -> Instant | None:
        """A time within min(interval, 60 s), unless the next regular one comes first."""
        interval = self._intervals[monitor_id]
        longest = min(interval, LONGEST_SPREAD)
        makes_up = now + spread(monitor_id) % longest
        return makes_up if makes_up < at + interval else None


class _Ring:
    """The monitors of one interval, in slots by phase."""

    def __init__(self, interval: Span) -> None:
        self.interval = interval
        self.slots: dict[int, set[int]] = {}
        self._count = max(1, interval // SLOT)

    def slot_of(self, monitor_id: int) -> int:
        """Neighbours in time are neighbours in the store, whatever their interval."""
        return share(monitor_id, self._count)

    def last(self, monitor_id: int, until: Instant) -> Instant:
        """The last time of a monitor, up to and with `until`."""
        return self._last(self.slot_of(monitor_id), until)

    def due(self, after: Instant, until: Instant) -> Iterator[Due]:
        """What lies in a span of at most one interval: by walking the slots or, if fewer, those
        that are taken.
        """
        if (until - after) // SLOT > len(self.slots):
            for slot, monitor_ids in self.slots.items():
                at = self._last(slot, until)
                if at > after:
                    yield at, monitor_ids
            return
        cycle = after - after % self.interval
        slot = (after - cycle) // SLOT + 1
        while True:
            if slot >= self._count:
                cycle, slot = cycle + self.interval, 0
            at = cycle + slot * SLOT
            if at > until:
                return
            if slot in self.slots:
                yield at, self.slots[slot]
            slot += 1

    def _last(self, slot: int, until: Instant) -> Instant:
        return until - (until - slot * SLOT) % self.interval
