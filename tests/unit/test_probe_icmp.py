"""Pings: what answers, losses and complaints mean; on scripted lines, on loopback and on a network
of its own where this user may build one.
"""

import asyncio
import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from fener.clock import SystemClock, stopwatch
from fener.domain.check import CheckOrder, CheckResult, Purpose, Success
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.icmp import IcmpSettings
from fener.net.echo import Echoes, Pinged
from fener.net.guard import AddressGuard
from fener.net.icmp import Complaint, IcmpSocket, NotPermitted, Reply, checksum
from fener.net.resolver import machine_resolver
from fener.net.wire import Wire
from fener.pipeline.probe.icmp import IcmpProbe
from fener.pipeline.probe.patterns import Patterns
from fener.pipeline.probe.round_trips import Spread, judged
from fener.pipeline.probe.world import World
from support.echoing import (
    MILLISECOND,
    Host,
    Network,
    Packets,
    ScriptedLine,
    answers,
    both,
    complains,
    echo_of,
    error_of,
    from_another,
    garbage,
    loses,
    mangled,
    may_build_networks,
    nothing,
    silent,
)
from support.probing import order_for, reason_of

ADDRESS = "127.0.0.1"
TIMEOUT = 240


def may_ping() -> bool:
    try:
        IcmpSocket(socket.AF_INET).close()
    except NotPermitted:
        return False
    return True


needs_ping = pytest.mark.skipif(
    not may_ping(), reason="this user may not ping: no CAP_NET_RAW, and no ping_group_range"
)
needs_network = pytest.mark.skipif(
    not may_build_networks(), reason="this user may not make a TUN device"
)


def order(
    host: str = ADDRESS,
    *,
    timeout: int = TIMEOUT,
    purpose: Purpose = Purpose.MANUAL,
    allow_private: bool = True,
    **settings: Any,
) -> CheckOrder:
    return order_for(
        IcmpSettings(host=host, **settings),
        timeout=timeout,
        purpose=purpose,
        allow_private=allow_private,
    )


@asynccontextmanager
async def opened(open_line: Callable[[int], Any] | None = None) -> AsyncIterator[IcmpProbe]:
    """A probe; with a line of its own its stopwatch runs so fast that scripted times can be."""
    clock, ticks = SystemClock(), count(0, 1_000_000)
    async with Wire() as wire:
        watch = stopwatch if open_line is None else ticks.__next__
        world = World(wire, machine_resolver(clock), AddressGuard(), clock, watch, Patterns(clock))
        probe = IcmpProbe(world, open_line or IcmpSocket)
        try:
            yield probe
        finally:
            await probe.aclose()
            await world.resolver.aclose()


async def probe(answering: Host, **settings: Any) -> CheckResult:
    async with opened(lambda _: ScriptedLine(answering)) as one:
        return await one.probe(order(**settings))


def message_of(result: CheckResult) -> str:
    assert not isinstance(result.outcome, Success), result.evidence
    return result.outcome.message


def detail_of(result: CheckResult) -> str:
    assert result.evidence is not None
    return result.evidence.detail


@dataclass(frozen=True)
class Case:
    """A host, and what must be said of it. No reason: it is healthy."""

    host: Host
    reason: FailureReason | None = None
    says: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


CASES = {
    "healthy": Case(answers(2, 4, 6)),
    "one of three lost is within the usual bound": Case(loses(2)),
    "answers twice": Case(both(answers(1), answers(50))),
    "answers after garbage": Case(both(garbage, answers(1))),
    "uneven as it may": Case(answers(1, 3, 1), settings={"most_jitter": 2}),
    "hangs": Case(silent, FailureReason.TIMEOUT, "no answer to any of 3 packets within 0.24 s"),
    "answers garbage": Case(garbage, FailureReason.BAD_RESPONSE, "do not carry what was sent"),
    "unreachable": Case(
        complains("10.0.0.1 says: host unreachable"),
        FailureReason.HOST_UNREACHABLE,
        "10.0.0.1 says: host unreachable",
    ),
    "loses two of three": Case(
        loses(1, 3),
        FailureReason.PACKETS_LOST,
        "2 of 3 packets lost (67 %), at most 50 % wanted",
    ),
    "loses one where none may be lost": Case(
        loses(3), FailureReason.PACKETS_LOST, "(33 %)", {"most_loss": 0}
    ),
    "uneven": Case(
        answers(1, 9, 1),
        FailureReason.UNEVEN,
        "round trips differ by 8.0 ms on average, at most 5 ms wanted",
        {"most_jitter": 5},
    ),
    "answers for another": Case(
        lambda asked: (Reply("127.0.0.9", asked.sequence, asked.data, asked.at),),
        FailureReason.TIMEOUT,
    ),
    "complaint about what we did not send": Case(
        lambda asked: (Complaint(asked.address, asked.sequence, b"elsewhere", "no"),),
        FailureReason.TIMEOUT,
    ),
    "one packet of one": Case(
        silent, FailureReason.TIMEOUT, "no answer to the packet within", {"count": 1}
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_what_comes_back_has_its_verdict(case: str) -> None:
    state = CASES[case]
    result = await probe(state.host, **state.settings)
    if state.reason is None:
        assert result.outcome == Success()
    else:
        assert reason_of(result) is state.reason
        assert state.says in message_of(result)


async def test_evidence_tells_loss_spread_and_jitter() -> None:
    result = await probe(both(answers(2, 4, 9), silent), count=3)
    assert result.timings is not None
    assert result.timings.total == 5_000
    assert detail_of(result) == (
        "3 sent, 3 received, 0 % lost; round trip 2.000/5.000/9.000 ms, jitter 3.500 ms"
    )
    lost = await probe(loses(2))
    assert "3 sent, 2 received, 33 % lost; round trip 1.000/1.000/1.000 ms" in detail_of(lost)
    assert "3 mangled" in detail_of(await probe(garbage))
    assert detail_of(await probe(answers(1), purpose=Purpose.SCHEDULED)) == ""


async def test_a_ping_that_was_answered_does_not_wait_for_its_timeout() -> None:
    result = await probe(answers(1), timeout=20_000, count=1)
    assert result.outcome == Success()
    assert result.started_at is not None
    assert result.finished_at - result.started_at < 5_000


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 56, 1_500])
async def test_packets_carry_as_much_as_they_should_and_never_the_same(size: int) -> None:
    line = ScriptedLine(answers(1))
    async with opened(lambda _: line) as one:
        assert (await one.probe(order(size=size))).outcome == Success()
    assert {len(asked.data) for asked in line.sent} == {size}
    if size > 8:
        assert len({asked.data for asked in line.sent}) == 3


class TestOneSocketForAll:
    async def test_pings_side_by_side_get_their_own_answers(self) -> None:
        line = ScriptedLine(silent)
        async with opened(lambda _: line) as one:
            pings = [
                asyncio.create_task(one.probe(order(f"127.0.0.{last}", count=1, timeout=5_000)))
                for last in range(1, 51)
            ]
            while len(line.sent) < 50:
                await SystemClock().sleep(0)
            for asked in reversed(line.sent):
                after = int(asked.address.rpartition(".")[2]) * MILLISECOND
                line.arrive(Reply(asked.address, asked.sequence, asked.data, asked.at + after))
            totals = [(await ping).timings for ping in pings]
        assert [timings.total for timings in totals if timings] == [n * 1_000 for n in range(1, 51)]
        assert line.is_closed

    async def test_it_is_opened_once_for_each_family(self) -> None:
        families: list[int] = []

        def open_line(family: int) -> ScriptedLine:
            families.append(family)
            return ScriptedLine(answers(1))

        async with opened(open_line) as one:
            for host in ("127.0.0.1", "::1", "127.0.0.2", "::ffff:127.0.0.1"):
                assert (await one.probe(order(host))).outcome == Success()
        assert families == [socket.AF_INET, socket.AF_INET6]

    async def test_an_error_that_another_packet_left_behind_is_not_taken_for_ours(self) -> None:
        line = ScriptedLine(answers(1))
        line.errors = [OSError(errno.EHOSTUNREACH, "No route to host")]
        async with opened(lambda _: line) as one:
            assert (await one.probe(order())).outcome == Success()

    async def test_a_late_answer_is_nobodys(self) -> None:
        line = ScriptedLine(silent)
        async with opened(lambda _: line) as one:
            await one.probe(order(count=1))
            late = line.sent[0]
            line.arrive(Reply(late.address, late.sequence, late.data, late.at))
            line.host = answers(1)
            assert (await one.probe(order(count=1))).outcome == Success()

    async def test_a_sequence_under_way_is_not_used_again(self) -> None:
        line = ScriptedLine(silent)
        echoes = Echoes(SystemClock(), stopwatch, lambda _: line)
        await asyncio.gather(*(echoes.ping(ADDRESS, 1, 0, 100) for _ in range(500)))
        await echoes.aclose()
        assert len({asked.sequence for asked in line.sent}) == 500


OURS = [
    (errno.ENETUNREACH, UnknownReason.NETWORK_DOWN),
    (errno.EPERM, UnknownReason.NETWORK_DOWN),
    (errno.ENOBUFS, UnknownReason.OVERLOADED),
    (errno.EAGAIN, UnknownReason.OVERLOADED),
    (errno.EMFILE, UnknownReason.OUT_OF_DESCRIPTORS),
    (errno.EHOSTUNREACH, FailureReason.HOST_UNREACHABLE),
]


@pytest.mark.parametrize(("number", "reason"), OURS)
async def test_a_packet_that_cannot_be_sent_is_mostly_our_fault(
    number: int, reason: UnknownReason | FailureReason
) -> None:
    line = ScriptedLine(answers(1))
    line.errors = [OSError(number, os.strerror(number)) for _ in range(4)]
    async with opened(lambda _: line) as one:
        assert reason_of(await one.probe(order())) == reason


async def test_whoever_may_not_ping_is_told_what_to_widen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: object) -> socket.socket:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    async with opened(IcmpSocket) as one:
        monkeypatch.setattr(socket, "socket", refused)
        result = await one.probe(order())
        monkeypatch.undo()
    assert reason_of(result) is UnknownReason.NOT_PERMITTED
    assert "net.ipv4.ping_group_range" in message_of(result)


async def test_a_forbidden_address_is_not_pinged() -> None:
    line = ScriptedLine(answers(1))
    async with opened(lambda _: line) as one:
        for host, allow_private in (("169.254.169.254", True), ("127.0.0.1", False)):
            result = await one.probe(order(host, allow_private=allow_private))
            assert reason_of(result) is FailureReason.ADDRESS_FORBIDDEN
    assert line.sent == []
    line.close()


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "a..b", "http://x/"])
async def test_a_host_that_is_none_says_nothing_of_a_target(host: str) -> None:
    assert reason_of(await probe(answers(1), host=host)) is UnknownReason.INTERNAL_ERROR


async def test_a_name_without_addresses_of_the_wanted_version_is_not_found() -> None:
    result = await probe(answers(1), host="127.0.0.1", ip_version=IpVersion.IPV6)
    assert reason_of(result) is FailureReason.NAME_NOT_FOUND
    assert message_of(result) == "127.0.0.1 is no IPv6 address"


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=20))
def test_jitter_is_at_most_the_whole_spread(round_trips: list[int]) -> None:
    spread = Spread.of(tuple(round_trips))
    assert 0 <= spread.jitter <= spread.most - spread.least
    assert spread.least <= spread.average <= spread.most


@given(st.integers(1, 20), st.integers(0, 99), st.data())
def test_loss_is_a_failure_just_beyond_its_bound(sent: int, most: int, data: st.DataObject) -> None:
    received = data.draw(st.integers(1, sent))
    outcome = judged(IcmpSettings(host="x", most_loss=most), Pinged(sent, (1,) * received), 1_000)
    assert (outcome == Success()) is (100 * (sent - received) <= most * sent)


@given(st.binary(max_size=99))
def test_a_packet_with_its_checksum_sums_up_to_nothing(data: bytes) -> None:
    padded = data + bytes(len(data) % 2)
    assert checksum(checksum(data).to_bytes(2) + padded) == 0


@needs_ping
class TestOnLoopback:
    @pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "::ffff:127.0.0.1"])
    @pytest.mark.parametrize("size", [0, 56, 65_507])
    async def test_this_machine_answers(self, host: str, size: int) -> None:
        async with opened() as one:
            result = await one.probe(order(host, size=size, timeout=2_000))
        assert result.outcome == Success()
        assert "3 sent, 3 received" in detail_of(result)

    async def test_a_busy_loop_does_not_lengthen_round_trips(self) -> None:
        async with opened() as one:
            ping = asyncio.create_task(one.probe(order(count=1, timeout=2_000)))
            await SystemClock().sleep(1)
            threading.Event().wait(0.2)  # the loop stands still
            result = await ping
        assert result.timings is not None
        assert result.timings.total < 100_000

    async def test_many_pings_at_once_lose_nothing(self) -> None:
        async with opened() as one:
            results = await asyncio.gather(
                *(one.probe(order(f"127.0.0.{n}", timeout=3_000)) for n in range(1, 200))
            )
        assert {str(result.outcome) for result in results} == {str(Success())}


AS_NOBODY = """
import asyncio, os, socket
from fener.clock import SystemClock, stopwatch
from fener.net.echo import Echoes
from fener.net.icmp import IcmpSocket

os.setgid(65534)
os.setuid(65534)

async def ping():
    echoes = Echoes(SystemClock(), stopwatch)
    for address in ("127.0.0.1", "::1"):
        pinged = await echoes.ping(address, 2, 56, 2_000)
        print(address, len(pinged.round_trips), max(pinged.round_trips) < 1_000_000)
    await echoes.aclose()

line = IcmpSocket(socket.AF_INET)
print(line._socket.type.name)
line.close()
asyncio.run(ping())
"""
IN_A_NETWORK_OF_ITS_OWN = """
ip link set lo up && echo 65534 65534 > /proc/sys/net/ipv4/ping_group_range && exec "$0" -c "$1"
"""


@needs_network
def test_a_user_without_rights_pings_where_its_group_may() -> None:
    command = ["unshare", "--net", "sh", "-c", IN_A_NETWORK_OF_ITS_OWN, sys.executable, AS_NOBODY]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ran.stdout.splitlines() == ["SOCK_DGRAM", "127.0.0.1 2 True", "::1 2 True"], ran.stderr


ON_THE_WIRE: dict[str, tuple[Packets, FailureReason | None, str]] = {
    "healthy": (echo_of, None, ""),
    "hangs": (nothing, FailureReason.TIMEOUT, ""),
    "answers garbage": (mangled, FailureReason.BAD_RESPONSE, ""),
    "answers from elsewhere": (from_another, FailureReason.TIMEOUT, ""),
    "host unreachable": (error_of(9, 3, 1), FailureReason.HOST_UNREACHABLE, "9 says: host unrea"),
    "port unreachable": (error_of(5, 3, 3), FailureReason.HOST_UNREACHABLE, "5 says: port unrea"),
    "prohibited": (error_of(9, 3, 13), FailureReason.HOST_UNREACHABLE, "administratively"),
    "a circle of routes": (error_of(9, 11, 0), FailureReason.HOST_UNREACHABLE, "time exceeded"),
    "source quench, which means nothing": (error_of(9, 4, 0), FailureReason.TIMEOUT, ""),
}


@needs_ping
@needs_network
class TestOnANetwork:
    @pytest.mark.parametrize("case", ON_THE_WIRE)
    @pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
    def test_what_the_kernel_hears_has_its_verdict(
        self, case: str, new_loop: Callable[[], asyncio.AbstractEventLoop]
    ) -> None:
        packets, reason, says = ON_THE_WIRE[case]

        async def twice(host: str) -> list[CheckResult]:
            async with opened() as one:
                return [await one.probe(order(host)) for _ in range(2)]

        with Network(packets) as network, asyncio.Runner(loop_factory=new_loop) as runner:
            for result in runner.run(twice(network.host)):
                if reason is None:
                    assert result.outcome == Success()
                else:
                    assert reason_of(result) is reason
                    assert says in message_of(result)
                    assert result.timings is not None
                    # Deadlines are whole milliseconds, times are microseconds.
                    is_waiting = result.timings.total >= (TIMEOUT - 1) * 1_000
                    assert is_waiting is (reason is not FailureReason.HOST_UNREACHABLE)
