"""Customers as rows: read into `fener.domain.customer.Customer` and written from it."""

from collections.abc import Collection
from uuid import UUID

import msgspec
from msgspec import Struct

from fener.domain.customer import Customer, CustomerDetails, CustomerStatus
from fener.domain.time import Instant
from fener.storage import monitors
from fener.storage.database import Row, Session, in_list
from fener.storage.ids import is_id
from fener.storage.queries import statements

SQL = statements("customers")
_DETAILS: msgspec.json.Decoder[CustomerDetails] = msgspec.json.Decoder(CustomerDetails)


class NewCustomer(Struct, frozen=True, kw_only=True):
    """A customer to be stored; its id is the database's to give."""

    public_id: UUID
    organization_id: int
    name: str
    email: str
    policy_id: int
    details: CustomerDetails = CustomerDetails()


async def insert(session: Session, new: NewCustomer, now: Instant) -> int:
    return await session.insert(
        SQL["insert"],
        {
            **msgspec.structs.asdict(new),
            "public_id": str(new.public_id),
            "details": msgspec.json.encode(new.details).decode(),
            "now": now,
        },
    )


async def update(session: Session, customer: Customer, now: Instant) -> None:
    """Write the whole customer as it is given; its monitors may now be judged by another policy."""
    await session.run(
        SQL["update"],
        {
            "id": customer.id,
            "name": customer.name,
            "email": customer.email,
            "policy_id": customer.policy_id,
            "status": customer.status,
            "details": msgspec.json.encode(customer.details).decode(),
            "cancelled_at": customer.cancelled_at,
            "now": now,
        },
    )
    await monitors.raise_revision(session)


async def find(session: Session, reference: int | UUID) -> Customer | None:
    """A customer by its id or public id, of whatever organization."""
    if isinstance(reference, UUID):
        row = await _one(session, "c.public_id", str(reference))
    else:
        row = await _one(session, "c.id", reference) if is_id(reference) else None
    return None if row is None else from_row(row)


async def _one(session: Session, column: str, value: str | int) -> Row | None:
    return await session.one(f"{SQL['columns']} WHERE {column} = :value", {"value": value})


async def of_organization(
    session: Session, organization_id: int, ids: Collection[int] | None
) -> list[Customer]:
    """The customers of an organization, of these ids where some are given, oldest first."""
    where, parameters = "c.organization_id = :organization_id", {"organization_id": organization_id}
    if ids is not None:
        listed, wanted = in_list("id", sorted(ids))
        where, parameters = f"{where} AND c.id IN {listed}", {**parameters, **wanted}
    rows = await session.all(f"{SQL['columns']} WHERE {where} ORDER BY c.id", parameters)
    return [from_row(row) for row in rows]


def from_row(row: Row) -> Customer:
    return Customer(
        id=row["id"],
        public_id=UUID(row["public_id"]),
        organization_id=row["organization_id"],
        name=row["name"],
        email=row["email"],
        policy_id=row["policy_id"],
        policy_name=row["policy_name"],
        policy_title=row["policy_title"],
        status=CustomerStatus(row["status"]),
        details=_DETAILS.decode(row["details"]),
        incidents_total=row["incidents_total"],
        cancelled_at=row["cancelled_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
