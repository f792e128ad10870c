"""Asks the machine's name servers, and says who is to blame when there is no answer: the zone of
the target, or our own resolver.
"""

import asyncio
import errno
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
from msgspec import Struct

from fener.domain.check import Failure, Unknown
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.time import SECOND, Span
from fener.net.question import Server
from fener.ports import Clock

RESOLV_CONF = Path("/etc/resolv.conf")
_LIFETIME: Span = 5 * SECOND
_TRIAL_LIFETIME: Span = 500
"""So short that a probe ends within its timeout and one second, whoever is to blame."""
_TRIAL_KEPT: Span = 2 * SECOND
_BEYOND = ("com", "org")
"""Domains in which a name that nobody has is asked for anew each time. Not the root: its NSEC
records let a resolver deny from its cache whatever is not there (RFC 8198), or it holds the whole
zone (RFC 8806). These two are signed with NSEC3 and opt-out, which proves no absence to a cache.
"""
_LOOK_EVERY: Span = 5 * SECOND

Configure: TypeAlias = Callable[[], dns.asyncresolver.Resolver]


class Found(Struct, frozen=True):
    """The addresses of a name, and for how many milliseconds they may be believed."""

    addresses: tuple[str, ...]
    keep: Span


Lookup: TypeAlias = Found | Failure | Unknown


def machine_configuration() -> dns.asyncresolver.Resolver:
    """What `/etc/resolv.conf` says. Raises NoResolverConfiguration where it says nothing."""
    return dns.asyncresolver.Resolver(filename=str(RESOLV_CONF))


class Nameservers:
    """One stub resolver for all; configured anew when the machine's configuration changes.

    A name is asked for its IPv4 addresses, and for IPv6 ones where it has none: half the queries
    of asking for both, and always the same way to the target.
    """

    def __init__(self, clock: Clock, configure: Configure = machine_configuration) -> None:
        self._clock = clock
        self._configure = configure
        self._stub: dns.asyncresolver.Resolver | None = None
        self._looked_at: Span = 0
        self._version = 0
        self._answers_until: Span | None = None
        self._trial: asyncio.Task[bool] | None = None

    async def ask(self, host: str, *, ipv6: bool = False) -> Lookup:
        """The addresses of a name, or whose fault it is that there are none. Never raises."""
        try:
            return await self._ask(host, ("AAAA",) if ipv6 else ("A", "AAAA"))
        except dns.resolver.NXDOMAIN:
            said = f"{host} does not exist"
            return Failure(FailureReason.NAME_NOT_FOUND, said, Facts(name=host))
        except dns.resolver.NoResolverConfiguration as error:
            return Unknown(UnknownReason.RESOLVER_DOWN, f"no name server is configured: {error}")
        except (dns.exception.DNSException, OSError) as error:
            return await self._explain(host, error)

    async def blame(self, host: str, what: str) -> Failure | Unknown:
        """Whose fault it is that looking up `host` ended in `what`."""
        if await self._answers():
            return Failure(
                FailureReason.NAME_LOOKUP_FAILED,
                f"the name servers of {host} fail: {what}",
                Facts(name=host, detail=what),
            )
        said = f"our own resolver gives no answers: {what}"
        return Unknown(UnknownReason.RESOLVER_DOWN, said, Facts(detail=what))

    async def reaches_beyond(self, within: Span) -> bool:
        """Whether the resolver has answers that it cannot have had before. Never raises.

        It asks for two names that do not exist, so that one lost packet decides nothing.
        """
        asking = [
            asyncio.create_task(self._is_answered(f"{secrets.token_hex(12)}.{domain}", within))
            for domain in _BEYOND
        ]
        try:
            async with asyncio.timeout(within / SECOND):  # dnspython would take its last pause yet
                for answer in asyncio.as_completed(asking):
                    if await answer:
                        return True
        except TimeoutError:
            pass
        finally:
            for one in asking:
                one.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        return False

    async def _is_answered(self, name: str, within: Span) -> bool:
        try:
            await self._current().resolve(
                dns.name.from_text(name), "A", lifetime=within / SECOND, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            return True
        except (dns.exception.DNSException, OSError):
            return False
        return True

    def servers(self) -> tuple[Server, ...]:
        """The machine's name servers, in the order to ask them.

        Raises NoResolverConfiguration where there are none.
        """
        stub = self._current()
        return tuple(
            Server(one, stub.nameserver_ports.get(one, stub.port))
            for one in stub.nameservers
            if isinstance(one, str)
        )

    async def aclose(self) -> None:
        """End a trial that is under way."""
        if self._trial is not None:
            self._trial.cancel()
            await asyncio.gather(self._trial, return_exceptions=True)

    async def _ask(self, host: str, kinds: tuple[str, ...]) -> Lookup:
        name = dns.name.from_text(host, origin=None if "." not in host else dns.name.root)
        for kind in kinds:
            answer = await self._current().resolve(
                name,
                kind,
                lifetime=_LIFETIME / SECOND,
                raise_on_no_answer=False,
                search="." not in host,
            )
            if answer.rrset is not None:
                keep = answer.chaining_result.minimum_ttl * SECOND
                return Found(tuple(record.address for record in answer.rrset), keep)
        facts = Facts(name=host, detail="it has no address")
        return Failure(FailureReason.NAME_NOT_FOUND, f"{host} has no address", facts)

    async def _explain(self, host: str, error: Exception) -> Failure | Unknown:
        if _is_lack_of_descriptors(error):
            return Unknown(UnknownReason.OUT_OF_DESCRIPTORS, "no descriptor left for a query")
        return await self.blame(host, _what(error))

    async def _answers(self) -> bool:
        """Whether the resolver answers at all; however many ask, it is tried once at a time."""
        if self._answers_until is not None and self._clock.monotonic() < self._answers_until:
            return True
        if self._trial is None or self._trial.done():
            self._trial = asyncio.create_task(self._try_root())
        return await asyncio.shield(self._trial)

    async def _try_root(self) -> bool:
        """Ask for the root, which every resolver knows."""
        try:
            await self._current().resolve(
                dns.name.root, "NS", lifetime=_TRIAL_LIFETIME / SECOND, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            pass
        except (dns.exception.DNSException, OSError):
            return False
        self._answers_until = self._clock.monotonic() + _TRIAL_KEPT
        return True

    def _current(self) -> dns.asyncresolver.Resolver:
        now = self._clock.monotonic()
        if self._stub is None or now - self._looked_at >= _LOOK_EVERY:
            self._looked_at = now
            version = RESOLV_CONF.stat().st_mtime_ns if RESOLV_CONF.exists() else 0
            if self._stub is None or version != self._version:
                self._stub, self._version = self._configure(), version
        return self._stub


def _is_lack_of_descriptors(error: Exception) -> bool:
    causes = (error, *(entry[3] for entry in _attempts(error)))
    lacking = (errno.EMFILE, errno.ENFILE)
    return any(isinstance(one, OSError) and one.errno in lacking for one in causes)


def _attempts(error: Exception) -> list[dns.resolver.ErrorTuple]:
    given = getattr(error, "kwargs", {}).get("errors", [])
    return given if isinstance(given, list) else []


def _what(error: Exception) -> str:
    if isinstance(error, dns.exception.Timeout):
        return f"no answer within {_LIFETIME // SECOND} s"
    for *_, response in _attempts(error):
        if response is not None:
            return dns.rcode.to_text(response.rcode())
    return str(error)
