"""Waiting for a time or for somebody who rings, whichever comes first."""

import asyncio

from fener.domain.time import Span
from fener.ports import Clock


class Bell:
    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, clock: Clock, span: Span) -> None:
        """Return after `span`, or as soon as it rings; at once if it has rung since last time."""
        if not self._rung.is_set():
            waits = [asyncio.create_task(clock.sleep(span)), asyncio.create_task(self._heard())]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waits:
                    each.cancel()
        self._rung.clear()

    async def _heard(self) -> None:
        await self._rung.wait()
