"""From the first good check to the end of the incident, and what people hear meanwhile."""

from fener.actions import incidents
from fener.domain.incident import Resolution, TimelineEvent
from fener.domain.message import DeliveryStatus
from fener.domain.shown import Shown
from fener.domain.time import MINUTE, SECOND
from fener.testing.timeline import Timeline


async def test_a_recovery_is_confirmed_by_two_good_checks_and_ends_with_the_first(
    fener: Timeline,
) -> None:
    shop = await fener.watches(every=10 * MINUTE)
    shop.goes_down()
    await fener.until("12:05")
    shop.comes_up()
    await shop.is_checked_by_hand()
    await fener.until("12:05:10")
    assert (await shop.incident()).is_open
    assert await shop.shown() is Shown.DOWN
    await fener.until("12:05:11")
    incident = await shop.incident()
    first, second = (await shop.checks())[-2:]
    assert (incident.end_at, incident.end_check_id) == (first.at, first.id)
    assert incident.resolved_at == second.finished_at
    assert incident.resolution is Resolution.RECOVERED
    assert [fener.time(first.at), fener.time(second.at)] == ["12:05:00.100", "12:05:10.100"]
    assert await shop.shown() is Shown.UP
    assert fener.told == ["12:00:20.200 down", "12:05:10.200 recovered"]
    details = await shop.details()
    assert [check.id for check in details.recovery_checks] == [first.id, second.id]
    assert details.events[-2].kind is TimelineEvent.RECOVERED


async def test_a_good_check_between_failures_ends_nothing(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * SECOND)
    shop.goes_down()
    for minute in range(1, 6):
        shop.comes_up(f"12:{minute:02}:00")
        shop.goes_down(f"12:{minute:02}:10")
        await fener.until(f"12:{minute:02}:59")
    assert (await shop.outcomes()).count("success") == 5
    assert (await shop.incident()).is_open
    assert fener.told == ["12:00:15.700 down"]


async def test_a_second_outage_is_a_second_incident(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * SECOND)
    for minute in (1, 3):
        shop.goes_down(f"12:{minute:02}")
        shop.comes_up(f"12:{minute + 1:02}")
        await fener.until(f"12:{minute + 1:02}:59")
    first, second = await shop.incidents()
    assert first.end_at is not None
    assert first.end_at < second.start_at
    assert [line.split()[1] for line in fener.told] == ["down", "recovered"] * 2


async def test_people_are_reminded_after_an_hour_unless_somebody_has_taken_it(
    fener: Timeline,
) -> None:
    """A restart in between changes nothing."""
    shop, blog = await fener.watches(), await fener.watches("https://blog.example/")
    shop.goes_down()
    blog.goes_down()
    await fener.until("12:05")
    taken = await blog.incident()
    await incidents.acknowledge(fener.context, fener.owner, taken.id)
    opened_at = (await shop.incident()).opened_at
    async with fener.stopped():
        await fener.until("12:55")
    await fener.until(opened_at + 60 * MINUTE - SECOND)
    assert [message.event for message in fener.carrier.asked] == ["down", "down"]
    await fener.until("13:02")
    reminder = fener.carrier.asked[-1]
    assert [message.event for message in fener.carrier.asked] == ["down", "down", "reminder"]
    assert reminder.subject is not None
    assert reminder.subject.monitor_id == shop.id
    assert fener.carrier.asked_at[-1] == opened_at + 60 * MINUTE
    assert (await blog.incident()).is_open


async def test_who_acknowledged_an_incident_still_hears_of_its_end(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * SECOND)
    shop.goes_down()
    await fener.until("12:01")
    await incidents.acknowledge(fener.context, fener.owner, (await shop.incident()).id)
    shop.comes_up()
    await fener.until("12:02")
    assert [line.split()[1] for line in fener.told] == ["down", "recovered"]


async def test_a_recovery_is_never_told_before_its_outage(fener: Timeline) -> None:
    """The carrier is away while the site fails and recovers, and then takes everything."""
    shop = await fener.watches(every=10 * SECOND)
    fener.carrier.answers(*[DeliveryStatus.TRY_AGAIN] * 4)
    shop.goes_down()
    shop.comes_up("12:00:30")
    await fener.until("12:05")
    assert [line.split()[1] for line in fener.told] == ["down"] * 5 + ["recovered"]
    assert not (await shop.incident()).is_open


async def test_slow_good_answers_recover_as_quick_ones_do(fener: Timeline) -> None:
    shop = await fener.watches(every=MINUTE)
    shop.hangs()
    await fener.until("12:02")
    shop.comes_up()
    await fener.until("12:03:30")
    assert (await shop.incident()).resolution is Resolution.RECOVERED
