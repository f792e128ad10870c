"""Policies in the web app: what they mean, who changes them, and by which a monitor is judged."""

import re
from html import unescape
from typing import Any

import pytest

from fener.actions import customers, monitors, policies
from fener.actions.monitors import Change, New
from fener.domain.check import CheckResult, Failure, Success, Timings
from fener.domain.failure import FailureReason
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.people import Credential, Identity, Role
from fener.domain.policy import Policy, Quorum
from fener.domain.time import DAY, MINUTE, SECOND
from fener.storage.recording import SqlRecordStore
from support.api import Answer
from support.place import Place
from support.store import settler
from support.visitor import Visitor

OWNER = Identity(1, Role.OWNER, Credential.SESSION, 1)
TYPED: dict[str, str] = {
    "title": "Gold",
    "confirm_after": "5",
    "recover_after": "1",
    "recheck_every": "2,5",
    "quorum": "count",
    "quorum_count": "2",
    "reminder_every": "",
    "flap_turns": "4",
    "flap_window": "30",
    "flap_hold": "2",
    "flap_calm": "10",
    "certificate_warn_before": "30",
    "certificate_critical_before": "7",
}
RULES = Policy(
    confirm_after=5,
    recover_after=1,
    recheck_every=2_500,
    quorum=Quorum.COUNT,
    quorum_count=2,
    reminder_every=None,
    flap_turns=4,
    flap_window=30 * MINUTE,
    flap_hold=2 * MINUTE,
    flap_calm=10 * MINUTE,
    certificate_warn_before=30 * DAY,
    certificate_critical_before=7 * DAY,
)
SITE: dict[str, Any] = {
    "url": "https://shop.example/",
    "interval": "60",
    "timeout": "10",
    "expected_status": "200-299",
    "tell": "all",
}


def text(answer: Answer) -> str:
    """What a person reads of a page, in one line."""
    bare = re.sub(r"<[^>]+>", " ", answer.body.decode())
    return re.sub(r"\s+", " ", unescape(bare))


async def gold(place: Place, rules: Policy = RULES) -> int:
    new = policies.New(title="Gold", rules=rules)
    return (await policies.add(place.people.context, OWNER, new)).id


async def shop(place: Place, **given: Any) -> Monitor:
    new = New(settings=HttpSettings(url="https://shop.example/"), name="Shop", **given)
    return await monitors.add(place.people.context, OWNER, new)


async def test_a_policy_says_what_it_means_in_time(owner: Visitor) -> None:
    page = text(await owner.get("/policies"))
    for sentence in (
        "Down after 3 failing checks in a row, 10 secs apart: 20 secs after the first one",
        "or up to 30 secs where each waits 10 secs for its answer.",
        "Up again after 2 good checks in a row: 10 secs after the first one.",
        "A monitor is down when more than half of its locations see it down",
        "people are reminded again after 1 hr",
    ):
        assert sentence in page


async def test_a_policy_is_added_changed_and_deleted(place: Place, owner: Visitor) -> None:
    assert (await owner.post("/policies/add", **TYPED)).status == 303
    made = await policies.get(place.people.context, OWNER, "gold")
    assert (made.title, made.rules) == ("Gold", RULES)
    edit = f"/policies/{made.id}/edit"
    page = (await owner.get(edit)).body.decode()
    for shown in ('value="2.5"', 'value="5"', '<option value="count" selected>'):
        assert shown in page
    change = {**TYPED, "title": "Silver", "reminder_every": "90"}
    assert (await owner.post(edit, **change)).status == 303
    after = await policies.get(place.people.context, OWNER, made.id)
    assert (after.key, after.title, after.rules.reminder_every) == ("gold", "Silver", 90 * MINUTE)
    assert b"Delete" in (await owner.get(f"/policies/{made.id}/delete")).body
    assert (await owner.post(f"/policies/{made.id}/delete")).status == 303
    assert "Silver" not in text(await owner.get("/policies"))


async def test_a_form_that_is_saved_as_it_came_changes_nothing(
    place: Place, owner: Visitor
) -> None:
    policy = await gold(place, Policy())
    page = (await owner.get(f"/policies/{policy}/edit")).body.decode()
    typed = dict(re.findall(r'name="(\w+)" type="text"[^>]* value="([^"]*)"', page))
    assert typed.keys() == TYPED.keys() - {"quorum"}
    await owner.post(f"/policies/{policy}/edit", **typed, quorum="majority")
    assert (await policies.get(place.people.context, OWNER, policy)).rules == Policy()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("title", "", "A name is needed"),
        ("title", "standard", "There is a policy standard already"),
        ("confirm_after", "0", "A whole number from 1 to 20 is wanted."),
        ("confirm_after", "2.5", "A whole number from 1 to 20 is wanted."),
        ("recheck_every", "0.9", "A number from 1 to 3600 is wanted."),
        ("recheck_every", "1e3", "A number from 1 to 3600 is wanted."),
        ("recheck_every", "", "A number from 1 to 3600 is wanted."),
        ("quorum", "most", "One of these is wanted."),
        ("reminder_every", "x", "A number from 1 to 44640 is wanted."),
        ("flap_calm", "2", "must be longer than the 2 min"),
        ("certificate_critical_before", "31", "make that 30 days at most"),
    ],
)
async def test_what_cannot_be_is_told_beside_its_field(
    owner: Visitor, field: str, typed: str, told: str
) -> None:
    answer = await owner.post("/policies/add", **{**TYPED, field: typed})
    assert answer.status == 422
    page = answer.body.decode()
    assert f'id="e-{field}"' in page
    assert told in text(answer)
    assert 'value="2,5"' in page or field == "recheck_every"


async def test_the_meaning_follows_what_is_typed(owner: Visitor) -> None:
    answer = await owner.post("/policies/meaning?of=turning", **TYPED)
    assert "Down after 5 failing checks in a row, 2.5 secs apart: 10 secs" in text(answer)
    assert "Up again with the first good check." in text(answer)
    for part, said in {
        "places": "when 2 locations see it down",
        "reminding": "Nobody is reminded",
        "flapping": "more than 4 times within 30 mins",
        "certificates": "within 30 days, and critical within 7 days",
    }.items():
        assert said in text(await owner.post(f"/policies/meaning?of={part}", **TYPED))
    answer = await owner.post("/policies/meaning?of=turning", **{**TYPED, "confirm_after": "x"})
    assert "when every field holds a number that it can" in text(answer)


@pytest.mark.parametrize("role", [Role.USER, Role.READONLY])
async def test_others_read_policies_and_change_none(place: Place, role: Role) -> None:
    policy = await gold(place)
    await place.people.member(1, role, "member@example.com")
    member = await place.signed_in("member@example.com")
    page = await member.get("/policies")
    assert "Gold" in text(page)
    assert b"/edit" not in page.body
    assert b"/policies/add" not in page.body
    assert b'method="post"' not in page.body
    for path in ("/policies/add", f"/policies/{policy}/edit", f"/policies/{policy}/delete"):
        assert (await member.get(path)).status == 403
        assert (await member.post(path, **TYPED)).status == 403
    assert (await member.post("/policies/customers", customer="1", policy="1")).status == 403


async def test_who_sees_a_part_is_not_told_that_nobody_has_a_policy(place: Place) -> None:
    near = await place.people.customer(1, "Near")
    await shop(place, policy_id=await gold(place))
    await place.people.member(1, Role.READONLY, "near@example.com", (near,))
    page = text(await (await place.signed_in("near@example.com")).get("/policies"))
    assert "Used by Near" in page
    assert "Acme" not in page
    assert "Nobody has it yet" not in page


async def test_a_customer_is_given_another_policy(place: Place, owner: Visitor) -> None:
    policy = await gold(place)
    answer = await owner.post("/policies/customers", customer="1", policy=str(policy))
    assert answer.status == 303
    (customer,) = await customers.list_all(place.people.context, OWNER)
    assert customer.policy_id == policy
    page = text(await owner.get(f"/policies/{policy}/edit"))
    assert "It judges the monitors of Acme" in page
    assert (await owner.post(f"/policies/{policy}/delete")).status == 409


async def test_forms_offer_policies_where_there_are_several(place: Place, owner: Visitor) -> None:
    for path in ("/monitors/add", "/monitors/add?kind=tcp", "/heartbeats/add"):
        assert b'name="policy"' not in (await owner.get(path)).body
    policy = await gold(place)
    for path in ("/monitors/add", "/monitors/add?kind=tcp", "/heartbeats/add"):
        assert b'name="policy"' in (await owner.get(path)).body
    kinds: dict[str, dict[str, Any]] = {
        "/monitors/add": SITE,
        "/monitors/add?kind=tcp": {**SITE, "host": "a.example", "port": "25"},
        "/heartbeats/add": {
            "name": "Job",
            "schedule": "interval",
            "every": "1",
            "every_unit": "hour",
            "grace": "5",
            "grace_unit": "minute",
            "tell": "all",
        },
    }
    for path, typed in kinds.items():
        added = await owner.post(path, **typed, policy=str(policy))
        assert added.status == 303, added.body.decode()
        edit = f"{added.headers['location']}/edit"
        chosen = f'<option value="{policy}" translate="no" selected>Gold'
        assert chosen in (await owner.get(edit)).body.decode()
        kept = {name: value for name, value in typed.items() if name != "policy"}
        await owner.post(edit, **kept)
        assert chosen in (await owner.get(edit)).body.decode(), "not offered, so not changed"
        await owner.post(edit, **typed, policy="")
        assert chosen not in (await owner.get(edit)).body.decode()
        refused = await owner.post(path, **typed, policy="999")
        assert refused.status == 422
        assert b'id="e-policy"' in refused.body


async def saw(place: Place, monitor: Monitor, location: int, marks: str) -> None:
    """One location's checks a minute apart, the last one now: `.` good, `x` failing."""
    context = place.people.context
    store = SqlRecordStore(context.database, context.sealer, place.people.clock, place.faults)
    refused = Failure(FailureReason.CONNECTION_REFUSED, "refused")
    for number, mark in enumerate(marks):
        at = place.people.clock.now() - (len(marks) - 1 - number) * MINUTE
        result = CheckResult(
            monitor_id=monitor.id,
            location_id=location,
            at=at,
            finished_at=at + SECOND,
            outcome=refused if mark == "x" else Success(),
            timings=Timings(total=1_000),
        )
        await store.record([result], settler().settle)


async def watched_from(place: Place, *locations: int) -> Monitor:
    async with place.people.context.database.write() as session:
        await session.run("INSERT INTO locations (id, code, name) VALUES (2, 'b', 'Bonn')")
        await session.run("INSERT INTO locations (id, code, name) VALUES (3, 'c', 'Cork')")
    return await shop(place, location_ids=locations)


async def test_each_location_says_what_it_sees(place: Place, owner: Visitor) -> None:
    monitor = await watched_from(place, 1, 2, 3)
    await saw(place, monitor, 1, "....")
    await saw(place, monitor, 2, ".xxx")
    await saw(place, monitor, 3, "...x")
    page = text(await owner.get(f"/monitors/{monitor.public_id}"))
    assert "2 of 3 locations must see it down. 1 does." in page
    local, bonn, cork = re.findall(r"(Local|Bonn|Cork) (Up|Down)(.*?)(?=Bonn|Cork|Checked)", page)[
        :3
    ]
    assert (local[1], bonn[1], cork[1]) == ("Up", "Down", "Up")
    assert "not failed lately" in local[2]
    assert "since" in bonn[2]
    assert "1 of 3 failing checks" in cork[2]
    place.people.clock.step_wall(5 * MINUTE)
    await saw(place, monitor, 2, "..")
    page = text(await owner.get(f"/monitors/{monitor.public_id}"))
    assert "None does." in page
    assert "last failed 5 minutes ago" in page


async def test_one_location_stays_quiet(place: Place, owner: Visitor) -> None:
    monitor = await watched_from(place, 1)
    await saw(place, monitor, 1, "..x")
    page = text(await owner.get(f"/monitors/{monitor.public_id}"))
    assert "must see it down" not in page
    assert "Bonn" not in page


async def test_a_monitor_says_how_long_it_takes_and_by_which_policy(
    place: Place, owner: Visitor
) -> None:
    monitor = await shop(place)
    page = text(await owner.get(f"/monitors/{monitor.public_id}"))
    assert "3 failing checks make an incident, at most 30 secs after the first began" in page
    assert "Policy Gold" not in page
    change = Change(policy_id=await gold(place))
    await monitors.change(place.people.context, OWNER, monitor.id, change)
    page = text(await owner.get(f"/monitors/{monitor.public_id}"))
    assert "5 failing checks make an incident, at most 50 secs after the first began" in page
    assert "Policy Gold" in page
