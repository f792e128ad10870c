"""How often somebody may try to sign in: counted by account and by address.

The counts are kept in memory: a restart forgets them, and each web process has its own.
"""

from collections import deque
from ipaddress import AddressValueError, IPv6Address

from fener.domain.email import spelled
from fener.domain.errors import TooMany
from fener.domain.time import MINUTE, SECOND, Span
from fener.ports import Clock

WINDOW: Span = 15 * MINUTE
PER_ACCOUNT = 10
PER_ADDRESS = 30
_MOST_KEYS = 50_000
_IPV6_SITE = 64
"""A site is given whole /64 networks, so those count as one address."""


class SignInThrottle:
    """Attempts count before they are judged, so that many at once are no way around."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_account = _Attempts(PER_ACCOUNT)
        self._by_address = _Attempts(PER_ADDRESS)

    def admit(self, email: str, address: str) -> None:
        """Count an attempt. Raises TooMany, which then is not counted."""
        now = self._clock.monotonic()
        account, site = spelled(email), _site(address)
        wait = max(self._by_account.wait(account, now), self._by_address.wait(site, now))
        if wait:
            raise TooMany(_words(wait), retry_after=-(-wait // SECOND))
        self._by_account.add(account, now)
        self._by_address.add(site, now)

    def succeeded(self, email: str, address: str) -> None:
        """The account's attempts are forgotten, of the address's only this one."""
        self._by_account.forget(spelled(email))
        self._by_address.take_back(_site(address))


class _Attempts:
    """When each key was tried within the last window, oldest first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tried: dict[str, deque[Span]] = {}

    def wait(self, key: str, now: Span) -> Span:
        """How long until the next attempt may be made."""
        tried = self._tried.get(key)
        if tried is None:
            return 0
        while tried and now - tried[0] >= WINDOW:
            tried.popleft()
        return tried[0] + WINDOW - now if len(tried) >= self._most else 0

    def add(self, key: str, now: Span) -> None:
        if len(self._tried) >= _MOST_KEYS:
            self._make_room(now)
        self._tried.setdefault(key, deque()).append(now)

    def forget(self, key: str) -> None:
        self._tried.pop(key, None)

    def take_back(self, key: str) -> None:
        tried = self._tried.get(key)
        if tried:
            tried.pop()

    def _make_room(self, now: Span) -> None:
        recent = {key: tried for key, tried in self._tried.items() if now - tried[-1] < WINDOW}
        while len(recent) >= _MOST_KEYS:
            del recent[next(iter(recent))]
        self._tried = recent


def _site(address: str) -> str:
    try:
        number = int(IPv6Address(address))
    except AddressValueError:
        return address
    return f"{number >> (128 - _IPV6_SITE):x}/{_IPV6_SITE}"


def _words(wait: Span) -> str:
    minutes = -(-wait // MINUTE)
    plural = "" if minutes == 1 else "s"
    return f"Too many attempts to sign in. Try again in {minutes} minute{plural}."
