"""How the account API reads forms: three kinds of bodies into one declared type."""

from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from msgspec import UNSET, Struct, UnsetType

from fener.actions.context import Context
from fener.actions.identify import Caller
from fener.api.account.asking import AccountAsking
from fener.api.door import ASKED, Asked
from fener.api.options import ApiOptions
from fener.domain.errors import Invalid
from fener.domain.people import Credential
from support.api import Client
from support.house import House

Pairs = list[tuple[str, str]]


class Wanted(Struct):
    name: str | UnsetType = UNSET
    note: str | UnsetType | None = UNSET
    count: int | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET
    ids: list[int] | UnsetType = UNSET
    words: tuple[str, ...] | UnsetType = UNSET


def _asking(context: Context, kind: str, body: bytes) -> AccountAsking:
    caller = Caller(Credential.ACCOUNT_KEY)
    asked = Asked(context, ApiOptions(), caller, body, "http://fener.example")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope: Any = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [(b"content-type", kind.encode())],
        "state": {ASKED: asked},
        "litestar_app": None,
    }
    read: Any = receive
    return AccountAsking(scope, receive=read)


async def _read(house: House, kind: str, body: bytes) -> dict[str, Any]:
    """The fields that were given."""
    found = await _asking(house.context, kind, body).read(Wanted)
    return {
        name: value for name, value in msgspec.structs.asdict(found).items() if value is not UNSET
    }


async def _urlencoded(house: House, pairs: Pairs) -> dict[str, Any]:
    return await _read(house, "application/x-www-form-urlencoded", urlencode(pairs).encode())


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], {}),
        ([("name", "Shop"), ("unknown", "x")], {"name": "Shop"}),
        ([("name", "one"), ("name", "two")], {"name": "two"}),
        ([("note", "")], {"note": ""}),
        ([("note", "null")], {"note": "null"}),
        ([("count", "60")], {"count": 60}),
        ([("is_enabled", "1")], {"is_enabled": True}),
        ([("is_enabled", "0")], {"is_enabled": False}),
        ([("is_enabled", "true")], {"is_enabled": True}),
        ([("is_enabled", "false")], {"is_enabled": False}),
        ([("ids", "4")], {"ids": [4]}),
        ([("ids", "4"), ("ids", "5")], {"ids": [4, 5]}),
        ([("ids[]", "4"), ("ids[]", "5")], {"ids": [4, 5]}),
        ([("ids[0]", "4"), ("ids[1]", "5")], {"ids": [4, 5]}),
        ([("ids[]", "")], {"ids": []}),
        ([("ids", "")], {"ids": []}),
        ([("words[]", "a"), ("words[]", "b")], {"words": ("a", "b")}),
    ],
)
async def test_a_form_is_read_as_its_fields_are_declared(
    house: House, pairs: Pairs, expected: dict[str, Any]
) -> None:
    assert await _urlencoded(house, pairs) == expected


@pytest.mark.parametrize(
    "pair",
    [
        ("count", "many"),
        ("count", ""),
        ("count", "1e400"),
        ("is_enabled", "yes"),
        ("is_enabled", ""),
        ("ids[]", "x"),
    ],
)
async def test_a_field_that_does_not_fit_is_named(house: House, pair: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        await _urlencoded(house, [pair])
    assert pair[0].removesuffix("[]") in str(refusal.value)


async def test_json_may_give_numbers_and_texts_alike(house: House) -> None:
    body = b'{"name": "Shop", "count": "60", "is_enabled": 1, "ids": ["4", 5], "note": null}'
    assert await _read(house, "application/json", body) == {
        "name": "Shop",
        "note": None,
        "count": 60,
        "is_enabled": True,
        "ids": [4, 5],
    }


async def test_an_empty_body_gives_nothing_whatever_its_type(house: House) -> None:
    for kind in ("", "application/json", "multipart/form-data", "text/plain"):
        assert await _read(house, kind, b"") == {}


async def test_a_multipart_form_keeps_its_line_breaks(house: House, key: Client) -> None:
    incident = await house.goes_down(await house.monitor())
    text = "one\r\ntwo\n\nthree "
    await key.post(f"/api/incidents/{incident}", form={"comment": text})
    assert await house.value("SELECT comment FROM incidents") == text


async def test_a_multipart_form_keeps_the_order_of_what_is_numbered(key: Client) -> None:
    form = {"name": "Shop", "target": "https://shop.example/"}
    form |= {f"request_header_name[{one}]": f"X-{one}" for one in range(20)}
    form |= {f"request_header_value[{one}]": f"{one}" for one in range(20)}
    number = (await key.post("/api/monitors", form=form)).json["data"]["id"]
    shown = (await key.get(f"/api/monitors/{number}")).json["data"]["settings"]
    wanted = [{"name": f"X-{one}", "value": f"{one}"} for one in range(20)]
    assert shown["request_headers"] == wanted
