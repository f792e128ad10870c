"""What open pages hear of: what people do and what becomes of messages, each at its place alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from msgspec import Struct

from fener.actions import channels, customers, incidents, monitors
from fener.actions.customers import NewCustomer
from fener.actions.incidents import Visibility
from fener.actions.monitors import Change as MonitorChange
from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.message import DeliveryStatus
from fener.domain.people import Credential, Identity, Role
from fener.domain.place import Place
from fener.domain.time import SECOND
from fener.pipeline.publish.publisher import Change, Subscription, Topic
from fener.testing.timeline import Timeline
from fener.testing.watched import Site

INCIDENT, MESSAGES, MONITORS = Topic.INCIDENT, Topic.MESSAGES, Topic.MONITORS


class Page:
    """An open page of somebody, and what it has heard."""

    def __init__(self, fener: Timeline, who: Identity) -> None:
        assert fener.stages
        self.heard: list[Change] = []
        self._reading = asyncio.create_task(self._read(fener.stages.publisher.subscribe(who)))

    async def _read(self, subscription: Subscription) -> None:
        while changes := await subscription.next():
            self.heard += changes

    def topics(self, place: Place) -> list[Topic]:
        assert {one.place for one in self.heard} <= {place}
        return [one.topic for one in self.heard]

    async def close(self) -> None:
        self._reading.cancel()
        await asyncio.wait([self._reading])


Opened = Callable[[Identity], Page]


@pytest_asyncio.fixture
async def opened(fener: Timeline) -> AsyncIterator[Opened]:
    """Opens pages, which are closed with the test."""
    pages: list[Page] = []

    def open_one(who: Identity) -> Page:
        pages.append(Page(fener, who))
        return pages[-1]

    yield open_one
    for page in pages:
        await page.close()


class Down(Struct):
    """A shop that is down with an incident, and pages open on it: none has heard anything yet."""

    fener: Timeline
    shop: Site
    place: Place
    owner: Page
    reader: Page
    """Of a member limited to the shop's customer."""
    others: tuple[Page, Page]
    """Of a member limited to another customer, and of another organization's owner."""

    async def settle(self) -> None:
        await self.fener.clock.settle()


@pytest_asyncio.fixture
async def down(fener: Timeline, opened: Opened) -> Down:
    """It is 12:01, and no check is due at once."""
    shop = await fener.watches(every=10 * SECOND)
    await fener.until("12:00:10")
    shop.goes_down()
    await fener.until("12:01")
    beta = await customers.add(fener.context, fener.owner, NewCustomer(name="Beta"))
    place = (await shop.monitor()).place
    stranger = Identity(place.organization_id + 1, Role.OWNER, Credential.SESSION)
    made = Down(
        fener=fener,
        shop=shop,
        place=place,
        owner=opened(fener.owner),
        reader=opened(limited(place.organization_id, place.customer_id)),
        others=(opened(limited(place.organization_id, beta.id)), opened(stranger)),
    )
    await made.settle()
    return made


def limited(organization_id: int, customer_id: int | None) -> Identity:
    assert customer_id
    reach = frozenset({customer_id})
    return Identity(organization_id, Role.READONLY, Credential.SESSION, customer_ids=reach)


Deed = Callable[[Down, int], Awaitable[object]]


async def acknowledges(down: Down, key: int) -> object:
    return await incidents.acknowledge(down.fener.context, down.fener.owner, key)


async def comments(down: Down, key: int) -> object:
    context, who = down.fener.context, down.fener.owner
    return await incidents.add_comment(context, who, key, "On it.", Visibility.INTERNAL)


async def notes(down: Down, key: int) -> object:
    return await incidents.change_comment(down.fener.context, down.fener.owner, key, "Disk full")


async def learns(down: Down, key: int) -> object:
    return await incidents.change_postmortem(down.fener.context, down.fener.owner, key, "Watch it")


async def resolves(down: Down, key: int) -> object:
    return await incidents.resolve(down.fener.context, down.fener.owner, key)


async def deletes(down: Down, key: int) -> None:
    await incidents.delete(down.fener.context, down.fener.owner, key)


@pytest.mark.parametrize("deed", [acknowledges, comments, notes, learns, resolves, deletes])
async def test_what_somebody_does_with_an_incident_is_heard_at_once_by_who_may_see_it(
    down: Down, deed: Deed
) -> None:
    await deed(down, (await down.shop.incident()).id)
    await down.settle()
    assert down.owner.topics(down.place) == [INCIDENT]
    assert down.reader.topics(down.place) == [INCIDENT]
    assert [page.heard for page in down.others] == [[], []]


@pytest.mark.parametrize(
    "change", [MonitorChange(paused=True), MonitorChange(name="Store")], ids=["pause", "rename"]
)
async def test_a_pause_that_ends_an_incident_is_heard_and_a_new_name_ends_none(
    down: Down, change: MonitorChange
) -> None:
    await down.shop.changes(change)
    await down.settle()
    ended = [INCIDENT] if change.paused is True else []
    assert down.owner.topics(down.place)[:2] == [MONITORS, *ended]
    assert [page.heard for page in down.others] == [[], []]


@pytest.mark.parametrize("answer", [DeliveryStatus.SENT, DeliveryStatus.TRY_AGAIN])
async def test_each_delivery_is_heard_when_the_carrier_has_answered(
    fener: Timeline, opened: Opened, answer: DeliveryStatus
) -> None:
    shop = await fener.watches(every=10 * SECOND)
    page = opened(fener.owner)
    fener.carrier.answers(answer)
    fener.carrier.hang()
    await fener.until("12:00:10")
    shop.goes_down()
    await fener.until("12:01")
    assert fener.carrier.asked
    assert MESSAGES not in {one.topic for one in page.heard}
    fener.carrier.go_on()
    await fener.clock.settle()
    place = (await shop.monitor()).place
    assert page.heard[-1] == Change(MESSAGES, place)


async def test_a_recovery_that_is_told_is_heard_by_nobody_who_may_not_see_it(down: Down) -> None:
    down.shop.comes_up()
    await down.fener.until("12:02")
    assert [line.split()[1] for line in down.fener.told] == ["down", "recovered"]
    for page in (down.owner, down.reader):
        assert page.topics(down.place)[-1] is Topic.CHECK
        assert page.topics(down.place).count(MESSAGES) == 1
    assert [page.heard for page in down.others] == [[], []]


async def test_a_message_that_nobody_gets_any_more_is_heard_of_too(
    fener: Timeline, opened: Opened
) -> None:
    shop = await fener.watches(every=10 * SECOND)
    await fener.until("12:00:10")
    shop.goes_down()
    fener.carrier.answers(*[DeliveryStatus.TRY_AGAIN] * 3)
    await fener.until("12:00:40")
    (channel,) = await channels.list_all(fener.context, fener.owner)
    off = channels.ChannelChange(is_active=False)
    await channels.change(fener.context, fener.owner, channel.id, off)
    page = opened(fener.owner)
    await fener.until("12:01:40")
    assert len(fener.told) < 4
    assert [one for one in page.heard if one.topic is MESSAGES] == [
        Change(MESSAGES, (await shop.monitor()).place)
    ]


async def test_a_channel_that_is_added_is_heard_by_who_may_see_it(down: Down) -> None:
    await down.fener.tells("Another hook")
    await down.settle()
    (heard,) = down.owner.heard
    assert heard == Change(MESSAGES, Place(down.place.organization_id))
    assert down.others[1].heard == []


async def test_a_monitor_that_moves_away_is_heard_of_at_both_places(down: Down) -> None:
    (first, beta) = await customers.list_all(down.fener.context, down.fener.owner)
    assert first.id == down.place.customer_id
    await monitors.change(
        down.fener.context, down.fener.owner, down.shop.id, MonitorChange(customer_id=beta.id)
    )
    await down.settle()
    for page in (down.reader, down.others[0]):
        assert {one.topic for one in page.heard} >= {MONITORS, INCIDENT}
    assert down.others[1].heard == []


async def test_a_fault_of_fener_is_told_when_it_comes_changes_and_goes(down: Down) -> None:
    board, facts = down.fener.faults, Facts(got="1")
    for count in (1, 1, 2):
        board.report("lateness", Fault(FaultReason.MONITORS_LATE, f"{count} late", facts))
        await down.fener.clock.settle()
    for page in (down.owner, down.reader):
        assert page.heard == [Change(Topic.FAULTS)] * 2
    # The recorder finds faults in the thread in which it writes.
    await asyncio.to_thread(board.clear, "lateness")
    board.clear("lateness")
    await down.fener.clock.settle()
    for page in (down.owner, down.reader):
        assert page.heard == [Change(Topic.FAULTS)] * 3
    board.ever.clear()
