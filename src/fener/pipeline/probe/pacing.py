"""Begins what comes in heaps bit by bit.

A scheduler's tick brings many orders at once. Begun together they take one another's processor,
and each target would be reported as slow as the whole heap is long.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from fener.domain.time import Span
from fener.ports import Clock

APART: Span = 2
"""Long enough for what was begun to be on its way, and short beside any interval."""
STEPS = 25
"""Each step begins this part of what waits: a heap of a thousand takes a quarter of a second."""
TOGETHER = 5
"""What wakes a sleeping process costs it a third of a probe, since the processor's caches are cold.
So a few are begun together: a target that is nearer than a millisecond is reported 0.2 ms farther.
"""

Item = TypeVar("Item")


class Pacer(Generic[Item]):
    """Calls `begin` for each item that is added, in their order, while it runs."""

    def __init__(self, clock: Clock, begin: Callable[[Item], None]) -> None:
        self._clock = clock
        self._begin = begin
        self._waiting: deque[Item] = deque()
        self._has_some = asyncio.Event()

    def __len__(self) -> int:
        """How many are not begun yet."""
        return len(self._waiting)

    def add(self, items: Iterable[Item]) -> None:
        self._waiting.extend(items)
        self._has_some.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._has_some.wait()
            self._has_some.clear()
            while self._waiting:
                for _ in range(self._step()):
                    self._begin(self._waiting.popleft())
                if self._waiting:
                    await self._clock.sleep(APART)

    def _step(self) -> int:
        count = len(self._waiting)
        return min(count, max(TOGETHER, -(-count // STEPS)))
