"""Monitors that nobody checks: shown as late, and told as Fener's own fault, once."""

from fener.domain.shown import Shown
from fener.domain.time import HOUR, MINUTE
from fener.testing.timeline import Timeline


async def test_lateness_itself_alarms_and_so_does_its_end(fener: Timeline) -> None:
    sites = [await fener.watches(f"https://{number}.example/") for number in range(3)]
    await fener.until("12:05")
    fener.prober.stand_still()
    await fener.until("12:10")
    assert [await site.shown() for site in sites] == [Shown.LATE] * 3
    assert fener.told == []
    await fener.passes(HOUR)
    assert [line.split()[1] for line in fener.told] == ["blind"]
    (message,) = fener.carrier.asked
    assert message.spell is not None
    assert message.spell.why == "3 monitors were not checked in time"
    fener.prober.go_on()
    await fener.passes(5 * MINUTE)
    assert [line.split()[1] for line in fener.told] == ["blind", "seeing"]
    for site in sites:
        assert await site.incidents() == []
        assert await site.shown() is Shown.UP
    fener.faults.ever.clear()


async def test_what_is_caught_up_soon_wakes_nobody(fener: Timeline) -> None:
    await fener.watches()
    await fener.until("12:05")
    fener.prober.stand_still()
    await fener.until("12:11")
    fener.prober.go_on()
    await fener.passes(HOUR)
    assert fener.told == []
    fener.faults.ever.clear()
