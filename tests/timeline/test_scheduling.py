"""Monitors that come, change and go while Fener runs."""

from msgspec.structs import replace

from fener.actions import monitors
from fener.actions.monitors import Change
from fener.bootstrap import NoDoorbells
from fener.domain.kinds.http import HttpSettings
from fener.domain.shown import Shown
from fener.domain.time import HOUR, MINUTE, SECOND
from fener.testing.timeline import Timeline


async def test_a_new_monitor_is_checked_at_once_and_then_at_its_phase(fener: Timeline) -> None:
    shop = await fener.watches(every=MINUTE)
    assert await shop.shown() is Shown.UNKNOWN
    await fener.passes(SECOND)
    assert await shop.shown() is Shown.UP
    await fener.until("12:05")
    assert shop.ordered[0] == "12:00:00.100"
    assert shop.ordered[1:] == [f"12:0{minute}:06.500" for minute in range(5)]


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


async def test_a_changed_interval_takes_effect_at_once(fener: Timeline) -> None:
    shop = await fener.watches(every=HOUR)
    await fener.until("12:10")
    await shop.changes(Change(interval=10 * SECOND))
    await fener.until("12:12")
    at_once, *regular = shop.ordered[1:]
    assert at_once == "12:10:00.100"
    assert regular[:3] == ["12:10:06.500", "12:10:16.500", "12:10:26.500"]
    assert len(regular) == 12
    await shop.changes(Change(interval=HOUR))
    await fener.until("12:20")
    assert shop.ordered[14:] == ["12:12:00.100"]


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
