"""What happened to a website in the organization API: checks, incidents, alerts, uptime; and the
check that is made at once.
"""

from litestar import get, post

from fener.actions import checks, histories, monitors
from fener.api.asking import HIGHEST
from fener.api.described import Parameter, described
from fener.api.organization import website_examples as examples
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.history_shapes import (
    Alerts,
    Checks,
    Incidents,
    Triggered,
    UptimeStats,
    shown_alert,
    shown_check,
    shown_incident,
    shown_stats,
)
from fener.api.organization.naming import naming
from fener.api.organization.references import path_reference
from fener.api.organization.website_forms import KINDS, TYPES
from fener.api.organization.websites import ID, ITEM, NOT_FOUND, TAG, UUID_REQUIRED
from fener.api.routes import Routes
from fener.domain.errors import Invalid
from fener.domain.kinds import Kind

LIMIT, MOST = 50, 200
LEGACY = {"http": Kind.HTTP, "ssl": Kind.TLS}
_CHECK_TYPES = KINDS | LEGACY
CHECK_PARAMETERS = (
    Parameter(
        name="limit",
        type="integer",
        description=f"How many checks; more than {MOST} is read as {MOST}.",
        default=LIMIT,
    ),
    Parameter(
        name="checkType",
        type="string",
        description="Only checks of a type.",
        choices=(*TYPES, *LEGACY),
    ),
)


@post(
    f"{ITEM}/trigger-check",
    status_code=200,
    opt=described(
        summary="Check a website at once",
        tag=TAG,
        description="The result shows in the check history a moment later.",
        path=(ID,),
        answer=Triggered,
        refusals={409: monitors.CHECK_WHILE_PAUSED},
        example=examples.TRIGGERED,
    ),
)
async def trigger_check(request: OrganizationAsking) -> Triggered:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    who = await request.identity()
    with naming(NOT_FOUND):
        monitor = await monitors.check_now(request.world, who, public_id)
    return Triggered(True, "Check triggered successfully", monitor.id)


@get(
    f"{ITEM}/check-history",
    opt=described(
        summary="List the checks of a website",
        tag=TAG,
        description="Newest first. The website may be named by its number, too.",
        parameters=CHECK_PARAMETERS,
        path=(ID,),
        answer=Checks,
        example=examples.CHECKS,
    ),
)
async def check_history(request: OrganizationAsking) -> Checks:
    named = path_reference(request, ID.name, "Invalid Website identifier")
    asked = request.whole_number("limit", LIMIT, range(1, HIGHEST + 1), f"from 1 to {MOST}")
    wanted = request.parameter("checkType")
    if wanted not in {None, *TYPES, *LEGACY}:
        raise Invalid("Invalid checkType", "checkType")
    who = await request.identity()
    with naming(NOT_FOUND):
        monitor = await monitors.get(request.world, who, named)
        found = await checks.history(request.world, who, named, limit=min(asked, MOST))
    fitting = {name for name, kind in _CHECK_TYPES.items() if kind is monitor.kind}
    return Checks([shown_check(one) for one in found] if wanted in {None, *fitting} else [])


@get(
    f"{ITEM}/incident-history",
    opt=described(
        summary="List the incidents of a website",
        tag=TAG,
        path=(ID,),
        answer=Incidents,
        example=examples.INCIDENTS,
    ),
)
async def incident_history(request: OrganizationAsking) -> Incidents:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    who = await request.identity()
    with naming(NOT_FOUND):
        found, total = await histories.incidents_of(request.world, who, public_id)
    now = request.world.clock.now()
    return Incidents([shown_incident(one, now) for one in found], total)


@get(
    f"{ITEM}/alert-history",
    opt=described(
        summary="List who was told of a website",
        tag=TAG,
        path=(ID,),
        answer=Alerts,
        example=examples.ALERTS,
    ),
)
async def alert_history(request: OrganizationAsking) -> Alerts:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    who = await request.identity()
    with naming(NOT_FOUND):
        found, total = await histories.alerts_of(request.world, who, public_id)
    return Alerts([shown_alert(one) for one in found], total)


@get(
    f"{ITEM}/uptime-stats",
    opt=described(
        summary="Get the uptime of a website",
        tag=TAG,
        path=(ID,),
        answer=UptimeStats,
        example=examples.UPTIME,
    ),
)
async def uptime_stats(request: OrganizationAsking) -> UptimeStats:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    who = await request.identity()
    with naming(NOT_FOUND):
        found = await histories.performance(request.world, who, public_id)
    return shown_stats(found)


ROUTES: Routes = (trigger_check, check_history, incident_history, alert_history, uptime_stats)
