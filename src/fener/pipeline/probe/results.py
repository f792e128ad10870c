"""Results that every kind of probe makes alike."""

from typing import Protocol

import msgspec

from fener.domain.check import (
    Certificate,
    CheckOrder,
    CheckResult,
    Evidence,
    Outcome,
    Success,
    Timings,
    Unknown,
)
from fener.domain.failure import Facts, UnknownReason
from fener.domain.time import Instant
from fener.ports import Clock


class Gathered(Protocol):
    """What was gathered on the way of one probe."""

    certificate: Certificate | None

    def timings(self) -> Timings: ...

    def brief_evidence(self) -> Evidence: ...

    def full_evidence(self) -> Evidence: ...

    def clean(self, text: str) -> str: ...

    def clean_facts(self, facts: Facts) -> Facts: ...


def finished(
    order: CheckOrder,
    outcome: Outcome,
    gathered: Gathered,
    started_at: Instant,
    clock: Clock,
    *,
    status_code: int | None = None,
) -> CheckResult:
    """The result of an order that was run; a success tells just where it went, unless more is
    asked of it.
    """
    is_plain = isinstance(outcome, Success) and not order.wants_evidence
    return CheckResult(
        monitor_id=order.monitor_id,
        location_id=order.location_id,
        at=order.at,
        finished_at=clock.now(),
        outcome=_cleaned(outcome, gathered),
        purpose=order.purpose,
        started_at=started_at,
        timings=gathered.timings(),
        status_code=status_code,
        certificate=gathered.certificate,
        evidence=gathered.brief_evidence() if is_plain else gathered.full_evidence(),
    )


def badly_set(order: CheckOrder, why: str, clock: Clock) -> CheckResult:
    """The result of an order whose settings cannot be read."""
    message = f"the monitor is badly set: {why}"
    return unknown_result(order, UnknownReason.INTERNAL_ERROR, message, clock)


def unknown_result(
    order: CheckOrder, reason: UnknownReason, message: str, clock: Clock
) -> CheckResult:
    """The result of an order for which nothing was dialled."""
    return CheckResult(
        monitor_id=order.monitor_id,
        location_id=order.location_id,
        at=order.at,
        finished_at=clock.now(),
        outcome=Unknown(reason, message),
        purpose=order.purpose,
    )


def _cleaned(outcome: Outcome, gathered: Gathered) -> Outcome:
    if isinstance(outcome, Success):
        return outcome
    facts = outcome.facts and gathered.clean_facts(outcome.facts)
    return msgspec.structs.replace(outcome, message=gathered.clean(outcome.message), facts=facts)
