"""Adding and changing HTTP monitors, from the one field of the start to the whole form."""

from typing import Any

from litestar import Response, get, post

from fener.actions import channels, checks, customers, monitors
from fener.actions.monitors import New
from fener.domain.errors import Conflict, Invalid, NotFound
from fener.domain.kinds import Kind
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.people import Permission
from fener.domain.time import SECOND
from fener.web import monitor_form
from fener.web.forms import Form
from fener.web.inside import show
from fener.web.notices import nobody_to_tell
from fener.web.views.monitors import key_of
from fener.web.visit import Entered, Inside, PathText

HERE = "/"
_REFUSED = (Invalid, Conflict, NotFound)


@get("/start")
async def start_page(inside: Entered) -> Response[Any]:
    return await show(inside, "start.html", HERE, form=Form())


@post("/start")
async def start(inside: Entered) -> Response[Any]:
    form = await inside.form()
    try:
        wanted = New(settings=HttpSettings(url=form.text("url")))
        monitor = await monitors.add(inside.context, inside.who, wanted)
    except Invalid as error:
        form.take(error, inside.words, monitor_form.WANTED)
        return await show(inside, "start.html", HERE, status=422, form=form)
    return inside.redirect(f"/start/{monitor.public_id}")


@get("/start/{key:str}")
async def first_result(inside: Entered, key: PathText) -> Response[Any]:
    """The first result of a new monitor, as soon as it is there."""
    monitor = await monitors.get(inside.context, inside.who, key_of(key))
    newest = await checks.history(inside.context, inside.who, monitor.id, limit=1)
    values: dict[str, Any] = {
        "monitor": monitor,
        "latest": newest[0] if newest else None,
        "nobody_to_tell": await nobody_to_tell(inside, monitor.id),
    }
    if inside.is_partial:
        return inside.page("first_result.html", **values)
    return await show(inside, "started.html", HERE, **values)


@get("/monitors/add")
async def add_page(inside: Entered) -> Response[Any]:
    form = monitor_form.empty()
    form.set("url", inside.query("url"))
    return await _form_page(inside, form)


@post("/monitors/add")
async def add(inside: Entered) -> Response[Any]:
    form = await inside.form()
    wanted = monitor_form.new(form, inside.words)
    if wanted is not None:
        try:
            monitor = await monitors.add(inside.context, inside.who, wanted)
        except _REFUSED as error:
            form.take(error, inside.words, monitor_form.WANTED)
        else:
            return inside.redirect(f"/monitors/{monitor.public_id}", "monitor-added")
    return await _form_page(inside, form, status=422)


@get("/monitors/{key:str}/edit")
async def edit_page(inside: Entered, key: PathText) -> Response[Any]:
    monitor = await monitors.get(inside.context, inside.who, key_of(key), Permission.WATCH)
    if monitor.kind is Kind.HEARTBEAT:
        return inside.redirect(f"/heartbeats/{monitor.public_id}/edit")
    return await _form_page(inside, monitor_form.of(monitor), monitor)


@post("/monitors/{key:str}/edit")
async def edit(inside: Entered, key: PathText) -> Response[Any]:
    form = await inside.form()
    monitor = await monitors.get(inside.context, inside.who, key_of(key), Permission.WATCH)
    wanted = monitor_form.change(form, inside.words, monitor)
    if wanted is not None:
        try:
            await monitors.change(inside.context, inside.who, monitor.id, wanted)
        except _REFUSED as error:
            form.take(error, inside.words, monitor_form.WANTED)
        else:
            return inside.redirect(f"/monitors/{monitor.public_id}", "monitor-changed")
    return await _form_page(inside, form, monitor, status=422)


async def _form_page(
    inside: Inside, form: Form, monitor: Monitor | None = None, status: int = 200
) -> Response[Any]:
    chosen = form.number("interval", 0, 10**9)
    intervals = {one // SECOND for one in monitor_form.INTERVALS}
    return await show(
        inside,
        "monitor_form.html",
        HERE,
        status=status,
        form=form,
        monitor=monitor,
        intervals=sorted(intervals | ({chosen} if chosen else set())),
        methods=monitor_form.METHODS,
        **await places_of(inside),
    )


async def places_of(inside: Inside) -> dict[str, Any]:
    """What forms of monitors offer to choose from."""
    may_tell = inside.who.may(Permission.TELL)
    return {
        "customers": await customers.list_all(inside.context, inside.who),
        "channels": await channels.list_all(inside.context, inside.who) if may_tell else [],
    }


HANDLERS = (start_page, start, first_result, add_page, add, edit_page, edit)
