"""ICMP and DNS monitors in the organization API: one design for both."""

from typing import Any

import pytest

from fener.actions import monitors
from fener.actions.monitors import New
from fener.domain.kinds.http import HttpSettings
from support.api import Client
from support.house import House
from support.schemas import good, refused

DNS_CONFIG = {
    "rrtypes": ["A", "MX"],
    "matchMode": "contained",
    "expectedValues": {"A": ["192.0.2.1"], "MX": ["10 mail.example.com."]},
}
BODIES: dict[str, dict[str, Any]] = {
    "icmp": {"hostname": "gw.example.com", "icmpConfig": {"count": 5, "packetSize": 100}},
    "dns": {"hostname": "example.com", "dnsConfig": DNS_CONFIG},
}
KINDS = sorted(BODIES)


async def create(house: House, asked: Client, kind: str, **more: Any) -> dict[str, Any]:
    body = {"customerId": house.customer_id, "name": "Gateway", **BODIES[kind], **more}
    answer = await asked.post(f"/api/{kind}-monitors", json=body)
    record: dict[str, Any] = good(answer, f"organization-{kind}-monitor")
    return record


@pytest.mark.parametrize("kind", KINDS)
async def test_a_monitor_is_created_listed_and_shown(
    house: House, token: Client, kind: str
) -> None:
    record = await create(house, token, kind, checkInterval=5, timeoutSeconds=8)
    assert record["hostname"] == BODIES[kind]["hostname"]
    assert record["config"] == record[f"{kind}Config"]
    assert (record["checkInterval"], record["timeoutSeconds"]) == (5, 8)
    path = f"/api/{kind}-monitors"
    listed = good(await token.get(path), "organization-service-monitors")
    assert (listed["items"], listed["total"]) == ([record], 1)
    shown = await token.get(f"{path}/{record['publicId']}")
    assert good(shown, f"organization-{kind}-monitor") == record
    for query in ("search=nothing", "page=2"):
        empty = good(await token.get(f"{path}?{query}"), "organization-service-monitors")
        assert empty["items"] == []


async def test_configs_are_told_as_the_contract_has_them(house: House, token: Client) -> None:
    ping = await create(house, token, "icmp")
    assert ping["icmpConfig"] == {"packetSize": 100, "count": 5}
    plain = await create(house, token, "icmp", icmpConfig=None)
    assert plain["icmpConfig"] == {"packetSize": 56, "count": 3}
    lookup = await create(house, token, "dns")
    on_all = {"triggerOn": {"resolveError": True, "mismatch": True}}
    assert lookup["dnsConfig"] == DNS_CONFIG | on_all


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_shown_can_be_sent_back(house: House, token: Client, kind: str) -> None:
    record = await create(house, token, kind)
    sent = {name: value for name, value in record.items() if name not in {"customerName", "port"}}
    answer = await token.patch(f"/api/{kind}-monitors/{record['publicId']}", json=sent)
    assert good(answer, f"organization-{kind}-monitor") == record


async def test_an_update_changes_what_it_names_and_keeps_the_rest(
    house: House, token: Client
) -> None:
    record = await create(house, token, "icmp")
    path = f"/api/icmp-monitors/{record['publicId']}"
    change = {"config": {"count": 2}, "settings": {"mostLoss": 20}, "status": "paused"}
    after = good(await token.patch(path, json=change), "organization-icmp-monitor")
    assert after["icmpConfig"] == {"packetSize": 100, "count": 2}
    assert after["settings"]["mostLoss"] == 20
    assert (after["status"], after["hostname"]) == ("disabled", "gw.example.com")
    moved = await token.patch(path, json={"hostname": "2001:db8::1", "status": "active"})
    after = good(moved, "organization-icmp-monitor")
    assert (after["hostname"], after["status"]) == ("2001:db8::1", "active")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deleted_one_is_gone(house: House, token: Client, kind: str) -> None:
    record = await create(house, token, kind)
    path = f"/api/{kind}-monitors/{record['publicId']}"
    assert (await token.delete(path)).json == {"success": True}
    refused(await token.get(path), "organization", 404, f"{kind.upper()} monitor not found")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_monitor_of_another_kind_is_none_of_these(
    house: House, token: Client, kind: str
) -> None:
    website = await monitors.add(
        house.context, house.owner, New(settings=HttpSettings(url="https://a.example/"))
    )
    path = f"/api/{kind}-monitors/{website.public_id}"
    words = f"{kind.upper()} monitor not found"
    refused(await token.get(path), "organization", 404, words)
    refused(await token.patch(path, json={"name": "x"}), "organization", 404, words)
    refused(await token.delete(path), "organization", 404, words)
    refused(await token.post(f"{path}/trigger-check"), "organization", 404, words)
    for history in ("check-history", "incident-history", "alert-history", "details"):
        refused(await token.get(f"{path}/{history}"), "organization", 404, words)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_check_is_ordered_and_found_in_the_history(
    house: House, token: Client, kind: str
) -> None:
    record = await create(house, token, kind)
    path = f"/api/{kind}-monitors/{record['publicId']}"
    told = (await token.post(f"{path}/trigger-check")).json
    assert told[f"{kind}MonitorId"] == record["id"]
    assert len(told["locationCodes"]) == 1
    assert (await token.get(f"{path}/check-history")).json == {"data": []}
    assert (await token.get(f"{path}/incident-history")).json == {"incidents": [], "total": 0}
    assert (await token.get(f"{path}/alert-history")).json == {"alerts": [], "total": 0}


HOST_WANTED = "hostname must be a valid hostname (no protocol, no path)"


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("icmp", {"hostname": "https://example.com"}, HOST_WANTED),
        ("icmp", {"hostname": "example.com/path"}, HOST_WANTED),
        ("icmp", {"hostname": ""}, HOST_WANTED),
        ("icmp", {"name": ""}, "name is required"),
        ("icmp", {"status": "gone"}, "Invalid status"),
        ("icmp", {"customerId": "first"}, "Invalid Customer identifier"),
        ("icmp", {"icmpConfig": {"packets": 3}}, "icmpConfig has no packets"),
        ("icmp", {"icmpConfig": {"count": 21}}, "count"),
        ("icmp", {"settings": {"host": "other.example"}}, "settings has no host"),
        ("dns", {"dnsConfig": None}, "dnsConfig is required"),
        (
            "dns",
            {"dnsConfig": DNS_CONFIG | {"expectedValues": {"A": ["192.0.2.1"]}}},
            "Expected values are required for RR type MX",
        ),
    ],
)
async def test_what_does_not_fit_is_refused_in_words(
    house: House, token: Client, kind: str, body: dict[str, Any], words: str
) -> None:
    whole = {"customerId": house.customer_id, "name": "Thing", **BODIES[kind], **body}
    answer = await token.post(f"/api/{kind}-monitors", json=whole)
    assert answer.status == 400
    assert words in str(answer.json)


async def test_an_id_that_is_no_uuid_is_asked_for(token: Client) -> None:
    refused(
        await token.get("/api/icmp-monitors/7"), "organization", 400, "ICMP monitor ID is required"
    )
