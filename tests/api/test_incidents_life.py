"""What people do to incidents, and what becomes of the monitor's next outage."""

from typing import Any

import pytest

from fener.actions import incidents, monitors
from fener.actions.incidents import Visibility
from fener.domain.errors import NotFound, NotPermitted, OutOfReach
from fener.domain.incident import IncidentStatus
from fener.domain.listing import Filters, Window
from fener.domain.people import Role
from fener.domain.time import MINUTE, SECOND, iso_text
from fener.storage.incidents import Only
from support.api import Client
from support.house import House
from support.schemas import good, refused

PATH = "/api/incidents"


async def _down(house: House) -> tuple[int, int, str]:
    """A monitor that is down: its id, and both ids of its incident."""
    monitor = await house.monitor()
    incident = await house.goes_down(monitor)
    return monitor, incident, await house.public_id(incident)


async def _events(house: House, incident: int) -> list[str]:
    sql = "SELECT kind FROM incident_events WHERE incident_id = :id ORDER BY id"
    return [row["kind"] for row in await house.rows(sql, id=incident)]


async def test_acknowledging_ends_reminders_and_names_the_first(
    house: House, key: Client, token: Client
) -> None:
    _, incident, public_id = await _down(house)
    at = house.world.now
    body = good(await key.post(f"{PATH}/{public_id}/acknowledge"), "organization-incident-changed")
    assert (body["status"], body["acknowledgedAt"]) == ("open", iso_text(at))
    assert body["acknowledgedBy"] == house.owner.user_id
    assert await house.value("SELECT remind_at FROM incidents") is None
    house.world.clock.step_wall(MINUTE)
    again = await token.post(f"{PATH}/{public_id}/acknowledge")
    assert good(again, "organization-incident-changed") == body
    assert (await _events(house, incident)).count("acknowledged") == 1


async def test_a_comment_of_the_timeline_is_kept_with_its_author(house: House, key: Client) -> None:
    _, incident, public_id = await _down(house)
    said = {"text": "We look into it", "visibility": "public"}
    event = good(await key.post(f"{PATH}/{public_id}/comments", json=said), "organization-event")
    assert (event["detail"]["text"], event["detail"]["visibility"]) == ("We look into it", "public")
    assert (event["userId"], event["userName"]) == (house.owner.user_id, "owner@example.com")
    plain = {"text": "internal by default"}
    event = good(await key.post(f"{PATH}/{public_id}/comments", json=plain), "organization-event")
    assert event["detail"]["visibility"] == "internal"
    details = good(await key.get(f"{PATH}/{public_id}"), "organization-incident")
    assert details["events"][-1] == event
    assert details["incident"]["comment"] is None
    assert (await _events(house, incident)).count("commented") == 2


async def test_what_a_token_does_names_the_token(house: House, token: Client) -> None:
    _, _, public_id = await _down(house)
    answer = await token.post(f"{PATH}/{public_id}/comments", json={"text": "by machine"})
    token_id = await house.value("SELECT max(id) FROM tokens")
    assert good(answer, "organization-event")["detail"]["token_id"] == token_id
    entry = (await house.rows("SELECT * FROM audit_entries ORDER BY id"))[-1]
    assert (entry["token_id"], entry["credential"]) == (token_id, "token")


async def test_a_postmortem_is_written_changed_and_taken_away(house: House, key: Client) -> None:
    _, incident, public_id = await _down(house)
    target = f"{PATH}/{public_id}/postmortem"
    for text, kept in (("The disk was full.", "The disk was full."), ("", None)):
        answer = await key.put(target, json={"text": text})
        assert good(answer, "organization-incident-changed")["postmortem"] == kept
    refused(await key.put(target, json={}), "organization", 400)
    refused(await key.put(target, json={"text": "x" * 100_001}), "organization", 400)
    assert (await _events(house, incident)).count("postmortem_changed") == 2


async def test_resolving_by_hand_ends_the_incident_and_tells_nobody(
    house: House, key: Client
) -> None:
    await house.channel()
    _, incident, public_id = await _down(house)
    at = house.world.now
    answer = await key.post(f"{PATH}/{public_id}/resolve")
    body = good(answer, "organization-incident-changed")
    assert (body["status"], body["resolution"]) == ("resolved", "by_hand")
    assert body["resolvedAt"] == iso_text(at)
    account = good(await key.get(f"{PATH}/{incident}"), "account-incident")["data"]
    assert (account["end_datetime"] is None, account["end_monitor_log_id"]) == (False, 0)
    owed = await house.rows("SELECT event, status FROM notifications")
    assert owed == [{"event": "down", "status": "cancelled"}]
    details = good(await key.get(f"{PATH}/{public_id}"), "organization-incident")
    assert details["timeline"]["recoveryChecks"] == []
    assert details["events"][-1]["detail"]["resolution"] == "by_hand"


async def test_a_resolved_incident_is_neither_acknowledged_nor_resolved_again(
    house: House, key: Client
) -> None:
    _, _, public_id = await _down(house)
    await key.post(f"{PATH}/{public_id}/resolve")
    for deed in ("acknowledge", "resolve"):
        refused(await key.post(f"{PATH}/{public_id}/{deed}"), "organization", 409)


_OPEN = "SELECT count(*) FROM incidents WHERE status = 'open'"


@pytest.mark.parametrize("end", ["delete", "resolve"])
async def test_after_it_was_ended_by_hand_none_opens_before_the_monitor_was_up(
    house: House, key: Client, end: str
) -> None:
    monitor, incident, public_id = await _down(house)
    begun = house.world.now + MINUTE
    if end == "delete":
        assert (await key.delete(f"{PATH}/{incident}")).status == 200
    else:
        assert (await key.post(f"{PATH}/{public_id}/resolve")).status == 200
    await house.fails(monitor, begun, failures=6)
    assert await house.value(_OPEN) == 0
    await house.comes_up(monitor, begun + 2 * MINUTE)
    await house.goes_down(monitor, begun + 3 * MINUTE)
    assert await house.value(_OPEN) == 1


@pytest.mark.parametrize("end", ["delete", "resolve"])
async def test_pausing_does_not_make_a_silenced_problem_heard_again(
    house: House, key: Client, end: str
) -> None:
    monitor, incident, public_id = await _down(house)
    if end == "delete":
        await key.delete(f"{PATH}/{incident}")
    else:
        await key.post(f"{PATH}/{public_id}/resolve")
    await monitors.pause(house.context, house.owner, monitor)
    await monitors.resume(house.context, house.owner, monitor)
    begun = house.world.now + MINUTE
    await house.fails(monitor, begun, failures=6)
    assert await house.value(_OPEN) == 0
    await house.comes_up(monitor, begun + 2 * MINUTE)
    await house.goes_down(monitor, begun + 3 * MINUTE)
    assert await house.value(_OPEN) == 1


async def test_deleting_a_resolved_incident_silences_nothing(house: House, key: Client) -> None:
    monitor, incident, _ = await _down(house)
    begun = house.world.now + MINUTE
    await house.comes_up(monitor, begun)
    await key.delete(f"{PATH}/{incident}")
    newer = await house.goes_down(monitor, begun + MINUTE)
    assert newer > incident


async def test_deleting_cancels_what_is_owed_and_keeps_the_fact(house: House, key: Client) -> None:
    await house.channel()
    monitor, incident, public_id = await _down(house)
    assert await house.value("SELECT count(*) FROM notifications WHERE status = 'owed'") == 1
    await key.delete(f"{PATH}/{incident}")
    for table in ("notifications", "incident_events", "incident_checks", "incidents"):
        assert await house.value(f"SELECT count(*) FROM {table}") == 0
    (entry,) = await house.rows("SELECT * FROM audit_entries WHERE action = 'incident.delete'")
    assert entry["subject"] == f"incident:{incident}"
    assert public_id in entry["detail"]
    assert f'"monitor_id":{monitor}' in entry["detail"]


async def test_totals_follow_openings_and_deletions(house: House, key: Client) -> None:
    made = [await house.goes_down(await house.monitor()) for _ in range(3)]
    await key.delete(f"{PATH}/{made[1]}")
    await key.delete(f"{PATH}/{made[1]}")
    body = good(await key.get(f"{PATH}?includeTotal=1"), "organization-incidents-total")
    counted = await house.value("SELECT count(*) FROM incidents")
    assert body["total"] == counted == 2


def _deeds(house: House, who: Any, incident: int) -> list[Any]:
    """Every action that changes an incident, ready to be called."""
    context = house.context
    return [
        lambda: incidents.change_comment(context, who, incident, "x"),
        lambda: incidents.change_postmortem(context, who, incident, "x"),
        lambda: incidents.add_comment(context, who, incident, "x", Visibility.PUBLIC),
        lambda: incidents.acknowledge(context, who, incident),
        lambda: incidents.resolve(context, who, incident),
        lambda: incidents.delete(context, who, incident),
    ]


async def test_every_change_asks_for_the_right_to_respond_and_for_reach(house: House) -> None:
    _, incident, _ = await _down(house)
    organization = house.owner.organization_id
    own = (house.customer_id,)
    other = (house.other_customer_id,)
    reader = await house.world.member(organization, Role.READONLY, "r@example.com", own)
    limited = await house.world.member(organization, Role.USER, "u@example.com", other)
    stranger = await house.stranger()
    for who, error in ((reader, NotPermitted), (limited, OutOfReach), (stranger, OutOfReach)):
        for deed in _deeds(house, who, incident):
            with pytest.raises(error):
                await deed()
    for deed in _deeds(house, house.owner, incident + 1):
        with pytest.raises(NotFound):
            await deed()
    assert await _events(house, incident) == ["first_failure", "confirmed"]
    for deed in _deeds(house, house.owner, incident):
        await deed()


async def test_fener_s_own_pages_narrow_the_list(house: House, key: Client) -> None:
    monitor, resolved, public_id = await _down(house)
    await key.post(f"{PATH}/{public_id}/resolve")
    other, still_open, _ = await _down(house)

    async def found(only: Only) -> list[int]:
        listed = await incidents.list_incidents(
            house.context, house.owner, Window(10), Filters(), only
        )
        assert listed.total == len(listed.rows)
        return [one.id for one in listed.rows]

    assert await found(Only(IncidentStatus.OPEN)) == [still_open]
    assert await found(Only(monitor_id=monitor)) == [resolved]
    assert await found(Only(IncidentStatus.OPEN, monitor)) == []
    assert await found(Only(monitor_id=other)) == [still_open]
    assert await found(Only(id=resolved)) == [resolved]
    assert await found(Only(IncidentStatus.OPEN, id=resolved)) == []
    assert await found(Only()) == [still_open, resolved]


async def test_a_deep_page_of_a_limited_member_is_as_a_near_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [
        await house.goes_down(await house.monitor(customer_id=customer))
        for customer in (house.customer_id, house.other_customer_id) * 3
    ]
    organization = house.owner.organization_id
    own = (house.other_customer_id,)
    limited = await house.world.member(organization, Role.USER, "u@example.com", own)

    async def page(offset: int) -> list[int]:
        window = Window(2, offset)
        listed = await incidents.list_incidents(house.context, limited, window)
        return [one.id for one in listed.rows]

    near = [await page(offset) for offset in (0, 1, 2)]
    monkeypatch.setattr("fener.storage.incidents._DEEP", -1)
    deep = [await page(offset) for offset in (0, 1, 2)]
    assert near == deep == [[made[5], made[3]], [made[3], made[1]], [made[1]]]


async def test_a_timeline_tells_seconds_apart_in_order(house: House, key: Client) -> None:
    _, incident, public_id = await _down(house)
    await key.post(f"{PATH}/{public_id}/acknowledge")
    house.world.clock.step_wall(SECOND)
    await key.post(f"{PATH}/{incident}", form={"comment": "note"})
    details = good(await key.get(f"{PATH}/{public_id}"), "organization-incident")
    told = [event["kind"] for event in details["events"]]
    assert told == ["first_failure", "confirmed", "acknowledged", "comment_changed"]
    assert details["incident"]["comment"] == "note"
