"""Changes reach every subscriber that may see them, and a slow one holds up nobody."""

import asyncio
from uuid import UUID

import pytest

from fener.domain.people import Credential, Identity, Role
from fener.domain.place import Place
from fener.pipeline.publish.publisher import (
    PENDING_MAX,
    RELOAD,
    Change,
    Publisher,
    Topic,
)

OWNER = Identity(organization_id=1, role=Role.OWNER, credential=Credential.SESSION)
LIMITED = Identity(
    organization_id=1,
    role=Role.READONLY,
    credential=Credential.SESSION,
    customer_ids=frozenset({7}),
)
STRANGER = Identity(organization_id=2, role=Role.OWNER, credential=Credential.SESSION)
OF_SEVEN = Change(Topic.HEALTH, Place(1, 7, UUID(int=1)))
OF_EIGHT = Change(Topic.HEALTH, Place(1, 8, UUID(int=2)))


@pytest.mark.parametrize(("who", "seen"), [(OWNER, (OF_SEVEN, OF_EIGHT)), (LIMITED, (OF_SEVEN,))])
async def test_a_subscriber_hears_of_what_its_scope_allows(
    who: Identity, seen: tuple[Change, ...]
) -> None:
    publisher = Publisher()
    subscription = publisher.subscribe(who)
    publisher.publish(OF_SEVEN, OF_EIGHT)
    assert await subscription.next() == seen


async def test_another_organization_hears_nothing_but_what_concerns_everybody() -> None:
    publisher = Publisher()
    subscription = publisher.subscribe(STRANGER)
    publisher.publish(OF_SEVEN, Change(Topic.FAULTS))
    assert await subscription.next() == (Change(Topic.FAULTS),)


async def test_equal_changes_that_wait_are_told_once() -> None:
    publisher = Publisher()
    subscription = publisher.subscribe(OWNER)
    publisher.publish(*[OF_SEVEN] * 100)
    assert await subscription.next() == (OF_SEVEN,)


async def test_a_reader_that_is_too_slow_is_told_to_reload_once() -> None:
    publisher = Publisher()
    slow, quick = publisher.subscribe(OWNER), publisher.subscribe(OWNER)
    for number in range(PENDING_MAX + 1):
        publisher.publish(Change(Topic.CHECK, Place(1, 7, UUID(int=number))))
        await quick.next()
    publisher.publish(OF_SEVEN)
    assert await slow.next() == (RELOAD,)
    publisher.publish(OF_SEVEN)
    assert await slow.next() == (OF_SEVEN,)


async def test_closing_ends_every_stream_that_is_open_or_comes_later() -> None:
    publisher = Publisher()
    waiting = asyncio.ensure_future(publisher.subscribe(OWNER).next())
    await asyncio.wait({waiting}, timeout=0)
    publisher.close()
    async with asyncio.timeout(5):
        assert await waiting is None
        assert await publisher.subscribe(OWNER).next() is None
    assert not publisher.subscribers


async def test_whoever_left_is_forgotten() -> None:
    publisher = Publisher()
    subscription = publisher.subscribe(OWNER)
    publisher.unsubscribe(subscription)
    publisher.publish(OF_SEVEN)
    assert await subscription.next() is None
    assert not publisher.subscribers
