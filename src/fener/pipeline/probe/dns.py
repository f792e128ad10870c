"""Probes the records of a name: one order in, one result out."""

from collections.abc import Iterable
from hashlib import sha256

from msgspec.structs import replace

from fener.domain.check import CheckOrder, CheckResult, Evidence, Success
from fener.domain.kinds.dns import DnsSettings
from fener.net.url import BadUrl
from fener.pipeline.probe.inquiry import Inquiry, Questioned, plan
from fener.pipeline.probe.results import badly_set, finished
from fener.pipeline.probe.trail import Laps, Trail
from fener.pipeline.probe.world import World

_LONGEST_BODY = 4_096
_MOST_RECORDS, _LONGEST_RECORD = 50, 200
"""So much of an answer is remembered of it as it is, the rest by its hash."""


def snapshot(records: Iterable[str]) -> tuple[str, ...]:
    """The records sorted, each once: what is the same for answers that say the same."""
    found = sorted({_short(one) for one in records})
    kept, rest = found[:_MOST_RECORDS], found[_MOST_RECORDS:]
    if rest:
        kept.append(f"and {len(rest)} more {_mark(' '.join(rest))}")
    return tuple(kept)


def _short(record: str) -> str:
    text = record.replace("\0", "\ufffd")
    return text if len(text) <= _LONGEST_RECORD else f"{text[:_LONGEST_RECORD]}… {_mark(record)}"


def _mark(text: str) -> str:
    return f"(SHA-256 {sha256(text.encode()).hexdigest()[:16]})"


class DnsProbe:
    """Makes one probe at a time for each call; calls may run side by side."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def probe(self, order: CheckOrder) -> CheckResult:
        """One attempt. May raise only for faults of our own."""
        settings, clock = order.settings, self._world.clock
        assert isinstance(settings, DnsSettings)  # noqa: S101 - the table of kinds sees to it
        started_at = clock.now()
        try:
            questions = plan(settings)
        except (BadUrl, ValueError) as error:
            return badly_set(order, str(error), clock)
        trail = _Trail(settings)
        laps = Laps(trail, self._world.stopwatch)
        outcome = await Inquiry(self._world, order, settings, trail.asked).run(questions)
        laps.ended("dns")
        trail.address = trail.asked.address
        if isinstance(outcome, Success):
            trail.phase = "done"
        result = finished(order, outcome, trail, started_at, clock)
        if settings.notice_changes and isinstance(outcome, Success):
            return replace(result, records=snapshot(trail.asked.records))
        return result


class _Trail(Trail):
    """Who was asked what, and what came back."""

    def __init__(self, settings: DnsSettings) -> None:
        super().__init__()
        self.asked = Questioned()
        self._settings = settings

    def brief_evidence(self) -> Evidence:
        types = ",".join(self._settings.record_types)
        return Evidence(
            request=f"{types} {self._settings.host}" + (f" @ {self.address}" * bool(self.address)),
            address=self.address,
            phase=self.phase,
        )

    def full_evidence(self) -> Evidence:
        brief = self.brief_evidence()
        return Evidence(
            request=brief.request,
            address=brief.address,
            phase=brief.phase,
            body=self.clean("\n".join(self.asked.answers))[:_LONGEST_BODY],
            detail=", ".join(self.asked.codes),
        )
