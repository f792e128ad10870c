"""Runs one order: hop by hop, each resolved, guarded and pinned anew, under one deadline that
stands over everything, looking up names included.
"""

import re

import msgspec

from fener.domain.check import CheckOrder, Failure, Outcome, Success, Unknown
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.kinds.http import MAX_REDIRECTS, HttpSettings, HttpVersion
from fener.domain.time import Span
from fener.net.url import BadUrl, Origin
from fener.net.wire import CUT_BY_SINK, Reply, Request
from fener.pipeline.probe.assertions import first_broken
from fener.pipeline.probe.body import REDIRECTS, Body, Head
from fener.pipeline.probe.dialling import Dialling, Missed
from fener.pipeline.probe.patterns import Text
from fener.pipeline.probe.requests import redirected
from fener.pipeline.probe.verdict import explain
from fener.pipeline.probe.visit import Visit
from fener.pipeline.probe.world import World

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
        self._dialling = Dialling(world, order, visit)

    async def run(self) -> Outcome:
        for _ in range(MAX_REDIRECTS + 1):
            reply = await self._hop()
            if not isinstance(reply, Reply):
                return reply
            location = self._redirect(reply.status)
            if location is None:
                return await self._judged(reply)
            try:
                request = redirected(self._visit.request, reply.status, location)
            except BadUrl as error:
                return _bad_redirect(location, error)
            self._visit.redirected(_carrying(request, reply.cookies))
        said = f"more than {MAX_REDIRECTS} redirects in a row"
        return Failure(FailureReason.TOO_MANY_REDIRECTS, said, Facts())

    async def _hop(self) -> Reply | Failure | Unknown:
        """One request to one host, or to the proxy that shall pass it on."""
        origin, proxy = self._visit.request.url.origin, self._visit.request.proxy
        if proxy is None:
            return await self._dialling.reach(origin.host, origin.port, self._attempt)
        refusal = await self._dialling.refusal(origin.host, origin.port)
        if refusal is not None:
            return refusal
        answer: Reply | Failure | Unknown = await self._dialling.reach(
            proxy.host, proxy.port, self._attempt
        )
        return answer if isinstance(answer, Reply) else _through(proxy, answer)

    async def _attempt(
        self, address: str, connect_within: Span
    ) -> Reply | Failure | Unknown | Missed:
        visit, settings = self._visit, self._settings
        head = Head()
        body = Body(head, settings)
        reply = await self._world.wire.send(
            visit.request,
            address,
            self._dialling.left(),
            body.take,
            head=head.lines,
            connect_within=connect_within,
        )
        visit.answered(reply, head, body)
        if reply.code in (0, CUT_BY_SINK):
            return reply
        fault = explain(reply, visit.request, self._order.timeout, self._world.clock.now())
        return Missed(fault) if visit.phase == "connect" else fault

    def _redirect(self, status: int) -> str | None:
        if status not in REDIRECTS or not self._settings.follow_redirects:
            return None
        if self._visit.head is None:
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
            return await self._world.patterns.search(settings.pattern, text, self._dialling.left())
        return broken or Success()


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


def _bad_redirect(location: str, error: BadUrl) -> Failure:
    shown = _USERINFO.sub("//", location)[:200]
    facts = Facts(name=shown, detail=str(error))
    return Failure(FailureReason.BAD_REDIRECT, f"redirect to {shown!r}: {error}", facts)
