"""How a user and an organization come into being. Part of other actions, which check rights."""

import msgspec
from msgspec import Struct

from fener.actions.context import Context
from fener.domain.people import Language, Role
from fener.domain.time import Instant
from fener.storage import customers, members, policies
from fener.storage.database import Session
from fener.storage.queries import statements

PEOPLE = statements("people")
STANDARD_POLICY = "standard"


class NewUser(Struct, frozen=True, kw_only=True):
    """A user to be stored; `email` is in its normal form."""

    email: str
    first_name: str = ""
    last_name: str = ""
    password_hash: str | None = None
    language: Language = Language.ENGLISH
    organization_id: int | None = None
    """The organization they work in first."""


class NewOrganization(Struct, frozen=True, kw_only=True):
    """An organization to be stored; its first customer has the same name, and this address."""

    owner_id: int
    name: str
    email: str


async def insert_user(session: Session, context: Context, new: NewUser, now: Instant) -> int:
    return await session.insert(
        PEOPLE["insert_user"],
        {**msgspec.structs.asdict(new), "public_id": str(context.new_id(now)), "now": now},
    )


async def insert_organization(
    session: Session, context: Context, new: NewOrganization, now: Instant
) -> int:
    """An organization with its owner, its first policy and a customer named after it.

    The first organization of all may watch private addresses, later ones may not.
    """
    is_first = not await session.value(PEOPLE["count_organizations"])
    organization_id = await session.insert(
        PEOPLE["insert_organization"],
        {
            "public_id": str(context.new_id(now)),
            "name": new.name,
            "allow_private": is_first,
            "now": now,
        },
    )
    owner = members.NewMembership(organization_id, new.owner_id, Role.OWNER)
    await members.insert(session, owner, now)
    standard = policies.NewPolicy(
        organization_id=organization_id, key=STANDARD_POLICY, title="Standard"
    )
    policy_id = await policies.insert(session, standard, now)
    customer = customers.NewCustomer(
        public_id=context.new_id(now),
        organization_id=organization_id,
        name=new.name,
        email=new.email,
        policy_id=policy_id,
    )
    await customers.insert(session, customer, now)
    return organization_id
