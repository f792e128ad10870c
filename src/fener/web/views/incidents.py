"""Incidents: the list, and one with its evidence, its timeline and what people do about it."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Response, get, post
from msgspec.structs import replace

from fener.actions import incidents, monitors
from fener.actions.context import Context
from fener.domain.check import Evidence
from fener.domain.errors import Conflict, Invalid
from fener.domain.incident import IncidentStatus
from fener.domain.listing import Window
from fener.domain.people import Identity, Permission
from fener.storage.evidence import Proof
from fener.storage.incidents import Incident, Only
from fener.web.addresses import Address, pages
from fener.web.forms import Form, Wanted
from fener.web.inside import show
from fener.web.languages import marked
from fener.web.views.monitors import key_of
from fener.web.views.signing_in import own_path
from fener.web.visit import Entered, Inside, PathText

HERE = "/incidents"
PAGE_SIZE = 25
MOST_OPEN = 200
_STATUS = {"open": IncidentStatus.OPEN, "resolved": IncidentStatus.RESOLVED}
_WANTED = Wanted(
    {
        "text": marked("A comment of 1 to 10000 characters is wanted."),
        "postmortem": marked("At most 100000 characters are wanted."),
        "comment": marked("At most 10000 characters are wanted."),
    }
)


@get("/incidents")
async def incident_list(inside: Entered) -> Response[Any]:
    """Open ones first, all of them; then the newest in pages."""
    address = Address.of(inside, "status", "monitor")
    only = await _only(inside, address)
    window = Window(PAGE_SIZE, (address.page - 1) * PAGE_SIZE)
    listed = await incidents.list_incidents(inside.context, inside.who, window, only=only)
    rows, open_rows = listed.rows, []
    if only.status is None and address.page == 1:
        open_rows = await _open(inside, only)
        rows = [one for one in rows if not one.is_open]
    values: dict[str, Any] = {
        "address": address,
        "open_rows": open_rows,
        "rows": rows,
        "pages": pages(address, listed.total or 0, PAGE_SIZE),
    }
    if inside.is_partial:
        return inside.page("incident_list.html", **values)
    return await show(inside, "incidents.html", HERE, **values)


async def _open(inside: Inside, only: Only) -> list[Incident]:
    only_open = replace(only, status=IncidentStatus.OPEN)
    listed = await incidents.list_incidents(
        inside.context, inside.who, Window(MOST_OPEN), only=only_open, with_total=False
    )
    return listed.rows


async def _only(inside: Inside, address: Address) -> Only:
    status, monitor_id = _STATUS.get(address.get("status")), None
    if address.get("monitor"):
        key = key_of(address.get("monitor"))
        monitor_id = (await monitors.get(inside.context, inside.who, key)).id
    return Only(status=status, monitor_id=monitor_id)


@get("/incidents/{key:str}")
async def incident_page(inside: Entered, key: PathText) -> Response[Any]:
    return await _page(inside, key, Form())


async def _page(inside: Inside, key: str, form: Form, status: int = 200) -> Response[Any]:
    values = await _whole(inside, key)
    for name in ("comment", "postmortem"):
        if not form.all(name):  # the page has several forms: the others show what is stored
            form.set(name, getattr(values["incident"], name) or "")
    if inside.is_partial:
        return inside.page("incident_now.html", form=form, **values)
    return await show(inside, "incident.html", HERE, status=status, form=form, **values)


async def _whole(inside: Inside, key: str) -> dict[str, Any]:
    known = await incidents.details(inside.context, inside.who, key_of(key))
    by = {event.user_id: event.user_name for event in known.events}
    return {
        "known": known,
        "incident": known.incident,
        "acknowledged_by": by.get(known.incident.acknowledged_by),
        "evidence": _evidence(known.proof),
        "good_answer": _evidence(known.good),
        "alerts": {alert.id: alert for alert in known.alerts},
    }


def _evidence(proof: Proof | None) -> Evidence | None:
    if proof is None or proof.evidence is None:
        return None
    return msgspec.convert(proof.evidence, Evidence)


@post("/incidents/{key:str}/acknowledge")
async def acknowledge(inside: Entered, key: PathText) -> Response[Any]:
    return await _done(inside, key, incidents.acknowledge, "acknowledged")


@post("/incidents/{key:str}/resolve")
async def resolve(inside: Entered, key: PathText) -> Response[Any]:
    return await _done(inside, key, incidents.resolve, "resolved")


@post("/incidents/{key:str}/delete")
async def delete(inside: Entered, key: PathText) -> Response[Any]:
    await inside.form()
    incident = await incidents.get(inside.context, inside.who, key_of(key))
    await incidents.delete(inside.context, inside.who, incident.id)
    return inside.redirect("/incidents", "incident-deleted")


_Deed = Callable[[Context, Identity, Any], Awaitable[Any]]


async def _done(inside: Inside, key: str, deed: _Deed, said: str) -> Response[Any]:
    form = await inside.form()
    back = own_path(form.text("next") or f"/incidents/{key}")
    try:
        await deed(inside.context, inside.who, key_of(key))
    except Conflict:
        # it ended meanwhile: its page says so
        return inside.redirect(back)
    return inside.redirect(back, said)


@get("/incidents/{key:str}/delete")
async def ask_to_delete(inside: Entered, key: PathText) -> Response[Any]:
    return await _ask(inside, key, "incident_delete.html")


@get("/incidents/{key:str}/resolve")
async def ask_to_resolve(inside: Entered, key: PathText) -> Response[Any]:
    return await _ask(inside, key, "incident_resolve.html")


async def _ask(inside: Inside, key: str, template: str) -> Response[Any]:
    incident = await incidents.get(inside.context, inside.who, key_of(key), Permission.RESPOND)
    return await show(inside, template, HERE, incident=incident)


@post("/incidents/{key:str}/comments")
async def comment(inside: Entered, key: PathText) -> Response[Any]:
    form = await inside.form()
    visibility = incidents.Visibility.INTERNAL
    try:
        await incidents.add_comment(
            inside.context, inside.who, key_of(key), form.raw("text").strip(), visibility
        )
    except Invalid as error:
        form.take(error, inside.words, _WANTED)
        return await _page(inside, key, form, status=422)
    return inside.redirect(f"/incidents/{key}#timeline", "commented")


@post("/incidents/{key:str}/postmortem")
async def postmortem(inside: Entered, key: PathText) -> Response[Any]:
    form = await inside.form()
    text = form.raw("postmortem").strip()
    try:
        await incidents.change_postmortem(inside.context, inside.who, key_of(key), text)
    except Invalid as error:
        form.take(error, inside.words, _WANTED)
        return await _page(inside, key, form, status=422)
    return inside.redirect(f"/incidents/{key}#postmortem", "postmortem-saved")


@post("/incidents/{key:str}/note")
async def note(inside: Entered, key: PathText) -> Response[Any]:
    form = await inside.form()
    text = form.raw("comment").strip()
    try:
        await incidents.change_comment(inside.context, inside.who, key_of(key), text)
    except Invalid as error:
        form.take(error, inside.words, _WANTED)
        return await _page(inside, key, form, status=422)
    return inside.redirect(f"/incidents/{key}#note", "note-saved")


HANDLERS = (
    incident_list,
    incident_page,
    acknowledge,
    resolve,
    delete,
    ask_to_delete,
    ask_to_resolve,
    comment,
    postmortem,
    note,
)
