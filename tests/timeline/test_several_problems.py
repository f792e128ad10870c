"""Several problems of one monitor, told as a timeline: each opens, is told and ends by itself."""

from msgspec.structs import replace

from fener.actions import incidents
from fener.actions.monitors import Change
from fener.domain.check import Certificate
from fener.domain.kinds.http import HttpSettings
from fener.domain.problem import Cause, Problem
from fener.domain.shown import Shown
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Span
from fener.testing.scripted import UP, Behaviour
from fener.testing.timeline import Timeline
from fener.testing.watched import Site

URL = "https://shop.example/"
SLOW = replace(UP, took=3 * SECOND)


def presenting(fener: Timeline, left: Span, behaviour: Behaviour = UP) -> Behaviour:
    """The same behaviour with a certificate that ends `left` from now."""
    end = fener.clock.now() + left
    shown = Certificate("shop.example", "A Root", end - 90 * DAY, end, ("shop.example",), "ab")
    return replace(behaviour, certificate=shown)


async def site(fener: Timeline, every: Span = 10 * SECOND) -> Site:
    """It is slow after two seconds."""
    shop = await fener.watches(URL, every=every)
    await shop.changes(Change(settings=HttpSettings(url=URL, slow_after=2 * SECOND)))
    return shop


async def open_problems(shop: Site) -> list[tuple[Problem, Cause]]:
    return [(one.problem, one.cause) for one in await shop.incidents() if one.is_open]


def words(fener: Timeline) -> list[str]:
    """What was told: event and cause."""
    told = fener.carrier.asked
    return [f"{one.event} {one.incident.cause}" for one in told if one.incident is not None]


async def test_a_slow_site_is_degraded_and_not_down(fener: Timeline) -> None:
    shop = await site(fener)
    await fener.until("12:01")
    shop.turns(SLOW)
    await fener.until("12:03")
    assert await shop.shown() is Shown.DEGRADED
    assert await open_problems(shop) == [(Problem.PERFORMANCE, Cause.PERFORMANCE)]
    incident = await shop.incident()
    assert incident.message == "took 3.000 s, wanted at most 2.000 s"
    shop.turns(UP)
    await fener.until("12:04")
    assert await shop.shown() is Shown.UP
    assert words(fener) == ["down performance", "recovered performance"]


async def test_what_is_slow_is_confirmed_by_quick_rechecks_like_an_outage(fener: Timeline) -> None:
    shop = await site(fener, every=5 * MINUTE)
    await fener.until("12:01")
    due = await shop.next_check()
    shop.turns(SLOW)
    await fener.until(due + 2 * 10 * SECOND + 3 * SECOND + 200)
    incident = await shop.incident()
    assert (incident.start_at, incident.failed_checks) == (due, 3)


async def test_one_slow_check_alone_alarms_nobody(fener: Timeline) -> None:
    shop = await site(fener)
    await fener.until("12:01")
    shop.turns(SLOW)
    shop.turns(UP, "12:01:15")
    await fener.until("12:05")
    assert (await shop.shown(), await shop.incidents()) == (Shown.UP, [])


async def test_a_certificate_that_ends_soon_is_told_at_its_first_sight(fener: Timeline) -> None:
    shop = await site(fener)
    shop.turns(presenting(fener, 10 * DAY))
    await fener.until("12:00:30")
    assert await shop.shown() is Shown.DEGRADED
    assert await open_problems(shop) == [(Problem.CERTIFICATE, Cause.SSL_WARNING)]
    shop.turns(presenting(fener, 90 * DAY))
    await fener.until("12:01")
    assert await shop.shown() is Shown.UP
    assert words(fener) == ["down ssl_warning", "recovered ssl_warning"]


async def test_a_warning_that_becomes_critical_is_told_once_more(fener: Timeline) -> None:
    shop = await site(fener, every=HOUR)
    shop.turns(presenting(fener, 3 * DAY + HOUR + MINUTE))
    await fener.until("14:30")
    assert await open_problems(shop) == [(Problem.CERTIFICATE, Cause.SSL_EXPIRY)]
    events = [event.kind for event in (await shop.details()).events]
    assert [kind for kind in events if kind != "notified"] == [
        "first_failure",
        "confirmed",
        "worsened",
    ]
    assert [one.event for one in fener.carrier.asked] == ["down", "worsened"]


async def test_of_a_certificate_nobody_is_reminded_hour_by_hour(fener: Timeline) -> None:
    shop = await site(fener, every=10 * MINUTE)
    shop.turns(presenting(fener, 10 * DAY))
    await fener.until("14:30")
    assert words(fener) == ["down ssl_warning"]


async def test_problems_stand_side_by_side_and_end_by_themselves(fener: Timeline) -> None:
    shop = await site(fener)
    shop.turns(presenting(fener, 10 * DAY, SLOW))
    await fener.until("12:02")
    assert {problem for problem, _ in await open_problems(shop)} == {
        Problem.CERTIFICATE,
        Problem.PERFORMANCE,
    }
    shop.goes_down()
    await fener.until("12:04")
    assert await shop.shown() is Shown.DOWN
    assert {problem for problem, _ in await open_problems(shop)} == set(Problem) - {Problem.CONTENT}
    shop.turns(presenting(fener, 10 * DAY))
    await fener.until("12:06")
    assert await open_problems(shop) == [(Problem.CERTIFICATE, Cause.SSL_WARNING)]
    assert await shop.shown() is Shown.DEGRADED


async def test_what_is_down_says_nothing_of_how_fast_it_is(fener: Timeline) -> None:
    shop = await site(fener)
    await fener.until("12:01")
    shop.turns(SLOW)
    await fener.until("12:03")
    shop.goes_down()
    await fener.until("12:06")
    slow, down = await shop.incidents()
    assert (slow.is_open, down.is_open) == (True, True)
    assert slow.last_failed_at is not None
    assert slow.last_failed_at < down.start_at


async def test_resolving_one_by_hand_silences_only_that_one(fener: Timeline) -> None:
    shop = await site(fener)
    shop.turns(presenting(fener, 10 * DAY, SLOW))
    await fener.until("12:02")
    for one in await shop.incidents():
        if one.problem is Problem.CERTIFICATE:
            await incidents.resolve(fener.context, fener.owner, one.id)
    shop.turns(presenting(fener, 10 * DAY))
    await fener.until("12:04")
    shop.turns(presenting(fener, 10 * DAY, SLOW))
    await fener.until("12:06")
    found = [(one.problem, one.is_open) for one in await shop.incidents()]
    assert found.count((Problem.PERFORMANCE, True)) == 1
    assert found.count((Problem.CERTIFICATE, False)) == 1
    assert len(found) == 3
    assert await shop.shown() is Shown.DEGRADED


async def test_what_was_silenced_opens_again_after_it_was_good_once(fener: Timeline) -> None:
    shop = await site(fener)
    shop.turns(presenting(fener, 10 * DAY))
    await fener.until("12:01")
    await incidents.delete(fener.context, fener.owner, (await shop.incident()).id)
    await fener.until("12:02")
    assert await shop.incidents() == []
    shop.turns(presenting(fener, 90 * DAY))
    await fener.until("12:03")
    shop.turns(presenting(fener, 10 * DAY))
    await fener.until("12:04")
    assert await open_problems(shop) == [(Problem.CERTIFICATE, Cause.SSL_WARNING)]


async def test_a_certificate_that_keeps_changing_is_told_as_such_once(fener: Timeline) -> None:
    """Two servers behind one name, and one of them was forgotten."""
    shop = await site(fener, every=MINUTE)
    for number in range(20):
        shop.turns(presenting(fener, (10 if number % 2 else 90) * DAY))
        await fener.passes(MINUTE)
    events = [message.event for message in fener.carrier.asked]
    assert events == ["down", "recovered"] * 3 + ["flapping"]
    assert await shop.shown() in {Shown.DEGRADED, Shown.UP}


async def test_pausing_does_not_forget_what_was_silenced(fener: Timeline) -> None:
    shop = await site(fener)
    shop.turns(presenting(fener, 10 * DAY))
    await fener.until("12:01")
    await incidents.delete(fener.context, fener.owner, (await shop.incident()).id)
    await shop.pauses()
    await shop.resumes()
    await fener.until("12:03")
    assert await shop.incidents() == []
    assert await shop.shown() is Shown.DEGRADED


async def test_pausing_ends_all_of_them_without_a_word(fener: Timeline) -> None:
    shop = await site(fener)
    shop.turns(presenting(fener, 10 * DAY, SLOW))
    await fener.until("12:02")
    await shop.pauses()
    assert await open_problems(shop) == []
    assert [one.event for one in fener.carrier.asked] == ["down", "down"]
    await shop.resumes()
    shop.turns(UP)
    await fener.until("12:04")
    assert await shop.shown() is Shown.UP


async def test_whoever_takes_the_threshold_away_ends_the_slowness(fener: Timeline) -> None:
    shop = await site(fener)
    shop.turns(SLOW)
    await fener.until("12:02")
    await shop.changes(Change(settings=HttpSettings(url=URL)))
    await fener.until("12:03")
    assert (await shop.shown(), await open_problems(shop)) == (Shown.UP, [])


async def test_what_confirmed_a_slowness_outlives_as_evidence(fener: Timeline) -> None:
    shop = await site(fener)
    shop.turns(SLOW)
    await fener.until("12:02")
    known = await shop.details()
    assert known.proof is not None
    assert known.proof.check.is_failure
    assert known.proof.check.message == "took 3.000 s, wanted at most 2.000 s"
    assert all(one.is_failure for one in known.failed_checks)
