"""Probes a TCP port: a connection, and where it is wanted words sent and an answer looked for."""

import asyncio

from fener.domain.check import CheckOrder, Failure, Outcome, Success, Unknown
from fener.domain.failure import Facts, FailureReason
from fener.domain.kinds.tcp import ANSWER_LIMIT, TcpSettings, unescaped
from fener.domain.time import SECOND, Span
from fener.net.line import Line
from fener.net.url import host_name
from fener.pipeline.probe.call import Call
from fener.pipeline.probe.dialling import Dialling, Missed
from fener.pipeline.probe.talking import TalkingProbe
from fener.pipeline.probe.trail import Laps
from fener.pipeline.probe.verdict import explain_error
from fener.pipeline.probe.world import World


class TcpProbe(TalkingProbe):
    def __init__(self, world: World) -> None:
        super().__init__(world, _Knock)


class _Knock:
    """One order being run. Raises ValueError or fener.net.url.BadUrl for a bad setting."""

    def __init__(self, world: World, order: CheckOrder) -> None:
        settings = order.settings
        assert isinstance(settings, TcpSettings)  # noqa: S101 - the table of kinds sees to it
        self._world = world
        self._settings = settings
        self._timeout = order.timeout
        self._host = host_name(settings.host)
        self._send = unescaped(settings.send or "")
        self._wanted = unescaped(settings.expect or "")
        said = f' "{settings.send}"' if settings.send else ""
        self.call = Call(settings.target + said)
        self._dialling = Dialling(world, order, self.call)

    async def run(self) -> Outcome:
        return await self._dialling.reach(self._host, self._settings.port, self._attempt)

    async def _attempt(self, address: str, connect_within: Span) -> Outcome | Missed:
        line = await self._dialling.connect(address, self._settings.port, connect_within)
        if isinstance(line, Missed):
            return line
        self.call.heard = line.received
        laps = Laps(self.call, self._world.stopwatch)
        try:
            async with asyncio.timeout(max(0, self._dialling.left()) / SECOND):
                return await self._talk(line, laps)
        except EOFError:
            return self._hung_up()
        except OSError as error:
            return self._broken(error)
        finally:
            laps.gave_up()
            line.close()

    async def _talk(self, line: Line, laps: Laps) -> Outcome:
        self.call.phase = "first_byte"
        if self._send:
            await line.send(self._send)
        if self._wanted:
            await line.receive()
            laps.ended("first_byte")
            self.call.phase = "transfer"
            while not self._found():
                if len(line.received) >= ANSWER_LIMIT:
                    return self._unexpected()
                await line.receive()
            laps.ended("transfer")
        self.call.phase = "done"
        return Success()

    def _found(self) -> bool:
        return self.call.heard.find(self._wanted, 0, ANSWER_LIMIT) >= 0

    def _hung_up(self) -> Failure:
        if self.call.heard:
            return self._unexpected()
        said = "the connection was closed without an answer"
        return Failure(FailureReason.NO_RESPONSE, said, Facts())

    def _unexpected(self) -> Failure:
        expect, read = self._settings.expect or "", f"{len(self.call.heard):,} bytes read"
        facts = Facts(name=expect, detail=f"not found, {read}")
        return Failure(FailureReason.UNEXPECTED_ANSWER, f'"{expect}" not found, {read}', facts)

    def _broken(self, error: OSError) -> Failure | Unknown:
        fault = explain_error(error, self.call.phase, self._timeout)
        if self.call.phase != "transfer" or fault.reason is not FailureReason.TIMEOUT:
            return fault
        expect, read = self._settings.expect or "", f"{len(self.call.heard):,} bytes read"
        said = f'"{expect}" not found within {self._timeout / SECOND:g} s, {read}'
        facts = Facts(name=expect, waited=self._timeout, detail=f"not found, {read}")
        return Failure(FailureReason.TIMEOUT, said, facts)
