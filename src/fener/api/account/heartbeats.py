"""Heartbeats in the account API: list, get, create, update, delete."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

from litestar import Response, delete, get, post

from fener.actions import checks, heartbeats, monitors
from fener.actions.checks import Line, Order
from fener.actions.monitors import Change, New
from fener.api.account.answers import CHANGED_EXAMPLE, Changed, Item, changed, empty, list_example
from fener.api.account.asking import AccountAsking
from fener.api.account.heartbeat_shapes import EXAMPLE, Heartbeat, HeartbeatForm, merged, shown
from fener.api.account.pages import PAGE_PARAMETERS, Page
from fener.api.account.watched import ENABLED, PROJECT, Columns, ListAsked, each, paused_by
from fener.api.described import Parameter, described
from fener.api.routes import Routes
from fener.domain.errors import Invalid
from fener.domain.kinds import Kind
from fener.domain.people import Identity, Permission

PATH = "/api/heartbeats"
ITEM = f"{PATH}/{{heartbeat_id:str}}"
TAG = "Heartbeats"
COLUMNS = Columns(
    "heartbeat_id",
    {
        "datetime": Order.CREATED,
        "last_datetime": Order.UPDATED,
        "last_run_datetime": Order.RAN,
        "name": Order.NAME,
        "uptime": Order.UPTIME,
    },
    ("name",),
)
ID = Parameter(name="heartbeat_id", type="integer", description="Number of the heartbeat.")


@get(
    PATH,
    opt=described(
        summary="List heartbeats",
        tag=TAG,
        parameters=(*PAGE_PARAMETERS, *COLUMNS.filterable.parameters, ENABLED, PROJECT),
        answer=Page[Heartbeat],
        example=list_example(PATH, EXAMPLE),
    ),
)
async def list_heartbeats(request: AccountAsking) -> Page[Heartbeat]:
    asked = ListAsked(request, PATH, COLUMNS, ())
    who = await request.identity()
    found = await asked.found(who, frozenset({Kind.HEARTBEAT}))
    return asked.page.of(await _shown(request, who, found.lines), found.total)


@get(
    ITEM,
    opt=described(
        summary="Get a heartbeat",
        tag=TAG,
        description="Its job pings `/webhook-heartbeat/{code}` or `/ping/{code}`.",
        path=(ID,),
        answer=Item[Heartbeat],
        example={"data": EXAMPLE},
    ),
)
async def get_heartbeat(request: AccountAsking) -> Item[Heartbeat]:
    number = request.path_id(ID.name)
    who = await request.identity()
    await heartbeats.get(request.world, who, number)
    line = await checks.line(request.world, who, number)
    (heartbeat,) = await _shown(request, who, [line])
    return Item(heartbeat)


@post(
    PATH,
    status_code=201,
    opt=described(
        summary="Create a heartbeat",
        tag=TAG,
        body=HeartbeatForm,
        answer=Changed,
        example=CHANGED_EXAMPLE,
        status=HTTPStatus.CREATED,
    ),
)
async def create_heartbeat(request: AccountAsking) -> Changed:
    form = await request.read(HeartbeatForm)
    if not form.name:
        raise Invalid("name is required", "name")
    new = New(
        settings=merged(form, None),
        name=form.name,
        channel_ids=form.told,
        paused=form.is_enabled is False,
    )
    who = await request.identity()
    return changed((await monitors.add(request.world, who, new)).id)


@post(
    ITEM,
    status_code=200,
    opt=described(
        summary="Update a heartbeat",
        tag=TAG,
        description="What is left out stays as it was.",
        path=(ID,),
        body=HeartbeatForm,
        answer=Changed,
        example=CHANGED_EXAMPLE,
    ),
)
async def update_heartbeat(request: AccountAsking) -> Changed:
    form = await request.read(HeartbeatForm)
    number = request.path_id(ID.name)
    who = await request.identity()
    before = await heartbeats.get(request.world, who, number, Permission.WATCH)
    change = Change(settings=merged(form, before), paused=paused_by(form.is_enabled))
    await monitors.change(request.world, who, number, form.laid_over(change))
    return changed(number)


@delete(
    ITEM,
    status_code=200,
    opt=described(
        summary="Delete a heartbeat",
        tag=TAG,
        description="Its open incidents are resolved without a message; all of them stay listed.",
        path=(ID,),
    ),
)
async def delete_heartbeat(request: AccountAsking) -> Response[bytes]:
    number = request.path_id(ID.name)
    who = await request.identity()
    await heartbeats.get(request.world, who, number, Permission.WATCH)
    await monitors.delete(request.world, who, number)
    return empty()


async def _shown(request: AccountAsking, who: Identity, lines: Sequence[Line]) -> list[Heartbeat]:
    return await each(request, who, lines, partial(shown, with_code=who.may(Permission.WATCH)))


ROUTES: Routes = (
    list_heartbeats,
    get_heartbeat,
    create_heartbeat,
    update_heartbeat,
    delete_heartbeat,
)
