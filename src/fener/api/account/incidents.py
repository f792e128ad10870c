"""Incidents in the account API: list, get, change the comment, delete."""

from functools import lru_cache

from litestar import Response, delete, get, post
from msgspec import UNSET, Struct, UnsetType

from fener.actions import incidents
from fener.api.account.answers import CHANGED_EXAMPLE, Changed, Item, changed, empty, list_example
from fener.api.account.asking import AccountAsking
from fener.api.account.pages import (
    PAGE_PARAMETERS,
    Filterable,
    Page,
    read_filters,
    read_page,
)
from fener.api.described import Parameter, described
from fener.api.routes import Routes
from fener.domain.kinds import Kind
from fener.domain.people import Permission
from fener.domain.time import plain_text
from fener.storage.incidents import DATED, ORDERED, SEARCHABLE
from fener.storage.incidents import Incident as Stored

PATH = "/api/incidents"
TAG = "Incidents"
FILTERABLE = Filterable(tuple(SEARCHABLE), tuple(DATED), tuple(ORDERED))


class Incident(Struct):
    """Exactly one of `monitor_id` and `heartbeat_id` is not 0."""

    id: int
    user_id: int
    monitor_id: int
    start_monitor_log_id: int
    end_monitor_log_id: int
    heartbeat_id: int
    start_heartbeat_log_id: int
    end_heartbeat_log_id: int
    start_datetime: str
    end_datetime: str | None
    last_failed_check_datetime: str | None
    failed_checks: int
    notification_handlers_ids: tuple[int, ...]
    comment: str | None


class IncidentForm(Struct):
    """The one field that can be written; an empty text takes the comment away."""

    comment: str | UnsetType | None = UNSET


EXAMPLE = {
    "id": 1,
    "user_id": 1,
    "monitor_id": 0,
    "start_monitor_log_id": 0,
    "end_monitor_log_id": 0,
    "heartbeat_id": 13,
    "start_heartbeat_log_id": 264,
    "end_heartbeat_log_id": 0,
    "start_datetime": "2025-10-19 08:12:14",
    "end_datetime": None,
    "last_failed_check_datetime": "2025-10-19 08:16:14",
    "failed_checks": 5,
    "notification_handlers_ids": [1, 2, 3],
    "comment": None,
}
ID = Parameter(name="incident_id", type="integer", description="Number of the incident.")


@get(
    PATH,
    opt=described(
        summary="List incidents",
        tag=TAG,
        parameters=(*PAGE_PARAMETERS, *FILTERABLE.parameters),
        answer=Page[Incident],
        example=list_example(PATH, EXAMPLE),
    ),
)
async def list_incidents(request: AccountAsking) -> Page[Incident]:
    filters, active = read_filters(request, FILTERABLE)
    page = read_page(request, PATH, active)
    who = await request.identity()
    found = await incidents.list_incidents(request.world, who, page.window, filters)
    return page.of([_shown(one) for one in found.rows], found.total or 0)


@get(
    f"{PATH}/{{incident_id:str}}",
    opt=described(
        summary="Get an incident",
        tag=TAG,
        path=(ID,),
        answer=Item[Incident],
        example={"data": EXAMPLE},
    ),
)
async def get_incident(request: AccountAsking) -> Item[Incident]:
    number = request.path_id("incident_id")
    who = await request.identity()
    return Item(_shown(await incidents.get(request.world, who, number)))


@post(
    f"{PATH}/{{incident_id:str}}",
    status_code=200,
    opt=described(
        summary="Change the comment of an incident",
        tag=TAG,
        path=(ID,),
        body=IncidentForm,
        answer=Changed,
        example=CHANGED_EXAMPLE,
        refusals={400: "comment must have at most 10000 characters"},
    ),
)
async def change_incident(request: AccountAsking) -> Changed:
    form = await request.read(IncidentForm)
    number = request.path_id("incident_id")
    who = await request.identity()
    if isinstance(form.comment, UnsetType):
        await incidents.get(request.world, who, number, Permission.RESPOND)
    else:
        await incidents.change_comment(request.world, who, number, form.comment)
    return changed(number)


@delete(
    f"{PATH}/{{incident_id:str}}",
    status_code=200,
    opt=described(summary="Delete an incident", tag=TAG, path=(ID,)),
)
async def delete_incident(request: AccountAsking) -> Response[bytes]:
    number = request.path_id("incident_id")
    who = await request.identity()
    await incidents.delete(request.world, who, number)
    return empty()


def _shown(one: Stored) -> Incident:
    is_heartbeat = one.kind is Kind.HEARTBEAT
    watched = (one.monitor_id, one.start_check_id, one.end_check_id)
    none = (0, 0, 0)
    monitor, heartbeat = (none, watched) if is_heartbeat else (watched, none)
    return Incident(
        one.id,
        one.owner_id,
        *monitor,
        *heartbeat,
        _time(one.start_at),
        None if one.end_at is None else _time(one.end_at),
        None if one.last_failed_at is None else _time(one.last_failed_at),
        one.failed_checks,
        one.channel_ids,
        one.comment,
    )


_time = lru_cache(maxsize=20_000)(plain_text)
"""Pages repeat what pages before them showed, and formatting a time costs more than looking up."""

ROUTES: Routes = (list_incidents, get_incident, change_incident, delete_incident)
