"""Members as rows: a user's place in one organization, and the customers that limit it."""

from collections.abc import Collection
from uuid import UUID

from msgspec import Struct

from fener.domain.people import Member, Role
from fener.domain.time import Instant
from fener.storage.database import Session
from fener.storage.ids import is_id
from fener.storage.people import member
from fener.storage.queries import statements

SQL = statements("members")
PEOPLE = statements("people")


class NewMembership(Struct, frozen=True):
    """A membership to be stored; `customer_ids` None: every customer."""

    organization_id: int
    user_id: int
    role: Role
    customer_ids: frozenset[int] | None = None


async def of_organization(session: Session, organization_id: int) -> list[Member]:
    """Those who joined first, first."""
    rows = await session.all(
        f"{SQL['columns']} WHERE m.organization_id = :organization_id ORDER BY m.id",
        {"organization_id": organization_id},
    )
    return [member(row) for row in rows]


async def find(session: Session, organization_id: int, user_id: int) -> Member | None:
    row = await session.one(
        f"{SQL['columns']} WHERE m.organization_id = :organization_id AND m.user_id = :user_id",
        {"organization_id": organization_id, "user_id": user_id},
    )
    return None if row is None else member(row)


async def user_id_of(session: Session, reference: int | UUID) -> int | None:
    """The user of this id or public id who belongs to any organization."""
    user_id = reference if isinstance(reference, int) else await _by_public_id(session, reference)
    if user_id is None or not is_id(user_id):
        return None
    belongs = await session.value(SQL["organizations_of"], {"user_id": user_id})
    return None if belongs is None else user_id


async def _by_public_id(session: Session, public_id: UUID) -> int | None:
    found = await session.value(SQL["user_by_public_id"], {"public_id": str(public_id)})
    return None if found is None else int(found)


async def insert(session: Session, new: NewMembership, now: Instant) -> None:
    joined = {"organization_id": new.organization_id, "user_id": new.user_id}
    member_id = await session.insert(
        PEOPLE["insert_member"],
        {**joined, "role": new.role, "is_limited": new.customer_ids is not None, "now": now},
    )
    await _insert_customers(session, member_id, new.customer_ids)
    await session.run(SQL["start_active"], joined)


async def update(session: Session, changed: Member) -> None:
    """Write the whole member and their user as they are given."""
    member_id = await _id(session, changed)
    limit = changed.customer_ids
    placed = {"member_id": member_id, "role": changed.role, "is_limited": limit is not None}
    await session.run(SQL["update"], placed)
    await session.run(SQL["delete_customers"], {"member_id": member_id})
    await _insert_customers(session, member_id, limit)
    await session.run(
        SQL["update_user"],
        {
            "user_id": changed.user_id,
            "email": changed.email,
            "first_name": changed.first_name,
            "last_name": changed.last_name,
            "is_enabled": changed.is_enabled,
        },
    )


async def delete(session: Session, gone: Member) -> None:
    """End the membership. The user stays: incidents and monitors name them."""
    await session.run(SQL["delete"], {"member_id": await _id(session, gone)})
    left = {"user_id": gone.user_id, "organization_id": gone.organization_id}
    await session.run(SQL["leave_active"], left)


async def owners(session: Session, organization_id: int) -> int:
    count = await session.value(SQL["count_owners"], {"organization_id": organization_id})
    return int(count)


async def _id(session: Session, one: Member) -> int:
    place = {"organization_id": one.organization_id, "user_id": one.user_id}
    return int(await session.value(SQL["id_of"], place))


async def _insert_customers(
    session: Session, member_id: int, limit: Collection[int] | None
) -> None:
    rows = [{"member_id": member_id, "customer_id": one} for one in sorted(limit or ())]
    await session.many(SQL["insert_customer"], rows)
