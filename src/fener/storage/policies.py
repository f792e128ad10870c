"""Policies as rows: read into `fener.domain.policy.NamedPolicy` and written from it."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from fener.domain.policy import NamedPolicy, Policy
from fener.domain.time import Instant
from fener.storage import monitors
from fener.storage.database import Row, Session
from fener.storage.ids import is_id
from fener.storage.queries import statements

SQL = statements("policies")


class NewPolicy(Struct, frozen=True, kw_only=True):
    """A policy to be stored; its id is the database's to give."""

    organization_id: int
    key: str
    title: str
    rules: Policy = Policy()


class Choosing(Struct, frozen=True):
    """A monitor with a policy of its own."""

    public_id: UUID
    kind: str
    name: str
    customer_id: int


async def insert(session: Session, new: NewPolicy, now: Instant) -> int:
    named = {"organization_id": new.organization_id, "key": new.key, "title": new.title}
    return await session.insert(SQL["insert"], {**named, **asdict(new.rules), "now": now})


async def update(session: Session, policy: NamedPolicy, now: Instant) -> None:
    """Write title and rules; every process then reads the monitors that it judges again."""
    named = {"id": policy.id, "title": policy.title}
    await session.run(SQL["update"], {**named, **asdict(policy.rules), "now": now})
    await monitors.raise_revision(session)


async def delete(session: Session, policy_id: int) -> None:
    """One that no customer and no living monitor has."""
    await session.run(SQL["delete"], {"id": policy_id})


async def find(session: Session, policy_id: int) -> NamedPolicy | None:
    """A policy of whatever organization."""
    if not is_id(policy_id):
        return None
    row = await session.one(f"{SQL['columns']} WHERE p.id = :id", {"id": policy_id})
    return None if row is None else from_row(row)


async def of_organization(session: Session, organization_id: int) -> list[NamedPolicy]:
    """The first one, which new customers get, first."""
    rows = await session.all(
        f"{SQL['columns']} WHERE p.organization_id = :organization_id ORDER BY p.id",
        {"organization_id": organization_id},
    )
    return [from_row(row) for row in rows]


async def named(session: Session, organization_id: int, name: str) -> NamedPolicy | None:
    """The policy of this key or title, in any case."""
    known = await of_organization(session, organization_id)
    return next((one for one in known if one.is_called(name)), None)


async def monitors_choosing(session: Session, policy_id: int, limit: int) -> list[Choosing]:
    rows = await session.all(SQL["monitors_choosing"], {"id": policy_id, "limit": limit})
    return [
        Choosing(UUID(row["public_id"]), row["kind"], row["name"], row["customer_id"])
        for row in rows
    ]


def from_row(row: Row) -> NamedPolicy:
    return NamedPolicy(
        id=row["id"],
        organization_id=row["organization_id"],
        key=row["package_type"],
        title=row["display_name"],
        rules=monitors.rules_of(row),
        customers=row["customers"],
        monitors=row["monitors"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
