"""Uptime monitors in the account API: list, get, create, update, delete."""

from http import HTTPStatus

from litestar import Response, delete, get, post

from fener.actions import checks, monitors
from fener.actions.checks import Order
from fener.actions.context import Context
from fener.actions.monitors import Change, New
from fener.api.account.answers import CHANGED_EXAMPLE, Changed, Item, changed, empty, list_example
from fener.api.account.asking import AccountAsking
from fener.api.account.monitor_form import MonitorForm, merged
from fener.api.account.monitor_kinds import KINDS, TYPES
from fener.api.account.monitor_shapes import EXAMPLE, Monitor, shown
from fener.api.account.pages import PAGE_PARAMETERS, Page
from fener.api.account.watched import ENABLED, PROJECT, Columns, ListAsked, each, paused_by
from fener.api.asking import whole_number
from fener.api.described import Parameter, described
from fener.api.routes import Routes
from fener.domain.errors import Invalid, NotFound
from fener.domain.monitor import Monitor as Stored
from fener.domain.people import Identity, Permission

PATH = "/api/monitors"
ITEM = f"{PATH}/{{monitor_id:str}}"
TAG = "Uptime monitors"
COLUMNS = Columns(
    "monitor_id",
    {
        "datetime": Order.CREATED,
        "last_datetime": Order.UPDATED,
        "last_check_datetime": Order.CHECKED,
        "name": Order.NAME,
        "uptime": Order.UPTIME,
        "average_response_time": Order.RESPONSE,
    },
    ("name", "target"),
)
ID = Parameter(name="monitor_id", type="integer", description="Number of the monitor.")
OWN = (
    Parameter(
        name="type",
        type="string",
        description="Only those of a type.",
        choices=tuple(TYPES),
    ),
    Parameter(name="ping_servers_ids", type="integer", description="Only those of a location."),
)


@get(
    PATH,
    opt=described(
        summary="List uptime monitors",
        tag=TAG,
        parameters=(*PAGE_PARAMETERS, *COLUMNS.filterable.parameters, ENABLED, *OWN, PROJECT),
        answer=Page[Monitor],
        example=list_example(PATH, EXAMPLE),
    ),
)
async def list_monitors(request: AccountAsking) -> Page[Monitor]:
    asked = ListAsked(request, PATH, COLUMNS, tuple(one.name for one in OWN))
    wanted = TYPES.get(asked.own.get("type", ""))
    kinds = frozenset({wanted}) if wanted else KINDS
    who = await request.identity()
    place = whole_number(asked.own.get("ping_servers_ids", ""))
    found = await asked.found(who, kinds, place)
    return asked.page.of(await each(request, who, found.lines, shown), found.total)


@get(
    ITEM,
    opt=described(
        summary="Get an uptime monitor",
        tag=TAG,
        path=(ID,),
        answer=Item[Monitor],
        example={"data": EXAMPLE},
    ),
)
async def get_monitor(request: AccountAsking) -> Item[Monitor]:
    number = request.path_id(ID.name)
    who = await request.identity()
    await _uptime_monitor(request.world, who, number)
    line = await checks.line(request.world, who, number)
    (monitor,) = await each(request, who, [line], shown)
    return Item(monitor)


@post(
    PATH,
    status_code=201,
    opt=described(
        summary="Create an uptime monitor",
        tag=TAG,
        body=MonitorForm,
        answer=Changed,
        example=CHANGED_EXAMPLE,
        status=HTTPStatus.CREATED,
    ),
)
async def create_monitor(request: AccountAsking) -> Changed:
    form = await request.read(MonitorForm)
    if not form.name or not form.target:
        raise Invalid("name and target are required", "target" if form.name else "name")
    settings, credentials = merged(form, None)
    new = New(
        settings=settings,
        credentials=credentials,
        client_certificate=None,
        name=form.name,
        location_ids=form.places,
        channel_ids=form.told,
        paused=form.is_enabled is False,
        **form.spans,
    )
    who = await request.identity()
    return changed((await monitors.add(request.world, who, new)).id)


@post(
    ITEM,
    status_code=200,
    opt=described(
        summary="Update an uptime monitor",
        tag=TAG,
        description="What is left out stays as it was.",
        path=(ID,),
        body=MonitorForm,
        answer=Changed,
        example=CHANGED_EXAMPLE,
    ),
)
async def update_monitor(request: AccountAsking) -> Changed:
    form = await request.read(MonitorForm)
    number = request.path_id(ID.name)
    who = await request.identity()
    before = await _uptime_monitor(request.world, who, number, Permission.WATCH)
    settings, credentials = merged(form, before)
    change = Change(settings=settings, credentials=credentials, paused=paused_by(form.is_enabled))
    await monitors.change(request.world, who, number, form.laid_over(change))
    return changed(number)


@delete(
    ITEM,
    status_code=200,
    opt=described(
        summary="Delete an uptime monitor",
        tag=TAG,
        description="Its open incidents are resolved without a message; all of them stay listed.",
        path=(ID,),
    ),
)
async def delete_monitor(request: AccountAsking) -> Response[bytes]:
    number = request.path_id(ID.name)
    who = await request.identity()
    await _uptime_monitor(request.world, who, number, Permission.WATCH)
    await monitors.delete(request.world, who, number)
    return empty()


async def _uptime_monitor(
    context: Context, who: Identity, number: int, permission: Permission = Permission.READ
) -> Stored:
    """Raises NotFound for heartbeats and DNS monitors: they are other resources here."""
    monitor = await monitors.get(context, who, number, permission)
    if monitor.kind not in KINDS:
        raise NotFound("There is no such monitor.")
    return monitor


ROUTES: Routes = (list_monitors, get_monitor, create_monitor, update_monitor, delete_monitor)
