"""A prober that answers by a script: what a target does, from which moment on."""

import asyncio
from bisect import bisect_right
from collections import defaultdict

from msgspec import Struct

from fener.domain.check import (
    Certificate,
    CheckOrder,
    CheckResult,
    Failure,
    Outcome,
    Success,
    Timings,
    Unknown,
)
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.time import Instant, Span
from fener.ports import Bus, Clock

SOON: Span = 100
"""How long a target takes that answers."""


class Behaviour(Struct, frozen=True):
    """What comes of a check that is begun now."""

    outcome: Outcome
    took: Span | None = SOON
    """None for the whole timeout of the order."""
    status_code: int | None = None
    certificate: Certificate | None = None
    records: tuple[str, ...] | None = None


UP = Behaviour(Success(), status_code=200)
REFUSES = Behaviour(Failure(FailureReason.CONNECTION_REFUSED, "connection refused", Facts()))
HANGS = Behaviour(Failure(FailureReason.TIMEOUT, "no answer in time"), took=None)
OURS = Behaviour(Unknown(UnknownReason.RESOLVER_DOWN, "our resolver does not answer"))
"""Our own resolver is down, so nothing can be said of the target."""
EXPIRED = Behaviour(Unknown(UnknownReason.OVERLOADED, "the order expired before it was run"), 0)


class Script:
    """The behaviours of one target, each from its own moment on; up if nothing is said."""

    def __init__(self) -> None:
        self._from: list[Instant] = []
        self._behaviours: list[Behaviour] = []

    def turn(self, at: Instant, behaviour: Behaviour) -> None:
        """Behave so from then on. What was said of later moments is forgotten."""
        place = bisect_right(self._from, at)
        self._from[place:] = [at]
        self._behaviours[place:] = [behaviour]

    def at(self, moment: Instant) -> Behaviour:
        place = bisect_right(self._from, moment)
        return self._behaviours[place - 1] if place else UP


class ScriptedProber:
    """Takes the orders of a location, and keeps what it was asked."""

    def __init__(self, clock: Clock) -> None:
        self.orders: list[CheckOrder] = []
        self._clock = clock
        self._scripts: defaultdict[int, Script] = defaultdict(Script)
        self._way = asyncio.Event()
        self._way.set()

    def script(self, monitor_id: int) -> Script:
        return self._scripts[monitor_id]

    def stand_still(self) -> None:
        """Begin nothing until `go_on`; what has expired by then is dropped."""
        self._way.clear()

    def go_on(self) -> None:
        self._way.set()

    async def run(self, bus: Bus, location_id: int) -> None:
        """Probe until cancelled: what is under way then is lost, as with a real prober."""
        async with asyncio.TaskGroup() as probes:
            async for orders in bus.orders(location_id):
                for order in orders:
                    self.orders.append(order)
                    probes.create_task(self._probe(order, bus))

    async def _probe(self, order: CheckOrder, bus: Bus) -> None:
        await self._way.wait()
        begun = self._clock.now()
        behaviour = self._scripts[order.monitor_id].at(begun)
        if begun > order.expires_at:
            behaviour = EXPIRED
        took = order.timeout if behaviour.took is None else min(behaviour.took, order.timeout)
        await self._clock.sleep(took)
        result = CheckResult(
            monitor_id=order.monitor_id,
            location_id=order.location_id,
            at=order.at,
            finished_at=self._clock.now(),
            outcome=behaviour.outcome,
            purpose=order.purpose,
            started_at=begun,
            timings=Timings(total=took * 1_000),
            status_code=behaviour.status_code,
            certificate=behaviour.certificate,
            records=behaviour.records,
        )
        await bus.send_results([result])
