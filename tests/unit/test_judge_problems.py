"""What one check says of the problems beside availability, one table a belief."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.check import Certificate, CheckResult, Failure, Outcome, Success, Timings, Unknown
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.judgement import Reading
from fener.domain.kinds import Settings
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.tls import TlsSettings
from fener.domain.monitor import Monitor
from fener.domain.policy import Policy, for_certificates, reminder_every
from fener.domain.problem import Cause, Problem, Severity
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, Span
from fener.pipeline.judge.problems import other_readings
from support.store import NOON

SHOP = HttpSettings(url="https://shop.example/")
DOWN = Failure(FailureReason.CONNECTION_REFUSED, "connection refused")
OURS = Unknown(UnknownReason.RESOLVER_DOWN, "our resolver does not answer")
BOTH = (Problem.AVAILABILITY, Problem.CERTIFICATE, Problem.PERFORMANCE)


def monitor(settings: Settings = SHOP, policy: Policy | None = None) -> Monitor:
    return Monitor(7, UUID(int=7), 1, 1, 1, "Shop", settings, policy or Policy())


def certificate(left: Span, life: Span = 90 * DAY) -> Certificate:
    """One that ends `left` after noon."""
    begun = NOON + left - life
    return Certificate("shop.example", "A Root", begun, NOON + left, ("shop.example",), "ab")


def checked(
    outcome: Outcome | None = None,
    *,
    left: Span | None = None,
    took: Span | None = 100,
    life: Span = 90 * DAY,
) -> CheckResult:
    return CheckResult(
        monitor_id=7,
        location_id=1,
        at=NOON,
        finished_at=NOON,
        outcome=outcome or Success(),
        timings=None if took is None else Timings(total=took * 1_000),
        certificate=None if left is None else certificate(left, life),
    )


def called(seen: Certificate, policy: Policy, now: Instant = NOON) -> Cause | None:
    return policy.certificate_cause(seen.not_before, seen.not_after, now)


def of(problem: Problem, readings: tuple[Reading, ...]) -> Reading | None:
    return next((one for one in readings if one.problem is problem), None)


@pytest.mark.parametrize(
    ("left", "life", "cause"),
    [
        (15 * DAY, 90 * DAY, None),
        (14 * DAY + 1, 90 * DAY, None),
        (14 * DAY, 90 * DAY, Cause.SSL_WARNING),
        (3 * DAY + 1, 90 * DAY, Cause.SSL_WARNING),
        (3 * DAY, 90 * DAY, Cause.SSL_EXPIRY),
        (0, 90 * DAY, Cause.SSL_EXPIRY),
        (-DAY, 90 * DAY, Cause.SSL_EXPIRY),
        (14 * DAY, 398 * DAY, Cause.SSL_WARNING),
        (3 * DAY, 6 * DAY, None),
        (2 * DAY, 6 * DAY, Cause.SSL_WARNING),
        (16 * HOUR + 1, 6 * DAY, Cause.SSL_WARNING),
        (16 * HOUR, 6 * DAY, Cause.SSL_EXPIRY),
        (30 * MINUTE, HOUR, None),
        (20 * MINUTE, HOUR, Cause.SSL_WARNING),
    ],
)
def test_a_certificate_is_warned_of_before_its_end_but_in_its_last_third_at_most(
    left: Span, life: Span, cause: Cause | None
) -> None:
    assert called(certificate(left, life), Policy()) is cause


def test_the_policy_says_how_long_before_its_end_a_certificate_is_warned_of() -> None:
    early = Policy(certificate_warn_before=30 * DAY, certificate_critical_before=7 * DAY)
    found = [called(certificate(days * DAY), early) for days in (31, 30, 8, 7)]
    assert found == [None, Cause.SSL_WARNING, Cause.SSL_WARNING, Cause.SSL_EXPIRY]


@pytest.mark.parametrize(
    ("left", "message"),
    [
        (13 * DAY, "the certificate ends on 2026-01-14 12:00:00 UTC, in 13 days"),
        (DAY, "the certificate ends on 2026-01-02 12:00:00 UTC, in 1 day"),
        (HOUR, "the certificate ends on 2026-01-01 13:00:00 UTC, in less than a day"),
        (-HOUR, "the certificate ended on 2026-01-01 11:00:00 UTC"),
    ],
)
def test_a_certificate_that_ends_says_when(left: Span, message: str) -> None:
    (reading,) = other_readings(monitor(), checked(left=left), ())
    facts = Facts(at=NOON + left)
    assert reading.outcome == Failure(FailureReason.CERTIFICATE_ENDS_SOON, message, facts)
    assert reading.ends_at == NOON + left


@pytest.mark.parametrize(
    ("settings", "result", "says"),
    [
        (SHOP, checked(left=DAY), Failure),
        (SHOP, checked(left=60 * DAY), Success),
        (SHOP, checked(), None),
        (SHOP, checked(DOWN), None),
        (SHOP, checked(DOWN, left=DAY), Failure),
        (SHOP, checked(OURS, left=DAY), None),
        (HttpSettings(url="https://shop.example/", verify_tls=False), checked(left=DAY), Success),
        (HttpSettings(url="HTTP://shop.example/"), checked(), Success),
        (HttpSettings(url="http://shop.example/"), checked(DOWN), None),
        (HttpSettings(url="http://shop.example/"), checked(left=DAY), Failure),
        (TlsSettings(host="mail.example"), checked(left=DAY), Failure),
        (TlsSettings(host="mail.example", upside_down=True), checked(left=DAY), Success),
        (HttpSettings(url="https://a.example/", upside_down=True), checked(left=DAY), Success),
        (TlsSettings(host="mail.example"), checked(), None),
    ],
)
def test_only_a_certificate_that_was_presented_says_something(
    settings: Settings, result: CheckResult, says: type[Outcome] | None
) -> None:
    reading = of(Problem.CERTIFICATE, other_readings(monitor(settings), result, BOTH))
    assert (reading and type(reading.outcome)) == says


@pytest.mark.parametrize(
    ("slow_after", "result", "says"),
    [
        (2 * SECOND, checked(took=2_000), Success),
        (2 * SECOND, checked(took=2_001), Failure),
        (2 * SECOND, checked(DOWN, took=9_000), Unknown),
        (2 * SECOND, checked(OURS, took=9_000), None),
        (2 * SECOND, checked(took=None), None),
        (None, checked(took=9_000), Success),
        (None, checked(DOWN), Success),
    ],
)
def test_a_good_check_is_slow_where_it_took_longer_than_the_monitor_allows(
    slow_after: Span | None, result: CheckResult, says: type[Outcome] | None
) -> None:
    settings = HttpSettings(url="http://shop.example/", slow_after=slow_after)
    reading = of(Problem.PERFORMANCE, other_readings(monitor(settings), result, BOTH))
    assert (reading and type(reading.outcome)) == says


def test_what_is_good_while_it_cannot_be_reached_is_never_slow() -> None:
    settings = HttpSettings(url="http://a.example/", slow_after=1_000, upside_down=True)
    assert other_readings(monitor(settings), checked(took=9_000), ()) == ()


def test_a_slow_check_says_how_slow_it_was() -> None:
    settings = HttpSettings(url="http://shop.example/", slow_after=1_500)
    (reading,) = other_readings(monitor(settings), checked(took=2_345), ())
    message = "took 2.345 s, wanted at most 1.500 s"
    said = Failure(FailureReason.SLOW, message, Facts(waited=2_345))
    assert (reading.outcome, reading.cause) == (said, Cause.PERFORMANCE)


def test_a_heartbeat_says_nothing_of_anything_else() -> None:
    job = monitor(HeartbeatSettings(EveryInterval(HOUR)))
    assert other_readings(job, checked(took=9_000_000), ()) == ()


RESULTS = st.builds(
    checked,
    st.sampled_from([Success(), DOWN, OURS]),
    left=st.none() | st.integers(-DAY, 400 * DAY),
    took=st.none() | st.integers(0, MINUTE),
    life=st.integers(1, 400 * DAY),
)


@given(RESULTS, st.none() | st.integers(1, MINUTE), st.sets(st.sampled_from(Problem)))
def test_where_nothing_is_known_only_bad_news_is_told(
    result: CheckResult, slow_after: Span | None, known: set[Problem]
) -> None:
    """And availability is never among it: that is the outcome itself."""
    settings = HttpSettings(url="https://shop.example/", slow_after=slow_after)
    readings = other_readings(monitor(settings), result, known)
    assert len({one.problem for one in readings}) == len(readings)
    for one in readings:
        assert one.problem is not Problem.AVAILABILITY
        assert isinstance(one.outcome, Failure) or one.problem in known
        assert not isinstance(result.outcome, Unknown)


@given(st.integers(0, 400 * DAY), st.integers(1, 400 * DAY))
def test_a_certificate_only_gets_worse_with_time(left: Span, life: Span) -> None:
    order = [None, Cause.SSL_WARNING, Cause.SSL_EXPIRY]
    seen = certificate(left, life)
    now, later = (called(seen, Policy(), NOON + wait) for wait in (0, DAY))
    assert order.index(now) <= order.index(later)


def test_a_warning_is_less_than_critical() -> None:
    warnings = {cause for cause in Cause if cause.level is Severity.WARNING}
    assert warnings == {Cause.SSL_WARNING, Cause.PERFORMANCE, Cause.DNS_CHANGE}


def test_one_look_at_a_certificate_is_proof_enough() -> None:
    policy = for_certificates(Policy(confirm_after=3, recover_after=2, quorum_count=3))
    assert (policy.confirm_after, policy.recover_after, policy.locations_needed(5)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("every", "problem", "wanted"),
    [
        (HOUR, Problem.AVAILABILITY, HOUR),
        (HOUR, Problem.PERFORMANCE, HOUR),
        (HOUR, Problem.CERTIFICATE, DAY),
        (2 * DAY, Problem.CERTIFICATE, 2 * DAY),
        (None, Problem.CERTIFICATE, None),
    ],
)
def test_of_a_certificate_people_are_reminded_once_a_day(
    every: Span | None, problem: Problem, wanted: Span | None
) -> None:
    assert reminder_every(every, problem) == wanted
