"""Has the way to a target traced when an outage begins that may be the network's.

No verdict waits for that: a trace goes on by itself, one at a time, and its path is part of the
evidence of the failing checks that come after it, such as the one that confirms the outage.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from msgspec.structs import replace

from fener.domain.check import CheckOrder, CheckResult, Failure, Hop, Unknown
from fener.domain.failure import FailureReason
from fener.domain.time import MINUTE, Instant, Span
from fener.net.guard import AddressGuard
from fener.pipeline.probe.good_answers import MOST_KNOWN, Place, place_of
from fener.pipeline.probe.whereabouts import Whereabouts, whereabouts_of
from fener.ports import Clock

Trace: TypeAlias = Callable[[str, int], Awaitable[tuple[Hop, ...]]]
"""As `fener.net.traceroute.traced`."""
FRESH: Span = 5 * MINUTE
"""A path is evidence for as long; in a long outage it is traced no second time."""
_BY_NETWORK = frozenset(
    {
        FailureReason.CONNECTION_TIMEOUT,
        FailureReason.CONNECTION_REFUSED,
        FailureReason.HOST_UNREACHABLE,
        FailureReason.PACKETS_LOST,
        FailureReason.TIMEOUT,
    }
)
"""Who refuses may be a filter far from the target."""
VEILED = "a host of a private network"
_NO_PORT = 0


class _Outage:
    """One that began while this prober ran, and the way to the address that was dialled then."""

    __slots__ = ("address", "path", "traced_at")

    def __init__(self, address: str) -> None:
        self.address = address
        self.path: tuple[Hop, ...] = ()
        self.traced_at: Instant = 0


class Paths:
    """One for a prober. Costs a healthy target next to nothing."""

    def __init__(self, trace: Trace, guard: AddressGuard, clock: Clock) -> None:
        self._trace = trace
        self._guard = guard
        self._clock = clock
        self._outages: dict[Place, _Outage] = {}
        self._tracing: asyncio.Task[None] | None = None

    async def stop(self) -> None:
        if self._tracing is not None:
            self._tracing.cancel()
            await asyncio.gather(self._tracing, return_exceptions=True)

    def told(self, order: CheckOrder, result: CheckResult) -> CheckResult:
        """The same result, with the path where it is known. Begins a trace where an outage does."""
        outcome = result.outcome
        if isinstance(outcome, Unknown) or order.settings.upside_down:
            return result
        where = _lost_at(result, outcome) if isinstance(outcome, Failure) else None
        if where is None:
            if self._outages:
                self._outages.pop(place_of(order), None)
            return result
        known = self._outages.get(place_of(order))
        if known is not None:
            return self._with_path(result, where, known)
        self._begin(order, where)
        return result

    async def awaited(self, order: CheckOrder, result: CheckResult) -> CheckResult:
        """For somebody who asked just once: the result that was told, with its path."""
        if self._tracing is None:
            return result
        await asyncio.wait((self._tracing,))
        return self.told(order, result)

    def _begin(self, order: CheckOrder, where: Whereabouts) -> None:
        """Nothing happens while another trace goes on: the next failing check tries again."""
        if self._tracing is not None and not self._tracing.done():
            return
        address, port = where.address, where.port
        if self._guard.refusal(address, port, allow_private=order.allow_private) is not None:
            return
        outage = self._outages[place_of(order)] = _Outage(address)
        if len(self._outages) > MOST_KNOWN:
            del self._outages[next(iter(self._outages))]
        tracing = self._traced(outage, port, allow_private=order.allow_private)
        self._tracing = asyncio.create_task(tracing)

    async def _traced(self, outage: _Outage, port: int, *, allow_private: bool) -> None:
        try:
            path = await self._trace(outage.address, port)
        except OSError:  # not on this platform, or nothing leaves this machine: there is no path
            return
        outage.path = path if allow_private else tuple(map(self._veiled, path))
        outage.traced_at = self._clock.now()

    def _veiled(self, hop: Hop) -> Hop:
        """Who may not dial private addresses is not told those of the network that Fener is in."""
        if not hop.address:
            return hop
        refusal = self._guard.refusal(hop.address, _NO_PORT, allow_private=False)
        return hop if refusal is None else Hop(hop.distance, "", hop.took, VEILED)

    def _with_path(self, result: CheckResult, where: Whereabouts, known: _Outage) -> CheckResult:
        is_fresh = 0 <= self._clock.now() - known.traced_at <= FRESH
        evidence = result.evidence
        if not known.path or not is_fresh or where.address != known.address or evidence is None:
            return result
        told = replace(evidence, path=known.path, traced_at=known.traced_at)
        return replace(result, evidence=told)


def _lost_at(result: CheckResult, failure: Failure) -> Whereabouts | None:
    """The address to which nothing got through; None where something did."""
    evidence, timings = result.evidence, result.timings
    if failure.reason not in _BY_NETWORK or evidence is None:
        return None
    is_connected = timings is not None and timings.connect is not None
    if is_connected and evidence.phase != "connect":  # it may have been redirected from elsewhere
        return None
    return whereabouts_of(evidence.address) if evidence.address else None
