"""What websites and service monitors are alike in: how one is named, found, listed, made, changed
and deleted, and who was told of it. Each is a resource of the organization API over one kind of
monitors or all.
"""

from typing import Any
from uuid import UUID

from litestar import delete, get
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from fener.actions import checks, customers, histories, monitors
from fener.actions.checks import Filter, Order, Sorting
from fener.api.asking import HIGHEST
from fener.api.described import Parameter, described
from fener.api.organization import website_examples as examples
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.history_shapes import Alerts, Incidents, shown_alert, shown_incident
from fener.api.organization.naming import naming
from fener.api.organization.references import reference
from fener.api.organization.success import SUCCESS_EXAMPLE, Success
from fener.api.organization.website_changes import of_new, of_update
from fener.api.organization.website_forms import WebsiteForm
from fener.api.routes import Routes
from fener.domain.errors import Invalid, NotFound
from fener.domain.kinds import Kind
from fener.domain.monitor import Monitor
from fener.domain.people import Identity, Permission

NO_CUSTOMER = {404: "Customer not found"}
BAD_CUSTOMER = "Invalid Customer identifier"
PER_PAGE, LIMIT, MOST = 50, 50, 200
CUSTOMER = Parameter(name="customerId", type="string", description="UUID or number of a customer.")
PAGING = (
    Parameter(name="page", type="integer", description="Number of the page.", default=1),
    Parameter(
        name="perPage",
        type="integer",
        description=f"How many a page has; more than {MOST} is read as {MOST}.",
        default=PER_PAGE,
    ),
)
LIMITED = Parameter(
    name="limit",
    type="integer",
    description=f"How many checks; more than {MOST} is read as {MOST}.",
    default=LIMIT,
)


class Resource(Struct, frozen=True, kw_only=True):
    """`called` is how sentences call one of it, with its article."""

    path: str
    tag: str
    called: str
    id: Parameter
    id_wanted: str
    not_found: str
    kind: Kind | None = None
    """None for monitors of every kind."""

    @property
    def item(self) -> str:
        return f"{self.path}/{{{self.id.name}:str}}"

    def public_id(self, request: OrganizationAsking) -> UUID:
        """Of the path. Raises Invalid."""
        return request.public_id(self.id.name, self.id_wanted)

    async def found(
        self,
        request: OrganizationAsking,
        who: Identity,
        named: int | UUID,
        permission: Permission = Permission.READ,
    ) -> Monitor:
        """Raises NotFound for a monitor of another kind, too."""
        with naming(self.not_found):
            monitor = await monitors.get(request.world, who, named, permission)
        if self.kind not in {None, monitor.kind}:
            raise NotFound(self.not_found)
        return monitor


class Paging(Struct, frozen=True):
    """Which page of which customer's monitors is asked for."""

    page: int
    per_page: int
    customer: int | UUID | None

    async def found(self, request: OrganizationAsking, who: Identity, **wanted: Any) -> checks.Page:
        """Newest first. `wanted` is what a `Filter` has besides customer and search."""
        named = self.customer
        narrowed = Filter(
            customer_id=None if named is None else await customer(request, who, named),
            search=request.parameter("search") or "",
            **wanted,
        )
        return await checks.overview(
            request.world,
            who,
            narrowed,
            Sorting(Order.ID, descending=True),
            limit=self.per_page,
            offset=(self.page - 1) * self.per_page,
        )


def read_paging(request: OrganizationAsking) -> Paging:
    """Raises Invalid."""
    page = request.whole_number("page", 1, range(1, HIGHEST + 1), "1 or more")
    asked = request.whole_number("perPage", PER_PAGE, range(1, HIGHEST + 1), f"from 1 to {MOST}")
    named = request.parameter("customerId")
    customer_id = None if named is None else reference(named, "Invalid customerId")
    return Paging(page, min(asked, MOST), customer_id)


def read_limit(request: OrganizationAsking) -> int:
    """How many checks are asked for. Raises Invalid."""
    asked = request.whole_number("limit", LIMIT, range(1, HIGHEST + 1), f"from 1 to {MOST}")
    return min(asked, MOST)


def required_customer(given: int | str | UnsetType) -> int | UUID:
    """How the customer of a new monitor is named. Raises Invalid."""
    if given is UNSET:
        raise Invalid("customerId is required", "customerId")
    return reference(given, BAD_CUSTOMER)


def other_customer(given: int | str | UnsetType) -> int | UUID | None:
    """How the customer is named to whom a monitor shall belong, if to another. Raises Invalid."""
    return None if given is UNSET else reference(given, BAD_CUSTOMER)


async def customer(request: OrganizationAsking, who: Identity, named: int | UUID) -> int:
    return (await customers.get(request.world, who, named)).id


async def add(
    request: OrganizationAsking, who: Identity, form: WebsiteForm, named: int | UUID
) -> Monitor:
    """Make what a form asks for, for the customer so named."""
    locations = await monitors.locations(request.world, who)
    new = of_new(form, await customer(request, who, named), locations)
    return await monitors.add(request.world, who, new)


async def update(
    request: OrganizationAsking,
    who: Identity,
    before: Monitor,
    form: WebsiteForm,
    named: int | UUID | None,
) -> None:
    change = of_update(form, before, await monitors.locations(request.world, who))
    if named is not None:
        change = replace(change, customer_id=await customer(request, who, named))
    await monitors.change(request.world, who, before.public_id, change)


def deleting(resource: Resource) -> Routes:
    @delete(
        resource.item,
        status_code=200,
        opt=described(
            summary=f"Delete {resource.called}",
            tag=resource.tag,
            description="Its open incidents are resolved without a message; all stay listed.",
            path=(resource.id,),
            answer=Success,
            example=SUCCESS_EXAMPLE,
        ),
    )
    async def delete_monitor(request: OrganizationAsking) -> Success:
        public_id = resource.public_id(request)
        who = await request.identity()
        await resource.found(request, who, public_id, Permission.WATCH)
        await monitors.delete(request.world, who, public_id)
        return Success()

    return (delete_monitor,)


def histories_of(resource: Resource) -> Routes:
    """Incidents, and who was told of them."""

    @get(
        f"{resource.item}/incident-history",
        opt=described(
            summary=f"List the incidents of {resource.called}",
            tag=resource.tag,
            path=(resource.id,),
            answer=Incidents,
            example=examples.INCIDENTS,
        ),
    )
    async def incident_history(request: OrganizationAsking) -> Incidents:
        public_id = resource.public_id(request)
        who = await request.identity()
        await resource.found(request, who, public_id)
        found, total = await histories.incidents_of(request.world, who, public_id)
        now = request.world.clock.now()
        return Incidents([shown_incident(one, now) for one in found], total)

    @get(
        f"{resource.item}/alert-history",
        opt=described(
            summary=f"List who was told of {resource.called}",
            tag=resource.tag,
            path=(resource.id,),
            answer=Alerts,
            example=examples.ALERTS,
        ),
    )
    async def alert_history(request: OrganizationAsking) -> Alerts:
        public_id = resource.public_id(request)
        who = await request.identity()
        await resource.found(request, who, public_id)
        found, total = await histories.alerts_of(request.world, who, public_id)
        return Alerts([shown_alert(one) for one in found], total)

    return (incident_history, alert_history)
