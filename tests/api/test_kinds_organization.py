"""Websites of every monitoring type in the organization API."""

from typing import Any

import pytest

from support.api import Client
from support.house import House
from support.schemas import good, refused

PATH = "/api/websites"
DNS_CONFIG = {"rrtypes": ["A"], "matchMode": "exact", "expectedValues": {"A": ["192.0.2.1"]}}


async def create(house: House, asked: Client, **more: Any) -> dict[str, Any]:
    body = {"customerId": house.customer_id, "name": "Thing", **more}
    record: dict[str, Any] = good(await asked.post(PATH, json=body), "organization-website")
    return record


@pytest.mark.parametrize(
    ("kind", "url", "shown"),
    [
        ("ssl_check", "example.com", "tls://example.com"),
        ("ssl_check", "https://example.com:8443/shop", "tls://example.com:8443"),
        ("ssl_check", "smtp+tls://mail.example.com", "smtp+tls://mail.example.com"),
        ("dns", "example.com", "dns://example.com?type=A"),
        ("dns", "dns://example.com?type=MX", "dns://example.com?type=MX"),
        ("tcp", "tcp://example.com:25", "tcp://example.com:25"),
        ("tcp", "example.com:25", "tcp://example.com:25"),
        ("icmp", "example.com", "icmp://example.com"),
        ("https_redirect", "http://example.com/", "redirect://example.com/"),
        ("combined", "example.com", "https://example.com"),
    ],
)
async def test_each_type_takes_a_host_or_an_address(
    house: House, token: Client, kind: str, url: str, shown: str
) -> None:
    website = await create(house, token, monitoringType=kind, url=url)
    assert (website["monitoringType"], website["url"]) == (kind, shown)
    listed = good(await token.get(f"{PATH}?monitoringType={kind}"), "organization-websites")
    assert [one["url"] for one in listed["items"]] == [shown]
    others = good(await token.get(f"{PATH}?excludeMonitoringType={kind}"), "organization-websites")
    assert others["items"] == []


async def test_settings_are_shown_and_changed_by_name(house: House, token: Client) -> None:
    website = await create(
        house, token, monitoringType="icmp", url="example.com", settings={"count": 5}
    )
    assert website["settings"] == {
        "host": "example.com",
        "count": 5,
        "size": 56,
        "mostLoss": 50,
        "mostJitter": None,
        "ipVersion": "any",
        "slowAfter": None,
        "upsideDown": False,
    }
    change = {"settings": {"mostLoss": 10}, "url": "icmp://example.org"}
    answer = await token.patch(f"{PATH}/{website['publicId']}", json=change)
    after = good(answer, "organization-website")
    assert after["url"] == "icmp://example.org"
    assert (after["settings"]["count"], after["settings"]["mostLoss"]) == (5, 10)


async def test_what_is_said_twice_counts_where_it_differs(house: House, token: Client) -> None:
    website = await create(
        house, token, monitoringType="icmp", url="example.com", settings={"slowAfter": 500}
    )
    assert (website["slowAfterMs"], website["upsideDown"]) == (500, False)
    path = f"{PATH}/{website['publicId']}"
    for change in (
        {"slowAfterMs": 700},
        {"settings": {**website["settings"], "slowAfter": 700}, "slowAfterMs": 500},
        {"settings": website["settings"], "slowAfterMs": 700},
    ):
        await token.patch(path, json={"slowAfterMs": 500})
        after = good(await token.patch(path, json=change), "organization-website")
        assert (after["slowAfterMs"], after["settings"]["slowAfter"]) == (700, 700), change


async def test_what_is_shown_can_be_sent_back(house: House, token: Client) -> None:
    website = await create(
        house, token, monitoringType="dns", url="example.com", dnsConfig=DNS_CONFIG
    )
    sent = {name: website[name] for name in ("monitoringType", "url", "settings", "dnsConfig")}
    answer = await token.patch(f"{PATH}/{website['publicId']}", json=sent)
    assert good(answer, "organization-website") == website


async def test_dns_config_is_what_is_expected(house: House, token: Client) -> None:
    website = await create(
        house, token, monitoringType="dns", url="example.com", dnsConfig=DNS_CONFIG
    )
    assert website["dnsConfig"] == {
        **DNS_CONFIG,
        "triggerOn": {"resolveError": True, "mismatch": True},
    }
    assert website["settings"]["expected"] == {"A": ["192.0.2.1"]}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"monitoringType": "icmp", "url": "tcp://example.com:25"}, "url must begin with icmp://"),
        ({"monitoringType": "tcp", "url": "example.com"}, "a port is needed"),
        ({"monitoringType": "icmp"}, "url is required"),
        ({"monitoringType": "icmp", "url": "h", "settings": {"x": 1}}, "settings has no x"),
        ({"monitoringType": "icmp", "url": "h", "settings": {"count": "many"}}, "Expected `int`"),
        ({"monitoringType": "icmp", "url": "h", "settings": {"count": 0}}, "Expected `int` >= 1"),
        ({"monitoringType": "dns", "url": "h", "dnsConfig": []}, "dnsConfig must be an object"),
        (
            {"monitoringType": "dns", "url": "h", "dnsConfig": {**DNS_CONFIG, "rrtypes": ["MX"]}},
            "Expected values are required for RR type MX",
        ),
        (
            {"monitoringType": "dns", "url": "h", "dnsConfig": {**DNS_CONFIG, "rrtypes": ["WKS"]}},
            "rrtypes must be a list of A, AAAA",
        ),
        (
            {"monitoringType": "dns", "url": "h", "dnsConfig": {**DNS_CONFIG, "matchMode": "x"}},
            "matchMode must be one of exact",
        ),
        ({"monitoringType": "icmp", "url": "h", "authMode": "basic"}, "basicAuthUsername"),
    ],
)
async def test_what_does_not_fit_is_refused_in_words(
    house: House, token: Client, change: dict[str, Any], why: str
) -> None:
    body = {"customerId": house.customer_id, "name": "Thing", **change}
    assert why in refused(await token.post(PATH, json=body), "organization", 400)


async def test_a_website_keeps_its_kind(house: House, token: Client) -> None:
    website = await create(house, token, monitoringType="icmp", url="example.com")
    path = f"{PATH}/{website['publicId']}"
    answer = await token.patch(path, json={"monitoringType": "tcp"})
    assert "cannot become tcp" in refused(answer, "organization", 400)


@pytest.mark.parametrize(
    ("url", "kind"),
    [("tcp://example.com:25", "tcp"), ("dns://example.com", "dns"), ("example.com", "combined")],
)
async def test_an_address_alone_names_the_type(
    house: House, token: Client, url: str, kind: str
) -> None:
    assert (await create(house, token, url=url))["monitoringType"] == kind


async def test_an_address_of_nothing_that_is_known_is_refused(house: House, token: Client) -> None:
    body = {"customerId": house.customer_id, "name": "Thing", "url": "gopher://example.com"}
    said = refused(await token.post(PATH, json=body), "organization", 400)
    assert "gopher:// is nothing that can be watched" in said
