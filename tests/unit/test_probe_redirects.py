"""Redirects are followed hop by hop: guarded anew, bounded, and without taking secrets along."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fener.domain.check import Success
from fener.domain.credentials import BearerCredentials
from fener.domain.failure import FailureReason
from fener.pipeline.probe.prober import Prober
from support.probing import failure_of, open_prober, order
from support.targets import Target, delayed, echo, page, redirect, stream


@pytest.fixture
def target() -> Iterator[Target]:
    with Target() as running:
        running.at("/end", echo)
        yield running


@pytest.fixture
def elsewhere() -> Iterator[Target]:
    with Target() as running:
        running.at("/end", echo)
        yield running


@pytest.fixture
async def prober(tmp_path: Path) -> AsyncIterator[Prober]:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 a.test b.test\n169.254.169.254 metadata.test\n")
    async with open_prober(hosts=hosts) as one:
        yield one


async def test_a_chain_is_followed_and_every_step_is_kept(target: Target, prober: Prober) -> None:
    target.at("/1", redirect("/2"))
    target.at("/2", redirect(target.url("/end"), 308))
    result = await prober.probe(order(target.url("/1")))
    assert result.outcome == Success()
    assert result.evidence is not None
    assert result.evidence.hops == (target.url("/1"), target.url("/2"))
    assert result.evidence.request == f"GET {target.url('/end')}"
    assert result.status_code == 200


async def test_times_of_all_hops_are_summed(target: Target, prober: Prober) -> None:
    target.at("/1", delayed(0.06, redirect("/2")))
    target.at("/2", delayed(0.06, page()))
    timings = (await prober.probe(order(target.url("/1")))).timings
    assert timings is not None
    assert (timings.first_byte or 0) >= 110_000
    assert timings.total >= (timings.first_byte or 0) + (timings.connect or 0)


async def test_one_deadline_stands_over_all_hops(target: Target, prober: Prober) -> None:
    target.at("/1", delayed(0.25, redirect("/2")))
    target.at("/2", delayed(0.25, page()))
    result = await prober.probe(order(target.url("/1"), timeout=400))
    assert failure_of(result).reason is FailureReason.TIMEOUT
    assert result.timings is not None
    assert 350_000 < result.timings.total < 700_000


async def test_a_redirect_is_an_answer_where_it_is_not_followed(
    target: Target, prober: Prober
) -> None:
    url = target.at("/1", redirect("/end", 301))
    result = await prober.probe(order(url, follow_redirects=False, expected_status="301"))
    assert result.outcome == Success()
    assert len(target.requests) == 1


async def test_a_redirect_without_a_place_is_an_answer(target: Target, prober: Prober) -> None:
    for number, headers in enumerate(((), (("Location", ""),))):
        url = target.at(f"/{number}", page(b"", 302, headers))
        result = await prober.probe(order(url, expected_status="302"))
        assert result.outcome == Success()


async def test_five_redirects_are_followed_and_a_sixth_is_not(
    target: Target, prober: Prober
) -> None:
    for number in range(1, 7):
        target.at(f"/{number}", redirect(f"/{number + 1}"))
    target.at("/7", page())
    assert (await prober.probe(order(target.url("/2")))).outcome == Success()
    target.requests.clear()
    failure = failure_of(await prober.probe(order(target.url("/1"))))
    assert failure.reason is FailureReason.TOO_MANY_REDIRECTS
    assert len(target.requests) == 6


async def test_a_circle_ends(target: Target, prober: Prober) -> None:
    target.at("/1", redirect("/2"))
    target.at("/2", redirect("/1"))
    failure = failure_of(await prober.probe(order(target.url("/1"))))
    assert failure.reason is FailureReason.TOO_MANY_REDIRECTS


@pytest.mark.parametrize(
    "location",
    ["ftp://a.test/", "file:///etc/passwd", "javascript:1", "http://0x7f.1/", "http://["],
)
async def test_a_redirect_to_no_web_address_is_a_failure(
    target: Target, prober: Prober, location: str
) -> None:
    failure = failure_of(await prober.probe(order(target.at("/1", redirect(location)))))
    assert failure.reason is FailureReason.BAD_REDIRECT
    assert location in failure.message


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest/", "http://metadata.test/", "http://[::]/"]
)
async def test_a_redirect_to_a_forbidden_address_is_not_dialled(
    target: Target, prober: Prober, location: str
) -> None:
    result = await prober.probe(order(target.at("/1", redirect(location))))
    assert failure_of(result).reason is FailureReason.ADDRESS_FORBIDDEN
    assert result.evidence is not None
    assert result.evidence.hops == (target.url("/1"),)
    assert result.evidence.address == ""


async def test_the_body_of_a_redirect_is_not_waited_for(target: Target, prober: Prober) -> None:
    async def endless(exchange: object) -> None:
        await stream(exchange)  # type: ignore[arg-type]

    async def moving(exchange: object) -> None:
        await exchange.send(b"HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\n")  # type: ignore[attr-defined]
        await endless(exchange)

    assert (await prober.probe(order(target.at("/1", moving)))).outcome == Success()


@pytest.mark.parametrize(
    ("status", "method", "becomes", "keeps_body"),
    [
        (301, "POST", "GET", False),
        (302, "POST", "GET", False),
        (303, "PUT", "GET", False),
        (303, "HEAD", "HEAD", True),
        (307, "POST", "POST", True),
        (308, "PUT", "PUT", True),
        (302, "PUT", "PUT", True),
        (302, "HEAD", "HEAD", True),
    ],
)
async def test_the_method_changes_as_browsers_change_it(
    target: Target, prober: Prober, status: int, method: str, becomes: str, *, keeps_body: bool
) -> None:
    target.at("/1", page(b"", status, (("Location", "/end"),)))
    target.at("/end", page(b""))
    body = None if method == "HEAD" else "text"
    kind = (("Content-Type", "text/plain"),)
    await prober.probe(order(target.url("/1"), method=method, body=body, headers=kind))
    last = target.requests[-1]
    assert (last.path, last.method) == ("/end", becomes)
    if body:
        assert bool(last.body) is keeps_body
        assert ("content-type" in last.headers) is keeps_body


SECRET_HEADERS = (
    ("Cookie", "a=b"),
    ("X-Api-Key", "k"),
    ("X-Custom", "c"),
    ("Accept-Language", "tr"),
)


async def test_secrets_stay_with_their_origin(
    target: Target, elsewhere: Target, prober: Prober
) -> None:
    target.at("/1", redirect("/2"))
    target.at("/2", redirect(elsewhere.url("/end")))
    await prober.probe(
        order(target.url("/1"), credentials=BearerCredentials("t0ken"), headers=SECRET_HEADERS)
    )
    kept = target.requests[-1].headers
    assert kept["authorization"] == "Bearer t0ken"
    assert kept["x-api-key"] == "k"
    gone = elsewhere.requests[-1].headers
    assert set(gone) == {"host", "accept", "accept-language", "user-agent"}
    assert gone["host"] == f"127.0.0.1:{elsewhere.port}"


async def test_another_name_of_the_same_machine_is_another_origin(
    target: Target, prober: Prober
) -> None:
    target.at("/1", redirect(target.url("/end", "b.test")))
    await prober.probe(order(target.url("/1", "a.test"), credentials=BearerCredentials("t0ken")))
    assert "authorization" not in target.requests[-1].headers


async def test_coming_back_does_not_bring_the_secrets_back(
    target: Target, elsewhere: Target, prober: Prober
) -> None:
    target.at("/1", redirect(elsewhere.url("/back")))
    elsewhere.at("/back", redirect(target.url("/end")))
    await prober.probe(order(target.url("/1"), credentials=BearerCredentials("t0ken")))
    assert target.requests[-1].path == "/end"
    assert "authorization" not in target.requests[-1].headers


async def test_user_and_password_in_a_location_are_neither_used_nor_shown(
    target: Target, prober: Prober
) -> None:
    target.at("/1", redirect(target.url("/end").replace("http://", "http://u:pa55@")))
    result = await prober.probe(order(target.url("/1")))
    assert "authorization" not in target.requests[-1].headers
    bad = await prober.probe(order(target.at("/3", redirect("ftp://u:pa55@x/"))))
    assert "pa55" not in repr(result) + repr(bad)
