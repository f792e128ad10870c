"""DNS monitors in the account API: list, get, create, update, delete."""

from http import HTTPStatus

from litestar import Response, delete, get, post

from fener.actions import checks, monitors
from fener.actions.checks import Order
from fener.actions.monitors import Change, New
from fener.api.account.answers import (
    CHANGED_EXAMPLE,
    Changed,
    Item,
    changed,
    empty,
    list_example,
)
from fener.api.account.asking import AccountAsking
from fener.api.account.dns_shapes import (
    DEFAULT_INTERVAL,
    EXAMPLE,
    DnsMonitor,
    DnsMonitorForm,
    dns_monitor,
    merged,
    shown,
)
from fener.api.account.pages import PAGE_PARAMETERS, Page
from fener.api.account.watched import ENABLED, PROJECT, Columns, ListAsked, each, paused_by
from fener.api.described import Parameter, described
from fener.api.routes import Routes
from fener.domain.errors import Invalid
from fener.domain.kinds import Kind
from fener.domain.people import Permission

PATH = "/api/dns-monitors"
ITEM = f"{PATH}/{{dns_monitor_id:str}}"
TAG = "DNS monitors"
COLUMNS = Columns(
    "dns_monitor_id",
    {
        "datetime": Order.CREATED,
        "last_datetime": Order.UPDATED,
        "last_check_datetime": Order.CHECKED,
        "last_change_datetime": Order.CHANGED,
        "total_checks": Order.CHECKS,
        "total_changes": Order.CHANGES,
        "name": Order.NAME,
    },
    ("name", "target"),
)
ID = Parameter(name="dns_monitor_id", type="integer", description="Number of the monitor.")


@get(
    PATH,
    opt=described(
        summary="List DNS monitors",
        tag=TAG,
        parameters=(*PAGE_PARAMETERS, *COLUMNS.filterable.parameters, ENABLED, PROJECT),
        answer=Page[DnsMonitor],
        example=list_example(PATH, EXAMPLE),
    ),
)
async def list_dns_monitors(request: AccountAsking) -> Page[DnsMonitor]:
    asked = ListAsked(request, PATH, COLUMNS, ())
    who = await request.identity()
    found = await asked.found(who, frozenset({Kind.DNS}))
    return asked.page.of(await each(request, who, found.lines, shown), found.total)


@get(
    ITEM,
    opt=described(
        summary="Get a DNS monitor",
        tag=TAG,
        description="`dns` is its last answer, where changes are noticed.",
        path=(ID,),
        answer=Item[DnsMonitor],
        example={"data": EXAMPLE},
    ),
)
async def get_dns_monitor(request: AccountAsking) -> Item[DnsMonitor]:
    number = request.path_id(ID.name)
    who = await request.identity()
    await dns_monitor(request.world, who, number)
    line = await checks.line(request.world, who, number)
    (monitor,) = await each(request, who, [line], shown)
    return Item(monitor)


@post(
    PATH,
    status_code=201,
    opt=described(
        summary="Create a DNS monitor",
        tag=TAG,
        description="It is checked every five minutes, and changes of its records are told.",
        body=DnsMonitorForm,
        answer=Changed,
        example=CHANGED_EXAMPLE,
        status=HTTPStatus.CREATED,
    ),
)
async def create_dns_monitor(request: AccountAsking) -> Changed:
    form = await request.read(DnsMonitorForm)
    if not form.name or not form.target:
        raise Invalid("name and target are required", "target" if form.name else "name")
    given = {"interval": DEFAULT_INTERVAL, **form.around}
    new = New(settings=merged(form, None), paused=form.is_enabled is False, **given)
    who = await request.identity()
    return changed((await monitors.add(request.world, who, new)).id)


@post(
    ITEM,
    status_code=200,
    opt=described(
        summary="Update a DNS monitor",
        tag=TAG,
        description="What is left out stays as it was.",
        path=(ID,),
        body=DnsMonitorForm,
        answer=Changed,
        example=CHANGED_EXAMPLE,
    ),
)
async def update_dns_monitor(request: AccountAsking) -> Changed:
    form = await request.read(DnsMonitorForm)
    number = request.path_id(ID.name)
    who = await request.identity()
    before = await dns_monitor(request.world, who, number, Permission.WATCH)
    settings, paused = merged(form, before), paused_by(form.is_enabled)
    change = Change(settings=settings, paused=paused, **form.around)
    await monitors.change(request.world, who, number, change)
    return changed(number)


@delete(
    ITEM,
    status_code=200,
    opt=described(
        summary="Delete a DNS monitor",
        tag=TAG,
        description="Its open incidents are resolved without a message; all of them stay listed.",
        path=(ID,),
    ),
)
async def delete_dns_monitor(request: AccountAsking) -> Response[bytes]:
    number = request.path_id(ID.name)
    who = await request.identity()
    await dns_monitor(request.world, who, number, Permission.WATCH)
    await monitors.delete(request.world, who, number)
    return empty()


ROUTES: Routes = (
    list_dns_monitors,
    get_dns_monitor,
    create_dns_monitor,
    update_dns_monitor,
    delete_dns_monitor,
)
