"""Whoever comes by plain HTTP must be sent to HTTPS of the same site, on real servers."""

import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fener.domain.check import CheckResult, Success, Unknown, facts_of
from fener.domain.failure import FailureReason
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.pipeline.probe.prober import Prober
from support import targets
from support.certificates import Authority, make_authority
from support.probing import failure_of, open_prober, order_for
from support.targets import Answer, Target, closed_port, page, redirect

TIMEOUT = 400
NAMES = ("site.test", "www.site.test", "login.test")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    return authority.leaf(*NAMES)


@pytest.fixture
def plain() -> Iterator[Target]:
    with Target() as running:
        yield running


@pytest.fixture
def secure(context: ssl.SSLContext) -> Iterator[Target]:
    with Target(context) as running:
        yield running


@pytest.fixture
async def prober(authority: Authority, tmp_path: Path) -> AsyncIterator[Prober]:
    hosts = tmp_path / "hosts"
    hosts.write_text(f"127.0.0.1 {' '.join(NAMES)} expired.test\n")
    async with open_prober(hosts=hosts, trust_store=authority.trust_store) as one:
        yield one


async def probed(
    prober: Prober, port: int, host: str = "site.test", path: str = "/"
) -> CheckResult:
    wanted = HttpsRedirectSettings(host=host, port=port, path=path)
    return await prober.probe(order_for(wanted, timeout=TIMEOUT))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_https_of_the_same_host_is_a_success(
    plain: Target, secure: Target, prober: Prober, status: int
) -> None:
    plain.at("/", redirect(secure.url("/", "site.test"), status))
    result = await probed(prober, plain.port)
    assert result.outcome == Success()
    assert result.status_code == 200
    assert result.certificate is not None
    assert result.evidence is not None
    assert result.evidence.hops == (plain.url("/", "site.test"),)
    assert result.evidence.request == f"GET {secure.url('/', 'site.test')}"


@pytest.mark.parametrize(("host", "to"), [NAMES[:2], NAMES[1::-1]])
async def test_the_same_host_with_or_without_www_is_the_same_site(
    plain: Target, secure: Target, prober: Prober, host: str, to: str
) -> None:
    plain.at("/", redirect(plain.url("/next", host)))
    plain.at("/next", redirect(secure.url("/", to)))
    assert (await probed(prober, plain.port, host)).outcome == Success()


async def test_how_the_page_is_and_where_https_leads_is_their_own_affair(
    plain: Target, secure: Target, prober: Prober
) -> None:
    plain.at("/broken", redirect(secure.at("/broken", page("oops", 500)).replace(*_NAMED)))
    plain.at("/", redirect(secure.url("/", "site.test")))
    secure.at("/", redirect(secure.url("/login", "login.test")))
    secure.at("/login", page())
    assert (await probed(prober, plain.port, path="/broken")).outcome == Success()
    assert (await probed(prober, plain.port)).outcome == Success()


_NAMED = ("127.0.0.1", "site.test")


@dataclass
class Case:
    name: str
    answer: Answer
    reason: FailureReason
    says: str
    got: str = ""


CASES = [
    Case("a page", page(), FailureReason.NOT_REDIRECTED, "status 200, no redirect", "200"),
    Case(
        "no location", page("", 301), FailureReason.NOT_REDIRECTED, "status 301, no redirect", "301"
    ),
    Case("an error", page("", 503), FailureReason.NOT_REDIRECTED, "status 503, no redirect", "503"),
    Case("hangs", targets.hang, FailureReason.TIMEOUT, "no answer within 0.4 s"),
    Case("garbage", targets.garbage, FailureReason.BAD_RESPONSE, "no HTTP"),
    Case("hangs up", targets.empty, FailureReason.NO_RESPONSE, "without an answer"),
    Case("resets", targets.reset, FailureReason.CONNECTION_RESET, "reset"),
    Case("a circle", redirect("/"), FailureReason.TOO_MANY_REDIRECTS, "more than 5"),
    Case("another scheme", redirect("ftp://site.test/"), FailureReason.BAD_REDIRECT, "ftp"),
    Case(
        "a forbidden address",
        redirect("https://169.254.169.254/"),
        FailureReason.ADDRESS_FORBIDDEN,
        "metadata",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_each_other_answer_has_its_reason(plain: Target, prober: Prober, case: Case) -> None:
    plain.at("/", case.answer)
    failure = failure_of(await probed(prober, plain.port))
    assert failure.reason is case.reason
    assert case.says in failure.message
    assert facts_of(failure).got == case.got


async def test_a_redirect_that_stays_with_plain_http_is_none(plain: Target, prober: Prober) -> None:
    plain.at("/", redirect("/home"))
    plain.at("/home", page())
    failure = failure_of(await probed(prober, plain.port))
    assert failure.reason is FailureReason.NOT_REDIRECTED
    assert "/home, which is not HTTPS" in failure.message


async def test_a_redirect_to_another_site_is_none(
    plain: Target, secure: Target, prober: Prober
) -> None:
    plain.at("/", redirect(secure.url("/", "login.test")))
    failure = failure_of(await probed(prober, plain.port))
    assert failure.reason is FailureReason.NOT_REDIRECTED
    assert "another site" in failure.message


async def test_https_that_leads_back_to_plain_http_is_none(
    plain: Target, secure: Target, prober: Prober
) -> None:
    plain.at("/", redirect(secure.url("/", "site.test")))
    secure.at("/", redirect(plain.url("/end", "site.test")))
    plain.at("/end", page())
    failure = failure_of(await probed(prober, plain.port))
    assert failure.reason is FailureReason.NOT_REDIRECTED
    assert "but from there to http://" in failure.message


async def test_the_certificate_is_verified_on_the_way(
    plain: Target, authority: Authority, prober: Prober
) -> None:
    with Target(authority.expired("expired.test")) as expired:
        plain.at("/", redirect(expired.url("/", "expired.test")))
        failure = failure_of(await probed(prober, plain.port, "expired.test"))
    assert failure.reason is FailureReason.TLS_EXPIRED


async def test_nobody_listening_is_refused(prober: Prober) -> None:
    failure = failure_of(await probed(prober, closed_port()))
    assert failure.reason is FailureReason.CONNECTION_REFUSED


@pytest.mark.parametrize(("host", "path"), [("site.test/path", "/"), ("site.test", "@a.test/")])
async def test_a_setting_that_cannot_be_read_is_unknown(
    prober: Prober, host: str, path: str
) -> None:
    result = await probed(prober, 80, host, path)
    assert isinstance(result.outcome, Unknown)
