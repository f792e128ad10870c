"""Probes the TLS of a server, at once or after STARTTLS: agreed, trusted, valid, for this host."""

import asyncio

from fener.domain.check import CheckOrder, Failure, Outcome, Success
from fener.domain.failure import Facts, FailureReason
from fener.domain.kinds.tls import StartTls, TlsSettings
from fener.domain.time import SECOND, Span
from fener.net.line import Line
from fener.net.url import Origin, Url, host_name
from fener.net.wire import Reply, Request
from fener.pipeline.probe.call import Call
from fener.pipeline.probe.dialling import Dialling, Missed
from fener.pipeline.probe.starttls import ask_for_tls
from fener.pipeline.probe.talking import TalkingProbe
from fener.pipeline.probe.trail import Laps
from fener.pipeline.probe.verdict import explain, explain_error
from fener.pipeline.probe.world import World


class TlsProbe(TalkingProbe):
    def __init__(self, world: World) -> None:
        super().__init__(world, _Greeting)


class _Greeting:
    """One order being run. Raises fener.net.url.BadUrl for a bad setting."""

    def __init__(self, world: World, order: CheckOrder) -> None:
        settings = order.settings
        assert isinstance(settings, TlsSettings)  # noqa: S101 - the table of kinds sees to it
        self._world = world
        self._settings = settings
        self._timeout = order.timeout
        self._host = host_name(settings.host)
        name = host_name(settings.server_name) if settings.server_name else self._host
        self._server = Origin("https", name, settings.port)
        asked = f" as {name}" if name != self._host else ""
        self.call = Call(settings.target + asked)
        self._dialling = Dialling(world, order, self.call)

    async def run(self) -> Outcome:
        return await self._dialling.reach(self._host, self._settings.port, self._attempt)

    async def _attempt(self, address: str, connect_within: Span) -> Outcome | Missed:
        line = await self._dialling.connect(address, self._settings.port, connect_within)
        if isinstance(line, Missed):
            return line
        try:
            return await self._prelude(line) or await self._handshake(line, address)
        finally:
            line.close()

    async def _prelude(self, line: Line) -> Outcome | None:
        """None once TLS may begin. How long the words before it take counts as `first_byte`."""
        if self._settings.starttls is StartTls.NONE:
            return None
        self.call.phase, self.call.heard = "first_byte", line.received
        laps = Laps(self.call, self._world.stopwatch)
        try:
            async with asyncio.timeout(max(0, self._dialling.left()) / SECOND):
                failure = await ask_for_tls(line, self._settings.starttls)
            laps.ended("first_byte")
        except EOFError:
            return self._hung_up()
        except OSError as error:
            return explain_error(error, "first_byte", self._timeout)
        finally:
            laps.gave_up()
        return failure

    async def _handshake(self, line: Line, address: str) -> Outcome:
        call = self.call
        call.phase = "tls"
        reply = await self._world.wire.handshake(
            line.connection, self._server, address, self._dialling.left()
        )
        call.chain = reply.chain
        call.certificate = reply.chain[0] if reply.chain else None
        if reply.code:
            call.wasted(reply.moments.total)
            call.detail = reply.error
            return self._explained(reply)
        call.spent("tls", reply.moments.secured)
        call.phase = "done"
        return Success()

    def _explained(self, reply: Reply) -> Outcome:
        request = Request("CONNECT", Url(self._server, ""))
        return explain(reply, request, self._timeout, self._world.clock.now())

    def _hung_up(self) -> Failure:
        when = "before TLS began" if self.call.heard else "without an answer"
        facts = Facts(detail=when if self.call.heard else "")
        return Failure(FailureReason.NO_RESPONSE, f"the connection was closed {when}", facts)
