"""How often one caller may ask: so many requests in each minute of the clock."""

from ipaddress import ip_address
from typing import TypeAlias

from msgspec import Struct

from fener.actions.identify import Caller
from fener.domain.time import MINUTE, SECOND, Instant
from fener.ports import Clock

_Key: TypeAlias = tuple[str, int | None, int | None]


class Allowance(Struct, frozen=True):
    """What is left of a caller's minute; below 0 where it is used up."""

    limit: int
    remaining: int
    resets_at: Instant
    retry_after: int
    """Seconds until the minute is over."""

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """`X-RateLimit-Reset` is a Unix time in seconds."""
        values = {
            "limit": self.limit,
            "remaining": max(0, self.remaining),
            "reset": self.resets_at // SECOND,
        }
        return [(f"x-ratelimit-{name}".encode(), b"%d" % value) for name, value in values.items()]


class RateLimit:
    """Counts in memory: a restart forgives, and only recognized callers have a count of their own,
    so that made-up credentials neither escape the limit nor fill the memory.
    """

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._minute = 0
        self._counts: dict[_Key, int] = {}

    def count(self, address: str, caller: Caller | None) -> Allowance | None:
        """Count one request; None for callers without limit: nobody has one on the machine."""
        if self._per_minute == 0 or _is_loopback(address):
            return None
        now = self._clock.now()
        minute = now // MINUTE
        if minute != self._minute:
            self._counts.clear()
            self._minute = minute
        key = (address, *_who(caller))
        used = self._counts[key] = self._counts.get(key, 0) + 1
        resets_at = (minute + 1) * MINUTE
        wait = -(-(resets_at - now) // SECOND)
        return Allowance(self._per_minute, self._per_minute - used, resets_at, wait)


def _who(caller: Caller | None) -> tuple[int | None, int | None]:
    return (None, None) if caller is None else (caller.token_id, caller.session_id)


def _is_loopback(address: str) -> bool:
    """True too for a socket of the machine, which has no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return not address
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback
