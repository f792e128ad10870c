"""What a result says of the way to its target: somebody answered, or nobody did. Pure."""

from msgspec.structs import replace

from fener.domain.check import CheckResult, Failure, Outcome, Success, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.pipeline.probe.whereabouts import Route, Whereabouts, whereabouts_of, zone_of

_BY_NETWORK = frozenset(
    {
        FailureReason.CONNECTION_TIMEOUT,
        FailureReason.HOST_UNREACHABLE,
        FailureReason.CONNECTION_RESET,
        FailureReason.PACKETS_LOST,
        FailureReason.TIMEOUT,
    }
)
"""Failures that look the same when it is we who are cut off. A refusal is none: it is an answer."""
_NO_PROOF = _BY_NETWORK | {
    FailureReason.NAME_NOT_FOUND,
    FailureReason.NAME_LOOKUP_FAILED,
    FailureReason.ADDRESS_FORBIDDEN,
    FailureReason.CONNECTION_REFUSED,
    FailureReason.TLS_FAILED,
    FailureReason.NO_RESPONSE,
}
"""Failures that prove no way; all others are answers. A router nearby may refuse in the name of
whom it cannot reach.
"""


def is_answer(outcome: Outcome) -> bool:
    """Whether a result shows that its target was reached."""
    return isinstance(outcome, Success) or (
        isinstance(outcome, Failure) and outcome.reason not in _NO_PROOF
    )


def silent_at(result: CheckResult, host: str) -> Whereabouts | None:
    """Where nobody answered; None where the failure is not of the network's kind."""
    outcome, evidence = result.outcome, result.evidence
    if not isinstance(outcome, Failure):
        return None
    if outcome.reason is FailureReason.NAME_LOOKUP_FAILED:
        return zone_of(host)
    if outcome.reason not in _BY_NETWORK or evidence is None or not evidence.address:
        return None
    return whereabouts_of(evidence.address)


def unknown(result: CheckResult, route: Route, why: str) -> CheckResult:
    """The same result once we know that we were cut off ourselves."""
    reason = UnknownReason.RESOLVER_DOWN if route is Route.NAMES else UnknownReason.NETWORK_DOWN
    failure = result.outcome
    seen = f"; seen was: {failure.message}" if isinstance(failure, Failure) else ""
    said = f"this prober is cut off from {route}: {why}{seen}"
    return replace(result, outcome=Unknown(reason, said))
