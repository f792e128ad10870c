"""Incidents in the organization API: the published list and details, and Fener's additions."""

from litestar import get, post, put
from msgspec import Struct

from fener.actions import incidents
from fener.actions.incidents import Visibility
from fener.api.asking import HIGHEST
from fener.api.described import Parameter, described
from fener.api.organization import incident_examples as examples
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.incident_shapes import (
    Details,
    Envelope,
    Event,
    Incident,
    Listed,
    shown_details,
    shown_event,
    shown_incident,
    shown_listed,
)
from fener.api.organization.references import NUMBER, numbered
from fener.api.routes import Routes
from fener.domain.errors import Invalid
from fener.domain.incident import IncidentStatus
from fener.domain.listing import Window
from fener.storage.incidents import Only

PATH = "/api/incidents"
ITEM = f"{PATH}/{{incident_public_id:str}}"
TAG = "Incidents"
UUID_REQUIRED = "Incident public ID (UUID) required"
DEFAULT_LIMIT, MOST = 100, 500
MISSING = {400: UUID_REQUIRED, 404: "Incident not found"}
RESOLVED_ALREADY = {409: "The incident is resolved already"}
ID = Parameter(name="incident_public_id", type="string", description="UUID of the incident.")
PARAMETERS = (
    Parameter(
        name="limit",
        type="integer",
        description=f"How many incidents at most; more than {MOST} is read as {MOST}.",
        default=DEFAULT_LIMIT,
    ),
    Parameter(name="offset", type="integer", description="How many to leave out first.", default=0),
    Parameter(
        name="includeTotal",
        type="string",
        description="With `1` or `true` the answer is an envelope with the total.",
        choices=("0", "1", "true"),
    ),
    Parameter(
        name="status",
        type="string",
        description="Only those of a status; an acknowledged one is open.",
        choices=tuple(IncidentStatus),
    ),
    NUMBER,
)


class Comment(Struct):
    """A comment for the timeline; `public` ones may be shown outside the team."""

    text: str
    visibility: Visibility = Visibility.INTERNAL


class Postmortem(Struct):
    """What was learned; null or an empty text takes it away."""

    text: str | None


@get(
    PATH,
    opt=described(
        summary="List incidents",
        tag=TAG,
        description="Newest first, within the caller's customers.",
        parameters=PARAMETERS,
        answer=list[Listed] | Envelope,
        example=examples.LIST,
        refusals={500: "Failed to fetch incidents"},
    ),
)
async def list_incidents(request: OrganizationAsking) -> list[Listed] | Envelope:
    limit = request.whole_number("limit", DEFAULT_LIMIT, range(1, HIGHEST + 1), f"from 1 to {MOST}")
    offset = request.whole_number("offset", 0, range(HIGHEST + 1), "0 or more")
    with_total = (request.parameter("includeTotal") or "").lower() in {"1", "true"}
    only = Only(status=_status(request), id=numbered(request))
    window = Window(min(limit, MOST), offset)
    who = await request.identity()
    found = await incidents.list_incidents(
        request.world, who, window, only=only, with_total=with_total
    )
    shown = [shown_listed(one) for one in found.rows]
    if found.total is None:
        return shown
    return Envelope(shown, found.total, window.limit, offset)


def _status(request: OrganizationAsking) -> IncidentStatus | None:
    given = request.parameter("status")
    if given not in {None, *IncidentStatus}:
        raise Invalid("Invalid status", "status")
    return IncidentStatus(given) if given else None


@get(
    ITEM,
    opt=described(
        summary="Get an incident with its timeline",
        tag=TAG,
        path=(ID,),
        answer=Details,
        example=examples.DETAILS,
        refusals=MISSING,
    ),
)
async def get_incident(request: OrganizationAsking) -> Details:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    who = await request.identity()
    return shown_details(await incidents.details(request.world, who, public_id))


@post(
    f"{ITEM}/acknowledge",
    status_code=200,
    opt=described(
        summary="Acknowledge an incident",
        tag=TAG,
        description="Reminders end; the incident stays open.",
        path=(ID,),
        answer=Incident,
        example=examples.ACKNOWLEDGED,
        refusals=MISSING | RESOLVED_ALREADY,
        is_addition=True,
    ),
)
async def acknowledge_incident(request: OrganizationAsking) -> Incident:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    who = await request.identity()
    return shown_incident(await incidents.acknowledge(request.world, who, public_id))


@post(
    f"{ITEM}/comments",
    status_code=200,
    opt=described(
        summary="Comment on an incident",
        tag=TAG,
        path=(ID,),
        body=Comment,
        answer=Event,
        example=examples.COMMENTED,
        refusals=MISSING,
        is_addition=True,
    ),
)
async def comment_on_incident(request: OrganizationAsking) -> Event:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    comment = request.read(Comment)
    who = await request.identity()
    added = await incidents.add_comment(
        request.world, who, public_id, comment.text, comment.visibility
    )
    return shown_event(added)


@post(
    f"{ITEM}/resolve",
    status_code=200,
    opt=described(
        summary="Resolve an incident by hand",
        tag=TAG,
        description="Nobody is told; none opens again before the monitor was up once.",
        path=(ID,),
        answer=Incident,
        example=examples.RESOLVED,
        refusals=MISSING | RESOLVED_ALREADY,
        is_addition=True,
    ),
)
async def resolve_incident(request: OrganizationAsking) -> Incident:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    who = await request.identity()
    return shown_incident(await incidents.resolve(request.world, who, public_id))


@put(
    f"{ITEM}/postmortem",
    opt=described(
        summary="Write the post-mortem of an incident",
        tag=TAG,
        path=(ID,),
        body=Postmortem,
        answer=Incident,
        example=examples.POSTMORTEM,
        refusals=MISSING,
        is_addition=True,
    ),
)
async def write_postmortem(request: OrganizationAsking) -> Incident:
    public_id = request.public_id(ID.name, UUID_REQUIRED)
    written = request.read(Postmortem)
    who = await request.identity()
    changed = await incidents.change_postmortem(request.world, who, public_id, written.text)
    return shown_incident(changed)


ROUTES: Routes = (
    list_incidents,
    get_incident,
    acknowledge_incident,
    comment_on_incident,
    resolve_incident,
    write_postmortem,
)
