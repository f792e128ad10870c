"""Customers in the organization API."""

from typing import Any

from litestar import delete, get, patch, post
from msgspec import UNSET, Struct, UnsetType

from fener.actions import customers
from fener.actions.customers import CustomerChange, NewCustomer
from fener.api.described import Parameter, described
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.customer_shapes import (
    CHANGED_EXAMPLE,
    READ_EXAMPLE,
    ChangedCustomer,
    CustomerRecord,
    changed,
    shown,
)
from fener.api.organization.references import path_reference
from fener.api.routes import Routes
from fener.domain.customer import CustomerStatus
from fener.domain.errors import NoOrganization

PATH = "/api/customers"
ITEM = f"{PATH}/{{customer_id:str}}"
TAG = "Customers"
WANTED = "Invalid Customer identifier"
ID = Parameter(name="customer_id", type="string", description="UUID or number of the customer.")


class CustomerCreation(Struct, rename="camel"):
    """`packageType` is the key or the title of a package; by default the first one."""

    name: str
    email: str = ""
    package_type: str | None = None
    organization_id: int | None = None
    status: str = CustomerStatus.ACTIVE
    custom_fields: dict[str, Any] | None = None


class CustomerUpdate(Struct, rename="camel"):
    """What is left out stays as it was."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    package_type: str | UnsetType = UNSET
    notification_email: str | UnsetType | None = UNSET
    notification_phone_number: str | UnsetType | None = UNSET
    monthly_reports_enabled: bool | UnsetType = UNSET
    custom_fields: dict[str, Any] | UnsetType | None = UNSET


@get(
    PATH,
    opt=described(
        summary="List customers",
        tag=TAG,
        description="Those that the caller reaches.",
        answer=list[CustomerRecord],
        example=[READ_EXAMPLE],
    ),
)
async def list_customers(request: OrganizationAsking) -> list[CustomerRecord]:
    who = await request.identity()
    return [shown(one) for one in await customers.list_all(request.world, who)]


@post(
    PATH,
    status_code=200,
    opt=described(
        summary="Create a customer",
        tag=TAG,
        body=CustomerCreation,
        answer=ChangedCustomer,
        example=CHANGED_EXAMPLE,
    ),
)
async def create_customer(request: OrganizationAsking) -> ChangedCustomer:
    wanted = request.read(CustomerCreation)
    if wanted.organization_id is not None and wanted.organization_id < 1:
        raise NoOrganization("Organization ID is required")
    who = await request.identity(wanted.organization_id)
    new = NewCustomer(
        name=wanted.name,
        email=wanted.email,
        policy=wanted.package_type,
        status=wanted.status,
        custom_fields=wanted.custom_fields or {},
    )
    return changed(await customers.add(request.world, who, new))


@get(
    ITEM,
    opt=described(
        summary="Get a customer", tag=TAG, path=(ID,), answer=CustomerRecord, example=READ_EXAMPLE
    ),
)
async def get_customer(request: OrganizationAsking) -> CustomerRecord:
    named = path_reference(request, ID.name, WANTED)
    who = await request.identity()
    return shown(await customers.get(request.world, who, named))


@patch(
    ITEM,
    opt=described(
        summary="Update a customer",
        tag=TAG,
        path=(ID,),
        body=CustomerUpdate,
        answer=ChangedCustomer,
        example=CHANGED_EXAMPLE,
    ),
)
async def update_customer(request: OrganizationAsking) -> ChangedCustomer:
    named = path_reference(request, ID.name, WANTED)
    update = request.read(CustomerUpdate)
    who = await request.identity()
    change = CustomerChange(
        name=update.name,
        email=update.email,
        policy=update.package_type,
        status=update.status,
        notification_email=update.notification_email,
        notification_phone_number=update.notification_phone_number,
        monthly_reports_enabled=update.monthly_reports_enabled,
        custom_fields={} if update.custom_fields is None else update.custom_fields,
    )
    return changed(await customers.change(request.world, who, named, change))


@post(
    f"{ITEM}/cancel",
    status_code=200,
    opt=described(
        summary="Mark a customer for cancellation",
        tag=TAG,
        description="It takes effect three days later. Monitoring goes on until then.",
        path=(ID,),
        answer=ChangedCustomer,
        example=CHANGED_EXAMPLE,
    ),
)
async def cancel_customer(request: OrganizationAsking) -> ChangedCustomer:
    named = path_reference(request, ID.name, WANTED)
    who = await request.identity()
    return changed(await customers.cancel(request.world, who, named))


@delete(
    f"{ITEM}/cancel",
    status_code=200,
    opt=described(
        summary="Withdraw a cancellation",
        tag=TAG,
        path=(ID,),
        answer=ChangedCustomer,
        example=CHANGED_EXAMPLE,
    ),
)
async def withdraw_cancellation(request: OrganizationAsking) -> ChangedCustomer:
    named = path_reference(request, ID.name, WANTED)
    who = await request.identity()
    return changed(await customers.withdraw_cancellation(request.world, who, named))


ROUTES: Routes = (
    list_customers,
    create_customer,
    get_customer,
    update_customer,
    cancel_customer,
    withdraw_cancellation,
)
