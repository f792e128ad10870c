"""Who may make whom a member of what, and what nobody may do to an organization's owners."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fener.actions import identify, members, profile, signing_in
from fener.actions.identify import Caller
from fener.actions.members import MemberChange, NewMember
from fener.actions.signing_in import Attempt
from fener.actions.throttle import SignInThrottle
from fener.domain.errors import (
    Conflict,
    FenerError,
    Invalid,
    NoOrganization,
    NotFound,
    NotPermitted,
    NotSignedIn,
    OutOfReach,
)
from fener.domain.people import Credential, Identity, Role
from support.people import PASSWORD, World, world


class Acme:
    """An organization of two customers and a member of each role."""

    def __init__(self, here: World, owner: Identity) -> None:
        self.here = here
        self.context = here.context
        self.owner = owner
        self.id = owner.organization_id

    async def fill(self) -> None:
        self.near = await self.here.customer(self.id, "Near")
        self.far = await self.here.customer(self.id, "Far")
        self.admin = await self.here.member(self.id, Role.ADMIN, "admin@acme.example")
        self.user = await self.here.member(self.id, Role.USER, "user@acme.example")
        reach = (self.near,)
        self.reader = await self.here.member(self.id, Role.READONLY, "reader@acme.example", reach)

    def of(self, role: Role) -> Identity:
        return {
            Role.OWNER: self.owner,
            Role.ADMIN: self.admin,
            Role.USER: self.user,
            Role.READONLY: self.reader,
        }[role]


def _id(who: Identity) -> int:
    assert who.user_id is not None
    return who.user_id


@pytest.fixture
async def acme(tmp_path: Path) -> AsyncIterator[Acme]:
    async with world(tmp_path) as here:
        made = Acme(here, await here.organization("Acme", "owner@acme.example"))
        await made.fill()
        yield made


async def _sign_in(acme: Acme, email: str, password: str = PASSWORD) -> Caller:
    attempt = Attempt(email, password, "192.0.2.1")
    made = await signing_in.sign_in(acme.context, SignInThrottle(acme.here.clock), attempt)
    caller = await identify.by_session(acme.context, made.cookie)
    assert caller is not None
    return caller


async def test_a_new_member_signs_in_and_reaches_what_they_were_given(acme: Acme) -> None:
    customer = await acme.here.customer(acme.id, "Third")
    new = NewMember(
        email="New@Acme.example",
        role="user",
        first_name="Ne",
        last_name="W",
        password=PASSWORD,
        customer_ids=(acme.near, customer),
    )

    member = await members.add(acme.context, acme.admin, new)

    assert (member.email, member.first_name, member.last_name) == ("new@acme.example", "Ne", "W")
    assert (member.role, member.has_password) == (Role.USER, True)
    caller = await _sign_in(acme, "new@acme.example")
    who = await identify.identity_for(acme.context, caller)
    assert who.customer_ids == frozenset({acme.near, customer}) == member.customer_ids


@pytest.mark.parametrize(
    ("role", "given", "limit"),
    [
        (Role.USER, None, None),
        (Role.USER, (), frozenset()),
        (Role.READONLY, None, frozenset()),
        (Role.ADMIN, None, None),
        (Role.ADMIN, (), None),
    ],
)
async def test_what_a_member_reaches_when_no_customer_is_named(
    acme: Acme, role: Role, given: tuple[int, ...] | None, limit: frozenset[int] | None
) -> None:
    new = NewMember(email="new@acme.example", role=role, customer_ids=given)

    assert (await members.add(acme.context, acme.owner, new)).customer_ids == limit


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"role": "king"}, "role"),
        ({"password": "short"}, "password"),
        ({"first_name": "x" * 101}, "firstName"),
        ({"customer_ids": (999,)}, "customerIds"),
        ({"customer_ids": (2**70,)}, "customerIds"),
        ({"role": "admin", "customer_ids": (1,)}, "customerIds"),
    ],
)
async def test_a_member_that_cannot_be_is_refused_by_field(
    acme: Acme, wanted: dict[str, Any], field: str
) -> None:
    new = NewMember(**{"email": "new@acme.example", "role": "user", **wanted})

    with pytest.raises(Invalid) as refused:
        await members.add(acme.context, acme.owner, new)

    assert refused.value.field == field


async def test_a_customer_of_another_organization_limits_nobody(acme: Acme) -> None:
    other = await acme.here.organization("Other", "o@other.example")
    foreign = await acme.here.customer(other.organization_id, "Theirs")
    new = NewMember(email="new@acme.example", role="user", customer_ids=(foreign,))

    with pytest.raises(Invalid, match="Invalid customer ID"):
        await members.add(acme.context, acme.owner, new)


async def test_a_member_cannot_join_twice(acme: Acme) -> None:
    with pytest.raises(Conflict):
        await members.add(
            acme.context, acme.owner, NewMember(email="user@acme.example", role="user")
        )


async def test_somebody_from_elsewhere_joins_with_their_own_password(acme: Acme) -> None:
    await acme.here.organization("Other", "o@other.example")
    new = NewMember(email="o@other.example", role="readonly")
    with pytest.raises(Conflict):
        await members.add(acme.context, acme.owner, msgspec.structs.replace(new, password="x" * 10))

    joined = await members.add(acme.context, acme.owner, new)

    assert joined.is_elsewhere
    caller = await _sign_in(acme, "o@other.example")
    assert (await identify.identity_for(acme.context, caller)).organization_id != acme.id
    here = await identify.identity_for(acme.context, caller, acme.id)
    assert (here.role, here.customer_ids) == (Role.READONLY, frozenset())


@pytest.mark.parametrize(
    "change",
    [
        MemberChange(password="a password of mine"),
        MemberChange(email="mine@acme.example"),
        MemberChange(first_name="Eve"),
        MemberChange(is_enabled=False),
    ],
)
async def test_a_member_of_other_organizations_cannot_be_taken_over(
    acme: Acme, change: MemberChange
) -> None:
    other = await acme.here.organization("Other", "o@other.example")
    await acme.here.join(acme.id, _id(other), Role.USER)

    with pytest.raises(NotPermitted):
        await members.change(acme.context, acme.owner, _id(other), change)

    await members.change(acme.context, acme.owner, _id(other), MemberChange(role="readonly"))
    await _sign_in(acme, "o@other.example")


MANAGES = {Role.OWNER: set(Role), Role.ADMIN: {Role.ADMIN, Role.USER, Role.READONLY}}


@pytest.mark.parametrize("target", list(Role))
@pytest.mark.parametrize("role", list(Role))
async def test_who_may_make_change_and_remove_whom(acme: Acme, role: Role, target: Role) -> None:
    who = acme.of(role)
    second = await acme.here.member(acme.id, target, "second@acme.example")
    allowed = target in MANAGES.get(role, set())

    async def is_permitted(attempt: Any) -> bool:
        try:
            await attempt
        except NotPermitted:
            return False
        return True

    new = NewMember(email="third@acme.example", role=target)
    promotion = MemberChange(role=target)
    naming = MemberChange(first_name="X")
    assert await is_permitted(members.add(acme.context, who, new)) is allowed
    assert await is_permitted(members.change(acme.context, who, _id(acme.user), promotion)) is (
        allowed
    )
    assert await is_permitted(members.change(acme.context, who, _id(second), naming)) is allowed
    assert await is_permitted(members.remove(acme.context, who, _id(second))) is allowed
    sees = role in MANAGES
    assert await is_permitted(members.list_all(acme.context, who)) is sees
    assert await is_permitted(members.get(acme.context, who, _id(acme.user))) is sees


async def test_a_token_manages_members_but_no_owner(acme: Acme) -> None:
    token = Identity(acme.id, Role.ADMIN, Credential.TOKEN, token_id=1)

    await members.add(acme.context, token, NewMember(email="new@acme.example", role="admin"))
    for attempt in (
        members.add(acme.context, token, NewMember(email="x@acme.example", role="owner")),
        members.change(acme.context, token, _id(acme.owner), MemberChange(password="x" * 12)),
        members.change(acme.context, token, _id(acme.user), MemberChange(role="owner")),
        members.remove(acme.context, token, _id(acme.owner)),
    ):
        with pytest.raises(NotPermitted):
            await attempt


async def test_an_admin_demotes_no_owner(acme: Acme) -> None:
    second = await acme.here.member(acme.id, Role.OWNER, "second@acme.example")

    with pytest.raises(NotPermitted):
        await members.change(acme.context, acme.admin, _id(second), MemberChange(role="user"))


async def test_the_last_owner_cannot_be_removed_demoted_or_disabled(acme: Acme) -> None:
    owner = _id(acme.owner)
    for attempt in (
        members.remove(acme.context, acme.owner, owner),
        members.change(acme.context, acme.owner, owner, MemberChange(role="admin")),
        members.change(acme.context, acme.owner, owner, MemberChange(is_enabled=False)),
    ):
        with pytest.raises(Conflict):
            await attempt

    promoted = MemberChange(role="owner")
    await members.change(acme.context, acme.owner, _id(acme.admin), promoted)
    await members.remove(acme.context, acme.owner, owner)
    listed = await members.list_all(acme.context, acme.admin)
    assert [member.user_id for member in listed if member.role is Role.OWNER] == [_id(acme.admin)]


async def test_a_disabled_owner_is_none_to_fall_back_on(acme: Acme) -> None:
    second = await acme.here.member(acme.id, Role.OWNER, "second@acme.example")
    change = MemberChange(is_enabled=False)
    await members.change(acme.context, acme.owner, _id(second), change)

    with pytest.raises(Conflict):
        await members.remove(acme.context, acme.owner, _id(acme.owner))


async def test_who_is_removed_is_signed_out_and_belongs_nowhere(acme: Acme) -> None:
    await _sign_in(acme, "user@acme.example")
    await members.remove(acme.context, acme.admin, _id(acme.user))

    async with acme.context.database.read() as session:
        assert await session.value("SELECT count(*) FROM sessions") == 0
    caller = await _sign_in(acme, "user@acme.example")
    with pytest.raises(NoOrganization):
        await identify.identity_for(acme.context, caller)
    with pytest.raises(NotFound):
        await members.get(acme.context, acme.owner, _id(acme.user))


async def test_who_is_removed_works_on_where_else_they_belong(acme: Acme) -> None:
    other = await acme.here.organization("Other", "o@other.example")
    await acme.here.join(other.organization_id, _id(acme.user), Role.USER)
    caller = await _sign_in(acme, "user@acme.example")

    await members.remove(acme.context, acme.owner, _id(acme.user))

    who = await identify.identity_for(acme.context, caller)
    assert who.organization_id == other.organization_id
    user = await profile.get_profile(acme.context, caller)
    assert user.active_organization_id == other.organization_id


@pytest.mark.parametrize(
    "change", [MemberChange(password="a password of theirs"), MemberChange(is_enabled=False)]
)
async def test_a_new_password_and_being_disabled_end_the_sessions(
    acme: Acme, change: MemberChange
) -> None:
    await _sign_in(acme, "user@acme.example")

    await members.change(acme.context, acme.admin, _id(acme.user), change)

    async with acme.context.database.read() as session:
        assert await session.value("SELECT count(*) FROM sessions") == 0
    with pytest.raises(NotSignedIn):
        await _sign_in(acme, "user@acme.example")


async def test_a_role_moves_the_limit_with_it(acme: Acme) -> None:
    user, both = _id(acme.user), (acme.near, acme.far)

    async def after(change: MemberChange) -> frozenset[int] | None:
        return (await members.change(acme.context, acme.owner, user, change)).customer_ids

    assert await after(MemberChange(role="readonly")) == frozenset()
    assert await after(MemberChange(customer_ids=both)) == frozenset(both)
    assert await after(MemberChange(role="user")) == frozenset(both)
    assert await after(MemberChange(role="admin")) is None
    moved = MemberChange(role="user", customer_ids=(acme.far,))
    assert await after(moved) == frozenset((acme.far,))
    assert await after(MemberChange(customer_ids=None)) is None


async def test_an_address_that_is_taken_stays_whose_it_is(acme: Acme) -> None:
    change = MemberChange(email="Admin@acme.example")
    with pytest.raises(Conflict):
        await members.change(acme.context, acme.owner, _id(acme.user), change)

    renamed = MemberChange(email="renamed@acme.example")
    member = await members.change(acme.context, acme.owner, _id(acme.user), renamed)
    assert member.email == "renamed@acme.example"


async def test_members_are_found_by_either_id_and_those_of_others_not(acme: Acme) -> None:
    other = await acme.here.organization("Other", "o@other.example")
    by_id = await members.get(acme.context, acme.owner, _id(acme.user))
    assert await members.get(acme.context, acme.owner, by_id.public_id) == by_id
    foreign = await members.get(acme.context, other, _id(other))

    async def refusal(reference: Any) -> type[FenerError]:
        with pytest.raises(FenerError) as refused:
            await members.get(acme.context, acme.owner, reference)
        return refused.type

    assert await refusal(_id(other)) is OutOfReach
    assert await refusal(foreign.public_id) is OutOfReach
    assert await refusal(999) is NotFound
    assert await refusal(2**64) is NotFound
    assert await refusal(acme.context.new_id(0)) is NotFound


async def test_each_change_of_people_is_audited(acme: Acme) -> None:
    added = await members.add(
        acme.context, acme.owner, NewMember(email="new@acme.example", role="user")
    )
    change = MemberChange(role="admin", password="a password of theirs")
    await members.change(acme.context, acme.owner, added.user_id, change)
    await members.remove(acme.context, acme.owner, added.user_id)

    subject = f"user:{added.user_id}"
    deeds = ["member.add", "member.change", "member.remove"]
    assert await acme.here.audited() == [(deed, subject) for deed in deeds]
    async with acme.context.database.read() as session:
        details = await session.all("SELECT detail FROM audit_entries")
    assert "a password of theirs" not in "".join(row["detail"] for row in details)
    assert msgspec.json.decode(details[1]["detail"]) == {"changed": ["role", "password"]}
