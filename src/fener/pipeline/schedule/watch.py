"""Notices from two clocks that time went by unheard: suspends, stalls, and clocks that are set."""

from msgspec import Struct

from fener.domain.heartbeat import Deafness, DeafPeriod
from fener.domain.time import SECOND, Instant, Span

LONGEST_STALL: Span = 15 * SECOND
"""A loop that was blocked for longer than this was deaf; what arrived has timed out."""
SHORT_STALL: Span = 2 * SECOND
JUMP: Span = 2 * SECOND
"""The two clocks agree within milliseconds; a difference like this means that one was set."""
SETTLING: Span = 2 * SECOND
"""After a disturbance, pings that wait are heard before any silence is believed."""


class SetBack(Struct, frozen=True):
    """The wall clock was set back by `span`."""

    span: Span


class Watch:
    """Looks at both clocks again and again; what it sees concerns the time since the last look."""

    def __init__(self, now: Instant, monotonic: Span) -> None:
        self._now = now
        self._monotonic = monotonic
        self._disturbed_at = monotonic

    def look(self, now: Instant, monotonic: Span) -> tuple[SetBack | DeafPeriod, ...]:
        """What happened, in the order in which it is to be taken in."""
        before, lived, passed = self._now, monotonic - self._monotonic, now - self._now
        self._now, self._monotonic = now, monotonic
        jumped = passed - lived
        if lived >= SHORT_STALL or abs(jumped) >= JUMP:
            self.disturb(monotonic)
        if jumped >= JUMP:
            return (DeafPeriod(before, now, Deafness.SUSPENDED),)
        set_back = (SetBack(-jumped),) if jumped <= -JUMP else ()
        if lived <= LONGEST_STALL:
            return set_back
        # Measured back from now: the clock by which the stall began may have been another one.
        began = now - lived if set_back else before
        return (*set_back, DeafPeriod(began, now, Deafness.STALLED))

    def disturb(self, monotonic: Span) -> None:
        """Something else kept Fener from hearing."""
        self._disturbed_at = monotonic

    def is_settled(self, monotonic: Span) -> bool:
        return monotonic - self._disturbed_at >= SETTLING
