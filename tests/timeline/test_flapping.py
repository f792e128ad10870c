"""What keeps going down and coming back, told as a timeline: little noise, and no alarm lost."""

from pathlib import Path
from random import Random

import pytest
from msgspec import Struct

from fener.domain.notification import Event
from fener.domain.shown import Shown
from fener.domain.time import MINUTE, SECOND, Instant, Span
from fener.testing.timeline import Timeline
from fener.testing.watched import Site
from support.running import story

HOLD: Span = 5 * MINUTE
CALM: Span = 30 * MINUTE
HALF: Span = MINUTE
CONFIRMED: Span = 2 * (10 + 10) * SECOND + 10 * SECOND


def words(fener: Timeline) -> list[str]:
    return [message.event for message in fener.carrier.asked]


async def flap(fener: Timeline, shop: Site, times: int) -> None:
    """So many outages of a minute, with a good minute after each."""
    for _ in range(times):
        shop.goes_down()
        await fener.passes(HALF)
        shop.comes_up()
        await fener.passes(HALF)


async def flapping_site(fener: Timeline) -> Site:
    """It was down four times, and is up."""
    shop = await fener.watches(every=10 * SECOND)
    await fener.until("12:01")
    await flap(fener, shop, 4)
    return shop


async def test_of_what_is_flapping_people_get_one_message_instead_of_one_per_turn(
    fener: Timeline,
) -> None:
    shop = await flapping_site(fener)
    assert await shop.shown() is Shown.FLAPPING
    await flap(fener, shop, 10)
    assert words(fener) == ["down", "recovered"] * 3 + ["flapping"]
    assert len(await shop.incidents()) == 14


async def test_every_outage_of_what_is_flapping_has_its_incident_and_the_first_says_so(
    fener: Timeline,
) -> None:
    shop = await flapping_site(fener)
    *_, fourth = await shop.incidents()
    known = await shop.details(fourth.id)
    assert [event.kind for event in known.events] == [
        "first_failure",
        "confirmed",
        "flapping",
        "notified",
        "recovered",
    ]


async def test_its_recovery_is_told_once_it_is_calm(fener: Timeline) -> None:
    shop = await flapping_site(fener)
    await flap(fener, shop, 3)
    begun = len(fener.told)
    last = (await shop.incidents())[-1].resolved_at or 0
    await fener.until(last + CALM - SECOND)
    assert len(fener.told) == begun
    await fener.until(last + CALM + MINUTE)
    assert words(fener) == ["down", "recovered"] * 3 + ["flapping", "recovered"]
    fourth = (await shop.incidents())[3]
    assert fener.carrier.asked[-1].incident is not None
    assert fener.carrier.asked[-1].incident.id == fourth.id
    assert await shop.shown() is Shown.UP


async def test_what_stays_down_is_told_after_the_hold(fener: Timeline) -> None:
    shop = await flapping_site(fener)
    shop.goes_down()
    await fener.passes(HALF)
    opened = (await shop.incidents())[-1].opened_at
    await fener.until(opened + HOLD - SECOND)
    assert words(fener)[-1] == "flapping"
    await fener.until(opened + HOLD + 10 * SECOND)
    assert words(fener)[7:] == ["recovered", "down"]
    assert await shop.shown() is Shown.DOWN


async def test_a_long_outage_and_its_end_are_both_told(fener: Timeline) -> None:
    shop = await flapping_site(fener)
    shop.goes_down()
    await fener.passes(HOLD + 2 * MINUTE)
    shop.comes_up()
    await fener.passes(CALM + 2 * MINUTE)
    assert words(fener)[6:] == ["flapping", "recovered", "down", "recovered"]


async def test_an_outage_that_was_too_short_says_in_its_timeline_why_nobody_was_told(
    fener: Timeline,
) -> None:
    shop = await flapping_site(fener)
    await flap(fener, shop, 1)
    await fener.passes(CALM + 2 * MINUTE)
    known = await shop.details((await shop.incidents())[-1].id)
    answers = [one.detail["answer"] for one in known.events if "answer" in one.detail]
    assert answers == ["It was flapping, and this outage was too short to be told by itself."] * 2


async def test_what_was_down_for_long_is_told_even_if_it_was_over_before_a_carrier_took_it(
    fener: Timeline,
) -> None:
    shop = await flapping_site(fener)
    fener.carrier.hang()
    shop.goes_down()
    await fener.passes(HOLD + 2 * MINUTE)
    shop.comes_up()
    await fener.passes(2 * MINUTE)
    fener.carrier.go_on()
    await fener.passes(CALM + 5 * MINUTE)
    known = await shop.details((await shop.incidents())[-1].id)
    arrived = [one.detail["event"] for one in known.events if one.kind == "notified"]
    assert arrived == ["down", "recovered"]


async def test_pausing_forgets_that_it_was_flapping(fener: Timeline) -> None:
    shop = await flapping_site(fener)
    await shop.pauses()
    await shop.resumes()
    await fener.passes(MINUTE)
    assert await shop.shown() is Shown.UP


async def test_a_restart_does_not_forget_what_is_held(fener: Timeline) -> None:
    shop = await flapping_site(fener)
    shop.goes_down()
    await fener.passes(HALF)
    async with fener.stopped():
        await fener.passes(10 * SECOND)
    await fener.passes(HOLD)
    assert words(fener)[7:] == ["recovered", "down"]


class Outage(Struct):
    begin: Instant
    end: Instant


async def lives(fener: Timeline, shop: Site, random: Random) -> list[Outage]:
    """Turns at random for some hours: mostly in minutes, sometimes for much longer."""
    outages = []
    for _ in range(40):
        shop.goes_down()
        begin = fener.clock.now()
        await fener.passes(_length(random))
        shop.comes_up()
        outages.append(Outage(begin, fener.clock.now()))
        await fener.passes(_length(random))
    await fener.passes(CALM + 2 * MINUTE)
    return outages


def _length(random: Random) -> Span:
    longest = random.choice((MINUTE, MINUTE, 2 * MINUTE, 12 * MINUTE))
    return random.randrange(SECOND, longest)


@pytest.mark.parametrize("seed", range(2))
async def test_however_it_flaps_no_long_outage_is_lost_and_the_noise_is_bounded(
    tmp_path: Path, seed: int
) -> None:
    await tell(tmp_path, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 150))
async def test_fifty_lives_of_flapping_lose_nothing(tmp_path: Path, seed: int) -> None:
    await tell(tmp_path, seed)


async def tell(tmp_path: Path, seed: int) -> None:
    async with story(tmp_path) as fener:
        shop = await fener.watches(every=10 * SECOND)
        await fener.until("12:01")
        outages = await lives(fener, shop, Random(seed))
        incidents = {one.id: one for one in await shop.incidents()}
    told: dict[int, list[str]] = {}
    for message in fener.carrier.asked:
        assert message.incident is not None
        told.setdefault(message.incident.id, []).append(message.event)
    long_ones = [one for one in outages if one.end - one.begin > CONFIRMED + HOLD]
    assert long_ones, "nothing lasted: the test tested nothing"
    for outage in long_ones:
        met = [one for one in incidents.values() if one.start_at <= outage.end]
        known = max(met, key=lambda one: one.start_at)
        assert Event.DOWN in told[known.id] or Event.FLAPPING in told[known.id]
    for identifier, events in told.items():
        assert events[-1] == Event.RECOVERED, f"the end of {identifier} was never told"
        assert len(events) == len(set(events))
    lasted = [one for one in incidents.values() if _lasted(one.opened_at, one.resolved_at) >= HOLD]
    spells = sum(Event.FLAPPING in events for events in told.values())
    calm_ones = 3 * (spells + 1)
    assert spells
    messages = sum(len(events) for events in told.values())
    assert messages <= 2 * len(lasted) + 2 * calm_ones + 2 * spells
    assert messages < 2 * len(incidents)


def _lasted(opened_at: Instant, resolved_at: Instant | None) -> Span:
    assert resolved_at is not None
    return resolved_at - opened_at
