"""TLS at once and after STARTTLS is probed on real servers, healthy and broken in every way."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fener.clock import SystemClock
from fener.domain.check import CheckResult, Success, Unknown, facts_of
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.kinds.tls import StartTls, TlsSettings
from fener.pipeline.probe.prober import Prober
from fener.pipeline.probe.starttls import PRELUDES
from support import speakers
from support.certificates import Authority, make_authority
from support.mail import open_mail_host
from support.probing import failure_of, open_prober, order_for
from support.speakers import Talk, answers, offers_tls, says, speaking
from support.targets import BlackHole, Target, closed_port
from unit.test_probe_hostile import LOOPS, no_descriptors_left
from unit.test_probe_tcp import open_descriptors

TIMEOUT = 300
SMTP, IMAP, POP3, FTP = StartTls.SMTP, StartTls.IMAP, StartTls.POP3, StartTls.FTP


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def good(authority: Authority) -> ssl.SSLContext:
    return authority.leaf("good.test")


@pytest.fixture
async def prober(authority: Authority, tmp_path: Path) -> AsyncIterator[Prober]:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 good.test elsewhere.test\n")
    async with open_prober(hosts=hosts, trust_store=authority.trust_store) as one:
        yield one


async def probed(
    prober: Prober, port: int, *, timeout: int = 2_000, **settings: Any
) -> CheckResult:
    wanted = TlsSettings(**{"host": "good.test", "port": port, **settings})
    return await prober.probe(order_for(wanted, timeout=timeout))


def healthy(protocol: StartTls, context: ssl.SSLContext) -> Talk:
    """A server that speaks this protocol, with the chatter that real ones add."""
    greeting, *steps = {
        SMTP: (
            b"220-mail.test\r\n220 ready\r\n",
            (b"EHLO", b"250-mail.test\r\n250-SIZE 1\r\n250-STARTTLS\r\n250 8BITMIME\r\n"),
            (b"STARTTLS", b"220 go ahead\r\n"),
        ),
        IMAP: (b"* OK ready\r\n", (b"A1 STARTTLS", b"* CAPABILITY IMAP4rev1\r\na1 OK begin\r\n")),
        POP3: (b"+OK ready\r\n", (b"STLS", b"+OK begin\r\n")),
        FTP: (
            b"220-Welcome\r\n 220 is not the end\r\n220 ready\r\n",
            (b"AUTH TLS", b"234 AUTH TLS OK\r\n"),
        ),
    }[protocol]
    assert isinstance(greeting, bytes)
    return offers_tls(context, greeting, *steps)  # type: ignore[arg-type]


@pytest.mark.parametrize("protocol", PRELUDES)
async def test_tls_is_agreed_in_each_protocol(
    good: ssl.SSLContext, prober: Prober, protocol: StartTls
) -> None:
    async with speaking(healthy(protocol, good)) as port:
        result = await probed(prober, port, starttls=protocol)
    assert result.outcome == Success()
    assert result.certificate is not None
    assert result.certificate.subject == "CN=good.test"
    assert result.timings is not None
    parts = (result.timings.dns, result.timings.connect, result.timings.first_byte)
    assert all(part is not None for part in (*parts, result.timings.tls))
    known = sum(map(int, filter(None, (*parts, result.timings.tls))))
    assert known <= result.timings.total < known + 1_000
    assert result.evidence is not None
    assert result.evidence.request == f"{protocol}+tls://good.test:{port}"
    assert result.evidence.body


async def test_a_real_mail_server_agrees(good: ssl.SSLContext, prober: Prober) -> None:
    async with open_mail_host(starttls=good) as host:
        assert (await probed(prober, host.port, starttls=SMTP)).outcome == Success()


async def test_a_mail_server_without_starttls_refuses(prober: Prober) -> None:
    async with open_mail_host() as host:
        result = await probed(prober, host.port, starttls=SMTP)
    assert failure_of(result).reason is FailureReason.STARTTLS_REFUSED


@pytest.mark.parametrize("protocol", PRELUDES)
async def test_the_certificate_is_judged_after_starttls_too(
    authority: Authority, prober: Prober, protocol: StartTls
) -> None:
    async with speaking(healthy(protocol, authority.expired("good.test"))) as port:
        result = await probed(prober, port, starttls=protocol)
    assert failure_of(result).reason is FailureReason.TLS_EXPIRED
    assert result.certificate is not None
    assert result.evidence is not None
    assert result.evidence.phase == "tls"


@dataclass
class Case:
    name: str
    talk: Talk
    reason: FailureReason
    says: str
    phase: str
    starttls: StartTls = StartTls.NONE


GARBAGE = bytes(range(128, 256)) * 2
BROKEN = [
    Case("hangs", speakers.hangs, FailureReason.TIMEOUT, "TLS not agreed within 0.3 s", "tls"),
    Case("garbage", answers(GARBAGE), FailureReason.TLS_FAILED, "TLS failed", "tls"),
    Case("plain text", says(b"220 hello\r\n"), FailureReason.TLS_FAILED, "TLS failed", "tls"),
    Case("hangs up", speakers.hangs_up, FailureReason.TLS_FAILED, "TLS failed", "tls"),
    Case("resets", speakers.resets, FailureReason.CONNECTION_RESET, "reset", "tls"),
    *(
        Case(f"{one} {name}", talk, reason, words, "first_byte", one)
        for one in PRELUDES
        for name, talk, reason, words in [
            ("hangs", speakers.hangs, FailureReason.TIMEOUT, "no answer within 0.3 s"),
            ("garbage", says(GARBAGE + b"\r\n"), FailureReason.BAD_RESPONSE, "\ufffd"),
            ("no lines", speakers.floods, FailureReason.BAD_RESPONSE, "no end after"),
            ("hangs up", says(b""), FailureReason.NO_RESPONSE, "without an answer"),
        ]
    ),
    Case(
        "smtp busy",
        says(b"421 too busy\r\n"),
        FailureReason.BAD_RESPONSE,
        "greets with '421 too busy'",
        "first_byte",
        SMTP,
    ),
    Case(
        "smtp hangs after its greeting",
        says(b"220 hello\r\n", stays=True),
        FailureReason.TIMEOUT,
        "no answer within 0.3 s",
        "first_byte",
        SMTP,
    ),
    Case(
        "imap refuses",
        says(b"* OK hello\r\na1 BAD unknown command\r\n", stays=True),
        FailureReason.STARTTLS_REFUSED,
        "a1 BAD unknown command",
        "first_byte",
        IMAP,
    ),
    Case(
        "pop3 refuses",
        says(b"+OK hello\r\n-ERR unknown command\r\n", stays=True),
        FailureReason.STARTTLS_REFUSED,
        "-ERR unknown command",
        "first_byte",
        POP3,
    ),
    Case(
        "ftp refuses",
        says(b"220 hello\r\n502 not implemented\r\n", stays=True),
        FailureReason.STARTTLS_REFUSED,
        "502 not implemented",
        "first_byte",
        FTP,
    ),
    Case(
        "ftp hangs up on it",
        says(b"220 hello\r\n"),
        FailureReason.NO_RESPONSE,
        "closed before TLS began",
        "first_byte",
        FTP,
    ),
    Case(
        "pop3 with words put in between",
        says(b"+OK hello\r\n+OK begin\r\n+OK and more\r\n", stays=True),
        FailureReason.BAD_RESPONSE,
        "in the clear",
        "first_byte",
        POP3,
    ),
    Case(
        "pop3 that hangs when TLS should begin",
        says(b"+OK hello\r\n+OK begin\r\n", stays=True),
        FailureReason.TIMEOUT,
        "TLS not agreed",
        "tls",
        POP3,
    ),
]


@pytest.mark.parametrize("new_loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("case", BROKEN, ids=[case.name for case in BROKEN])
def test_each_broken_server_has_its_reason(
    case: Case, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    clock = SystemClock()
    settings = {"host": "127.0.0.1", "starttls": case.starttls}

    async def taken() -> tuple[CheckResult, int]:
        async with speaking(case.talk) as port, open_prober() as prober:
            began = clock.monotonic()
            result = await probed(prober, port, timeout=TIMEOUT, **settings)
            return result, clock.monotonic() - began

    with asyncio.Runner(loop_factory=new_loop) as runner:
        result, took = runner.run(taken())
    assert took < TIMEOUT + 1_000
    failure = failure_of(result)
    assert failure.reason is case.reason, failure
    assert case.says in failure.message
    if case.reason is FailureReason.STARTTLS_REFUSED:
        assert facts_of(failure).got == case.says
    assert result.evidence is not None
    assert result.evidence.phase == case.phase


async def test_nobody_listening_and_a_queue_that_is_full(prober: Prober) -> None:
    refused = await probed(prober, closed_port())
    assert failure_of(refused).reason is FailureReason.CONNECTION_REFUSED
    hole = BlackHole()
    try:
        hanging = await probed(prober, hole.port, timeout=TIMEOUT)
    finally:
        hole.close()
    assert failure_of(hanging).reason is FailureReason.CONNECTION_TIMEOUT


async def test_another_name_can_be_asked_for_than_is_dialled(
    good: ssl.SSLContext, prober: Prober
) -> None:
    with Target(good) as target:
        named = await probed(prober, target.port, host="elsewhere.test", server_name="good.test")
        unnamed = await probed(prober, target.port, host="elsewhere.test")
    assert named.outcome == Success()
    assert named.evidence is not None
    assert named.evidence.request == f"tls://elsewhere.test:{target.port} as good.test"
    assert failure_of(unnamed).reason is FailureReason.TLS_WRONG_HOST


async def test_a_forbidden_address_is_not_dialled(prober: Prober) -> None:
    result = await probed(prober, 443, host="169.254.169.254", server_name="good.test")
    assert failure_of(result).reason is FailureReason.ADDRESS_FORBIDDEN


@pytest.mark.parametrize("settings", [{"host": "a b"}, {"server_name": "http://a"}])
async def test_a_setting_that_cannot_be_read_is_unknown(
    prober: Prober, settings: dict[str, Any]
) -> None:
    result = await probed(prober, 443, **settings)
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is UnknownReason.INTERNAL_ERROR


async def test_a_prober_without_descriptors_blames_nobody_else(
    good: ssl.SSLContext, prober: Prober
) -> None:
    with Target(good) as target, no_descriptors_left():
        result = await probed(prober, target.port)
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is UnknownReason.OUT_OF_DESCRIPTORS


async def test_a_trust_store_that_cannot_be_read_is_our_fault(
    good: ssl.SSLContext, tmp_path: Path
) -> None:
    with Target(good) as target:
        async with open_prober(trust_store=tmp_path / "missing.pem") as prober:
            result = await probed(prober, target.port, host="127.0.0.1")
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is UnknownReason.INTERNAL_ERROR


@pytest.mark.parametrize("new_loop", LOOPS, ids=["asyncio", "uvloop"])
def test_probes_leave_no_descriptor_open_on_either_loop(
    authority: Authority, good: ssl.SSLContext, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def many(port: int) -> tuple[int, int]:
        async with open_prober(trust_store=authority.trust_store) as prober:
            counts = []
            for _ in range(6):
                result = await probed(prober, port, host="127.0.0.1", server_name="good.test")
                assert result.outcome == Success()
                counts.append(open_descriptors())
            return counts[0], counts[-1]

    with Target(good) as target, asyncio.Runner(loop_factory=new_loop) as runner:
        # The target runs in this process, too, and may hold its end of the last connection.
        first, last = runner.run(many(target.port))
    assert last <= first + 1
