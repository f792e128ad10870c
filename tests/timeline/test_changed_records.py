"""Records that change, told as a timeline: an event that is told once, and no outage."""

from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from fener.actions import checks, incidents, monitors
from fener.actions.monitors import Change, New
from fener.domain.incident import Resolution, TimelineEvent
from fener.domain.kinds.dns import DnsSettings
from fener.domain.problem import Cause, Problem, Severity
from fener.domain.shown import Shown
from fener.domain.time import DAY, HOUR, MINUTE, SECOND
from fener.storage.watching import state_of
from fener.testing.scripted import OURS, REFUSES, UP, Behaviour
from fener.testing.timeline import Timeline
from fener.testing.watched import Site

SETTINGS = DnsSettings(host="shop.example", notice_changes=True)


def answering(*records: str) -> Behaviour:
    return replace(UP, status_code=None, records=records)


OLD, NEW, NEWER = (answering(f"A 192.0.2.{number}") for number in (1, 2, 3))


async def watched(fener: Timeline) -> Site:
    """A name whose records were seen once."""
    new = New(settings=SETTINGS, interval=MINUTE)
    name = Site(fener, await monitors.add(fener.context, fener.owner, new))
    name.turns(OLD)
    await fener.until("12:02")
    return name


async def test_a_change_opens_a_warning_and_is_told_once(fener: Timeline) -> None:
    name = await watched(fener)
    due = await name.next_check()
    name.turns(NEW)
    await fener.until(due + 2 * 10 * SECOND + SECOND)
    incident = await name.incident()
    assert (incident.problem, incident.cause) == (Problem.CONTENT, Cause.DNS_CHANGE)
    assert (incident.cause.level, incident.start_at) == (Severity.WARNING, due)
    assert incident.message == ("the records of shop.example are A 192.0.2.2, before A 192.0.2.1")
    await fener.passes(2 * HOUR)
    assert [one.event for one in fener.carrier.asked] == ["down"]


async def test_a_change_is_no_outage(fener: Timeline) -> None:
    name = await watched(fener)
    name.turns(NEW)
    await fener.until("12:10")
    assert (await name.incident()).is_open
    assert await name.shown() is Shown.UP
    line = await checks.line(fener.context, fener.owner, name.id)
    summary = await checks.summary(fener.context, fener.owner, line)
    assert summary.uptime.day == 1.0


async def test_it_is_the_usual_state_after_a_day(fener: Timeline) -> None:
    name = await watched(fener)
    name.turns(NEW)
    await fener.until("12:10")
    opened = (await name.incident()).opened_at
    async with fener.stopped():
        fener.clock.step_wall(opened + DAY - 2 * MINUTE - fener.clock.now())
    await fener.passes(MINUTE)
    assert (await name.incident()).is_open
    await fener.passes(3 * MINUTE)
    details = await name.details()
    assert details.incident.resolution is Resolution.ACCEPTED
    assert details.events[-1].kind is TimelineEvent.RESOLVED
    assert [one.event for one in fener.carrier.asked] == ["down"]


async def test_it_stays_open_while_nobody_can_tell(fener: Timeline) -> None:
    name = await watched(fener)
    name.turns(NEW)
    await fener.until("12:10")
    name.turns(OURS)
    async with fener.stopped():
        fener.clock.step_wall(2 * DAY)
    await fener.passes(3 * MINUTE)
    assert (await name.incident()).is_open
    name.turns(NEW)
    await fener.passes(2 * MINUTE)
    assert not (await name.incident()).is_open


@pytest.mark.parametrize(("deed", "left"), [(incidents.resolve, 1), (incidents.delete, 0)])
async def test_a_person_may_end_it_and_hears_of_the_next_one(
    fener: Timeline, deed: Callable[..., Awaitable[object]], left: int
) -> None:
    name = await watched(fener)
    name.turns(NEW)
    await fener.until("12:10")
    await deed(fener.context, fener.owner, (await name.incident()).id)
    async with fener.context.database.read() as session:
        state = await state_of(session, name.id)
    assert set(state.problems) == {Problem.AVAILABILITY}
    await fener.until("12:20")
    assert len(await name.incidents()) == left
    name.turns(NEWER)
    await fener.until("12:30")
    assert [one.is_open for one in await name.incidents()] == [False] * left + [True]
    assert [one.event for one in fener.carrier.asked] == ["down"] * 2


async def test_the_next_change_ends_the_one_before_and_is_told(fener: Timeline) -> None:
    name = await watched(fener)
    for turn, time in ((NEW, "12:10"), (NEWER, "12:20"), (OLD, "12:30")):
        name.turns(turn)
        await fener.until(time)
    found = await name.incidents()
    assert [one.resolution for one in found] == [Resolution.ACCEPTED, Resolution.ACCEPTED, None]
    assert [one.event for one in fener.carrier.asked] == ["down"] * 3
    line = await checks.line(fener.context, fener.owner, name.id)
    assert (line.changes_total, line.last_changed_at) == (3, found[-1].opened_at)


async def test_our_faults_and_outages_are_no_change(fener: Timeline) -> None:
    name = await watched(fener)
    name.turns(OURS)
    await fener.until("12:10")
    name.turns(REFUSES)
    await fener.until("12:20")
    name.turns(OLD)
    await fener.until("12:30")
    assert [one.problem for one in await name.incidents()] == [Problem.AVAILABILITY]


async def test_a_change_during_an_outage_is_told_after_it(fener: Timeline) -> None:
    name = await watched(fener)
    name.turns(REFUSES)
    await fener.until("12:10")
    name.turns(NEW)
    await fener.until("12:20")
    found = {one.problem: one.is_open for one in await name.incidents()}
    assert found == {Problem.AVAILABILITY: False, Problem.CONTENT: True}


async def test_a_restart_neither_forgets_the_records_nor_tells_twice(fener: Timeline) -> None:
    name = await watched(fener)
    due = await name.next_check()
    name.turns(NEW)
    await fener.until(due + SECOND)
    async with fener.stopped():
        pass
    await fener.until("12:10")
    async with fener.stopped():
        pass
    await fener.until("12:20")
    assert (await name.incident()).is_open
    assert [one.event for one in fener.carrier.asked] == ["down"]


async def test_what_changed_while_it_was_paused_is_told(fener: Timeline) -> None:
    name = await watched(fener)
    await name.pauses()
    name.turns(NEW)
    await fener.until("12:10")
    await name.resumes()
    await fener.until("12:20")
    assert [one.cause for one in await name.incidents()] == [Cause.DNS_CHANGE]


async def test_who_wants_to_hear_no_more_ends_it(fener: Timeline) -> None:
    name = await watched(fener)
    name.turns(NEW)
    await fener.until("12:10")
    await name.changes(Change(settings=replace(SETTINGS, notice_changes=False)))
    name.turns(answering())
    await fener.until("12:20")
    assert (await name.incident()).resolution is Resolution.ACCEPTED


async def test_a_store_that_is_away_loses_no_change(fener: Timeline) -> None:
    name = await watched(fener)
    async with fener.without_store():
        name.turns(NEW)
        await fener.passes(10 * MINUTE)
    await fener.passes(5 * MINUTE)
    assert (await name.incident()).cause is Cause.DNS_CHANGE
    assert [one.event for one in fener.carrier.asked] == ["down"]
    fener.faults.ever.clear()
