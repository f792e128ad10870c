"""Probes the records of a name: one order in, one result out."""

from msgspec import Struct

from fener.domain.check import CheckOrder, CheckResult, Evidence, Purpose, Success, Timings
from fener.domain.failure import UnknownReason
from fener.domain.kinds.dns import DnsSettings
from fener.net.url import BadUrl
from fener.pipeline.probe.inquiry import Inquiry, plan
from fener.pipeline.probe.results import unknown_result
from fener.pipeline.probe.world import World

_LONGEST_BODY = 4_096


class DnsProbe:
    """Makes one probe at a time for each call; calls may run side by side."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def probe(self, order: CheckOrder) -> CheckResult:
        """One attempt. May raise only for faults of our own."""
        settings, world = order.settings, self._world
        assert isinstance(settings, DnsSettings)  # noqa: S101 - the table of kinds sees to it
        started_at, began = world.clock.now(), world.stopwatch()
        try:
            questions = plan(settings)
        except (BadUrl, ValueError) as error:
            said = f"the monitor is badly set: {error}"
            return unknown_result(order, UnknownReason.INTERNAL_ERROR, said, world.clock)
        inquiry = Inquiry(world, order, settings)
        outcome = await inquiry.run(questions)
        took = world.stopwatch() - began
        is_plain = isinstance(outcome, Success) and order.purpose is Purpose.SCHEDULED
        evidence = _Seen(settings, inquiry, isinstance(outcome, Success))
        return CheckResult(
            monitor_id=order.monitor_id,
            location_id=order.location_id,
            at=order.at,
            finished_at=world.clock.now(),
            outcome=outcome,
            purpose=order.purpose,
            started_at=started_at,
            timings=Timings(total=took, dns=took),
            evidence=evidence.brief() if is_plain else evidence.full(),
        )


class _Seen(Struct, frozen=True):
    """What was asked and what came back."""

    settings: DnsSettings
    inquiry: Inquiry
    is_done: bool

    def brief(self) -> Evidence:
        types, server = ",".join(self.settings.record_types), self.inquiry.address
        return Evidence(
            request=f"{types} {self.settings.host}" + (f" @ {server}" if server else ""),
            address=server,
            phase="done" if self.is_done else "dns",
        )

    def full(self) -> Evidence:
        brief = self.brief()
        return Evidence(
            request=brief.request,
            address=brief.address,
            phase=brief.phase,
            body="\n".join(self.inquiry.answered)[:_LONGEST_BODY],
            detail=", ".join(self.inquiry.codes),
        )
