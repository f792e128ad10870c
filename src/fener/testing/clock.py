"""A clock that stands still until a test moves it, and then wakes sleepers in order of time."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

from fener.domain.time import MINUTE, Instant, Span

NOON: Instant = 1_767_268_800_000
"""2026-01-01 12:00:00 UTC: where a fake clock starts."""
_MOMENT = 0.001
"""Real seconds between two looks at work outside of the loop, which needs the processor too."""
_MOST_PASSES = 30_000
_QUIET_PASSES = 3
"""Passes without work after which the loop rests; the first ones let sockets report."""
_BLIND_PASSES = 50
"""The same for loops that do not show their work (uvloop)."""


class FakeClock:
    """A `fener.ports.Clock` under a test's hand. Nothing of it waits for real time.

    Work outside of the event loop, such as a database's thread, is waited for while a function
    given to `settles_with` says that it goes on.
    """

    def __init__(self, now: Instant = NOON, monotonic: Span = 1_000_000) -> None:
        self._now = now
        self._monotonic = monotonic
        self._sleepers: list[tuple[Span, int, asyncio.Future[None]]] = []
        self._order = count()
        self._busy: list[Callable[[], bool]] = []

    def now(self) -> Instant:
        return self._now

    def monotonic(self) -> Span:
        return self._monotonic

    async def sleep(self, span: Span) -> None:
        waiting = asyncio.get_running_loop().create_future()
        if span <= 0:
            waiting.get_loop().call_soon(_wake, waiting)
        else:
            heapq.heappush(self._sleepers, (self._monotonic + span, next(self._order), waiting))
        await waiting

    async def advance(self, span: Span) -> None:
        """Let time pass, waking each sleeper at its own time with the loop at rest in between."""
        await self.settle()
        end = self._monotonic + span
        while (wakes_at := self._next_wake()) is not None and wakes_at <= end:
            self._pass(wakes_at - self._monotonic)
            self._wake_first()
            await self.settle()
        self._pass(end - self._monotonic)
        await self.settle()

    async def until(self, condition: Callable[[], object], within: Span = 10 * MINUTE) -> None:
        """Let time pass from sleeper to sleeper until `condition` holds; fail after `within`."""
        await self.settle()
        end = self._monotonic + within
        while not condition():
            wakes_at = self._next_wake()
            if wakes_at is None or wakes_at > end:
                raise AssertionError(f"did not come true within {within} ms of the clock")
            await self.advance(max(0, wakes_at - self._monotonic))

    async def stall(self, span: Span) -> None:
        """Let time pass while nobody runs, as if the loop was blocked; then wake who is late."""
        await self.settle()
        self._pass(span)
        await self.advance(0)

    async def suspend(self, span: Span) -> None:
        """The machine sleeps: the wall clock goes on, the monotonic one does not."""
        self.step_wall(span)
        await self.settle()

    def step_wall(self, span: Span) -> None:
        """Somebody sets the wall clock, forward or, with a negative span, back."""
        self._now += span

    def settles_with(self, busy: Callable[[], bool]) -> None:
        """Hold time still for as long as `busy` says that work goes on outside of the loop."""
        self._busy.append(busy)

    async def settle(self) -> None:
        """Return when every task waits for something that only time or the test can bring."""
        ready = getattr(asyncio.get_running_loop(), "_ready", None)
        enough = _BLIND_PASSES if ready is None else _QUIET_PASSES
        quiet = 0
        for _ in range(_MOST_PASSES):
            outside = any(busy() for busy in self._busy)
            await asyncio.sleep(_MOMENT if outside else 0)  # noqa: TID251 - gives way to others
            quiet = 0 if outside or ready else quiet + 1
            if quiet == enough:
                return
        raise AssertionError("the loop does not come to rest: some task never waits")

    def _next_wake(self) -> Span | None:
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def _wake_first(self) -> None:
        _wake(heapq.heappop(self._sleepers)[2])

    def _pass(self, span: Span) -> None:
        """Move both clocks on; a sleeper that is late already is woken without going back."""
        self._now += max(0, span)
        self._monotonic += max(0, span)


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
