"""What people do while something is down, and what becomes of the next outage."""

from collections.abc import Awaitable, Callable

import pytest

from fener.actions import customers, incidents
from fener.actions.monitors import Change
from fener.domain.incident import Resolution
from fener.domain.listing import Window
from fener.domain.message import DeliveryStatus
from fener.domain.shown import Shown
from fener.domain.time import SECOND
from fener.testing.timeline import Timeline
from fener.testing.watched import Site

Deed = Callable[[Timeline, Site], Awaitable[object]]


async def down_site(fener: Timeline) -> Site:
    """Checked every ten seconds, and down with an incident at 12:01."""
    shop = await fener.watches(every=10 * SECOND)
    await fener.until("12:00:10")
    shop.goes_down()
    await fener.until("12:01")
    assert (await shop.incident()).is_open
    return shop


async def test_pausing_ends_the_incident_without_a_word_of_recovery(fener: Timeline) -> None:
    shop = await down_site(fener)
    await shop.pauses()
    shop.comes_up()
    await fener.until("12:05")
    incident = await shop.incident()
    assert (incident.resolution, fener.time(incident.resolved_at or 0)) == (
        Resolution.PAUSED,
        "12:01:00",
    )
    assert await shop.shown() is Shown.PAUSED
    assert [line.split()[1] for line in fener.told] == ["down"]
    assert shop.ordered[-1] < "12:01"


async def test_what_was_paused_while_down_is_told_of_anew_when_it_is_still_down(
    fener: Timeline,
) -> None:
    shop = await down_site(fener)
    await shop.pauses()
    await fener.until("12:05")
    await shop.resumes()
    assert await shop.shown() is Shown.UNKNOWN
    await fener.until("12:05:30")
    first, second = await shop.incidents()
    assert (first.resolution, second.is_open) == (Resolution.PAUSED, True)
    assert fener.time(second.start_at) == "12:05:00.100"
    assert [line.split()[1] for line in fener.told] == ["down", "down"]


async def test_a_deleted_monitor_leaves_its_incident_listed_and_resolved(fener: Timeline) -> None:
    shop = await down_site(fener)
    await shop.is_deleted()
    await fener.until("12:05")
    listed = await incidents.list_incidents(fener.context, fener.owner, Window(10))
    assert [one.resolution for one in listed.rows] == [Resolution.MONITOR_DELETED]
    assert [line.split()[1] for line in fener.told] == ["down"]
    assert shop.ordered[-1] < "12:01"


async def delete_it(fener: Timeline, shop: Site) -> None:
    await incidents.delete(fener.context, fener.owner, (await shop.incident()).id)


async def resolve_it(fener: Timeline, shop: Site) -> None:
    await incidents.resolve(fener.context, fener.owner, (await shop.incident()).id)


@pytest.mark.parametrize(("end", "left"), [(delete_it, 0), (resolve_it, 1)])
async def test_after_an_incident_was_ended_by_hand_none_opens_before_the_site_was_up_once(
    fener: Timeline, end: Deed, left: int
) -> None:
    shop = await down_site(fener)
    await end(fener, shop)
    await fener.until("12:05")
    assert len(await shop.incidents()) == left
    assert await shop.shown() is Shown.DOWN
    shop.comes_up()
    await fener.until("12:06")
    assert await shop.shown() is Shown.UP
    assert [line.split()[1] for line in fener.told] == ["down"]
    shop.goes_down()
    await fener.until("12:07")
    assert len(await shop.incidents()) == left + 1
    assert (await shop.incidents())[-1].is_open
    assert [line.split()[1] for line in fener.told] == ["down", "down"]


async def test_a_restart_does_not_forget_that_an_incident_was_ended_by_hand(
    fener: Timeline,
) -> None:
    shop = await down_site(fener)
    await delete_it(fener, shop)
    async with fener.stopped():
        await fener.passes(5 * SECOND)
    await fener.until("12:03")
    assert await shop.incidents() == []


async def test_pausing_does_not_forget_that_an_incident_was_ended_by_hand(
    fener: Timeline,
) -> None:
    shop = await down_site(fener)
    await resolve_it(fener, shop)
    await shop.pauses()
    await fener.until("12:02")
    await shop.resumes()
    await fener.until("12:03")
    assert len(await shop.incidents()) == 1
    assert await shop.shown() is Shown.DOWN
    shop.comes_up()
    await fener.until("12:04")
    shop.goes_down()
    await fener.until("12:05")
    assert len(await shop.incidents()) == 2


async def test_resolving_by_hand_tells_nobody_and_keeps_who_did_it(fener: Timeline) -> None:
    shop = await down_site(fener)
    await resolve_it(fener, shop)
    incident = await shop.incident()
    assert incident.resolution is Resolution.BY_HAND
    assert (await shop.details()).events[-1].user_id == fener.owner.user_id
    await fener.until("12:03")
    assert [line.split()[1] for line in fener.told] == ["down"]


async def test_deleting_an_incident_cancels_what_is_still_owed(fener: Timeline) -> None:
    fener.carrier.answers(*[DeliveryStatus.TRY_AGAIN] * 3)
    shop = await fener.watches(every=10 * SECOND)
    shop.goes_down()
    await fener.until("12:00:17")
    assert [line.split()[1] for line in fener.told] == ["down"]
    await delete_it(fener, shop)
    await fener.until("12:05")
    assert [line.split()[1] for line in fener.told] == ["down"]


async def test_a_monitor_that_moves_to_another_customer_takes_its_incidents_along(
    fener: Timeline,
) -> None:
    shop = await down_site(fener)
    beta = await customers.add(fener.context, fener.owner, customers.NewCustomer(name="Beta"))
    await shop.changes(Change(customer_id=beta.id))
    moved = await shop.incident()
    assert (moved.customer_id, moved.customer_name, moved.is_open) == (beta.id, "Beta", True)
    shop.comes_up()
    await fener.until("12:02")
    incident = await shop.incident()
    assert (incident.id, incident.resolution) == (moved.id, Resolution.RECOVERED)
    assert incident.customer_id == beta.id
    message = fener.carrier.asked[-1]
    assert message.subject is not None
    assert (message.event, message.subject.customer_name) == ("recovered", "Beta")
