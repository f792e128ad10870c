"""Through an HTTP proxy: it is asked for the right thing, and is no way around the guard."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fener.domain.check import Failure, Success
from fener.domain.credentials import DigestCredentials
from fener.domain.failure import Facts, FailureReason
from fener.net.guard import Listener
from fener.pipeline.probe.prober import Prober
from support.certificates import make_authority
from support.digest import Vault
from support.probing import failure_of, open_prober, order
from support.proxy import Proxy
from support.targets import BlackHole, Target, closed_port, page, redirect


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    path = tmp_path / "hosts"
    path.write_text(
        "127.0.0.1 shop.test proxy.test\n169.254.169.254 metadata.test mixed.test\n"
        "127.0.0.1 mixed.test\n"
    )
    return path


@pytest.fixture
async def prober(hosts: Path) -> AsyncIterator[Prober]:
    async with open_prober(hosts=hosts) as one:
        yield one


async def test_a_plain_request_is_asked_of_it_by_name(target: Target, prober: Prober) -> None:
    with Proxy(hosts={"shop.test": "127.0.0.1"}) as proxy:
        url = target.url("/", "shop.test")
        result = await prober.probe(order(url, proxy=proxy.url))
    assert result.outcome == Success()
    assert proxy.asked == [f"GET {url} HTTP/1.1"]
    assert result.evidence is not None
    assert result.evidence.address == f"127.0.0.1:{proxy.port}"


async def test_tls_goes_through_a_tunnel_and_is_verified(tmp_path: Path, hosts: Path) -> None:
    authority = make_authority(tmp_path)
    with (
        Proxy(hosts={"shop.test": "127.0.0.1"}) as proxy,
        Target(tls=authority.leaf("shop.test")) as good,
        Target(tls=authority.leaf("other.test")) as wrong,
    ):
        async with open_prober(hosts=hosts, trust_store=authority.trust_store) as prober:
            asked = order(good.url("/", "shop.test"), proxy=proxy.url)
            result = await prober.probe(asked)
            other = await prober.probe(order(wrong.url("/", "shop.test"), proxy=proxy.url))
    assert result.outcome == Success()
    assert proxy.asked[0] == f"CONNECT shop.test:{good.port} HTTP/1.1"
    assert result.certificate is not None
    assert result.evidence is not None
    assert all(name != "X-Proxy" for name, _ in result.evidence.headers)
    assert failure_of(other).reason is FailureReason.TLS_WRONG_HOST


async def test_redirects_and_digest_go_through_it_too(target: Target, prober: Prober) -> None:
    target.at("/start", redirect("/vault"))
    target.at("/vault", Vault("ada", "pa55word"))
    with Proxy() as proxy:
        asked = order(
            target.url("/start"), proxy=proxy.url, credentials=DigestCredentials("ada", "pa55word")
        )
        assert (await prober.probe(asked)).outcome == Success()
    assert len(proxy.asked) == 3


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["169.254.169.254", "metadata.test", "mixed.test"])
async def test_it_is_not_even_asked_for_a_forbidden_target(
    prober: Prober, scheme: str, host: str
) -> None:
    with Proxy() as proxy:
        result = await prober.probe(order(f"{scheme}://{host}/", proxy=proxy.url))
    assert failure_of(result).reason is FailureReason.ADDRESS_FORBIDDEN
    assert proxy.asked == []


async def test_a_redirect_to_a_forbidden_target_is_not_passed_on(
    target: Target, prober: Prober
) -> None:
    start = target.at("/start", redirect("http://169.254.169.254/"))
    with Proxy() as proxy:
        result = await prober.probe(order(start, proxy=proxy.url))
    assert failure_of(result).reason is FailureReason.ADDRESS_FORBIDDEN
    assert len(proxy.asked) == 1


async def test_the_proxy_itself_is_guarded_where_it_is_dialled(target: Target, hosts: Path) -> None:
    with Proxy() as proxy:
        async with open_prober(
            hosts=hosts, own_listeners=(Listener("0.0.0.0", proxy.port),)
        ) as own:
            refused = await own.probe(order(target.url(), proxy=proxy.url))
        async with open_prober(hosts=hosts) as prober:
            metadata = await prober.probe(order(target.url(), proxy="http://metadata.test:80"))
            asked = order("http://198.51.100.1/", proxy=proxy.url, allow_private=False)
            private = await prober.probe(asked)
    for result in (refused, metadata, private):
        assert failure_of(result).reason is FailureReason.ADDRESS_FORBIDDEN
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("refusal", "plain", "tunnel"),
    [
        (
            b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n",
            FailureReason.WRONG_STATUS,
            FailureReason.PROXY_REFUSED,
        ),
        (
            b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n",
            FailureReason.WRONG_STATUS,
            FailureReason.PROXY_REFUSED,
        ),
        (b"garbage\r\n\r\n", FailureReason.BAD_RESPONSE, None),
        (b"", FailureReason.TIMEOUT, FailureReason.TIMEOUT),
    ],
    ids=["forbids", "asks who", "garbage", "hangs"],
)
async def test_each_broken_proxy_has_its_reason_and_is_named(
    target: Target,
    prober: Prober,
    refusal: bytes,
    plain: FailureReason,
    tunnel: FailureReason | None,
) -> None:
    with Proxy(refusal) as proxy:
        asked = order(target.url(), proxy=proxy.url, timeout=400)
        assert failure_of(await prober.probe(asked)).reason is plain
        secure = order(target.url().replace("http:", "https:"), proxy=proxy.url, timeout=400)
        failure = failure_of(await prober.probe(secure))
    assert tunnel is None or failure.reason is tunnel
    assert failure.message.startswith(f"through the proxy 127.0.0.1:{proxy.port}: ")
    assert target.requests == []


async def test_a_proxy_that_is_not_there_is_named(target: Target, prober: Prober) -> None:
    port = closed_port()
    result = await prober.probe(order(target.url(), proxy=f"http://proxy.test:{port}"))
    assert failure_of(result) == Failure(
        FailureReason.CONNECTION_REFUSED,
        f"through the proxy proxy.test:{port}: the connection was refused",
        Facts(),
    )
    hole = BlackHole()
    try:
        asked = order(target.url(), proxy=f"http://127.0.0.1:{hole.port}", timeout=400)
        result = await prober.probe(asked)
    finally:
        hole.close()
    assert failure_of(result).reason is FailureReason.CONNECTION_TIMEOUT


async def test_the_targets_own_faults_stay_its_own(target: Target, prober: Prober) -> None:
    url = target.at("/no", page("no", 500))
    with Proxy() as proxy:
        result = await prober.probe(order(url, proxy=proxy.url))
    assert failure_of(result).message == "status 500, wanted 200-299"
