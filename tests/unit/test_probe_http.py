"""What a probe sends, and how it judges what comes back, over real sockets on loopback."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.check import Purpose, Success, Unknown
from fener.domain.credentials import (
    BasicCredentials,
    BearerCredentials,
    Credentials,
    HeaderCredentials,
)
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.kinds.http import BODY_LIMIT, HttpSettings
from fener.pipeline.probe.body import MOST_PIECES, Body, Head
from fener.pipeline.probe.prober import Prober
from support.probing import failure_of, order
from support.targets import Target, closed_port, echo, page


@pytest.fixture
def target() -> Iterator[Target]:
    with Target() as running:
        running.at("/echo", echo)
        yield running


async def sent(prober: Prober, target: Target, **asked: Any) -> dict[str, Any]:
    """What the target saw of this request."""
    result = await prober.probe(order(target.url("/echo"), **asked))
    assert isinstance(result.outcome, Success), result.outcome
    seen = target.requests[-1]
    headers = {name: value for name, value in seen.headers.items() if name != "host"}
    return {"method": seen.method, "headers": headers, "body": seen.body.decode()}


async def test_a_good_answer_is_a_success_with_its_timings(target: Target, prober: Prober) -> None:
    asked = order(target.url())
    result = await prober.probe(asked)
    assert result.outcome == Success()
    assert (result.monitor_id, result.location_id, result.at) == (7, 1, asked.at)
    assert result.purpose is asked.purpose
    assert result.status_code == 200
    assert result.started_at is not None
    assert asked.at <= result.started_at <= result.finished_at
    timings = result.timings
    assert timings is not None
    parts = (timings.dns, timings.connect, timings.first_byte, timings.transfer)
    assert all(part is not None and part >= 0 for part in parts)
    assert 0 < sum(part or 0 for part in parts) <= timings.total
    assert timings.tls is None


async def test_a_plain_request_says_who_asks_and_nothing_more(
    target: Target, prober: Prober
) -> None:
    seen = await sent(prober, target)
    assert seen["method"] == "GET"
    assert seen["body"] == ""
    assert set(seen["headers"]) == {"accept", "user-agent"}
    assert seen["headers"]["user-agent"].startswith("Fener/")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_each_method_is_sent(target: Target, prober: Prober, method: str) -> None:
    target.at("/echo", page(b"" if method == "HEAD" else b"x"))
    assert (await sent(prober, target, method=method))["method"] == method


async def test_headers_and_body_are_sent_as_they_are_set(target: Target, prober: Prober) -> None:
    seen = await sent(
        prober,
        target,
        method="POST",
        body='{"ä": 1}',
        headers=(("Content-Type", "application/json"), ("X-Empty", ""), ("User-Agent", "me")),
    )
    assert seen["body"] == '{"ä": 1}'
    assert seen["headers"]["content-type"] == "application/json"
    assert seen["headers"]["x-empty"] == ""
    assert seen["headers"]["user-agent"] == "me"
    assert "expect" not in seen["headers"]


async def test_a_body_is_not_called_a_form_unasked(target: Target, prober: Prober) -> None:
    assert "content-type" not in (await sent(prober, target, method="POST", body="x"))["headers"]


async def test_a_body_may_go_with_get(target: Target, prober: Prober) -> None:
    seen = await sent(prober, target, body="question")
    assert (seen["method"], seen["body"]) == ("GET", "question")


async def test_a_header_value_cannot_begin_a_new_line(target: Target, prober: Prober) -> None:
    seen = await sent(prober, target, headers=(("X-A", "1\r\nX-B: 2"),))
    assert seen["headers"]["x-a"] == "1  X-B: 2"
    assert "x-b" not in seen["headers"]


@pytest.mark.parametrize(
    ("credentials", "value"),
    [
        (BasicCredentials("al", "pä:ss"), "Basic YWw6cMOkOnNz"),
        (BearerCredentials("t0ken"), "Bearer t0ken"),
        (HeaderCredentials("Custom abc"), "Custom abc"),
    ],
)
async def test_credentials_are_sent(
    target: Target, prober: Prober, credentials: Credentials, value: str
) -> None:
    seen = await sent(prober, target, credentials=credentials)
    assert seen["headers"]["authorization"] == value


async def test_user_and_password_of_the_address_are_sent_as_credentials(
    target: Target, prober: Prober
) -> None:
    url = target.url("/echo").replace("http://", "http://al:ice@")
    await prober.probe(order(url))
    assert target.requests[-1].headers["authorization"] == "Basic YWw6aWNl"


@pytest.mark.parametrize(
    ("status", "expected", "is_good"),
    [
        (200, "200-299", True),
        (299, "200-299", True),
        (300, "200-299", False),
        (500, "200-299", False),
        (418, "200,418", True),
        (404, "200, 400-403,405", False),
        (405, "200, 400-403,405", True),
        (599, "500-599", True),
    ],
)
async def test_the_status_is_compared_with_codes_and_ranges(
    target: Target,
    prober: Prober,
    status: int,
    expected: str,
    is_good: bool,  # noqa: FBT001
) -> None:
    result = await prober.probe(order(target.at("/s", page(b"", status)), expected_status=expected))
    assert isinstance(result.outcome, Success) is is_good
    assert result.status_code == status
    if not is_good:
        assert failure_of(result).reason is FailureReason.WRONG_STATUS
        assert failure_of(result).message == f"status {status}, wanted {expected}"
        assert failure_of(result).facts == Facts(got=str(status), wanted=expected)


async def test_a_keyword_must_stand_in_the_body(target: Target, prober: Prober) -> None:
    url = target.at("/k", page("all systems grün"))
    assert (await prober.probe(order(url, keyword="systems grün"))).outcome == Success()
    missing = failure_of(await prober.probe(order(url, keyword="Systems")))
    assert missing.reason is FailureReason.KEYWORD_MISSING
    assert "'Systems' not found" in missing.message
    assert missing.facts == Facts(name="Systems")


async def test_a_keyword_is_looked_for_in_the_charset_of_the_answer(
    target: Target, prober: Prober
) -> None:
    latin = (("Content-Type", 'text/html; charset="iso-8859-9"'),)
    url = target.at("/k", page("şığ".encode("iso-8859-9"), headers=latin))
    result = await prober.probe(order(url, keyword="ışığ"[1:]))
    assert result.outcome == Success()
    assert result.evidence is not None
    assert result.evidence.body == "şığ"


async def test_a_keyword_is_found_across_pieces_and_up_to_the_bound(
    target: Target, prober: Prober
) -> None:
    padding = b"." * (BODY_LIMIT - 6)
    inside = target.at("/inside", page(padding + b"needle" + b"." * 9000))
    outside = target.at("/outside", page(padding + b".needle" + b"." * 9000))
    assert (await prober.probe(order(inside, keyword="needle"))).outcome == Success()
    missing = failure_of(await prober.probe(order(outside, keyword="needle")))
    assert missing.reason is FailureReason.KEYWORD_MISSING
    assert missing.facts == Facts(name="needle", detail="1,048,576 bytes read")


async def test_expected_headers_must_be_there_with_their_values(
    target: Target, prober: Prober
) -> None:
    url = target.at("/h", page(headers=(("X-Env", "prod"), ("X-Env", "eu"))))
    good = order(url, expected_headers=(("x-env", "eu"),))
    assert (await prober.probe(good)).outcome == Success()
    wrong = failure_of(await prober.probe(order(url, expected_headers=(("X-Env", "us"),))))
    assert wrong.message == "header X-Env is 'prod, eu', wanted 'us'"
    absent = failure_of(await prober.probe(order(url, expected_headers=(("X-No", "1"),))))
    assert absent.message == "header X-No is missing"


async def test_an_interim_answer_is_not_the_answer(target: Target, prober: Prober) -> None:
    async def early_hints(exchange: Any) -> None:
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\nX-Env: early\r\n\r\n")
        await page(headers=(("X-Env", "late"),))(exchange)

    url = target.at("/hints", early_hints)
    result = await prober.probe(order(url, expected_headers=(("X-Env", "late"),)))
    assert result.outcome == Success()
    assert result.evidence is not None
    assert "early" not in json.dumps(result.evidence.headers)


@pytest.mark.parametrize(
    "settings",
    [
        {"url": "ftp://example.com/"},
        {"url": "http://0x7f.1/"},
        {"expected_status": "fine"},
        {"expected_status": "500-200"},
        {"headers": (("X Y", "z"),)},
        {"method": "GET /other"},
    ],
)
async def test_a_monitor_that_is_badly_set_is_not_the_targets_fault(
    target: Target, prober: Prober, settings: dict[str, Any]
) -> None:
    result = await prober.probe(order(**{"url": target.url(), **settings}))
    assert isinstance(result.outcome, Unknown)
    assert result.outcome.reason is UnknownReason.INTERNAL_ERROR
    assert "badly set" in result.outcome.message


class TestEvidence:
    async def test_a_person_who_doubts_finds_what_was_asked_and_what_came(
        self, target: Target, prober: Prober
    ) -> None:
        url = target.at("/e?a=b", page("oh no\0", 500, (("X-Why", "tired"),)))
        evidence = (await prober.probe(order(url, purpose=Purpose.SCHEDULED))).evidence
        assert evidence is not None
        assert evidence.request == f"GET {url}"
        assert evidence.addresses == ("127.0.0.1",)
        assert evidence.address == f"127.0.0.1:{target.port}"
        assert evidence.phase == "done"
        assert ("X-Why", "tired") in evidence.headers
        assert evidence.body == "oh no\ufffd"

    async def test_it_is_brief_for_a_good_scheduled_check(
        self, target: Target, prober: Prober
    ) -> None:
        evidence = (await prober.probe(order(target.url(), purpose=Purpose.SCHEDULED))).evidence
        assert evidence is not None
        assert evidence.address
        assert (evidence.headers, evidence.body) == ((), "")

    @pytest.mark.parametrize("status", [200, 500])
    async def test_it_holds_no_secret_though_the_target_sends_them_back(
        self, target: Target, prober: Prober, status: int
    ) -> None:
        cookie = (("Set-Cookie", "session=s3cret"),)

        async def parrot(exchange: Any) -> None:
            said = json.dumps(exchange.request.headers)
            await page(said, status, (*cookie, ("X-Said", said)))(exchange)

        url = target.at("/parrot", parrot).replace("http://", "http://user:pa55word@")
        result = await prober.probe(
            order(url, headers=(("X-Api-Key", "k3y-k3y"), ("Cookie", "id=c00kie")))
        )
        shown = repr(result)
        assert result.is_good_answer is (status == 200)
        assert '"host"' in shown
        secrets = ("pa55word", "dXNlcjpwYTU1d29yZA==", "k3y-k3y", "c00kie", "s3cret", "user:")
        assert [secret for secret in secrets if secret in shown] == []

    async def test_neither_do_the_facts_beside_the_reason(
        self, target: Target, prober: Prober
    ) -> None:
        url = target.at("/silent", page("nothing"))
        asked = order(url, headers=(("X-Api-Key", "k3y-k3y"),), keyword="k3y-k3y")
        facts = failure_of(await prober.probe(asked)).facts
        assert facts == Facts(name="***")

    async def test_a_fact_is_no_longer_than_a_sentence_bears(
        self, target: Target, prober: Prober
    ) -> None:
        url = target.at("/silent", page("nothing"))
        facts = failure_of(await prober.probe(order(url, keyword="k" * 900))).facts
        assert facts == Facts(name="k" * 300 + "…")

    async def test_it_is_bounded(self, target: Target, prober: Prober) -> None:
        many = tuple((f"X-{number}", "v" * 4_000) for number in range(60))
        url = target.at("/big", page(b"b" * 200_000, 500, many))
        evidence = (await prober.probe(order(url))).evidence
        assert evidence is not None
        assert len(evidence.body) == 4_096
        assert sum(len(value) for _, value in evidence.headers) <= 64_000


async def test_a_proxy_of_the_machine_is_not_used(
    target: Target, prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert (await prober.probe(order(target.url()))).outcome == Success()


def test_a_body_in_crumbs_is_read_no_longer_than_so_many_of_them() -> None:
    body = Body(Head(), HttpSettings("http://a.test/"))
    assert [body.take(b"x") for _ in range(MOST_PIECES)] == [None] * (MOST_PIECES - 1) + [0]
    assert body.size == MOST_PIECES


@given(st.text("ab", min_size=1, max_size=4), st.lists(st.text("ab", max_size=5), max_size=12))
def test_a_keyword_is_found_however_the_body_is_cut_to_pieces(
    keyword: str, pieces: list[str]
) -> None:
    asked = HttpSettings("http://a.test/", keyword=keyword, keyword_absent=keyword)
    body = Body(Head(), asked)
    for piece in pieces:
        body.take(piece.encode())
    assert body.has_keyword is body.has_unwanted is (keyword in "".join(pieces))
