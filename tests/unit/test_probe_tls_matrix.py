"""Every bad certificate has the same reason, chain and words for monitors of TLS and of HTTPS."""

import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fener.domain.check import CheckResult, Failure, Success
from fener.domain.failure import FailureReason
from fener.domain.kinds import ProbeSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.tls import TlsSettings
from fener.pipeline.probe.prober import Prober
from support.certificates import Authority, by_name, make_authority
from support.probing import open_prober, order_for
from support.targets import Target

ROOT = "CN=Fener test root"
GOOD = "CN=good.test"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def prober(authority: Authority, tmp_path: Path) -> AsyncIterator[Prober]:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 good.test other.test\n")
    async with open_prober(hosts=hosts, trust_store=authority.trust_store) as one:
        yield one


def of_tls(port: int, host: str = "good.test") -> ProbeSettings:
    return TlsSettings(host=host, port=port)


def of_https(port: int, host: str = "good.test") -> ProbeSettings:
    return HttpSettings(url=f"https://{host}:{port}/")


KINDS = pytest.mark.parametrize("kind", [of_tls, of_https])


@dataclass
class Bad:
    name: str
    make: Callable[[Authority], ssl.SSLContext]
    reason: FailureReason
    says: str
    chain: list[str]


MATRIX = [
    Bad(
        "expired",
        lambda authority: authority.expired("good.test"),
        FailureReason.TLS_EXPIRED,
        f"expired on 2021-01-01 00:00:00 UTC: {GOOD}",
        [GOOD, ROOT],
    ),
    Bad(
        "not yet valid",
        lambda authority: authority.not_yet_valid("good.test"),
        FailureReason.TLS_NOT_YET_VALID,
        "not valid before 2080-01-01",
        [GOOD, ROOT],
    ),
    Bad(
        "wrong host",
        lambda authority: authority.leaf("other.test"),
        FailureReason.TLS_WRONG_HOST,
        "not for good.test but for other.test",
        ["CN=other.test", ROOT],
    ),
    Bad(
        "self-signed",
        lambda authority: authority.leaf("good.test", self_signed=True),
        FailureReason.TLS_UNTRUSTED,
        "self-signed",
        [GOOD],
    ),
    Bad(
        "missing intermediate",
        lambda authority: authority.intermediate("Middle").leaf("good.test", sends_issuer=False),
        FailureReason.TLS_UNTRUSTED,
        f"CN=Middle, which issued {GOOD}, is neither sent along nor a trusted root",
        [GOOD],
    ),
    Bad(
        "short key",
        lambda authority: authority.short_key("good.test"),
        FailureReason.TLS_WEAK,
        f"RSA key of 1024 bits, wanted 2048 at least: {GOOD}",
        [GOOD, ROOT],
    ),
    Bad(
        "signed with SHA-1",
        lambda authority: authority.signed_with_sha1("good.test"),
        FailureReason.TLS_WEAK,
        f"signed with SHA-1: {GOOD}",
        [GOOD, "CN=Fener old intermediate"],
    ),
]


@KINDS
@pytest.mark.parametrize("bad", MATRIX, ids=[one.name for one in MATRIX])
async def test_each_bad_certificate_has_its_reason_and_its_chain(
    authority: Authority, prober: Prober, bad: Bad, kind: Callable[[int], ProbeSettings]
) -> None:
    with Target(bad.make(authority)) as target:
        result = await prober.probe(order_for(kind(target.port)))
    assert isinstance(result.outcome, Failure), result.outcome
    assert result.outcome.reason is bad.reason
    assert bad.says in result.outcome.message
    assert chain_of(result) == bad.chain
    assert result.certificate is not None
    assert result.certificate.subject == bad.chain[0]
    assert result.evidence is not None
    assert result.evidence.phase == "tls"


@KINDS
async def test_an_intermediate_that_is_sent_along_leads_to_the_root(
    authority: Authority, prober: Prober, kind: Callable[[int], ProbeSettings]
) -> None:
    with Target(authority.intermediate("Middle").leaf("good.test")) as target:
        result = await prober.probe(order_for(kind(target.port)))
    assert result.outcome == Success()
    assert chain_of(result) == [GOOD, "CN=Middle"]
    assert result.certificate is not None
    assert (result.certificate.key_type, result.certificate.key_bits) == ("EC", 256)
    assert result.certificate.signed_with == "sha256"


@KINDS
async def test_the_certificate_is_that_of_the_name_that_was_asked_for(
    authority: Authority, prober: Prober, kind: Callable[[int, str], ProbeSettings]
) -> None:
    names = {name: authority.leaf(name) for name in ("good.test", "other.test")}
    with Target(by_name(names, authority.leaf("default.test"))) as target:
        for name in names:
            result = await prober.probe(order_for(kind(target.port, name)))
            assert result.outcome == Success()
            assert chain_of(result)[0] == f"CN={name}"
        unnamed = await prober.probe(order_for(kind(target.port, "127.0.0.1")))
    assert isinstance(unnamed.outcome, Failure)
    assert unnamed.outcome.reason is FailureReason.TLS_WRONG_HOST
    assert chain_of(unnamed)[0] == "CN=default.test"


def chain_of(result: CheckResult) -> list[str]:
    assert result.evidence is not None
    return [one.subject for one in result.evidence.chain]
