"""Probes a host with echo requests: one order in, one result out."""

from collections.abc import Callable
from statistics import fmean

from fener.domain.check import (
    CheckOrder,
    CheckResult,
    Evidence,
    Outcome,
    Success,
    Timings,
    Unknown,
)
from fener.domain.failure import UnknownReason
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.time import Span
from fener.net.echo import Echoes, Pinged
from fener.net.icmp import IcmpSocket, Line, NotPermitted
from fener.net.url import BadUrl, host_name
from fener.pipeline.probe.dialling import Dialling, Missed
from fener.pipeline.probe.results import badly_set, finished
from fener.pipeline.probe.round_trips import described, judged
from fener.pipeline.probe.trail import Laps, Trail
from fener.pipeline.probe.verdict import explain_error
from fener.pipeline.probe.world import World

_NO_PORT = 0


class IcmpProbe:
    """Makes one probe at a time for each call; calls may run side by side."""

    def __init__(self, world: World, open_line: Callable[[int], Line] = IcmpSocket) -> None:
        self._world = world
        self._echoes = Echoes(world.clock, world.stopwatch, open_line)

    async def probe(self, order: CheckOrder) -> CheckResult:
        """One attempt. May raise only for faults of our own."""
        settings, clock = order.settings, self._world.clock
        assert isinstance(settings, IcmpSettings)  # noqa: S101 - the table of kinds sees to it
        started_at = clock.now()
        try:
            host = host_name(settings.host)
        except BadUrl as error:
            return badly_set(order, str(error), clock)
        errand = _Errand(self._world, self._echoes, order, settings)
        return finished(order, await errand.run(host), errand.trail, started_at, clock)

    async def aclose(self) -> None:
        """Close the sockets."""
        await self._echoes.aclose()


class _Trail(Trail):
    """Where a ping went, and what became of its packets."""

    def __init__(self, settings: IcmpSettings) -> None:
        super().__init__()
        self.pinged: Pinged | None = None
        self._settings = settings

    def dialled(self, address: str, port: int) -> None:  # noqa: ARG002 - ICMP has none
        self.address = address

    def timings(self) -> Timings:
        """The total is the average round trip, or how long there was none."""
        spent = super().timings()
        if self.pinged is None or not self.pinged.round_trips:
            return spent
        return Timings(total=round(fmean(self.pinged.round_trips)), dns=spent.dns)

    def brief_evidence(self) -> Evidence:
        settings = self._settings
        return Evidence(
            request=f"{settings.count} echo requests of {settings.size} bytes to {settings.host}",
            addresses=tuple(self.addresses),
            address=self.address,
            phase=self.phase,
        )

    def full_evidence(self) -> Evidence:
        brief = self.brief_evidence()
        return Evidence(
            request=brief.request,
            addresses=brief.addresses,
            address=brief.address,
            phase=brief.phase,
            detail=described(self.pinged) if self.pinged else "",
        )


class _Errand:
    """One order being run."""

    def __init__(
        self, world: World, echoes: Echoes, order: CheckOrder, settings: IcmpSettings
    ) -> None:
        self._world = world
        self._echoes = echoes
        self._settings = settings
        self._timeout = order.timeout
        self.trail = _Trail(settings)
        self._dialling = Dialling(world, order, self.trail)

    async def run(self, host: str) -> Outcome:
        return await self._dialling.reach(host, _NO_PORT, self._attempt)

    async def _attempt(self, address: str, _within: Span) -> Outcome | Missed:
        """An address has all the time: one that is silent is not there, and no other is asked."""
        settings, trail = self._settings, self.trail
        trail.phase = "first_byte"
        laps = Laps(trail, self._world.stopwatch)
        try:
            trail.pinged = await self._echoes.ping(
                address, settings.count, settings.size, self._dialling.left()
            )
        except NotPermitted as error:
            return Unknown(UnknownReason.NOT_PERMITTED, str(error))
        except OSError as error:
            return Missed(explain_error(error, "connect", self._timeout))
        finally:
            laps.gave_up()
        outcome = judged(settings, trail.pinged, self._timeout)
        if isinstance(outcome, Success):
            trail.phase = "done"
        return outcome
