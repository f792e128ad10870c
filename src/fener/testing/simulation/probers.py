"""A prober as the rest of Fener sees it: when it begins an order, and what it answers.

Its own-fault rules are those of `fener.pipeline.probe.prober`, which a test holds it to. That a
prober may be cut off is not played: each silence waits as long as weighing it may take, and is
believed.
"""

from msgspec import Struct

from fener.domain.check import CheckOrder, CheckResult, Failure, Outcome, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.time import SECOND, Instant, Span
from fener.pipeline.probe.cut_off import PATIENCE
from fener.testing.simulation.spans import Course, Spans
from fener.testing.simulation.targets import UNREACHED, Attempt, Target
from fener.testing.simulation.weather import LocalWeather, Overload, Weather

BY_TIME = frozenset(
    {
        FailureReason.TIMEOUT,
        FailureReason.CONNECTION_TIMEOUT,
        FailureReason.NAME_LOOKUP_FAILED,
        FailureReason.CONNECTION_RESET,
        FailureReason.NO_RESPONSE,
        FailureReason.PACKETS_LOST,
    }
)
LEAST_STANDSTILL: Span = 500
STANDSTILL_SHARE = 4
SLEPT: Span = 2 * SECOND
ON_ITS_WAY: Span = 5
"""From the scheduler to the prober, in quiet times."""
_RESOLVER_WAIT: Span = 4 * SECOND

_RESOLVER_DOWN = Unknown(UnknownReason.RESOLVER_DOWN, "our resolver does not answer")
_EXPIRED = Unknown(UnknownReason.OVERLOADED, "the order expired before it was run")
_STOOD_STILL = Unknown(UnknownReason.OVERLOADED, "this prober stood still meanwhile")
_SLEPT = Unknown(UnknownReason.NOT_OBSERVED, "this machine slept, or its clock was set, meanwhile")


class Answer(Struct, frozen=True):
    """A result, with the true times of its beginning and its arrival."""

    begun: Instant
    arrives: Instant
    result: CheckResult


class Prober:
    """The prober of one location."""

    def __init__(self, here: LocalWeather, weather: Weather) -> None:
        self._steps = weather.steps
        self._here = here
        self._still = here.stands_still | weather.asleep
        self._asleep = weather.asleep
        self._overload: Course[Overload | None] = _overload_course(here)
        eventful = [*self._still, *here.resolver_down, *here.cut_off, *here.overloaded]
        eventful += [(at, at + 1) for at, _ in weather.steps.all]
        self._eventful: Course[bool] = _is_in(Spans(eventful))

    def answer(self, order: CheckOrder, target: Target, now: Instant) -> Answer:
        """What becomes of an order that is sent now."""
        reached = now + ON_ITS_WAY
        is_eventful = self._eventful.at(reached)
        begun = self._begins(reached) if is_eventful else reached
        if begun + self._steps.error(begun) > order.expires_at:
            return self._answered(order, begun, begun, _EXPIRED)
        if is_eventful:
            return self._in_events(order, begun, target)
        attempt = target.attempt(begun, order.timeout)
        if begun + attempt.took < self._eventful.until:
            return self._answered(order, begun, begun + attempt.took, attempt.outcome)
        return self._through_events(order, begun, attempt)

    def _in_events(self, order: CheckOrder, begun: Instant, target: Target) -> Answer:
        if begun in self._here.resolver_down:
            arrives = begun + min(_RESOLVER_WAIT, order.timeout)
            return self._answered(order, begun, self._still.clear_from(arrives), _RESOLVER_DOWN)
        is_cut_off = begun in self._here.cut_off
        silent = Attempt(UNREACHED, order.timeout)
        attempt = silent if is_cut_off else target.attempt(begun, order.timeout)
        return self._through_events(order, begun, attempt)

    def _begins(self, reached: Instant) -> Instant:
        overload = self._overload.at(reached)
        waits = reached if overload is None else min(reached + overload.wait, overload.end)
        return self._still.clear_from(waits)

    def _through_events(self, order: CheckOrder, begun: Instant, attempt: Attempt) -> Answer:
        """The same attempt where the prober may stand still or be set another clock meanwhile."""
        arrives, outcome = begun + attempt.took, attempt.outcome
        stills = list(self._still.within(begun, arrives + 1))
        if stills and arrives <= stills[-1][1]:
            arrives = stills[-1][1]
            outcome = UNREACHED if arrives - begun >= order.timeout else outcome
        outcome = self._doubted(order, begun, arrives, outcome)
        return self._answered(order, begun, arrives, outcome)

    def _doubted(
        self, order: CheckOrder, begun: Instant, arrives: Instant, outcome: Outcome
    ) -> Outcome:
        if not (isinstance(outcome, Failure) and outcome.reason in BY_TIME):
            return outcome
        stills = self._here.stands_still.within(begun, arrives + 1)
        longest = max((end - max(start, begun) for start, end in stills), default=0)
        if longest >= max(LEAST_STANDSTILL, order.timeout // STANDSTILL_SHARE):
            return _STOOD_STILL
        slept = sum(end - max(start, begun) for start, end in self._asleep.within(begun, arrives))
        return _SLEPT if slept + self._steps.between(begun, arrives) > SLEPT else outcome

    def _answered(
        self, order: CheckOrder, begun: Instant, arrives: Instant, outcome: Outcome
    ) -> Answer:
        if isinstance(outcome, Failure) and outcome.reason in BY_TIME:
            arrives += PATIENCE
        result = CheckResult(
            monitor_id=order.monitor_id,
            location_id=order.location_id,
            at=order.at,
            finished_at=arrives + self._steps.error(arrives),
            outcome=outcome,
            purpose=order.purpose,
        )
        return Answer(begun, arrives, result)


def _is_in(spans: Spans) -> Course[bool]:
    return Course(False, [turn for start, end in spans for turn in ((start, True), (end, False))])


def _overload_course(here: LocalWeather) -> Course[Overload | None]:
    turns: list[tuple[Instant, Overload | None]] = []
    for one in here.overloads:
        turns += [(one.start, one), (one.end, None)]
    return Course(None, turns)
