"""Websites in the organization API: list, create, get, update, delete."""

from uuid import UUID

from litestar import get, patch, post
from msgspec import Struct

from fener.actions import checks
from fener.api.described import Parameter, described
from fener.api.organization import website_examples as examples
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.naming import naming
from fener.api.organization.references import NUMBER, numbered
from fener.api.organization.resources import (
    CUSTOMER,
    NO_CUSTOMER,
    PAGING,
    Resource,
    add,
    deleting,
    other_customer,
    read_paging,
    required_customer,
    update,
)
from fener.api.organization.website_forms import SUPPORTED, TYPES, WebsiteForm
from fener.api.organization.website_shapes import Listed, Website, listed, shown
from fener.api.routes import Routes
from fener.domain.errors import Invalid
from fener.domain.people import Identity, Permission

WEBSITES = Resource(
    path="/api/websites",
    tag="Websites",
    called="a website",
    id=Parameter(name="website_id", type="string", description="UUID of the website."),
    id_wanted="Website public ID (UUID) required",
    not_found="Website not found",
)
PARAMETERS = (
    CUSTOMER,
    Parameter(name="search", type="string", description="A part of the name or address."),
    Parameter(
        name="monitoringType", type="string", description="Only those of a type.", choices=TYPES
    ),
    Parameter(
        name="excludeMonitoringType",
        type="string",
        description="Those of every other type.",
        choices=TYPES,
    ),
    *PAGING,
    NUMBER,
)


class WebsitePage(Struct, rename="camel"):
    items: list[Listed]
    total: int
    page: int
    per_page: int


@get(
    WEBSITES.path,
    opt=described(
        summary="List websites",
        tag=WEBSITES.tag,
        description="Newest first, within the caller's customers.",
        parameters=PARAMETERS,
        answer=WebsitePage,
        refusals=NO_CUSTOMER,
        example=examples.LIST,
    ),
)
async def list_websites(request: OrganizationAsking) -> WebsitePage:
    paging, types, number = read_paging(request), _types(request), numbered(request)
    ids = None if number is None else (number,)
    who = await request.identity()
    found = await paging.found(request, who, types=types, ids=ids)
    items = [listed(line) for line in found.lines]
    return WebsitePage(items, found.total, paging.page, paging.per_page)


@post(
    WEBSITES.path,
    status_code=200,
    opt=described(
        summary="Create a website",
        tag=WEBSITES.tag,
        description="Checked every 30 minutes with a timeout of 30 seconds where nothing is said.",
        body=WebsiteForm,
        answer=Website,
        example=examples.WEBSITE,
        refusals=NO_CUSTOMER,
    ),
)
async def create_website(request: OrganizationAsking) -> Website:
    form = request.read(WebsiteForm)
    named = required_customer(form.customer_id)
    who = await request.identity()
    monitor = await add(request, who, form, named)
    return await _website(request, who, monitor.public_id)


@get(
    WEBSITES.item,
    opt=described(
        summary="Get a website",
        tag=WEBSITES.tag,
        path=(WEBSITES.id,),
        answer=Website,
        example=examples.WEBSITE,
    ),
)
async def get_website(request: OrganizationAsking) -> Website:
    public_id = WEBSITES.public_id(request)
    who = await request.identity()
    return await _website(request, who, public_id)


@patch(
    WEBSITES.item,
    opt=described(
        summary="Update a website",
        tag=WEBSITES.tag,
        description="What is left out stays as it was.",
        path=(WEBSITES.id,),
        body=WebsiteForm,
        answer=Website,
        example=examples.WEBSITE,
    ),
)
async def update_website(request: OrganizationAsking) -> Website:
    public_id = WEBSITES.public_id(request)
    form = request.read(WebsiteForm)
    named = other_customer(form.customer_id)
    who = await request.identity()
    before = await WEBSITES.found(request, who, public_id, Permission.WATCH)
    await update(request, who, before, form, named)
    return await _website(request, who, public_id)


async def _website(request: OrganizationAsking, who: Identity, public_id: UUID) -> Website:
    monitor = await WEBSITES.found(request, who, public_id)
    with naming(WEBSITES.not_found):
        line = await checks.line(request.world, who, public_id)
    may_ping = who.may(Permission.WATCH, monitor.customer_id)
    seen = await checks.seen(request.world, who, public_id)
    return shown(line, monitor, seen, request.site if may_ping else None)


def _types(request: OrganizationAsking) -> frozenset[str] | None:
    """Which types are asked for; None for all of them."""
    only, but = request.parameter("monitoringType"), request.parameter("excludeMonitoringType")
    if not {only, but} <= {None, *TYPES}:
        raise Invalid("Invalid monitoringType", "monitoringType")
    if only is None and but is None:
        return None
    return frozenset({only} if only else SUPPORTED) - {but}


ROUTES: Routes = (
    list_websites,
    create_website,
    get_website,
    update_website,
    *deleting(WEBSITES),
)
