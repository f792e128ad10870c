"""Runs one order: hop by hop, each resolved, guarded and pinned anew, under one deadline that
stands over everything, looking up names included.
"""

import re
from collections.abc import Sequence

import msgspec

from fener.domain.check import CheckOrder, Failure, Outcome, Success, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.http import MAX_REDIRECTS, HttpSettings, HttpVersion
from fener.domain.time import Span
from fener.net.url import BadUrl, Origin, is_ipv6
from fener.net.wire import CUT_BY_SINK, Reply, Request
from fener.pipeline.probe.assertions import first_broken
from fener.pipeline.probe.body import Body, Head
from fener.pipeline.probe.patterns import Text
from fener.pipeline.probe.requests import redirected
from fener.pipeline.probe.verdict import explain, phase_of
from fener.pipeline.probe.visit import Visit
from fener.pipeline.probe.world import World

_MOST_ADDRESSES = 8
_USERINFO = re.compile(r"//[^/@]*@")


class Errand:
    """One order being run."""

    def __init__(
        self, world: World, order: CheckOrder, settings: HttpSettings, visit: Visit
    ) -> None:
        self._world = world
        self._order = order
        self._settings = settings
        self._visit = visit
        self._deadline = world.clock.monotonic() + order.timeout

    async def run(self) -> Outcome:
        for _ in range(MAX_REDIRECTS + 1):
            reply = await self._hop()
            if not isinstance(reply, Reply):
                return reply
            location = self._redirect()
            if location is None:
                return await self._judged(reply)
            try:
                request = redirected(self._visit.request, reply.status, location)
            except BadUrl as error:
                return _bad_redirect(location, error)
            self._visit.redirected(_carrying(request, reply.cookies))
        return Failure(
            FailureReason.TOO_MANY_REDIRECTS, f"more than {MAX_REDIRECTS} redirects in a row"
        )

    async def _hop(self) -> Reply | Failure | Unknown:
        """One request to one host, or to the proxy that shall pass it on."""
        proxy = self._visit.request.proxy
        if proxy is None:
            return await self._reached(self._visit.request.url.origin)
        refusal = await self._target_refused(self._visit.request.url.origin)
        if refusal is not None:
            return refusal
        answer = await self._reached(proxy)
        return answer if isinstance(answer, Reply) else _through(proxy, answer)

    async def _target_refused(self, origin: Origin) -> Failure | Unknown | None:
        """Why a proxy must not be asked for this target. Which of the addresses the proxy dials is
        its own choice, and its own look-up: so none of those that we find may be forbidden.
        """
        addresses = await self._resolve(origin.host, ipv6=False)
        if not isinstance(addresses, tuple):
            return addresses
        _, refusal = self._guarded(addresses, origin.port)
        return Failure(FailureReason.ADDRESS_FORBIDDEN, refusal) if refusal else None

    async def _reached(self, origin: Origin) -> Reply | Failure | Unknown:
        """The first of the host's addresses that takes a connection."""
        version = self._settings.ip_version
        addresses = await self._wanted(origin.host, ipv6=version is IpVersion.IPV6)
        if not isinstance(addresses, tuple):
            return addresses
        answer = await self._dial(addresses, origin)
        if version is IpVersion.ANY and _has_no_route(answer) and not any(map(is_ipv6, addresses)):
            more = await self._wanted(origin.host, ipv6=True)
            if isinstance(more, tuple):
                return await self._dial(more, origin)
        return answer

    async def _wanted(self, host: str, *, ipv6: bool) -> tuple[str, ...] | Failure | Unknown:
        """The addresses of the version that is wanted."""
        addresses = await self._resolve(host, ipv6=ipv6)
        version = self._settings.ip_version
        if version is IpVersion.ANY or not isinstance(addresses, tuple):
            return addresses
        wanted = tuple(one for one in addresses if is_ipv6(one) is (version is IpVersion.IPV6))
        name = "IPv6" if version is IpVersion.IPV6 else "IPv4"
        said = f"{host} has no {name} address"
        return wanted or Failure(FailureReason.NAME_NOT_FOUND, said)

    async def _resolve(self, host: str, *, ipv6: bool) -> tuple[str, ...] | Failure | Unknown:
        began = self._world.stopwatch()
        addresses = await self._world.resolver.resolve(host, self._left(), ipv6=ipv6)
        known = addresses if isinstance(addresses, tuple) else ()
        self._visit.resolved(known, self._world.stopwatch() - began)
        return addresses

    async def _dial(self, addresses: Sequence[str], origin: Origin) -> Reply | Failure | Unknown:
        allowed, refusal = self._guarded(addresses[:_MOST_ADDRESSES], origin.port)
        if not allowed:
            return Failure(FailureReason.ADDRESS_FORBIDDEN, refusal)
        missed: list[Failure | Unknown] = []
        for position, address in enumerate(allowed):
            reply = await self._exchange(address, origin.port, len(allowed) - position)
            if reply.code in (0, CUT_BY_SINK):
                return reply
            fault = explain(
                reply, self._visit.request, self._order.timeout, self._world.clock.now()
            )
            if phase_of(reply, self._visit.request) != "connect":
                return fault
            missed.append(fault)
            if self._left() <= 0:
                break
        self._world.resolver.forget(origin.host)
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

    async def _exchange(self, address: str, port: int, candidates: int) -> Reply:
        """One transfer; while other addresses remain, connecting may take its share of the time."""
        visit, settings = self._visit, self._settings
        visit.address = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        head = Head()
        body = Body(head, settings)
        left = self._left()
        share = left // candidates if candidates > 1 else 0
        reply = await self._world.wire.send(
            visit.request, address, left, body.take, head=head.lines, connect_within=share
        )
        visit.answered(reply, head, body)
        return reply

    def _redirect(self) -> str | None:
        if not self._settings.follow_redirects or self._visit.head is None:
            return None
        return self._visit.head.location()

    async def _judged(self, reply: Reply) -> Outcome:
        visit, settings = self._visit, self._settings
        if visit.head is None or visit.body is None:
            return Unknown(UnknownReason.INTERNAL_ERROR, "the answer was lost")
        try:
            broken = first_broken(settings, reply.status, visit.head, visit.body)
        except ValueError as error:
            return Unknown(UnknownReason.INTERNAL_ERROR, f"the monitor is badly set: {error}")
        visit.phase = "done"
        broken = _other_version(settings, visit.head) or broken
        if broken is None and settings.pattern is not None:
            text = Text(visit.body.kept(), visit.body.charset())
            return await self._world.patterns.search(settings.pattern, text, self._left())
        return broken or Success()

    def _left(self) -> Span:
        return self._deadline - self._world.clock.monotonic()


def _carrying(request: Request, cookies: tuple[str, ...] | None) -> Request:
    return request if cookies is None else msgspec.structs.replace(request, cookies=cookies)


def _other_version(settings: HttpSettings, head: Head) -> Failure | None:
    if settings.http_version is not HttpVersion.HTTP_2 or head.version() == "HTTP/2":
        return None
    said = f"the answer came over {head.version()}, wanted HTTP/2"
    return Failure(FailureReason.BAD_RESPONSE, said)


def _through(proxy: Origin, answer: Failure | Unknown) -> Failure | Unknown:
    said = f"through the proxy {proxy.host}:{proxy.port}: {answer.message}"
    return msgspec.structs.replace(answer, message=said)


def _has_no_route(answer: Reply | Failure | Unknown) -> bool:
    return isinstance(answer, Unknown) and answer.reason is UnknownReason.NETWORK_DOWN


def _bad_redirect(location: str, error: BadUrl) -> Failure:
    shown = _USERINFO.sub("//", location)[:200]
    return Failure(FailureReason.BAD_REDIRECT, f"redirect to {shown!r}: {error}")
