"""The one door to the time of day and to sleeping. Everything else is handed a `Clock`."""

import asyncio
import time

from fener.domain.time import SECOND, Instant, Span


class SystemClock:
    """The machine's own clock (`fener.ports.Clock`)."""

    def now(self) -> Instant:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> Span:
        return time.monotonic_ns() // 1_000_000

    async def sleep(self, span: Span) -> None:
        await asyncio.sleep(max(0, span) / SECOND)


def stopwatch() -> int:
    """Microseconds since some fixed moment, for measuring how long something takes."""
    return time.perf_counter_ns() // 1_000
