"""Fener ends and begins again over the same file, and nobody notices."""

import pytest

from fener.domain.check import Purpose
from fener.domain.message import DeliveryStatus
from fener.domain.time import HOUR, MINUTE, SECOND
from fener.testing.timeline import Timeline


@pytest.mark.parametrize("at", [2, 8, 12, 18])
async def test_a_restart_in_the_middle_of_a_confirmation_forgets_nothing(
    fener: Timeline, at: int
) -> None:
    """The next regular check would come within the hour; the recheck comes at its time."""
    shop = await fener.watches(every=HOUR)
    await fener.until("12:01")
    shop.goes_down()
    await shop.is_checked_by_hand()
    await fener.until(f"12:01:{at:02}")
    async with fener.stopped():
        await fener.passes(SECOND)
    await fener.until("12:01:22")
    incident = await shop.incident()
    assert (fener.time(incident.start_at), incident.failed_checks) == ("12:01:00.100", 3)
    assert fener.time(incident.opened_at)[:8] == "12:01:20"


async def test_a_recheck_that_was_due_while_fener_was_away_is_made_at_once(
    fener: Timeline,
) -> None:
    shop = await fener.watches(every=HOUR)
    await fener.until("12:01")
    shop.goes_down()
    await shop.is_checked_by_hand()
    await fener.passes(SECOND)
    async with fener.stopped():
        await fener.passes(3 * MINUTE)
    await fener.until("12:04:03")
    orders = [one for one in fener.prober.orders if one.monitor_id == shop.id]
    assert orders[-1].purpose is Purpose.RECHECK
    assert "12:04:01" <= fener.time(orders[-1].at) <= "12:04:01.200"
    await fener.until("12:04:15")
    assert (await shop.incident()).failed_checks == 3


async def test_a_restart_in_the_middle_of_a_recovery_forgets_nothing(fener: Timeline) -> None:
    shop = await fener.watches(every=HOUR)
    shop.goes_down()
    await fener.until("12:01")
    shop.comes_up()
    await shop.is_checked_by_hand()
    await fener.until("12:01:05")
    async with fener.stopped():
        await fener.passes(SECOND)
    await fener.until("12:01:12")
    incident = await shop.incident()
    assert fener.time(incident.end_at or 0) == "12:01:00.100"
    assert [line.split()[1] for line in fener.told] == ["down", "recovered"]


async def test_a_check_that_a_restart_cut_off_is_made_again(fener: Timeline) -> None:
    shop = await fener.watches(every=HOUR)
    await fener.until("12:01")
    shop.hangs()
    await shop.is_checked_by_hand()
    await fener.until("12:01:15")
    async with fener.stopped():
        await fener.passes(SECOND)
    await fener.until("12:01:38")
    assert (await shop.incident()).failed_checks == 3


async def test_an_open_incident_outlives_restarts_with_its_id_and_is_told_once(
    fener: Timeline,
) -> None:
    shop = await fener.watches(every=10 * SECOND)
    shop.goes_down()
    await fener.until("12:01")
    before = await shop.incident()
    for minute in range(2, 6):
        async with fener.stopped():
            await fener.passes(20 * SECOND)
        await fener.until(f"12:{minute:02}")
    after = await shop.incident()
    assert (after.id, after.public_id, after.start_at) == (
        before.id,
        before.public_id,
        before.start_at,
    )
    assert after.is_open
    assert [line.split()[1] for line in fener.told] == ["down"]


async def test_what_was_owed_before_a_restart_is_told_after_it(fener: Timeline) -> None:
    fener.carrier.answers(*[DeliveryStatus.TRY_AGAIN] * 2)
    shop = await fener.watches(every=10 * SECOND)
    shop.goes_down()
    await fener.until("12:00:20")
    async with fener.stopped():
        await fener.passes(MINUTE)
    await fener.until("12:02")
    events = [line.split()[1] for line in fener.told]
    assert events == ["down", "down", "down"]
    assert len(set(fener.carrier.keys)) == 1


async def test_an_hour_away_from_a_site_that_went_down_meanwhile(fener: Timeline) -> None:
    shop = await fener.watches(every=MINUTE)
    await fener.until("12:02")
    async with fener.stopped():
        await fener.passes(HOUR)
        shop.goes_down()
    await fener.until("13:03:30")
    incident = await shop.incident()
    assert fener.time(incident.start_at) >= "13:02"
    assert incident.is_open
