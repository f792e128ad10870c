"""From the first failing check to the open incident, and what does not become one."""

import pytest

from fener.domain.incident import TimelineEvent
from fener.domain.shown import Shown
from fener.domain.time import HOUR, MINUTE, SECOND, Span
from fener.testing.scripted import HANGS, REFUSES, UP
from fener.testing.timeline import Timeline
from fener.testing.watched import Site

RECHECK = 10 * SECOND
QUICKLY, SLOWLY = REFUSES, HANGS
CASES = (
    # The long intervals have places, and so ids, whose phase comes early: the story ends sooner.
    (SECOND, QUICKLY),
    (30 * MINUTE, QUICKLY),
    (5 * MINUTE, QUICKLY),
    (SECOND, SLOWLY),
    (30 * MINUTE, SLOWLY),
    (2 * SECOND, QUICKLY),
    (HOUR, QUICKLY),
    (2 * SECOND, SLOWLY),
    (5 * SECOND, QUICKLY),
    (HOUR, SLOWLY),
    (10 * MINUTE, QUICKLY),
    (5 * SECOND, SLOWLY),
    (10 * SECOND, QUICKLY),
    (10 * MINUTE, SLOWLY),
    (10 * SECOND, SLOWLY),
    (5 * MINUTE, SLOWLY),
    (30 * SECOND, QUICKLY),
    (30 * SECOND, SLOWLY),
    (MINUTE, QUICKLY),
    (MINUTE, SLOWLY),
)


async def test_every_outage_is_confirmed_within_its_interval_and_two_rechecks(
    fener: Timeline,
) -> None:
    """The worst case of each: it fails a millisecond after a check began."""
    down_at, deadlines = {}, {}
    for interval, behaviour in CASES:
        site = await fener.watches(f"https://{interval}.example/", every=interval)
        check = await site.next_check()
        site.turns(behaviour, check + 1)
        timeout = (await site.monitor()).timeout
        down_at[site] = check + 1
        deadlines[site] = check + 1 + interval + 2 * (RECHECK + timeout)
    late = []
    for site, deadline in sorted(deadlines.items(), key=lambda pair: pair[1]):
        await fener.until(max(deadline, fener.clock.now()))
        opened = [one for one in await site.incidents() if one.opened_at <= deadline]
        monitor = await site.monitor()
        if not opened:
            late.append((monitor.interval, monitor.timeout))
            continue
        first, *_ = [check for check in await site.checks() if check.outcome == "failure"]
        assert (opened[0].start_at, opened[0].start_check_id) == (first.at, first.id)
        assert down_at[site] < first.at <= down_at[site] + monitor.interval
        await site.pauses()
    assert late == []


@pytest.mark.parametrize("timeout", [1, 5, 10, 15, 20, 25, 30, 45, 60])
async def test_the_bound_holds_for_every_timeout(fener: Timeline, timeout: int) -> None:
    shop = await fener.watches(every=MINUTE, timeout=timeout * SECOND)
    await fener.until("12:00:30")
    down_at = await shop.next_check() + 1
    shop.hangs(down_at)
    await fener.until(down_at + MINUTE + 2 * (RECHECK + timeout * SECOND))
    assert (await shop.incident()).failed_checks >= 3


async def test_a_slow_target_that_recovers_is_left_to_its_interval(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * MINUTE, timeout=30 * SECOND)
    shop.hangs(await shop.next_check() + 1)
    await fener.passes(12 * MINUTE)
    shop.comes_up(fener.clock.now())
    await fener.passes(10 * MINUTE)
    checks = len(await shop.checks())
    await fener.passes(9 * MINUTE)
    assert len(await shop.checks()) <= checks + 1


async def test_an_outage_reads_as_it_was(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * MINUTE)
    await fener.until("12:01")
    assert await shop.shown() is Shown.UP
    shop.goes_down("12:02")
    await shop.is_checked_by_hand()
    await fener.until("12:03")
    assert await shop.incidents() == []
    await shop.is_checked_by_hand()
    await fener.until("12:03:20")
    assert await shop.incidents() == []
    assert await shop.shown() is Shown.UP
    await fener.until("12:03:21")
    incident = await shop.incident()
    first, second, third = (await shop.checks())[-3:]
    assert [fener.time(one.at) for one in (first, second, third)] == [
        "12:03:00.100",
        "12:03:10.100",
        "12:03:20.100",
    ]
    assert (incident.start_at, incident.start_check_id) == (first.at, first.id)
    assert (incident.opened_at, incident.opening_check_id) == (third.finished_at, third.id)
    assert (incident.failed_checks, incident.last_failed_at) == (3, third.at)
    assert (incident.end_at, incident.end_check_id, incident.resolved_at) == (None, 0, None)
    assert (incident.cause, incident.message) == ("downtime", "connection refused")
    assert await shop.shown() is Shown.DOWN
    assert fener.told == ["12:03:20.200 down"]
    details = await shop.details()
    assert [(event.kind, event.at) for event in details.events] == [
        (TimelineEvent.FIRST_FAILURE, first.at),
        (TimelineEvent.CONFIRMED, third.finished_at),
        (TimelineEvent.NOTIFIED, third.finished_at),
    ]


async def test_a_flicker_opens_nothing(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * SECOND)
    down: Span = 15 * SECOND
    for minute in range(1, 6):
        begins = fener.moment(f"12:{minute:02}")
        await fener.until(begins)
        shop.turns(REFUSES)
        await fener.until(begins + down)
        shop.turns(UP)
    await fener.until("12:07")
    assert (await shop.outcomes()).count("connection_refused") >= 5
    assert await shop.incidents() == []
    assert fener.told == []
    assert await shop.shown() is Shown.UP


async def test_a_suspicion_that_a_good_check_ends_begins_anew(fener: Timeline) -> None:
    """Two failures, a success, two failures: never three in a row."""
    shop = await fener.watches(every=10 * MINUTE)
    await fener.until("12:01")
    shop.goes_down("12:01")
    shop.comes_up("12:01:15")
    await shop.is_checked_by_hand()
    await fener.until("12:02")
    shop.goes_down("12:02")
    shop.comes_up("12:02:15")
    await shop.is_checked_by_hand()
    await fener.until("12:03")
    assert (await shop.outcomes())[-6:] == [
        "connection_refused",
        "connection_refused",
        "success",
    ] * 2
    assert await shop.incidents() == []


async def test_what_we_cannot_know_opens_nothing_and_shows_as_checked(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * SECOND)
    shop.cannot_be_judged("12:01")
    await fener.until("12:11")
    assert (await shop.outcomes()).count("resolver_down") >= 59
    assert await shop.incidents() == []
    assert fener.told == []
    assert await shop.shown() is Shown.UP


async def test_what_we_cannot_know_neither_ends_nor_feeds_a_suspicion(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * MINUTE)
    await fener.until("12:01")
    shop.goes_down("12:01")
    shop.cannot_be_judged("12:01:05")
    shop.goes_down("12:02")
    await shop.is_checked_by_hand()
    await fener.until("12:01:59")
    assert await shop.incidents() == []
    await fener.until("12:02:20")
    incident = await shop.incident()
    assert (fener.time(incident.start_at), incident.failed_checks) == ("12:01:00.100", 3)


async def test_what_we_cannot_know_closes_nothing(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * SECOND)
    shop.goes_down("12:01")
    await fener.until("12:02")
    shop.cannot_be_judged()
    await fener.until("12:12")
    assert (await shop.incident()).is_open
    assert fener.told == ["12:01:25.700 down"]
    shop.comes_up()
    await fener.until("12:12:30")
    assert not (await shop.incident()).is_open


async def test_each_failing_check_of_an_outage_is_counted_and_only_one_incident_opens(
    fener: Timeline,
) -> None:
    shop = await fener.watches(every=5 * SECOND)
    shop.goes_down("12:01")
    await fener.until("12:06")
    incident = await shop.incident()
    failed = [check for check in await shop.checks() if check.outcome == "failure"]
    assert incident.failed_checks == len(failed) >= 60
    assert incident.last_failed_at == failed[-1].at
    assert fener.told == [f"{fener.time(incident.opened_at)} down"]


async def test_a_site_that_was_never_up_is_told_of_too(fener: Timeline) -> None:
    shop: Site = await fener.watches(every=HOUR)
    shop.goes_down()
    await fener.until("12:00:21")
    assert fener.time((await shop.incident()).start_at) == "12:00:00.100"
    assert fener.told == ["12:00:20.200 down"]
