"""OAuth 2.0 client credentials, with a real token endpoint that verifies who asks."""

import pytest

from fener.domain.check import Success
from fener.domain.credentials import OAuthCredentials
from fener.domain.failure import FailureReason
from fener.pipeline.probe.prober import Prober
from support import targets
from support.probing import failure_of, order
from support.targets import Answer, Target, closed_port, page, redirect
from support.token_server import TokenServer

SECRET = "s3cret/+ü"


def client(target: Target, secret: str = SECRET, scope: str = "") -> OAuthCredentials:
    return OAuthCredentials(target.url("/token"), "fener client", secret, scope)


def serve(target: Target, **extra: object) -> TokenServer:
    server = TokenServer("fener client", SECRET, **extra)
    target.at("/token", server.endpoint)
    target.at("/door", server.door)
    return server


async def test_a_token_is_fetched_and_opens_the_door(target: Target, prober: Prober) -> None:
    server = serve(target, expires_in=3600)
    credentials = client(target, scope="read write")
    result = await prober.probe(order(target.url("/door"), credentials=credentials))
    assert result.outcome == Success()
    assert server.asked == [{"grant_type": ["client_credentials"], "scope": ["read write"]}]


@pytest.mark.parametrize(
    ("extra", "issued"),
    [
        ({"expires_in": 3600}, 1),
        ({"expires_in": "3600"}, 1),
        ({}, 1),
        ({"expires_in": 1e308}, 1),
        ({"expires_in": 0}, 3),
        ({"expires_in": -5}, 3),
        ({"expires_in": "nan"}, 3),
        ({"expires_in": "soon"}, 1),
    ],
)
async def test_it_is_kept_while_it_lasts(
    target: Target, prober: Prober, extra: dict[str, object], issued: int
) -> None:
    server = serve(target, **extra)
    for _ in range(3):
        asked = order(target.url("/door"), credentials=client(target))
        assert (await prober.probe(asked)).outcome == Success()
    assert len(server.issued) == issued


async def test_a_kept_one_that_was_revoked_is_replaced_at_once(
    target: Target, prober: Prober
) -> None:
    server = serve(target, expires_in=3600)
    asked = order(target.url("/door"), credentials=client(target))
    await prober.probe(asked)
    server.revoked.add(server.issued[0])
    assert (await prober.probe(asked)).outcome == Success()
    assert len(server.issued) == 2


async def test_a_door_that_opens_to_nobody_is_asked_once_with_a_new_token(
    target: Target, prober: Prober
) -> None:
    server = serve(target, expires_in=3600)
    url = target.at("/never", page("closed", 401))
    result = await prober.probe(order(url, credentials=client(target)))
    assert failure_of(result).message == "status 401, wanted 200-299"
    assert len(server.issued) == 1


async def test_the_wrong_secret_is_told_as_what_it_is(target: Target, prober: Prober) -> None:
    serve(target)
    asked = order(target.url("/door"), credentials=client(target, "wr0ng"))
    failure = failure_of(await prober.probe(asked))
    assert failure.reason is FailureReason.TOKEN_REFUSED
    assert failure.message == (
        "no token from 127.0.0.1: status 401, wanted 200-299 (invalid_client)"
    )


@pytest.mark.parametrize(
    ("answer", "reason", "said"),
    [
        (targets.hang, FailureReason.TIMEOUT, "no answer within"),
        (targets.garbage, FailureReason.BAD_RESPONSE, "no token from 127.0.0.1"),
        (targets.empty, FailureReason.NO_RESPONSE, "no token from 127.0.0.1"),
        (targets.drip, FailureReason.TIMEOUT, "did not end"),
        (page("<html>"), FailureReason.TOKEN_REFUSED, "is no JSON"),
        (page("{}"), FailureReason.TOKEN_REFUSED, "$.access_token is missing"),
        (page('{"access_token": 5}'), FailureReason.TOKEN_REFUSED, "holds no token"),
        (page('{"access_token": "a\\nb: c"}'), FailureReason.TOKEN_REFUSED, "holds no token"),
        (redirect("/elsewhere"), FailureReason.TOKEN_REFUSED, "status 302"),
        (page("down", 503), FailureReason.TOKEN_REFUSED, "status 503"),
    ],
)
async def test_each_broken_endpoint_has_its_reason_and_is_named(
    target: Target, prober: Prober, answer: Answer, reason: FailureReason, said: str
) -> None:
    target.at("/token", answer)
    asked = order(target.url("/door"), timeout=400, credentials=client(target))
    result = await prober.probe(asked)
    assert failure_of(result).reason is reason
    assert said in failure_of(result).message
    assert result.evidence is not None
    assert result.evidence.request == f"POST {target.url('/token')}"
    assert all(one.path != "/door" for one in target.requests)


async def test_an_endpoint_that_refuses_connections_is_told(target: Target, prober: Prober) -> None:
    nobody = OAuthCredentials(f"http://127.0.0.1:{closed_port()}/", "a", "b")
    failure = failure_of(await prober.probe(order(target.url(), credentials=nobody)))
    assert failure.reason is FailureReason.CONNECTION_REFUSED
    assert failure.message == "no token from 127.0.0.1: the connection was refused"


@pytest.mark.parametrize("address", ["169.254.169.254", "127.0.0.1"])
async def test_an_endpoint_is_guarded_like_any_target(prober: Prober, address: str) -> None:
    inside = OAuthCredentials(f"http://{address}/token", "a", "b")
    asked = order("http://198.51.100.1/", credentials=inside, allow_private=False)
    assert failure_of(await prober.probe(asked)).reason is FailureReason.ADDRESS_FORBIDDEN


async def test_one_organizations_token_is_not_anothers(target: Target, prober: Prober) -> None:
    serve(target, expires_in=3600)
    await prober.probe(order(target.url("/door"), credentials=client(target)))
    asked = order(target.url("/door"), credentials=client(target, "guess"))
    assert failure_of(await prober.probe(asked)).reason is FailureReason.TOKEN_REFUSED


async def test_neither_secret_nor_token_is_in_any_evidence(target: Target, prober: Prober) -> None:
    serve(target, expires_in=3600)

    async def parrot(exchange: targets.Exchange) -> None:
        await page(str(exchange.request) + SECRET, 500)(exchange)

    results = [await prober.probe(order(target.at("/parrot", parrot), credentials=client(target)))]
    target.at("/token", parrot)
    again = client(target, scope="other")
    results.append(await prober.probe(order(target.url("/parrot"), credentials=again)))
    for result in results:
        shown = repr(result)
        assert "authorization" in shown
        proof = proof_sent(target)
        assert [one for one in (SECRET, "t0ken-0", proof) if one in shown] == []


def proof_sent(target: Target) -> str:
    """What was sent to the endpoint to prove who asks."""
    asked = [one for one in target.requests if one.path == "/token"]
    return asked[-1].headers["authorization"].partition(" ")[2]
