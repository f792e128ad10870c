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
                for _ in range(-(-len(self._waiting) // STEPS)):
                    self._begin(self._waiting.popleft())
                await self._clock.sleep(APART)
