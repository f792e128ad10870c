"""What every blindness store must do (`fener.ports.BlindnessStore`), run on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from fener.domain.message import BlindSpell
from fener.domain.notification import Event
from fener.domain.time import MINUTE
from fener.storage.blindness import SqlBlindnessStore
from support.outbox import Outbox, opened_outbox
from support.store import NOON, add_monitor

SPELL = BlindSpell(UUID(int=7), NOON - 10 * MINUTE, "3 monitors were not checked in time")
LATER = NOON + MINUTE


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    async with opened_outbox(tmp_path) as opened:
        yield opened


@pytest.fixture
def store(outbox: Outbox) -> SqlBlindnessStore:
    return SqlBlindnessStore(outbox.seeded.database)


async def test_a_spell_is_the_present_one_until_it_ends(
    store: SqlBlindnessStore,
) -> None:
    assert await store.blind_spell() is None
    await store.begin(SPELL, NOON)
    assert await store.blind_spell() == SPELL
    await store.end(SPELL, LATER)
    assert await store.blind_spell() is None


async def test_its_message_brings_all_that_a_sender_needs(
    outbox: Outbox, store: SqlBlindnessStore
) -> None:
    await add_monitor(outbox.seeded)
    channel_id = await outbox.channel()
    await store.begin(SPELL, NOON)
    message = await outbox.lease_one()
    assert (message.event, message.spell) == (Event.BLIND, SPELL)
    assert (message.incident, message.subject) == (None, None)
    assert message.key == f"blind:{SPELL.public_id}:blind:{channel_id}"
    await outbox.sent(message)
    outbox.clock.step_wall(MINUTE)
    await store.end(SPELL, LATER)
    message = await outbox.lease_one()
    assert message.event is Event.SEEING
    assert message.spell is not None
    assert message.spell.ended_at == LATER


async def test_only_channels_of_a_whole_organization_are_told(
    outbox: Outbox, store: SqlBlindnessStore
) -> None:
    monitor_id = await add_monitor(outbox.seeded)
    whole = await outbox.channel("Whole")
    for name, change in (
        ("Customer", f"customer_id = {outbox.seeded.customer_id}"),
        ("Monitor", f"monitor_id = {monitor_id}"),
        ("Off", "is_active = 0"),
        ("Gone", "deleted_at = 1"),
    ):
        other = await outbox.channel(name)
        await outbox.run(f"UPDATE channels SET {change} WHERE id = :id", id=other)
    await store.begin(SPELL, NOON)
    rows = await outbox.rows("SELECT channel_id FROM notifications")
    assert [row["channel_id"] for row in rows] == [whole]


async def test_who_has_nothing_that_is_probed_is_told_nothing(
    outbox: Outbox, store: SqlBlindnessStore
) -> None:
    await outbox.channel()
    await store.begin(SPELL, NOON)
    assert await outbox.statuses() == []


async def test_an_alarm_that_is_over_before_it_was_sent_makes_way_for_its_end(
    outbox: Outbox, store: SqlBlindnessStore
) -> None:
    await add_monitor(outbox.seeded)
    await outbox.channel()
    await store.begin(SPELL, NOON)
    await outbox.unsent(await outbox.lease_one())
    outbox.clock.step_wall(MINUTE)
    await store.end(SPELL, LATER)
    assert await outbox.lease() == []
    message = await outbox.lease_one()
    assert message.event is Event.SEEING
    assert await outbox.statuses() == [("blind", "cancelled"), ("seeing", "owed")]


async def test_its_end_is_owed_once(outbox: Outbox, store: SqlBlindnessStore) -> None:
    await add_monitor(outbox.seeded)
    await outbox.channel()
    await store.begin(SPELL, NOON)
    for _ in range(2):
        await store.end(SPELL, LATER)
    assert await outbox.statuses() == [("blind", "owed"), ("seeing", "owed")]
