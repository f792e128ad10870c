"""What is going to happen, in order of time, and of its entry where the time is the same."""

import heapq
from collections.abc import Callable
from itertools import count
from typing import Any, TypeAlias

from fener.domain.time import Instant

Act: TypeAlias = Callable[[Any], None]


class Events:
    def __init__(self) -> None:
        self._heap: list[tuple[Instant, int, Act, Any]] = []
        self._order = count()

    def at(self, moment: Instant, act: Act, what: Any = None) -> None:
        """Call `act` with `what` at that moment."""
        heapq.heappush(self._heap, (moment, next(self._order), act, what))

    def moments(self) -> list[Instant]:
        """When something is going to happen, as far as that is known."""
        return sorted({moment for moment, *_ in self._heap})

    def run_until(self, end: Instant, reached: Callable[[Instant], None]) -> None:
        """Let everything happen that happens before `end`; `reached` is told each time first."""
        heap = self._heap
        while heap and heap[0][0] < end:
            moment, _, act, what = heapq.heappop(heap)
            reached(moment)
            act(what)
