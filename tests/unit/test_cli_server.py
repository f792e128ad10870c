"""The client that speaks to a server's API: what it sends, and what it makes of the answers."""

from pathlib import Path

import pytest

from fener.cli.complaints import Complaint
from fener.cli.server import Server
from support.certificates import make_authority
from support.targets import Target, closed_port, drip, empty, page, redirect

TOKEN = "wsm_secret"


def asked(target: Target, path: str = "/api/customers") -> object:
    return Server(target.url(""), TOKEN).get(path, object)


def refused(target: Target) -> Complaint:
    with pytest.raises(Complaint) as caught:
        asked(target)
    return caught.value


def test_the_token_goes_in_the_header_and_nowhere_else(target: Target) -> None:
    target.at("/api/customers?page=2", page("[]"))
    assert Server(target.url("/"), f" {TOKEN}\n").get("/api/customers", list, page=2) == []
    (request,) = target.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"].startswith("fener/")
    assert TOKEN not in request.path


def test_a_body_is_sent_as_json(target: Target) -> None:
    target.at("/api/websites", page('{"id": 1}'))
    Server(target.url(""), TOKEN).send("PATCH", "/api/websites", object, {"status": "inactive"})
    (request,) = target.requests
    assert (request.method, request.body) == ("PATCH", b'{"status":"inactive"}')
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "code", "what", "mend"),
    [
        (400, 2, "wrong field", "--help"),
        (401, 1, "The server does not know this token", "fener token create"),
        (403, 1, "wrong field", "wider reach"),
        (404, 1, "wrong field", "fener monitor list"),
        (409, 1, "wrong field", "--help"),
        (500, 3, "wrong field", "log of the server"),
        (503, 3, "wrong field", "log of the server"),
    ],
)
def test_each_refusal_has_its_code_and_how_to_mend_it(
    target: Target, status: int, code: int, what: str, mend: str
) -> None:
    target.at("/api/customers", page('{"message": "wrong field"}', status=status))
    complaint = refused(target)
    assert (complaint.code, complaint.what) == (code, what)
    assert mend in complaint.mend


def test_who_asked_too_often_is_told_when_to_ask_again(target: Target) -> None:
    target.at("/api/customers", page("{}", status=429, headers=(("Retry-After", "17"),)))
    assert refused(target).mend == "Try again in 17 s."


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_token_does_not_follow_a_redirect(target: Target, status: int) -> None:
    with Target() as elsewhere:
        target.at("/api/customers", redirect(elsewhere.url("/stolen"), status))
        complaint = refused(target)
        assert elsewhere.requests == []
    assert complaint.code == 3
    assert elsewhere.url("/stolen") in complaint.what


@pytest.mark.parametrize("body", ["", "<html>", "{}x", "\xff"])
def test_what_is_not_fener_is_told_so(target: Target, body: str) -> None:
    target.at("/api/customers", page(body.encode("latin-1")))
    complaint = refused(target)
    assert complaint.code == 3
    assert "does not answer as Fener does" in complaint.what


def test_an_error_without_a_message_is_told_by_its_number(target: Target) -> None:
    target.at("/api/customers", page("<html>", status=502))
    assert refused(target).what == "The server answered 502"


def test_a_server_that_is_not_there_is_told_so() -> None:
    with pytest.raises(Complaint) as caught:
        Server(f"http://127.0.0.1:{closed_port()}", TOKEN).get("/api/customers", object)
    assert caught.value.code == 3
    assert "cannot be reached" in caught.value.what


def test_a_connection_that_breaks_off_is_told_so(target: Target) -> None:
    target.at("/api/customers", empty)
    assert "cannot be reached" in refused(target).what


def test_a_server_that_hangs_is_given_up(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fener.cli.server._PATIENCE_SECONDS", 0.1)
    target.at("/api/customers", drip)
    assert "cannot be reached" in refused(target).what


def test_a_certificate_that_is_not_trusted_ends_it(tmp_path: Path) -> None:
    with Target(tls=make_authority(tmp_path).leaf("127.0.0.1")) as target:
        complaint = refused(target)
        assert target.requests == []
    assert "certificate" in complaint.what.lower()


@pytest.mark.parametrize(
    "url", ["", "fener.example", "ftp://fener.example", "http://", "file:///etc"]
)
def test_an_address_that_is_none_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(Complaint) as caught:
        Server(url, TOKEN)
    assert caught.value.code == 2


@pytest.mark.parametrize("token", ["", "  ", "wsm\r\nx", "wsm_ü"])
def test_a_token_that_is_none_is_refused_before_anything_is_sent(token: str) -> None:
    with pytest.raises(Complaint) as caught:
        Server("https://fener.example", token)
    assert caught.value.code == 2
