"""Heartbeats in the account API, as its page says."""

from typing import Any

import pytest

from fener.actions import monitors
from fener.actions.monitors import Change
from fener.domain.heartbeat import PingAction
from fener.domain.kinds.heartbeat import CronSchedule, HeartbeatSettings
from fener.domain.time import DAY, MINUTE, SECOND, plain_text
from support.api import Client
from support.house import JOB, House
from support.schemas import good, refused

PATH = "/api/heartbeats"


async def create(asked: Client, **form: str) -> int:
    answer = await asked.post(PATH, form={"name": "Backup"} | form)
    assert answer.status == 201, answer
    return int(answer.json["data"]["id"])


async def item(asked: Client, number: int) -> dict[str, Any]:
    answer = await asked.get(f"{PATH}/{number}")
    data: dict[str, Any] = good(answer, "account-heartbeat")["data"]
    return data


async def ids(asked: Client, query: str = "") -> list[int]:
    body = good(await asked.get(f"{PATH}/?{query}"), "account-heartbeats")
    return [one["id"] for one in body["data"]]


async def test_a_heartbeat_needs_but_a_name(key: Client, house: House) -> None:
    number = await create(key)
    shown = await item(key, number)
    assert len(shown.pop("code")) == 32
    assert shown == {
        "id": number,
        "project_id": 0,
        "name": "Backup",
        "settings": {
            "run_interval": 1,
            "run_interval_type": "days",
            "run_interval_grace": 5,
            "run_interval_grace_type": "minutes",
            "schedule": "interval",
            "expression": None,
            "timezone": None,
        },
        "is_ok": 1,
        "status": "unknown",
        "uptime": 100.0,
        "downtime": 0.0,
        "total_runs": 0,
        "total_missed_runs": 0,
        "last_run_datetime": None,
        "notifications": {"is_ok": []},
        "is_enabled": True,
        "datetime": plain_text(house.world.now),
        "last_datetime": None,
    }
    assert "name" in refused(await key.post(PATH, form={"run_interval": "1"}), "account", 400)


async def test_intervals_are_numbers_with_units(key: Client) -> None:
    number = await create(
        key,
        run_interval="90",
        run_interval_type="minutes",
        run_interval_grace="3600",
        run_interval_grace_type="seconds",
    )
    settings = (await item(key, number))["settings"]
    assert (settings["run_interval"], settings["run_interval_type"]) == (90, "minutes")
    assert (settings["run_interval_grace"], settings["run_interval_grace_type"]) == (1, "hours")
    await key.post(f"{PATH}/{number}", form={"run_interval": "45"})
    settings = (await item(key, number))["settings"]
    assert (settings["run_interval"], settings["run_interval_type"]) == (45, "minutes")
    await key.post(f"{PATH}/{number}", form={"run_interval_type": "seconds"})
    settings = (await item(key, number))["settings"]
    assert (settings["run_interval"], settings["run_interval_type"]) == (45, "seconds")


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ({"run_interval": "0"}, "interval"),
        ({"run_interval": "400", "run_interval_type": "days"}, "interval"),
        ({"run_interval": "-5"}, "run_interval"),
        ({"run_interval": "1.5"}, "run_interval"),
        ({"run_interval": str(10**30)}, "run_interval"),
        ({"run_interval_type": "weeks"}, "run_interval_type"),
        ({"run_interval_grace": "0"}, "grace"),
        ({"is_ok_notifications[]": "9"}, "9"),
    ],
)
async def test_a_wrong_field_is_refused_by_name(
    key: Client, form: dict[str, str], named: str
) -> None:
    answer = await key.post(PATH, form={"name": "Backup"} | form)
    assert named in refused(answer, "account", 400)


async def test_runs_are_counted(key: Client, house: House) -> None:
    number = await create(key, run_interval="1", run_interval_type="minutes")
    begun = house.world.now
    await house.falls_silent(number, begun)
    shown = await item(key, number)
    assert (shown["is_ok"], shown["status"]) == (0, "down")
    assert (shown["total_runs"], shown["total_missed_runs"]) == (1, 1)
    assert (shown["uptime"], shown["downtime"]) == (50.0, 50.0)
    assert shown["last_run_datetime"] == plain_text(begun)


async def test_a_job_that_did_not_report_in_time_is_late_before_it_is_down(
    key: Client, house: House
) -> None:
    number = await create(key)
    await house.pinged(number, house.world.now, PingAction.SUCCESS)
    assert (await item(key, number))["status"] == "up"
    house.world.clock.step_wall(DAY + 1)
    assert (await item(key, number))["status"] == "late"


async def test_an_update_changes_what_it_names(key: Client) -> None:
    number = await create(key)
    before = await item(key, number)
    answer = await key.post(f"{PATH}/{number}", form={"name": "Report", "is_enabled": "0"})
    assert good(answer, "account-changed") == {"data": {"id": number}}
    after = await item(key, number)
    assert after == before | {"name": "Report", "is_enabled": False, "status": "paused"}


async def test_a_schedule_that_this_contract_cannot_say_survives_being_sent_back(
    key: Client, house: House
) -> None:
    number = await create(key)
    nightly = HeartbeatSettings(CronSchedule("0 2 * * *", "Europe/Berlin"))
    await monitors.change(house.context, house.owner, number, Change(settings=nightly))
    settings = (await item(key, number))["settings"]
    assert settings["schedule"] == "cron"
    assert (settings["expression"], settings["timezone"]) == ("0 2 * * *", "Europe/Berlin")
    echoed = {name: str(value) for name, value in settings.items()}
    good(await key.post(f"{PATH}/{number}", form=echoed), "account-changed")
    assert (await item(key, number))["settings"] == settings
    await key.post(f"{PATH}/{number}", form={"run_interval": "2", "run_interval_type": "hours"})
    assert (await item(key, number))["settings"]["schedule"] == "interval"


async def test_deleting_answers_nothing(key: Client) -> None:
    number = await create(key)
    answer = await key.delete(f"{PATH}/{number}")
    assert (answer.status, answer.body) == (200, b"")
    refused(await key.get(f"{PATH}/{number}"), "account", 404)
    assert await ids(key) == []


async def test_monitors_are_no_heartbeats_here(key: Client, house: House) -> None:
    shop = await house.monitor()
    assert await ids(key) == []
    for method in ("GET", "POST", "DELETE"):
        refused(await key.ask(method, f"{PATH}/{shop}"), "account", 404, "Not found")


async def test_lists_are_searched_filtered_and_ordered(key: Client, house: House) -> None:
    a = await create(key, name="alpha")
    house.world.clock.step_wall(MINUTE)
    b = await create(key, name="Beta", is_enabled="0")
    await house.pinged(a, house.world.now, PingAction.SUCCESS)
    assert await ids(key) == [b, a]
    assert await ids(key, "order_by=last_run_datetime") == [a, b]
    assert await ids(key, "order_by=name&order_type=asc") == [a, b]
    assert await ids(key, "search=LPH") == [a]
    assert await ids(key, "is_enabled=0") == [b]
    since = plain_text(house.world.now - SECOND).replace(" ", "+")
    assert await ids(key, f"datetime_field=last_run_datetime&datetime_start={since}") == [a]
    assert await ids(key, f"datetime_field=datetime&datetime_end={since}") == [a]


async def test_who_may_only_read_does_not_learn_the_code(house: House, key: Client) -> None:
    job = await house.monitor(JOB)
    member = await house.readonly(house.customer_id)
    assert (await item(member, job))["code"] == ""
    assert len((await item(key, job))["code"]) == 32
    for answer in (
        await member.post(PATH, form={"name": "Mine"}),
        await member.post(f"{PATH}/{job}", form={"name": "Mine"}),
        await member.delete(f"{PATH}/{job}"),
    ):
        refused(answer, "account", 403)


async def test_somebody_elses_heartbeat_is_not_told_from_none(house: House, key: Client) -> None:
    foreign = await house.monitor(JOB, who=await house.stranger())
    assert await ids(key) == []
    for method in ("GET", "POST", "DELETE"):
        hidden = await key.ask(method, f"{PATH}/{foreign}")
        missing = await key.ask(method, f"{PATH}/{foreign + 1}")
        assert (hidden.status, hidden.body) == (missing.status, missing.body)
