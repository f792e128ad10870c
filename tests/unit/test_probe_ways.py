"""The ways a probe may go: which addresses, which HTTP, past caches, and with its cookies."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from fener.clock import SystemClock
from fener.domain.check import Failure, Success
from fener.domain.failure import FailureReason
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.http import HttpVersion
from fener.pipeline.probe.prober import Prober
from support import targets
from support.certificates import Authority, make_authority
from support.nginx import Nginx
from support.probing import failure_of, open_prober, order
from support.sockets import listens
from support.targets import Answer, Target, closed_port, page

ENDED = {FailureReason.NO_RESPONSE, FailureReason.CONNECTION_RESET, FailureReason.BAD_RESPONSE}
"""How the end of a connection is noticed depends on what was being sent just then."""


@pytest.fixture
def target() -> Iterator[Target]:
    with Target() as running:
        running.at("/echo", targets.echo)
        yield running


@pytest.fixture
async def prober(tmp_path: Path) -> AsyncIterator[Prober]:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 a.test b.test sub.a.test both.test\n::1 both.test six.test\n")
    async with open_prober(hosts=hosts) as one:
        yield one


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path)


class TestAddresses:
    @pytest.mark.parametrize(
        ("version", "dialled"), [(IpVersion.IPV4, "127.0.0.1"), (IpVersion.IPV6, "::1")]
    )
    async def test_only_those_of_the_wanted_version_are_dialled(
        self, prober: Prober, version: IpVersion, dialled: str
    ) -> None:
        with Target(host="127.0.0.1") as four, Target(host="::1", port=four.port):
            url = four.url("/", "both.test")
            result = await prober.probe(order(url, ip_version=version))
        assert result.outcome == Success()
        assert result.evidence is not None
        assert dialled in result.evidence.address

    @pytest.mark.parametrize(
        ("host", "version", "said"),
        [
            ("a.test", IpVersion.IPV6, "a.test has no IPv6 address"),
            ("six.test", IpVersion.IPV4, "six.test has no IPv4 address"),
            ("127.0.0.1", IpVersion.IPV6, "127.0.0.1 is no IPv6 address"),
            ("[::1]", IpVersion.IPV4, "::1 is no IPv4 address"),
        ],
    )
    async def test_a_host_without_any_fails_and_says_so(
        self, target: Target, prober: Prober, host: str, version: IpVersion, said: str
    ) -> None:
        result = await prober.probe(order(target.url("/", host), ip_version=version))
        assert failure_of(result) == Failure(FailureReason.NAME_NOT_FOUND, said)
        assert target.connections == 0


class TestHttpVersions:
    async def test_each_is_spoken_with_a_server_that_knows_both(
        self, tmp_path: Path, authority: Authority
    ) -> None:
        port, plain = closed_port(), closed_port()
        pem = authority.written("127.0.0.1")
        more = (
            f"server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {pem};"
            f" ssl_certificate_key {pem}; location / {{ return 200 $server_protocol; }} }}"
            f"server {{ listen 127.0.0.1:{plain} http2;"
            " location / { return 200 $server_protocol; } }"
        )
        with Nginx(tmp_path, more):
            listens(port)
            async with open_prober(trust_store=authority.trust_store) as prober:
                for url, version, spoken in (
                    (f"https://127.0.0.1:{port}/", HttpVersion.AUTO, "HTTP/2.0"),
                    (f"https://127.0.0.1:{port}/", HttpVersion.HTTP_1_1, "HTTP/1.1"),
                    (f"https://127.0.0.1:{port}/", HttpVersion.HTTP_2, "HTTP/2.0"),
                    (f"http://127.0.0.1:{plain}/", HttpVersion.HTTP_2, "HTTP/2.0"),
                ):
                    asked = order(url, http_version=version, keyword=spoken)
                    assert (await prober.probe(asked)).outcome == Success()

    async def test_a_server_that_does_not_speak_the_wanted_one_fails(
        self, authority: Authority
    ) -> None:
        with Target(tls=authority.leaf("127.0.0.1")) as target:
            async with open_prober(trust_store=authority.trust_store) as prober:
                result = await prober.probe(order(target.url(), http_version=HttpVersion.HTTP_2))
        failure = failure_of(result)
        assert failure.reason is FailureReason.BAD_RESPONSE
        assert failure.message == "the answer came over HTTP/1.1, wanted HTTP/2"

    @pytest.mark.parametrize(
        ("answer", "reasons"),
        [
            (page(), {FailureReason.BAD_RESPONSE}),
            (targets.hang, {FailureReason.TIMEOUT}),
            (targets.garbage, {FailureReason.BAD_RESPONSE}),
            (targets.empty, ENDED),
            (targets.reset, {FailureReason.CONNECTION_RESET}),
        ],
    )
    async def test_broken_answers_without_tls_are_failures_too(
        self, prober: Prober, answer: Answer, reasons: set[FailureReason]
    ) -> None:
        with Target(answers={"*": answer}) as target:  # the preface asks for it: PRI * HTTP/2.0
            asked = order(target.url(), timeout=400, http_version=HttpVersion.HTTP_2)
            assert failure_of(await prober.probe(asked)).reason in reasons


async def test_each_check_has_an_address_that_no_cache_knows(
    target: Target, prober: Prober
) -> None:
    async def asked(path: str, at: int) -> str:
        await prober.probe(order(target.url(path), at=at, cache_buster=True))
        return target.requests[-1].path

    now = SystemClock().now()
    assert await asked("/", now) == f"/?fener={now}"
    assert await asked("/?a=b", now + 1) == f"/?a=b&fener={now + 1}"


class TestCookies:
    async def sent(self, prober: Prober, target: Target, url: str) -> str | None:
        """The cookies that came with the last request."""
        result = await prober.probe(order(url, keep_cookies=True))
        assert result.outcome == Success(), result
        return target.requests[-1].headers.get("cookie")

    async def test_they_are_kept_across_redirects_and_only_within_one_check(
        self, target: Target, prober: Prober
    ) -> None:
        setting = (("Location", "/echo"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/echo"))
        start = target.at("/start", page(b"", 302, setting))
        assert set((await self.sent(prober, target, start) or "").split("; ")) == {"a=1", "b=2"}
        assert await self.sent(prober, target, target.url("/echo")) is None

    async def test_without_the_wish_none_are_kept(self, target: Target, prober: Prober) -> None:
        start = target.at("/start", page(b"", 302, (("Location", "/echo"), ("Set-Cookie", "a=1"))))
        await prober.probe(order(start))
        assert "cookie" not in target.requests[-1].headers

    @pytest.mark.parametrize(
        ("cookie", "to", "sent"),
        [
            ("a=1", "b.test", None),
            ("a=1", "sub.a.test", None),
            ("a=1; Domain=a.test", "sub.a.test", "a=1"),
            ("a=1; Domain=b.test", "b.test", None),
            ("a=1; Domain=test", "b.test", None),
            ("a=1; Secure", "a.test", None),
            ("a=1; Path=/other", "a.test", None),
            ("a=1; Max-Age=0", "a.test", None),
        ],
    )
    async def test_each_goes_only_where_it_belongs(
        self, target: Target, prober: Prober, cookie: str, to: str, sent: str | None
    ) -> None:
        headers = (("Location", target.url("/echo", to)), ("Set-Cookie", cookie))
        target.at("/start", page(b"", 302, headers))
        assert await self.sent(prober, target, target.url("/start", "a.test")) == sent

    async def test_a_target_that_wants_its_cookie_back_is_no_endless_redirect(
        self, target: Target, prober: Prober
    ) -> None:
        async def gate(exchange: Any) -> None:
            has_it = "seen=yes" in exchange.request.headers.get("cookie", "")
            asks = page(b"", 302, (("Location", "/gate"), ("Set-Cookie", "seen=yes")))
            await (page() if has_it else asks)(exchange)

        url = target.at("/gate", gate)
        assert (await prober.probe(order(url, keep_cookies=True))).outcome == Success()
        lost = await prober.probe(order(url))
        assert failure_of(lost).reason is FailureReason.TOO_MANY_REDIRECTS


async def test_a_cookie_is_in_no_evidence(target: Target, prober: Prober) -> None:
    start = target.at("/s", page(b"", 302, (("Location", "/no"), ("Set-Cookie", "a=s3cret"))))
    target.at("/no", page(b"no", 500))
    result = await prober.probe(order(start, keep_cookies=True))
    assert "s3cret" not in repr(result)
