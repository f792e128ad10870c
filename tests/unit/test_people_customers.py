"""Customers and organizations are changed by those who manage them, and reached within a scope."""

from typing import Any

import msgspec
import pytest

from fener.actions import customers, identify, organizations, policies
from fener.actions.customers import CustomerChange, NewCustomer
from fener.actions.identify import Caller
from fener.actions.organizations import OrganizationChange
from fener.domain.customer import CustomerStatus
from fener.domain.errors import FenerError, Invalid, NotFound, NotPermitted, OutOfReach
from fener.domain.organization import OrganizationDetails
from fener.domain.people import Credential, Identity, Role
from fener.domain.time import DAY
from fener.storage import monitors
from support.people import World


@pytest.fixture
async def owner(here: World) -> Identity:
    return await here.organization("Acme", "owner@acme.example")


async def _add_policy(here: World, who: Identity, key: str, title: str) -> None:
    await policies.add(here.context, who, policies.New(key=key, title=title))


async def test_a_customer_is_added_with_the_first_policy(here: World, owner: Identity) -> None:
    new = NewCustomer(name=" Shop ", email="Shop@Example.com", custom_fields={"vip": True})

    made = await customers.add(here.context, owner, new)

    assert (made.name, made.email, made.status) == ("Shop", "shop@example.com", "active")
    assert made.policy_name == "standard"
    assert made.details.custom_fields == {"vip": True}
    assert await customers.get(here.context, owner, made.id) == made
    assert await customers.get(here.context, owner, made.public_id) == made
    assert await here.audited() == [("customer.add", f"customer:{made.id}")]


@pytest.mark.parametrize("spelled", ["gold", "GOLD", "Gold Plus ", "gold plus"])
async def test_a_policy_is_named_by_key_or_title(
    here: World, owner: Identity, spelled: str
) -> None:
    await _add_policy(here, owner, "gold", "Gold Plus")

    made = await customers.add(here.context, owner, NewCustomer(name="Shop", policy=spelled))

    assert made.policy_title == "Gold Plus"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"email": "nobody"}, "email"),
        ({"policy": "diamond"}, "packageType"),
        ({"status": "asleep"}, "status"),
        ({"custom_fields": {"x": "y" * 10_000}}, "customFields"),
    ],
)
async def test_a_customer_that_cannot_be_is_refused_by_field(
    here: World, owner: Identity, wanted: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await customers.add(here.context, owner, NewCustomer(**{"name": "Shop", **wanted}))

    assert refused.value.field == field


async def test_the_policy_of_another_organization_is_none(here: World, owner: Identity) -> None:
    other = await here.organization("Other", "o@other.example")
    await _add_policy(here, other, "gold", "Gold")

    with pytest.raises(Invalid):
        await customers.add(here.context, owner, NewCustomer(name="Shop", policy="gold"))


async def test_only_what_is_given_changes(here: World, owner: Identity) -> None:
    before = await customers.add(here.context, owner, NewCustomer(name="Shop", email="a@b.example"))
    change = CustomerChange(name="Store", notification_email=" Alarm@B.example")

    after = await customers.change(here.context, owner, before.public_id, change)

    assert (after.name, after.email) == ("Store", "a@b.example")
    assert after.details.notification_email == "alarm@b.example"
    emptied = CustomerChange(notification_email=None)
    assert (
        await customers.change(here.context, owner, after.id, emptied)
    ).details.notification_email is None


async def test_a_change_of_policy_is_noticed_by_the_stages(here: World, owner: Identity) -> None:
    made = await customers.add(here.context, owner, NewCustomer(name="Shop"))
    await _add_policy(here, owner, "gold", "Gold")
    async with here.context.database.read() as session:
        before = await monitors.revision(session)

    await customers.change(here.context, owner, made.id, CustomerChange(policy="gold"))

    async with here.context.database.read() as session:
        assert await monitors.revision(session) > before


async def test_a_cancellation_takes_effect_in_three_days_and_can_be_withdrawn(
    here: World, owner: Identity
) -> None:
    made = await customers.add(here.context, owner, NewCustomer(name="Shop"))

    marked = await customers.cancel(here.context, owner, made.public_id)
    start = here.now
    await here.clock.advance(DAY)
    again = await customers.cancel(here.context, owner, made.public_id)

    assert marked.status is CustomerStatus.MARKED_FOR_CANCELLATION
    assert (marked.cancelled_at, marked.ends_at) == (start, start + 3 * DAY)
    assert again.cancelled_at == start
    back = await customers.withdraw_cancellation(here.context, owner, made.public_id)
    assert (back.status, back.cancelled_at) == (CustomerStatus.ACTIVE, None)


async def test_a_limited_member_reaches_their_customers_only(here: World, owner: Identity) -> None:
    near = await here.customer(owner.organization_id, "Near")
    far = await here.customer(owner.organization_id, "Far")
    member = await here.member(owner.organization_id, Role.READONLY, "r@acme.example", (near,))

    assert [one.id for one in await customers.list_all(here.context, member)] == [near]
    assert (await customers.get(here.context, member, near)).name == "Near"
    with pytest.raises(OutOfReach):
        await customers.get(here.context, member, far)
    nobody = msgspec.structs.replace(member, customer_ids=frozenset())
    assert await customers.list_all(here.context, nobody) == []


async def test_customers_of_others_are_out_of_reach_and_never_listed(
    here: World, owner: Identity
) -> None:
    other = await here.organization("Other", "o@other.example")
    foreign = (await customers.list_all(here.context, other))[0]

    async def refusal(reference: Any) -> type[FenerError]:
        with pytest.raises(FenerError) as refused:
            await customers.get(here.context, owner, reference)
        return refused.type

    listed = await customers.list_all(here.context, owner)
    assert [one.name for one in listed] == ["Acme"]
    assert await refusal(foreign.id) is OutOfReach
    assert await refusal(foreign.public_id) is OutOfReach
    assert await refusal(999) is NotFound
    assert await refusal(2**63) is NotFound
    assert await refusal(here.context.new_id(0)) is NotFound


MANAGES = {Role.OWNER, Role.ADMIN}


@pytest.mark.parametrize("role", list(Role))
async def test_who_may_change_customers_and_the_organization(
    here: World, owner: Identity, role: Role
) -> None:
    customer = await here.customer(owner.organization_id, "Shop")
    reach = (customer,) if role is Role.READONLY else None
    who = await here.member(owner.organization_id, role, "m@acme.example", reach)
    attempts = [
        customers.add(here.context, who, NewCustomer(name="New")),
        customers.change(here.context, who, customer, CustomerChange(name="X")),
        customers.change(here.context, who, 999, CustomerChange(name="X")),
        customers.cancel(here.context, who, customer),
        customers.withdraw_cancellation(here.context, who, customer),
        organizations.change(here.context, who, OrganizationChange(city="Ankara")),
    ]
    permitted = []
    for attempt in attempts:
        try:
            await attempt
        except NotPermitted:
            permitted.append(False)
        except NotFound:
            permitted.append(True)
        else:
            permitted.append(True)

    assert permitted == [role in MANAGES] * len(attempts)
    assert (await customers.get(here.context, who, customer)).id == customer


async def test_an_organization_describes_itself(here: World, owner: Identity) -> None:
    change = OrganizationChange(name="Acme AG", city=" Bern ", billing_email="Pay@Acme.example")

    after = await organizations.change(here.context, owner, change)

    assert after == await organizations.get(here.context, owner)
    assert (after.name, after.details.city) == ("Acme AG", "Bern")
    assert after.details.billing_email == "pay@acme.example"
    emptied = await organizations.change(here.context, owner, OrganizationChange(city=None))
    assert (emptied.details.city, emptied.details.billing_email) == ("", "pay@acme.example")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": ""}, "name"),
        ({"city": "x" * 256}, "city"),
        ({"street": "a\nb"}, "street"),
        ({"billing_email": "nobody"}, "email"),
    ],
)
async def test_a_description_that_will_not_do_is_refused_by_field(
    here: World, owner: Identity, wanted: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await organizations.change(here.context, owner, OrganizationChange(**wanted))

    assert refused.value.field == field


async def test_who_is_limited_to_customers_sees_the_name_of_the_organization_only(
    here: World, owner: Identity
) -> None:
    await organizations.change(here.context, owner, OrganizationChange(vat_id="CHE-1"))
    limited = msgspec.structs.replace(owner, role=Role.USER, customer_ids=frozenset({1}))

    seen = await organizations.get(here.context, limited)

    assert (seen.name, seen.details) == ("Acme", OrganizationDetails())


async def test_an_organization_is_found_by_its_public_id(here: World, owner: Identity) -> None:
    known = await organizations.get(here.context, owner)

    assert await organizations.id_of(here.context, known.public_id) == known.id
    with pytest.raises(NotFound):
        await organizations.id_of(here.context, here.context.new_id(0))


async def test_the_owner_of_the_first_organization_adds_others(
    here: World, owner: Identity
) -> None:
    made = await organizations.add(here.context, owner, "Second")

    assert not made.allow_private
    caller = Caller(Credential.SESSION, user_id=owner.user_id)
    assert (await identify.identity_for(here.context, caller)).organization_id != made.id
    there = await identify.identity_for(here.context, caller, made.id)
    assert there.role is Role.OWNER
    assert [one.name for one in await customers.list_all(here.context, there)] == ["Second"]


async def test_nobody_else_adds_organizations(here: World, owner: Identity) -> None:
    other = await here.organization("Other", "o@other.example")
    admin = await here.member(owner.organization_id, Role.ADMIN, "a@acme.example")
    key = msgspec.structs.replace(owner, credential=Credential.ACCOUNT_KEY)

    for who in (other, admin, key):
        with pytest.raises(NotPermitted):
            await organizations.add(here.context, who, "Second")
