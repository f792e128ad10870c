"""A changed policy counts from the next check on, without a restart of anything."""

import pytest

from fener.actions import policies
from fener.actions.monitors import Change
from fener.domain.policy import Policy
from fener.domain.shown import Shown
from fener.domain.time import MINUTE, SECOND, Span
from fener.testing.timeline import Timeline


async def test_fewer_checks_and_longer_rechecks_take_effect_at_once(fener: Timeline) -> None:
    shop = await fener.watches(every=10 * MINUTE)
    await fener.until("12:01")
    change = policies.Change(confirm_after=2, recheck_every=30 * SECOND)
    await policies.change(fener.context, fener.owner, "standard", change)
    await fener.passes(SECOND)
    down_at = await shop.next_check()
    shop.goes_down(down_at)
    await fener.until(down_at + 29 * SECOND)
    assert await shop.shown() is Shown.UP
    await fener.until(down_at + 32 * SECOND)
    assert await shop.shown() is Shown.DOWN
    incident = await shop.incident()
    assert (incident.failed_checks, incident.opened_at - incident.start_at) == (2, 30_100)


@pytest.mark.parametrize(("own", "shown"), [(True, Shown.DOWN), (False, Shown.UP)])
async def test_a_monitor_is_judged_by_its_own_policy_where_it_has_one(
    fener: Timeline, *, own: bool, shown: Shown
) -> None:
    quick = policies.New(title="Quick", rules=Policy(confirm_after=1))
    policy = await policies.add(fener.context, fener.owner, quick)
    shop = await fener.watches(every=10 * MINUTE)
    await fener.until("12:01")
    if own:
        await shop.changes(Change(policy_id=policy.id))
    await fener.passes(SECOND)
    down_at = await shop.next_check()
    shop.goes_down(down_at)
    await fener.until(down_at + 2 * SECOND)
    assert await shop.shown() is shown


async def reminded(fener: Timeline, span: Span) -> list[str]:
    await fener.passes(span)
    return [one for one in fener.told if one.endswith("reminder")]


async def test_reminders_follow_the_policy_of_the_monitor(fener: Timeline) -> None:
    often = policies.New(title="Often", rules=Policy(reminder_every=2 * MINUTE))
    policy = await policies.add(fener.context, fener.owner, often)
    shop = await fener.watches()
    await shop.changes(Change(policy_id=policy.id))
    await fener.until("12:01")
    shop.goes_down()
    assert len(await reminded(fener, 10 * MINUTE)) == 4
    change = policies.Change(reminder_every=None)
    await policies.change(fener.context, fener.owner, "often", change)
    assert len(await reminded(fener, 30 * MINUTE)) <= 5
