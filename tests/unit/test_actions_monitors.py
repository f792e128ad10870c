"""What people do with monitors, on a real store."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace

from fener.actions import monitors
from fener.actions.monitors import Change, New
from fener.domain.credentials import (
    BasicCredentials,
    BearerCredentials,
    ClientCertificate,
    Credentials,
    HeaderCredentials,
)
from fener.domain.errors import Conflict, FenerError, Invalid, NotFound, NotPermitted, OutOfReach
from fener.domain.health import Health, MonitorState
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings, JsonAssertion
from fener.domain.monitor import Monitor
from fener.domain.people import Role
from fener.domain.time import DAY, HOUR, MINUTE, SECOND
from fener.storage import watching
from fener.storage.settlements import write_belief
from support.certificates import make_authority
from support.watched import REFUSED, Watched, watched_world

SHOP = HttpSettings(url="https://shop.example/")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched_world(tmp_path) as made:
        yield made


async def shop(world: Watched, **given: object) -> Monitor:
    new = New(settings=SHOP, **given)  # type: ignore[arg-type]
    return await monitors.add(world.context, world.acme, new)


def client_certificate(folder: Path) -> ClientCertificate:
    text = make_authority(folder).written("prober.test").read_text()
    start = text.index("-----BEGIN CERTIFICATE")
    return ClientCertificate(text[start:], text[:start])


async def state_of(world: Watched, monitor: Monitor) -> MonitorState:
    async with world.context.database.read() as session:
        return await watching.state_of(session, monitor.id)


async def refused(world: Watched, new: New) -> Invalid:
    with pytest.raises(Invalid) as caught:
        await monitors.add(world.context, world.acme, new)
    return caught.value


class TestAdding:
    async def test_a_monitor_needs_nothing_but_an_address(self, world: Watched) -> None:
        monitor = await shop(world)
        assert monitor.name == "shop.example"
        assert (monitor.interval, monitor.timeout) == (60 * SECOND, 10 * SECOND)
        assert monitor.location_ids == (1,)
        assert monitor.channel_ids is None
        assert monitor.owner_id == world.acme.user_id
        assert await monitors.get(world.context, world.acme, monitor.id) == monitor
        assert await monitors.get(world.context, world.acme, monitor.public_id) == monitor

    async def test_the_scheduler_hears_of_it(self, world: Watched) -> None:
        """It checks by itself what is new: to ring for a check as well would make two."""
        monitor = await shop(world)
        assert world.bells.rung == ["changed"]
        assert ("monitor.add", f"monitor:{monitor.id}") in await world.audited()

    async def test_a_paused_one_is_not_checked(self, world: Watched) -> None:
        monitor = await shop(world, paused=True)
        assert monitor.paused_at == world.clock.now()
        assert world.bells.rung == ["changed"]
        again = await monitors.get(world.context, world.acme, monitor.id)
        assert again.paused_at == monitor.paused_at

    async def test_a_short_interval_shortens_the_timeout_nobody_chose(self, world: Watched) -> None:
        assert (await shop(world, interval=2 * SECOND)).timeout == 2 * SECOND

    async def test_what_a_token_adds_belongs_to_the_owner(self, world: Watched) -> None:
        token = type(world.acme)(
            world.acme.organization_id, Role.ADMIN, world.acme.credential, token_id=7
        )
        monitor = await monitors.add(world.context, token, New(settings=SHOP))
        assert monitor.owner_id == world.acme.user_id

    async def test_who_is_limited_adds_to_their_own_first_customer(self, world: Watched) -> None:
        people, acme = world.people, world.acme.organization_id
        theirs = await people.customer(acme, "Bakery")
        limited = await people.member(acme, Role.USER, "u@acme.example", (theirs,))
        monitor = await monitors.add(world.context, limited, New(settings=SHOP))
        assert monitor.customer_id == theirs

    async def test_a_failed_addition_leaves_nothing_behind(self, world: Watched) -> None:
        await refused(world, New(settings=SHOP, channel_ids=(99,)))
        assert await world.rows("SELECT * FROM monitors") == []
        assert world.bells.rung == []


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://example.com", "https://example.com"),
        ("  http://example.com:8080/a?b=c#top ", "http://example.com:8080/a?b=c"),
        ("example.com/health", "https://example.com/health"),
        ("localhost:8080", "https://localhost:8080"),
        ("https://münchen.example/straße", "https://münchen.example/straße"),
        ("http://[::1]:81/", "http://[::1]:81/"),
    ],
)
async def test_an_address_is_kept_as_it_was_typed(world: Watched, typed: str, stored: str) -> None:
    monitor = await monitors.add(world.context, world.acme, New(settings=HttpSettings(url=typed)))
    assert monitor.target == stored


@pytest.mark.parametrize(
    "settings",
    [
        HttpSettings(url=""),
        HttpSettings(url="ftp://example.com/"),
        HttpSettings(url="javascript:alert(1)"),
        HttpSettings(url="https://"),
        HttpSettings(url="https://exa mple.com/"),
        HttpSettings(url="https://example.com:99999/"),
        HttpSettings(url="https://example.com/\x00"),
        HttpSettings(url="https://0x7f.1/"),
        HttpSettings(url="https://example.com/" + "a" * 2_048),
        HttpSettings(url="https://example.com/", method="BREW"),
        HttpSettings(url="https://example.com/", expected_status=""),
        HttpSettings(url="https://example.com/", expected_status="600"),
        HttpSettings(url="https://example.com/", expected_status="300-200"),
        HttpSettings(url="https://example.com/", expected_status="ok"),
        HttpSettings(url="https://example.com/", expected_status="200-"),
        HttpSettings(url="https://example.com/", headers=(("X-A", "b\r\nX-C: d"),)),
        HttpSettings(url="https://example.com/", headers=(("X A", "b"),)),
        HttpSettings(url="https://example.com/", headers=(("", "b"),)),
        HttpSettings(url="https://example.com/", headers=(("Content-Length", "3"),)),
        HttpSettings(url="https://example.com/", headers=(("X-A", "b"),) * 51),
        HttpSettings(url="https://example.com/", expected_headers=(("X-A", "b\n"), ("", ""))),
        HttpSettings(url="https://example.com/", body="x" * 65_537),
        HttpSettings(url="https://example.com/", body="a\x00b"),
        HttpSettings(url="https://example.com/", keyword="x" * 1_001),
        HttpSettings(url="https://example.com/", keyword="x", method="HEAD"),
        HttpSettings(url="https://example.com/", keyword_absent="x" * 1_001),
        HttpSettings(url="https://example.com/", pattern="(", method="GET"),
        HttpSettings(url="https://example.com/", pattern="a{99999999999}"),
        HttpSettings(url="https://example.com/", pattern="(" * 900),
        HttpSettings(url="https://example.com/", pattern="x", method="HEAD"),
        HttpSettings(url="https://example.com/", json=(JsonAssertion("a.b"),)),
        HttpSettings(url="https://example.com/", json=(JsonAssertion("$..a"),)),
        HttpSettings(url="https://example.com/", json=(JsonAssertion("$.a", "x" * 1_001),)),
        HttpSettings(url="https://example.com/", json=(JsonAssertion("$.a"),) * 21),
        HttpSettings(url="https://example.com/", least_size=-1),
        HttpSettings(url="https://example.com/", most_size=1_048_577),
        HttpSettings(url="https://example.com/", least_size=10, most_size=9),
        HttpSettings(url="https://example.com/", least_size=10, method="HEAD"),
    ],
)
async def test_what_cannot_be_asked_of_a_target_is_refused(
    world: Watched, settings: HttpSettings
) -> None:
    error = await refused(world, New(settings=settings))
    assert error.field in {
        "url",
        "method",
        "expected_status",
        "headers",
        "expected_headers",
        "body",
        "keyword",
        "keyword_absent",
        "pattern",
        "json",
        "least_size",
        "most_size",
    }


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "x" * 256}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"interval": 999}, "interval"),
        ({"interval": 32 * DAY}, "interval"),
        ({"timeout": 499}, "timeout"),
        ({"timeout": 61 * SECOND}, "timeout"),
        ({"timeout": 3 * SECOND, "interval": 2 * SECOND}, "timeout"),
        ({"location_ids": (1, 99)}, "location_ids"),
        ({"location_ids": ()}, "location_ids"),
        ({"channel_ids": (99,)}, "channel_ids"),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(
    world: Watched, given: dict[str, object], field: str
) -> None:
    assert (await refused(world, New(settings=SHOP, **given))).field == field  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "stored"),
    [("200", "200"), (" 2xx , 301", "200-299,301"), ("200,301-308,", "200,301-308")],
)
async def test_expected_status_is_made_uniform(world: Watched, written: str, stored: str) -> None:
    settings = HttpSettings(url="https://example.com/", expected_status=written)
    monitor = await monitors.add(world.context, world.acme, New(settings=settings))
    assert isinstance(monitor.settings, HttpSettings)
    assert monitor.settings.expected_status == stored


class TestSecrets:
    @pytest.mark.parametrize(
        ("settings", "credentials", "kept"),
        [
            (
                HttpSettings(url="https://me:p%40ss@example.com/"),
                None,
                BasicCredentials("me", "p@ss"),
            ),
            (
                HttpSettings(url="https://example.com/", headers=(("authorization", "Key abc"),)),
                None,
                HeaderCredentials("Key abc"),
            ),
            (
                HttpSettings(url="https://example.com/"),
                BearerCredentials("abc"),
                BearerCredentials("abc"),
            ),
        ],
    )
    async def test_they_are_stored_sealed(
        self,
        world: Watched,
        settings: HttpSettings,
        credentials: Credentials | None,
        kept: Credentials,
    ) -> None:
        new = New(settings=settings, credentials=credentials)
        monitor = await monitors.add(world.context, world.acme, new)
        assert monitor.credentials == kept
        assert monitor.target == "https://example.com/"
        row = await world.row("SELECT settings, target, sealed_credentials FROM monitors")
        assert not any(part in str(row) for part in ("p@ss", "p%40ss", "abc"))

    async def test_given_twice_they_are_refused(self, world: Watched) -> None:
        url = HttpSettings(url="https://me:secret@example.com/")
        error = await refused(world, New(settings=url, credentials=BearerCredentials("abc")))
        assert error.field == "credentials"
        assert "secret" not in error.message

    @pytest.mark.parametrize(
        "credentials",
        [
            BasicCredentials("a:b", "c"),
            BasicCredentials("", "c"),
            BearerCredentials(""),
            BearerCredentials("a\r\nb"),
            HeaderCredentials("x" * 4_097),
        ],
    )
    async def test_bad_ones_are_refused(self, world: Watched, credentials: Credentials) -> None:
        error = await refused(world, New(settings=SHOP, credentials=credentials))
        assert error.field == "credentials"

    async def test_a_client_certificate_is_sealed_with_them(
        self, world: Watched, tmp_path: Path
    ) -> None:
        own = client_certificate(tmp_path)
        monitor = await shop(world, client_certificate=own, credentials=BearerCredentials("abc"))
        assert monitor.client_certificate == own
        row = await world.row("SELECT settings, sealed_credentials FROM monitors")
        assert "BEGIN" not in str(row)
        after = await monitors.change(
            world.context, world.acme, monitor.id, Change(credentials=None)
        )
        assert (after.credentials, after.client_certificate) == (None, own)
        after = await monitors.change(
            world.context, world.acme, monitor.id, Change(client_certificate=None)
        )
        assert after.client_certificate is None

    async def test_a_client_certificate_that_cannot_work_is_refused(
        self, world: Watched, tmp_path: Path
    ) -> None:
        own, other = client_certificate(tmp_path), client_certificate(tmp_path)
        for bad in (
            ClientCertificate(own.certificate, other.key),
            ClientCertificate("", own.key),
            ClientCertificate(own.certificate, ""),
            ClientCertificate(own.key, own.certificate),
            ClientCertificate(own.certificate, own.key.replace("A", "B")),
            ClientCertificate(own.certificate * 100, own.key),
            ClientCertificate("\ud800", own.key),
        ):
            error = await refused(world, New(settings=SHOP, client_certificate=bad))
            assert error.field == "client_certificate"
            assert "BEGIN" not in error.message

    async def test_they_stay_while_other_things_change(self, world: Watched) -> None:
        monitor = await shop(world, credentials=BearerCredentials("abc"))
        change = Change(settings=HttpSettings(url="https://shop.example/cart"))
        after = await monitors.change(world.context, world.acme, monitor.id, change)
        assert after.credentials == BearerCredentials("abc")
        after = await monitors.change(
            world.context, world.acme, monitor.id, Change(credentials=None)
        )
        assert after.credentials is None


class TestScope:
    async def test_another_organizations_monitor_is_out_of_reach(self, world: Watched) -> None:
        monitor = await shop(world)
        for deed in (monitors.get, monitors.pause, monitors.delete, monitors.check_now):
            with pytest.raises(OutOfReach):
                await deed(world.context, world.zenith, monitor.id)
        with pytest.raises(OutOfReach):
            await monitors.change(world.context, world.zenith, monitor.id, Change(name="Mine"))

    async def test_so_is_that_of_a_customer_who_is_not_theirs(self, world: Watched) -> None:
        monitor = await shop(world)
        acme = world.acme.organization_id
        bakery = await world.people.customer(acme, "Bakery")
        limited = await world.people.member(acme, Role.USER, "u@acme.example", (bakery,))
        with pytest.raises(OutOfReach):
            await monitors.get(world.context, limited, monitor.id)
        new = New(settings=SHOP, customer_id=monitor.customer_id)
        with pytest.raises(OutOfReach):
            await monitors.add(world.context, limited, new)

    async def test_readonly_sees_and_changes_nothing(self, world: Watched) -> None:
        monitor = await shop(world)
        reader = await world.people.member(
            world.acme.organization_id, Role.READONLY, "r@acme.example"
        )
        assert await monitors.get(world.context, reader, monitor.id) == monitor
        for deed in (monitors.pause, monitors.resume, monitors.delete, monitors.check_now):
            with pytest.raises(NotPermitted):
                await deed(world.context, reader, monitor.id)
        with pytest.raises(NotPermitted):
            await monitors.add(world.context, reader, New(settings=SHOP))

    async def test_unknown_ids_are_not_found(self, world: Watched) -> None:
        for identifier in (99, 2**63, UUID(int=1)):
            with pytest.raises(NotFound):
                await monitors.get(world.context, world.acme, identifier)
        with pytest.raises(NotFound):
            await monitors.add(world.context, world.acme, New(settings=SHOP, customer_id=99))

    async def test_it_moves_only_to_a_customer_within_reach(self, world: Watched) -> None:
        monitor = await shop(world)
        (other,) = await world.rows(
            "SELECT id FROM customers WHERE organization_id = :o", o=world.zenith.organization_id
        )
        change = Change(customer_id=other["id"])
        with pytest.raises(OutOfReach):
            await monitors.change(world.context, world.acme, monitor.id, change)

    async def test_its_move_is_heard_where_it_was_and_where_it_is(self, world: Watched) -> None:
        monitor = await shop(world)
        beta = await world.people.customer(world.acme.organization_id, "Beta")
        world.bells.places.clear()
        await monitors.change(world.context, world.acme, monitor.id, Change(customer_id=beta))
        both = [monitor.place, replace(monitor.place, customer_id=beta)]
        assert world.bells.places == [*both, *both]
        assert world.bells.rung[-2:] == ["changed", "incident"]


class TestChanging:
    async def test_only_what_is_named_changes(self, world: Watched) -> None:
        monitor = await shop(world, interval=5 * MINUTE, timeout=20 * SECOND)
        change = Change(name="Shop", location_ids=(2, 1, 2))
        after = await monitors.change(world.context, world.acme, monitor.id, change)
        assert (after.name, after.location_ids) == ("Shop", (1, 2))
        assert (after.interval, after.timeout) == (monitor.interval, monitor.timeout)
        row = await world.row("SELECT detail FROM audit_entries WHERE action = 'monitor.change'")
        assert row["detail"] == '{"changed":["name","location_ids"]}'

    async def test_a_shorter_interval_shortens_the_timeout(self, world: Watched) -> None:
        monitor = await shop(world)
        change = Change(interval=3 * SECOND)
        after = await monitors.change(world.context, world.acme, monitor.id, change)
        assert after.timeout == 3 * SECOND

    async def test_nothing_changed_is_nothing_done(self, world: Watched) -> None:
        monitor = await shop(world)
        world.bells.rung.clear()
        before = await world.audited()
        change = Change(name=monitor.name, location_ids=(1,), paused=False)
        assert await monitors.change(world.context, world.acme, monitor.id, change) == monitor
        assert world.bells.rung == []
        assert await world.audited() == before

    async def test_its_kind_stays(self, world: Watched) -> None:
        monitor = await shop(world)
        change = Change(settings=HeartbeatSettings(EveryInterval(HOUR)))
        with pytest.raises(Invalid):
            await monitors.change(world.context, world.acme, monitor.id, change)

    async def test_incidents_move_along_with_their_monitor(self, world: Watched) -> None:
        monitor = await shop(world)
        await world.goes_down(monitor.id)
        bakery = await world.people.customer(world.acme.organization_id, "Bakery")
        await monitors.change(world.context, world.acme, monitor.id, Change(customer_id=bakery))
        assert await world.row("SELECT customer_id FROM incidents") == {"customer_id": bakery}
        totals = await world.rows("SELECT id, incidents_total FROM customers ORDER BY id")
        assert [row["incidents_total"] for row in totals if row["id"] == bakery] == [1]
        assert sum(row["incidents_total"] for row in totals) == 1

    async def test_a_chosen_channel_must_fit_the_customer(self, world: Watched) -> None:
        acme = world.acme.organization_id
        bakery = await world.people.customer(acme, "Bakery")
        channel = await world.insert(
            "INSERT INTO channels (organization_id, customer_id, kind, name, created_at,"
            " updated_at) VALUES (:o, :c, 'email', 'Bakers', 0, 0) RETURNING id",
            o=acme,
            c=bakery,
        )
        error = await refused(world, New(settings=SHOP, channel_ids=(channel,)))
        assert "Bakers" in error.message
        new = New(settings=SHOP, channel_ids=(channel, channel), customer_id=bakery)
        monitor = await monitors.add(world.context, world.acme, new)
        assert monitor.channel_ids == (channel,)


class TestPausing:
    async def test_it_ends_the_incident_without_a_word(self, world: Watched) -> None:
        await world.insert(
            "INSERT INTO channels (organization_id, kind, name, created_at, updated_at)"
            " VALUES (:o, 'email', 'Mail', 0, 0) RETURNING id",
            o=world.acme.organization_id,
        )
        monitor = await shop(world)
        await world.goes_down(monitor.id)
        await monitors.pause(world.context, world.acme, monitor.id)
        incident = await world.row("SELECT * FROM incidents")
        assert (incident["status"], incident["resolution"]) == ("resolved", "paused")
        assert incident["end_at"] == incident["resolved_at"] == world.clock.now()
        assert (incident["end_check_id"], incident["remind_at"]) == (0, None)
        assert await world.rows("SELECT event, status FROM notifications") == [
            {"event": "down", "status": "cancelled"}
        ]
        last = (await world.rows("SELECT kind, user_id FROM incident_events"))[-1]
        assert last == {"kind": "resolved", "user_id": world.acme.user_id}

    async def test_health_is_unknown_afterwards(self, world: Watched) -> None:
        monitor = await shop(world)
        await world.goes_down(monitor.id)
        before = await state_of(world, monitor)
        await monitors.pause(world.context, world.acme, monitor.id)
        state = await state_of(world, monitor)
        assert state.health is Health.UNKNOWN
        assert state.recheck_at is None
        (streak,) = state.problems.popitem()[1].streaks.values()
        (known,) = before.problems.popitem()[1].streaks.values()
        assert (streak.judged_at, streak.failing) == (known.judged_at, False)
        moved = await world.rows("SELECT before, after, why, check_id FROM transitions")
        assert moved[-1] == {"before": "down", "after": "unknown", "why": "paused", "check_id": 0}

    async def test_results_that_come_late_are_not_recorded(self, world: Watched) -> None:
        monitor = await shop(world)
        await monitors.pause(world.context, world.acme, monitor.id)
        await world.saw(monitor.id, REFUSED)
        assert await world.rows("SELECT * FROM all_results") == []

    async def test_pausing_twice_is_pausing_once(self, world: Watched) -> None:
        monitor = await shop(world)
        once = await monitors.pause(world.context, world.acme, monitor.id)
        await world.clock.advance(SECOND)
        assert await monitors.pause(world.context, world.acme, monitor.id) == once

    async def test_resumed_it_is_watched_from_the_beginning(self, world: Watched) -> None:
        monitor = await shop(world)
        await world.goes_down(monitor.id)
        await monitors.pause(world.context, world.acme, monitor.id)
        world.bells.rung.clear()
        resumed = await monitors.resume(world.context, world.acme, monitor.id)
        assert resumed.paused_at is None
        assert world.bells.rung == ["changed"]
        await world.goes_down(monitor.id)
        statuses = await world.rows("SELECT status FROM incidents ORDER BY id")
        assert [row["status"] for row in statuses] == ["resolved", "open"]
        deeds = [action for action, _ in await world.audited() if action.startswith("monitor")]
        assert deeds == ["monitor.add", "monitor.pause", "monitor.resume"]

    async def test_a_deleted_incident_stays_silenced(self, world: Watched) -> None:
        monitor = await shop(world)
        await world.goes_down(monitor.id)
        state = await state_of(world, monitor)
        ((problem, belief),) = state.problems.items()
        belief = type(belief)(
            **{f: getattr(belief, f) for f in belief.__struct_fields__} | {"silenced": True}
        )
        async with world.context.database.write() as session:
            await session.run("DELETE FROM incidents")
            await write_belief(session, monitor.id, MonitorState(problems={problem: belief}))
        await monitors.pause(world.context, world.acme, monitor.id)
        await monitors.resume(world.context, world.acme, monitor.id)
        await world.goes_down(monitor.id)
        assert await world.rows("SELECT * FROM incidents") == []


class TestDeleting:
    async def test_it_is_gone_but_its_incidents_stay(self, world: Watched) -> None:
        monitor = await shop(world)
        await world.goes_down(monitor.id)
        await monitors.delete(world.context, world.acme, monitor.id)
        with pytest.raises(NotFound):
            await monitors.get(world.context, world.acme, monitor.id)
        incident = await world.row("SELECT status, resolution FROM incidents")
        assert incident == {"status": "resolved", "resolution": "monitor_deleted"}
        row = await world.row("SELECT deleted_at FROM monitors")
        assert row["deleted_at"] == world.clock.now()
        assert world.bells.rung[-2:] == ["changed", "incident"]
        assert ("monitor.delete", f"monitor:{monitor.id}") in await world.audited()

    async def test_it_cannot_be_deleted_twice(self, world: Watched) -> None:
        monitor = await shop(world)
        await monitors.delete(world.context, world.acme, monitor.id)
        with pytest.raises(NotFound):
            await monitors.delete(world.context, world.acme, monitor.id)


class TestCheckingNow:
    async def test_it_rings_for_one_check(self, world: Watched) -> None:
        monitor = await shop(world)
        world.bells.rung.clear()
        await monitors.check_now(world.context, world.acme, monitor.public_id)
        assert world.bells.rung == [f"check {monitor.id}"]

    async def test_not_while_paused_and_not_of_a_heartbeat(self, world: Watched) -> None:
        paused = await shop(world, paused=True)
        job = await monitors.add(
            world.context,
            world.acme,
            New(settings=HeartbeatSettings(EveryInterval(HOUR)), name="Backup"),
        )
        world.bells.rung.clear()
        refusals: list[tuple[Monitor, type[FenerError]]] = [(paused, Conflict), (job, Invalid)]
        for monitor, error in refusals:
            with pytest.raises(error):
                await monitors.check_now(world.context, world.acme, monitor.id)
        assert world.bells.rung == []
