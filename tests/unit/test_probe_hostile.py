"""Broken and hostile targets: each ends in time, in bounded memory, with a typed reason."""

import asyncio
import os
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvloop

from fener.clock import SystemClock
from fener.domain.check import CheckResult, Success, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.net.guard import Listener
from fener.pipeline.probe.prober import Prober
from support import targets
from support.nameserver import FakeNameserver
from support.probing import open_prober, order, reason_of
from support.targets import Answer, BlackHole, Target, closed_port

TIMEOUT = 400


LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


@pytest.mark.parametrize("new_loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize(
    ("answer", "reason", "phase"),
    [
        (targets.hang, FailureReason.TIMEOUT, "first_byte"),
        (targets.drip, FailureReason.TIMEOUT, "transfer"),
        (targets.drip_headers, FailureReason.TIMEOUT, "transfer"),
        (targets.trickle(2_000), FailureReason.TIMEOUT, "transfer"),
        (targets.endless_headers, FailureReason.BAD_RESPONSE, "transfer"),
        (targets.endless_header_line, FailureReason.BAD_RESPONSE, "transfer"),
        (targets.garbage, FailureReason.BAD_RESPONSE, "first_byte"),
        (targets.empty, FailureReason.NO_RESPONSE, "first_byte"),
        (targets.reset, FailureReason.CONNECTION_RESET, "first_byte"),
        (targets.reset_midway, FailureReason.CONNECTION_RESET, "transfer"),
        (targets.cut_short, FailureReason.BAD_RESPONSE, "transfer"),
        (targets.raw(b"HTTP/1.1 abc\r\n\r\n"), FailureReason.BAD_RESPONSE, None),
        (
            targets.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            FailureReason.BAD_RESPONSE,
            "transfer",
        ),
    ],
)
def test_each_broken_answer_has_its_reason(
    target: Target,
    new_loop: Callable[[], asyncio.AbstractEventLoop],
    answer: Answer,
    reason: FailureReason,
    phase: str | None,
) -> None:
    clock = SystemClock()

    async def probed() -> tuple[CheckResult, int]:
        async with open_prober() as prober:
            began = clock.monotonic()
            result = await prober.probe(order(target.at("/", answer), timeout=TIMEOUT))
            return result, clock.monotonic() - began

    with asyncio.Runner(loop_factory=new_loop) as runner:
        result, took = runner.run(probed())
    assert reason_of(result) is reason
    assert took < TIMEOUT + 1_000
    assert result.evidence is not None
    if phase:
        assert result.evidence.phase == phase


async def test_an_endless_stream_is_cut_off_and_judged_by_what_was_read(
    target: Target, prober: Prober
) -> None:
    result = await prober.probe(order(target.at("/", targets.stream)))
    assert result.outcome == Success()


async def test_nobody_listening_is_refused(prober: Prober) -> None:
    result = await prober.probe(order(f"http://127.0.0.1:{closed_port()}/"))
    assert reason_of(result) is FailureReason.CONNECTION_REFUSED
    assert result.timings is not None
    assert result.timings.connect is None


async def test_a_connection_that_never_completes_times_out(prober: Prober) -> None:
    hole = BlackHole()
    try:
        result = await prober.probe(order(f"http://127.0.0.1:{hole.port}/", timeout=TIMEOUT))
    finally:
        hole.close()
    assert reason_of(result) is FailureReason.CONNECTION_TIMEOUT
    assert result.evidence is not None
    assert result.evidence.phase == "connect"


async def test_a_name_that_does_not_exist_is_a_failure() -> None:
    with FakeNameserver() as nameserver:
        async with open_prober(nameserver=nameserver) as prober:
            result = await prober.probe(order("http://nowhere.test/"))
    assert reason_of(result) is FailureReason.NAME_NOT_FOUND
    assert result.evidence is not None
    assert result.evidence.phase == "dns"


async def test_a_dead_resolver_of_ours_is_unknown_and_keeps_the_deadline() -> None:
    clock = SystemClock()
    began = clock.monotonic()
    async with open_prober() as prober:
        result = await prober.probe(order("http://good.test/", timeout=TIMEOUT))
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is UnknownReason.RESOLVER_DOWN
    assert clock.monotonic() - began < TIMEOUT + 1_000


async def test_the_next_address_is_tried_when_one_takes_no_connection(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.2 two.test\n127.0.0.3 two.test\n127.0.0.1 two.test\n")
    with Target() as target:
        async with open_prober(hosts=hosts) as prober:
            result = await prober.probe(order(target.url("/", "two.test")))
    assert result.outcome == Success()
    assert result.evidence is not None
    assert result.evidence.addresses == ("127.0.0.2", "127.0.0.3", "127.0.0.1")
    assert result.evidence.address == f"127.0.0.1:{target.port}"


async def test_an_address_that_hangs_leaves_time_for_the_next(tmp_path: Path) -> None:
    hole = BlackHole()
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 two.test\n127.0.0.2 two.test\n")
    try:
        with Target(host="127.0.0.2", port=hole.port) as target:
            async with open_prober(hosts=hosts) as prober:
                result = await prober.probe(order(target.url("/", "two.test"), timeout=800))
    finally:
        hole.close()
    assert result.outcome == Success()
    assert result.timings is not None
    assert result.timings.total > 400_000


async def test_an_answer_that_is_bad_is_not_asked_for_at_another_address(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 two.test\n127.0.0.2 two.test\n")
    with Target(answers={"/": targets.reset}) as first, Target(host="127.0.0.2", port=first.port):
        async with open_prober(hosts=hosts) as prober:
            result = await prober.probe(order(first.url("/", "two.test")))
    assert reason_of(result) is FailureReason.CONNECTION_RESET


class TestTheGuard:
    @pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]", "0.0.0.0"])
    async def test_a_forbidden_address_is_not_dialled(self, prober: Prober, host: str) -> None:
        result = await prober.probe(order(f"http://{host}/"))
        assert reason_of(result) is FailureReason.ADDRESS_FORBIDDEN
        assert result.evidence is not None
        assert result.evidence.address == ""

    async def test_a_name_that_resolves_to_a_forbidden_address_is_not_dialled(self) -> None:
        with FakeNameserver() as nameserver:
            nameserver.records["evil.test"] = ("169.254.169.254",)
            async with open_prober(nameserver=nameserver) as prober:
                result = await prober.probe(order("http://evil.test/"))
        assert reason_of(result) is FailureReason.ADDRESS_FORBIDDEN

    async def test_a_private_address_is_dialled_only_where_it_is_allowed(
        self, target: Target, prober: Prober
    ) -> None:
        refused = await prober.probe(order(target.url(), allow_private=False))
        assert reason_of(refused) is FailureReason.ADDRESS_FORBIDDEN
        assert target.connections == 0

    async def test_of_several_addresses_only_the_allowed_ones_are_dialled(
        self, target: Target, tmp_path: Path
    ) -> None:
        hosts = tmp_path / "hosts"
        hosts.write_text("169.254.169.254 mixed.test\n127.0.0.1 mixed.test\n")
        async with open_prober(hosts=hosts) as prober:
            result = await prober.probe(order(target.url("/", "mixed.test")))
        assert result.outcome == Success()

    async def test_an_own_listener_is_not_dialled(self, target: Target) -> None:
        own = (Listener("0.0.0.0", target.port),)
        async with open_prober(own_listeners=own) as prober:
            result = await prober.probe(order(target.url()))
        assert reason_of(result) is FailureReason.ADDRESS_FORBIDDEN
        assert target.connections == 0


async def test_a_prober_without_descriptors_blames_nobody_else(prober: Prober) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with no_descriptors_left():
            result = await prober.probe(order(f"http://127.0.0.1:{port}/"))
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is UnknownReason.OUT_OF_DESCRIPTORS


@contextmanager
def no_descriptors_left() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open("/dev/null", os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
