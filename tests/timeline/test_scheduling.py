"""Monitors that come, change and go while Fener runs."""

from collections.abc import Callable
from itertools import product

from msgspec.structs import replace

from fener.actions import monitors
from fener.actions.context import Doorbells
from fener.actions.monitors import Change
from fener.bootstrap import NoDoorbells
from fener.domain.kinds.http import HttpSettings
from fener.domain.place import Place
from fener.domain.shown import Shown
from fener.domain.time import HOUR, MINUTE, SECOND
from fener.testing.timeline import Timeline
from fener.testing.watched import Site


async def test_a_new_monitor_is_checked_at_once_and_then_at_its_phase(fener: Timeline) -> None:
    shop = await fener.watches(every=MINUTE)
    assert await shop.shown() is Shown.UNKNOWN
    await fener.passes(SECOND)
    assert await shop.shown() is Shown.UP
    await fener.until("12:05")
    assert shop.ordered[0] == "12:00:00.100"
    assert shop.ordered[1:] == [f"12:0{minute}:33.900" for minute in range(5)]


class SlowBells(NoDoorbells):
    """The rings of an action come together and too late, as over a pipe that is read seldom."""

    def __init__(self, heard: Doorbells) -> None:
        self._heard = heard
        self._rung: list[Callable[[], None]] = []

    def check_now(self, monitor_id: int) -> None:
        self._rung.append(lambda: self._heard.check_now(monitor_id))

    def monitors_changed(self, *places: Place) -> None:
        self._rung.append(lambda: self._heard.monitors_changed(*places))

    def arrive(self) -> None:
        for ring in self._rung:
            ring()


async def test_a_new_monitor_is_checked_once_whenever_its_bells_are_heard(fener: Timeline) -> None:
    """The scheduler looks at the store by itself: it may find a monitor before it hears of it."""
    settings = HttpSettings(url="https://shop.example/")
    for begins, later in product(range(0, 250, 40), (0, 1, 60, 100, 140, 250, 1_000)):
        await fener.until(fener.clock.now() // SECOND * SECOND + SECOND + begins)
        bells = SlowBells(fener.context.doorbells)
        context = replace(fener.context, doorbells=bells)
        new = monitors.New(settings=settings, interval=24 * HOUR)
        shop = Site(fener, await monitors.add(context, fener.owner, new))
        await fener.passes(later)
        bells.arrive()
        await fener.passes(2 * SECOND - later)
        assert len(shop.ordered) == 1, (begins, later)
        assert await shop.shown() is Shown.UP


async def test_a_first_check_and_a_regular_one_that_comes_at_once_are_one(fener: Timeline) -> None:
    for before in (0, 40, 99, 100, 101, 200, 490):
        shop = await fener.watches(every=MINUTE)
        await fener.passes(SECOND)
        await shop.pauses()
        await fener.until(await shop.next_check() + MINUTE - before)
        seen = len(shop.ordered)
        await shop.resumes()
        await fener.passes(2 * SECOND)
        assert len(shop.ordered) == seen + 1, before
        assert await shop.shown() is Shown.UP


async def test_what_is_paused_and_resumed_between_two_looks_is_checked_at_once(
    fener: Timeline,
) -> None:
    elsewhere = replace(fener.context, doorbells=NoDoorbells())
    shop = await fener.watches(every=24 * HOUR)
    await fener.passes(SECOND)
    await monitors.pause(elsewhere, fener.owner, shop.id)
    await monitors.resume(elsewhere, fener.owner, shop.id)
    assert await shop.shown() is Shown.UNKNOWN
    await fener.passes(SECOND)
    assert len(shop.ordered) == 2
    assert await shop.shown() is Shown.UP


async def test_what_another_process_adds_and_changes_is_noticed_within_a_second(
    fener: Timeline,
) -> None:
    """Nobody rings: the store is looked at."""
    elsewhere = replace(fener.context, doorbells=NoDoorbells())
    await fener.until("12:01")
    new = monitors.New(settings=HttpSettings(url="https://cron.example/"), interval=HOUR)
    added = await monitors.add(elsewhere, fener.owner, new)
    await fener.until("12:01:00.500")
    (order,) = fener.prober.orders
    assert (order.monitor_id, order.settings.target) == (added.id, "https://cron.example/")
    moved = Change(settings=HttpSettings(url="https://moved.example/"))
    await monitors.change(elsewhere, fener.owner, added.id, moved)
    await fener.until("12:01:01")
    assert fener.prober.orders[-1].settings.target == "https://moved.example/"
    await monitors.pause(elsewhere, fener.owner, added.id)
    await fener.until("12:02")
    assert len(fener.prober.orders) == 2


async def test_a_changed_interval_is_kept_from_then_on(fener: Timeline) -> None:
    shop = await fener.watches(every=HOUR)
    await fener.until("12:10")
    await shop.changes(Change(interval=10 * SECOND))
    await fener.until("12:12")
    regular = shop.ordered[1:]
    assert regular[:3] == ["12:10:05.600", "12:10:15.600", "12:10:25.600"]
    assert len(regular) == 12
    await shop.changes(Change(interval=HOUR))
    await fener.until("12:20")
    assert shop.ordered[13:] == []


async def test_a_changed_address_is_checked_at_once_and_judged_from_there(fener: Timeline) -> None:
    shop = await fener.watches(every=HOUR)
    await fener.until("12:10")
    shop.goes_down()
    await shop.changes(Change(settings=HttpSettings(url="https://new.example/")))
    await fener.until("12:10:30")
    assert fener.prober.orders[-1].settings.target == "https://new.example/"
    assert (await shop.incident()).target == "https://new.example/"


async def test_a_hundred_monitors_do_not_disturb_one_another(fener: Timeline) -> None:
    sites = [await fener.watches(f"https://{number}.example/") for number in range(100)]
    await fener.until("12:01")
    for site in sites[::10]:
        site.goes_down()
    await fener.until("12:02:30")
    down = [site for site in sites if await site.shown() is Shown.DOWN]
    assert down == sites[::10]
    assert len(fener.told) == 10
    for site in sites:
        assert len(await site.incidents()) == (site in down)


async def test_what_nobody_checks_is_late_and_nothing_is_held_against_it(fener: Timeline) -> None:
    """The prober stands still for minutes in which the site fails and recovers."""
    shop = await fener.watches(every=10 * SECOND, timeout=5 * SECOND)
    await fener.until("12:01")
    fener.prober.stand_still()
    shop.goes_down()
    await fener.until("12:01:15")
    assert await shop.shown() is Shown.UP
    await fener.until("12:01:40")
    assert await shop.shown() is Shown.LATE
    await fener.until("12:05")
    assert await shop.shown() is Shown.LATE
    assert fener.faults.present == {"lateness"}
    assert await shop.incidents() == []
    shop.comes_up()
    fener.prober.go_on()
    await fener.until("12:05:20")
    assert await shop.shown() is Shown.UP
    assert await shop.incidents() == []
    assert "connection_refused" not in await shop.outcomes()
    await fener.until("12:06")
    assert fener.faults.present == set()
    fener.faults.ever.clear()
