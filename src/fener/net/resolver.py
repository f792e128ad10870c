"""Turns a host into addresses for all probers and senders of a process: literal addresses, the
machine's own names, then name servers, with a short cache and one query however many ask.
"""

import asyncio

from fener.domain.check import Failure, Unknown
from fener.domain.time import MINUTE, SECOND, Span
from fener.net.hosts import HostsFile
from fener.net.nameservers import Found, Lookup, Nameservers
from fener.net.url import is_address
from fener.ports import Clock

CACHE_SIZE = 10_000
_SHORTEST: Span = 1 * SECOND
_LONGEST: Span = 5 * MINUTE


class Resolver:
    """Only found addresses are kept: a name that could not be resolved is asked for again."""

    def __init__(self, clock: Clock, nameservers: Nameservers, hosts: HostsFile) -> None:
        self._clock = clock
        self._nameservers = nameservers
        self._hosts = hosts
        self._cache: dict[tuple[str, bool], tuple[Span, tuple[str, ...]]] = {}
        self._flights: dict[tuple[str, bool], asyncio.Task[Lookup]] = {}
        self.answered_at: Span | None = None
        """When the name servers last knew a name."""

    @property
    def nameservers(self) -> Nameservers:
        """For those who ask for more than addresses."""
        return self._nameservers

    async def resolve(
        self, host: str, within: Span, *, ipv6: bool = False
    ) -> tuple[str, ...] | Failure | Unknown:
        """The addresses of a host, in the order to try them, or whose fault it is.

        IPv6 ones only where there are no others, or with `ipv6`. Ends within `within` and the half
        second in which our own resolver is asked whether it is alive.
        """
        return self.known(host, ipv6=ipv6) or await self._fetched((host, ipv6), within)

    def known(self, host: str, *, ipv6: bool = False) -> tuple[str, ...]:
        """What needs no query: the address that it is, kept ones, the machine's; else none."""
        if is_address(host):
            return (host,)
        entry = self._cache.get((host, ipv6))
        if entry is not None and self._clock.monotonic() < entry[0]:
            return entry[1]
        return self._hosts.addresses(host)

    def forget(self, host: str) -> None:
        """Ask anew the next time: these addresses did not answer."""
        for ipv6 in (False, True):
            self._cache.pop((host, ipv6), None)

    async def reaches_beyond(self, within: Span) -> bool:
        """Whether our resolver has answers that it cannot have had before."""
        return await self._nameservers.reaches_beyond(within)

    async def aclose(self) -> None:
        """End what is under way."""
        flights = tuple(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        await self._nameservers.aclose()

    async def _fetched(
        self, key: tuple[str, bool], within: Span
    ) -> tuple[str, ...] | Failure | Unknown:
        flight = self._flights.get(key) or self._fly(key)
        done, _ = await asyncio.wait((flight,), timeout=max(0, within) / SECOND)
        if not done:
            return await self._nameservers.blame(key[0], f"no answer within {within} ms")
        lookup = flight.result()
        return lookup.addresses if isinstance(lookup, Found) else lookup

    def _fly(self, key: tuple[str, bool]) -> asyncio.Task[Lookup]:
        host, ipv6 = key
        flight = asyncio.create_task(self._nameservers.ask(host, ipv6=ipv6))
        self._flights[key] = flight
        flight.add_done_callback(lambda done: self._landed(key, done))
        return flight

    def _landed(self, key: tuple[str, bool], flight: asyncio.Task[Lookup]) -> None:
        del self._flights[key]
        if flight.cancelled() or flight.exception() is not None:
            return
        if not isinstance(lookup := flight.result(), Found):
            return
        self._cache.pop(key, None)
        if len(self._cache) >= CACHE_SIZE:
            del self._cache[next(iter(self._cache))]
        self.answered_at = self._clock.monotonic()
        keep = min(max(lookup.keep, _SHORTEST), _LONGEST)
        self._cache[key] = (self._clock.monotonic() + keep, lookup.addresses)


def machine_resolver(clock: Clock) -> Resolver:
    """A resolver that uses the machine's own configuration and hosts file."""
    return Resolver(clock, Nameservers(clock), HostsFile(clock))
