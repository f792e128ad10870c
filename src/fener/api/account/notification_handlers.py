"""Notification handlers in the account API: list, get, create, update, delete."""

from http import HTTPStatus
from typing import Any, TypeAlias

from litestar import Response, delete, get, post
from msgspec import UNSET, Struct, UnsetType

from fener.actions import channels
from fener.actions.channels import ChannelChange, NewChannel
from fener.api.account.answers import CHANGED_EXAMPLE, Changed, Item, changed, empty, list_example
from fener.api.account.asking import AccountAsking
from fener.api.account.pages import (
    PAGE_PARAMETERS,
    Filterable,
    Page,
    read_filters,
    read_page,
)
from fener.api.account.watched import ENABLED, enabled_of
from fener.api.described import Parameter, described
from fener.api.routes import Routes
from fener.domain.errors import Invalid
from fener.domain.listing import Filters
from fener.domain.notification import Channel, ChannelKind, WebhookFormat
from fener.domain.people import Identity
from fener.domain.time import Instant, plain_text

PATH = "/api/notification-handlers"
ITEM = f"{PATH}/{{notification_handler_id:str}}"
TAG = "Notification handlers"
PUBLISHED = (
    "email",
    "webhook",
    "slack",
    "discord",
    "telegram",
    "microsoft_teams",
    "twilio",
    "twilio_call",
    "whatsapp",
    "x",
    "google_chat",
    "internal_notification",
    "push_subscriber_id",
)
FILTERABLE = Filterable(
    ("name",),
    ("datetime", "last_datetime"),
    ("notification_handler_id", "datetime", "last_datetime", "name"),
)
ID = Parameter(name="notification_handler_id", type="integer", description="Number of the handler.")
TYPE = Parameter(name="type", type="string", description="Only those of a type.", choices=PUBLISHED)


class Handler(Struct):
    """`settings` has one field named like the type."""

    id: int
    type: str
    name: str
    settings: dict[str, str]
    is_enabled: bool
    last_datetime: str | None
    datetime: str


class HandlerForm(Struct, kw_only=True):
    """The value stands in the field named like the type. A type, once chosen, stays."""

    name: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    webhook: str | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET


Dated: TypeAlias = tuple[Channel, Instant, Instant]

EXAMPLE: dict[str, Any] = {
    "id": 1,
    "type": "email",
    "name": "Work email",
    "settings": {"email": "hey@example.com"},
    "is_enabled": True,
    "last_datetime": None,
    "datetime": "2026-03-24 10:00:00",
}


@get(
    PATH,
    opt=described(
        summary="List notification handlers",
        tag=TAG,
        parameters=(*PAGE_PARAMETERS, *FILTERABLE.parameters, ENABLED, TYPE),
        answer=Page[Handler],
        example=list_example(PATH, EXAMPLE),
    ),
)
async def list_handlers(request: AccountAsking) -> Page[Handler]:
    filters, active = read_filters(request, FILTERABLE)
    given = {name: request.parameter(name) for name in ("is_enabled", "type")}
    own = {name: text for name, text in given.items() if text is not None}
    page = read_page(request, PATH, {**active, **own})
    who = await request.identity()
    found = await _dated(request, who, await channels.list_all(request.world, who))
    enabled = enabled_of(own.get("is_enabled"))
    fitting = [
        one
        for one in found
        if own.get("type") in {None, one[0].kind}
        and enabled in {None, one[0].is_active}
        and _fits(one, filters)
    ]
    key = _KEYS[filters.order_by or FILTERABLE.order_by[0]]
    fitting.sort(key=lambda one: (key(one), one[0].id), reverse=not filters.ascending)
    cut = fitting[page.window.offset : page.window.offset + page.window.limit]
    return page.of([_shown(one) for one in cut], len(fitting))


@get(
    ITEM,
    opt=described(
        summary="Get a notification handler",
        tag=TAG,
        path=(ID,),
        answer=Item[Handler],
        example={"data": EXAMPLE},
    ),
)
async def get_handler(request: AccountAsking) -> Item[Handler]:
    number = request.path_id(ID.name)
    who = await request.identity()
    (dated,) = await _dated(request, who, [await channels.get(request.world, who, number)])
    return Item(_shown(dated))


@post(
    PATH,
    status_code=201,
    opt=described(
        summary="Create a notification handler",
        tag=TAG,
        body=HandlerForm,
        answer=Changed,
        example=CHANGED_EXAMPLE,
        status=HTTPStatus.CREATED,
    ),
)
async def create_handler(request: AccountAsking) -> Changed:
    form = await request.read(HandlerForm)
    if not form.name or not form.type:
        raise Invalid("name and type are required", "type" if form.name else "name")
    kind = _kind(form.type)
    settings = _settings(form, kind)
    if not settings:
        raise Invalid(f"{kind} is required", kind)
    if kind is ChannelKind.WEBHOOK:
        settings["format"] = WebhookFormat.ACCOUNT
    new = NewChannel(
        kind=kind, name=form.name, settings=settings, is_active=form.is_enabled is not False
    )
    who = await request.identity()
    return changed((await channels.add(request.world, who, new)).id)


@post(
    ITEM,
    status_code=200,
    opt=described(
        summary="Update a notification handler",
        tag=TAG,
        description="What is left out stays as it was.",
        path=(ID,),
        body=HandlerForm,
        answer=Changed,
        example=CHANGED_EXAMPLE,
    ),
)
async def update_handler(request: AccountAsking) -> Changed:
    form = await request.read(HandlerForm)
    number = request.path_id(ID.name)
    who = await request.identity()
    before = await channels.get(request.world, who, number)
    if form.type is not UNSET and _kind(form.type) is not before.kind:
        raise Invalid("The type of a handler stays: create another one instead", "type")
    change = ChannelChange(
        name=form.name, settings=_settings(form, before.kind), is_active=form.is_enabled
    )
    await channels.change(request.world, who, number, change)
    return changed(number)


@delete(
    ITEM,
    status_code=200,
    opt=described(
        summary="Delete a notification handler",
        tag=TAG,
        description="What is owed to it is not sent any more.",
        path=(ID,),
    ),
)
async def delete_handler(request: AccountAsking) -> Response[bytes]:
    number = request.path_id(ID.name)
    who = await request.identity()
    await channels.delete(request.world, who, number)
    return empty()


async def _dated(request: AccountAsking, who: Identity, found: list[Channel]) -> list[Dated]:
    times = await channels.times_of(request.world, who, found)
    return [(one, *times[one.id]) for one in found]


def _kind(text: str) -> ChannelKind:
    if text in set(ChannelKind):
        return ChannelKind(text)
    offered = " or ".join(ChannelKind)
    if text in PUBLISHED:
        raise Invalid(f"type {text} cannot be told yet: use {offered}", "type")
    raise Invalid(f"type must be {offered}", "type")


_VALUES = {ChannelKind.EMAIL: "to", ChannelKind.WEBHOOK: "url"}
"""What the field named like the type is called in the settings of a channel."""


def _settings(form: HandlerForm, kind: ChannelKind) -> dict[str, Any]:
    given = getattr(form, kind)
    return {} if given is UNSET or given == "" else {_VALUES[kind]: given}


def _fits(dated: Dated, filters: Filters) -> bool:
    if (filters.search or "").lower() not in dated[0].name.lower():
        return False
    time = dated[2] if filters.datetime_field == "last_datetime" else dated[1]
    since, until = filters.since, filters.until
    return (since is None or since <= time) and (until is None or time <= until)


_KEYS: dict[str, Any] = {
    "notification_handler_id": lambda dated: dated[0].id,
    "datetime": lambda dated: dated[1],
    "last_datetime": lambda dated: dated[2],
    "name": lambda dated: dated[0].name.lower(),
}


def _shown(dated: Dated) -> Handler:
    channel, created_at, updated_at = dated
    return Handler(
        id=channel.id,
        type=channel.kind,
        name=channel.name,
        settings={str(channel.kind): str(channel.settings.get(_VALUES[channel.kind], ""))},
        is_enabled=channel.is_active,
        last_datetime=plain_text(updated_at) if updated_at > created_at else None,
        datetime=plain_text(created_at),
    )


ROUTES: Routes = (list_handlers, get_handler, create_handler, update_handler, delete_handler)
