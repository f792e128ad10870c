"""DNS monitors in the account API: what was answered last, and how often it changed."""

from typing import Any

import pytest

from fener.domain.check import Success
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.time import MINUTE, plain_text
from support.api import Client
from support.house import House
from support.schemas import good, refused

PATH = "/api/dns-monitors"
A, B = ("A 192.0.2.1",), ("A 192.0.2.2", "A 192.0.2.3")


async def create(asked: Client, **form: str) -> int:
    answer = await asked.post(PATH, form={"name": "Zone", "target": "example.com"} | form)
    assert answer.status == 201, answer
    return int(answer.json["data"]["id"])


async def item(asked: Client, number: int) -> dict[str, Any]:
    answer = await asked.get(f"{PATH}/{number}")
    data: dict[str, Any] = good(answer, "account-dns-monitor")["data"]
    return data


async def ids(asked: Client, query: str = "") -> list[int]:
    body = good(await asked.get(f"{PATH}/?{query}"), "account-dns-monitors")
    return [one["id"] for one in body["data"]]


async def answers(house: House, number: int, *answered: tuple[str, ...]) -> None:
    """Checks a minute apart."""
    for records in answered:
        await house.checked(number, house.world.now + MINUTE, Success(), records=records)


async def test_a_monitor_needs_a_name_and_a_target(key: Client, house: House) -> None:
    number = await create(key)
    assert await item(key, number) == {
        "id": number,
        "project_id": 0,
        "name": "Zone",
        "target": "example.com",
        "dns": {},
        "settings": {
            "dns_check_interval_seconds": 300,
            "timeout_seconds": 10,
            "record_types": ["A"],
            "resolver": None,
            "notice_changes": True,
        },
        "ping_servers_ids": [1],
        "status": "unknown",
        "notifications": [],
        "total_checks": 0,
        "total_changes": 0,
        "last_check_datetime": None,
        "next_check_datetime": None,
        "last_change_datetime": None,
        "is_enabled": True,
        "datetime": plain_text(house.world.now),
        "last_datetime": None,
    }
    for form in ({"name": "Zone"}, {"target": "example.com"}):
        refused(await key.post(PATH, form=form), "account", 400)


async def test_a_change_is_counted_and_its_answer_shown(key: Client, house: House) -> None:
    number = await create(key)
    await answers(house, number, A, A)
    shown = await item(key, number)
    assert shown["dns"] == {"A": [{"host": "example.com", "ip": "192.0.2.1"}]}
    assert (shown["total_changes"], shown["last_change_datetime"]) == (0, None)
    await answers(house, number, B, B, B)
    changed = house.world.now
    await answers(house, number, B)
    shown = await item(key, number)
    assert [one["ip"] for one in shown["dns"]["A"]] == ["192.0.2.2", "192.0.2.3"]
    assert (shown["total_checks"], shown["total_changes"]) == (6, 1)
    assert shown["last_change_datetime"] == plain_text(changed)
    assert shown["next_check_datetime"] == plain_text(house.world.now + 5 * MINUTE)
    assert shown["status"] == "up"
    listed = good(await key.get("/api/incidents/"), "account-incidents")["data"]
    assert [one["monitor_id"] for one in listed] == [number]


ROWS: dict[str, dict[str, str | int]] = {
    "AAAA 2001:db8::1": {"ipv6": "2001:db8::1"},
    'CAA 0 issue "ca.test"': {"flags": 0, "tag": "issue", "value": "ca.test"},
    "CNAME www.test": {"target": "www.test"},
    "MX 10 mail.test": {"pri": 10, "target": "mail.test"},
    "SOA ns.test me.test 7 1 2 3 4": {
        "mname": "ns.test",
        "rname": "me.test",
        "serial": 7,
        "refresh": 1,
        "retry": 2,
        "expire": 3,
        "minimum-ttl": 4,
    },
    "SRV 1 2 5060 sip.test": {"pri": 1, "weight": 2, "port": 5060, "target": "sip.test"},
    'TXT "v=spf1 a -all"': {"txt": "v=spf1 a -all"},
    'TXT "12"': {"txt": "12"},
}


@pytest.mark.parametrize("record", ROWS)
async def test_a_record_is_a_row_as_php_makes_it(key: Client, house: House, record: str) -> None:
    number = await create(key)
    await answers(house, number, (record, "and 3 more (SHA-256 0123456789abcdef)"))
    wanted = {record.split(maxsplit=1)[0]: [{"host": "example.com", **ROWS[record]}]}
    assert (await item(key, number))["dns"] == wanted


async def test_what_an_update_leaves_out_stays(key: Client) -> None:
    number = await create(key, **{"record_types[0]": "MX", "record_types[1]": "TXT"})
    answer = await key.post(
        f"{PATH}/{number}",
        form={"name": "Other", "resolver": "9.9.9.9", "dns_check_interval_seconds": "60"},
    )
    assert answer.status == 200, answer
    shown = await item(key, number)
    assert (shown["name"], shown["target"]) == ("Other", "example.com")
    assert shown["settings"] == {
        "dns_check_interval_seconds": 60,
        "timeout_seconds": 10,
        "record_types": ["MX", "TXT"],
        "resolver": "9.9.9.9",
        "notice_changes": True,
    }
    off = {"notice_changes": "0", "resolver": "", "is_enabled": "0"}
    assert (await key.post(f"{PATH}/{number}", form=off)).status == 200
    shown = await item(key, number)
    assert (shown["settings"]["notice_changes"], shown["settings"]["resolver"]) == (False, None)
    assert (shown["is_enabled"], shown["status"]) == (False, "paused")


async def test_handlers_are_chosen_by_number(key: Client, house: House) -> None:
    mail, other = await house.channel(), await house.channel("Other")
    number = await create(key)
    assert (await item(key, number))["notifications"] == [mail, other]
    assert (await key.post(f"{PATH}/{number}", form={"notifications[]": str(mail)})).status == 200
    assert (await item(key, number))["notifications"] == [mail]


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ({"record_types[]": "WKS"}, "record_types"),
        ({"record_types[]": ""}, "record_types"),
        ({"resolver": "dns.example"}, "name server"),
        ({"target": "https://example.com/"}, "host"),
        ({"dns_check_interval_seconds": "0"}, "interval"),
        ({"notifications[]": "9"}, "9"),
        ({"ping_servers_ids[]": "9"}, "9"),
    ],
)
async def test_a_wrong_field_is_refused_by_name(
    key: Client, form: dict[str, str], named: str
) -> None:
    answer = await key.post(PATH, form={"name": "Zone", "target": "example.com"} | form)
    assert named in refused(answer, "account", 400)


async def test_the_list_is_searched_filtered_and_sorted(key: Client, house: House) -> None:
    steady, turning = await create(key, name="Steady"), await create(key, name="Turning")
    paused = await create(key, target="other.test", is_enabled="false")
    await answers(house, turning, A, B, B, B, A, A, A)
    for one in (A, A):
        await house.checked(steady, house.world.now, Success(), records=one)
    assert await ids(key) == [paused, turning, steady]
    assert await ids(key, "order_by=total_changes&order_type=DESC") == [turning, paused, steady]
    assert (await ids(key, "order_by=total_checks&order_type=ASC"))[0] == paused
    assert (await ids(key, "order_by=last_change_datetime&order_type=DESC"))[0] == turning
    assert await ids(key, "search=other&search_by=target") == [paused]
    assert await ids(key, "search=Stea") == [steady]
    assert await ids(key, "is_enabled=0") == [paused]
    assert await ids(key, "project_id=7") == []
    since = plain_text(house.world.now - MINUTE)
    within = f"datetime_field=last_change_datetime&datetime_start={since}"
    assert await ids(key, within.replace(" ", "%20")) == [turning]


async def test_what_the_other_contract_made_is_here_without_a_snapshot(
    key: Client, house: House
) -> None:
    number = await house.monitor(DnsSettings(host="quiet.test"))
    await house.checked(number, house.world.now, Success())
    shown = await item(key, number)
    assert (shown["dns"], shown["settings"]["notice_changes"]) == ({}, False)


async def test_monitors_of_other_kinds_are_not_here(key: Client, house: House) -> None:
    for number in (await house.monitor(), await house.monitor(IcmpSettings("h.test"))):
        refused(await key.get(f"{PATH}/{number}"), "account", 404)
        refused(await key.post(f"{PATH}/{number}", form={"name": "X"}), "account", 404)
        refused(await key.delete(f"{PATH}/{number}"), "account", 404)
    assert await ids(key) == []


async def test_a_deleted_one_is_gone(key: Client) -> None:
    number = await create(key)
    answer = await key.delete(f"{PATH}/{number}")
    assert (answer.status, answer.body) == (200, b"")
    refused(await key.get(f"{PATH}/{number}"), "account", 404)
