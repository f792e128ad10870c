"""What a probe that talks over one connection of its own begins and ends with."""

from collections.abc import Callable
from typing import Protocol

from fener.domain.check import CheckOrder, CheckResult, Outcome
from fener.net.url import BadUrl
from fener.pipeline.probe.call import Call
from fener.pipeline.probe.results import badly_set, finished
from fener.pipeline.probe.world import World


class Talk(Protocol):
    """One order being run."""

    call: Call

    async def run(self) -> Outcome: ...


class TalkingProbe:
    """Makes one probe at a time for each call; calls may run side by side.

    `begin` raises ValueError or fener.net.url.BadUrl for a bad setting.
    """

    def __init__(self, world: World, begin: Callable[[World, CheckOrder], Talk]) -> None:
        self._world = world
        self._begin = begin

    async def probe(self, order: CheckOrder) -> CheckResult:
        """One attempt. May raise only for faults of our own."""
        clock = self._world.clock
        started_at = clock.now()
        try:
            talk = self._begin(self._world, order)
        except (BadUrl, ValueError) as error:
            return badly_set(order, str(error), clock)
        return finished(order, await talk.run(), talk.call, started_at, clock)
