"""Websites in the organization API: list, create, get, update, delete."""

from uuid import UUID

from litestar import delete, get, patch, post
from msgspec import UNSET, Struct
from msgspec.structs import replace

from fener.actions import checks, customers, monitors
from fener.actions.checks import Filter, Order, Sorting
from fener.api.asking import HIGHEST
from fener.api.described import Parameter, described
from fener.api.organization import website_examples as examples
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.naming import naming
from fener.api.organization.references import NUMBER, numbered, reference
from fener.api.organization.success import SUCCESS_EXAMPLE, Success
from fener.api.organization.website_changes import of_new, of_update
from fener.api.organization.website_forms import SUPPORTED, TYPES, WebsiteForm
from fener.api.organization.website_shapes import Listed, Website, listed, shown
from fener.api.routes import Routes
from fener.domain.errors import Invalid
from fener.domain.people import Identity, Permission

PATH = "/api/websites"
ITEM = f"{PATH}/{{website_id:str}}"
TAG = "Websites"
UUID_REQUIRED = "Website public ID (UUID) required"
NOT_FOUND = "Website not found"
NO_CUSTOMER = {404: "Customer not found"}
PER_PAGE, MOST = 50, 200
ID = Parameter(name="website_id", type="string", description="UUID of the website.")
PARAMETERS = (
    Parameter(name="customerId", type="string", description="UUID or number of a customer."),
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
    Parameter(name="page", type="integer", description="Number of the page.", default=1),
    Parameter(
        name="perPage",
        type="integer",
        description=f"How many a page has; more than {MOST} is read as {MOST}.",
        default=PER_PAGE,
    ),
    NUMBER,
)


class WebsitePage(Struct, rename="camel"):
    items: list[Listed]
    total: int
    page: int
    per_page: int


@get(
    PATH,
    opt=described(
        summary="List websites",
        tag=TAG,
        description="Newest first, within the caller's customers.",
        parameters=PARAMETERS,
        answer=WebsitePage,
        refusals=NO_CUSTOMER,
        example=examples.LIST,
    ),
)
async def list_websites(request: OrganizationAsking) -> WebsitePage:
    page = request.whole_number("page", 1, range(1, HIGHEST + 1), "1 or more")
    asked = request.whole_number("perPage", PER_PAGE, range(1, HIGHEST + 1), f"from 1 to {MOST}")
    per_page = min(asked, MOST)
    types, number = _types(request), numbered(request)
    customer = request.parameter("customerId")
    named = None if customer is None else reference(customer, "Invalid customerId")
    who = await request.identity()
    wanted = Filter(
        customer_id=None if named is None else await _customer(request, who, named),
        search=request.parameter("search") or "",
        types=types,
        ids=None if number is None else (number,),
    )
    found = await checks.overview(
        request.world,
        who,
        wanted,
        Sorting(Order.ID, descending=True),
        limit=per_page,
        offset=(page - 1) * per_page,
    )
    return WebsitePage([listed(line) for line in found.lines], found.total, page, per_page)


@post(
    PATH,
    status_code=200,
    opt=described(
        summary="Create a website",
        tag=TAG,
        description="Checked every 30 minutes with a timeout of 30 seconds where nothing is said.",
        body=WebsiteForm,
        answer=Website,
        example=examples.WEBSITE,
        refusals=NO_CUSTOMER,
    ),
)
async def create_website(request: OrganizationAsking) -> Website:
    form = request.read(WebsiteForm)
    if form.customer_id is UNSET:
        raise Invalid("customerId is required", "customerId")
    named = reference(form.customer_id, "Invalid Customer identifier")
    who = await request.identity()
    locations = await monitors.locations(request.world, who)
    new = of_new(form, await _customer(request, who, named), locations)
    monitor = await monitors.add(request.world, who, new)
    return await _website(request, who, monitor.public_id)


@get(
    ITEM,
    opt=described(
        summary="Get a website", tag=TAG, path=(ID,), answer=Website, example=examples.WEBSITE
    ),
)
async def get_website(request: OrganizationAsking) -> Website:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    who = await request.identity()
    return await _website(request, who, public_id)


@patch(
    ITEM,
    opt=described(
        summary="Update a website",
        tag=TAG,
        description="What is left out stays as it was.",
        path=(ID,),
        body=WebsiteForm,
        answer=Website,
        example=examples.WEBSITE,
    ),
)
async def update_website(request: OrganizationAsking) -> Website:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    form = request.read(WebsiteForm)
    named = None
    if form.customer_id is not UNSET:
        named = reference(form.customer_id, "Invalid Customer identifier")
    who = await request.identity()
    with naming(NOT_FOUND):
        before = await monitors.get(request.world, who, public_id, Permission.WATCH)
    change = of_update(form, before, await monitors.locations(request.world, who))
    if named is not None:
        change = replace(change, customer_id=await _customer(request, who, named))
    await monitors.change(request.world, who, public_id, change)
    return await _website(request, who, public_id)


@delete(
    ITEM,
    status_code=200,
    opt=described(
        summary="Delete a website",
        tag=TAG,
        description="Its open incidents are resolved without a message; all of them stay listed.",
        path=(ID,),
        answer=Success,
        example=SUCCESS_EXAMPLE,
    ),
)
async def delete_website(request: OrganizationAsking) -> Success:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    who = await request.identity()
    with naming(NOT_FOUND):
        await monitors.delete(request.world, who, public_id)
    return Success()


async def _customer(request: OrganizationAsking, who: Identity, named: int | UUID) -> int:
    return (await customers.get(request.world, who, named)).id


async def _website(request: OrganizationAsking, who: Identity, public_id: UUID) -> Website:
    with naming(NOT_FOUND):
        monitor = await monitors.get(request.world, who, public_id)
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


ROUTES: Routes = (list_websites, create_website, get_website, update_website, delete_website)
