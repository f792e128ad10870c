"""Websites in the organization API, as its pages say."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from fener.domain.heartbeat import PingAction
from fener.domain.kinds.heartbeat import EveryInterval
from fener.domain.time import MINUTE, iso_text
from support.api import Client
from support.certificates import make_authority
from support.house import JOB, House
from support.schemas import fits, good, refused

PATH = "/api/websites"
UUID_REQUIRED = "Website public ID (UUID) required"


def body(house: House, **more: Any) -> dict[str, Any]:
    return {"customerId": house.customer_id, "name": "Shop", "url": "https://shop.example"} | more


async def create(house: House, asked: Client, **more: Any) -> dict[str, Any]:
    answer = await asked.post(PATH, json=body(house, **more))
    record: dict[str, Any] = good(answer, "organization-website")
    return record


async def update(asked: Client, website: dict[str, Any], **change: Any) -> dict[str, Any]:
    answer = await asked.patch(f"{PATH}/{website['publicId']}", json=change)
    record: dict[str, Any] = good(answer, "organization-website")
    return record


async def names(asked: Client, query: str = "") -> list[str]:
    page = good(await asked.get(f"{PATH}?{query}"), "organization-websites")
    assert page["total"] == len(page["items"])
    return [one["name"] for one in page["items"]]


async def public_id(house: House, monitor_id: int) -> str:
    return str(await house.value("SELECT public_id FROM monitors WHERE id = :id", id=monitor_id))


async def test_a_creation_uses_the_defaults_of_its_page(house: House, token: Client) -> None:
    website = await create(house, token)
    told = {
        "status": "active",
        "monitoringType": "combined",
        "checkInterval": 30,
        "checkIntervalSeconds": 1800,
        "timeoutSeconds": 30,
        "expectedStatusCodes": "200,301,302",
        "allowedCheckCountryCodes": None,
        "searchTerm": None,
        "customFields": None,
        "authMode": "none",
        "hasSecret": False,
        "httpMethod": "GET",
        "customHeaders": None,
        "requestBody": None,
        "followRedirects": True,
        "url": "https://shop.example",
        "createdAt": iso_text(house.world.now),
        "organizationId": house.owner.organization_id,
        "customerId": house.customer_id,
        "customerName": "Acme",
        "state": "unknown",
        "locationIds": [1],
        "notificationChannelIds": None,
        "heartbeatConfig": None,
        "pingUrl": None,
    }
    assert {name: website[name] for name in told} == told
    again = await token.get(f"{PATH}/{website['publicId']}")
    assert good(again, "organization-website") == website


async def test_every_known_field_is_kept_and_given_back(house: House, token: Client) -> None:
    channel = await house.channel()
    given = {
        "status": "paused",
        "monitoringType": "http_status",
        "checkInterval": 5,
        "timeoutSeconds": 12,
        "expectedStatusCodes": "200,404",
        "searchTerm": "Welcome",
        "customFields": {"contract": "L-204", "deep": {"a": [1]}},
        "authMode": "basic",
        "basicAuthUsername": "me",
        "basicAuthPassword": "secret",
        "httpMethod": "POST",
        "customHeaders": {"X-A": "1"},
        "requestBody": "{}",
        "followRedirects": False,
        "unwantedTerm": "Fatal error",
        "searchPattern": "v[0-9]+",
        "jsonValues": [{"path": "$.status", "wanted": "ok"}, {"path": "$.a[0]", "wanted": None}],
        "minResponseBytes": 10,
        "maxResponseBytes": 1000,
        "expectedHeaders": {"X-Env": "prod"},
        "ipVersion": "ipv6",
        "httpVersion": "2",
        "cacheBuster": True,
        "proxyUrl": "http://proxy.example:3128",
        "slowAfterMs": 1500,
        "upsideDown": True,
        "cookieHandling": "jar",
        "mtlsEnabled": False,
        "notificationChannelIds": [channel],
    }
    website = await create(house, token, **given)
    expected = given | {"status": "inactive", "basicAuthPassword": None}
    assert {name: website[name] for name in given} == expected
    assert website["hasSecret"]
    assert website["state"] == "paused"
    assert await update(token, website, **{**website, "name": "Shop"}) == website


async def test_a_client_certificate_is_kept_until_it_is_taken_back(
    house: House, token: Client, tmp_path: Path
) -> None:
    text = make_authority(tmp_path).written("prober.test").read_text()
    start = text.index("-----BEGIN CERTIFICATE")
    website = await create(house, token, mtlsClientCert=text[start:], mtlsClientKey=text[:start])
    assert website["mtlsEnabled"]
    assert website["mtlsClientCert"] is website["mtlsClientKey"] is None
    assert await update(token, website, **website) == website
    assert not (await update(token, website, mtlsEnabled=False))["mtlsEnabled"]


async def test_digest_is_kept_though_its_user_changes(house: House, token: Client) -> None:
    given = {"authMode": "digest", "basicAuthUsername": "me", "basicAuthPassword": "secret"}
    website = await create(house, token, **given)
    assert (website["authMode"], website["basicAuthPassword"]) == ("digest", None)
    changed = await update(token, website, basicAuthUsername="you", basicAuthPassword="other")
    assert (changed["authMode"], changed["basicAuthUsername"]) == ("digest", "you")


async def test_an_oauth_client_is_kept_and_its_secret_goes_to_no_other_endpoint(
    house: House, token: Client
) -> None:
    given = {
        "authMode": "oauth2",
        "oauthTokenUrl": "https://id.example/token",
        "oauthClientId": "fener",
        "oauthScope": "read",
    }
    website = await create(house, token, **given, oauthClientSecret="s3cret")
    assert {name: website[name] for name in given} == given
    assert website["oauthClientSecret"] is None
    assert await update(token, website, **website) == website
    away = {"oauthTokenUrl": "https://evil.example/token"}
    answer = await token.patch(f"{PATH}/{website['publicId']}", json=away)
    refused(answer, "organization", 400, "oauthClientSecret is required")


async def listed_as_got(token: Client, public_id: str, *names: str) -> list[Any]:
    """What the list tells of these, which is what the item tells."""
    items = good(await token.get(PATH), "organization-websites")["items"]
    (listed,) = [one for one in items if one["publicId"] == public_id]
    item = good(await token.get(f"{PATH}/{public_id}"), "organization-website")
    assert {name: item[name] for name in listed} == listed
    return [listed[name] for name in names]


async def test_the_list_tells_how_each_is_and_what_its_last_check_found(
    house: House, token: Client
) -> None:
    website = await create(house, token)
    last = ("lastCheckedAt", "lastMessage", "lastResponseTimeMs", "openIncidentId")
    key, begun = website["publicId"], house.world.now
    assert website["stateSince"] == iso_text(begun)
    assert await listed_as_got(token, key, "kind", *last) == ["http", None, None, None, None]
    incident = await house.goes_down(website["id"], begun)
    at, message = iso_text(begun + 20_250), "status 500, wanted 200-299"
    assert await listed_as_got(token, key, *last) == [at, message, 12.345, incident]
    assert await listed_as_got(token, key, "state", "stateSince") == ["down", at]


async def test_the_list_tells_when_a_heartbeat_was_heard_and_is_expected(
    house: House, token: Client
) -> None:
    job, begun = await house.monitor(JOB), house.world.now
    key, times = await public_id(house, job), ("lastPingAt", "expectedAt")
    assert await listed_as_got(token, key, "kind", *times) == ["heartbeat", None, None]
    await house.pinged(job, begun, PingAction.SUCCESS)
    assert isinstance(JOB.schedule, EveryInterval)
    expected = begun + JOB.schedule.interval
    assert await listed_as_got(token, key, *times) == [iso_text(begun), iso_text(expected)]


async def test_what_was_not_checked_in_time_is_late_and_never_up(
    house: House, token: Client
) -> None:
    website = await create(house, token)
    await house.comes_up(website["id"], house.world.now, successes=1)
    assert await states(token, website) == ["up", "up"]
    house.world.clock.step_wall(2 * 30 * MINUTE)
    assert await states(token, website) == ["late", "late"]


async def states(token: Client, website: dict[str, Any]) -> list[str]:
    """In the list and in the item."""
    (listed,) = good(await token.get(PATH), "organization-websites")["items"]
    item = good(await token.get(f"{PATH}/{website['publicId']}"), "organization-website")
    return [listed["state"], item["state"]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"customerId": "x"}, "Invalid Customer identifier"),
        ({"customerId": 0}, "Invalid Customer identifier"),
        ({"monitoringType": "pigeon"}, "Invalid monitoringType"),
        ({"monitoringType": "playwright"}, None),
        ({"status": "sleeping"}, "Invalid status"),
        ({"status": "maintenance"}, None),
        ({"checkInterval": 0}, None),
        ({"checkInterval": 61}, None),
        ({"checkInterval": "5"}, None),
        ({"checkIntervalSeconds": 0.2}, None),
        ({"timeoutSeconds": 61}, None),
        ({"checkIntervalSeconds": 5, "timeoutSeconds": 6}, None),
        ({"expectedStatusCodes": "fine"}, None),
        ({"url": "gopher://shop.example"}, None),
        ({"name": "x" * 256}, None),
        ({"searchTerm": "x" * 256}, None),
        ({"unwantedTerm": "x" * 1001}, None),
        ({"searchPattern": "("}, None),
        ({"jsonValues": [{"path": "$..a"}]}, None),
        ({"jsonValues": [{"wanted": "a"}]}, None),
        ({"minResponseBytes": -1}, None),
        ({"minResponseBytes": 5, "maxResponseBytes": 4}, None),
        ({"expectedHeaders": {"a b": "c"}}, None),
        ({"customFields": {"x": "y" * 10_000}}, None),
        ({"authMode": "basic", "basicAuthUsername": "me"}, "basicAuthPassword is required"),
        ({"authMode": "basic"}, "basicAuthUsername is required"),
        ({"authMode": "authorization_header"}, "authorizationHeader is required"),
        ({"authMode": "oauth"}, None),
        ({"authMode": "oauth2"}, "oauthTokenUrl is required"),
        ({"authMode": "basic", "basicAuthUsername": "x" * 256, "basicAuthPassword": "y"}, None),
        ({"httpMethod": "BREW"}, None),
        ({"customHeaders": {"X": "a\r\nb"}}, None),
        ({"cookieHandling": "biscuits"}, "cookieHandling must be jar or none"),
        ({"ipVersion": "ipv5"}, None),
        ({"slowAfterMs": 60_001}, "Slow is what takes longer than 1 ms up to 60 s."),
        ({"httpVersion": "3"}, None),
        ({"proxyUrl": "socks5://proxy.example"}, None),
        ({"proxyUrl": "http://me:pw@proxy.example"}, None),
        ({"mtlsEnabled": True}, "mtlsClientCert is required"),
        ({"mtlsClientCert": "-----BEGIN"}, "mtlsClientKey is required"),
        ({"mtlsClientCert": "-----BEGIN", "mtlsClientKey": "x"}, None),
        (
            {"allowedCheckCountryCodes": ["XX"]},
            "No eligible monitoring locations for the selected allowed countries",
        ),
        ({"locationIds": [99]}, None),
        ({"notificationChannelIds": [99]}, None),
    ],
)
async def test_what_cannot_be_done_is_refused_in_words(
    house: House, token: Client, change: dict[str, Any], message: str | None
) -> None:
    said = refused(await token.post(PATH, json=body(house, **change)), "organization", 400, message)
    assert len(said) > 10
    website = await create(house, token)
    answer = await token.patch(f"{PATH}/{website['publicId']}", json=change)
    refused(answer, "organization", 400, message)
    again = await token.get(f"{PATH}/{website['publicId']}")
    assert good(again, "organization-website") == website


@pytest.mark.parametrize("missing", ["customerId", "name", "url"])
async def test_what_a_creation_needs_is_named(house: House, token: Client, missing: str) -> None:
    given = {name: value for name, value in body(house).items() if name != missing}
    said = refused(await token.post(PATH, json=given), "organization", 400)
    assert said == f"{missing} is required"


async def test_a_customer_may_be_named_by_uuid_and_must_be_there(
    house: House, token: Client
) -> None:
    key = await house.value("SELECT public_id FROM customers WHERE id = :i", i=house.customer_id)
    assert (await create(house, token, customerId=key))["customerId"] == house.customer_id
    for unknown in (999, str(uuid4()), 2**63 - 1):
        answer = await token.post(PATH, json=body(house, customerId=unknown))
        refused(answer, "organization", 404, "Customer not found")
    foreign = await house.first_customer(await house.stranger())
    answer = await token.post(PATH, json=body(house, customerId=foreign))
    refused(answer, "organization", 403, "Forbidden")


async def test_an_update_changes_what_it_names(house: House, token: Client) -> None:
    website = await create(house, token)
    house.world.clock.step_wall(MINUTE)
    after = await update(token, website, name="Cart", status="inactive")
    assert after == website | {
        "name": "Cart",
        "status": "inactive",
        "state": "paused",
        "stateSince": iso_text(house.world.now),
        "updatedAt": iso_text(house.world.now),
    }
    moved = await update(token, website, customerId=house.other_customer_id, status="active")
    assert (moved["customerId"], moved["customerName"]) == (house.other_customer_id, "Beta")


async def test_the_interval_that_differs_counts(house: House, token: Client) -> None:
    website = await create(house, token, checkIntervalSeconds=90, checkInterval=30)
    assert (website["checkInterval"], website["checkIntervalSeconds"]) == (2, 90)
    assert website["timeoutSeconds"] == 30
    same = await update(token, website, checkInterval=2)
    assert same["checkIntervalSeconds"] == 90
    both = await update(token, website, checkInterval=5, checkIntervalSeconds=90)
    assert (both["checkInterval"], both["checkIntervalSeconds"]) == (5, 300)
    quick = await update(token, website, checkIntervalSeconds=1)
    assert (quick["checkInterval"], quick["timeoutSeconds"]) == (1, 1)


async def test_secrets_stay_until_they_are_changed(house: House, token: Client) -> None:
    async def stored() -> Any:
        sealed = await house.value("SELECT sealed_credentials FROM monitors")
        return sealed and house.context.sealer.open(sealed)["credentials"]

    website = await create(
        house, token, authMode="authorization_header", authorizationHeader="Key 1"
    )
    assert (website["authMode"], website["authorizationHeader"]) == ("authorization_header", None)
    await update(token, website, authMode="authorization_header", authorizationHeader=None)
    assert (await stored())["value"] == "Key 1"
    basic = {"authMode": "basic", "basicAuthUsername": "me", "basicAuthPassword": "pw"}
    await update(token, website, **basic)
    await update(token, website, basicAuthUsername="me", basicAuthPassword=None)
    assert (await stored())["password"] == "pw"
    await update(token, website, authMode="none")
    assert await stored() is None


async def test_a_heartbeat_is_a_website_too(house: House, token: Client) -> None:
    job = await create(house, token, monitoringType="heartbeat", url=None, checkInterval=10)
    assert (job["monitoringType"], job["url"]) == ("heartbeat", "")
    assert job["heartbeatConfig"] == {
        "intervalSeconds": 600,
        "cron": None,
        "onCalendar": None,
        "timezone": "UTC",
        "graceSeconds": 300,
    }
    key = await house.value("SELECT ping_key FROM monitors")
    assert job["pingUrl"] == f"http://fener.example/ping/{key}"
    nightly = {"cron": "0 2 * * *", "timezone": "Europe/Berlin", "graceSeconds": 60}
    after = await update(token, job, heartbeatConfig=nightly)
    assert after["heartbeatConfig"] == nightly | {"intervalSeconds": None, "onCalendar": None}
    same = await update(token, job, **{**after, "name": "Backup"})
    assert same["heartbeatConfig"] == after["heartbeatConfig"]
    for config in ({"cron": "x"}, {"cron": "* * * * *", "intervalSeconds": 5}):
        answer = await token.patch(f"{PATH}/{job['publicId']}", json={"heartbeatConfig": config})
        refused(answer, "organization", 400)
    answer = await token.patch(f"{PATH}/{job['publicId']}", json={"monitoringType": "combined"})
    refused(answer, "organization", 400)
    answer = await token.post(f"{PATH}/{job['publicId']}/trigger-check")
    refused(answer, "organization", 400)


async def test_who_may_only_read_does_not_learn_the_ping_address(house: House) -> None:
    job = await public_id(house, await house.monitor(JOB))
    member = await house.readonly(house.customer_id)
    website = good(await member.get(f"{PATH}/{job}"), "organization-website")
    assert website["pingUrl"] is None


async def test_countries_choose_locations(house: House, token: Client) -> None:
    async with house.context.database.write() as session:
        await session.run(
            "INSERT INTO locations (id, code, name, country) VALUES (2, 'fra', 'There', 'DE')"
        )
    website = await create(house, token, allowedCheckCountryCodes=["de", "DE", "FI"])
    assert website["locationIds"] == [2]
    assert website["allowedCheckCountryCodes"] == ["DE", "FI"]
    after = await update(token, website, allowedCheckCountryCodes=[])
    assert (after["locationIds"], after["allowedCheckCountryCodes"]) == ([1], None)


async def test_deleting_answers_success(house: House, token: Client) -> None:
    website = await create(house, token)
    place = f"{PATH}/{website['publicId']}"
    answer = await token.delete(place)
    assert (answer.status, answer.json) == (200, {"success": True})
    for method in ("GET", "PATCH", "DELETE"):
        answer = await token.ask(method, place, json={})
        refused(answer, "organization", 404, "Website not found")
    assert await names(token) == []


async def test_lists_are_searched_and_filtered(house: House, token: Client) -> None:
    await create(house, token, name="One", url="https://one.example/")
    await create(house, token, name="Two", monitoringType="http_status")
    other = house.other_customer_id
    await create(house, token, name="Job", monitoringType="heartbeat", customerId=other)
    assert await names(token) == ["Job", "Two", "One"]
    assert await names(token, f"organizationId={house.owner.organization_id}&search=ONE") == ["One"]
    assert await names(token, f"customerId={other}") == ["Job"]
    key = await house.value("SELECT public_id FROM customers WHERE id = :i", i=other)
    assert await names(token, f"customerId={key}") == ["Job"]
    assert await names(token, "monitoringType=combined") == ["One"]
    assert await names(token, "monitoringType=dns") == []
    assert await names(token, "excludeMonitoringType=heartbeat") == ["Two", "One"]
    assert await names(token, "monitoringType=combined&excludeMonitoringType=combined") == []
    number = await house.value("SELECT id FROM monitors WHERE name = 'Two'")
    assert await names(token, f"id={number}") == ["Two"]
    assert await names(token, f"id={number}&search=one") == []
    assert await names(token, "id=777") == []
    item = good(await token.get(f"{PATH}?perPage=1"), "organization-websites")["items"][0]
    assert (item["name"], item["url"], item["status"]) == ("Job", "", "active")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("customerId=x", "Invalid customerId"),
        ("monitoringType=x", "Invalid monitoringType"),
        ("excludeMonitoringType=x", "Invalid monitoringType"),
        ("page=0", "page must be 1 or more"),
        ("page=x", "page must be 1 or more"),
        ("perPage=-1", "perPage must be from 1 to 200"),
        ("id=0", "id must be 1 or more"),
        ("id=x", "id must be 1 or more"),
        ("organizationId=0", "Organization ID is required"),
    ],
)
async def test_a_wrong_query_is_refused_in_words(token: Client, query: str, message: str) -> None:
    refused(await token.get(f"{PATH}?{query}"), "organization", 400, message)


async def test_pages_are_cut(house: House, token: Client) -> None:
    for number in range(3):
        await create(house, token, name=str(number))
    page = good(await token.get(f"{PATH}?page=2&perPage=2"), "organization-websites")
    assert ([one["name"] for one in page["items"]], page["total"]) == (["0"], 3)
    assert (page["page"], page["perPage"]) == (2, 2)
    far = good(await token.get(f"{PATH}?page={2**62}&perPage=9999"), "organization-websites")
    assert (far["items"], far["total"], far["perPage"]) == ([], 3, 200)


async def test_triggering_rings_for_a_check(house: House, token: Client) -> None:
    website = await create(house, token)
    place = f"{PATH}/{website['publicId']}"
    answer = await token.post(f"{place}/trigger-check")
    assert (answer.status, answer.json) == (
        200,
        {
            "success": True,
            "message": "Check triggered successfully",
            "websiteId": website["id"],
        },
    )
    await update(token, website, status="inactive")
    refused(await token.post(f"{place}/trigger-check"), "organization", 409)


async def test_checks_are_told_with_their_evidence(house: House, token: Client) -> None:
    website = await create(house, token)
    await house.goes_down(website["id"])
    place = f"{PATH}/{website['publicId']}/check-history"
    newest, *rest = good(await token.get(place), "organization-check-history")["data"]
    assert len(rest) == 2
    assert (newest["id"], newest["status"], newest["statusCode"]) == ("3", "failure", 500)
    assert newest["errorMessage"] == "status 500, wanted 200-299"
    assert (newest["timingTotal"], newest["responseTimeMs"]) == (12, 12.345)
    assert newest["diagnostics"]["request"] == "GET https://shop.example/"
    assert (newest["locationId"], newest["locationCode"]) == (1, "local")
    by_number = await token.get(f"{PATH}/{website['id']}/check-history?limit=1")
    assert good(by_number, "organization-check-history")["data"] == [newest]
    for kind, count in (("combined", 3), ("http", 3), ("ssl", 0), ("heartbeat", 0), ("dns", 0)):
        told = good(await token.get(f"{place}?checkType={kind}"), "organization-check-history")
        assert len(told["data"]) == count
    refused(await token.get(f"{place}?checkType=x"), "organization", 400, "Invalid checkType")
    refused(await token.get(f"{place}?limit=0"), "organization", 400)
    wrong = await token.get(f"{PATH}/x/check-history")
    refused(wrong, "organization", 400, "Invalid Website identifier")


async def test_incidents_are_told_in_words(house: House, token: Client) -> None:
    website = await create(house, token)
    begun = house.world.now
    await house.goes_down(website["id"], begun)
    place = f"{PATH}/{website['publicId']}/incident-history"
    house.world.clock.step_wall(2 * MINUTE)
    (ongoing,) = good(await token.get(place), "organization-incident-history")["incidents"]
    assert (ongoing["status"], ongoing["isOngoing"], ongoing["endedAt"]) == ("open", True, None)
    assert (ongoing["duration"], ongoing["durationMs"]) == ("2m", 2 * MINUTE)
    await house.comes_up(website["id"], begun + 10 * MINUTE)
    told = good(await token.get(place), "organization-incident-history")
    (incident,) = told["incidents"]
    assert incident | {"id": 0} == {
        "id": 0,
        "type": "http_status",
        "status": "resolved",
        "startedAt": "Jan 1, 2026, 12:00:20",
        "endedAt": "Jan 1, 2026, 12:10:10",
        "duration": "9m 50s",
        "durationMs": 590_000,
        "details": "HTTP 500 - Response time: 0.01s",
        "isOngoing": False,
    }
    assert told["total"] == 1


async def test_alerts_are_told_one_by_one(house: House, token: Client) -> None:
    await house.channel("On call")
    website = await create(house, token)
    incident = await house.goes_down(website["id"])
    async with house.context.database.write() as session:
        for ok, said in ((0, "no such host"), (1, "accepted")):
            await session.run(
                "INSERT INTO delivery_attempts (notification_id, attempt, at, ok, answer)"
                " SELECT id, 1, :at, :ok, :answer FROM notifications",
                {"at": house.world.now, "ok": ok, "answer": said},
            )
    answer = await token.get(f"{PATH}/{website['publicId']}/alert-history")
    told = good(answer, "organization-alert-history")
    sent, failed = told["alerts"]
    assert (sent["status"], sent["errorMessage"], sent["incidentId"]) == ("sent", None, incident)
    assert (failed["status"], failed["errorMessage"]) == ("failed", "no such host")
    assert (failed["channelName"], failed["type"]) == ("On call", "email")
    assert told["total"] == 2


async def test_uptime_is_told_over_the_usual_spans(house: House, token: Client) -> None:
    website = await create(house, token)
    place = f"{PATH}/{website['publicId']}/uptime-stats"
    before = good(await token.get(place), "organization-uptime-stats")
    assert set(before.values()) == {None}
    begun = house.world.now
    await house.goes_down(website["id"], begun)
    await house.comes_up(website["id"], begun + 10 * MINUTE)
    house.world.clock.step_wall(10 * MINUTE - (house.world.now - begun) + 10 * MINUTE)
    stats = good(await token.get(place), "organization-uptime-stats")
    assert stats["day"] == stats["year"] == pytest.approx(50.0)
    assert stats["dayAvgResponse"] == stats["yearAvgResponse"] == 12.345


READS = ("", "/check-history", "/incident-history", "/alert-history", "/uptime-stats")


async def test_scope_holds_on_every_route(house: House, token: Client) -> None:
    own = await public_id(house, await house.monitor())
    other = await public_id(house, await house.monitor(customer_id=house.other_customer_id))
    foreign = await public_id(house, await house.monitor(who=await house.stranger()))
    member = await house.readonly(house.customer_id)
    scoped = await house.token(house.customer_id)
    for read in READS:
        for asked in (member, scoped):
            assert (await asked.get(f"{PATH}/{own}{read}")).status == 200
            answer = await asked.get(f"{PATH}/{other}{read}")
            refused(answer, "organization", 403, "Forbidden")
        refused(await token.get(f"{PATH}/{foreign}{read}"), "organization", 403, "Forbidden")
        missing = await token.get(f"{PATH}/{uuid4()}{read}")
        refused(missing, "organization", 404, "Website not found")
        refused(await house.nobody.get(f"{PATH}/{own}{read}"), "organization", 401, "Unauthorized")
        if read != "/check-history":
            for wrong in ("1", "x"):
                answer = await token.get(f"{PATH}/{wrong}{read}")
                refused(answer, "organization", 400, UUID_REQUIRED)
    page = good(await scoped.get(PATH), "organization-websites")
    assert [one["publicId"] for one in page["items"]] == [own]
    assert page["total"] == 1


async def test_who_may_only_read_changes_nothing(house: House, token: Client) -> None:
    own = await public_id(house, await house.monitor())
    before = (await token.get(f"{PATH}/{own}")).json
    member = await house.readonly(house.customer_id)
    for answer in (
        await member.post(PATH, json=body(house)),
        await member.patch(f"{PATH}/{own}", json={"name": "Mine"}),
        await member.delete(f"{PATH}/{own}"),
        await member.post(f"{PATH}/{own}/trigger-check"),
    ):
        refused(answer, "organization", 403, "Forbidden")
    after = (await token.get(f"{PATH}/{own}")).json
    assert fits("organization-website", after) == before


async def test_an_account_key_speaks_this_contract_too(house: House, key: Client) -> None:
    website = await create(house, key)
    assert await names(key) == ["Shop"]
    assert website["customerId"] == house.customer_id
