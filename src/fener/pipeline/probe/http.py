"""Probes a target over HTTP or HTTPS: one order in, one result out."""

from fener.domain.check import CheckOrder, CheckResult
from fener.domain.kinds.http import HttpSettings
from fener.net.url import BadUrl
from fener.pipeline.probe.errand import Errand
from fener.pipeline.probe.requests import plan
from fener.pipeline.probe.results import badly_set, finished
from fener.pipeline.probe.visit import Visit
from fener.pipeline.probe.world import World


class HttpProbe:
    """Makes one probe at a time for each call; calls may run side by side."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def probe(self, order: CheckOrder) -> CheckResult:
        """One attempt. May raise only for faults of our own."""
        settings = order.settings
        assert isinstance(settings, HttpSettings)  # noqa: S101 - the table of kinds sees to it
        clock = self._world.clock
        started_at = clock.now()
        try:
            first = plan(order, settings)
        except (BadUrl, ValueError) as error:
            return badly_set(order, str(error), clock)
        visit = Visit(first.request)
        visit.secrets = first.secrets
        outcome = await Errand(self._world, order, settings, visit).run()
        return finished(order, outcome, visit, started_at, clock, status_code=visit.status())
