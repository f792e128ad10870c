"""TLS targets of each kind, with certificates made for this run."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fener.domain.check import Success, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.pipeline.probe.prober import Prober
from support.certificates import Authority, make_authority
from support.probing import failure_of, open_prober, order
from support.targets import Target, echo, redirect


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@asynccontextmanager
async def prober_trusting(store: Path, folder: Path) -> AsyncIterator[Prober]:
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 good.test other.test sub.good.test\n")
    async with open_prober(hosts=hosts, trust_store=store) as prober:
        yield prober


@pytest.fixture
async def prober(authority: Authority, tmp_path: Path) -> AsyncIterator[Prober]:
    async with prober_trusting(authority.trust_store, tmp_path) as one:
        yield one


async def test_a_trusted_certificate_is_a_success_and_its_facts_are_kept(
    authority: Authority, prober: Prober
) -> None:
    with Target(authority.leaf("good.test", "*.good.test", "127.0.0.1")) as target:
        result = await prober.probe(order(target.url("/", "good.test")))
        for host in ("sub.good.test", "127.0.0.1"):
            assert (await prober.probe(order(target.url("/", host)))).outcome == Success()
    assert result.outcome == Success()
    certificate = result.certificate
    assert certificate is not None
    assert certificate.subject == "CN=good.test"
    assert certificate.issuer == "CN=Fener test root"
    assert certificate.names == ("good.test", "*.good.test", "127.0.0.1")
    assert result.timings is not None
    assert (result.timings.tls or 0) > 0
    assert result.evidence is not None
    assert [one.subject for one in result.evidence.chain] == ["CN=good.test", "CN=Fener test root"]


BROKEN: list[tuple[Callable[[Authority], ssl.SSLContext], FailureReason, str]] = [
    (
        lambda authority: authority.expired("good.test"),
        FailureReason.TLS_EXPIRED,
        "expired on 2021-01-01 00:00:00 UTC",
    ),
    (
        lambda authority: authority.not_yet_valid("good.test"),
        FailureReason.TLS_NOT_YET_VALID,
        "not valid before 2080-01-01",
    ),
    (
        lambda authority: authority.leaf("other.test"),
        FailureReason.TLS_WRONG_HOST,
        "not for good.test but for other.test",
    ),
    (
        lambda authority: authority.leaf("good.test", self_signed=True),
        FailureReason.TLS_UNTRUSTED,
        "self-signed",
    ),
]
KINDS = ["expired", "not yet valid", "wrong host", "self-signed"]


@pytest.mark.parametrize(("make", "reason", "says"), BROKEN, ids=KINDS)
async def test_each_bad_certificate_has_its_reason_and_shows_its_facts(
    authority: Authority,
    prober: Prober,
    make: Callable[[Authority], ssl.SSLContext],
    reason: FailureReason,
    says: str,
) -> None:
    with Target(make(authority)) as target:
        result = await prober.probe(order(target.url("/", "good.test")))
        assert target.requests == []
    failure = failure_of(result)
    assert failure.reason is reason
    assert says in failure.message
    assert result.certificate is not None
    assert result.certificate.subject in ("CN=good.test", "CN=other.test")
    assert result.evidence is not None
    assert result.evidence.phase == "tls"
    assert result.evidence.chain


@pytest.mark.parametrize(("make", "reason", "says"), BROKEN, ids=KINDS)
async def test_any_certificate_will_do_where_it_need_not_be_verified(
    authority: Authority,
    prober: Prober,
    make: Callable[[Authority], ssl.SSLContext],
    reason: FailureReason,
    says: str,
) -> None:
    with Target(make(authority)) as target:
        result = await prober.probe(order(target.url("/", "good.test"), verify_tls=False))
    assert result.outcome == Success()
    assert result.certificate is not None


async def test_an_unknown_authority_is_not_trusted(authority: Authority, tmp_path: Path) -> None:
    stranger = make_authority(tmp_path, "Some other root")
    with Target(stranger.leaf("good.test")) as target:
        async with prober_trusting(authority.trust_store, tmp_path) as prober:
            failure = failure_of(await prober.probe(order(target.url("/", "good.test"))))
    assert failure.reason is FailureReason.TLS_UNTRUSTED


async def test_plain_http_where_tls_was_expected_is_a_failure(prober: Prober) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello, this is not TLS\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        failure = failure_of(await prober.probe(order(f"https://good.test:{port}/")))
    assert failure.reason is FailureReason.TLS_FAILED


async def test_a_target_that_never_agrees_on_tls_times_out(prober: Prober) -> None:
    with Target() as target:
        url = target.url("/", "good.test").replace("http:", "https:")
        result = await prober.probe(order(url, timeout=400))
    assert failure_of(result).reason is FailureReason.TIMEOUT
    assert result.evidence is not None
    assert result.evidence.phase == "tls"


async def test_a_target_without_a_common_protocol_fails(
    authority: Authority, prober: Prober
) -> None:
    context = authority.leaf("good.test")
    context.set_alpn_protocols(["http/1.1"])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("PSK")
    with Target(context) as target:
        failure = failure_of(await prober.probe(order(target.url("/", "good.test"))))
    assert failure.reason is FailureReason.TLS_FAILED


async def test_a_trust_store_that_cannot_be_read_is_our_fault(
    authority: Authority, tmp_path: Path
) -> None:
    with Target(authority.leaf("good.test")) as target:
        async with prober_trusting(tmp_path / "missing.pem", tmp_path) as prober:
            result = await prober.probe(order(target.url("/", "good.test")))
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is UnknownReason.INTERNAL_ERROR


async def test_credentials_follow_from_http_to_another_port_of_https_only_by_the_usual_ports(
    authority: Authority, prober: Prober
) -> None:
    with Target(authority.leaf("good.test")) as secure, Target() as plain:
        secure.at("/end", echo)
        plain.at("/", redirect(secure.url("/end", "good.test")))
        url = plain.url("/", "good.test").replace("http://", "http://al:ice@")
        result = await prober.probe(order(url))
        assert result.outcome == Success()
        assert "authorization" not in secure.requests[-1].headers
