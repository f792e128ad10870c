"""`fener check`: one probe now."""

import json
from pathlib import Path

import pytest

from support.certificates import make_authority
from support.command import fener
from support.targets import Target, closed_port, page, redirect


def test_a_good_answer_is_up_with_its_phases() -> None:
    with Target() as target:
        said = fener("check", target.url())
    first, request, heading, *phases = said.out.splitlines()
    assert said.code == 0
    assert first == "up  status 200"
    assert request == f"GET {target.url()} at 127.0.0.1:{target.port}"
    assert heading.split() == ["PHASE", "TOOK"]
    names = [line.rsplit(maxsplit=2)[0] for line in phases]
    assert names == [
        "look up the name",
        "connect",
        "wait for the answer",
        "read the answer",
        "in all",
    ]
    assert all(float(line.split()[-2]) >= 0 for line in phases)


def test_a_failing_target_ends_with_1_and_says_why() -> None:
    with Target(answers={"/": page(status=500)}) as target:
        said = fener("check", target.url())
    assert said.code == 1
    assert said.out.startswith("failing  status 500, wanted 200-299 (wrong_status)\n")


def test_no_answer_at_all_is_failing() -> None:
    said = fener("check", f"http://127.0.0.1:{closed_port()}/")
    assert said.code == 1
    assert "connection_refused" in said.out


def test_the_way_to_a_target_that_cannot_be_reached_is_shown() -> None:
    said = fener("check", f"tcp://127.0.0.1:{closed_port()}")
    heading, hop = said.out.splitlines()[2:4]
    assert heading.split() == ["WAY", "HOST", "TOOK", "SAYS"]
    assert hop.split()[:2] == ["1", "127.0.0.1"]


def test_what_a_good_answer_looks_like_is_in_the_json() -> None:
    with Target(answers={"/": page("Welcome")}) as target:
        shown = json.loads(fener("check", target.url(), "--json").out)
    assert shown["evidence"]["body"] == "Welcome"
    assert shown["evidence"]["headers"]


def test_what_is_wanted_of_the_answer_can_be_said() -> None:
    with Target(answers={"/": page("Welcome", status=404)}) as target:
        assert fener("check", target.url(), "--expect", "404", "--keyword", "Welcome").code == 0
        assert fener("check", target.url(), "--expect", "404", "--keyword", "Farewell").code == 1


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("--keyword-absent", "down"), 0, "up"),
        (("--keyword-absent", "well"), 1, "keyword_present"),
        (("--pattern", "we.l"), 0, "up"),
        (("--pattern", "^we"), 1, "pattern_missing"),
        (("--json-value", "$.a = well", "--json-value", "$['a']"), 0, "up"),
        (("--json-value", "$.a = well", "--json-value", "$.b"), 1, "$.b is missing (wrong_json)"),
        (("--json-value", "a"), 2, "does not begin with $"),
        (("--pattern", "("), 2, "no regular expression"),
    ],
)
def test_more_can_be_asked_of_the_answer(asked: tuple[str, ...], code: int, said: str) -> None:
    with Target(answers={"/": page('{"a": "well"}')}) as target:
        told = fener("check", target.url(), *asked)
    assert said in told.out + told.err
    assert told.code == code


def test_every_redirect_is_told() -> None:
    with Target() as target:
        start = target.at("/old", redirect("/"))
        said = fener("check", start)
    assert said.code == 0
    assert f"Redirected by {start}" in said.out


def test_the_certificate_is_told_even_where_it_is_not_trusted(tmp_path: Path) -> None:
    with Target(tls=make_authority(tmp_path).leaf("127.0.0.1")) as target:
        said = fener("check", target.url())
    assert said.code == 1
    assert "tls_untrusted" in said.out
    assert "days left" in said.out


def test_programs_are_told_the_same_in_json() -> None:
    with Target(answers={"/": page(status=503)}) as target:
        said = fener("check", target.url(), "--json")
    assert said.code == 1
    assert said.json["state"] == "failing"
    assert said.json["reason"] == "wrong_status"
    assert said.json["statusCode"] == 503
    assert set(said.json["timingsMs"]) == {"dns", "connect", "first_byte", "transfer", "total"}


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_what_we_cannot_tell_ends_with_2(
    json: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fener.net.nameservers.RESOLV_CONF", Path("/nonexistent/resolv.conf"))
    said = fener("check", "http://shop.example/", *json)
    assert said.code == 2
    assert "resolver_down" in said.out


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://a b"])
def test_an_address_that_cannot_be_probed_ends_with_2(url: str) -> None:
    refused = fener("check", url)
    assert refused.code == 2
    assert len(refused.complaint) == 2


def test_a_check_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Target() as target:
        fener("check", target.url())
    assert list(tmp_path.iterdir()) == []
