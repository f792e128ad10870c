"""Before a failure of the network's kind is believed, asks whether this prober is itself cut off.

Somebody else who was heard on the same route meanwhile settles it at no cost. Where nobody was,
others are asked (`trials`), and what they say is weighed (`belief`). A good check costs a look-up
and a few assignments.
"""

import asyncio
from collections import defaultdict

from msgspec import Struct

from fener.domain.check import CheckResult, Unknown
from fener.domain.failure import Facts, UnknownReason
from fener.domain.fault import Fault, FaultReason
from fener.domain.time import HOUR, MINUTE, SECOND, Span
from fener.pipeline.probe.belief import MANY, Names, Signs, own_fault
from fener.pipeline.probe.silence import is_answer, silent_at, unknown
from fener.pipeline.probe.trials import Findings, Question, Trials
from fener.pipeline.probe.whereabouts import Route, Whereabouts, whereabouts_of, zone_of
from fener.pipeline.probe.witnesses import Witnesses
from fener.ports import Clock

PATIENCE: Span = 900
"""How long beyond its timeout a result may wait, since all are promised within a second of it."""
_TRIAL: Span = 800
_KEPT: Span = 2 * SECOND
"""A trial that found us cut off speaks for whatever fails within that time."""
_TRY_NAMES_EVERY: Span = HOUR
_TRY_NAMES_AGAIN: Span = 5 * MINUTE
_FORGOTTEN_AFTER: Span = 15 * MINUTE
"""Nothing was checked there since, and nobody needs to know of it any more."""
_INTERNET = frozenset({Route.PUBLIC_V4, Route.PUBLIC_V6})
_FAULTS = {
    Route.LOOPBACK: FaultReason.CUT_OFF_FROM_ITSELF,
    Route.PRIVATE: FaultReason.CUT_OFF_FROM_PRIVATE,
    Route.PUBLIC_V4: FaultReason.CUT_OFF_FROM_IPV4,
    Route.PUBLIC_V6: FaultReason.CUT_OFF_FROM_IPV6,
    Route.NAMES: FaultReason.CUT_OFF_FROM_NAMES,
}
_ASKED_BY_NAME = _INTERNET | {Route.NAMES}


class Asked(Struct, frozen=True):
    """What was asked of the target: `began` is the monotonic time at which that began."""

    host: str
    began: Span
    timeout: Span
    upside_down: bool = False
    """Nobody is expected to answer there, so that silence speaks for nothing."""


class Cut(Struct, frozen=True):
    """A route on which we believe to be cut off."""

    route: Route
    why: str
    judged_at: Span
    """The monotonic time at which that was found last."""
    is_told: bool = False
    """The system or the resolver said so itself, without any weighing."""

    @property
    def fault(self) -> Fault:
        message = (
            f"the prober is cut off from {self.route}: {self.why}; "
            "its checks there say nothing, and health stays as it was"
        )
        return Fault(_FAULTS[self.route], message, Facts(detail=self.why))


class CutOff:
    """One for a prober."""

    def __init__(self, trials: Trials, clock: Clock) -> None:
        self._trials = trials
        self._clock = clock
        self._witnesses: defaultdict[Route, Witnesses] = defaultdict(Witnesses)
        self._cuts: dict[Route, Cut] = {}
        self._findings: dict[Route, Findings] = {}
        self._underway: dict[Route, asyncio.Task[None]] = {}
        self._try_names_at: Span = clock.monotonic()
        self._trying_names: asyncio.Task[None] | None = None
        self._has_names = False
        """The resolver reached beyond itself when it was last asked while targets answered."""

    async def stop(self) -> None:
        tasks = [*self._underway.values(), *([self._trying_names] if self._trying_names else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def heard(self, result: CheckResult) -> None:
        """Take a result that is no failure of the network's kind as evidence, if it is any."""
        evidence, outcome = result.evidence, result.outcome
        if evidence is None or not evidence.address:
            return
        if not is_answer(outcome):
            return
        where = whereabouts_of(evidence.address)
        if where is not None:
            now = self._clock.monotonic()
            witnesses, timings = self._witnesses[where.route], result.timings
            if timings is not None and timings.connect is not None:
                witnesses.heard(where, now)
            else:  # nobody may listen there for TCP
                witnesses.answered(where.network, now)
            if now >= self._try_names_at and where.route in _INTERNET:
                self._try_names(now)

    def told(self, result: CheckResult) -> None:
        """Take a result that a probe itself found unknown, for people to see where it was cut."""
        outcome, evidence = result.outcome, result.evidence
        if not isinstance(outcome, Unknown):
            return
        where: Whereabouts | None = None
        if outcome.reason is UnknownReason.RESOLVER_DOWN:
            where = zone_of("")
        elif outcome.reason is UnknownReason.NETWORK_DOWN and evidence is not None:
            where = whereabouts_of(evidence.address)
        if where is not None:
            self._is_cut(where.route, outcome.message, is_told=True)

    def resolver_answered(self, at: Span) -> None:
        """A resolver that gave no answers gives some again."""
        cut = self._cuts.get(Route.NAMES)
        if cut is not None and cut.is_told and at > cut.judged_at:
            self._witnesses[Route.NAMES].cut_since = None

    async def weighed(self, result: CheckResult, asked: Asked) -> CheckResult:
        """The same result, or unknown where we are to blame. Takes up to PATIENCE more than the
        check's timeout.
        """
        target = silent_at(result, asked.host)
        if target is None or target.route is Route.LOOPBACK:
            return result
        now = self._clock.monotonic()
        # Who was heard early in a long wait may have been heard before the way was cut.
        since = max(asked.began, now - asked.timeout // 2)
        witnesses = self._witnesses[target.route]
        if not witnesses.is_heard_since(since):
            if not asked.upside_down:
                witnesses.was_silent(target.network, now)
            why = await self._why_ours(target, since, asked.began + asked.timeout + PATIENCE - now)
            if why is not None:
                return unknown(result, target.route, why)
        if witnesses.is_heard_since(since):
            witnesses.is_down(target.network)
        return result

    def cuts(self) -> list[Cut]:
        """The routes on which we believe to be cut off now."""
        now = self._clock.monotonic()
        return [
            cut
            for route, cut in self._cuts.items()
            if self._witnesses[route].cut_since is not None
            and now - cut.judged_at < _FORGOTTEN_AFTER
        ]

    async def _why_ours(self, target: Whereabouts, since: Span, patience: Span) -> str | None:
        route, witnesses = target.route, self._witnesses[target.route]
        known = self._cuts.get(route)
        if known is not None and self._speaks_still(known):
            return known.why
        await self._tried(target, patience)
        if witnesses.is_heard_since(since):
            return None
        why = own_fault(self._signs(target))
        if why is None:
            witnesses.cut_since = None
        else:
            self._is_cut(route, why)
        return why

    def _is_cut(self, route: Route, why: str, *, is_told: bool = False) -> None:
        now = self._clock.monotonic()
        self._witnesses[route].is_cut_off(now)
        self._cuts[route] = Cut(route, why, now, is_told)

    def _speaks_still(self, cut: Cut) -> bool:
        is_over = cut.is_told or self._witnesses[cut.route].cut_since is None
        return not is_over and self._clock.monotonic() - cut.judged_at <= _KEPT

    def _signs(self, target: Whereabouts) -> Signs:
        findings = self._findings.get(target.route, Findings())
        names = Names.UNTOLD
        if findings.names is False and self._has_names:
            names = Names.SILENT
        elif findings.names:
            names = Names.ANSWERED
        return Signs(
            route=target.route,
            voices=self._witnesses[target.route].voices,
            silent_references=findings.silent_references,
            names=names,
            is_link_cut=self._trials.is_link_cut(target),
        )

    async def _tried(self, target: Whereabouts, patience: Span) -> None:
        """Wait for a trial of this route; however many wait, there is one at a time."""
        route = target.route
        trial = self._underway.get(route)
        if trial is None:
            self._findings.pop(route, None)
            within = max(1, min(_TRIAL, patience))
            trial = self._underway[route] = asyncio.create_task(self._try(target, within))
            trial.add_done_callback(lambda _: self._underway.pop(route, None))
        await asyncio.wait((trial,), timeout=max(0, patience) / SECOND)
        if trial.done() and not trial.cancelled():
            trial.result()  # a bug of ours in there is not kept quiet

    async def _try(self, target: Whereabouts, within: Span) -> None:
        route, now = target.route, self._clock.monotonic()
        witnesses = self._witnesses[route]
        question = Question(
            target,
            others=witnesses.others(target.network, now),
            wants_names=route in _ASKED_BY_NAME and (self._has_names or witnesses.voices >= MANY),
            quiet=now - witnesses.cut_since if witnesses.cut_since is not None else 0,
        )
        findings = self._findings[route] = await self._trials.run(question, within)
        now = self._clock.monotonic()
        for who in findings.silent:
            witnesses.was_silent(who.network, now)
        for who in findings.heard:
            witnesses.heard(who, now)
        if findings.is_router_heard:
            witnesses.proved(now)
        if findings.names:
            self._has_names = True
            self._witnesses[Route.NAMES].proved(now)
            self._witnesses[Route.PUBLIC_V4].proved(now)

    def _try_names(self, now: Span) -> None:
        """Learn whether the resolver's silence will mean anything."""
        self._try_names_at = now + _TRY_NAMES_EVERY
        self._trying_names = asyncio.create_task(self._learn_names())

    async def _learn_names(self) -> None:
        self._has_names = await self._trials.names(_TRIAL)
        if self._has_names:
            self._witnesses[Route.NAMES].proved(self._clock.monotonic())
        else:
            self._try_names_at = self._clock.monotonic() + _TRY_NAMES_AGAIN
