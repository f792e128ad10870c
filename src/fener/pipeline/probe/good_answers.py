"""Which successes are good answers: kept with all their evidence, to compare failures with.

Whoever orders a check says so; the first good check after a failing one is one in any case, since
nobody else hears of it in time.
"""

from typing import TypeAlias

from msgspec.structs import replace

from fener.domain.check import CheckOrder, CheckResult, Failure, Success

Place: TypeAlias = tuple[int, int]
"""A monitor, and a location from where it is checked."""
MOST_KNOWN = 100_000
"""Who was deleted while it failed is never good again, and must not be remembered for ever."""


class GoodAnswers:
    """One for a prober. Costs a healthy target next to nothing."""

    def __init__(self) -> None:
        self._failing: dict[Place, None] = {}

    def asked(self, order: CheckOrder) -> CheckOrder:
        """The order as it is to be run."""
        if not self._failing or order.wants_evidence or place_of(order) not in self._failing:
            return order
        return replace(order, wants_evidence=True)

    def noted(self, order: CheckOrder, result: CheckResult) -> CheckResult:
        """The result of the order that was run, marked where it is a good answer."""
        outcome = result.outcome
        if isinstance(outcome, Failure):
            self._failing[place_of(order)] = None
            if len(self._failing) > MOST_KNOWN:
                del self._failing[next(iter(self._failing))]
        elif isinstance(outcome, Success):
            if self._failing:
                self._failing.pop(place_of(order), None)
            if order.wants_evidence and result.evidence is not None:
                return replace(result, is_good_answer=True)
        return result


def place_of(order: CheckOrder) -> Place:
    return order.monitor_id, order.location_id
