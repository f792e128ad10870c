"""The forms of the account API in all their spellings: fields given twice, as lists, as files, with
text that is none; the same for each of the three kinds of body.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import pytest

from support.api import Answer, Client
from support.bad_input import complaints, undocumented
from support.rights import operations
from support.rights_asking import Asked, own_requests
from support.rights_building import town
from support.rights_world import Open
from support.schemas import refused

KEY = town().callers["key of owner"]
ASKED: dict[str, Asked] = {one.line.operation.name: one for one in own_requests(KEY)}
WRITING = [one for one in operations() if one.fields and one.contract == "account"]
NAMES = [one.name for one in WRITING]
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
BOUNDARY = "------------------------d74496d66958873e"
Pairs = list[tuple[str, str]]


def urlencoded(pairs: Pairs) -> tuple[bytes, str]:
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs).encode(), URLENCODED


def multipart(pairs: Pairs) -> tuple[bytes, str]:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in pairs
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode(), f"{MULTIPART}; boundary={BOUNDARY}"


FORMS = (urlencoded, multipart)
LONG = b"x" * 200_000
TEXTS = (
    *("", " ", "-1", "9223372036854775808", "9" * 5_000, "1.5", "NaN", "true", "null", "abc"),
    *(LONG.decode(), "\N{FIRE}", "\u202e", "\t", "[1]", "%00"),
)


async def _send(
    here: Open, asked: Asked, body: bytes, kind: str, wanted: Iterable[int]
) -> list[str]:
    """What was wrong with the answer."""
    headers = {"content-type": kind}
    answer = await here.client(KEY).ask(
        asked.line.operation.method, asked.target, body=body, headers=headers
    )
    said = [*complaints(answer, "account"), *undocumented(answer, asked.line.operation)]
    if answer.status not in wanted:
        said.append(f"{answer.status} {answer.body!r:.150}")
    if here.is_changed:
        if answer.status >= 400:
            said.append("changed something")
        if LONG in body and here.holds(LONG.decode()):
            said.append("stored it all")
        here.reset()
    return [f"{asked.line.name} {body!r:.200} {kind:.30}: {one}" for one in said]


def _texts(base: dict[str, Any] | None) -> Pairs:
    return [(name, str(value)) for name, value in (base or {}).items()]


def _without(pairs: Pairs, field: str) -> Pairs:
    return [(name, value) for name, value in pairs if name != field]


SOMEHOW = (200, 201, 400)


@pytest.mark.parametrize("name", NAMES)
async def test_every_field_takes_any_text_without_a_fault(here: Open, name: str) -> None:
    asked, wrong = ASKED[name], []
    for field in asked.line.operation.fields:
        rest = _without(_texts(asked.body), field)
        for text in TEXTS:
            for form in FORMS:
                wrong += await _send(here, asked, *form([*rest, (field, text)]), SOMEHOW)
    assert not wrong, "\n".join(wrong)


SPELLINGS = ("{}[]", "{}[7]", "{}[-1]", "{}[a]", "{}[][]", "{}[", "[{}]")


@pytest.mark.parametrize("name", NAMES)
async def test_every_field_may_come_twice_and_in_brackets(here: Open, name: str) -> None:
    asked, wrong = ASKED[name], []
    for field in asked.line.operation.fields:
        rest = _without(_texts(asked.body), field)
        values = dict(_texts(asked.body)).get(field, "1")
        for spelling in SPELLINGS:
            pairs = [*rest, (field, values), (spelling.format(field), values)]
            for form in FORMS:
                wrong += await _send(here, asked, *form(pairs), SOMEHOW)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_no_text_is_refused_in_every_field(here: Open, name: str) -> None:
    asked, wrong = ASKED[name], []
    for field in asked.line.operation.fields:
        rest = urlencoded(_without(_texts(asked.body), field))[0]
        for bad in (b"%00", b"a%00b", b"%FF", b"%C3%28", b"%ED%A0%80", b"\xff", b"\x00"):
            body = rest + b"&" + field.encode() + b"=" + bad
            wrong += await _send(here, asked, body, URLENCODED, (400,))
        whole, kind = multipart([*_without(_texts(asked.body), field), (field, "BAD")])
        for bad in (b"\x00", b"a\x00b", b"\xff", b"\xc3\x28", b"\xed\xa0\x80"):
            wrong += await _send(here, asked, whole.replace(b"BAD", bad), kind, (400,))
        file = f'name="{field}"; filename="x.txt"\r\nContent-Type: text/plain'.encode()
        as_file = whole.replace(f'name="{field}"'.encode(), file)
        wrong += await _send(here, asked, as_file, kind, (400,))
    assert not wrong, "\n".join(wrong)


BROKEN = (
    *(b"--", b"--x", b"\r\n", f"--{BOUNDARY}".encode(), f"--{BOUNDARY}--".encode()),
    f"--{BOUNDARY}\r\n\r\n".encode(),
    f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(),
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="comment"\r\n\r\nx'.encode(),
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="comment\r\n\r\nx\r\n'.encode(),
    f"--{BOUNDARY}\r\nX: {'x' * 100_000}\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(),
    f"--{BOUNDARY}\r\n".encode() * 5_000,
    multipart([(f"a{number}", "x") for number in range(2_000)])[0],
    multipart([("comment", "x" * 10_001)])[0],
)


@pytest.mark.parametrize("name", NAMES)
async def test_a_broken_multipart_body_is_refused_or_harmless(here: Open, name: str) -> None:
    asked, wrong = ASKED[name], []
    for body in BROKEN:
        kind = f"{MULTIPART}; boundary={BOUNDARY}"
        wrong += await _send(here, asked, body, kind, SOMEHOW)
    many = b"&".join(b"a%d=x" % number for number in range(20_000))
    wrong += await _send(here, asked, many, URLENCODED, SOMEHOW)
    wrong += await _send(here, asked, b"=&&=x&&;", URLENCODED, SOMEHOW)
    assert not wrong, "\n".join(wrong)


COMMENT = ASKED["account POST /api/incidents/{}"]


async def _comment(client: Client, body: bytes, kind: str) -> Answer:
    return await client.post(COMMENT.target, body=body, headers={"content-type": kind})


@pytest.mark.parametrize("form", FORMS)
async def test_a_comment_of_more_than_ten_thousand_characters_is_refused(
    here: Open, form: Any
) -> None:
    """Characters, not bytes; and a body of a mebibyte is still read."""
    client = here.client(KEY)
    most = await _comment(client, *form([("comment", "\N{FIRE}" * 10_000)]))
    assert most.status == 200
    assert here.is_changed
    for length in (10_001, 1_000_000):
        said = refused(await _comment(client, *form([("comment", "x" * length)])), "account", 400)
        assert str(length) in said
    assert not here.is_changed


async def test_a_list_is_read_in_each_of_its_spellings(here: Open) -> None:
    """The spelling must not decide what is stored."""
    channel = here.town.things["A"]["channel_id"][0]
    for operation in (one for one in WRITING if "is_ok_notifications" in one.fields):
        asked = ASKED[operation.name]
        for spelling in ("{}", "{}[]", "{}[0]", "{}[7]"):
            pairs = [*_texts(asked.body), (spelling.format("is_ok_notifications"), channel)]
            for form in FORMS:
                body, kind = form(pairs)
                answer = await here.client(KEY).post(
                    asked.target, body=body, headers={"content-type": kind}
                )
                assert answer.status in {200, 201}
                stored = "SELECT channel_ids FROM monitors WHERE id = :id"
                ((ids,),) = here.rows(stored, id=answer.json["data"]["id"])
                assert ids == f"[{channel}]", (operation.name, spelling)
                here.reset()
