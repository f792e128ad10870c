"""Heartbeats: jobs that report by themselves, their runs, and the line to paste into a crontab."""

from typing import Any
from zoneinfo import available_timezones

from litestar import Response, get, post

from fener.actions import checks, heartbeats, incidents, monitors
from fener.actions.checks import Filter, Sorting
from fener.domain.crontab import crontab_times
from fener.domain.errors import Conflict, Invalid, NotFound
from fener.domain.kinds import Kind
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.listing import Window
from fener.domain.monitor import Monitor
from fener.domain.people import Permission
from fener.storage.incidents import Only
from fener.web import heartbeat_form
from fener.web.addresses import Address, pages
from fener.web.forms import Form, id_of
from fener.web.inside import show
from fener.web.notices import nobody_to_tell
from fener.web.views.monitor_editing import places_of
from fener.web.views.monitors import INCIDENTS_SHOWN, key_of
from fener.web.views.overview import rows
from fener.web.visit import Entered, Inside, PathText

HERE = "/heartbeats"
PAGE_SIZE = 25
PINGS_SHOWN = 30
_REFUSED = (Invalid, Conflict, NotFound)


@get("/heartbeats")
async def heartbeat_list(inside: Entered) -> Response[Any]:
    address = Address.of(inside, "search")
    wanted = Filter(kinds=frozenset({Kind.HEARTBEAT}), search=address.get("search")[:255])
    page = await checks.overview(
        inside.context,
        inside.who,
        wanted,
        Sorting(),
        limit=PAGE_SIZE,
        offset=(address.page - 1) * PAGE_SIZE,
    )
    values: dict[str, Any] = {
        "address": address,
        "rows": await rows(inside, page.lines),
        "pages": pages(address, page.total, PAGE_SIZE),
    }
    if inside.is_partial:
        return inside.page("heartbeat_list.html", **values)
    return await show(inside, "heartbeats.html", HERE, **values)


@get("/heartbeats/{key:str}")
async def heartbeat_page(inside: Entered, key: PathText) -> Response[Any]:
    heartbeat = await heartbeats.get(inside.context, inside.who, key_of(key))
    values = await _present(inside, heartbeat)
    if inside.is_partial:
        return inside.page("heartbeat_now.html", **values)
    return await show(inside, "heartbeat.html", HERE, **values)


async def _present(inside: Inside, heartbeat: Monitor) -> dict[str, Any]:
    context, who = inside.context, inside.who
    line = await checks.line(context, who, heartbeat.id)
    before = inside.query("before")
    pings = await heartbeats.pings_of(
        context,
        who,
        heartbeat.id,
        limit=PINGS_SHOWN + 1,
        before_id=id_of(before),
    )
    return {
        "heartbeat": heartbeat,
        "line": line,
        "summary": await checks.summary(context, who, line),
        "pings": pings[:PINGS_SHOWN],
        "older": pings[PINGS_SHOWN - 1].id if len(pings) > PINGS_SHOWN else None,
        "before": before,
        "incidents": await incidents.list_incidents(
            context, who, Window(INCIDENTS_SHOWN), only=Only(monitor_id=heartbeat.id)
        ),
        "nobody_to_tell": await nobody_to_tell(inside, heartbeat.id),
        "may_see_address": inside.who.may(Permission.WATCH, heartbeat.customer_id),
        "ping_url": heartbeats.ping_url(heartbeat, inside.site),
        "crontab": _crontab(heartbeat, inside.site),
    }


def _crontab(heartbeat: Monitor, site: str) -> str:
    """A line that reports start and end of a run with its exit status, and never fails the job."""
    settings = heartbeat.settings
    schedule = settings.schedule if isinstance(settings, HeartbeatSettings) else None
    times = crontab_times(schedule) if schedule else None
    url = heartbeats.ping_url(heartbeat, site)
    call = "curl -fsS -m 10 --retry 3 -o /dev/null"
    line = f"{call} {url}/start; /path/to/job; {call} {url}/$?"
    return f"{times} {line}" if times else line


@get("/heartbeats/add")
async def add_page(inside: Entered) -> Response[Any]:
    return await _form_page(inside, heartbeat_form.empty(inside.user.timezone))


@post("/heartbeats/add")
async def add(inside: Entered) -> Response[Any]:
    form = await inside.form()
    wanted = heartbeat_form.new(form, inside.words)
    if wanted is not None:
        try:
            added = await monitors.add(inside.context, inside.who, wanted)
        except _REFUSED as error:
            form.take(error, inside.words, heartbeat_form.WANTED)
        else:
            return inside.redirect(f"/heartbeats/{added.public_id}", "heartbeat-added")
    return await _form_page(inside, form, status=422)


@get("/heartbeats/{key:str}/edit")
async def edit_page(inside: Entered, key: PathText) -> Response[Any]:
    heartbeat = await _own(inside, key)
    form = heartbeat_form.of(heartbeat, inside.user.timezone)
    return await _form_page(inside, form, heartbeat)


@post("/heartbeats/{key:str}/edit")
async def edit(inside: Entered, key: PathText) -> Response[Any]:
    form = await inside.form()
    heartbeat = await _own(inside, key)
    wanted = heartbeat_form.change(form, inside.words, heartbeat)
    if wanted is not None:
        try:
            await monitors.change(inside.context, inside.who, heartbeat.id, wanted)
        except _REFUSED as error:
            form.take(error, inside.words, heartbeat_form.WANTED)
        else:
            return inside.redirect(f"/heartbeats/{heartbeat.public_id}", "heartbeat-changed")
    return await _form_page(inside, form, heartbeat, status=422)


async def _own(inside: Inside, key: str) -> Monitor:
    return await heartbeats.get(inside.context, inside.who, key_of(key), Permission.WATCH)


async def _form_page(
    inside: Inside, form: Form, heartbeat: Monitor | None = None, status: int = 200
) -> Response[Any]:
    return await show(
        inside,
        "heartbeat_form.html",
        HERE,
        status=status,
        form=form,
        heartbeat=heartbeat,
        units=heartbeat_form.UNIT_WORDS,
        zones=sorted(available_timezones()),
        **await places_of(inside),
    )


HANDLERS = (heartbeat_list, add_page, add, heartbeat_page, edit_page, edit)
