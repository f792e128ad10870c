"""Probes a target over HTTP or HTTPS: one order in, one result out."""

import msgspec

from fener.domain.check import CheckOrder, CheckResult, Outcome, Purpose, Success
from fener.domain.failure import UnknownReason
from fener.domain.kinds.http import HttpSettings
from fener.net.url import BadUrl
from fener.pipeline.probe.errand import Errand
from fener.pipeline.probe.requests import plan
from fener.pipeline.probe.results import unknown_result
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
        started_at = self._world.clock.now()
        try:
            first = plan(order, settings)
        except (BadUrl, ValueError) as error:
            return self._unreadable(order, str(error))
        visit = Visit(first.request)
        visit.secrets = first.secrets
        outcome = _cleaned(await Errand(self._world, order, settings, visit).run(), visit)
        is_plain = isinstance(outcome, Success) and order.purpose is Purpose.SCHEDULED
        return CheckResult(
            monitor_id=order.monitor_id,
            location_id=order.location_id,
            at=order.at,
            finished_at=self._world.clock.now(),
            outcome=outcome,
            purpose=order.purpose,
            started_at=started_at,
            timings=visit.timings(),
            status_code=(visit.reply.status or None) if visit.reply else None,
            certificate=visit.certificate,
            evidence=visit.brief_evidence() if is_plain else visit.full_evidence(),
        )

    def _unreadable(self, order: CheckOrder, why: str) -> CheckResult:
        return unknown_result(
            order,
            UnknownReason.INTERNAL_ERROR,
            f"the monitor is badly set: {why}",
            self._world.clock,
        )


def _cleaned(outcome: Outcome, visit: Visit) -> Outcome:
    if isinstance(outcome, Success):
        return outcome
    return msgspec.structs.replace(outcome, message=visit.clean(outcome.message))
