"""What people do with channels, on a real store."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fener.actions import channels, monitors
from fener.actions.channels import ChannelChange, NewChannel
from fener.actions.monitors import New
from fener.domain.errors import FenerError, Invalid, NotFound, NotPermitted, OutOfReach
from fener.domain.kinds.http import HttpSettings
from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import Channel, ChannelKind
from fener.domain.people import Role
from fener.domain.place import Place
from support.watched import Watched, watched_world

EMAIL, WEBHOOK = ChannelKind.EMAIL, ChannelKind.WEBHOOK
HOOK = {"url": "https://hooks.example/in", "secret": "s3cret"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched_world(tmp_path) as made:
        yield made


async def add(
    world: Watched,
    kind: ChannelKind = EMAIL,
    settings: dict[str, Any] | None = None,
    **given: Any,
) -> Channel:
    new = NewChannel(
        kind=kind, name="Ops", settings=settings or {"to": "ops@acme.example"}, **given
    )
    return await channels.add(world.context, world.acme, new)


class TestAdding:
    async def test_it_is_kept_as_given(self, world: Watched) -> None:
        channel = await add(
            world,
            settings={
                "to": " Ops@Acme.example , b@acme.example,",
            },
        )
        assert channel.settings == {"to": "ops@acme.example, b@acme.example"}
        assert channel.as_email().recipients == ("ops@acme.example", "b@acme.example")
        assert await channels.get(world.context, world.acme, channel.id) == channel
        assert ("channel.add", f"channel:{channel.id}") in await world.audited()

    async def test_what_is_secret_is_sealed(self, world: Watched) -> None:
        given = HOOK | {"headers": {"Authorization": "Bearer abc", "X-Team": "web"}}
        channel = await add(world, WEBHOOK, given)
        assert channel.secrets == {"secret": "s3cret", "authorization": "Bearer abc"}
        assert channel.settings == {
            "url": "https://hooks.example/in",
            "headers": {"X-Team": "web"},
        }
        row = await world.row("SELECT settings, sealed_secrets FROM channels")
        assert "s3cret" not in str(row)
        assert "abc" not in str(row)
        again = await channels.get(world.context, world.acme, channel.id)
        assert again.as_webhook() == channel.as_webhook()

    @pytest.mark.parametrize(
        ("kind", "settings", "field"),
        [
            (EMAIL, {}, "config"),
            (EMAIL, {"to": ""}, "config"),
            (EMAIL, {"to": " , "}, "to"),
            (EMAIL, {"to": "nobody"}, "to"),
            (EMAIL, {"to": "a@b.example\nBcc: c@d.example"}, "to"),
            (EMAIL, {"to": ",".join(f"u{n}@a.example" for n in range(51))}, "to"),
            (EMAIL, {"to": "a@b.example", "language": "xx"}, "language"),
            (EMAIL, {"to": "a@b.example", "url": "x"}, "config"),
            (WEBHOOK, {"secret": "x"}, "config"),
            (WEBHOOK, {"url": "ftp://hooks.example"}, "url"),
            (WEBHOOK, {"url": "https://me:pw@hooks.example"}, "url"),
            (WEBHOOK, HOOK | {"method": "GET"}, "config"),
            (WEBHOOK, HOOK | {"format": "morse"}, "config"),
            (WEBHOOK, HOOK | {"timeout": 60}, "config"),
            (WEBHOOK, HOOK | {"headers": {"X": "a\r\nb"}}, "headers"),
            (WEBHOOK, HOOK | {"headers": ["X"]}, "config"),
            (WEBHOOK, HOOK | {"secret": "a\nb"}, "secret"),
        ],
    )
    async def test_what_could_not_be_sent_is_refused(
        self, world: Watched, kind: ChannelKind, settings: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Invalid) as caught:
            await channels.add(
                world.context, world.acme, NewChannel(kind=kind, name="Ops", settings=settings)
            )
        assert caught.value.field == field
        assert "pw@" not in caught.value.message
        assert await world.rows("SELECT * FROM channels") == []

    async def test_one_of_a_monitor_belongs_to_its_customer(self, world: Watched) -> None:
        shop = await monitors.add(
            world.context, world.acme, New(settings=HttpSettings(url="https://shop.example/"))
        )
        channel = await add(world, monitor_id=shop.id)
        assert (channel.monitor_id, channel.customer_id) == (shop.id, shop.customer_id)
        bakery = await world.people.customer(world.acme.organization_id, "Bakery")
        with pytest.raises(Invalid):
            await add(world, monitor_id=shop.id, customer_id=bakery)


class TestScope:
    async def test_another_organizations_channel_is_out_of_reach(self, world: Watched) -> None:
        channel = await add(world)
        for deed in (channels.get, channels.delete, channels.send_test, channels.deliveries):
            with pytest.raises(OutOfReach):
                await deed(world.context, world.zenith, channel.id)
        with pytest.raises(OutOfReach):
            await channels.change(world.context, world.zenith, channel.id, ChannelChange(name="x"))
        assert await channels.list_all(world.context, world.zenith) == []

    async def test_readonly_sees_no_channel(self, world: Watched) -> None:
        channel = await add(world)
        reader = await world.people.member(
            world.acme.organization_id, Role.READONLY, "r@acme.example"
        )
        for deed in (channels.get, channels.delete, channels.send_test):
            with pytest.raises(NotPermitted):
                await deed(world.context, reader, channel.id)
        with pytest.raises(NotPermitted):
            await channels.list_all(world.context, reader)

    async def test_who_is_limited_sees_only_their_customers_channels(self, world: Watched) -> None:
        acme = world.acme.organization_id
        bakery = await world.people.customer(acme, "Bakery")
        theirs = await add(world, customer_id=bakery)
        everybodys = await add(world)
        limited = await world.people.member(acme, Role.USER, "u@acme.example", (bakery,))
        assert await channels.list_all(world.context, limited) == [theirs]
        for deed in (channels.get, channels.delete, channels.send_test):
            with pytest.raises(OutOfReach):
                await deed(world.context, limited, everybodys.id)
        new = NewChannel(kind=EMAIL, name="Mine", settings={"to": "u@acme.example"})
        assert (await channels.add(world.context, limited, new)).customer_id == bakery

    async def test_a_list_can_be_that_of_a_customer_or_monitor(self, world: Watched) -> None:
        bakery = await world.people.customer(world.acme.organization_id, "Bakery")
        shop = await monitors.add(
            world.context,
            world.acme,
            New(settings=HttpSettings(url="https://shop.example/"), customer_id=bakery),
        )
        own = await add(world, monitor_id=shop.id)
        of_bakery = await add(world, customer_id=bakery)
        everybodys = await add(world)
        other = await add(
            world, customer_id=await world.people.customer(world.acme.organization_id, "Bank")
        )

        async def listed(**of: int) -> list[Channel]:
            return await channels.list_all(world.context, world.acme, **of)

        assert await listed(monitor_id=shop.id) == [own, of_bakery, everybodys]
        assert await listed(customer_id=bakery) == [own, of_bakery, everybodys]
        assert await listed() == [own, of_bakery, everybodys, other]

    @pytest.mark.parametrize("identifier", [0, 99, 2**63])
    async def test_unknown_ids_are_not_found(self, world: Watched, identifier: int) -> None:
        with pytest.raises(NotFound):
            await channels.get(world.context, world.acme, identifier)


class TestChanging:
    async def test_settings_are_laid_over_and_secrets_stay(self, world: Watched) -> None:
        channel = await add(world, WEBHOOK, HOOK | {"headers": {"X-Team": "web"}})
        echoed = {"url": "https://hooks.example/other", "secret": None, "headers": None}
        after = await channels.change(
            world.context, world.acme, channel.id, ChannelChange(settings=echoed)
        )
        assert after.settings == {"url": "https://hooks.example/other"}
        assert after.secrets == {"secret": "s3cret"}
        after = await channels.change(
            world.context, world.acme, channel.id, ChannelChange(settings={"secret": ""})
        )
        assert after.secrets == {}
        assert await channels.get(world.context, world.acme, channel.id) == after

    async def test_it_can_be_renamed_and_switched_off(self, world: Watched) -> None:
        channel = await add(world)
        change = ChannelChange(name="Night shift", is_active=False)
        after = await channels.change(world.context, world.acme, channel.id, change)
        assert (after.name, after.is_active) == ("Night shift", False)
        assert after.settings == channel.settings

    async def test_what_does_not_fit_changes_nothing(self, world: Watched) -> None:
        channel = await add(world)
        for change in (ChannelChange(settings={"to": "x"}), ChannelChange(name="")):
            with pytest.raises(Invalid):
                await channels.change(world.context, world.acme, channel.id, change)
        assert await channels.get(world.context, world.acme, channel.id) == channel


class TestDeleting:
    async def test_nothing_more_is_sent_and_the_log_stays(self, world: Watched) -> None:
        channel = await add(world, WEBHOOK, HOOK)
        shop = await monitors.add(
            world.context, world.acme, New(settings=HttpSettings(url="https://shop.example/"))
        )
        await world.goes_down(shop.id)
        await channels.delete(world.context, world.acme, channel.id)
        with pytest.raises(NotFound):
            await channels.get(world.context, world.acme, channel.id)
        assert await channels.list_all(world.context, world.acme) == []
        assert await world.rows("SELECT event, status FROM notifications") == [
            {"event": "down", "status": "cancelled"}
        ]
        row = await world.row("SELECT name, settings, sealed_secrets, is_active FROM channels")
        assert row == {"name": "Ops", "settings": "{}", "sealed_secrets": None, "is_active": 0}

    @pytest.mark.parametrize("change", ["is_active = 0", "deleted_at = 1"])
    async def test_a_page_names_only_channels_that_are_told(
        self, world: Watched, change: str
    ) -> None:
        gone, kept = await add(world), await add(world)
        settings = HttpSettings(url="https://shop.example/")
        shop = await monitors.add(world.context, world.acme, New(settings=settings))
        async with world.context.database.write() as session:
            await session.run(f"UPDATE channels SET {change} WHERE id = :id", {"id": gone.id})
        told = await channels.told_of(world.context, world.acme, [shop])
        assert told == {shop.id: (kept.id,)}

    async def test_a_monitor_that_chose_nothing_else_is_told_of_everywhere(
        self, world: Watched
    ) -> None:
        one, other = await add(world), await add(world)
        settings = HttpSettings(url="https://shop.example/")
        ids = [
            (
                await monitors.add(world.context, world.acme, New(settings=settings, channel_ids=c))
            ).id
            for c in ((one.id,), (one.id, other.id), (other.id,), ())
        ]
        await channels.delete(world.context, world.acme, one.id)
        left = [(await monitors.get(world.context, world.acme, id_)).channel_ids for id_ in ids]
        assert left == [None, (other.id,), (other.id,), ()]


class TestRinging:
    async def test_who_adds_changes_or_deletes_one_rings_at_its_place(self, world: Watched) -> None:
        bakery = await world.people.customer(world.acme.organization_id, "Bakery")
        world.bells.rung.clear()
        world.bells.places.clear()
        channel = await add(world, customer_id=bakery)
        change = ChannelChange(is_active=False)
        await channels.change(world.context, world.acme, channel.id, change)
        await channels.change(world.context, world.acme, channel.id, change)
        await channels.delete(world.context, world.acme, channel.id)
        assert world.bells.rung == ["owed", "owed", "changed"], "what changes nothing is silent"
        assert world.bells.places == [Place(world.acme.organization_id, bakery)] * 3


class TestTrying:
    async def test_a_test_is_owed_at_once_and_shown_in_the_log(self, world: Watched) -> None:
        channel = await add(world)
        world.bells.rung.clear()
        world.bells.places.clear()
        first = await channels.send_test(world.context, world.acme, channel.id)
        second = await channels.send_test(world.context, world.acme, channel.id)
        assert world.bells.rung == ["owed", "owed"]
        assert world.bells.places == [Place(world.acme.organization_id)] * 2
        rows = await world.rows("SELECT id, incident_id, event, due_at FROM notifications")
        now = world.clock.now()
        assert rows == [
            {"id": one, "incident_id": None, "event": "test", "due_at": now}
            for one in (first, second)
        ]
        await world.insert(
            "INSERT INTO delivery_attempts (notification_id, attempt, at, ok, answer, took_ms)"
            " VALUES (:n, 1, :at, 1, 'accepted', 12) RETURNING id",
            n=second,
            at=now,
        )
        newest, oldest = await channels.deliveries(world.context, world.acme, channel.id)
        assert (newest.id, newest.event, newest.status) == (second, "test", "owed")
        assert newest.attempts == (channels.Attempt(1, now, True, "accepted", 12),)
        assert oldest.attempts == ()
        rest = await channels.deliveries(world.context, world.acme, channel.id, before_id=second)
        assert [one.id for one in rest] == [first]

    async def test_the_log_names_the_monitor(self, world: Watched) -> None:
        channel = await add(world)
        shop = await monitors.add(
            world.context, world.acme, New(settings=HttpSettings(url="https://shop.example/"))
        )
        await world.goes_down(shop.id)
        (told,) = await channels.deliveries(world.context, world.acme, channel.id)
        assert (told.event, told.incident_id, told.monitor_name) == ("down", 1, "shop.example")

    async def test_one_that_is_not_stored_can_be_tried(self, world: Watched) -> None:
        sent: list[Message] = []

        class Recording:
            async def send(self, message: Message) -> Delivery:
                sent.append(message)
                return Delivery(DeliveryStatus.SENT, "accepted", 0)

        context = msgspec.structs.replace(world.context, senders={WEBHOOK: Recording()})
        message = await channels.trial(
            context, world.acme, NewChannel(kind=WEBHOOK, name="Try", settings=HOOK)
        )
        delivery = await channels.try_out(context, world.acme, message)
        assert delivery.answer == "accepted"
        assert sent == [message]
        assert (message.event, message.channel.as_webhook().secret) == ("test", "s3cret")
        assert message.allow_private
        assert await world.rows("SELECT * FROM channels") == []
        foreign = await channels.trial(
            context, world.zenith, NewChannel(kind=WEBHOOK, name="Try", settings=HOOK)
        )
        assert not foreign.allow_private
        refusals: list[tuple[Message, type[FenerError]]] = [(foreign, OutOfReach)]
        mail = NewChannel(kind=EMAIL, name="Try", settings={"to": "a@b.example"})
        refusals.append((await channels.trial(context, world.acme, mail), Invalid))
        for tried, error in refusals:
            with pytest.raises(error):
                await channels.try_out(context, world.acme, tried)
