"""Results that every kind of probe makes alike."""

from fener.domain.check import CheckOrder, CheckResult, Unknown
from fener.domain.failure import UnknownReason
from fener.ports import Clock


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
