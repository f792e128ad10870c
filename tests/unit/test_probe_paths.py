"""When the way to a target is traced, and which checks have it as evidence."""

import asyncio
import errno
from typing import Any

import pytest
from msgspec.structs import replace

from fener.domain.check import (
    CheckOrder,
    CheckResult,
    Evidence,
    Failure,
    Hop,
    Outcome,
    Success,
    Timings,
    Unknown,
)
from fener.domain.failure import FailureReason, UnknownReason
from fener.net.guard import AddressGuard
from fener.pipeline.probe.paths import FRESH, VEILED, Paths
from fener.testing.clock import FakeClock
from support.probing import open_prober, order
from support.targets import closed_port

PATH = (Hop(1, "192.0.2.1", 400), Hop(2))
HERE = "198.51.100.7:443"
LOST = Failure(FailureReason.CONNECTION_TIMEOUT, "no connection within 10 s")
WRONG = Failure(FailureReason.WRONG_STATUS, "status 500, wanted 200-299")
OURS = Unknown(UnknownReason.NETWORK_DOWN, "no route")


class World:
    """Traces that end when the test says so, and checks of which they hear."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.traced: list[tuple[str, int]] = []
        self.ending: asyncio.Future[tuple[Hop, ...]] | None = None
        self.paths = Paths(self._trace, AddressGuard(), self.clock)

    def checked(
        self,
        outcome: Outcome = LOST,
        *,
        monitor_id: int = 7,
        address: str = HERE,
        phase: str = "connect",
        connect: int | None = None,
        **asked: Any,
    ) -> tuple[Hop, ...]:
        """The path that is part of the evidence of a check."""
        given = order("http://shop.example/", at=self.clock.now(), **asked)
        result = CheckResult(
            monitor_id=monitor_id,
            location_id=1,
            at=given.at,
            finished_at=given.at,
            outcome=outcome,
            timings=Timings(total=1, connect=connect),
            evidence=Evidence(address=address, phase=phase),
        )
        told = self.paths.told(replace(given, monitor_id=monitor_id), result)
        assert told.outcome == outcome
        assert told.evidence is not None
        return told.evidence.path

    async def trace_ends(self, path: tuple[Hop, ...] | OSError = PATH) -> None:
        await self.clock.settle()
        assert self.ending is not None
        if isinstance(path, OSError):
            self.ending.set_exception(path)
        else:
            self.ending.set_result(path)
        await self.clock.settle()

    async def traces(self) -> list[tuple[str, int]]:
        """What was traced so far."""
        await self.clock.settle()
        return self.traced

    async def _trace(self, address: str, port: int) -> tuple[Hop, ...]:
        self.traced.append((address, port))
        self.ending = asyncio.get_running_loop().create_future()
        return await self.ending


@pytest.fixture
def world() -> World:
    return World()


async def test_the_first_failure_begins_a_trace_and_the_next_ones_have_its_path(
    world: World,
) -> None:
    assert world.checked() == ()
    assert await world.traces() == [("198.51.100.7", 443)]
    assert world.checked() == (), "no check waits for it"
    await world.trace_ends()
    assert world.checked() == PATH
    assert world.checked() == PATH
    assert len(await world.traces()) == 1


async def test_each_outage_has_one_trace(world: World) -> None:
    world.checked()
    await world.trace_ends()
    await world.clock.advance(FRESH + 1)
    assert world.checked() == (), "a path of long ago says nothing of now"
    assert len(await world.traces()) == 1
    world.checked(Success())
    world.checked()
    assert len(await world.traces()) == 2


async def test_an_unknown_check_ends_no_outage(world: World) -> None:
    world.checked()
    await world.trace_ends()
    assert world.checked(OURS) == ()
    assert world.checked() == PATH


async def test_another_address_has_another_way(world: World) -> None:
    world.checked()
    await world.trace_ends()
    assert world.checked(address="198.51.100.8:443") == ()


async def test_there_is_one_trace_at_a_time_and_others_try_again(world: World) -> None:
    world.checked(monitor_id=1)
    world.checked(monitor_id=2)
    assert len(await world.traces()) == 1
    await world.trace_ends()
    assert world.checked(monitor_id=2) == ()
    assert len(await world.traces()) == 2
    await world.trace_ends()
    assert world.checked(monitor_id=2) == PATH


@pytest.mark.parametrize(
    ("outcome", "place", "is_worth_it"),
    [
        (LOST, {}, True),
        (Failure(FailureReason.CONNECTION_REFUSED, ""), {}, True),
        (Failure(FailureReason.HOST_UNREACHABLE, ""), {}, True),
        (Failure(FailureReason.PACKETS_LOST, ""), {"phase": "first_byte"}, True),
        (Failure(FailureReason.TIMEOUT, ""), {"phase": "first_byte"}, True),
        (Failure(FailureReason.TIMEOUT, ""), {"phase": "first_byte", "connect": 9}, False),
        (Failure(FailureReason.TIMEOUT, ""), {"phase": "connect", "connect": 9}, True),
        (Failure(FailureReason.NAME_NOT_FOUND, ""), {"address": ""}, False),
        (LOST, {"address": ""}, False),
        (LOST, {"upside_down": True}, False),
        (WRONG, {}, False),
        (OURS, {}, False),
        (Success(), {}, False),
    ],
)
async def test_only_what_did_not_get_through_is_worth_a_trace(
    world: World, outcome: Outcome, place: dict[str, Any], *, is_worth_it: bool
) -> None:
    world.checked(outcome, **place)
    assert bool(await world.traces()) is is_worth_it


@pytest.mark.parametrize(
    ("address", "allow_private"), [("169.254.169.254:80", True), ("10.0.0.7:443", False)]
)
async def test_what_may_not_be_dialled_is_not_traced(
    world: World, address: str, *, allow_private: bool
) -> None:
    world.checked(address=address, allow_private=allow_private)
    assert await world.traces() == []


async def test_who_may_not_dial_private_addresses_is_not_told_those_on_the_way(
    world: World,
) -> None:
    path = (Hop(1, "10.0.0.1", 400), Hop(2, "100.64.0.1", 900), Hop(3), Hop(4, "8.8.4.4", 1_200))
    asked: dict[str, Any] = {"address": "8.8.8.8:443", "allow_private": False}
    world.checked(**asked)
    await world.trace_ends(path)
    veiled = (Hop(1, "", 400, VEILED), Hop(2, "", 900, VEILED), *path[2:])
    assert world.checked(**asked) == veiled


async def test_a_system_that_cannot_do_it_leaves_the_path_out(world: World) -> None:
    world.checked()
    await world.trace_ends(OSError(errno.ENOPROTOOPT, "no such option"))
    assert world.checked() == ()
    assert len(await world.traces()) == 1


async def test_who_asked_just_once_waits_for_the_path(world: World) -> None:
    given: CheckOrder = order("http://shop.example/", at=world.clock.now())
    evidence = Evidence(address=HERE, phase="connect")
    result = CheckResult(7, 1, given.at, given.at, LOST, evidence=evidence)
    result = world.paths.told(given, result)
    waiting = asyncio.create_task(world.paths.awaited(given, result))
    await world.trace_ends()
    told = (await waiting).evidence
    assert told is not None
    assert (told.path, told.traced_at) == (PATH, world.clock.now())


async def test_a_prober_that_stops_leaves_no_trace_behind(world: World) -> None:
    world.checked()
    await world.clock.settle()
    await world.paths.stop()
    assert world.ending is not None
    assert world.ending.cancelled()


async def test_a_refused_port_is_traced_for_real() -> None:
    url = f"http://127.0.0.1:{closed_port()}/"
    async with open_prober() as prober:
        first = await prober.probe(order(url))
        assert first.evidence is not None
        assert first.evidence.path == ()
        waited = await prober.with_path(order(url), first)
        again = await prober.probe(order(url))
    for one in (waited, again):
        assert one.evidence is not None
        assert [hop.address for hop in one.evidence.path] == ["127.0.0.1"]
