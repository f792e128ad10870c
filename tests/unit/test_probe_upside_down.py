"""What must not be reachable is good when its check fails, and only when it really did."""

import pytest
from msgspec.structs import replace

from fener.domain.check import CheckResult, Failure, Outcome, Success, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.pipeline.probe.upside_down import ANSWERED, NOT_LOOKED, turned
from support.probing import open_prober, order
from support.store import NOON
from support.targets import Target, closed_port, page


def after(outcome: Outcome) -> Outcome:
    return turned(CheckResult(7, 1, NOON, NOON, outcome)).outcome


def test_what_answers_is_a_failure() -> None:
    found = after(Success())
    assert isinstance(found, Failure)
    assert found.reason is FailureReason.ANSWERED_UNEXPECTEDLY


@pytest.mark.parametrize("reason", sorted(set(FailureReason) - NOT_LOOKED - ANSWERED))
def test_what_fails_is_good(reason: FailureReason) -> None:
    assert after(Failure(reason, "so it was")) == Success()


@pytest.mark.parametrize(
    "reason", [FailureReason.ADDRESS_FORBIDDEN, FailureReason.PACKETS_LOST, FailureReason.UNEVEN]
)
def test_what_was_not_looked_at_or_answered_badly_is_never_good(reason: FailureReason) -> None:
    assert isinstance(after(Failure(reason, "so it was")), Failure)


def test_an_address_that_may_not_be_touched_stays_what_it_is() -> None:
    forbidden = Failure(FailureReason.ADDRESS_FORBIDDEN, "169.254.169.254 may not be touched")
    assert after(forbidden) == forbidden


@pytest.mark.parametrize("reason", list(UnknownReason))
def test_what_is_our_own_fault_stays_unknown(reason: UnknownReason) -> None:
    ours = Unknown(reason, "our resolver does not answer")
    assert after(ours) == ours


async def test_a_closed_port_is_good_an_open_one_bad_and_a_forbidden_address_neither() -> None:
    with Target(answers={"/": page()}) as target:
        async with open_prober() as prober:
            urls = (
                f"http://127.0.0.1:{closed_port()}/",
                target.url(),
                "http://169.254.169.254/",
            )
            results = [await prober.probe(order(url, upside_down=True)) for url in urls]
    closed, opened, forbidden = (one.outcome for one in results)
    assert closed == Success()
    assert isinstance(opened, Failure)
    assert opened.reason is FailureReason.ANSWERED_UNEXPECTEDLY
    assert isinstance(forbidden, Failure)
    assert forbidden.reason is FailureReason.ADDRESS_FORBIDDEN


async def test_what_expired_on_its_way_is_still_unknown() -> None:
    async with open_prober() as prober:
        late = replace(order("http://127.0.0.1:1/", upside_down=True), expires_at=0)
        assert isinstance((await prober.probe(late)).outcome, Unknown)
