"""Monitors that are upside down: what must not be reachable is good when its check fails.

Only what the check really found out is turned. Where we are at fault, or did not so much as look,
nothing is known of the target, and that must never look good.
"""

from msgspec.structs import replace

from fener.domain.check import CheckResult, Failure, Success, Unknown
from fener.domain.failure import FailureReason

NOT_LOOKED = frozenset({FailureReason.ADDRESS_FORBIDDEN})
"""We may not touch the address: whoever reads of it has something to mend, upside down or not."""
ANSWERED = frozenset({FailureReason.PACKETS_LOST, FailureReason.UNEVEN})
"""It answered, if badly: something is there."""
_MESSAGE = "it answered, which it should not"


def turned(result: CheckResult) -> CheckResult:
    """The same check, seen from the other side."""
    match result.outcome:
        case Unknown():
            return result
        case Failure(reason=reason) if reason in NOT_LOOKED:
            return result
        case Failure(reason=reason) if reason not in ANSWERED:
            return replace(result, outcome=Success())
        case _:
            outcome = Failure(FailureReason.ANSWERED_UNEXPECTEDLY, _MESSAGE)
            return replace(result, outcome=outcome)
