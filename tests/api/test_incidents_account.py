"""Incidents in the account API, to the letter of its page."""

import pytest

from fener.api.app import create_api
from fener.api.options import ApiOptions
from fener.domain.people import Role
from fener.domain.time import HOUR, MINUTE, SECOND, plain_text
from support.api import Client
from support.house import JOB, House
from support.schemas import good, refused

PATH = "/api/incidents"


async def _item(asked: Client, incident_id: int) -> dict[str, object]:
    answer = await asked.get(f"{PATH}/{incident_id}")
    data = good(answer, "account-incident")["data"]
    assert isinstance(data, dict)
    return data


async def test_an_empty_list_is_one_empty_page(key: Client) -> None:
    answer = await key.get(f"{PATH}/")
    body = good(answer, "account-incidents")
    page_1 = "http://fener.example/api/incidents?page=1"
    assert body == {
        "data": [],
        "meta": {"page": 1, "results_per_page": 25, "total": 0, "total_pages": 1},
        "links": {"first": page_1, "last": page_1, "next": None, "prev": None, "self": page_1},
    }


async def test_an_open_incident_has_no_end(house: House, key: Client) -> None:
    begun = house.world.now
    monitor = await house.monitor()
    incident = await house.goes_down(monitor, begun)
    first = await house.value("SELECT min(id) FROM all_results")
    shown = await _item(key, incident)
    assert shown == {
        "id": incident,
        "user_id": house.owner.user_id,
        "monitor_id": monitor,
        "start_monitor_log_id": first,
        "end_monitor_log_id": 0,
        "heartbeat_id": 0,
        "start_heartbeat_log_id": 0,
        "end_heartbeat_log_id": 0,
        "start_datetime": plain_text(begun),
        "end_datetime": None,
        "last_failed_check_datetime": plain_text(begun + 20 * SECOND),
        "failed_checks": 3,
        "notification_handlers_ids": [],
        "comment": None,
    }


async def test_a_recovered_incident_ends_with_the_first_good_check(
    house: House, key: Client
) -> None:
    begun = house.world.now
    monitor = await house.monitor()
    incident = await house.goes_down(monitor, begun)
    await house.comes_up(monitor, begun + MINUTE)
    good_checks = await house.rows("SELECT id FROM all_results WHERE outcome = 'success'")
    shown = await _item(key, incident)
    assert shown["end_monitor_log_id"] == min(row["id"] for row in good_checks)
    assert shown["end_datetime"] == plain_text(begun + MINUTE)


async def test_a_heartbeat_stands_on_the_other_side(house: House, key: Client) -> None:
    heartbeat = await house.monitor(JOB)
    incident = await house.falls_silent(heartbeat)
    missed = await house.value("SELECT id FROM all_results WHERE outcome = 'failure'")
    shown = await _item(key, incident)
    assert shown["heartbeat_id"] == heartbeat
    assert shown["start_heartbeat_log_id"] == missed
    assert (shown["monitor_id"], shown["start_monitor_log_id"]) == (0, 0)
    assert shown["failed_checks"] == 1


async def test_the_channels_chosen_when_it_opened_are_its_handlers(
    house: House, key: Client
) -> None:
    told = [await house.channel("One"), await house.channel("Two")]
    await house.channel("Of another customer", house.other_customer_id)
    incident = await house.goes_down(await house.monitor())
    await house.channel("Too late")
    assert (await _item(key, incident))["notification_handlers_ids"] == told


async def _three(house: House) -> list[int]:
    return [await house.goes_down(await house.monitor()) for _ in range(3)]


async def test_the_list_is_newest_first(house: House, key: Client) -> None:
    made = await _three(house)
    answer = await key.get(f"{PATH}/")
    assert [one["id"] for one in good(answer, "account-incidents")["data"]] == made[::-1]


async def _eleven(house: House) -> list[int]:
    monitors = [await house.monitor() for _ in range(11)]
    return [await house.goes_down(monitor) for monitor in monitors]


async def test_pages_are_linked_and_keep_their_size(house: House, key: Client) -> None:
    made = await _eleven(house)
    first = good(await key.get(f"{PATH}/?results_per_page=10"), "account-incidents")
    second = good(await key.get(f"{PATH}/?results_per_page=10&page=2"), "account-incidents")
    assert [one["id"] for one in first["data"] + second["data"]] == made[::-1]
    site = "http://fener.example/api/incidents?results_per_page=10&page="
    assert first["links"] == {
        "first": f"{site}1",
        "last": f"{site}2",
        "next": f"{site}2",
        "prev": None,
        "self": f"{site}1",
    }
    assert second["links"]["prev"] == f"{site}1"
    assert second["links"]["next"] is None
    assert second["meta"] == {"page": 2, "results_per_page": 10, "total": 11, "total_pages": 2}


@pytest.mark.parametrize("page", ["7", "99999999999999999999999", str(2**63)])
async def test_beyond_the_last_page_the_totals_are_true(
    house: House, key: Client, page: str
) -> None:
    await _three(house)
    body = good(await key.get(f"{PATH}/?page={page}"), "account-incidents")
    assert body["data"] == []
    assert body["meta"]["total"] == 3
    assert body["links"]["prev"] == "http://fener.example/api/incidents?page=1"
    assert body["links"]["next"] is None


@pytest.mark.parametrize("page", ["0", "-3", "x", "", "1.5", "%D9%A3"])
async def test_a_page_that_is_none_is_the_first(house: House, key: Client, page: str) -> None:
    await _three(house)
    body = good(await key.get(f"{PATH}/?page={page}"), "account-incidents")
    assert body["meta"]["page"] == 1
    assert len(body["data"]) == 3


@pytest.mark.parametrize("size", ["0", "11", "-10", "5000", "many", str(10**30)])
async def test_a_size_that_is_not_offered_is_25(key: Client, size: str) -> None:
    body = good(await key.get(f"{PATH}/?results_per_page={size}"), "account-incidents")
    assert body["meta"]["results_per_page"] == 25


@pytest.mark.parametrize("size", [10, 50, 100, 250, 500, 1000])
async def test_every_offered_size_is_taken(key: Client, size: int) -> None:
    body = good(await key.get(f"{PATH}/?results_per_page={size}"), "account-incidents")
    assert body["meta"]["results_per_page"] == size
    assert body["links"]["self"].endswith(f"?results_per_page={size}&page=1")


async def test_comments_are_searched_in_part_and_counted(house: House, key: Client) -> None:
    made = await _three(house)
    await key.post(f"{PATH}/{made[0]}", form={"comment": "The 100% Disk"})
    await key.post(f"{PATH}/{made[1]}", form={"comment": "the network"})
    answer = await key.get(f"{PATH}/?search=100%25%20d&search_by=comment")
    body = good(answer, "account-incidents")
    assert [one["id"] for one in body["data"]] == [made[0]]
    assert body["meta"]["total"] == 1
    site = "http://fener.example/api/incidents"
    assert body["links"]["self"] == f"{site}?search=100%25+d&search_by=comment&page=1"


async def test_a_range_of_time_includes_its_last_second(house: House, key: Client) -> None:
    begun = house.world.now
    early = await house.goes_down(await house.monitor(), begun)
    late = await house.goes_down(await house.monitor(), begun + HOUR + 500)
    since, until = plain_text(begun + MINUTE), plain_text(begun + HOUR)
    field = "datetime_field=start_datetime"
    encoded = f"{field}&datetime_start={since}&datetime_end={until}".replace(" ", "%20")
    body = good(await key.get(f"{PATH}/?{encoded}"), "account-incidents")
    assert [one["id"] for one in body["data"]] == [late]
    before = f"datetime_end={plain_text(begun)}".replace(" ", "+")
    body = good(await key.get(f"{PATH}/?{before}"), "account-incidents")
    assert [one["id"] for one in body["data"]] == [early]


async def test_lists_are_ordered_as_asked(house: House, key: Client) -> None:
    few = await house.goes_down(await house.monitor(), failures=3)
    many = await house.goes_down(await house.monitor(), failures=5)
    also_few = await house.goes_down(await house.monitor(), failures=3)
    asked = f"{PATH}/?order_by=failed_checks&order_type=asc"
    body = good(await key.get(asked), "account-incidents")
    assert [one["id"] for one in body["data"]] == [few, also_few, many]


@pytest.mark.parametrize(
    "query",
    [
        "order_by=secret",
        "order_type=sideways",
        "datetime_start=yesterday",
        "datetime_end=2025-13-45%2099:00:00",
        "search_by=password",
        "wanted=unknown",
        "datetime_field=created",
    ],
)
async def test_filters_that_make_no_sense_are_ignored(
    house: House, key: Client, query: str
) -> None:
    made = await _three(house)
    body = good(await key.get(f"{PATH}/?page=1&{query}"), "account-incidents")
    assert [one["id"] for one in body["data"]] == made[::-1]
    assert body["links"]["self"] == "http://fener.example/api/incidents?page=1"


async def test_the_comment_is_changed_by_form(house: House, key: Client) -> None:
    incident = await house.goes_down(await house.monitor())
    answer = await key.post(f"{PATH}/{incident}", form={"comment": "Example"})
    assert good(answer, "account-changed") == {"data": {"id": incident}}
    assert (await _item(key, incident))["comment"] == "Example"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"comment=Das%20W%C3%B6rt"),
        ("application/x-www-form-urlencoded; charset=utf-8", "comment=Das+Wört".encode()),
        ("application/json", '{"comment": "Das Wört"}'.encode()),
    ],
)
async def test_the_comment_may_come_in_other_bodies(
    house: House, key: Client, kind: str, body: bytes
) -> None:
    incident = await house.goes_down(await house.monitor())
    answer = await key.post(f"{PATH}/{incident}", body=body, headers={"content-type": kind})
    good(answer, "account-changed")
    assert (await _item(key, incident))["comment"] == "Das Wört"


async def test_a_comment_left_out_is_unchanged_and_an_empty_one_is_none(
    house: House, key: Client
) -> None:
    incident = await house.goes_down(await house.monitor())
    await key.post(f"{PATH}/{incident}", form={"comment": "Example"})
    good(await key.post(f"{PATH}/{incident}"), "account-changed")
    good(await key.post(f"{PATH}/{incident}", form={"other": "x"}), "account-changed")
    assert (await _item(key, incident))["comment"] == "Example"
    good(await key.post(f"{PATH}/{incident}", form={"comment": ""}), "account-changed")
    assert (await _item(key, incident))["comment"] is None


async def test_each_change_of_the_comment_is_an_event_and_an_audit_entry(
    house: House, key: Client
) -> None:
    incident = await house.goes_down(await house.monitor())
    for comment in ("one", "one", "two"):
        await key.post(f"{PATH}/{incident}", form={"comment": comment})
    told = await house.rows("SELECT * FROM incident_events WHERE kind = 'comment_changed'")
    assert [row["user_id"] for row in told] == [house.owner.user_id] * 2
    assert (await house.world.audited()).count(("incident.comment", f"incident:{incident}")) == 2


@pytest.mark.parametrize(
    ("comment", "status"), [("x" * 10_000, 200), ("x" * 10_001, 400), ("x" * 1_000_000, 400)]
)
async def test_a_comment_has_ten_thousand_characters_at_most(
    house: House, key: Client, comment: str, status: int
) -> None:
    incident = await house.goes_down(await house.monitor())
    answer = await key.post(f"{PATH}/{incident}", form={"comment": comment})
    assert answer.status == status
    if status == 400:
        assert "10000" in refused(answer, "account", 400)


async def test_deleting_answers_nothing_and_leaves_nothing(house: House, key: Client) -> None:
    incident = await house.goes_down(await house.monitor())
    answer = await key.delete(f"{PATH}/{incident}")
    assert (answer.status, answer.body) == (200, b"")
    refused(await key.get(f"{PATH}/{incident}"), "account", 404)
    refused(await key.delete(f"{PATH}/{incident}"), "account", 404)
    assert good(await key.get(f"{PATH}/"), "account-incidents")["meta"]["total"] == 0
    assert ("incident.delete", f"incident:{incident}") in await house.world.audited()


@pytest.mark.parametrize("identifier", ["0", "-1", "999", str(2**63 - 1), str(2**63), "9" * 5000])
async def test_an_id_that_nothing_has_is_not_found(key: Client, identifier: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = await key.ask(method, f"{PATH}/{identifier}")
        refused(answer, "account", 404, "Not found")


async def test_a_foreign_incident_is_not_told_from_none(house: House, key: Client) -> None:
    stranger = await house.stranger()
    foreign = await house.goes_down(await house.monitor(who=stranger))
    for method in ("GET", "POST", "DELETE"):
        hidden = await key.ask(method, f"{PATH}/{foreign}")
        missing = await key.ask(method, f"{PATH}/{foreign + 1}")
        assert (hidden.status, hidden.body) == (missing.status, missing.body)
        refused(hidden, "account", 404)


async def test_a_readonly_member_sees_but_changes_nothing(house: House, key: Client) -> None:
    seen = await house.goes_down(await house.monitor())
    hidden = await house.goes_down(await house.monitor(customer_id=house.other_customer_id))
    member = await house.readonly(house.customer_id)
    body = good(await member.get(f"{PATH}/"), "account-incidents")
    assert [one["id"] for one in body["data"]] == [seen]
    assert body["meta"]["total"] == 1
    refused(await member.get(f"{PATH}/{hidden}"), "account", 404)
    for answer in (
        await member.post(f"{PATH}/{seen}", form={"comment": "no"}),
        await member.post(f"{PATH}/{seen}"),
        await member.delete(f"{PATH}/{seen}"),
    ):
        refused(answer, "account", 403)
    refused(await member.delete(f"{PATH}/{hidden}"), "account", 404)
    assert (await _item(key, seen))["comment"] is None


async def test_a_member_of_no_customer_sees_an_empty_list(house: House) -> None:
    await _three(house)
    body = good(await (await house.readonly()).get(f"{PATH}/"), "account-incidents")
    assert (body["data"], body["meta"]["total"]) == ([], 0)


async def test_a_user_may_respond(house: House) -> None:
    incident = await house.goes_down(await house.monitor())
    user = await house.world.member(house.owner.organization_id, Role.USER, "user@example.com")
    member = await house.key_of(user)
    good(await member.post(f"{PATH}/{incident}", form={"comment": "on it"}), "account-changed")


async def test_links_repeat_the_public_address(house: House) -> None:
    key = await house.key_of(house.owner)
    api = create_api(house.context, ApiOptions(public_url="https://status.example/"))
    answer = await key.of(api).get(f"{PATH}/")
    links = good(answer, "account-incidents")["links"]
    assert links["self"] == "https://status.example/api/incidents?page=1"
