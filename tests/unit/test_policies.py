"""Policies are changed by owners and admins, within bounds, and reach all who judge by them."""

from typing import Any

import pytest

from fener.actions import customers, monitors, policies
from fener.actions.customers import CustomerChange
from fener.domain.errors import Conflict, Invalid, NotFound, NotPermitted
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.people import Identity, Role
from fener.domain.place import Place
from fener.domain.policy import Policy, Quorum
from fener.domain.time import DAY, HOUR, MINUTE, SECOND
from fener.storage.monitors import revision
from support.people import World


@pytest.fixture
async def owner(here: World) -> Identity:
    return await here.organization("Acme", "owner@acme.example")


@pytest.fixture
async def places(here: World) -> None:
    async with here.context.database.write() as session:
        await session.run("INSERT INTO locations (id, code, name) VALUES (1, 'local', 'Here')")


async def shop(here: World, who: Identity, policy_id: int | None = None) -> Monitor:
    settings = HttpSettings(url="https://shop.example/")
    return await monitors.add(
        here.context, who, monitors.New(settings=settings, policy_id=policy_id)
    )


async def test_an_organization_is_born_with_the_usual_rules(here: World, owner: Identity) -> None:
    (standard,) = await policies.list_all(here.context, owner)
    assert (standard.key, standard.title, standard.rules) == ("standard", "Standard", Policy())
    assert (standard.customers, standard.monitors) == (1, 0)


async def test_a_policy_is_added_and_found_by_each_of_its_names(
    here: World, owner: Identity
) -> None:
    rules = Policy(confirm_after=5, quorum=Quorum.COUNT, quorum_count=2, reminder_every=None)
    made = await policies.add(here.context, owner, policies.New(title="Gold Plus", rules=rules))
    assert (made.key, made.rules) == ("gold-plus", rules)
    for name in (made.id, "gold-plus", "GOLD PLUS "):
        assert await policies.get(here.context, owner, name) == made
    assert await here.audited() == [("policy.add", f"policy:{made.id}")]


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Gold+", "gold-2"),
        ("Früh", "fr-h"),
        ("金", "policy"),
        ("-", "policy"),
        ("24/7", "policy-24-7"),
    ],
)
async def test_a_key_is_made_of_the_title(
    here: World, owner: Identity, title: str, key: str
) -> None:
    await policies.add(here.context, owner, policies.New(title="Gold"))
    assert (await policies.add(here.context, owner, policies.New(title=title))).key == key


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"confirm_after": 0}, "confirm_after", "is 0, but may be from 1 to 20"),
        ({"confirm_after": 21}, "confirm_after", "The number of failing checks is 21"),
        ({"recover_after": 0}, "recover_after", "The number of good checks is 0"),
        ({"recheck_every": 999}, "recheck_every", "is 0.999 s, but may be from 1 s to 1 h"),
        ({"recheck_every": 2 * HOUR}, "recheck_every", "is 2 h"),
        ({"quorum_count": 0}, "quorum_count", "The number of locations is 0"),
        ({"reminder_every": SECOND}, "reminder_every", "may be from 1 min to 31 days"),
        ({"flap_turns": 1}, "flap_turns", "may be from 2 to 50"),
        ({"flap_window": 2 * DAY}, "flap_window", "is 2 days"),
        ({"flap_hold": HOUR}, "flap_calm", "must be longer than the 1 h"),
        (
            {"certificate_critical_before": 15 * DAY},
            "certificate_critical_before",
            "make that 14 days at most",
        ),
        ({"title": " "}, "title", "A name is needed"),
    ],
)
async def test_rules_that_cannot_be_are_refused_with_what_could(
    here: World, owner: Identity, change: dict[str, Any], field: str, why: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await policies.change(here.context, owner, "standard", policies.Change(**change))
    assert (refused.value.field, why in refused.value.message) == (field, True), refused.value


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (policies.New(title="standard"), "title"),
        (policies.New(title="Gold", key="Standard"), "key"),
    ],
)
async def test_no_two_policies_share_a_name(
    here: World, owner: Identity, new: policies.New, field: str
) -> None:
    with pytest.raises(Conflict) as refused:
        await policies.add(here.context, owner, new)
    assert refused.value.field == field


@pytest.mark.parametrize("key", ["a b", "-a", "ä", "x" * 65, "7"])
async def test_a_key_is_one_that_machines_can_type(here: World, owner: Identity, key: str) -> None:
    with pytest.raises(Invalid):
        await policies.add(here.context, owner, policies.New(title="Gold", key=key))


async def test_only_what_is_given_changes(here: World, owner: Identity) -> None:
    change = policies.Change(confirm_after=5, reminder_every=None)
    after = await policies.change(here.context, owner, "standard", change)
    assert after.rules == Policy(confirm_after=5, reminder_every=None)
    assert after.title == "Standard"
    assert await policies.change(here.context, owner, "standard", policies.Change()) == after
    assert await here.audited() == [("policy.change", f"policy:{after.id}")]


async def test_what_is_put_is_added_once_and_then_changed(here: World, owner: Identity) -> None:
    first = await policies.put(here.context, owner, "gold", policies.Change(confirm_after=5))
    again = await policies.put(here.context, owner, "Gold", policies.Change(recover_after=4))
    assert (first.key, first.title, first.rules) == ("gold", "gold", Policy(confirm_after=5))
    assert (again.id, again.rules) == (first.id, Policy(confirm_after=5, recover_after=4))


async def test_a_change_reaches_all_who_judge(
    here: World, owner: Identity, places: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitor = await shop(here, owner)
    rung: list[Place] = []
    monkeypatch.setattr(here.context.doorbells, "monitors_changed", rung.append)
    async with here.context.database.read() as session:
        before = await revision(session)
    change = policies.Change(recheck_every=30 * SECOND)
    await policies.change(here.context, owner, "standard", change)
    async with here.context.database.read() as session:
        assert await revision(session) > before
    assert rung == [Place(owner.organization_id)]
    judged = await monitors.get(here.context, owner, monitor.id)
    assert judged.policy.recheck_every == 30 * SECOND


async def test_a_monitor_has_its_own_policy_or_that_of_its_customer(
    here: World, owner: Identity, places: None
) -> None:
    gold = await policies.add(
        here.context, owner, policies.New(title="Gold", rules=Policy(confirm_after=1))
    )
    monitor = await shop(here, owner, gold.id)
    assert (monitor.policy_id, monitor.policy) == (gold.id, Policy(confirm_after=1))
    assert [one.name for one in await policies.choosing(here.context, owner, gold.id)] == [
        "shop.example"
    ]
    change = monitors.Change(policy_id=None)
    back = await monitors.change(here.context, owner, monitor.id, change)
    assert (back.policy_id, back.policy) == (None, Policy())
    (customer,) = await customers.list_all(here.context, owner)
    await customers.change(here.context, owner, customer.id, CustomerChange(policy="gold"))
    followed = await monitors.get(here.context, owner, monitor.id)
    assert followed.policy == Policy(confirm_after=1)


async def test_a_policy_of_others_is_none(here: World, owner: Identity, places: None) -> None:
    other = await here.organization("Other", "o@other.example")
    theirs = await policies.add(here.context, other, policies.New(title="Gold"))
    with pytest.raises(Invalid, match="There is no policy"):
        await shop(here, owner, theirs.id)
    monitor = await shop(here, owner)
    for unknown in (theirs.id, 999, 2**63, 0):
        change = monitors.Change(policy_id=unknown)
        with pytest.raises(Invalid):
            await monitors.change(here.context, owner, monitor.id, change)
    for name in (theirs.id, "gold", 999, 2**63):
        with pytest.raises(NotFound):
            await policies.get(here.context, owner, name)


async def test_a_policy_is_deleted_when_nobody_has_it(
    here: World, owner: Identity, places: None
) -> None:
    gold = await policies.add(here.context, owner, policies.New(title="Gold"))
    monitor = await shop(here, owner, gold.id)
    with pytest.raises(Conflict, match="that of 0 customers and 1 monitor:"):
        await policies.delete(here.context, owner, "gold")
    with pytest.raises(Conflict, match="that of 1 customer and 0 monitors:"):
        await policies.delete(here.context, owner, "standard")
    await monitors.delete(here.context, owner, monitor.id)
    await policies.delete(here.context, owner, "gold")
    assert [one.key for one in await policies.list_all(here.context, owner)] == ["standard"]


@pytest.mark.parametrize("role", list(Role))
async def test_who_may_change_policies(here: World, owner: Identity, role: Role) -> None:
    who = await here.member(owner.organization_id, role, "m@acme.example")
    await policies.add(here.context, owner, policies.New(title="Old"))
    attempts = [
        policies.add(here.context, who, policies.New(title="Gold")),
        policies.change(here.context, who, "standard", policies.Change(confirm_after=4)),
        policies.put(here.context, who, "silver", policies.Change()),
        policies.delete(here.context, who, "old"),
    ]
    done = []
    for attempt in attempts:
        try:
            await attempt
        except NotPermitted:
            done.append(False)
        else:
            done.append(True)
    assert done == [role in {Role.OWNER, Role.ADMIN}] * len(attempts)
    assert await policies.list_all(here.context, who)


async def test_who_is_limited_is_not_told_what_others_have(
    here: World, owner: Identity, places: None
) -> None:
    near = await here.customer(owner.organization_id, "Near")
    gold = await policies.add(here.context, owner, policies.New(title="Gold"))
    await shop(here, owner, gold.id)  # the first customer's
    who = await here.member(owner.organization_id, Role.USER, "u@acme.example", (near,))
    seen = await policies.list_all(here.context, who)
    assert [(one.customers, one.monitors) for one in seen] == [(0, 0), (0, 0)]
    assert await policies.choosing(here.context, who, gold.id) == []


@pytest.mark.parametrize(
    ("policy", "timeout", "quickest", "longest"),
    [
        (Policy(), 10 * SECOND, 20 * SECOND, 30 * SECOND),
        (Policy(), SECOND, 20 * SECOND, 21 * SECOND),
        (Policy(), 30 * SECOND, 20 * SECOND, 90 * SECOND),
        (Policy(confirm_after=1), 10 * SECOND, 0, 10 * SECOND),
        (Policy(recheck_every=MINUTE), 10 * SECOND, 2 * MINUTE, 2 * MINUTE + 10 * SECOND),
    ],
)
def test_a_policy_says_how_long_it_takes_to_believe(
    policy: Policy, timeout: int, quickest: int, longest: int
) -> None:
    assert policy.quickest_confirmation == quickest
    assert policy.longest_confirmation(timeout) == longest
