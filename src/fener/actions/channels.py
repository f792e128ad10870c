"""What people do with channels: add, see, change, delete, try out, and read what was delivered.

A channel of a customer is told of that customer's monitors only, one of the organization of all.
Whoever is limited to some customers sees and changes their channels alone.
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from fener.actions import channel_settings, monitors, places
from fener.actions.channel_settings import Parts
from fener.actions.context import Context, audit
from fener.actions.names import checked_name
from fener.actions.rights import require
from fener.domain.errors import Invalid, NotFound, OutOfReach
from fener.domain.message import Delivery, Message
from fener.domain.monitor import Monitor
from fener.domain.notification import Channel, ChannelKind, Event
from fener.domain.people import Identity, Permission
from fener.domain.time import Instant
from fener.pipeline.record.route import route
from fener.storage import channels as stored
from fener.storage.channels import Attempt, Told
from fener.storage.database import Session
from fener.storage.monitors import raise_revision

__all__ = ["Attempt", "Told"]

MOST_TOLD = 1_000


class NewChannel(Struct, frozen=True, kw_only=True):
    """A channel to be added; `settings` holds the secrets too."""

    kind: ChannelKind
    name: str
    settings: dict[str, Any]
    customer_id: int | None = None
    """None for the whole organization; for a limited caller, their first customer."""
    monitor_id: int | None = None
    is_active: bool = True


class ChannelChange(Struct, frozen=True, kw_only=True):
    """What shall be otherwise. `settings` are laid over those that are stored."""

    name: str | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


async def add(context: Context, who: Identity, new: NewChannel) -> Channel:
    name = checked_name(new.name)
    settings, secrets = channel_settings.checked(new.kind, new.settings)
    now = context.clock.now()
    async with context.database.write() as session:
        customer_id = await _customer_for(context, session, who, new)
        channel = Channel(
            id=0,
            organization_id=who.organization_id,
            kind=new.kind,
            name=name,
            settings=settings,
            secrets=secrets,
            customer_id=customer_id,
            monitor_id=new.monitor_id,
            is_active=new.is_active,
        )
        identifier = await stored.insert(session, context.sealer, channel, now)
        channel = replace(channel, id=identifier)
        await _note(session, who, now, "channel.add", channel)
    context.doorbells.messages_owed(channel.place)
    return channel


async def list_all(
    context: Context,
    who: Identity,
    *,
    customer_id: int | None = None,
    monitor_id: int | None = None,
) -> list[Channel]:
    """The caller's channels, oldest first; of a customer or monitor, all that may tell of it."""
    require(who, Permission.TELL)
    async with context.database.read() as session:
        if monitor_id is not None:
            monitor = await monitors.find(context, session, who, monitor_id, Permission.READ)
            customer_id = monitor.customer_id
        elif customer_id is not None:
            await places.customer_for(session, who, customer_id, Permission.TELL)
        found = await stored.of_organization(session, context.sealer, who.organization_id)
    return [
        one
        for one in found
        if _reaches(who, one)
        and (customer_id is None or one.customer_id in {None, customer_id})
        and (monitor_id is None or one.monitor_id in {None, monitor_id})
    ]


async def get(context: Context, who: Identity, identifier: int) -> Channel:
    async with context.database.read() as session:
        return await _find(context, session, who, identifier)


async def times_of(
    context: Context, who: Identity, listed: Sequence[Channel]
) -> dict[int, tuple[Instant, Instant]]:
    """When each of these was added and last changed, by its id."""
    for one in listed:
        require(who, Permission.TELL, one.organization_id, one.customer_id)
    async with context.database.read() as session:
        return await stored.times(session, [one.id for one in listed])


async def change(
    context: Context, who: Identity, identifier: int, change: ChannelChange
) -> Channel:
    now = context.clock.now()
    async with context.database.write() as session:
        before = await _find(context, session, who, identifier)
        after = _changed(before, change)
        if after == before:
            return before
        await stored.update(session, context.sealer, after, now)
        await _note(session, who, now, "channel.change", after)
    context.doorbells.messages_owed(after.place)
    return after


async def delete(context: Context, who: Identity, identifier: int) -> None:
    """What is owed there is cancelled; what was delivered stays in the log of its incidents."""
    now = context.clock.now()
    async with context.database.write() as session:
        channel = await _find(context, session, who, identifier)
        await stored.delete(session, channel, now)
        await _note(session, who, now, "channel.delete", channel)
    context.doorbells.monitors_changed(channel.place)


async def told_of(
    context: Context, who: Identity, watched: Sequence[Monitor]
) -> dict[int, tuple[int, ...]]:
    """Which channels are told of each of these monitors, by its id."""
    for one in watched:
        require(who, Permission.READ, one.organization_id, one.customer_id)
    async with context.database.read() as session:
        active = await stored.active_without_secrets(session, who.organization_id)
    return {one.id: route(one, active) for one in watched}


async def send_test(context: Context, who: Identity, identifier: int) -> int:
    """Owe the channel a test message; gives the id under which `deliveries` shows its fate."""
    now = context.clock.now()
    async with context.database.write() as session:
        channel = await _find(context, session, who, identifier)
        notification_id = await stored.owe_test(session, channel, _test_key(), now)
        await _note(session, who, now, "channel.test", channel)
    context.doorbells.messages_owed(channel.place)
    return notification_id


async def deliveries(
    context: Context,
    who: Identity,
    identifier: int,
    *,
    limit: int = 50,
    before_id: int | None = None,
) -> Sequence[Told]:
    """What was owed to a channel and each attempt to deliver it, newest first."""
    async with context.database.read() as session:
        channel = await _find(context, session, who, identifier)
        size = max(1, min(limit, MOST_TOLD))
        return await stored.told(session, channel.id, size, before_id)


async def trial(context: Context, who: Identity, new: NewChannel) -> Message:
    """A test message for a channel that is not stored, all of it checked; `try_out` sends it."""
    settings, secrets = channel_settings.checked(new.kind, new.settings)
    async with context.database.read() as session:
        customer_id = await _customer_for(context, session, who, new)
        allow_private = await stored.may_dial_private(session, who.organization_id)
    channel = Channel(
        id=0,
        organization_id=who.organization_id,
        kind=new.kind,
        name=new.name,
        settings=settings,
        secrets=secrets,
        customer_id=customer_id,
    )
    return Message(
        notification_id=0,
        dedup_key=_test_key(),
        event=Event.TEST,
        step=0,
        attempt=1,
        channel=channel,
        allow_private=allow_private,
    )


async def try_out(context: Context, who: Identity, message: Message) -> Delivery:
    """Send a `trial` at once. Raises Invalid where this process sends nothing of that kind."""
    require(who, Permission.TELL, message.channel.organization_id, message.channel.customer_id)
    sender = context.senders.get(message.channel.kind)
    if sender is None:
        raise Invalid(f"Nothing of the kind {message.channel.kind} can be sent from here.", "type")
    return await sender.send(message)


async def _find(context: Context, session: Session, who: Identity, identifier: int) -> Channel:
    found = await stored.by_ids(session, context.sealer, [identifier])
    channel = found.get(identifier)
    if channel is None:
        raise NotFound("There is no such channel.")
    require(who, Permission.TELL, channel.organization_id, channel.customer_id)
    if not _reaches(who, channel):
        raise OutOfReach("It belongs to the whole organization.")
    return channel


def _reaches(who: Identity, channel: Channel) -> bool:
    if channel.customer_id is None:
        return not who.is_limited
    return who.reaches(channel.customer_id)


async def _customer_for(
    context: Context, session: Session, who: Identity, new: NewChannel
) -> int | None:
    require(who, Permission.TELL)
    if new.monitor_id is not None:
        monitor = await monitors.find(context, session, who, new.monitor_id, Permission.TELL)
        if new.customer_id not in {None, monitor.customer_id}:
            raise Invalid("The monitor belongs to another customer.", "customer_id")
        return monitor.customer_id
    if new.customer_id is None and not who.is_limited:
        return None
    return await places.customer_for(session, who, new.customer_id, Permission.TELL)


def _changed(before: Channel, change: ChannelChange) -> Channel:
    name = before.name if change.name is UNSET else checked_name(change.name)
    parts = Parts(before.settings, before.secrets)
    if change.settings is not UNSET:
        parts = channel_settings.checked(before.kind, change.settings, parts)
    is_active = before.is_active if change.is_active is UNSET else change.is_active
    return replace(
        before, name=name, settings=parts.settings, secrets=parts.secrets, is_active=is_active
    )


def _test_key() -> str:
    return f"test:{uuid4()}"


async def _note(session: Session, who: Identity, now: Instant, deed: str, channel: Channel) -> None:
    await raise_revision(session)
    await audit(session, who, now, deed, f"channel:{channel.id}", name=channel.name)
