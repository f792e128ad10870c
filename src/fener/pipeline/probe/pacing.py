"""Begins what comes in heaps bit by bit.

A scheduler's tick brings many orders at once. Begun together they take one another's processor,
and each target would be reported as slow as the whole heap is long.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from fener.domain.check import CheckOrder
from fener.domain.kinds.tls import TlsSettings
from fener.domain.time import Span
from fener.ports import Clock

APART: Span = 2
"""Long enough for what was begun to be on its way, and short beside any interval."""
STEPS = 25
"""Each step begins this part of what waits: a heap of a thousand takes a quarter of a second."""
TOGETHER = 5
"""What wakes a sleeping process costs it a third of a probe, since the processor's caches are cold.
So a few light ones are begun together: a target nearer than a millisecond is reported 0.2 ms
farther.
"""

Item = TypeVar("Item")


class Pacer(Generic[Item]):
    """Calls `begin` for each item that is added, in their order, while it runs.

    One is light if it hardly keeps another one waiting that is begun with it.
    """

    def __init__(
        self, clock: Clock, begin: Callable[[Item], None], is_light: Callable[[Item], bool]
    ) -> None:
        self._clock = clock
        self._begin = begin
        self._is_light = is_light
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
                self._begin_some()
                if self._waiting:
                    await self._clock.sleep(APART)

    def _begin_some(self) -> None:
        """A part of a heap; and of what is light, a few."""
        least = -(-len(self._waiting) // STEPS)
        begun, are_light = 0, True
        while self._waiting and begun < max(least, TOGETHER):
            are_light = are_light and self._is_light(self._waiting[0])
            if begun >= least and not are_light:
                return
            self._begin(self._waiting.popleft())
            begun += 1


def is_light(order: CheckOrder) -> bool:
    """Whether its probe takes a tenth of a millisecond of ours: to agree on TLS takes a whole one,
    and as much of a target on the same machine.
    """
    settings = order.settings
    return not isinstance(settings, TlsSettings) and settings.target[:6].lower() != "https:"
