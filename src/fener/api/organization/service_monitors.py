"""Service monitors in the organization API: list, create, get, update, delete.

One set of handlers is made for each kind of the table.
"""

from uuid import UUID

from litestar import get, patch, post
from msgspec import Struct

from fener.actions import checks, monitors
from fener.api.described import Parameter, described
from fener.api.organization import service_examples as examples
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.resources import (
    CUSTOMER,
    NO_CUSTOMER,
    PAGING,
    PER_PAGE,
    add,
    deleting,
    other_customer,
    read_paging,
    required_customer,
    update,
)
from fener.api.organization.service_shapes import ServiceMonitor
from fener.api.organization.services import SERVICES, Service, website_form
from fener.api.routes import Routes
from fener.domain.people import Identity, Permission

PARAMETERS = (
    CUSTOMER,
    Parameter(name="search", type="string", description="A part of the name or host."),
    *PAGING,
)


class ServicePage(Struct, rename="camel"):
    items: list[ServiceMonitor]
    total: int
    page: int
    per_page: int


def routes_of(service: Service) -> Routes:
    return (*_listing(service), *_reading(service), *deleting(service.resource))


def _listing(service: Service) -> Routes:
    resource, example = service.resource, examples.EXAMPLES[service.slug]

    @get(
        resource.path,
        opt=described(
            summary=f"List {service.word} monitors",
            tag=resource.tag,
            description="Newest first, within the caller's customers.",
            parameters=PARAMETERS,
            answer=ServicePage,
            refusals=NO_CUSTOMER,
            example={"items": [example], "total": 1, "page": 1, "perPage": PER_PAGE},
        ),
    )
    async def list_services(request: OrganizationAsking) -> ServicePage:
        paging = read_paging(request)
        who = await request.identity()
        found = await paging.found(request, who, kinds=frozenset({service.kind}))
        known = await monitors.get_many(request.world, who, [line.id for line in found.lines])
        items = [service.shown(line, known[line.id]) for line in found.lines]
        return ServicePage(items, found.total, paging.page, paging.per_page)

    @post(
        resource.path,
        status_code=200,
        opt=described(
            summary=f"Create {resource.called}",
            tag=resource.tag,
            description="Every 30 minutes with a timeout of 30 seconds where nothing is said.",
            body=service.form,
            answer=service.record,
            example=example,
            refusals=NO_CUSTOMER,
        ),
    )
    async def create_service(request: OrganizationAsking) -> ServiceMonitor:
        form = request.read(service.form)
        named = required_customer(form.customer_id)
        asked = website_form(service, form, is_new=True)
        who = await request.identity()
        monitor = await add(request, who, asked, named)
        return await _shown(service, request, who, monitor.public_id)

    return (list_services, create_service)


def _reading(service: Service) -> Routes:
    resource, example = service.resource, examples.EXAMPLES[service.slug]

    @get(
        resource.item,
        opt=described(
            summary=f"Get {resource.called}",
            tag=resource.tag,
            path=(resource.id,),
            answer=service.record,
            example=example,
        ),
    )
    async def get_service(request: OrganizationAsking) -> ServiceMonitor:
        public_id = resource.public_id(request)
        return await _shown(service, request, await request.identity(), public_id)

    @patch(
        resource.item,
        opt=described(
            summary=f"Update {resource.called}",
            tag=resource.tag,
            description="What is left out stays as it was.",
            path=(resource.id,),
            body=service.form,
            answer=service.record,
            example=example,
        ),
    )
    async def update_service(request: OrganizationAsking) -> ServiceMonitor:
        public_id = resource.public_id(request)
        form = request.read(service.form)
        named = other_customer(form.customer_id)
        asked = website_form(service, form, is_new=False)
        who = await request.identity()
        before = await resource.found(request, who, public_id, Permission.WATCH)
        await update(request, who, before, asked, named)
        return await _shown(service, request, who, public_id)

    return (get_service, update_service)


async def _shown(
    service: Service, request: OrganizationAsking, who: Identity, public_id: UUID
) -> ServiceMonitor:
    monitor = await service.resource.found(request, who, public_id)
    return service.shown(await checks.line(request.world, who, public_id), monitor)


ROUTES: Routes = tuple(route for service in SERVICES for route in routes_of(service))
