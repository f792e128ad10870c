"""Packages of the organization API are the policies, with their thresholds under its names."""

from typing import Any

import pytest

from fener.actions import policies
from fener.domain.policy import Policy, Quorum
from fener.domain.time import DAY, MINUTE
from support.api import Client
from support.house import House
from support.schemas import good, refused

PATH = "/api/package-configs"
GIVEN: dict[str, Any] = {
    "displayName": "Gold Plus",
    "alertConsecutiveChecks": 5,
    "recoveryConsecutiveChecks": 3,
    "recheckIntervalSeconds": 2.5,
    "alertLocationThreshold": "count",
    "alertLocationThresholdCount": 2,
    "alertReminderInterval": 15,
    "flapTurns": 4,
    "flapWindowSeconds": 1800,
    "flapHoldSeconds": 120,
    "flapCalmSeconds": 600,
    "certificateWarningSeconds": 2_592_000,
    "certificateCriticalSeconds": 604_800,
}
RULES = Policy(
    confirm_after=5,
    recover_after=3,
    recheck_every=2_500,
    quorum=Quorum.COUNT,
    quorum_count=2,
    reminder_every=15 * MINUTE,
    flap_turns=4,
    flap_window=30 * MINUTE,
    flap_hold=2 * MINUTE,
    flap_calm=10 * MINUTE,
    certificate_warn_before=30 * DAY,
    certificate_critical_before=7 * DAY,
)


async def put(token: Client, key: str = "gold", **given: Any) -> dict[str, Any]:
    package: dict[str, Any] = good(
        await token.patch(f"{PATH}/{key}", json=given), "organization-package"
    )
    return package


async def test_the_first_package_is_as_published(token: Client) -> None:
    (standard,) = good(await token.get(PATH), "organization-packages")
    published = {
        "packageType": "standard",
        "displayName": "Standard",
        "maxUrls": None,
        "notificationDelayMinutes": 0,
        "alertConsecutiveChecks": 3,
        "alertLocationThreshold": "majority",
        "alertReminderInterval": 60,
        "enableEmailAlerts": True,
        "enableSmsAlerts": False,
        "notes": None,
    }
    assert {name: standard[name] for name in published} == published
    assert standard["usedByCustomerCount"] > 0


async def test_a_package_is_created_and_sent_back_unchanged(house: House, token: Client) -> None:
    made = await put(token, **GIVEN)
    assert {name: made[name] for name in GIVEN} == GIVEN
    assert (made["packageType"], made["alertReminderIntervalSeconds"]) == ("gold", 900)
    stored = await policies.get(house.context, house.owner, "gold")
    assert stored.rules == RULES
    assert await put(token, **made) == made
    assert [one["packageType"] for one in (await token.get(PATH)).json] == ["standard", "gold"]
    organizations = (await token.get("/api/organization")).json
    legacy = await token.get(f"/api/organizations/{organizations['publicId']}/package-configs")
    assert good(legacy, "organization-packages")[1] == made


async def test_what_is_left_out_stays(token: Client) -> None:
    before = await put(token, **GIVEN)
    after = await put(token, alertConsecutiveChecks=2)
    assert after == before | {"alertConsecutiveChecks": 2, "updatedAt": after["updatedAt"]}
    assert (await put(token, "bare"))["displayName"] == "bare"


@pytest.mark.parametrize(
    ("change", "seconds"),
    [
        ({"alertReminderInterval": 30}, 1800),
        ({"alertReminderInterval": 2}, 90),  # as it is shown: rounded up
        ({"alertReminderIntervalSeconds": 75}, 75),
        ({"alertReminderInterval": 2, "alertReminderIntervalSeconds": 75}, 75),
        ({"alertReminderInterval": 5, "alertReminderIntervalSeconds": 90}, 300),
        ({"alertReminderInterval": None}, None),
        ({"alertReminderIntervalSeconds": None}, None),
    ],
)
async def test_of_minutes_and_seconds_the_one_that_differs_counts(
    token: Client, change: dict[str, Any], seconds: int | None
) -> None:
    before = await put(token, alertReminderIntervalSeconds=90)
    assert before["alertReminderInterval"] == 2
    assert (await put(token, **change))["alertReminderIntervalSeconds"] == seconds


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"alertConsecutiveChecks": 0}, "The number of failing checks is 0, but may be from 1"),
        ({"recheckIntervalSeconds": 0.5}, "The time between two rechecks is 0.5 s"),
        ({"alertLocationThreshold": "most"}, "most"),
        ({"maxUrls": 100}, "maxUrls is not supported yet: leave it out"),
        ({"enableSmsAlerts": True}, "enableSmsAlerts is not supported yet"),
        ({"notes": "x"}, "notes is not supported yet"),
        ({"displayName": " "}, "A name is needed"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    token: Client, change: dict[str, Any], why: str
) -> None:
    answer = await token.patch(f"{PATH}/gold", json=change)
    assert why in refused(answer, "organization", 400)
    assert len((await token.get(PATH)).json) == 1


async def test_a_key_that_machines_cannot_type_is_refused(token: Client) -> None:
    answer = await token.patch(f"{PATH}/a%20b", json={})
    assert "is no key of a policy" in refused(answer, "organization", 400)


async def test_a_package_that_is_used_cannot_be_deleted(house: House, token: Client) -> None:
    made = await put(token)
    website = {"customerId": house.customer_id, "name": "Shop", "url": "https://shop.example/"}
    shop = good(
        await token.post("/api/websites", json={**website, "packageId": made["id"]}),
        "organization-website",
    )
    assert shop["packageId"] == made["id"]
    assert "1 monitor" in refused(await token.delete(f"{PATH}/gold"), "organization", 409)
    path = f"/api/websites/{shop['publicId']}"
    assert (await token.patch(path, json={"name": "Store"})).json["packageId"] == made["id"]
    assert (await token.patch(path, json={"packageId": None})).json["packageId"] is None
    assert (await token.delete(f"{PATH}/gold")).json == {"success": True}
    assert refused(await token.delete(f"{PATH}/gold"), "organization", 404) == "Package not found"
    answer = await token.patch(path, json={"packageId": made["id"]})
    assert "There is no policy" in refused(answer, "organization", 400)


async def test_a_website_says_what_each_location_sees(house: House, token: Client) -> None:
    website = {"customerId": house.customer_id, "name": "Shop", "url": "https://shop.example/"}
    shop = (await token.post("/api/websites", json=website)).json
    assert shop["locationsNeeded"] == 1
    (state,) = shop["locationStates"]
    assert (state["locationId"], state["state"], state["since"]) == (1, "unknown", None)
    await house.goes_down(shop["id"])
    after = good(await token.get(f"/api/websites/{shop['publicId']}"), "organization-website")
    (state,) = after["locationStates"]
    assert (state["state"], state["checksAgainst"]) == ("down", 0)
    assert state["since"] is not None
