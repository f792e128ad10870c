"""A call goes to the first address that takes a connection, and nothing is ever sent twice."""

from collections.abc import AsyncIterator
from contextlib import closing
from typing import cast

import pytest

from fener.clock import SystemClock
from fener.domain.check import Failure
from fener.domain.failure import FailureReason
from fener.domain.time import SECOND, Span
from fener.net.caller import Answered, BadHeader, Caller, Unreached, header_line
from fener.net.guard import AddressGuard
from fener.net.resolver import Resolver
from fener.net.url import parse
from fener.net.wire import Request, Wire
from support.targets import BlackHole, Target, page, reset

ONE, OTHER = "127.0.0.1", "127.0.0.2"


class Names:
    """Every name has these addresses."""

    def __init__(self, *addresses: str, failure: Failure | None = None) -> None:
        self._answer = failure or addresses
        self.forgotten: list[str] = []

    async def resolve(
        self, host: str, within: Span, *, ipv6: bool = False
    ) -> tuple[str, ...] | Failure:
        return self._answer

    def forget(self, host: str) -> None:
        self.forgotten.append(host)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as opened:
        yield opened


async def call(wire: Wire, names: Names, port: int, within: Span = 5 * SECOND) -> object:
    caller = Caller(wire, cast("Resolver", names), AddressGuard(), SystemClock())
    request = Request("POST", parse(f"http://hooks.test:{port}/x"), body=b"once")
    return await caller.call(request, within, allow_private=True)


async def test_an_address_that_refuses_leads_to_the_next(wire: Wire) -> None:
    with Target(host=OTHER, answers={"/x": page()}) as target:
        answer = await call(wire, Names(ONE, OTHER), target.port)
    assert answer == Answered(200)


async def test_an_address_that_is_silent_takes_only_its_share_of_the_time(wire: Wire) -> None:
    with closing(BlackHole()) as hole:
        target = Target(host=OTHER, answers={"/x": page()}, port=hole.port)
        with target:
            answer = await call(wire, Names(ONE, OTHER), hole.port, within=600)
    assert answer == Answered(200)


async def test_what_may_have_arrived_is_not_sent_to_the_next_address(wire: Wire) -> None:
    with Target(answers={"/x": reset}) as broken:
        other = Target(host=OTHER, answers={"/x": page()}, port=broken.port)
        with other:
            answer = await call(wire, Names(ONE, OTHER), broken.port)
    assert isinstance(answer, Unreached)
    assert [len(broken.requests), len(other.requests)] == [1, 0]


async def test_a_forbidden_address_is_passed_over(wire: Wire) -> None:
    with Target(host=OTHER, answers={"/x": page()}) as target:
        answer = await call(wire, Names("169.254.169.254", OTHER), target.port)
    assert answer == Answered(200)


async def test_only_forbidden_addresses_are_a_refusal(wire: Wire) -> None:
    answer = await call(wire, Names("169.254.169.254", "0.0.0.0"), 80)
    assert isinstance(answer, Unreached)
    assert answer.forbidden
    assert "metadata" in answer.why


async def test_a_name_without_addresses_is_told_in_the_resolvers_words(wire: Wire) -> None:
    failure = Failure(FailureReason.NAME_NOT_FOUND, "hooks.test does not exist")
    assert await call(wire, Names(failure=failure), 80) == Unreached("hooks.test does not exist")


async def test_addresses_that_all_refuse_are_asked_for_anew(wire: Wire) -> None:
    with closing(BlackHole()) as hole:
        names = Names(OTHER, OTHER)
        answer = await call(wire, names, hole.port)
    assert answer == Unreached("connection refused")
    assert names.forgotten == ["hooks.test"]


@pytest.mark.parametrize(
    ("value", "line"),
    [("a", "X-Y: a"), ("", "X-Y;"), (" a\r\nX-Z: b\0 ", "X-Y: a  X-Z: b")],
)
def test_a_header_is_one_line(value: str, line: str) -> None:
    assert header_line("X-Y", value) == line


@pytest.mark.parametrize("name", ["", "X Y", "X:Y", "X\r\nZ", "Ü"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(BadHeader):
        header_line(name, "s3cret")
