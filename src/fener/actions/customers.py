"""Customers: added, listed, seen, changed, cancelled and won back."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace

from fener.actions.context import Context, audit
from fener.actions.names import checked_name
from fener.actions.rights import require
from fener.domain.customer import Customer, CustomerDetails, CustomerStatus
from fener.domain.email import normal_address
from fener.domain.errors import Invalid, NotFound
from fener.domain.people import Identity, Permission
from fener.domain.place import Place
from fener.domain.time import Instant
from fener.storage import customers as stored
from fener.storage import policies
from fener.storage.database import Session

_LONGEST_FIELDS = 10_000
_LONGEST_PHONE_NUMBER = 64


class NewCustomer(Struct, frozen=True, kw_only=True):
    """What is wanted of a new customer; without a `policy` it gets the organization's first."""

    name: str
    email: str = ""
    policy: str | None = None
    """The key or the title of a policy of the organization."""
    status: str = CustomerStatus.ACTIVE
    custom_fields: dict[str, Any] = {}


class CustomerChange(Struct, frozen=True, kw_only=True):
    """What is to be other than it was."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    policy: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    notification_email: str | UnsetType | None = UNSET
    notification_phone_number: str | UnsetType | None = UNSET
    monthly_reports_enabled: bool | UnsetType = UNSET
    custom_fields: dict[str, Any] | UnsetType = UNSET


async def add(context: Context, who: Identity, new: NewCustomer) -> Customer:
    require(who, Permission.MANAGE_CUSTOMERS)
    now = context.clock.now()
    async with context.database.write() as session:
        customer_id = await stored.insert(
            session,
            stored.NewCustomer(
                public_id=context.new_id(now),
                organization_id=who.organization_id,
                name=checked_name(new.name),
                email=_address(new.email),
                policy_id=await _policy(session, who, new.policy),
                details=CustomerDetails(custom_fields=_fields(new.custom_fields)),
            ),
            now,
        )
        customer = await _reached(session, who, customer_id)
        if (marked := _marked(customer, new.status, now)) is not customer:
            await stored.update(session, marked, now)
        await audit(session, who, now, "customer.add", _subject(customer), name=customer.name)
        return await _reached(session, who, customer_id)


async def list_all(context: Context, who: Identity) -> list[Customer]:
    """The customers that the caller reaches, oldest first."""
    require(who, Permission.READ)
    async with context.database.read() as session:
        return await stored.of_organization(session, who.organization_id, who.customer_ids)


async def get(context: Context, who: Identity, reference: int | UUID) -> Customer:
    """A customer by its id or public id. Raises NotFound, OutOfReach."""
    require(who, Permission.READ)
    async with context.database.read() as session:
        return await _reached(session, who, reference)


async def change(
    context: Context, who: Identity, reference: int | UUID, change: CustomerChange
) -> Customer:
    """Change what is given. Raises NotPermitted, NotFound, OutOfReach, Invalid."""
    require(who, Permission.MANAGE_CUSTOMERS)
    now = context.clock.now()
    async with context.database.write() as session:
        before = await _reached(session, who, reference)
        changed = await _changed(session, who, before, change, now)
        after = await _keep(session, who, before, changed, now)
    if after.policy_id != before.policy_id:
        context.doorbells.monitors_changed(Place(after.organization_id, after.id))
    return after


async def cancel(context: Context, who: Identity, reference: int | UUID) -> Customer:
    """Mark for cancellation, which takes effect after a grace; a mark that stands is kept."""
    return await change(
        context, who, reference, CustomerChange(status=CustomerStatus.MARKED_FOR_CANCELLATION)
    )


async def withdraw_cancellation(context: Context, who: Identity, reference: int | UUID) -> Customer:
    return await change(context, who, reference, CustomerChange(status=CustomerStatus.ACTIVE))


async def _reached(session: Session, who: Identity, reference: int | UUID) -> Customer:
    customer = await stored.find(session, reference)
    if customer is None:
        raise NotFound("Customer not found")
    require(who, Permission.READ, customer.organization_id, customer.id)
    return customer


async def _changed(
    session: Session, who: Identity, before: Customer, change: CustomerChange, now: Instant
) -> Customer:
    after = before
    if change.name is not UNSET:
        after = replace(after, name=checked_name(change.name))
    if change.email is not UNSET:
        after = replace(after, email=_address(change.email))
    if change.policy is not UNSET:
        after = replace(after, policy_id=await _policy(session, who, change.policy))
    if change.status is not UNSET:
        after = _marked(after, change.status, now)
    return replace(after, details=_changed_details(before.details, change))


def _changed_details(before: CustomerDetails, change: CustomerChange) -> CustomerDetails:
    given = {
        name: value
        for name in before.__struct_fields__
        if (value := getattr(change, name)) is not UNSET
    }
    if given.get("notification_email"):
        given["notification_email"] = normal_address(given["notification_email"])
    if given.get("notification_phone_number"):
        given["notification_phone_number"] = _phone_number(given["notification_phone_number"])
    if "custom_fields" in given:
        given["custom_fields"] = _fields(given["custom_fields"])
    return replace(before, **given)


async def _keep(
    session: Session, who: Identity, before: Customer, after: Customer, now: Instant
) -> Customer:
    if after == before:
        return before
    await stored.update(session, after, now)
    changed = sorted(name for name, value in asdict(after).items() if value != asdict(before)[name])
    await audit(session, who, now, "customer.change", _subject(after), changed=changed)
    return await _reached(session, who, after.id)


def _marked(customer: Customer, status: str, now: Instant) -> Customer:
    """The customer in this status; the same one where it has it already."""
    try:
        wanted = CustomerStatus(status)
    except ValueError:
        known = ", ".join(CustomerStatus)
        raise Invalid(f"{status!r} is no status of a customer: {known}.", "status") from None
    if wanted is customer.status:
        return customer
    cancelled_at = now if wanted is CustomerStatus.MARKED_FOR_CANCELLATION else None
    return replace(customer, status=wanted, cancelled_at=cancelled_at)


async def _policy(session: Session, who: Identity, name: str | None) -> int:
    """The policy of this key or title; the organization's first one for no name."""
    known = await policies.of_organization(session, who.organization_id)
    found = next((one for one in known if name is None or one.is_called(name)), None)
    if found is None:
        there = ", ".join(one.key for one in known)
        raise Invalid(f"There is no package {name!r} in this organization: {there}.", "packageType")
    return found.id


def _address(email: str) -> str:
    """A customer need not have one."""
    return normal_address(email) if email.strip() else ""


def _phone_number(given: str) -> str:
    """Kept as it is spelled: nothing dials it yet."""
    stripped = given.strip()
    if len(stripped) > _LONGEST_PHONE_NUMBER or not stripped.isprintable():
        raise Invalid(
            f"A phone number has at most {_LONGEST_PHONE_NUMBER} printable characters.",
            "notificationPhoneNumber",
        )
    return stripped


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    if len(msgspec.json.encode(given)) > _LONGEST_FIELDS:
        raise Invalid(f"The custom fields take more than {_LONGEST_FIELDS} bytes.", "customFields")
    return given


def _subject(customer: Customer) -> str:
    return f"customer:{customer.id}"
