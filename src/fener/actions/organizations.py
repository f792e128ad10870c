"""Organizations: seen, described and, by whoever runs this Fener, added."""

from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace

from fener.actions import birth
from fener.actions.context import Context, audit
from fener.actions.names import checked_name
from fener.actions.rights import require
from fener.domain.email import normal_address
from fener.domain.errors import Invalid, NotFound, NotPermitted
from fener.domain.organization import Organization, OrganizationDetails
from fener.domain.people import Credential, Identity, Permission, Role
from fener.storage.database import Row, Session
from fener.storage.queries import statements

SQL = statements("organizations")
PEOPLE = statements("people")
LONGEST_DETAIL = 255
_DETAILS: msgspec.json.Decoder[OrganizationDetails] = msgspec.json.Decoder(OrganizationDetails)


class OrganizationChange(Struct, frozen=True, kw_only=True):
    """What is to be other than it was; None empties a detail."""

    name: str | UnsetType = UNSET
    company_name: str | UnsetType | None = UNSET
    street: str | UnsetType | None = UNSET
    postal_code: str | UnsetType | None = UNSET
    city: str | UnsetType | None = UNSET
    country: str | UnsetType | None = UNSET
    vat_id: str | UnsetType | None = UNSET
    billing_email: str | UnsetType | None = UNSET


async def id_of(context: Context, reference: int | UUID) -> int:
    """The id of an organization that may be anybody's: an identity in it is asked for next.

    Raises NotFound.
    """
    if isinstance(reference, int):
        return reference
    async with context.database.read() as session:
        found = await session.value(SQL["id_of"], {"public_id": str(reference)})
    if found is None:
        raise NotFound("Organization not found")
    return int(found)


async def get(context: Context, who: Identity) -> Organization:
    """The caller's organization; one limited to customers sees no more of it than its name."""
    require(who, Permission.READ)
    async with context.database.read() as session:
        found = await _organization(session, who.organization_id)
    return replace(found, details=OrganizationDetails()) if who.is_limited else found


async def change(context: Context, who: Identity, change: OrganizationChange) -> Organization:
    require(who, Permission.MANAGE_ORGANIZATION)
    async with context.database.write() as session:
        before = await _organization(session, who.organization_id)
        after = _changed(before, change)
        if after != before:
            await _keep(context, session, who, after)
        return after


async def add(context: Context, who: Identity, name: str) -> Organization:
    """Another organization, whose owner is whoever makes it.

    For the command line and the owners of the first organization: they run this Fener.
    """
    checked = checked_name(name)
    now = context.clock.now()
    async with context.database.write() as session:
        owner_id = await _operator(session, who)
        email = await session.value(PEOPLE["email_of"], {"id": owner_id})
        new = birth.NewOrganization(owner_id=owner_id, name=checked, email=email)
        organization_id = await birth.insert_organization(session, context, new, now)
        subject = f"organization:{organization_id}"
        await audit(session, who, now, "organization.create", subject, name=checked)
        return await _organization(session, organization_id)


async def _operator(session: Session, who: Identity) -> int:
    is_first = who.organization_id == await session.value(SQL["first"])
    is_person = who.credential in (Credential.SESSION, Credential.COMMAND_LINE)
    if who.user_id is None or who.role is not Role.OWNER or not (is_first and is_person):
        raise NotPermitted("Only an owner of the first organization may add another.")
    return who.user_id


async def _organization(session: Session, organization_id: int) -> Organization:
    row = await session.one(SQL["by_id"], {"id": organization_id})
    if row is None:
        raise NotFound("Organization not found")
    return _from_row(row)


def _from_row(row: Row) -> Organization:
    return Organization(
        id=row["id"],
        public_id=UUID(row["public_id"]),
        name=row["name"],
        details=_DETAILS.decode(row["details"]),
        allow_private=bool(row["allow_private"]),
        created_at=row["created_at"],
    )


def _changed(before: Organization, change: OrganizationChange) -> Organization:
    given = {name: value for name, value in asdict(change).items() if value is not UNSET}
    name = checked_name(given.pop("name")) if "name" in given else before.name
    details = {field: _detail(field, text or "") for field, text in given.items()}
    return replace(before, name=name, details=replace(before.details, **details))


def _detail(field: str, text: str) -> str:
    stripped = text.strip()
    if len(stripped) > LONGEST_DETAIL or not stripped.isprintable():
        raise Invalid(f"At most {LONGEST_DETAIL} printable characters are kept.", field)
    return normal_address(stripped) if field == "billing_email" and stripped else stripped


async def _keep(context: Context, session: Session, who: Identity, after: Organization) -> None:
    details = msgspec.json.encode(after.details).decode()
    await session.run(SQL["update"], {"id": after.id, "name": after.name, "details": details})
    subject = f"organization:{after.id}"
    await audit(session, who, context.clock.now(), "organization.change", subject)
