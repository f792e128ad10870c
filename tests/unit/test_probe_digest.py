"""Digest access authentication, against a server that verifies every word of it."""

import pytest

from fener.domain.check import Success
from fener.domain.credentials import DigestCredentials
from fener.domain.failure import FailureReason
from fener.pipeline.probe.prober import Prober
from support import targets
from support.digest import Vault
from support.probing import failure_of, order
from support.targets import Answer, Target, echo, page, redirect

ADA = DigestCredentials("ada", "pa55word")


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_right_password_opens(
    target: Target, prober: Prober, algorithm: str, method: str
) -> None:
    url = target.at("/vault", Vault("ada", "pa55word", algorithm))
    body = "question" if method == "POST" else None
    asked = order(url, credentials=ADA, keyword="open", method=method, body=body)
    result = await prober.probe(asked)
    assert result.outcome == Success()
    assert result.status_code == 200
    assert [one.headers.get("authorization", "")[:6] for one in target.requests] == ["", "Digest"]
    if body:
        assert target.requests[-1].body == b"question"


@pytest.mark.parametrize(
    "credentials",
    [DigestCredentials("ada", "wrong"), DigestCredentials("eve", "pa55word"), None],
)
async def test_nothing_else_does(
    target: Target, prober: Prober, credentials: DigestCredentials | None
) -> None:
    url = target.at("/vault", Vault("ada", "pa55word"))
    result = await prober.probe(order(url, credentials=credentials))
    assert failure_of(result).message == "status 401, wanted 200-299"


def challenge(said: str) -> Answer:
    return page("closed", 401, (("WWW-Authenticate", said),))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (targets.hang, FailureReason.TIMEOUT),
        (targets.garbage, FailureReason.BAD_RESPONSE),
        (targets.empty, FailureReason.NO_RESPONSE),
        (challenge("Digest nonsense"), FailureReason.WRONG_STATUS),
        (challenge('Basic realm="x"'), FailureReason.WRONG_STATUS),
        (challenge('Digest realm="x", nonce="y", algorithm=ROT13'), FailureReason.WRONG_STATUS),
        (page("closed", 401), FailureReason.WRONG_STATUS),
    ],
)
async def test_each_broken_challenge_has_its_reason(
    target: Target, prober: Prober, answer: Answer, reason: FailureReason
) -> None:
    result = await prober.probe(order(target.at("/", answer), timeout=400, credentials=ADA))
    assert failure_of(result).reason is reason
    assert all("pa55word" not in str(one) for one in target.requests)


async def test_it_goes_along_within_an_origin_and_not_beyond(
    target: Target, prober: Prober
) -> None:
    target.at("/vault", Vault("ada", "pa55word"))
    start = target.at("/start", redirect("/vault"))
    assert (await prober.probe(order(start, credentials=ADA))).outcome == Success()
    with Target() as elsewhere:
        elsewhere.at("/vault", Vault("ada", "pa55word"))
        away = target.at("/away", redirect(elsewhere.url("/vault")))
        assert failure_of(await prober.probe(order(away, credentials=ADA))).reason is (
            FailureReason.WRONG_STATUS
        )
        assert all("authorization" not in one.headers for one in elsewhere.requests)


async def test_the_password_is_in_no_evidence(target: Target, prober: Prober) -> None:
    parrot = page("you said pa55word", 500)
    result = await prober.probe(order(target.at("/", parrot), credentials=ADA))
    assert "pa55word" not in repr(result)
    assert "you said ***" in repr(result)


async def test_without_a_challenge_nobody_is_told_who_asks(target: Target, prober: Prober) -> None:
    url = target.at("/echo", echo)
    assert (await prober.probe(order(url, credentials=ADA))).outcome == Success()
    assert "authorization" not in target.requests[-1].headers
