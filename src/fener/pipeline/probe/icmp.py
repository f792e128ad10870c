"""Probes a host with echo requests: one order in, one result out."""

from collections.abc import Callable
from statistics import fmean

from fener.domain.check import (
    CheckOrder,
    CheckResult,
    Evidence,
    Failure,
    Outcome,
    Purpose,
    Success,
    Timings,
    Unknown,
)
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.time import Span
from fener.net.echo import Echoes, Pinged
from fener.net.icmp import IcmpSocket, Line, NotPermitted
from fener.net.url import BadUrl, host_name
from fener.pipeline.probe.results import unknown_result
from fener.pipeline.probe.round_trips import described, judged
from fener.pipeline.probe.verdict import unreached
from fener.pipeline.probe.world import World


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
            said = f"the monitor is badly set: {error}"
            return unknown_result(order, UnknownReason.INTERNAL_ERROR, said, clock)
        errand = _Errand(self._world, self._echoes, order, settings)
        outcome = await errand.run(host)
        is_plain = isinstance(outcome, Success) and order.purpose is Purpose.SCHEDULED
        return CheckResult(
            monitor_id=order.monitor_id,
            location_id=order.location_id,
            at=order.at,
            finished_at=clock.now(),
            outcome=outcome,
            purpose=order.purpose,
            started_at=started_at,
            timings=errand.timings(),
            evidence=errand.evidence(is_brief=is_plain),
        )

    async def aclose(self) -> None:
        """Close the sockets."""
        await self._echoes.aclose()


class _Errand:
    """One order being run."""

    def __init__(
        self, world: World, echoes: Echoes, order: CheckOrder, settings: IcmpSettings
    ) -> None:
        self._world = world
        self._echoes = echoes
        self._order = order
        self._settings = settings
        self._deadline = world.clock.monotonic() + order.timeout
        self._began = world.stopwatch()
        self._resolved = 0
        self._addresses: tuple[str, ...] = ()
        self._address = ""
        self._pinged: Pinged | None = None
        self._phase = "dns"

    async def run(self, host: str) -> Outcome:
        addresses = await self._resolve(host)
        if not isinstance(addresses, tuple):
            return addresses
        address, refusal = self._guarded(addresses)
        if not address:
            return Failure(FailureReason.ADDRESS_FORBIDDEN, refusal)
        self._address, self._phase = address, "first_byte"
        settings = self._settings
        try:
            self._pinged = await self._echoes.ping(
                address, settings.count, settings.size, self._left()
            )
        except NotPermitted as error:
            return Unknown(UnknownReason.NOT_PERMITTED, str(error))
        except OSError as error:
            return unreached(error)
        outcome = judged(settings, self._pinged, self._order.timeout)
        if isinstance(outcome, Success):
            self._phase = "done"
        return outcome

    async def _resolve(self, host: str) -> tuple[str, ...] | Failure | Unknown:
        version, began = self._settings.ip_version, self._world.stopwatch()
        found = await self._world.resolver.resolve(
            host, self._left(), ipv6=version is IpVersion.IPV6
        )
        self._resolved = self._world.stopwatch() - began
        if not isinstance(found, tuple):
            return found
        self._addresses = tuple(one for one in found if _is_version(one, version))
        if self._addresses:
            return self._addresses
        return Failure(FailureReason.NAME_NOT_FOUND, f"{host} has no {version} address")

    def _guarded(self, addresses: tuple[str, ...]) -> tuple[str, str]:
        """The first address that may be pinged, and else why the first of them may not."""
        first_refusal = ""
        for address in addresses:
            refusal = self._world.guard.refusal(address, 0, allow_private=self._order.allow_private)
            if refusal is None:
                return address, ""
            first_refusal = first_refusal or refusal
        return "", first_refusal

    def timings(self) -> Timings:
        """The total is the average round trip, or how long there was none."""
        round_trips = self._pinged.round_trips if self._pinged else ()
        if round_trips:
            return Timings(total=round(fmean(round_trips)), dns=self._resolved)
        return Timings(total=self._world.stopwatch() - self._began, dns=self._resolved)

    def evidence(self, *, is_brief: bool) -> Evidence:
        settings = self._settings
        return Evidence(
            request=f"{settings.count} echo requests of {settings.size} bytes to {settings.host}",
            addresses=self._addresses,
            address=self._address,
            phase=self._phase,
            detail="" if is_brief or self._pinged is None else described(self._pinged),
        )

    def _left(self) -> Span:
        return self._deadline - self._world.clock.monotonic()


def _is_version(address: str, version: IpVersion) -> bool:
    return version is IpVersion.ANY or (version is IpVersion.IPV6) is (":" in address)
