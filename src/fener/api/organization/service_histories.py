"""What happened to a service monitor in the organization API; a check made at once."""

from typing import Any

from litestar import get, post
from msgspec import Struct

from fener.actions import checks, monitors
from fener.api.described import described
from fener.api.organization import service_examples as examples
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.history_shapes import shown_check
from fener.api.organization.resources import LIMITED, histories_of, read_limit
from fener.api.organization.services import SERVICES, Service
from fener.api.routes import Routes
from fener.domain.people import Permission


class ServiceChecks(Struct):
    """As with websites, with the time once more under the name of the kind."""

    data: list[dict[str, Any]]


def routes_of(service: Service) -> Routes:
    resource = service.resource

    @post(
        f"{resource.item}/trigger-check",
        status_code=200,
        opt=described(
            summary=f"Check {resource.called} at once",
            tag=resource.tag,
            description="The result shows in the check history a moment later.",
            path=(resource.id,),
            answer=dict[str, Any],
            refusals={409: monitors.CHECK_WHILE_PAUSED},
            example=service.triggered(103, ["local"]),
        ),
    )
    async def trigger_check(request: OrganizationAsking) -> dict[str, Any]:
        public_id = resource.public_id(request)
        who = await request.identity()
        await resource.found(request, who, public_id, Permission.WATCH)
        monitor = await monitors.check_now(request.world, who, public_id)
        known = {one.id: one.code for one in await monitors.locations(request.world, who)}
        return service.triggered(monitor.id, [known[one] for one in monitor.location_ids])

    @get(
        f"{resource.item}/check-history",
        opt=described(
            summary=f"List the checks of {resource.called}",
            tag=resource.tag,
            description="Newest first.",
            parameters=(LIMITED,),
            path=(resource.id,),
            answer=ServiceChecks,
            example={"data": [{**examples.CHECK, service.timing: 12}]},
        ),
    )
    async def check_history(request: OrganizationAsking) -> ServiceChecks:
        public_id, limit = resource.public_id(request), read_limit(request)
        who = await request.identity()
        monitor = await resource.found(request, who, public_id)
        found = await checks.history(request.world, who, monitor.id, limit=limit)
        return ServiceChecks([service.timed(shown_check(one)) for one in found])

    return (trigger_check, check_history, *histories_of(resource))


ROUTES: Routes = tuple(route for service in SERVICES for route in routes_of(service))
