"""Notification channels in the organization API: list, create, update, delete, try out."""

from typing import TypeAlias
from uuid import UUID

from litestar import delete, get, patch, post
from msgspec import UNSET, UnsetType

from fener.actions import channels, customers, monitors
from fener.actions.channels import ChannelChange, NewChannel
from fener.api.described import Parameter, described
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.channel_shapes import (
    ChannelForm,
    NotificationChannel,
    Tested,
    TestForm,
    kind_of,
    refuse_what_would_do_nothing,
    refused,
    settings_of,
    shown,
    tested,
)
from fener.api.organization.naming import naming
from fener.api.organization.references import path_number, reference
from fener.api.organization.success import SUCCESS_EXAMPLE, Success
from fener.api.routes import Routes
from fener.domain.errors import Invalid, NoOrganization
from fener.domain.people import Identity

Reference: TypeAlias = int | UUID
PATH = "/api/notification-channels"
ITEM = f"{PATH}/{{channel_id:str}}"
TAG = "Notification channels"
NOT_FOUND = "Notification channel not found"
NO_PLACE = {404: "Customer not found, or Website not found"}
WANTED = "Invalid notification channel ID"
ID = Parameter(name="channel_id", type="integer", description="Number of the channel.")
PARAMETERS = (
    Parameter(
        name="customerId", type="string", description="UUID or number: only channels of a customer."
    ),
    Parameter(
        name="websiteId",
        type="string",
        description="UUID or number: all channels that may be told of a website.",
    ),
)
EXAMPLE = {
    "id": 5,
    "organizationId": 1,
    "customerId": None,
    "websiteId": None,
    "type": "webhook",
    "category": "direct",
    "name": "Chat",
    "config": {"url": "https://hooks.example.com/in", "secret": None},
    "hasSecret": True,
    "priority": 1,
    "delaySeconds": 0,
    "conditions": None,
    "isActive": True,
    "allowedPackageTypes": None,
}
TEST_EXAMPLE = {
    "success": True,
    "mode": "send",
    "message": "hooks.example.com answered 204.",
    "validation": {"ok": True, "errors": [], "warnings": []},
    "request": {
        "url": "https://hooks.example.com/in",
        "method": "POST",
        "timeoutSeconds": 10,
        "headers": {},
    },
    "response": {"ok": True, "durationMs": 84, "message": "hooks.example.com answered 204."},
}


@get(
    PATH,
    opt=described(
        summary="List notification channels",
        tag=TAG,
        description="Oldest first, within the caller's customers.",
        parameters=PARAMETERS,
        answer=list[NotificationChannel],
        refusals=NO_PLACE,
        example=[EXAMPLE],
    ),
)
async def list_channels(request: OrganizationAsking) -> list[NotificationChannel]:
    customer = _named(request.parameter("customerId"), "Invalid Customer identifier")
    website = _named(request.parameter("websiteId"), "Invalid Website identifier")
    who = await request.identity()
    customer_id = await _customer(request, who, customer)
    monitor_id = await _website(request, who, website)
    found = await channels.list_all(
        request.world, who, customer_id=customer_id, monitor_id=monitor_id
    )
    if monitor_id is None and customer_id is not None:
        found = [one for one in found if one.customer_id == customer_id]
    return [shown(one) for one in found]


@post(
    PATH,
    status_code=200,
    opt=described(
        summary="Create a notification channel",
        tag=TAG,
        body=ChannelForm,
        answer=NotificationChannel,
        example=EXAMPLE,
        refusals=NO_PLACE,
    ),
)
async def create_channel(request: OrganizationAsking) -> NotificationChannel:
    form = request.read(ChannelForm)
    if form.type is UNSET or form.name is UNSET or form.config is UNSET:
        raise Invalid("type, name and config are required")
    refuse_what_would_do_nothing(form)
    kind = kind_of(form.type)
    settings = settings_of(kind, form.config)
    customer = _named(form.customer_id, "Invalid Customer identifier")
    website = _named(form.website_id, "Invalid Website identifier")
    who = await _identity(request, form.organization_id)
    new = NewChannel(
        kind=kind,
        name=form.name,
        settings=settings,
        customer_id=await _customer(request, who, customer),
        monitor_id=await _website(request, who, website),
        is_active=form.is_active is not False,
    )
    return shown(await channels.add(request.world, who, new))


@patch(
    ITEM,
    opt=described(
        summary="Update a notification channel",
        tag=TAG,
        path=(ID,),
        body=ChannelForm,
        answer=NotificationChannel,
        example=EXAMPLE,
    ),
)
async def update_channel(request: OrganizationAsking) -> NotificationChannel:
    number = path_number(request, ID.name, WANTED)
    form = request.read(ChannelForm)
    refuse_what_would_do_nothing(form)
    who = await _identity(request, form.organization_id)
    with naming(NOT_FOUND):
        before = await channels.get(request.world, who, number)
    if form.type is not UNSET and kind_of(form.type) is not before.kind:
        raise Invalid("The type of a channel stays: create another one", "type")
    for given, kept, name in (
        (form.customer_id, before.customer_id, "customerId"),
        (form.website_id, before.monitor_id, "websiteId"),
    ):
        if given is not UNSET and given != kept:
            raise Invalid(f"{name} of a channel stays: create another one", name)
    change = ChannelChange(
        name=form.name,
        settings=UNSET if form.config is UNSET else settings_of(before.kind, form.config),
        is_active=form.is_active,
    )
    return shown(await channels.change(request.world, who, number, change))


@delete(
    ITEM,
    status_code=200,
    opt=described(
        summary="Delete a notification channel",
        tag=TAG,
        description="What is owed to it is not sent any more.",
        path=(ID,),
        answer=Success,
        example=SUCCESS_EXAMPLE,
    ),
)
async def delete_channel(request: OrganizationAsking) -> Success:
    number = path_number(request, ID.name, WANTED)
    who = await request.identity()
    with naming(NOT_FOUND):
        await channels.delete(request.world, who, number)
    return Success()


@post(
    f"{PATH}/test",
    status_code=200,
    opt=described(
        summary="Try out a notification channel",
        tag=TAG,
        description="Sends a test message by settings that need not be stored.",
        body=TestForm,
        answer=Tested,
        refusals=NO_PLACE,
        example=TEST_EXAMPLE,
    ),
)
async def test_channel(request: OrganizationAsking) -> Tested:
    form = request.read(TestForm)
    kind = kind_of(form.type)
    customer = _named(form.customer_id, "Invalid Customer identifier")
    website = _named(form.website_id, "Invalid Website identifier")
    who = await _identity(request, form.organization_id)
    customer_id = await _customer(request, who, customer)
    monitor_id = await _website(request, who, website)
    try:
        new = NewChannel(
            kind=kind,
            name="Test",
            settings=settings_of(kind, form.config),
            customer_id=customer_id,
            monitor_id=monitor_id,
        )
        message = await channels.trial(request.world, who, new)
        delivery = None
        if not form.dry_run:
            delivery = await channels.try_out(request.world, who, message)
    except Invalid as error:
        return refused(error.message, dry_run=form.dry_run)
    return tested(message, delivery)


async def _identity(request: OrganizationAsking, organization_id: int | None) -> Identity:
    if organization_id is not None and organization_id < 1:
        raise NoOrganization("Organization ID is required")
    return await request.identity(organization_id)


def _named(given: int | str | UnsetType | None, wanted: str) -> Reference | None:
    return None if given is UNSET or given is None else reference(given, wanted)


async def _customer(
    request: OrganizationAsking, who: Identity, named: Reference | None
) -> int | None:
    return None if named is None else (await customers.get(request.world, who, named)).id


async def _website(
    request: OrganizationAsking, who: Identity, named: Reference | None
) -> int | None:
    if named is None:
        return None
    with naming("Website not found"):
        return (await monitors.get(request.world, who, named)).id


ROUTES: Routes = (list_channels, create_channel, update_channel, delete_channel, test_channel)
