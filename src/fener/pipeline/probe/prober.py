"""Runs orders side by side within limits, and doubts its own results where it has reason to.

It always answers: what goes wrong on our side is an unknown result, never a failure.
"""

from functools import partial

import msgspec
import structlog

from fener.domain.check import CheckOrder, CheckResult, Failure, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.prober import ProberStats, Trouble
from fener.domain.time import SECOND, Span
from fener.net.traceroute import traced
from fener.pipeline.probe.cut_off import Asked, CutOff
from fener.pipeline.probe.gates import Gates, Limits
from fener.pipeline.probe.good_answers import GoodAnswers
from fener.pipeline.probe.kinds import PROBES, Closable
from fener.pipeline.probe.lag import LagWatch
from fener.pipeline.probe.paths import Paths, Trace
from fener.pipeline.probe.results import unknown_result
from fener.pipeline.probe.trials import NetworkTrials, Trials
from fener.pipeline.probe.troubles import Troubles
from fener.pipeline.probe.upside_down import turned
from fener.pipeline.probe.verdict import OURS
from fener.pipeline.probe.world import World

_BY_TIME = frozenset(
    {
        FailureReason.TIMEOUT,
        FailureReason.CONNECTION_TIMEOUT,
        FailureReason.NAME_LOOKUP_FAILED,
        FailureReason.CONNECTION_RESET,
        FailureReason.NO_RESPONSE,
        FailureReason.PACKETS_LOST,
    }
)
"""Failures that we bring about ourselves when we stand still for long enough."""
_LEAST_STANDSTILL: Span = 500
_STANDSTILL_SHARE = 4
"""A standstill of a quarter of the timeout, and not just a hiccup, is too long to blame others."""
_SLEPT: Span = 2 * SECOND

_log = structlog.get_logger(__name__)


class Prober:
    """The prober of one process. Use it between `start` and `stop`, on one event loop."""

    def __init__(
        self,
        world: World,
        limits: Limits | None = None,
        trials: Trials | None = None,
        trace: Trace = traced,
    ) -> None:
        self._clock = world.clock
        self._probes = {kind: probe(world) for kind, probe in PROBES.items()}
        self._gates = Gates(limits or Limits())
        self._lag = LagWatch(world.clock)
        self._cut_off = CutOff(
            trials or NetworkTrials(world.resolver, world.references), world.clock
        )
        self._good_answers = GoodAnswers()
        self._paths = Paths(trace, world.guard, world.clock)
        self._troubles = Troubles()
        self._resolver = world.resolver
        self._done = 0
        self._expired = 0
        self._lateness: Span = 0
        self._asked_at: Span = world.clock.monotonic()

    def start(self) -> None:
        self._lag.start()

    async def stop(self) -> None:
        await self._lag.stop()
        await self._cut_off.stop()
        await self._paths.stop()
        for probe in self._probes.values():
            if isinstance(probe, Closable):
                await probe.aclose()

    async def probe(self, order: CheckOrder) -> CheckResult:
        """Run one order as soon as the limits allow. Never raises."""
        try:
            result = await self._gates.through(order.settings.host, partial(self._run, order))
        except OSError as error:
            reason = OURS.get(error.errno or 0, UnknownReason.INTERNAL_ERROR)
            result = unknown_result(order, reason, f"{error.strerror}", self._clock)
        except Exception:  # noqa: BLE001 - the edge of the stage: whatever happened, an answer is owed
            _log.exception("A probe broke down.", monitor_id=order.monitor_id)
            result = unknown_result(
                order, UnknownReason.INTERNAL_ERROR, "the prober broke down", self._clock
            )
        if isinstance(result.outcome, Unknown):
            outcome = result.outcome
            self._troubles.meet(outcome.reason, outcome.message, self._clock.monotonic())
        self._done += 1
        return result

    async def with_path(self, order: CheckOrder, result: CheckResult) -> CheckResult:
        """The result that `probe` gave for this order, for somebody who has time for a trace."""
        return await self._paths.awaited(order, result)

    def stats(self) -> ProberStats:
        """What happened since the last call."""
        stats = ProberStats(
            running=self._gates.running,
            waiting=self._gates.waiting,
            done=self._done,
            expired=self._expired,
            lateness=self._lateness,
            lag=self._lag.worst_since(self._asked_at),
            troubles=self._all_troubles(),
        )
        self._lateness, self._asked_at = 0, self._clock.monotonic()
        return stats

    def _all_troubles(self) -> tuple[Trouble, ...]:
        if self._resolver.answered_at is not None:
            self._cut_off.resolver_answered(self._resolver.answered_at)
        cuts = [Trouble(f"cut off from {cut.route}", cut.fault) for cut in self._cut_off.cuts()]
        return (*cuts, *self._troubles.present(self._clock.monotonic()))

    async def _run(self, order: CheckOrder) -> CheckResult:
        now = self._clock.now()
        if now > order.expires_at:
            self._expired += 1
            return unknown_result(
                order, UnknownReason.OVERLOADED, "the order expired before it was run", self._clock
            )
        self._lateness = max(self._lateness, now - order.at)
        return await self._run_in_time(self._good_answers.asked(order))

    async def _run_in_time(self, order: CheckOrder) -> CheckResult:
        began = self._clock.monotonic()
        result = await self._probes[type(order.settings)].probe(order)
        if _is_failure(result):
            result = self._doubted(order, result, began)
            asked = Asked(order.settings.host, began, order.timeout, order.settings.upside_down)
            result = await self._cut_off.weighed(result, asked)
        elif isinstance(result.outcome, Unknown):
            self._cut_off.told(result)
        self._cut_off.heard(result)
        result = self._paths.told(order, result)
        result = turned(result) if order.settings.upside_down else result
        return self._good_answers.noted(order, result)

    def _doubted(self, order: CheckOrder, result: CheckResult, began: Span) -> CheckResult:
        """The same failure, or unknown where we may have caused it."""
        stood_still = self._lag.worst_since(began)
        is_by_time = isinstance(result.outcome, Failure) and result.outcome.reason in _BY_TIME
        if is_by_time and stood_still >= max(_LEAST_STANDSTILL, order.timeout // _STANDSTILL_SHARE):
            said = f"this prober stood still for {stood_still / SECOND:.1f} s meanwhile"
            return _unknown(result, UnknownReason.OVERLOADED, said)
        elapsed = self._clock.monotonic() - began
        wall = result.finished_at - (result.started_at or result.finished_at)
        if is_by_time and wall - elapsed > _SLEPT:
            said = "this machine slept, or its clock was set, meanwhile"
            return _unknown(result, UnknownReason.NOT_OBSERVED, said)
        return result


def _unknown(result: CheckResult, reason: UnknownReason, message: str) -> CheckResult:
    return msgspec.structs.replace(result, outcome=Unknown(reason, message))


def _is_failure(result: CheckResult) -> bool:
    return isinstance(result.outcome, Failure)
