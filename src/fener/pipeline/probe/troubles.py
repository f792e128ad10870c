"""Counts what kept checks from saying anything, so that people see it: each is a fault of ours."""

from msgspec import Struct

from fener.domain.failure import Facts, UnknownReason
from fener.domain.fault import Fault, FaultReason
from fener.domain.prober import Trouble
from fener.domain.time import MINUTE, Span

SHOWN_FOR: Span = 5 * MINUTE
"""So long after it was met last a trouble may come again with the next check that is due."""
_ELSEWHERE = frozenset(
    {UnknownReason.NETWORK_DOWN, UnknownReason.RESOLVER_DOWN, UnknownReason.NOT_OBSERVED}
)
"""Being cut off has an end that can be seen; and a machine that slept is told as deaf time."""

_FAULTS = {
    UnknownReason.OUT_OF_DESCRIPTORS: FaultReason.CHECKS_WITHOUT_DESCRIPTORS,
    UnknownReason.NOT_PERMITTED: FaultReason.CHECKS_NOT_PERMITTED,
    UnknownReason.OVERLOADED: FaultReason.CHECKS_OVERLOADED,
    UnknownReason.INTERNAL_ERROR: FaultReason.CHECKS_FAULTY,
}


class _Met(Struct, frozen=True):
    checks: int
    message: str
    at: Span


class Troubles:
    """One for a prober. Times are monotonic."""

    def __init__(self) -> None:
        self._met: dict[UnknownReason, _Met] = {}

    def meet(self, reason: UnknownReason, message: str, now: Span) -> None:
        if reason not in _ELSEWHERE:
            before = self._met.get(reason)
            self._met[reason] = _Met(before.checks + 1 if before else 1, message, now)

    def present(self, now: Span) -> list[Trouble]:
        self._met = {reason: met for reason, met in self._met.items() if now - met.at < SHOWN_FOR}
        return [
            Trouble(reason.replace("_", " "), _fault(reason, met))
            for reason, met in self._met.items()
        ]


def _fault(reason: UnknownReason, met: _Met) -> Fault:
    said = f"{_checks(met.checks)} said nothing: {met.message}"
    return Fault(_FAULTS[reason], said, Facts(got=str(met.checks), detail=met.message))


def _checks(number: int) -> str:
    return "1 check" if number == 1 else f"{number} checks"
