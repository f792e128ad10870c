"""What every notify store must do (`fener.ports.NotifyStore`), run on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from fener.domain.failure import Facts, FailureReason
from fener.domain.kinds import Kind
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.message import DeliveryStatus
from fener.domain.notification import LEASE, MAX_ATTEMPTS, ChannelKind, Event
from fener.domain.place import Place
from fener.domain.time import HOUR, MINUTE, SECOND
from fener.storage.notifying import SqlNotifyStore
from fener.storage.queries import statements
from fener.storage.sealing import Sealer
from support.outbox import Outbox, opened_outbox
from support.store import NOON, add_monitor

OPENED = NOON + 2 * MINUTE + 2
"""When the incidents of these tests open: the third failing check is answered."""


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    async with opened_outbox(tmp_path) as opened:
        yield opened


class TestLease:
    async def test_nothing_owed_is_nothing_leased(self, outbox: Outbox) -> None:
        await outbox.channel()
        assert await outbox.lease() == []

    async def test_a_message_brings_all_that_a_sender_needs(self, outbox: Outbox) -> None:
        channel_id = await outbox.channel(
            "Hook", settings={"url": "https://hook.example/x"}, secrets={"secret": "s3cret"}
        )
        fields = {"tier": "gold"}
        monitor_id = await add_monitor(
            outbox.seeded, HttpSettings("https://shop.example/", extra={"customFields": fields})
        )
        await outbox.goes_down(monitor_id)
        message = await outbox.lease_one()
        incident = await outbox.row("SELECT * FROM incidents")
        assert (message.event, message.step, message.attempt) == (Event.DOWN, 0, 1)
        assert message.dedup_key == f"{incident['id']}:down:{channel_id}:0"
        assert message.key == f"{incident['public_id']}:down:{channel_id}:0"
        assert message.channel.as_webhook().url == "https://hook.example/x"
        assert message.channel.as_webhook().secret == "s3cret"
        assert message.language == "en"
        assert not message.allow_private
        subject, facts = message.subject, message.incident
        assert subject is not None
        assert facts is not None
        assert (subject.monitor_id, subject.name, subject.kind) == (monitor_id, "Shop", Kind.HTTP)
        assert (subject.target, subject.custom_fields) == ("https://shop.example/", fields)
        assert subject.customer_id == outbox.seeded.customer_id
        assert subject.customer_name == "Acme"
        assert message.place == await outbox.place()
        assert (facts.id, str(facts.public_id)) == (incident["id"], incident["public_id"])
        assert (facts.start_at, facts.opened_at, facts.failed_checks) == (NOON, OPENED, 3)
        assert (facts.message, facts.end_at) == ("connection refused", None)
        assert facts.reason is FailureReason.CONNECTION_REFUSED
        assert facts.facts == Facts(detail="connection refused")

    async def test_a_recovery_brings_the_end(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.comes_up(await outbox.goes_down())
        await outbox.sent(await outbox.lease_one())
        facts = (await outbox.lease_one()).incident
        assert facts is not None
        assert facts.end_at == NOON + 3 * MINUTE
        assert facts.resolved_at == NOON + 4 * MINUTE + 2

    async def test_a_heartbeat_has_no_target(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        settings = msgspec.json.encode(HeartbeatSettings(EveryInterval(HOUR))).decode()
        await outbox.run(
            "UPDATE monitors SET kind = 'heartbeat', target = '', settings = :s", s=settings
        )
        subject = (await outbox.lease_one()).subject
        assert subject is not None
        assert (subject.kind, subject.target) == (Kind.HEARTBEAT, "")

    async def test_the_organization_says_whether_private_addresses_may_be_told(
        self, outbox: Outbox
    ) -> None:
        await outbox.run("UPDATE organizations SET allow_private = 1")
        await outbox.channel()
        await outbox.goes_down()
        assert (await outbox.lease_one()).allow_private

    async def test_mail_is_in_the_language_of_who_has_the_address(self, outbox: Outbox) -> None:
        await outbox.run("UPDATE users SET language = 'tr' WHERE email = 'o@example.com'")
        for settings in (
            {"to": "O@example.com"},
            {"to": "o@example.com", "language": "de"},
            {"to": "x@example.com"},
        ):
            await outbox.channel(str(settings), ChannelKind.EMAIL, settings)
        await outbox.goes_down()
        leased = sorted(await outbox.lease(), key=lambda message: message.channel.id)
        assert [message.language for message in leased] == ["tr", "de", "en"]

    async def test_a_leased_message_is_not_leased_again(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.lease_one()
        await outbox.clock.advance(LEASE - 1)
        assert await outbox.lease() == []

    async def test_a_lease_that_ran_out_is_another_attempt_under_the_same_key(
        self, outbox: Outbox
    ) -> None:
        await outbox.channel()
        await outbox.goes_down()
        lost = await outbox.lease_one()
        await outbox.clock.advance(LEASE)
        again = await outbox.lease_one()
        assert (again.key, again.attempt) == (lost.key, 2)

    async def test_who_is_alone_takes_over_at_once(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        lost = await outbox.lease_one()
        await outbox.notify.forget_leases()
        assert (await outbox.lease_one()).key == lost.key

    async def test_a_channel_has_one_message_at_a_time_and_holds_up_no_other(
        self, outbox: Outbox
    ) -> None:
        one, other = await outbox.channel("One"), await outbox.channel("Other")
        await outbox.goes_down()
        await outbox.goes_down()
        first = await outbox.lease()
        assert sorted(message.channel.id for message in first) == [one, other]
        assert await outbox.lease() == []
        await outbox.sent(next(message for message in first if message.channel.id == other))
        assert (await outbox.lease_one()).channel.id == other

    async def test_no_more_than_asked_for(self, outbox: Outbox) -> None:
        for name in ("One", "Two", "Three"):
            await outbox.channel(name)
        await outbox.goes_down()
        assert len(await outbox.lease(2)) == 2
        assert len(await outbox.lease(2)) == 1

    async def test_a_recovery_waits_for_its_down_message(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.comes_up(await outbox.goes_down())
        down = await outbox.lease_one()
        assert down.event is Event.DOWN
        await outbox.unsent(down)
        assert await outbox.lease() == []
        await outbox.clock.advance(5 * SECOND)
        again = await outbox.lease_one()
        assert again.event is Event.DOWN
        await outbox.sent(again)
        assert (await outbox.lease_one()).event is Event.RECOVERED

    async def test_other_incidents_do_not_wait_for_one_that_is_tried_again(
        self, outbox: Outbox
    ) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.goes_down()
        first = await outbox.lease_one()
        await outbox.unsent(first)
        second = await outbox.lease_one()
        assert second.incident != first.incident

    async def test_a_recovery_is_told_though_its_down_message_was_given_up(
        self, outbox: Outbox
    ) -> None:
        await outbox.channel()
        await outbox.comes_up(await outbox.goes_down())
        await outbox.refused(await outbox.lease_one())
        assert (await outbox.lease_one()).event is Event.RECOVERED
        assert await outbox.statuses() == [("down", "failed"), ("recovered", "owed")]


class TestDelivered:
    async def test_what_was_sent_is_never_leased_again(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        message = await outbox.lease_one()
        await outbox.clock.advance(3 * SECOND)
        await outbox.sent(message)
        await outbox.clock.advance(30 * MINUTE)
        assert await outbox.lease() == []
        row = await outbox.row("SELECT status, sent_at, last_error FROM notifications")
        assert tuple(row.values()) == ("sent", NOON + 3 * SECOND, None)
        incident = await outbox.row("SELECT last_notified_at FROM incidents")
        assert incident["last_notified_at"] == NOON + 3 * SECOND

    async def test_each_attempt_is_a_row_to_read(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.unsent(await outbox.lease_one())
        await outbox.clock.advance(5 * SECOND)
        await outbox.sent(await outbox.lease_one())
        rows = await outbox.rows(
            "SELECT attempt, at, ok, answer, took_ms FROM delivery_attempts ORDER BY id"
        )
        assert [tuple(row.values()) for row in rows] == [
            (1, NOON, 0, "carrier said no", 3_000),
            (2, NOON + 5 * SECOND, 1, "carrier took it", 3_000),
        ]

    async def test_the_timeline_tells_who_was_told(self, outbox: Outbox) -> None:
        channel_id = await outbox.channel("Hook")
        await outbox.goes_down()
        await outbox.sent(await outbox.lease_one())
        assert await outbox.told() == [
            {
                "kind": "notified",
                "at": NOON,
                "channel_id": channel_id,
                "channel": "Hook",
                "event": "down",
                "step": 0,
                "attempt": 1,
                "answer": "carrier took it",
                "final": True,
            }
        ]

    async def test_the_timeline_tells_of_the_first_failure_and_of_the_end(
        self, outbox: Outbox
    ) -> None:
        await outbox.channel()
        await outbox.goes_down()
        for _ in range(3):
            await outbox.unsent(await outbox.lease_one())
            await outbox.clock.advance(HOUR)
        await outbox.refused(await outbox.lease_one())
        told = [(event["kind"], event["attempt"], event["final"]) for event in await outbox.told()]
        assert told == [("notification_failed", 1, False), ("notification_failed", 4, True)]

    async def test_what_failed_is_tried_again_after_a_wait(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.unsent(await outbox.lease_one())
        await outbox.clock.advance(5 * SECOND - 1)
        assert await outbox.lease() == []
        await outbox.clock.advance(1)
        assert (await outbox.lease_one()).attempt == 2

    async def test_a_carrier_that_asks_for_time_gets_it(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.unsent(await outbox.lease_one(), retry_after=90 * SECOND)
        await outbox.clock.advance(89 * SECOND)
        assert await outbox.lease() == []
        await outbox.clock.advance(1 * SECOND)
        assert (await outbox.lease_one()).attempt == 2

    async def test_refused_is_for_good(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.refused(await outbox.lease_one())
        row = await outbox.row("SELECT status, last_error FROM notifications")
        assert tuple(row.values()) == ("failed", "carrier said no")
        await outbox.clock.advance(30 * MINUTE)
        assert await outbox.lease() == []

    async def test_after_the_last_attempt_it_is_given_up(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.run("UPDATE notifications SET attempts = :n", n=MAX_ATTEMPTS - 2)
        await outbox.unsent(await outbox.lease_one())
        assert await outbox.statuses() == [("down", "owed")]
        await outbox.clock.advance(HOUR)
        await outbox.unsent(await outbox.lease_one())
        assert await outbox.statuses() == [("down", "failed")]

    async def test_a_message_that_ends_every_process_is_given_up_too(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.run("UPDATE notifications SET attempts = :n", n=MAX_ATTEMPTS)
        assert await outbox.lease() == []
        row = await outbox.row("SELECT status, last_error FROM notifications")
        assert row["status"] == "failed"
        assert "stopped in the midst" in row["last_error"]
        assert [event["final"] for event in await outbox.told()] == [True]
        assert outbox.unsent_places == [await outbox.place()]

    async def test_an_outcome_that_is_noted_twice_counts_once(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        message = await outbox.lease_one()
        await outbox.sent(message)
        await outbox.sent(message)
        assert len(await outbox.rows("SELECT id FROM delivery_attempts")) == 1
        assert len(await outbox.told()) == 1

    @pytest.mark.parametrize("status", [DeliveryStatus.TRY_AGAIN, DeliveryStatus.REFUSED])
    async def test_a_late_failure_does_not_disturb_who_holds_the_lease_now(
        self, outbox: Outbox, status: DeliveryStatus
    ) -> None:
        await outbox.channel()
        await outbox.goes_down()
        late = await outbox.lease_one()
        await outbox.clock.advance(LEASE)
        await outbox.lease_one()
        await outbox.answered(late, status)
        await outbox.clock.advance(MINUTE)
        assert await outbox.statuses() == [("down", "owed")]
        assert await outbox.lease() == []

    async def test_a_late_success_is_a_success(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        late = await outbox.lease_one()
        await outbox.clock.advance(LEASE)
        second = await outbox.lease_one()
        await outbox.sent(late)
        await outbox.refused(second)
        assert await outbox.statuses() == [("down", "sent")]

    async def test_a_message_whose_row_is_gone_leaves_nothing(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        message = await outbox.lease_one()
        await outbox.run("DELETE FROM incidents")
        await outbox.sent(message)
        assert await outbox.rows("SELECT id FROM delivery_attempts") == []
        assert await outbox.lease() == []


class TestMoot:
    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ("is_active = 0", "The channel was switched off before this could be sent."),
            ("deleted_at = 1", "The channel was deleted before this could be sent."),
        ],
    )
    async def test_a_channel_that_is_off_or_deleted_is_sent_nothing(
        self, outbox: Outbox, change: str, why: str
    ) -> None:
        await outbox.channel()
        await outbox.comes_up(await outbox.goes_down())
        await outbox.run(f"UPDATE channels SET {change}")
        assert await outbox.lease() == []
        rows = await outbox.rows("SELECT status, last_error FROM notifications")
        assert [tuple(row.values()) for row in rows] == [("cancelled", why)] * 2
        assert [(event["event"], event["answer"]) for event in await outbox.told()] == [
            ("down", why),
            ("recovered", why),
        ]
        assert outbox.unsent_places == [await outbox.place()] * 2

    async def test_a_test_belongs_where_its_channel_does(self, outbox: Outbox) -> None:
        channel_id = await outbox.channel()
        await outbox.owe_test(channel_id)
        assert (await outbox.lease_one()).place == Place(outbox.seeded.organization_id)
        await outbox.owe_test(channel_id, "test:n2")
        await outbox.clock.advance(LEASE)
        await outbox.run(
            "UPDATE channels SET deleted_at = 1, customer_id = :c", c=outbox.seeded.customer_id
        )
        assert await outbox.lease() == []
        place = Place(outbox.seeded.organization_id, outbox.seeded.customer_id)
        assert outbox.unsent_places == [place, place]

    async def test_it_stays_cancelled_when_the_channel_is_on_again(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.run("UPDATE channels SET is_active = 0")
        await outbox.lease()
        await outbox.run("UPDATE channels SET is_active = 1")
        assert await outbox.lease() == []

    async def test_what_is_under_way_is_not_cancelled(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        message = await outbox.lease_one()
        await outbox.run("UPDATE channels SET is_active = 0")
        await outbox.lease()
        assert await outbox.statuses() == [("down", "owed")]
        await outbox.sent(message)
        assert await outbox.statuses() == [("down", "sent")]

    @pytest.mark.parametrize(
        ("resolution", "why"),
        [
            ("paused", "The monitor was paused before this could be sent."),
            ("monitor_deleted", "The monitor was deleted before this could be sent."),
        ],
    )
    async def test_nobody_hears_of_a_monitor_that_is_not_watched_any_more(
        self, outbox: Outbox, resolution: str, why: str
    ) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.run("UPDATE incidents SET status = 'resolved', resolution = :r", r=resolution)
        assert await outbox.lease() == []
        row = await outbox.row("SELECT status, last_error FROM notifications")
        assert tuple(row.values()) == ("cancelled", why)

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ("acknowledged_at = 1", "acknowledged before this reminder"),
            ("status = 'resolved', resolution = 'by_hand'", "over before this reminder"),
        ],
    )
    async def test_a_reminder_that_came_too_late_is_not_sent(
        self, outbox: Outbox, change: str, why: str
    ) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.sent(await outbox.lease_one())
        await outbox.clock.advance(2 * HOUR)
        await outbox.notify.owe_reminders(outbox.clock.now())
        await outbox.run(f"UPDATE incidents SET {change}")
        assert await outbox.lease() == []
        assert await outbox.statuses() == [("down", "sent"), ("reminder", "cancelled")]
        (_, event) = await outbox.told()
        assert why in event["answer"]

    async def test_the_message_of_an_outage_is_sent_though_it_is_acknowledged(
        self, outbox: Outbox
    ) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.run("UPDATE incidents SET acknowledged_at = 1")
        assert (await outbox.lease_one()).event is Event.DOWN


class TestReminders:
    async def test_each_channel_is_reminded_of_an_open_incident(self, outbox: Outbox) -> None:
        one, other = await outbox.channel("One"), await outbox.channel("Other")
        await outbox.goes_down()
        for message in await outbox.lease():
            await outbox.sent(message)
        assert await outbox.notify.owe_reminders(OPENED + HOUR - 1) == 0
        assert await outbox.notify.owe_reminders(OPENED + HOUR) == 2
        rows = await outbox.rows(
            "SELECT channel_id, step, dedup_key FROM notifications WHERE event = 'reminder'"
        )
        (incident,) = await outbox.rows("SELECT id, remind_at, reminders FROM incidents")
        assert [tuple(row.values()) for row in rows] == [
            (channel_id, 1, f"{incident['id']}:reminder:{channel_id}:1")
            for channel_id in (one, other)
        ]
        assert (incident["remind_at"], incident["reminders"]) == (OPENED + 2 * HOUR, 1)

    async def test_after_a_downtime_of_ours_there_is_one_and_the_next_counts_from_it(
        self, outbox: Outbox
    ) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.sent(await outbox.lease_one())
        late = OPENED + 7 * HOUR
        assert await outbox.notify.owe_reminders(late) == 1
        assert await outbox.notify.owe_reminders(late) == 0
        assert await outbox.notify.owe_reminders(late + HOUR - 1) == 0
        await outbox.clock.advance(8 * HOUR)
        await outbox.sent(await outbox.lease_one())
        assert await outbox.notify.owe_reminders(late + HOUR) == 1
        steps = await outbox.rows("SELECT step FROM notifications WHERE event = 'reminder'")
        assert [row["step"] for row in steps] == [1, 2]

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE incidents SET acknowledged_at = 1",
            "UPDATE incidents SET status = 'resolved', remind_at = NULL",
            "UPDATE channels SET is_active = 0",
            "UPDATE channels SET deleted_at = 1",
            "UPDATE policies SET reminder_every_ms = NULL",
        ],
    )
    async def test_nobody_is_reminded_in_vain(self, outbox: Outbox, change: str) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.sent(await outbox.lease_one())
        await outbox.run(change)
        assert await outbox.notify.owe_reminders(OPENED + HOUR) == 0

    async def test_a_channel_that_has_not_heard_yet_is_not_reminded(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.unsent(await outbox.lease_one())
        assert await outbox.notify.owe_reminders(OPENED + HOUR) == 0
        await outbox.clock.advance(HOUR)
        await outbox.sent(await outbox.lease_one())
        assert await outbox.notify.owe_reminders(OPENED + 2 * HOUR) == 1

    async def test_a_channel_whose_message_was_given_up_is_reminded(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.refused(await outbox.lease_one())
        assert await outbox.notify.owe_reminders(OPENED + HOUR) == 1


class TestNextDue:
    async def test_never_where_nothing_is_owed_and_nothing_open(self, outbox: Outbox) -> None:
        assert await outbox.notify.next_due() is None

    async def test_when_a_message_is_due(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        assert await outbox.notify.next_due() == NOON
        await outbox.unsent(await outbox.lease_one())
        assert await outbox.notify.next_due() == NOON + 5 * SECOND

    async def test_when_the_lease_of_the_channel_runs_out(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.goes_down()
        await outbox.lease_one()
        assert await outbox.notify.next_due() == NOON + LEASE

    async def test_a_recovery_behind_a_failing_message_does_not_count(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.comes_up(await outbox.goes_down())
        await outbox.unsent(await outbox.lease_one())
        assert await outbox.notify.next_due() == NOON + 5 * SECOND

    async def test_when_a_reminder_is_due(self, outbox: Outbox) -> None:
        await outbox.channel()
        await outbox.goes_down()
        await outbox.sent(await outbox.lease_one())
        assert await outbox.notify.next_due() == OPENED + HOUR
        await outbox.run("UPDATE incidents SET acknowledged_at = 1")
        assert await outbox.notify.next_due() is None


class TestUnreadableChannels:
    async def test_secrets_of_another_key_hold_up_no_other_channel(self, outbox: Outbox) -> None:
        await outbox.channel("Sealed", secrets={"secret": "s3cret"})
        await outbox.channel("Open")
        await outbox.goes_down()
        seeded = outbox.seeded
        stranger = Sealer(b"another key of 16 bytes")
        store = SqlNotifyStore(seeded.database, stranger, outbox.clock, outbox.faults)
        leased = await store.lease(NOON, 10)
        (message,) = leased.messages
        assert (message.channel.name, leased.unsent) == ("Open", [message.place])
        (fault,) = outbox.faults.all()
        assert "Sealed" in fault.message
        (attempt,) = await outbox.rows("SELECT ok, answer FROM delivery_attempts")
        assert not attempt["ok"]
        assert "cannot be read" in attempt["answer"]

    async def test_the_fault_ends_when_they_can_be_read_again(self, outbox: Outbox) -> None:
        await outbox.channel("Sealed", secrets={"secret": "s3cret"})
        await outbox.goes_down()
        stranger = Sealer(b"another key of 16 bytes")
        store = SqlNotifyStore(outbox.seeded.database, stranger, outbox.clock, outbox.faults)
        await store.lease(NOON, 10)
        await outbox.clock.advance(5 * SECOND)
        await outbox.lease_one()
        assert outbox.faults.all() == []


class TestTestMessages:
    async def test_a_test_message_has_neither_incident_nor_subject(self, outbox: Outbox) -> None:
        channel_id = await outbox.channel()
        identifier = await outbox.owe_test(channel_id, "test:abc")
        message = await outbox.lease_one()
        assert (message.notification_id, message.event) == (identifier, Event.TEST)
        assert message.key == message.dedup_key == "test:abc"
        assert (message.incident, message.subject) == (None, None)

    async def test_it_goes_to_a_channel_that_is_off(self, outbox: Outbox) -> None:
        await outbox.owe_test(await outbox.channel())
        await outbox.run("UPDATE channels SET is_active = 0")
        assert (await outbox.lease_one()).event is Event.TEST

    async def test_it_does_not_go_to_a_deleted_channel(self, outbox: Outbox) -> None:
        await outbox.owe_test(await outbox.channel())
        await outbox.run("UPDATE channels SET deleted_at = 1")
        assert await outbox.lease() == []

    @pytest.mark.parametrize("status", [DeliveryStatus.TRY_AGAIN, DeliveryStatus.REFUSED])
    async def test_it_is_tried_once_so_that_the_answer_shows(
        self, outbox: Outbox, status: DeliveryStatus
    ) -> None:
        await outbox.owe_test(await outbox.channel())
        await outbox.answered(await outbox.lease_one(), status)
        assert await outbox.statuses() == [("test", "failed")]

    async def test_several_tests_do_not_wait_for_one_another(self, outbox: Outbox) -> None:
        channel_id = await outbox.channel()
        await outbox.owe_test(channel_id, "test:one")
        await outbox.owe_test(channel_id, "test:two")
        await outbox.answered(await outbox.lease_one(), DeliveryStatus.TRY_AGAIN)
        assert (await outbox.lease_one()).dedup_key == "test:two"


@pytest.mark.parametrize("name", ["next_due", "moot", "leasable", "reminders_due"])
async def test_what_was_sent_long_ago_slows_nothing_down(outbox: Outbox, name: str) -> None:
    sql = f"EXPLAIN QUERY PLAN {statements('notifying')[name]}"
    plan = [row["detail"] for row in await outbox.rows(sql, now=NOON, limit=1)]
    read = [step for step in plan if "notifications" in step or "incidents" in step]
    read += [step for step in plan if step.startswith(("SCAN i", "SEARCH i "))]
    assert read
    of_one_incident = "ix_notifications_incident_id (incident_id=?)"
    partial = ("ix_notifications_owed", "ix_incidents_remind_at", "INTEGER PRIMARY KEY")
    assert all(any(index in step for index in (*partial, of_one_incident)) for step in read), plan
