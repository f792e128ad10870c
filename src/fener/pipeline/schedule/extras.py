"""Checks beside the regular phases, each at its own time: rechecks, first ones, made up ones."""

import heapq
from collections.abc import Iterator

from fener.domain.check import Purpose
from fener.domain.time import Instant, Span


class Extras:
    """At most one recheck and one other check of each monitor; a later wish replaces a recheck."""

    def __init__(self) -> None:
        self._rechecks: dict[int, Instant] = {}
        self._others: dict[int, tuple[Instant, Purpose]] = {}
        self._heap: list[tuple[Instant, int, Purpose]] = []

    def recheck(self, monitor_id: int, at: Instant | None) -> None:
        """Plan the monitor's quick recheck; None takes it back."""
        if at is None:
            self._rechecks.pop(monitor_id, None)
        else:
            self._rechecks[monitor_id] = at
            heapq.heappush(self._heap, (at, monitor_id, Purpose.RECHECK))

    def once(self, monitor_id: int, at: Instant, purpose: Purpose) -> None:
        """Plan one check, unless one is planned that is no later."""
        planned = self._others.get(monitor_id)
        if planned is None or planned[0] > at:
            self._others[monitor_id] = (at, purpose)
            heapq.heappush(self._heap, (at, monitor_id, purpose))

    def forget(self, monitor_id: int) -> None:
        self._rechecks.pop(monitor_id, None)
        self._others.pop(monitor_id, None)

    def due(self, now: Instant) -> Iterator[tuple[int, Purpose]]:
        """Take out what is due."""
        while self._heap and self._heap[0][0] <= now:
            at, monitor_id, purpose = heapq.heappop(self._heap)
            if self._is_planned(at, monitor_id, purpose):
                self._took(monitor_id, purpose)
                yield monitor_id, purpose

    def move(self, span: Span) -> None:
        """Move every planned time, because the clock was set."""
        self._rechecks = {each: at + span for each, at in self._rechecks.items()}
        self._others = {each: (at + span, purpose) for each, (at, purpose) in self._others.items()}
        self._heap = [(at, each, Purpose.RECHECK) for each, at in self._rechecks.items()]
        self._heap += [(at, each, purpose) for each, (at, purpose) in self._others.items()]
        heapq.heapify(self._heap)

    def _is_planned(self, at: Instant, monitor_id: int, purpose: Purpose) -> bool:
        if purpose is Purpose.RECHECK:
            return self._rechecks.get(monitor_id) == at
        return self._others.get(monitor_id) == (at, purpose)

    def _took(self, monitor_id: int, purpose: Purpose) -> None:
        if purpose is Purpose.RECHECK:
            del self._rechecks[monitor_id]
        else:
            del self._others[monitor_id]
