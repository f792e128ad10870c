"""What one check says of the problems beside availability. Pure; asks no clock.

A check that failed says nothing of how fast its target is, one without a certificate nothing of
the certificate, and one in which we are at fault nothing at all.
"""

from collections.abc import Collection, Iterator

from fener.domain.check import Certificate, CheckResult, Failure, Outcome, Success, Unknown
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.judgement import Reading
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.policy import Policy
from fener.domain.problem import Cause, Problem
from fener.domain.time import DAY, SECOND, Instant, Span, plain_text


def other_readings(
    monitor: Monitor, result: CheckResult, known: Collection[Problem]
) -> tuple[Reading, ...]:
    """What a check says of everything but availability.

    `known` are the problems of which something is kept. A good word about any other changes
    nothing, and is left out: nearly every check has nothing else to say.
    """
    if isinstance(result.outcome, Unknown):
        return ()
    found: list[Reading] = []
    if Problem.CERTIFICATE in known or _may_end_soon(result, monitor.policy):
        found.extend(_certificate(monitor, result))
    if Problem.PERFORMANCE in known or _slow_after(monitor) is not None:
        found.extend(_performance(monitor, result))
    if not found:
        return ()
    return tuple(one for one in found if isinstance(one.outcome, Failure) or one.problem in known)


def _may_end_soon(result: CheckResult, policy: Policy) -> bool:
    seen = result.certificate
    if seen is None:
        return False
    left = seen.not_after - result.finished_at
    return left <= policy.certificate_warn_before or left <= policy.certificate_critical_before


def _certificate(monitor: Monitor, result: CheckResult) -> Iterator[Reading]:
    seen, now = result.certificate, result.finished_at
    if _needs_none(monitor, result):
        yield Reading(Problem.CERTIFICATE, Success(), Cause.SSL_WARNING)
    elif seen is not None:
        cause = monitor.policy.certificate_cause(seen.not_before, seen.not_after, now)
        outcome = Success() if cause is None else _ending(seen, now)
        yield Reading(Problem.CERTIFICATE, outcome, cause or Cause.SSL_WARNING, seen.not_after)


def _needs_none(monitor: Monitor, result: CheckResult) -> bool:
    """Whoever does not verify it wants to hear of no end, and where all is plain there is none."""
    settings = monitor.settings
    if not isinstance(settings, HttpSettings):
        return _is_upside_down(monitor)
    is_plain = result.certificate is None and settings.url.lower().startswith("http:")
    is_none = is_plain and isinstance(result.outcome, Success)
    return settings.upside_down or not settings.verify_tls or is_none


def _ending(certificate: Certificate, now: Instant) -> Failure:
    left = certificate.not_after - now
    at = f"{plain_text(certificate.not_after)} UTC"
    said = f"the certificate ends on {at}, in {_days(left)}"
    message = f"the certificate ended on {at}" if left <= 0 else said
    return Failure(FailureReason.CERTIFICATE_ENDS_SOON, message, Facts(at=certificate.not_after))


def _days(left: Span) -> str:
    days = left // DAY
    return "less than a day" if days == 0 else f"{days} day{'s' if days > 1 else ''}"


def _performance(monitor: Monitor, result: CheckResult) -> Iterator[Reading]:
    outcome = _pace(_slow_after(monitor), result)
    if outcome is not None:
        yield Reading(Problem.PERFORMANCE, outcome, Cause.PERFORMANCE)


def _slow_after(monitor: Monitor) -> Span | None:
    settings = monitor.settings
    if isinstance(settings, HeartbeatSettings) or settings.upside_down:
        return None
    return settings.slow_after


def _is_upside_down(monitor: Monitor) -> bool:
    """What is good while it cannot be reached is neither slow nor does its certificate matter."""
    settings = monitor.settings
    return not isinstance(settings, HeartbeatSettings) and settings.upside_down


def _pace(slow_after: Span | None, result: CheckResult) -> Outcome | None:
    """Without a threshold nothing is slow."""
    if slow_after is None:
        return Success()
    if isinstance(result.outcome, Failure):
        return Unknown(UnknownReason.NOT_OBSERVED, "the check failed, so its time says nothing")
    if result.timings is None:
        return None
    took = result.timings.total / 1_000
    if took <= slow_after:
        return Success()
    message = f"took {took / SECOND:.3f} s, wanted at most {slow_after / SECOND:.3f} s"
    return Failure(FailureReason.SLOW, message, Facts(waited=round(took)))
