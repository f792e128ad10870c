"""Incidents in the organization API: the published list and details, to the letter."""

from typing import Any

import pytest

from fener.domain.time import DAY, MINUTE, SECOND, iso_text
from support.api import Client
from support.house import JOB, House
from support.schemas import good, refused

PATH = "/api/incidents"
UUID = "01890a5d-ac96-774b-bcce-b302099a8057"


async def _details(asked: Client, public_id: str) -> dict[str, Any]:
    body = good(await asked.get(f"{PATH}/{public_id}"), "organization-incident")
    assert isinstance(body, dict)
    return body


async def _ids(asked: Client, query: str = "") -> list[int]:
    answer = await asked.get(f"{PATH}?limit=500{query}")
    return [one["id"] for one in good(answer, "organization-incidents")]


async def test_an_empty_list_is_an_empty_array(token: Client) -> None:
    assert good(await token.get(PATH), "organization-incidents") == []


async def test_an_open_incident_is_listed_as_published(house: House, token: Client) -> None:
    begun = house.world.now
    monitor = await house.monitor(customer_id=house.other_customer_id, name="Main Marketing Site")
    incident = await house.goes_down(monitor, begun)
    (shown,) = good(await token.get(PATH), "organization-incidents")
    assert shown == {
        "id": incident,
        "websiteId": monitor,
        "status": "open",
        "severity": "http_status",
        "started_at": iso_text(begun + 20_250),
        "resolved_at": None,
        "last_notified_at": None,
        "error_message": "status 500, wanted 200-299",
        "status_code": 500,
        "response_time_ms": 12.345,
        "website": {
            "id": monitor,
            "name": "Main Marketing Site",
            "url": "https://shop.example/",
            "status": "active",
        },
        "customer": {"id": house.other_customer_id, "email": "", "company": "Beta"},
        "publicId": await house.public_id(incident),
        "websitePublicId": await house.value("SELECT public_id FROM monitors"),
        "outageStartedAt": iso_text(begun),
        "acknowledgedAt": None,
        "failedChecksTotal": 3,
    }


async def test_the_list_is_narrowed_to_what_is_open_or_over(house: House, token: Client) -> None:
    begun = house.world.now
    over, paused = await house.monitor(), await house.monitor()
    first = await house.goes_down(over, begun)
    await house.comes_up(over, begun + MINUTE)
    second = await house.goes_down(paused, begun)
    acknowledge = f"{PATH}/{await house.public_id(second)}/acknowledge"
    shown = good(await token.post(acknowledge), "organization-incident-changed")
    assert await _ids(token, "&status=open") == [second]
    assert await _ids(token, "&status=resolved") == [first]
    assert await _ids(token, f"&id={first}") == [first]
    assert await _ids(token, "&id=777") == []
    refused(await token.get(f"{PATH}?id=0"), "organization", 400, "id must be 1 or more")
    assert await _ids(token, "&status=") == [second, first]
    answer = await token.get(f"{PATH}?includeTotal=1&status=open&limit=1")
    body = good(answer, "organization-incidents-total")
    assert (body["total"], body["incidents"][0]["acknowledgedAt"]) == (1, shown["acknowledgedAt"])
    refused(await token.get(f"{PATH}?status=acknowledged"), "organization", 400, "Invalid status")


async def test_an_incident_names_its_website_and_customer_though_they_are_gone(
    house: House, token: Client
) -> None:
    monitor = await house.monitor(name="Main Marketing Site")
    incident = await house.goes_down(monitor)
    website = await house.value("SELECT public_id FROM monitors")
    assert (await token.delete(f"/api/websites/{website}")).status == 200
    (listed,) = good(await token.get(PATH), "organization-incidents")
    details = await token.get(f"{PATH}/{await house.public_id(incident)}")
    shown = good(details, "organization-incident")["incident"]
    for name in ("website", "customer", "outageStartedAt", "failedChecksTotal"):
        assert shown[name] == listed[name]
    assert (shown["website"]["name"], shown["website"]["status"]) == (
        "Main Marketing Site",
        "inactive",
    )


async def test_the_address_of_a_heartbeat_is_never_shown(house: House, token: Client) -> None:
    heartbeat = await house.monitor(JOB)
    incident = await house.falls_silent(heartbeat)
    key = str(await house.value("SELECT ping_key FROM monitors"))
    listed = await token.get(PATH)
    (shown,) = good(listed, "organization-incidents")
    assert (shown["website"]["url"], shown["severity"]) == ("", "downtime")
    assert (shown["status_code"], shown["response_time_ms"]) == (None, 12.345)
    details = await token.get(f"{PATH}/{await house.public_id(incident)}")
    for answer in (listed, details):
        assert key.encode() not in answer.body
        assert key.replace("-", "").encode() not in answer.body


async def test_a_recovery_is_told_with_its_confirmation(house: House, token: Client) -> None:
    begun = house.world.now
    monitor = await house.monitor()
    await house.goes_down(monitor, begun)
    await house.comes_up(monitor, begun + MINUTE)
    (shown,) = good(await token.get(PATH), "organization-incidents")
    assert shown["status"] == "resolved"
    assert shown["resolved_at"] == iso_text(begun + MINUTE + 10_250)


async def test_a_paused_monitor_is_an_inactive_website(house: House, token: Client) -> None:
    monitor = await house.monitor()
    await house.goes_down(monitor)
    async with house.context.database.write() as session:
        await session.run("UPDATE monitors SET paused_at = 1 WHERE id = :id", {"id": monitor})
    (shown,) = good(await token.get(PATH), "organization-incidents")
    assert shown["website"]["status"] == "inactive"


async def test_the_list_is_cut_by_limit_and_offset(house: House, token: Client) -> None:
    made = [await house.goes_down(await house.monitor()) for _ in range(5)]
    answer = await token.get(f"{PATH}?limit=2&offset=1")
    assert [one["id"] for one in good(answer, "organization-incidents")] == made[3:1:-1]
    assert await _ids(token) == made[::-1]
    for beyond in ("5", str(2**63), "9" * 5000):
        assert good(await token.get(f"{PATH}?offset={beyond}"), "organization-incidents") == []


@pytest.mark.parametrize("spelled", ["1", "true", "TRUE", "True"])
async def test_the_envelope_counts_them_all(house: House, token: Client, spelled: str) -> None:
    for _ in range(3):
        await house.goes_down(await house.monitor())
    answer = await token.get(f"{PATH}?includeTotal={spelled}&limit=1&offset=1")
    body = good(answer, "organization-incidents-total")
    assert [len(body["incidents"]), body["total"], body["limit"], body["offset"]] == [1, 3, 1, 1]


@pytest.mark.parametrize("spelled", ["0", "", "yes", "2", "false", "01"])
async def test_any_other_includetotal_is_none(token: Client, spelled: str) -> None:
    good(await token.get(f"{PATH}?includeTotal={spelled}"), "organization-incidents")


async def test_a_hundred_are_given_where_no_limit_is_named(token: Client) -> None:
    body = good(await token.get(f"{PATH}?includeTotal=1"), "organization-incidents-total")
    assert (body["limit"], body["offset"]) == (100, 0)


@pytest.mark.parametrize("limit", ["501", "10000", str(2**63), "9" * 5000])
async def test_a_limit_above_500_is_500(token: Client, limit: str) -> None:
    answer = await token.get(f"{PATH}?includeTotal=1&limit={limit}")
    assert good(answer, "organization-incidents-total")["limit"] == 500


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit must be from 1 to 500"),
        ("limit=-1", "limit must be from 1 to 500"),
        ("limit=many", "limit must be from 1 to 500"),
        ("limit=1.5", "limit must be from 1 to 500"),
        ("limit=%D9%A3", "limit must be from 1 to 500"),
        (f"limit=-{'9' * 5000}", "limit must be from 1 to 500"),
        ("offset=-1", "offset must be 0 or more"),
        ("offset=x", "offset must be 0 or more"),
    ],
)
async def test_a_window_that_is_none_is_refused_with_its_range(
    token: Client, query: str, message: str
) -> None:
    refused(await token.get(f"{PATH}?{query}"), "organization", 400, message)


async def test_the_organization_is_the_callers_own(house: House) -> None:
    incident = await house.goes_down(await house.monitor())
    stranger = await house.stranger()
    await house.goes_down(await house.monitor(who=stranger))
    own = house.owner.organization_id
    for asked in (await house.key_of(house.owner), await house.token()):
        for query in ("", "&organizationId=", f"&organizationId={own}"):
            assert await _ids(asked, query) == [incident]


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "1.0", "%20", "null"])
async def test_an_organization_that_is_no_number_is_required(
    key: Client, token: Client, wrong: str
) -> None:
    for asked in (key, token):
        answer = await asked.get(f"{PATH}?organizationId={wrong}")
        refused(answer, "organization", 400, "Organization ID is required")


async def test_a_foreign_and_an_unknown_organization_are_forbidden_alike(
    house: House, key: Client, token: Client
) -> None:
    stranger = await house.stranger()
    for asked in (key, token):
        for foreign in (stranger.organization_id, 999, 2**63, int("9" * 4000)):
            answer = await asked.get(f"{PATH}?organizationId={foreign}")
            refused(answer, "organization", 403, "Forbidden")


async def test_a_user_without_organization_is_asked_for_one(house: House) -> None:
    stranger = await house.stranger()
    key = await house.key_of(stranger)
    async with house.context.database.write() as session:
        await session.run("DELETE FROM members WHERE user_id = :u", {"u": stranger.user_id})
    refused(await key.get(PATH), "organization", 400, "Organization ID is required")
    refused(await key.get(f"{PATH}/"), "account", 400)


async def test_400_comes_before_403_and_403_before_404(house: House, key: Client) -> None:
    foreign = (await house.stranger()).organization_id
    refused(await key.get(f"{PATH}?organizationId={foreign}&limit=0"), "organization", 400)
    refused(await key.get(f"{PATH}/{UUID}?organizationId={foreign}"), "organization", 403)
    body = {"json": {"text": ""}}
    answer = await key.post(f"{PATH}/{UUID}/comments?organizationId={foreign}", **body)
    refused(answer, "organization", 403)


async def test_readonly_members_and_customer_tokens_see_their_customers(house: House) -> None:
    first = await house.goes_down(await house.monitor())
    second = await house.goes_down(await house.monitor(customer_id=house.other_customer_id))
    for asked in (
        await house.readonly(house.other_customer_id),
        await house.token(house.other_customer_id),
    ):
        assert await _ids(asked) == [second]
        envelope = await asked.get(f"{PATH}?includeTotal=1")
        assert good(envelope, "organization-incidents-total")["total"] == 1
        hidden = await asked.get(f"{PATH}/{await house.public_id(first)}")
        refused(hidden, "organization", 403, "Forbidden")
        await _details(asked, await house.public_id(second))
    both = await house.readonly(house.customer_id, house.other_customer_id)
    assert await _ids(both) == [second, first]


@pytest.mark.parametrize(
    ("identifier", "status", "message"),
    [
        ("latest", 400, "Incident public ID (UUID) required"),
        (UUID, 404, "Incident not found"),
    ],
)
async def test_details_need_the_public_id_of_an_incident(
    token: Client, identifier: str, status: int, message: str
) -> None:
    answer = await token.get(f"{PATH}/{identifier}")
    refused(answer, "organization", status, message)


async def test_somebody_elses_incident_is_forbidden(house: House, token: Client) -> None:
    stranger = await house.stranger()
    foreign = await house.goes_down(await house.monitor(who=stranger))
    answer = await token.get(f"{PATH}/{await house.public_id(foreign)}")
    refused(answer, "organization", 403, "Forbidden")


async def test_the_timeline_tells_the_outage_from_its_first_failing_check(
    house: House, token: Client
) -> None:
    begun = house.world.now
    monitor = await house.monitor()
    incident = await house.goes_down(monitor, begun, failures=4)
    checks = await house.rows("SELECT id, at FROM all_results ORDER BY at")
    body = await _details(token, (await house.public_id(incident)).upper())
    timeline = body["timeline"]
    assert timeline["outageStartedAt"] == iso_text(begun)
    assert timeline["confirmationAt"] == body["incident"]["startedAt"] == iso_text(begun + 20_250)
    assert [one["id"] for one in timeline["failedChecks"]] == [str(row["id"]) for row in checks]
    assert (
        timeline["failedChecks"][0]
        == timeline["outageStartedCheck"]
        == {
            "id": str(checks[0]["id"]),
            "checkedAt": iso_text(begun),
            "status": "failure",
            "statusCode": 500,
            "errorMessage": "status 500, wanted 200-299",
            "responseTimeMs": 12.345,
            "location": {"id": 1, "code": "local", "name": "Local"},
        }
    )
    assert timeline["failedChecksTotal"] == 4
    assert (timeline["recoveryChecks"], timeline["recoveryChecksTotal"]) == ([], 0)
    assert [event["kind"] for event in body["events"]] == ["first_failure", "confirmed"]


async def test_the_evidence_is_that_of_the_confirming_check(house: House, token: Client) -> None:
    incident = await house.goes_down(await house.monitor(), failures=5)
    confirming = await house.value("SELECT opening_check_id FROM incidents")
    evidence = (await _details(token, await house.public_id(incident)))["evidenceCheck"]
    assert evidence["id"] == str(confirming)
    assert evidence["diagnostics"]["request"] == "GET https://shop.example/"
    assert (evidence["hasScreenshot"], evidence["screenshotUrl"]) == (False, None)


async def test_the_recovery_begins_with_its_first_good_check(house: House, token: Client) -> None:
    begun = house.world.now
    monitor = await house.monitor()
    incident = await house.goes_down(monitor, begun)
    await house.comes_up(monitor, begun + MINUTE, successes=4)
    body = await _details(token, await house.public_id(incident))
    seen = [one["checkedAt"] for one in body["timeline"]["recoveryChecks"]]
    assert seen == [iso_text(begun + MINUTE), iso_text(begun + MINUTE + 10 * SECOND)]
    assert body["timeline"]["recoveryChecksTotal"] == 2
    assert body["incident"]["resolution"] == "recovered"
    assert [one["status"] for one in body["timeline"]["failedChecks"]] == ["failure"] * 3


async def test_of_a_long_outage_the_newest_checks_and_the_first_are_shown(
    house: House, token: Client
) -> None:
    incident = await house.goes_down(await house.monitor(), failures=120)
    timeline = (await _details(token, await house.public_id(incident)))["timeline"]
    shown = timeline["failedChecks"]
    assert timeline["failedChecksTotal"] == 120
    assert shown[0] == timeline["outageStartedCheck"]
    assert len(shown) == 102  # the first, the confirming and the newest hundred
    assert shown == sorted(shown, key=lambda one: one["checkedAt"])


async def test_the_checks_of_an_incident_outlive_the_raw_results(
    house: House, token: Client
) -> None:
    begun = house.world.now
    monitor = await house.monitor()
    incident = await house.goes_down(monitor, begun, failures=5)
    await house.comes_up(monitor, begun + DAY)
    async with house.context.database.write() as session:
        await session.run("DELETE FROM fresh_results")
    timeline = (await _details(token, await house.public_id(incident)))["timeline"]
    seen = [one["checkedAt"] for one in timeline["failedChecks"]]
    assert seen == [iso_text(begun + after) for after in (0, 20 * SECOND, 40 * SECOND)]
    assert timeline["failedChecksTotal"] == 5
    assert [one["checkedAt"] for one in timeline["recoveryChecks"]] == [iso_text(begun + DAY)]


async def test_each_attempt_to_tell_somebody_is_an_alert_event(house: House, token: Client) -> None:
    await house.channel("On call")
    incident = await house.goes_down(await house.monitor())
    tries = [(house.world.now + 1, 0, "refused"), (house.world.now + 2, 1, "taken")]
    async with house.context.database.write() as session:
        for number, (at, ok, answer) in enumerate(tries, start=1):
            await session.run(
                "INSERT INTO delivery_attempts (notification_id, attempt, at, ok, answer)"
                " SELECT id, :number, :at, :ok, :answer FROM notifications",
                {"number": number, "at": at, "ok": ok, "answer": answer},
            )
    timeline = (await _details(token, await house.public_id(incident)))["timeline"]
    told = [
        (one["sentAt"], one["type"], one["status"], one["channelName"], one["errorMessage"])
        for one in timeline["alertEvents"]
    ]
    assert told == [
        (iso_text(tries[0][0]), "email", "failed", "On call", "refused"),
        (iso_text(tries[1][0]), "email", "sent", "On call", None),
    ]
