"""Channels: choose a kind, fill its fields, send a test and see the answer, read the log."""

from typing import Any

from litestar import Response, get, post

from fener.actions import channels
from fener.actions.channels import ChannelChange, NewChannel
from fener.domain.errors import Conflict, Invalid, NotFound
from fener.domain.notification import Channel, ChannelKind
from fener.domain.people import Permission
from fener.web import channel_form
from fener.web.forms import Form, id_of
from fener.web.inside import show
from fener.web.notices import nobody_to_tell
from fener.web.views.monitors import number_of
from fener.web.visit import Entered, Inside, PathText

HERE = "/channels"
TOLD_SHOWN = 30
_REFUSED = (Invalid, Conflict, NotFound)


@get("/channels")
async def channel_list(inside: Entered) -> Response[Any]:
    may_tell = inside.who.may(Permission.TELL)
    return await show(
        inside,
        "channels.html",
        HERE,
        channels=await channels.list_all(inside.context, inside.who) if may_tell else [],
        nobody_to_tell=await nobody_to_tell(inside),
        may_tell=may_tell,
    )


@get("/channels/add")
async def add_page(inside: Entered) -> Response[Any]:
    wanted = inside.query("kind")
    if wanted not in set(ChannelKind):
        return await show(inside, "channel_kinds.html", HERE, kinds=ChannelKind)
    return await _form_page(inside, channel_form.empty(ChannelKind(wanted)))


@post("/channels/add")
async def add(inside: Entered) -> Response[Any]:
    form = await inside.form()
    if form.text("kind") not in set(ChannelKind):
        return inside.redirect("/channels/add")
    kind = ChannelKind(form.text("kind"))
    settings = channel_form.settings(form, inside.words, kind)
    if form.is_good:
        new = NewChannel(
            kind=kind,
            name=form.text("name"),
            settings={name: value for name, value in settings.items() if value not in (None, "")},
            is_active=form.ticked("active"),
        )
        try:
            channel = await channels.add(inside.context, inside.who, new)
        except _REFUSED as error:
            form.take(error, inside.words, channel_form.WANTED)
        else:
            return inside.redirect(f"/channels/{channel.id}", "channel-added")
    return await _form_page(inside, form, status=422)


@get("/channels/{number:str}")
async def channel_page(inside: Entered, number: PathText) -> Response[Any]:
    channel = await channels.get(inside.context, inside.who, number_of(number))
    before = inside.query("before")
    told = await channels.deliveries(
        inside.context,
        inside.who,
        channel.id,
        limit=TOLD_SHOWN + 1,
        before_id=id_of(before),
    )
    tested = inside.query("tested")
    values: dict[str, Any] = {
        "channel": channel,
        "told": told[:TOLD_SHOWN],
        "older": told[TOLD_SHOWN - 1].id if len(told) > TOLD_SHOWN else None,
        "before": before,
        "tested": next((one for one in told if str(one.id) == tested), None),
        "can_send": channel.kind is not ChannelKind.EMAIL or inside.options.can_mail,
    }
    if inside.is_partial:
        return inside.page("channel_log.html", **values)
    return await show(inside, "channel.html", HERE, **values)


@post("/channels/{number:str}/test")
async def test(inside: Entered, number: PathText) -> Response[Any]:
    await inside.form()
    told = await channels.send_test(inside.context, inside.who, number_of(number))
    return inside.redirect(f"/channels/{number}?tested={told}")


@get("/channels/{number:str}/edit")
async def edit_page(inside: Entered, number: PathText) -> Response[Any]:
    channel = await channels.get(inside.context, inside.who, number_of(number))
    return await _form_page(inside, channel_form.of(channel), channel)


@post("/channels/{number:str}/edit")
async def edit(inside: Entered, number: PathText) -> Response[Any]:
    form = await inside.form()
    channel = await channels.get(inside.context, inside.who, number_of(number))
    settings = channel_form.settings(form, inside.words, channel.kind)
    form.set("kind", channel.kind)
    if form.is_good:
        change = ChannelChange(
            name=form.text("name"), settings=settings, is_active=form.ticked("active")
        )
        try:
            await channels.change(inside.context, inside.who, channel.id, change)
        except _REFUSED as error:
            form.take(error, inside.words, channel_form.WANTED)
        else:
            return inside.redirect(f"/channels/{channel.id}", "channel-changed")
    return await _form_page(inside, form, channel, status=422)


@get("/channels/{number:str}/delete")
async def ask_to_delete(inside: Entered, number: PathText) -> Response[Any]:
    channel = await channels.get(inside.context, inside.who, number_of(number))
    return await show(inside, "channel_delete.html", HERE, channel=channel)


@post("/channels/{number:str}/delete")
async def delete(inside: Entered, number: PathText) -> Response[Any]:
    await inside.form()
    await channels.delete(inside.context, inside.who, number_of(number))
    return inside.redirect("/channels", "channel-deleted")


async def _form_page(
    inside: Inside, form: Form, channel: Channel | None = None, status: int = 200
) -> Response[Any]:
    return await show(
        inside,
        "channel_form.html",
        HERE,
        status=status,
        form=form,
        channel=channel,
        kind=ChannelKind(form.text("kind")),
        methods=channel_form.METHODS,
        formats=channel_form.FORMATS,
    )


HANDLERS = (
    channel_list,
    add_page,
    add,
    channel_page,
    test,
    edit_page,
    edit,
    ask_to_delete,
    delete,
)
