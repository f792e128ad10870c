"""The way to a host, for every kind that dials: looked up, guarded address by address, and tried
in order, all under one deadline.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from msgspec import Struct

from fener.domain.check import CheckOrder, Failure, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.kinds.base import IpVersion
from fener.domain.time import Span
from fener.net.line import Line
from fener.net.url import is_address
from fener.pipeline.probe.trail import Laps, Trail
from fener.pipeline.probe.verdict import explain_error
from fener.pipeline.probe.world import World

Answer = TypeVar("Answer")
_MOST_ADDRESSES = 8
_NAMES = {IpVersion.IPV4: "IPv4", IpVersion.IPV6: "IPv6"}


class Missed(Struct, frozen=True):
    """An address that took no connection: the next one may."""

    fault: Failure | Unknown


class Dialling:
    """The dialling of one order, whose deadline begins now."""

    def __init__(self, world: World, order: CheckOrder, trail: Trail) -> None:
        self._world = world
        self._order = order
        self._trail = trail
        self._version = order.settings.ip_version
        self._deadline = world.clock.monotonic() + order.timeout

    def left(self) -> Span:
        """How much of the order's timeout is left."""
        return self._deadline - self._world.clock.monotonic()

    async def connect(self, address: str, port: int, connect_within: Span) -> Line | Missed:
        """A line to this address, as an attempt may open one for `reach`."""
        self._trail.phase = "connect"
        laps = Laps(self._trail, self._world.stopwatch)
        try:
            line = await Line.connect(address, port, connect_within or self.left())
        except OSError as error:
            laps.gave_up()
            return Missed(explain_error(error, "connect", self._order.timeout))
        laps.ended("connect")
        return line

    async def reach(
        self, host: str, port: int, attempt: Callable[[str, Span], Awaitable[Answer | Missed]]
    ) -> Answer | Failure | Unknown:
        """What the first address answers that takes a connection.

        `attempt` is given an address that may be dialled, and how long connecting may take:
        its share of the time while other addresses remain, else 0 for no limit of its own.
        """
        addresses = await self._addresses(host, ipv6=self._version is IpVersion.IPV6)
        if not isinstance(addresses, tuple):
            return addresses
        answer = await self._dial(host, port, addresses, attempt)
        if not _has_no_route(answer):
            return answer
        if self._version is not IpVersion.ANY or any(":" in one for one in addresses):
            return answer
        more = await self._addresses(host, ipv6=True)
        return await self._dial(host, port, more, attempt) if isinstance(more, tuple) else answer

    async def refusal(self, host: str, port: int) -> Failure | Unknown | None:
        """Why nobody must be asked to dial this host for us; None where somebody may.

        Which of its addresses a proxy dials is its own choice, after its own look-up: so none of
        those that we find may be forbidden.
        """
        found = await self._looked_up(host, ipv6=False)
        if not isinstance(found, tuple):
            return found
        _, refusal = self._guarded(found, port)
        return Failure(FailureReason.ADDRESS_FORBIDDEN, refusal) if refusal else None

    async def _addresses(self, host: str, *, ipv6: bool) -> tuple[str, ...] | Failure | Unknown:
        found = await self._looked_up(host, ipv6=ipv6)
        return self._of_version(host, found) if isinstance(found, tuple) else found

    async def _looked_up(self, host: str, *, ipv6: bool) -> tuple[str, ...] | Failure | Unknown:
        stopwatch, resolver = self._world.stopwatch, self._world.resolver
        began = stopwatch()
        found: tuple[str, ...] | Failure | Unknown = resolver.known(host, ipv6=ipv6)
        if not found:
            found = await resolver.resolve(host, self.left(), ipv6=ipv6)
        self._trail.resolved(found if isinstance(found, tuple) else (), stopwatch() - began)
        return found

    def _of_version(self, host: str, found: tuple[str, ...]) -> tuple[str, ...] | Failure:
        if self._version is IpVersion.ANY:
            return found
        is_ipv6 = self._version is IpVersion.IPV6
        wanted = tuple(one for one in found if (":" in one) is is_ipv6)
        if wanted:
            return wanted
        verb = "is" if is_address(host) else "has"
        said = f"{host} {verb} no {_NAMES[self._version]} address"
        return Failure(FailureReason.NAME_NOT_FOUND, said)

    async def _dial(
        self,
        host: str,
        port: int,
        addresses: Sequence[str],
        attempt: Callable[[str, Span], Awaitable[Answer | Missed]],
    ) -> Answer | Failure | Unknown:
        allowed, refusal = self._guarded(addresses[:_MOST_ADDRESSES], port)
        if not allowed:
            return Failure(FailureReason.ADDRESS_FORBIDDEN, refusal)
        missed: list[Failure | Unknown] = []
        for position, address in enumerate(allowed):
            self._trail.dialled(address, port)
            candidates = len(allowed) - position
            share = self.left() // candidates if candidates > 1 else 0
            answer = await attempt(address, share)
            if not isinstance(answer, Missed):
                return answer
            missed.append(answer.fault)
            if self.left() <= 0:
                break
        self._world.resolver.forget(host)
        return next((one for one in missed if isinstance(one, Failure)), missed[-1])

    def _guarded(self, addresses: Sequence[str], port: int) -> tuple[list[str], str]:
        """The addresses that may be dialled, and why the first of the others may not."""
        allowed: list[str] = []
        first_refusal = ""
        for address in addresses:
            refusal = self._world.guard.refusal(
                address, port, allow_private=self._order.allow_private
            )
            if refusal is None:
                allowed.append(address)
            else:
                first_refusal = first_refusal or refusal
        return allowed, first_refusal


def _has_no_route(answer: object) -> bool:
    return isinstance(answer, Unknown) and answer.reason is UnknownReason.NETWORK_DOWN
