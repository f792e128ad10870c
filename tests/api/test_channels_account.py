"""Notification handlers in the account API, as its page says."""

from typing import Any

import pytest

from fener.domain.time import MINUTE, plain_text
from support.api import Client
from support.house import House
from support.schemas import good, refused

PATH = "/api/notification-handlers"
MAIL = {"name": "Work email", "type": "email", "email": "hey@example.com"}
HOOK = {"name": "Hook", "type": "webhook", "webhook": "https://hooks.example/in?key=1"}


async def create(asked: Client, form: dict[str, str] = MAIL, **more: str) -> int:
    answer = await asked.post(PATH, form=form | more)
    assert answer.status == 201, answer
    return int(answer.json["data"]["id"])


async def item(asked: Client, number: int) -> dict[str, Any]:
    data: dict[str, Any] = good(await asked.get(f"{PATH}/{number}"), "account-handler")["data"]
    return data


async def ids(asked: Client, query: str = "") -> list[int]:
    body = good(await asked.get(f"{PATH}/?{query}"), "account-handlers")
    assert body["meta"]["total"] == len(body["data"])
    return [one["id"] for one in body["data"]]


async def test_the_value_stands_in_the_field_named_like_the_type(key: Client, house: House) -> None:
    mail, hook = await create(key), await create(key, HOOK, is_enabled="0")
    assert await item(key, mail) == {
        "id": mail,
        "type": "email",
        "name": "Work email",
        "settings": {"email": "hey@example.com"},
        "is_enabled": True,
        "last_datetime": None,
        "datetime": plain_text(house.world.now),
    }
    shown = await item(key, hook)
    assert shown["settings"] == {"webhook": "https://hooks.example/in?key=1"}
    assert shown["is_enabled"] is False
    (row,) = await house.rows("SELECT settings FROM channels WHERE kind = 'webhook'")
    assert '"format":"account"' in row["settings"]


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ({"name": "x"}, "type"),
        ({"type": "email", "email": "a@b.example"}, "name"),
        ({"name": "x", "type": "email"}, "email"),
        ({"name": "x", "type": "email", "webhook": "https://h.example"}, "email"),
        ({"name": "x", "type": "slack", "slack": "https://h.example"}, "slack"),
        ({"name": "x", "type": "pigeon"}, "type"),
        (MAIL | {"email": "nobody"}, "nobody"),
        (MAIL | {"email": "a@b.example\r\nBcc: c@d.example"}, "address"),
        (HOOK | {"webhook": "gopher://h.example"}, "gopher"),
        (MAIL | {"is_enabled": "x"}, "is_enabled"),
    ],
)
async def test_what_could_not_be_told_is_refused(
    key: Client, form: dict[str, str], named: str
) -> None:
    assert named in refused(await key.post(PATH, form=form), "account", 400)
    assert await ids(key) == []


async def test_an_update_changes_what_it_names(key: Client, house: House) -> None:
    number = await create(key)
    house.world.clock.step_wall(MINUTE)
    answer = await key.post(f"{PATH}/{number}", form={"email": "new@example.com"})
    assert good(answer, "account-changed") == {"data": {"id": number}}
    shown = await item(key, number)
    assert (shown["name"], shown["settings"]) == ("Work email", {"email": "new@example.com"})
    assert shown["last_datetime"] == plain_text(house.world.now)
    refused(await key.post(f"{PATH}/{number}", form={"type": "webhook"}), "account", 400)
    good(await key.post(f"{PATH}/{number}", form={"type": "email"}), "account-changed")


async def test_deleting_answers_nothing(key: Client) -> None:
    number = await create(key)
    answer = await key.delete(f"{PATH}/{number}")
    assert (answer.status, answer.body) == (200, b"")
    refused(await key.get(f"{PATH}/{number}"), "account", 404)
    assert await ids(key) == []


async def test_lists_are_searched_filtered_and_ordered(key: Client, house: House) -> None:
    mail = await create(key)
    house.world.clock.step_wall(MINUTE)
    hook = await create(key, HOOK, is_enabled="0")
    assert await ids(key) == [hook, mail]
    assert await ids(key, "order_by=name&order_type=ASC") == [hook, mail]
    assert await ids(key, "order_type=ASC") == [mail, hook]
    assert await ids(key, "search=EMAIL") == [mail]
    assert await ids(key, "type=webhook") == [hook]
    assert await ids(key, "type=slack") == []
    assert await ids(key, "is_enabled=1") == [mail]
    since = plain_text(house.world.now).replace(" ", "+")
    assert await ids(key, f"datetime_start={since}") == [hook]
    body = good(await key.get(f"{PATH}?results_per_page=10&page=2"), "account-handlers")
    assert (body["data"], body["meta"]["total"]) == ([], 2)


async def test_a_readonly_member_may_not_even_look(house: House, key: Client) -> None:
    number = await create(key)
    member = await house.readonly(house.customer_id)
    for answer in (
        await member.get(f"{PATH}/"),
        await member.post(PATH, form=MAIL),
        await member.post(f"{PATH}/{number}", form={"name": "Mine"}),
    ):
        refused(answer, "account", 403)


async def test_somebody_elses_handler_is_not_told_from_none(house: House, key: Client) -> None:
    stranger = await house.key_of(await house.stranger())
    foreign = await create(stranger)
    assert await ids(key) == []
    for method in ("GET", "POST", "DELETE"):
        hidden = await key.ask(method, f"{PATH}/{foreign}")
        missing = await key.ask(method, f"{PATH}/{foreign + 1}")
        assert (hidden.status, hidden.body) == (missing.status, missing.body)
        refused(hidden, "account", 404)
