"""A TCP port is probed on real sockets: healthy, and broken in every way that has a reason."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fener.clock import SystemClock
from fener.domain.check import CheckResult, Failure, Purpose, Success, Unknown, facts_of
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.tcp import ANSWER_LIMIT, TcpSettings, unescaped
from fener.net.guard import Listener
from fener.pipeline.probe.prober import Prober
from support import speakers
from support.nameserver import FakeNameserver
from support.probing import open_prober, order_for, reason_of
from support.speakers import Reader, Talk, Writer, answers, says, speaking
from support.targets import BlackHole, closed_port
from unit.test_probe_hostile import LOOPS, no_descriptors_left

TIMEOUT = 300


async def probed(prober: Prober, port: int, timeout: int = TIMEOUT, **settings: Any) -> CheckResult:
    wanted = TcpSettings(**{"host": "127.0.0.1", "port": port, **settings})
    return await prober.probe(order_for(wanted, timeout=timeout))


async def redis(reader: Reader, writer: Writer) -> None:
    """In pieces, after the question only."""
    if await reader.readline() == b"PING\r\n":
        writer.write(b"+PO")
        await writer.drain()
        await asyncio.sleep(0.02)  # noqa: TID251 - a real pause between two packets
        writer.write(b"NG\r\n")
    await reader.read()


async def test_a_port_that_takes_connections_is_a_success(prober: Prober) -> None:
    async with speaking(speakers.hangs) as port:
        result = await probed(prober, port)
    assert result.outcome == Success()
    assert result.timings is not None
    assert (result.timings.connect or 0) > 0
    assert result.timings.first_byte is None
    assert result.evidence is not None
    assert result.evidence.address == f"127.0.0.1:{port}"
    assert result.evidence.phase == "done"


async def test_an_answer_is_found_across_packets_and_shown(prober: Prober) -> None:
    async with speaking(redis) as port:
        result = await probed(prober, port, send=r"PING\r\n", expect="+PONG")
    assert result.outcome == Success()
    assert result.evidence is not None
    assert result.evidence.request == rf'tcp://127.0.0.1:{port} "PING\r\n"'
    assert result.evidence.body.startswith("+PONG")
    assert result.timings is not None
    assert (result.timings.first_byte or 0) > 0
    assert (result.timings.transfer or 0) >= 10_000
    phases = (result.timings.dns, result.timings.connect, result.timings.first_byte)
    assert sum(map(int, filter(None, phases))) <= result.timings.total


async def test_a_greeting_is_awaited_where_nothing_is_sent(prober: Prober) -> None:
    async with speaking(says(b"SSH-2.0-OpenSSH_9.9\r\n", stays=True)) as port:
        assert (await probed(prober, port, expect="SSH-2.0-")).outcome == Success()


async def test_bytes_that_are_no_text_are_sent_and_found(prober: Prober) -> None:
    async with speaking(answers(b"\x00\x01\xffend")) as port:
        result = await probed(prober, port, send=r"\x00\xff", expect=r"\x01\xff")
    assert result.outcome == Success()
    assert result.evidence is not None
    assert "\0" not in result.evidence.body


async def test_a_scheduled_success_keeps_no_answer(prober: Prober) -> None:
    async with speaking(says(b"hello", stays=True)) as port:
        wanted = TcpSettings(host="127.0.0.1", port=port, expect="hello")
        result = await prober.probe(order_for(wanted, purpose=Purpose.SCHEDULED))
    assert result.evidence is not None
    assert result.evidence.body == ""


async def too_late(reader: Reader, writer: Writer) -> None:
    """The end of what is wanted comes after the limit, in the same piece as its beginning."""
    writer.write(b"x" * 10)
    await writer.drain()
    await asyncio.sleep(0.02)  # noqa: TID251 - a real pause between two packets
    writer.write(b"x" * (ANSWER_LIMIT - 12) + b"+PONG")
    await writer.drain()
    await reader.read()


@dataclass
class Case:
    talk: Talk
    reason: FailureReason
    says: str
    phase: str
    settings: dict[str, Any] = field(default_factory=lambda: {"send": "PING", "expect": "+PONG"})


@pytest.mark.parametrize("new_loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize(
    "case",
    [
        Case(speakers.hangs, FailureReason.TIMEOUT, "no answer within 0.3 s", "first_byte"),
        Case(answers(os.urandom(256)), FailureReason.UNEXPECTED_ANSWER, "256 bytes", "transfer"),
        Case(speakers.hangs_up, FailureReason.NO_RESPONSE, "without an answer", "first_byte"),
        Case(speakers.resets, FailureReason.CONNECTION_RESET, "reset", "first_byte"),
        Case(
            says(b"-ERR go away", stays=True),
            FailureReason.TIMEOUT,
            '"+PONG" not found within 0.3 s, 12 bytes',
            "transfer",
        ),
        Case(speakers.floods, FailureReason.UNEXPECTED_ANSWER, '"+PONG" not found', "transfer"),
        Case(
            too_late,
            FailureReason.UNEXPECTED_ANSWER,
            "not found",
            "transfer",
            {"expect": "+PONG"},
        ),
    ],
    ids=["hangs", "garbage", "hangs up", "resets", "says another thing", "floods", "too late"],
)
def test_each_broken_answer_has_its_reason(
    case: Case, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    clock = SystemClock()

    async def taken() -> tuple[CheckResult, int]:
        async with speaking(case.talk) as port, open_prober() as prober:
            began = clock.monotonic()
            result = await probed(prober, port, **case.settings)
            return result, clock.monotonic() - began

    with asyncio.Runner(loop_factory=new_loop) as runner:
        result, took = runner.run(taken())
    assert took < TIMEOUT + 1_000
    assert reason_of(result) is case.reason
    assert isinstance(result.outcome, Failure)
    assert case.says in result.outcome.message
    assert facts_of(result.outcome).name == ("+PONG" if case.phase == "transfer" else "")
    assert result.evidence is not None
    assert result.evidence.phase == case.phase


async def test_an_answer_that_ends_at_the_limit_is_found(prober: Prober) -> None:
    async with speaking(says(b"x" * (ANSWER_LIMIT - 5) + b"+PONG")) as port:
        assert (await probed(prober, port, expect="+PONG")).outcome == Success()


async def test_nobody_listening_is_refused(prober: Prober) -> None:
    assert reason_of(await probed(prober, closed_port())) is FailureReason.CONNECTION_REFUSED


async def test_a_connection_that_never_completes_times_out(prober: Prober) -> None:
    hole = BlackHole()
    try:
        result = await probed(prober, hole.port)
    finally:
        hole.close()
    assert reason_of(result) is FailureReason.CONNECTION_TIMEOUT
    assert result.evidence is not None
    assert result.evidence.phase == "connect"


async def test_a_name_that_does_not_exist_is_a_failure() -> None:
    with FakeNameserver() as nameserver:
        async with open_prober(nameserver=nameserver) as prober:
            result = await probed(prober, 80, host="nowhere.test")
    assert reason_of(result) is FailureReason.NAME_NOT_FOUND


async def test_a_dead_resolver_of_ours_is_unknown(prober: Prober) -> None:
    result = await probed(prober, 80, host="good.test")
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is UnknownReason.RESOLVER_DOWN


async def test_the_next_address_is_tried_when_one_hangs_or_refuses(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 two.test\n127.0.0.3 two.test\n127.0.0.2 two.test\n")
    hole = BlackHole()
    try:
        async with (
            speaking(speakers.hangs, host="127.0.0.2", port=hole.port),
            open_prober(hosts=hosts) as prober,
        ):
            result = await probed(prober, hole.port, host="two.test", timeout=900)
    finally:
        hole.close()
    assert result.outcome == Success()
    assert result.evidence is not None
    assert result.evidence.address == f"127.0.0.2:{hole.port}"
    assert result.timings is not None
    assert result.timings.total > 300_000


@pytest.mark.parametrize(
    ("version", "address"),
    [(IpVersion.ANY, "127.0.0.1"), (IpVersion.IPV4, "127.0.0.1"), (IpVersion.IPV6, "[::1]")],
)
async def test_only_addresses_of_the_forced_version_are_dialled(
    tmp_path: Path, version: IpVersion, address: str
) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 both.test\n::1 both.test\n")
    async with (
        speaking(speakers.hangs) as port,
        speaking(speakers.hangs, host="::1", port=port),
        open_prober(hosts=hosts) as prober,
    ):
        result = await probed(prober, port, host="both.test", ip_version=version)
    assert result.outcome == Success()
    assert result.evidence is not None
    assert result.evidence.address == f"{address}:{port}"


@pytest.mark.parametrize(
    ("version", "host", "says"),
    [
        (IpVersion.IPV6, "four.test", "four.test has no IPv6 address"),
        (IpVersion.IPV4, "::1", "::1 is no IPv4 address"),
    ],
)
async def test_a_host_without_an_address_of_the_forced_version_is_a_failure(
    tmp_path: Path, version: IpVersion, host: str, says: str
) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 four.test\n")
    async with open_prober(hosts=hosts) as prober:
        result = await probed(prober, 80, host=host, ip_version=version)
    assert result.outcome == Failure(FailureReason.NAME_NOT_FOUND, says)


@pytest.mark.parametrize("host", ["169.254.169.254", "::ffff:169.254.169.254", "0.0.0.0"])
async def test_a_forbidden_address_is_not_dialled(prober: Prober, host: str) -> None:
    result = await probed(prober, 80, host=host)
    assert reason_of(result) is FailureReason.ADDRESS_FORBIDDEN


async def test_private_addresses_and_own_listeners_are_dialled_only_where_allowed() -> None:
    async with speaking(speakers.hangs) as port:
        wanted = TcpSettings(host="127.0.0.1", port=port)
        async with open_prober() as prober:
            private = await prober.probe(order_for(wanted, allow_private=False))
        async with open_prober(own_listeners=(Listener("0.0.0.0", port),)) as prober:
            own = await prober.probe(order_for(wanted))
    assert reason_of(private) is reason_of(own) is FailureReason.ADDRESS_FORBIDDEN


async def test_a_prober_without_descriptors_blames_nobody_else(prober: Prober) -> None:
    async with speaking(speakers.hangs) as port:
        with no_descriptors_left():
            result = await probed(prober, port)
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is UnknownReason.OUT_OF_DESCRIPTORS


@pytest.mark.parametrize(("name", "value"), [("host", "http://a.test/"), ("send", r"\q")])
async def test_a_setting_that_cannot_be_read_is_unknown(
    prober: Prober, name: str, value: str
) -> None:
    settings: dict[str, Any] = {name: value}
    result = await probed(prober, 80, **settings)
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is UnknownReason.INTERNAL_ERROR
    assert "badly set" in result.outcome.message


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("plain", b"plain"),
        (r"a\r\n\tb", b"a\r\n\tb"),
        (r"\x00\xfFz", b"\x00\xffz"),
        (r"\\r", rb"\r"),
        ("grün", "grün".encode()),
    ],
)
def test_escapes_stand_for_bytes(text: str, data: bytes) -> None:
    assert unescaped(text) == data


@pytest.mark.parametrize("text", [r"\q", "\\", r"\x4", r"\xzz"])
def test_other_escapes_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="none of the escapes"):
        unescaped(text)


async def test_probes_leave_no_descriptor_open(prober: Prober) -> None:
    async with speaking(answers(b"no")) as port:
        await probed(prober, port, send="x", expect="y")
        before = open_descriptors()
        for _ in range(5):
            await probed(prober, port, send="x", expect="y")
        assert open_descriptors() <= before


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
