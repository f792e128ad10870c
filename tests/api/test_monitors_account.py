"""Uptime monitors in the account API, as its page says."""

from typing import Any
from urllib.parse import urlencode

import pytest

from fener.domain.people import Role
from fener.domain.time import MINUTE, SECOND, plain_text
from support.api import Client
from support.house import JOB, House
from support.schemas import good, refused

PATH = "/api/monitors"
SHOP = {"name": "Shop", "target": "https://shop.example/"}


async def create(asked: Client, **form: str) -> int:
    answer = await asked.post(PATH, form=SHOP | form)
    assert answer.status == 201, answer
    assert list(answer.json) == ["data"]
    assert list(answer.json["data"]) == ["id"]
    return int(answer.json["data"]["id"])


async def item(asked: Client, number: int) -> dict[str, Any]:
    data: dict[str, Any] = good(await asked.get(f"{PATH}/{number}"), "account-monitor")["data"]
    return data


async def ids(asked: Client, query: str = "") -> list[int]:
    body = good(await asked.get(f"{PATH}/?{query}"), "account-monitors")
    assert body["meta"]["total"] == len(body["data"])
    return [one["id"] for one in body["data"]]


async def test_a_monitor_needs_a_name_and_a_target(key: Client, house: House) -> None:
    number = await create(key)
    assert await item(key, number) == {
        "id": number,
        "project_id": 0,
        "name": "Shop",
        "type": "website",
        "target": "https://shop.example/",
        "port": 0,
        "settings": {
            "check_interval_seconds": 60,
            "timeout_seconds": 10,
            "request_method": "GET",
            "request_body": "",
            "request_basic_auth_username": "",
            "request_basic_auth_password": "",
            "request_headers": [],
            "response_status_code": 200,
            "response_status_codes": "200-299",
            "response_body": "",
            "response_headers": [],
            "slow_after_ms": None,
            "upside_down": False,
        },
        "ping_servers_ids": [1],
        "is_ok": 1,
        "status": "unknown",
        "uptime": 100.0,
        "downtime": 0.0,
        "average_response_time": 0.0,
        "total_checks": 0,
        "total_ok_checks": 0,
        "total_not_ok_checks": 0,
        "last_check_datetime": None,
        "notifications": {"is_ok": []},
        "is_enabled": True,
        "datetime": plain_text(house.world.now),
        "last_datetime": None,
    }
    for form in ({"name": "Shop"}, {"target": "https://shop.example/"}, {**SHOP, "name": ""}):
        said = refused(await key.post(PATH, form=form), "account", 400)
        assert "required" in said


async def test_every_published_field_is_kept(key: Client, house: House) -> None:
    handler = await house.channel()
    await house.channel("Another")
    number = await create(
        key,
        **{
            "type": "website",
            "project_id": "0",
            "ping_servers_ids[]": "1",
            "check_interval_seconds": "300",
            "timeout_seconds": "25",
            "request_method": "POST",
            "request_body": '{"a": 1}',
            "request_basic_auth_username": "me",
            "request_basic_auth_password": "secret",
            "request_header_name[0]": "X-A",
            "request_header_value[0]": "1",
            "response_status_code": "201",
            "response_body": "created",
            "response_header_name": "Content-Type",
            "response_header_value": "text/html",
            "is_ok_notifications[]": str(handler),
            "is_enabled": "0",
        },
    )
    shown = await item(key, number)
    assert shown["settings"] == {
        "check_interval_seconds": 300,
        "timeout_seconds": 25,
        "request_method": "POST",
        "request_body": '{"a": 1}',
        "request_basic_auth_username": "me",
        "request_basic_auth_password": "",
        "request_headers": [{"name": "X-A", "value": "1"}],
        "response_status_code": 201,
        "response_status_codes": "201",
        "response_body": "created",
        "response_headers": [{"name": "Content-Type", "value": "text/html"}],
        "slow_after_ms": None,
        "upside_down": False,
    }
    assert shown["notifications"] == {"is_ok": [handler]}
    assert (shown["is_enabled"], shown["status"]) == (False, "paused")


async def test_json_and_urlencoded_bodies_work_too(key: Client) -> None:
    answer = await key.post(PATH, json=SHOP | {"is_ok_notifications": [], "is_enabled": True})
    assert answer.status == 201
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = await key.post(PATH, body=urlencode(SHOP).encode(), headers=kind)
    assert answer.status == 201


async def test_all_handlers_are_told_where_none_was_chosen(key: Client, house: House) -> None:
    told = await house.channel()
    await house.channel("Of another customer", house.other_customer_id)
    assert (await item(key, await create(key)))["notifications"] == {"is_ok": [told]}
    answer = await key.post(PATH, json=SHOP | {"is_ok_notifications": []})
    assert (await item(key, answer.json["data"]["id"]))["notifications"] == {"is_ok": []}


async def test_what_was_not_checked_in_time_is_late_and_never_up(key: Client, house: House) -> None:
    number = await create(key)
    await house.comes_up(number, house.world.now, successes=1)
    assert (await item(key, number))["status"] == "up"
    house.world.clock.step_wall(3 * MINUTE)
    assert (await item(key, number))["status"] == "late"
    (listed,) = good(await key.get(f"{PATH}/"), "account-monitors")["data"]
    assert listed["status"] == "late"


async def test_numbers_tell_what_was_seen(key: Client, house: House) -> None:
    number = await create(key)
    await house.comes_up(number, house.world.now + 10 * SECOND)
    await house.goes_down(number, house.world.now + 10 * SECOND)
    shown = await item(key, number)
    assert (shown["is_ok"], shown["status"]) == (0, "down")
    assert (shown["uptime"], shown["downtime"]) == (40.0, 60.0)
    counted = [shown[f"total_{what}checks"] for what in ("", "ok_", "not_ok_")]
    assert counted == [5, 2, 3]
    assert shown["average_response_time"] == 12.345
    assert shown["last_check_datetime"] == plain_text(house.world.now)


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ({"target": "ftp://shop.example/"}, "http"),
        ({"target": "https://shop.example/" + "x" * 3_000}, "2048"),
        ({"type": "pigeon"}, "website"),
        ({"check_interval_seconds": "0"}, "interval"),
        ({"check_interval_seconds": "often"}, "check_interval_seconds"),
        ({"check_interval_seconds": "1e99"}, "interval"),
        ({"check_interval_seconds": "nan"}, "check_interval_seconds"),
        ({"timeout_seconds": "-1"}, "timeout"),
        ({"timeout_seconds": "61"}, "timeout"),
        ({"request_method": "BREW"}, "BREW"),
        ({"request_header_name[]": "X-A"}, "request_header_value"),
        ({"response_status_code": "99"}, "99"),
        ({"ping_servers_ids[]": "7"}, "7"),
        ({"ping_servers_ids[]": str(2**63)}, "location"),
        ({"is_ok_notifications[]": "7"}, "channel"),
        ({"is_enabled": "maybe"}, "is_enabled"),
        ({"name": "x" * 256}, "255"),
        ({"name": "a\x00b"}, "NUL"),
    ],
)
async def test_a_wrong_field_is_refused_by_name(
    key: Client, form: dict[str, str], named: str
) -> None:
    assert named in refused(await key.post(PATH, form=SHOP | form), "account", 400)
    number = await create(key)
    before = await item(key, number)
    assert named in refused(await key.post(f"{PATH}/{number}", form=form), "account", 400)
    assert await item(key, number) == before


async def test_an_update_changes_what_it_names(key: Client, house: House) -> None:
    number = await create(key, request_basic_auth_username="me", request_basic_auth_password="pw")
    before = await item(key, number)
    house.world.clock.step_wall(MINUTE)
    answer = await key.post(f"{PATH}/{number}", form={"name": "Cart", "is_enabled": "false"})
    assert good(answer, "account-changed") == {"data": {"id": number}}
    after = await item(key, number)
    assert after == before | {
        "name": "Cart",
        "is_enabled": False,
        "status": "paused",
        "last_datetime": plain_text(house.world.now),
    }


async def test_sending_back_what_is_shown_changes_nothing(key: Client, house: House) -> None:
    number = await create(key, request_basic_auth_username="me", request_basic_auth_password="pw")
    settings = (await item(key, number))["settings"]
    echoed = {name: str(value) for name, value in settings.items() if not isinstance(value, list)}
    stored = await house.rows("SELECT settings, interval_ms, timeout_ms FROM monitors")
    await key.post(f"{PATH}/{number}", form={"name": "Shop", **echoed})
    assert await house.rows("SELECT settings, interval_ms, timeout_ms FROM monitors") == stored
    monitor = await house.rows("SELECT sealed_credentials FROM monitors")
    opened = house.context.sealer.open(monitor[0]["sealed_credentials"])
    assert opened["credentials"] == {"type": "basic", "username": "me", "password": "pw"}


async def test_credentials_can_be_changed_and_dropped(key: Client, house: House) -> None:
    number = await create(key, request_basic_auth_username="me", request_basic_auth_password="pw")

    async def stored() -> Any:
        row = (await house.rows("SELECT sealed_credentials FROM monitors"))[0]
        sealed = row["sealed_credentials"]
        return sealed and house.context.sealer.open(sealed)["credentials"]

    await key.post(f"{PATH}/{number}", form={"request_basic_auth_password": "new"})
    assert (await stored())["password"] == "new"
    await key.post(f"{PATH}/{number}", form={"request_basic_auth_username": "you"})
    assert await stored() == {"type": "basic", "username": "you", "password": ""}
    await key.post(f"{PATH}/{number}", form={"request_basic_auth_username": ""})
    assert await stored() is None


async def test_deleting_answers_nothing_and_keeps_the_incidents(key: Client, house: House) -> None:
    number = await create(key)
    await house.goes_down(number)
    answer = await key.delete(f"{PATH}/{number}")
    assert (answer.status, answer.body) == (200, b"")
    refused(await key.get(f"{PATH}/{number}"), "account", 404)
    refused(await key.delete(f"{PATH}/{number}"), "account", 404)
    assert await ids(key) == []
    (incident,) = good(await key.get("/api/incidents/"), "account-incidents")["data"]
    assert incident["monitor_id"] == number
    assert incident["end_datetime"] == plain_text(house.world.now)


async def test_heartbeats_are_no_monitors_here(key: Client, house: House) -> None:
    job = await house.monitor(JOB)
    assert await ids(key) == []
    for method in ("GET", "POST", "DELETE"):
        refused(await key.ask(method, f"{PATH}/{job}"), "account", 404, "Not found")


async def test_lists_are_searched_filtered_and_ordered(key: Client, house: House) -> None:
    a = await create(key, name="alpha", target="https://one.example/")
    house.world.clock.step_wall(MINUTE)
    b = await create(key, name="Beta", target="https://two.example/alpha", is_enabled="0")
    await house.comes_up(a, house.world.now)
    assert await ids(key) == [b, a]
    assert await ids(key, "order_type=ASC") == [a, b]
    assert await ids(key, "order_by=name&order_type=ASC") == [a, b]
    assert await ids(key, "order_by=last_check_datetime") == [a, b]
    assert await ids(key, "search=ALPHA") == [a]
    assert await ids(key, "search=alpha&search_by=target") == [b]
    assert await ids(key, "is_enabled=1") == [a]
    assert await ids(key, "is_enabled=false") == [b]
    assert await ids(key, "is_enabled=perhaps") == [b, a]
    assert await ids(key, "type=website") == [b, a]
    assert await ids(key, "type=ping") == []
    assert await ids(key, "ping_servers_ids=1") == [b, a]
    assert await ids(key, "ping_servers_ids=2") == []
    assert await ids(key, "project_id=0") == [b, a]
    assert await ids(key, "project_id=9") == []
    since = plain_text(house.world.now - 30 * SECOND).replace(" ", "+")
    assert await ids(key, f"datetime_field=datetime&datetime_start={since}") == [b]


@pytest.mark.parametrize(
    "order",
    [
        "monitor_id",
        "datetime",
        "last_datetime",
        "name",
        "uptime",
        "last_check_datetime",
        "average_response_time",
    ],
)
async def test_every_published_order_is_taken_and_kept_in_links(key: Client, order: str) -> None:
    await create(key)
    body = good(await key.get(f"{PATH}?order_by={order}&is_enabled=1"), "account-monitors")
    site = "http://fener.example/api/monitors"
    assert body["links"]["self"] == f"{site}?order_by={order}&is_enabled=1&page=1"


async def test_pages_are_cut(key: Client) -> None:
    made = [await create(key) for _ in range(11)]
    first = good(await key.get(f"{PATH}/?results_per_page=10"), "account-monitors")
    second = good(await key.get(f"{PATH}/?results_per_page=10&page=2"), "account-monitors")
    assert [one["id"] for one in first["data"] + second["data"]] == made[::-1]
    beyond = good(await key.get(f"{PATH}/?page={2**63}"), "account-monitors")
    assert (beyond["data"], beyond["meta"]["total"]) == ([], 11)


@pytest.mark.parametrize("identifier", ["0", "-1", "999", "x", str(2**63), "9" * 500])
async def test_an_id_that_nothing_has_is_not_found(key: Client, identifier: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = await key.ask(method, f"{PATH}/{identifier}")
        refused(answer, "account", 404, "Not found")


async def test_somebody_elses_monitor_is_not_told_from_none(house: House, key: Client) -> None:
    foreign = await house.monitor(who=await house.stranger())
    assert await ids(key) == []
    for method in ("GET", "POST", "DELETE"):
        hidden = await key.ask(method, f"{PATH}/{foreign}")
        missing = await key.ask(method, f"{PATH}/{foreign + 1}")
        assert (hidden.status, hidden.body) == (missing.status, missing.body)


async def test_a_readonly_member_sees_but_changes_nothing(house: House, key: Client) -> None:
    seen = await house.monitor()
    hidden = await house.monitor(customer_id=house.other_customer_id)
    member = await house.readonly(house.customer_id)
    assert await ids(member) == [seen]
    assert (await item(member, seen))["name"] == "Shop"
    refused(await member.get(f"{PATH}/{hidden}"), "account", 404)
    for answer in (
        await member.post(PATH, form=SHOP),
        await member.post(f"{PATH}/{seen}", form={"name": "Mine"}),
        await member.delete(f"{PATH}/{seen}"),
    ):
        refused(answer, "account", 403)
    refused(await member.delete(f"{PATH}/{hidden}"), "account", 404)
    assert (await item(key, seen))["name"] == "Shop"


async def test_nobody_is_unauthorized(house: House) -> None:
    for method in ("GET", "POST"):
        refused(await house.nobody.ask(method, f"{PATH}/"), "account", 401)


async def test_a_limited_member_adds_to_their_own_customer(house: House) -> None:
    member = await house.world.member(
        house.owner.organization_id, Role.USER, "u@example.com", (house.other_customer_id,)
    )
    number = await create(await house.key_of(member))
    rows = await house.rows("SELECT id, customer_id, owner_id FROM monitors")
    assert rows == [
        {"id": number, "customer_id": house.other_customer_id, "owner_id": member.user_id}
    ]
