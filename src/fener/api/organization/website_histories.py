"""What happened to a website in the organization API: checks, incidents, alerts, uptime; and the
check that is made at once.
"""

from litestar import get, post

from fener.actions import checks, histories, monitors
from fener.api.described import Parameter, described
from fener.api.organization import website_examples as examples
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.history_shapes import (
    Checks,
    Triggered,
    UptimeStats,
    shown_check,
    shown_stats,
)
from fener.api.organization.naming import naming
from fener.api.organization.references import path_reference
from fener.api.organization.resources import LIMITED, histories_of, read_limit
from fener.api.organization.website_forms import KINDS, TYPES
from fener.api.organization.websites import WEBSITES
from fener.api.routes import Routes
from fener.domain.errors import Invalid
from fener.domain.kinds import Kind

LEGACY = {"http": Kind.HTTP, "ssl": Kind.TLS}
_CHECK_TYPES = KINDS | LEGACY
CHECK_PARAMETERS = (
    LIMITED,
    Parameter(
        name="checkType",
        type="string",
        description="Only checks of a type.",
        choices=(*TYPES, *LEGACY),
    ),
)


@post(
    f"{WEBSITES.item}/trigger-check",
    status_code=200,
    opt=described(
        summary="Check a website at once",
        tag=WEBSITES.tag,
        description="The result shows in the check history a moment later.",
        path=(WEBSITES.id,),
        answer=Triggered,
        refusals={409: monitors.CHECK_WHILE_PAUSED},
        example=examples.TRIGGERED,
    ),
)
async def trigger_check(request: OrganizationAsking) -> Triggered:
    public_id = WEBSITES.public_id(request)
    who = await request.identity()
    with naming(WEBSITES.not_found):
        monitor = await monitors.check_now(request.world, who, public_id)
    return Triggered(True, "Check triggered successfully", monitor.id)


@get(
    f"{WEBSITES.item}/check-history",
    opt=described(
        summary="List the checks of a website",
        tag=WEBSITES.tag,
        description="Newest first. The website may be named by its number, too.",
        parameters=CHECK_PARAMETERS,
        path=(WEBSITES.id,),
        answer=Checks,
        example=examples.CHECKS,
    ),
)
async def check_history(request: OrganizationAsking) -> Checks:
    named = path_reference(request, WEBSITES.id.name, "Invalid Website identifier")
    limit = read_limit(request)
    wanted = request.parameter("checkType")
    if wanted not in {None, *TYPES, *LEGACY}:
        raise Invalid("Invalid checkType", "checkType")
    who = await request.identity()
    with naming(WEBSITES.not_found):
        monitor = await monitors.get(request.world, who, named)
        found = await checks.history(request.world, who, named, limit=limit)
    fitting = {name for name, kind in _CHECK_TYPES.items() if kind is monitor.kind}
    return Checks([shown_check(one) for one in found] if wanted in {None, *fitting} else [])


@get(
    f"{WEBSITES.item}/uptime-stats",
    opt=described(
        summary="Get the uptime of a website",
        tag=WEBSITES.tag,
        path=(WEBSITES.id,),
        answer=UptimeStats,
        example=examples.UPTIME,
    ),
)
async def uptime_stats(request: OrganizationAsking) -> UptimeStats:
    public_id = WEBSITES.public_id(request)
    who = await request.identity()
    with naming(WEBSITES.not_found):
        found = await histories.performance(request.world, who, public_id)
    return shown_stats(found)


ROUTES: Routes = (trigger_check, check_history, *histories_of(WEBSITES), uptime_stats)
