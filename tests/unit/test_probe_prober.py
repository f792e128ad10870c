"""The prober keeps its limits, drops what is too old, never raises, and doubts its own failures."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import dns.rcode
import msgspec
import pytest

from fener.clock import SystemClock, stopwatch
from fener.domain.check import CheckOrder, CheckResult, Failure, Success, Unknown
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.fault import Fault, FaultReason
from fener.domain.kinds.http import HttpSettings
from fener.domain.time import SECOND
from fener.net.guard import AddressGuard
from fener.net.hosts import HostsFile
from fener.net.nameservers import Nameservers
from fener.net.resolver import Resolver
from fener.net.wire import CUT_BY_SINK, Moments, Reply, Request, Sink, Wire
from fener.pipeline.probe.cut_off import Cut
from fener.pipeline.probe.gates import Limits
from fener.pipeline.probe.once import probe_once
from fener.pipeline.probe.patterns import Patterns
from fener.pipeline.probe.prober import Prober
from fener.pipeline.probe.trials import Findings, Question, Trials
from fener.pipeline.probe.troubles import SHOWN_FOR, Troubles
from fener.pipeline.probe.whereabouts import Route, Whereabouts
from fener.pipeline.probe.world import World
from fener.testing.clock import NOON, FakeClock
from support.nameserver import FakeNameserver
from support.probing import order
from support.targets import Target, page

FINE = Reply(0, "", 0, 200, [b"HTTP/1.1 200 OK\r\n"], Moments(1, 0, 2, 3, 4))
TIMED_OUT = Reply(28, "", 0, 0, [], Moments(1, 0, 2, 0, 4))
NO_CONNECTION = Reply(28, "", 0, 0, [], Moments(0, 0, 0, 0, 4))
RESET = Reply(56, "", 104, 0, [], Moments(1, 0, 2, 0, 4))


class HeldWire(Wire):
    """Dials nothing: each transfer waits until the test says how it ends."""

    def __init__(self) -> None:
        self.underway: list[tuple[str, asyncio.Future[Reply]]] = []

    async def send(
        self,
        request: Request,
        address: str,
        within: int,
        sink: Sink,
        *,
        head: list[bytes] | None = None,
        connect_within: int = 0,
    ) -> Reply:
        ending: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.underway.append((request.url.origin.host, ending))
        reply = await ending
        if head is not None:
            head += reply.head
        return reply

    def hosts(self) -> list[str]:
        return [host for host, ending in self.underway if not ending.done()]

    def end(self, reply: Reply) -> None:
        """End the first transfer under way."""
        next(ending for _, ending in self.underway if not ending.done()).set_result(reply)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def wire() -> HeldWire:
    return HeldWire()


@asynccontextmanager
async def opened(
    clock: FakeClock,
    wire: HeldWire,
    limits: Limits | None = None,
    trials: Trials | None = None,
    nameserver: FakeNameserver | None = None,
) -> AsyncIterator[Prober]:
    nameservers = Nameservers(clock, (nameserver or FakeNameserver()).configuration)
    resolver = Resolver(clock, nameservers, HostsFile(clock, Path("/nonexistent")))
    world = World(wire, resolver, AddressGuard(), clock, lambda: 0, Patterns(clock))
    prober = Prober(world, limits, trials)
    prober.start()
    yield prober
    await prober.stop()


def due(address: str = "127.0.0.1", **changes: Any) -> CheckOrder:
    return msgspec.structs.replace(order(f"http://{address}/", at=NOON), **changes)


async def ended(
    clock: FakeClock,
    wire: HeldWire,
    reply: Reply,
    meanwhile: Callable[[], Awaitable[None]] | None = None,
) -> CheckResult:
    """The result of a transfer that ended so, after something happened meanwhile."""
    async with opened(clock, wire) as prober:
        probing = asyncio.create_task(prober.probe(due()))
        await clock.settle()
        if meanwhile is not None:
            await meanwhile()
        wire.end(reply)
        return await probing


class TestLimits:
    async def test_no_more_probes_run_at_a_host_than_allowed_and_others_go_on(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire, Limits(in_process=10, at_host=2)) as prober:
            addresses = ["127.0.0.1"] * 4 + ["127.0.0.2"]
            tasks = [asyncio.create_task(prober.probe(due(one))) for one in addresses]
            await clock.settle()
            assert wire.hosts() == ["127.0.0.1", "127.0.0.1", "127.0.0.2"]
            stats = prober.stats()
            assert (stats.running, stats.waiting, stats.done) == (3, 2, 0)
            while wire.hosts():
                wire.end(FINE)
                await clock.settle()
            assert {type((await task).outcome) for task in tasks} == {Success}
            assert len(wire.underway) == 5
            stats = prober.stats()
            assert (stats.running, stats.waiting, stats.done) == (0, 0, 5)

    async def test_no_more_probes_run_in_the_process_than_allowed(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire, Limits(in_process=2, at_host=2)) as prober:
            tasks = [
                asyncio.create_task(prober.probe(due(f"127.0.0.{number}")))
                for number in range(1, 5)
            ]
            await clock.settle()
            assert len(wire.hosts()) == 2
            wire.end(FINE)
            await clock.settle()
            assert wire.hosts() == ["127.0.0.2", "127.0.0.3"]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def test_a_failed_probe_gives_its_place_back(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire, Limits(in_process=1, at_host=1)) as prober:
            first = asyncio.create_task(prober.probe(due()))
            second = asyncio.create_task(prober.probe(due()))
            await clock.settle()
            first.cancel()
            await clock.settle()
            wire.underway.pop(0)
            wire.end(FINE)
            assert (await second).outcome == Success()


class TestExpiry:
    async def test_an_expired_order_is_not_run(self, clock: FakeClock, wire: HeldWire) -> None:
        async with opened(clock, wire) as prober:
            result = await prober.probe(due(expires_at=NOON - 1))
            assert isinstance(result.outcome, Unknown)
            assert result.outcome.reason is UnknownReason.OVERLOADED
            assert (result.monitor_id, result.at) == (7, NOON)
            assert wire.underway == []
            assert prober.stats().expired == 1

    async def test_an_order_that_expired_while_it_waited_is_not_run(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire, Limits(at_host=1)) as prober:
            first = asyncio.create_task(prober.probe(due()))
            second = asyncio.create_task(prober.probe(due(expires_at=NOON + 5 * SECOND)))
            await clock.advance(6 * SECOND)
            wire.end(FINE)
            assert (await first).outcome == Success()
            assert isinstance((await second).outcome, Unknown)
            assert len(wire.underway) == 1

    async def test_lateness_is_measured_from_the_orders_time_to_the_start(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire) as prober:
            await clock.advance(3 * SECOND)
            task = asyncio.create_task(prober.probe(due()))
            await clock.settle()
            wire.end(FINE)
            await task
            assert prober.stats().lateness == 3 * SECOND
            assert prober.stats().lateness == 0


class TestDoubt:
    async def test_a_timeout_is_the_targets_fault_while_the_prober_was_awake(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        result = await ended(clock, wire, TIMED_OUT, lambda: clock.advance(2 * SECOND))
        assert isinstance(result.outcome, Failure)
        assert result.outcome.reason is FailureReason.TIMEOUT

    @pytest.mark.parametrize("reply", [TIMED_OUT, RESET])
    async def test_a_failure_that_our_own_standstill_explains_is_unknown(
        self, clock: FakeClock, wire: HeldWire, reply: Reply
    ) -> None:
        result = await ended(clock, wire, reply, lambda: clock.stall(2 * SECOND))
        assert isinstance(result.outcome, Unknown)
        assert result.outcome.reason is UnknownReason.OVERLOADED
        assert "stood still" in result.outcome.message

    async def test_a_hiccup_excuses_nothing(self, clock: FakeClock, wire: HeldWire) -> None:
        result = await ended(clock, wire, TIMED_OUT, lambda: clock.stall(600))
        assert isinstance(result.outcome, Failure)

    async def test_a_standstill_that_is_not_over_counts_too(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async def still() -> None:
            clock._pass(2 * SECOND)

        result = await ended(clock, wire, TIMED_OUT, still)
        assert isinstance(result.outcome, Unknown)

    async def test_a_standstill_before_the_probe_is_no_excuse(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire) as prober:
            await clock.stall(5 * SECOND)
            await clock.advance(1)
            probing = asyncio.create_task(prober.probe(due()))
            await clock.settle()
            wire.end(TIMED_OUT)
            assert isinstance((await probing).outcome, Failure)
            assert prober.stats().lag >= 4 * SECOND

    async def test_a_wrong_status_stays_one_however_still_we_stood(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        wrong = msgspec.structs.replace(FINE, status=500)
        result = await ended(clock, wire, wrong, lambda: clock.stall(2 * SECOND))
        assert isinstance(result.outcome, Failure)
        assert result.outcome.reason is FailureReason.WRONG_STATUS

    async def test_a_machine_that_slept_meanwhile_blames_nobody(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        result = await ended(clock, wire, RESET, lambda: clock.suspend(60 * SECOND))
        assert isinstance(result.outcome, Unknown)
        assert result.outcome.reason is UnknownReason.NOT_OBSERVED


class CutWire(HeldWire):
    """What a wire that was cut does."""

    async def send(self, *args: Any, **kwargs: Any) -> Reply:
        return NO_CONNECTION


class NoTrials:
    """Nobody answers, and the cable is out if a test says so."""

    def __init__(self, *, link_is_cut: bool = False) -> None:
        self._link_is_cut = link_is_cut

    async def run(self, question: Question, within: int) -> Findings:
        return Findings()

    async def names(self, within: int) -> bool:
        return False

    def is_link_cut(self, target: Whereabouts) -> bool:
        return self._link_is_cut


class TestCutOff:
    @pytest.mark.parametrize(("cut", "kind"), [(True, Unknown), (False, Failure)])
    async def test_a_target_that_is_silent_is_blamed_unless_we_are_cut_off(
        self, clock: FakeClock, *, cut: bool, kind: type[object]
    ) -> None:
        trials = NoTrials(link_is_cut=cut)
        async with opened(clock, CutWire(), trials=trials) as prober:
            outcome = (await prober.probe(due("11.1.1.1"))).outcome
        assert type(outcome) is kind

    async def test_another_that_answers_proves_the_way(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire, trials=NoTrials(link_is_cut=True)) as prober:
            silent = asyncio.create_task(prober.probe(due("11.1.1.1")))
            good = asyncio.create_task(prober.probe(due("12.1.1.1")))
            await clock.settle()
            (_, first), (_, second) = wire.underway
            second.set_result(FINE)
            assert (await good).outcome == Success()
            first.set_result(NO_CONNECTION)
            assert isinstance((await silent).outcome, Failure)


class BrokenWire(HeldWire):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    async def send(self, *args: Any, **kwargs: Any) -> Reply:
        raise self._error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RuntimeError("bug"), UnknownReason.INTERNAL_ERROR),
        (OSError(24, "Too many open files"), UnknownReason.OUT_OF_DESCRIPTORS),
        (OSError(5, "Input/output error"), UnknownReason.INTERNAL_ERROR),
    ],
)
async def test_whatever_breaks_inside_the_prober_answers(
    clock: FakeClock, error: Exception, reason: UnknownReason
) -> None:
    async with opened(clock, BrokenWire(error)) as prober:
        result = await prober.probe(due())
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is reason


NO_ROUTE = Reply(7, "", 101, 0, [], Moments(0, 0, 0, 0, 4))


class TestTroubles:
    """What a prober tells of itself, so that one notice can say so."""

    async def test_checks_that_say_nothing_are_told_until_they_are_over(
        self, clock: FakeClock
    ) -> None:
        async with opened(clock, BrokenWire(OSError(24, "Too many open files"))) as prober:
            for _ in range(2):
                await prober.probe(due())
            (trouble,) = prober.stats().troubles
            assert trouble.about == "out of descriptors"
            assert trouble.fault == Fault(
                FaultReason.CHECKS_WITHOUT_DESCRIPTORS,
                "2 checks said nothing: Too many open files",
                Facts(got="2", detail="Too many open files"),
            )
            await clock.advance(SHOWN_FOR)
            assert prober.stats().troubles == ()

    @pytest.mark.parametrize("reason", UnknownReason)
    def test_whatever_keeps_checks_from_saying_anything_is_a_fault_or_told_elsewhere(
        self, reason: UnknownReason
    ) -> None:
        troubles = Troubles()
        troubles.meet(reason, "said", 0)
        facts = [one.fault.facts for one in troubles.present(0)]
        elsewhere = {"network_down", "resolver_down", "not_observed"}
        assert facts == ([] if reason in elsewhere else [Facts(got="1", detail="said")])

    @pytest.mark.parametrize("route", Route)
    def test_being_cut_off_is_a_fault_on_every_route(self, route: Route) -> None:
        fault = Cut(route, "its own link is down", 0).fault
        assert fault.reason.startswith("cut_off_from_")
        assert str(route) in fault.message

    async def test_an_order_that_expired_is_told_as_overload(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire) as prober:
            await prober.probe(due(expires_at=NOON - 1))
            assert [one.about for one in prober.stats().troubles] == ["overloaded"]

    async def test_being_cut_off_is_told_until_somebody_is_heard(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire, trials=NoTrials(link_is_cut=True)) as prober:
            silent = asyncio.create_task(prober.probe(due("11.1.1.1")))
            await clock.settle()
            wire.end(NO_CONNECTION)
            await silent
            (trouble,) = prober.stats().troubles
            assert trouble.about == "cut off from the Internet by IPv4"
            assert trouble.fault.reason is FaultReason.CUT_OFF_FROM_IPV4
            assert trouble.fault.facts == Facts(detail="its own link is down")
            assert trouble.fault.message.startswith(
                "the prober is cut off from the Internet by IPv4: its own link is down;"
            )
            good = asyncio.create_task(prober.probe(due("12.1.1.1")))
            await clock.settle()
            wire.end(FINE)
            await good
            assert prober.stats().troubles == ()

    async def test_a_machine_without_route_is_told_as_well(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire) as prober:
            silent = asyncio.create_task(prober.probe(due("11.1.1.1")))
            await clock.settle()
            while wire.hosts():
                wire.end(NO_ROUTE)
                await clock.settle()
            assert isinstance((await silent).outcome, Unknown)
            (trouble,) = prober.stats().troubles
            assert "this machine has no route there" in trouble.fault.message

    async def test_a_resolver_that_is_down_is_told_until_it_answers(self) -> None:
        clock = FakeClock()
        nameserver = FakeNameserver()
        nameserver.silent.add(".")
        nameserver.refusals["bad.test"] = dns.rcode.SERVFAIL
        nameserver.records["good.test"] = ("127.0.0.1",)
        with nameserver:
            async with opened(clock, CutWire(), nameserver=nameserver) as prober:
                outcome = (await prober.probe(due("bad.test"))).outcome
                assert isinstance(outcome, Unknown)
                assert [one.about for one in prober.stats().troubles] == [
                    "cut off from the name servers"
                ]
                await clock.advance(SECOND)
                await prober.probe(due("good.test"))
                assert prober.stats().troubles == ()


async def test_a_transfer_cut_by_us_is_no_error(clock: FakeClock, wire: HeldWire) -> None:
    cut = msgspec.structs.replace(FINE, code=CUT_BY_SINK)
    assert (await ended(clock, wire, cut)).outcome == Success()


async def test_one_probe_can_be_made_where_it_is_asked_for() -> None:
    with Target(answers={"/": page("hello", 503)}) as target:
        result = await probe_once(HttpSettings(target.url()), SystemClock(), stopwatch)
    assert result.status_code == 503
    assert result.evidence is not None
    assert result.evidence.body == "hello"


class TestGoodAnswers:
    async def probed(
        self, prober: Prober, wire: HeldWire, clock: FakeClock, reply: Reply, **changes: Any
    ) -> CheckResult:
        probing = asyncio.create_task(prober.probe(due(at=clock.now(), **changes)))
        await clock.settle()
        wire.end(reply)
        return await probing

    async def test_a_success_is_one_just_where_that_was_asked_for(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire) as prober:
            reply = msgspec.structs.replace(FINE, error="said by libcurl")
            plain = await self.probed(prober, wire, clock, reply, wants_evidence=False)
            asked = await self.probed(prober, wire, clock, reply, wants_evidence=True)
        assert (plain.is_good_answer, asked.is_good_answer) == (False, True)
        assert plain.evidence is not None
        assert asked.evidence is not None
        assert (plain.evidence.detail, asked.evidence.detail) == ("", "said by libcurl")

    async def test_a_failure_is_none(self, clock: FakeClock, wire: HeldWire) -> None:
        async with opened(clock, wire) as prober:
            failed = await self.probed(prober, wire, clock, RESET, wants_evidence=True)
        assert not failed.is_good_answer

    async def test_the_first_success_after_a_failure_is_one_though_nobody_asked(
        self, clock: FakeClock, wire: HeldWire
    ) -> None:
        async with opened(clock, wire) as prober:
            order = {"wants_evidence": False}
            await self.probed(prober, wire, clock, RESET, **order)
            elsewhere = await self.probed(prober, wire, clock, FINE, monitor_id=8, **order)
            first = await self.probed(prober, wire, clock, FINE, **order)
            second = await self.probed(prober, wire, clock, FINE, **order)
        good = [one.is_good_answer for one in (elsewhere, first, second)]
        assert good == [False, True, False]
