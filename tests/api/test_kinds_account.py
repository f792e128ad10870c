"""Uptime monitors of every type in the account API."""

from typing import Any

import pytest

from support.api import Client
from support.house import House
from support.schemas import good, refused

PATH = "/api/monitors"
DNS = {"name": "Zone", "monitoringType": "dns", "url": "example.com"}


async def create(asked: Client, **form: str) -> int:
    answer = await asked.post(PATH, form={"name": "Thing", **form})
    assert answer.status == 201, answer
    return int(answer.json["data"]["id"])


async def item(asked: Client, number: int) -> dict[str, Any]:
    data: dict[str, Any] = good(await asked.get(f"{PATH}/{number}"), "account-monitor")["data"]
    return data


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ({"type": "ping", "target": "Example.com"}, ("ping", "example.com", 0)),
        ({"type": "ping", "target": "2001:db8::1", "port": "7"}, ("ping", "2001:db8::1", 0)),
        ({"type": "port", "target": "example.com", "port": "25"}, ("port", "example.com", 25)),
        ({"type": "ssl", "target": "example.com"}, ("ssl", "example.com", 443)),
        ({"type": "ssl", "target": "example.com", "port": "8443"}, ("ssl", "example.com", 8443)),
        ({"type": "redirect", "target": "example.com"}, ("redirect", "example.com", 80)),
        ({"type": "website", "target": "example.com"}, ("website", "https://example.com", 0)),
        ({"target": "http://example.com:81/"}, ("website", "http://example.com:81/", 0)),
    ],
)
async def test_each_type_is_shown_as_it_was_made(
    key: Client, form: dict[str, str], shown: tuple[str, str, int]
) -> None:
    made = await item(key, await create(key, **form))
    assert (made["type"], made["target"], made["port"]) == shown


async def test_host_and_port_are_changed_one_by_one(key: Client) -> None:
    number = await create(key, type="port", target="example.com", port="25")
    good(await key.post(f"{PATH}/{number}", form={"port": "26"}), "account-changed")
    good(await key.post(f"{PATH}/{number}", form={"target": "mail.example"}), "account-changed")
    made = await item(key, number)
    assert (made["type"], made["target"], made["port"]) == ("port", "mail.example", 26)


@pytest.mark.parametrize("kind", ["website", "ping"])
async def test_every_type_can_be_slow_and_upside_down(key: Client, kind: str) -> None:
    form = {"type": kind, "target": "example.com"}
    number = await create(key, **form, slow_after_ms="1500", upside_down="1")
    settings = (await item(key, number))["settings"]
    assert (settings["slow_after_ms"], settings["upside_down"]) == (1500, True)
    good(await key.post(f"{PATH}/{number}", form={"upside_down": "0"}), "account-changed")
    settings = (await item(key, number))["settings"]
    assert (settings["slow_after_ms"], settings["upside_down"]) == (1500, False)


async def test_what_is_shown_can_be_sent_back(key: Client) -> None:
    number = await create(key, type="ping", target="example.com")
    before = await item(key, number)
    back = {name: str(before[name]) for name in ("name", "type", "target", "port")}
    good(await key.post(f"{PATH}/{number}", form=back), "account-changed")
    assert await item(key, number) == before


async def test_lists_hold_all_types_or_the_one_asked_for(key: Client) -> None:
    ping = await create(key, type="ping", target="example.com")
    port = await create(key, type="port", target="example.com", port="25")
    site = await create(key, target="https://example.com")
    for query, wanted in {
        "": [site, port, ping],
        "type=ping": [ping],
        "type=port": [port],
        "type=website": [site],
        "type=redirect": [],
    }.items():
        page = good(await key.get(f"{PATH}/?{query}"), "account-monitors")
        assert [one["id"] for one in page["data"]] == wanted, query


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"type": "port", "target": "example.com"}, "port is required for type port"),
        ({"type": "port", "target": "example.com", "port": "0"}, "Expected `int` >= 1"),
        ({"type": "port", "target": "example.com", "port": "x"}, "port must be a number"),
        ({"type": "ping", "target": "https://example.com"}, "is no host name"),
        ({"type": "dns", "target": "example.com"}, "type must be one of website, ping, port"),
    ],
)
async def test_what_fits_no_type_is_refused(key: Client, form: dict[str, str], why: str) -> None:
    answer = await key.post(PATH, form={"name": "Thing", **form})
    assert why in refused(answer, "account", 400)


async def test_a_monitor_keeps_its_type(key: Client) -> None:
    number = await create(key, type="ping", target="example.com")
    answer = await key.post(f"{PATH}/{number}", form={"type": "port", "port": "25"})
    assert "keeps its type" in refused(answer, "account", 400)


async def test_dns_monitors_are_another_resource(house: House, key: Client, token: Client) -> None:
    made = await token.post("/api/websites", json={**DNS, "customerId": house.customer_id})
    assert made.status == 200, made
    refused(await key.get(f"{PATH}/{made.json['id']}"), "account", 404)
    assert good(await key.get(f"{PATH}/"), "account-monitors")["data"] == []
