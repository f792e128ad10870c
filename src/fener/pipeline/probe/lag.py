"""Notices when the prober itself stood still: a timeout then says nothing about the target."""

import asyncio
from collections import deque
from contextlib import suppress

from fener.domain.time import Span
from fener.ports import Clock

_TICK: Span = 200
_WORTH_NOTING: Span = 50
_REMEMBERED = 64


class LagWatch:
    """A tick on the event loop that knows when it should have come."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: Span | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._stalls: deque[tuple[Span, Span]] = deque(maxlen=_REMEMBERED)

    def start(self) -> None:
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        if self._ticking is None:
            return
        self._ticking.cancel()
        with suppress(asyncio.CancelledError):
            await self._ticking
        self._ticking = self._due = None

    def worst_since(self, moment: Span) -> Span:
        """The longest standstill that ended after `moment`, one still going on included."""
        ongoing = self._clock.monotonic() - self._due if self._due is not None else 0
        ended = (length for end, length in self._stalls if end > moment)
        return max(ongoing, *ended, 0)

    async def _tick(self) -> None:
        while True:
            self._due = due = self._clock.monotonic() + _TICK
            await self._clock.sleep(_TICK)
            late = self._clock.monotonic() - due
            if late >= _WORTH_NOTING:
                self._stalls.append((self._clock.monotonic(), late))
