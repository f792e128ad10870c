"""Adding and changing probed monitors, from the one field of the start to the whole forms."""

from typing import Any

from litestar import Response, get, post

from fener.actions import channels, checks, customers, monitors, policies
from fener.actions.monitors import Change, New
from fener.domain.errors import Conflict, Invalid, NotFound
from fener.domain.kinds import Kind, ProbeSettings
from fener.domain.monitor import Monitor
from fener.domain.people import Permission
from fener.net.targets import read_target
from fener.net.url import BadUrl
from fener.web import kind_fields, kind_form, monitor_form, monitor_rhythm
from fener.web.forms import Form, Wanted
from fener.web.inside import show
from fener.web.languages import Words, marked
from fener.web.notices import nobody_to_tell
from fener.web.views.monitors import key_of
from fener.web.visit import Entered, Inside, PathText

HERE = "/"
_REFUSED = (Invalid, Conflict, NotFound)
_ADDRESS = Wanted(
    {"url": marked("An address is wanted, such as https://example.com/ or tcp://example.com:22.")},
    dict.fromkeys(("host", "port", "path", "resolver", "record_types"), "url"),
)
_OFFERED = (Kind.HTTP, *kind_fields.DRAWN, Kind.HEARTBEAT)


@get("/start")
async def start_page(inside: Entered) -> Response[Any]:
    return await show(inside, "start.html", HERE, form=Form())


@post("/start")
async def start(inside: Entered) -> Response[Any]:
    form = await inside.form()
    try:
        wanted = New(settings=_target(form.text("url")))
        monitor = await monitors.add(inside.context, inside.who, wanted)
    except Invalid as error:
        form.take(error, inside.words, _ADDRESS)
        return await show(inside, "start.html", HERE, status=422, form=form)
    return inside.redirect(f"/start/{monitor.public_id}")


def _target(text: str) -> ProbeSettings:
    try:
        return read_target(text)
    except BadUrl as error:
        raise Invalid(f"The address cannot be watched: {error}.", "url") from error


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
    kind = _asked_kind(inside)
    if kind is Kind.HEARTBEAT:
        return inside.redirect("/heartbeats/add")
    if kind is not Kind.HTTP:
        return await _form_page(inside, kind_form.empty(kind), kind)
    form = monitor_form.empty()
    form.set("url", inside.query("url"))
    return await _form_page(inside, form, kind)


@post("/monitors/add")
async def add(inside: Entered) -> Response[Any]:
    form, kind = await inside.form(), _asked_kind(inside)
    wanted = _new(form, inside.words, kind)
    if wanted is not None:
        try:
            monitor = await monitors.add(inside.context, inside.who, wanted)
        except _REFUSED as error:
            form.take(error, inside.words, _wanted(kind))
        else:
            return inside.redirect(f"/monitors/{monitor.public_id}", "monitor-added")
    return await _form_page(inside, form, kind, status=422)


def _asked_kind(inside: Inside) -> Kind:
    """A website where nothing else is asked for."""
    asked = inside.query("kind")
    return Kind(asked) if asked in set(_OFFERED) else Kind.HTTP


@get("/monitors/{key:str}/edit")
async def edit_page(inside: Entered, key: PathText) -> Response[Any]:
    monitor = await monitors.get(inside.context, inside.who, key_of(key), Permission.WATCH)
    if monitor.kind is Kind.HEARTBEAT:
        return inside.redirect(f"/heartbeats/{monitor.public_id}/edit")
    is_website = monitor.kind is Kind.HTTP
    form = monitor_form.of(monitor) if is_website else kind_form.of(monitor)
    return await _form_page(inside, form, monitor.kind, monitor)


@post("/monitors/{key:str}/edit")
async def edit(inside: Entered, key: PathText) -> Response[Any]:
    form = await inside.form()
    monitor = await monitors.get(inside.context, inside.who, key_of(key), Permission.WATCH)
    if monitor.kind is Kind.HEARTBEAT:
        return inside.redirect(f"/heartbeats/{monitor.public_id}/edit")
    wanted = _change(form, inside.words, monitor)
    if wanted is not None:
        try:
            await monitors.change(inside.context, inside.who, monitor.id, wanted)
        except _REFUSED as error:
            form.take(error, inside.words, _wanted(monitor.kind))
        else:
            return inside.redirect(f"/monitors/{monitor.public_id}", "monitor-changed")
    return await _form_page(inside, form, monitor.kind, monitor, status=422)


def _new(form: Form, words: Words, kind: Kind) -> New | None:
    if kind in kind_fields.DRAWN:
        return kind_form.new(form, words, kind)
    return monitor_form.new(form, words)


def _change(form: Form, words: Words, monitor: Monitor) -> Change | None:
    change = monitor_form.change if monitor.kind is Kind.HTTP else kind_form.change
    return change(form, words, monitor)


def _wanted(kind: Kind) -> Wanted:
    return monitor_form.WANTED if kind is Kind.HTTP else kind_form.WANTED


async def _form_page(
    inside: Inside, form: Form, kind: Kind, monitor: Monitor | None = None, status: int = 200
) -> Response[Any]:
    is_drawn = kind in kind_fields.DRAWN
    return await show(
        inside,
        "kind_form.html" if is_drawn else "monitor_form.html",
        HERE,
        status=status,
        form=form,
        kind=kind,
        kinds=_OFFERED,
        fields=kind_fields.fields_of(kind) if is_drawn else kind_fields.fields_of_websites(),
        monitor=monitor,
        intervals=monitor_rhythm.intervals_with(form),
        methods=monitor_form.METHODS,
        **await places_of(inside),
    )


async def places_of(inside: Inside) -> dict[str, Any]:
    """What forms of monitors offer to choose from."""
    may_tell = inside.who.may(Permission.TELL)
    return {
        "customers": await customers.list_all(inside.context, inside.who),
        "channels": await channels.list_all(inside.context, inside.who) if may_tell else [],
        "policies": await policies.list_all(inside.context, inside.who),
    }


HANDLERS = (start_page, start, first_result, add_page, add, edit_page, edit)
