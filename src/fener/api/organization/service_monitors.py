"""Service monitors in the organization API: list, create, get, update, delete, and what happened to
one. One set of handlers is made for each kind of the table.
"""

from typing import Any
from uuid import UUID

from litestar import delete, get, patch, post
from msgspec import UNSET, Struct
from msgspec.structs import replace

from fener.actions import checks, customers, histories, monitors
from fener.actions.checks import Filter, Order, Sorting
from fener.api.asking import HIGHEST
from fener.api.described import Parameter, described
from fener.api.organization import service_examples as examples
from fener.api.organization import website_examples
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.history_shapes import (
    Alerts,
    Incidents,
    shown_alert,
    shown_check,
    shown_incident,
)
from fener.api.organization.naming import naming
from fener.api.organization.references import reference
from fener.api.organization.service_shapes import (
    SERVICES,
    Service,
    ServiceMonitor,
    shown,
    timed,
    triggered,
    website_form,
)
from fener.api.organization.success import SUCCESS_EXAMPLE, Success
from fener.api.organization.website_changes import of_new, of_update
from fener.api.routes import Routes
from fener.domain.errors import Invalid, NotFound
from fener.domain.monitor import Monitor
from fener.domain.people import Identity, Permission

NO_CUSTOMER = {404: "Customer not found"}
PER_PAGE, LIMIT, MOST = 50, 50, 200
PARAMETERS = (
    Parameter(name="customerId", type="string", description="UUID or number of a customer."),
    Parameter(name="search", type="string", description="A part of the name or host."),
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


class ServicePage(Struct, rename="camel"):
    items: list[ServiceMonitor]
    total: int
    page: int
    per_page: int


class ServiceChecks(Struct):
    """As with websites, with the time once more under the name of the kind."""

    data: list[dict[str, Any]]


def routes_of(service: Service) -> Routes:
    return (*_keeping(service), *_histories(service))


def _keeping(service: Service) -> Routes:
    """List, create, get, update, delete."""
    tag, word, item = _tag(service), service.word, _item(service)
    public = _id(service)
    example = examples.EXAMPLES[service.slug]

    @get(
        service.path,
        opt=described(
            summary=f"List {word} monitors",
            tag=tag,
            description="Newest first, within the caller's customers.",
            parameters=PARAMETERS,
            answer=ServicePage,
            refusals=NO_CUSTOMER,
            example={"items": [example], "total": 1, "page": 1, "perPage": PER_PAGE},
        ),
    )
    async def list_services(request: OrganizationAsking) -> ServicePage:
        return await _page(service, request)

    @post(
        service.path,
        status_code=200,
        opt=described(
            summary=f"Create {_article(word)} {word} monitor",
            tag=tag,
            description="Every 30 minutes with a timeout of 30 seconds where nothing is said.",
            body=service.form,
            answer=service.record,
            example=example,
            refusals=NO_CUSTOMER,
        ),
    )
    async def create_service(request: OrganizationAsking) -> ServiceMonitor:
        return await _create(service, request)

    @get(
        item,
        opt=described(
            summary=f"Get {_article(word)} {word} monitor",
            tag=tag,
            path=(public,),
            answer=service.record,
            example=example,
        ),
    )
    async def get_service(request: OrganizationAsking) -> ServiceMonitor:
        public_id = request.public_id(service.id_name, service.id_wanted)
        return await _shown(service, request, await request.identity(), public_id)

    @patch(
        item,
        opt=described(
            summary=f"Update {_article(word)} {word} monitor",
            tag=tag,
            description="What is left out stays as it was.",
            path=(public,),
            body=service.form,
            answer=service.record,
            example=example,
        ),
    )
    async def update_service(request: OrganizationAsking) -> ServiceMonitor:
        return await _update(service, request)

    @delete(
        item,
        status_code=200,
        opt=described(
            summary=f"Delete {_article(word)} {word} monitor",
            tag=tag,
            description="Its open incidents are resolved without a message; all stay listed.",
            path=(public,),
            answer=Success,
            example=SUCCESS_EXAMPLE,
        ),
    )
    async def delete_service(request: OrganizationAsking) -> Success:
        public_id = request.public_id(service.id_name, service.id_wanted)
        who = await request.identity()
        await _found(service, request, who, public_id, Permission.WATCH)
        await monitors.delete(request.world, who, public_id)
        return Success()

    return (list_services, create_service, get_service, update_service, delete_service)


def _histories(service: Service) -> Routes:
    tag, item, public = _tag(service), _item(service), _id(service)
    called = f"{_article(service.word)} {service.word} monitor"

    @post(
        f"{item}/trigger-check",
        status_code=200,
        opt=described(
            summary=f"Check {called} at once",
            tag=tag,
            description="The result shows in the check history a moment later.",
            path=(public,),
            answer=dict[str, Any],
            refusals={409: monitors.CHECK_WHILE_PAUSED},
            example=triggered(service, 103, ["local"]),
        ),
    )
    async def trigger_check(request: OrganizationAsking) -> dict[str, Any]:
        return await _trigger(service, request)

    @get(
        f"{item}/check-history",
        opt=described(
            summary=f"List the checks of {called}",
            tag=tag,
            description="Newest first.",
            parameters=(LIMITED,),
            path=(public,),
            answer=ServiceChecks,
            example={"data": [{**examples.CHECK, service.timing: 12}]},
        ),
    )
    async def check_history(request: OrganizationAsking) -> ServiceChecks:
        return await _checks(service, request)

    @get(
        f"{item}/incident-history",
        opt=described(
            summary=f"List the incidents of {called}",
            tag=tag,
            path=(public,),
            answer=Incidents,
            example=website_examples.INCIDENTS,
        ),
    )
    async def incident_history(request: OrganizationAsking) -> Incidents:
        public_id = request.public_id(service.id_name, service.id_wanted)
        who = await request.identity()
        await _found(service, request, who, public_id)
        found, total = await histories.incidents_of(request.world, who, public_id)
        now = request.world.clock.now()
        return Incidents([shown_incident(one, now) for one in found], total)

    @get(
        f"{item}/alert-history",
        opt=described(
            summary=f"List who was told of {called}",
            tag=tag,
            path=(public,),
            answer=Alerts,
            example=website_examples.ALERTS,
        ),
    )
    async def alert_history(request: OrganizationAsking) -> Alerts:
        public_id = request.public_id(service.id_name, service.id_wanted)
        who = await request.identity()
        await _found(service, request, who, public_id)
        found, total = await histories.alerts_of(request.world, who, public_id)
        return Alerts([shown_alert(one) for one in found], total)

    return (trigger_check, check_history, incident_history, alert_history)


def _tag(service: Service) -> str:
    return f"{service.word} monitors"


def _item(service: Service) -> str:
    return f"{service.path}/{{{service.id_name}:str}}"


def _id(service: Service) -> Parameter:
    return Parameter(name=service.id_name, type="string", description="UUID of the monitor.")


def _article(word: str) -> str:
    return "an" if word[0] in "AEIO" else "a"


async def _page(service: Service, request: OrganizationAsking) -> ServicePage:
    page = request.whole_number("page", 1, range(1, HIGHEST + 1), "1 or more")
    asked = request.whole_number("perPage", PER_PAGE, range(1, HIGHEST + 1), f"from 1 to {MOST}")
    per_page = min(asked, MOST)
    customer = request.parameter("customerId")
    named = None if customer is None else reference(customer, "Invalid customerId")
    who = await request.identity()
    wanted = Filter(
        customer_id=None if named is None else await _customer(request, who, named),
        search=request.parameter("search") or "",
        kinds=frozenset({service.kind}),
    )
    newest, offset = Sorting(Order.ID, descending=True), (page - 1) * per_page
    found = await checks.overview(request.world, who, wanted, newest, limit=per_page, offset=offset)
    known = await monitors.get_many(request.world, who, [line.id for line in found.lines])
    items = [shown(service, line, known[line.id]) for line in found.lines]
    return ServicePage(items, found.total, page, per_page)


async def _create(service: Service, request: OrganizationAsking) -> ServiceMonitor:
    form = request.read(service.form)
    if form.customer_id is UNSET:
        raise Invalid("customerId is required", "customerId")
    named = reference(form.customer_id, "Invalid Customer identifier")
    asked = website_form(service, form, is_new=True)
    who = await request.identity()
    locations = await monitors.locations(request.world, who)
    new = of_new(asked, await _customer(request, who, named), locations)
    monitor = await monitors.add(request.world, who, new)
    return await _shown(service, request, who, monitor.public_id)


async def _update(service: Service, request: OrganizationAsking) -> ServiceMonitor:
    public_id = request.public_id(service.id_name, service.id_wanted)
    form = request.read(service.form)
    named = None
    if form.customer_id is not UNSET:
        named = reference(form.customer_id, "Invalid Customer identifier")
    asked = website_form(service, form, is_new=False)
    who = await request.identity()
    before = await _found(service, request, who, public_id, Permission.WATCH)
    change = of_update(asked, before, await monitors.locations(request.world, who))
    if named is not None:
        change = replace(change, customer_id=await _customer(request, who, named))
    await monitors.change(request.world, who, public_id, change)
    return await _shown(service, request, who, public_id)


async def _trigger(service: Service, request: OrganizationAsking) -> dict[str, Any]:
    public_id = request.public_id(service.id_name, service.id_wanted)
    who = await request.identity()
    await _found(service, request, who, public_id, Permission.WATCH)
    monitor = await monitors.check_now(request.world, who, public_id)
    known = {one.id: one.code for one in await monitors.locations(request.world, who)}
    codes = [known[one] for one in monitor.location_ids]
    return triggered(service, monitor.id, codes)


async def _checks(service: Service, request: OrganizationAsking) -> ServiceChecks:
    public_id = request.public_id(service.id_name, service.id_wanted)
    asked = request.whole_number("limit", LIMIT, range(1, HIGHEST + 1), f"from 1 to {MOST}")
    who = await request.identity()
    monitor = await _found(service, request, who, public_id)
    found = await checks.history(request.world, who, monitor.id, limit=min(asked, MOST))
    return ServiceChecks([timed(service, shown_check(one)) for one in found])


async def _customer(request: OrganizationAsking, who: Identity, named: int | UUID) -> int:
    return (await customers.get(request.world, who, named)).id


async def _found(
    service: Service,
    request: OrganizationAsking,
    who: Identity,
    public_id: UUID,
    permission: Permission = Permission.READ,
) -> Monitor:
    """Raises NotFound for a monitor of another kind, too."""
    with naming(service.not_found):
        monitor = await monitors.get(request.world, who, public_id, permission)
    if monitor.kind is not service.kind:
        raise NotFound(service.not_found)
    return monitor


async def _shown(
    service: Service, request: OrganizationAsking, who: Identity, public_id: UUID
) -> ServiceMonitor:
    monitor = await _found(service, request, who, public_id)
    return shown(service, await checks.line(request.world, who, public_id), monitor)


ROUTES: Routes = tuple(route for service in SERVICES for route in routes_of(service))
