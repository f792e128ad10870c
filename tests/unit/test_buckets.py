"""Buckets find what is due: every phase once, none missed, whatever the ticks do."""

import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.time import HOUR, MINUTE, SECOND, Instant, Span
from fener.pipeline.schedule.buckets import LONGEST_SPREAD, SLOT, Buckets

START: Instant = 1_767_268_800_000
INTERVALS = st.sampled_from([SECOND, 1_234, 5 * SECOND, MINUTE, 7 * MINUTE, HOUR, 24 * HOUR])
TICKS = st.lists(st.integers(0, 90 * SECOND), min_size=1, max_size=40)


def filled(*intervals: Span) -> Buckets:
    """Monitors 0, 1, 2 ... of these intervals."""
    buckets = Buckets()
    for monitor_id, interval in enumerate(intervals):
        buckets.put(monitor_id, interval)
    return buckets


def due(buckets: Buckets, after: Instant, until: Instant) -> list[tuple[Instant, int]]:
    return [(at, each) for at, ids in buckets.due(after, until) for each in ids]


def test_a_monitor_is_due_once_in_each_interval_at_its_own_phase() -> None:
    buckets = filled(MINUTE)
    ticks = range(START, START + HOUR, SLOT)
    times = [at for tick in ticks for at, _ in due(buckets, tick, tick + SLOT)]
    assert len(times) == 60
    assert {later - earlier for earlier, later in pairwise(times)} == {MINUTE}


@given(INTERVALS, st.integers(0, HOUR))
def test_the_next_time_is_the_first_one_that_is_due_later(interval: Span, passed: Span) -> None:
    buckets, now = filled(interval), START + passed
    at = buckets.next(0, now)
    assert at > now
    assert due(buckets, now, at) == [(at, 0)]


def test_the_phase_is_the_same_in_every_process() -> None:
    script = (
        "from fener.pipeline.schedule.buckets import Buckets\n"
        "buckets = Buckets()\n"
        "for each in range(5): buckets.put(each, 60_000)\n"
        f"print(sorted((at, *ids) for at, ids in buckets.due({START}, {START + MINUTE})))"
    )
    other = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    here = sorted(due(filled(*[MINUTE] * 5), START, START + MINUTE))
    assert other.strip() == str(here)


def test_a_phase_does_not_depend_on_the_other_monitors() -> None:
    alone, crowded = Buckets(), filled(*[MINUTE] * 100)
    alone.put(42, MINUTE)
    (at,) = [at for at, each in due(crowded, START, START + MINUTE) if each == 42]
    assert due(alone, START, START + MINUTE) == [(at, 42)]


@pytest.mark.parametrize("step", [1, 600])
def test_there_is_no_herd_whether_ids_are_dense_or_regular(step: int) -> None:
    buckets = Buckets()
    for monitor_id in range(0, 60_000 * step, step):
        buckets.put(monitor_id, MINUTE)
    sizes = Counter(at for at, _ in due(buckets, START, START + MINUTE))
    assert len(sizes) == MINUTE // SLOT
    assert max(sizes.values()) < 150, "100 on average"


@given(st.lists(INTERVALS, min_size=1, max_size=20), TICKS)
def test_late_and_uneven_ticks_miss_nothing_and_give_nothing_twice(
    intervals: list[Span], ticks: list[Span]
) -> None:
    buckets, now = filled(*intervals), START
    seen: dict[int, list[Instant]] = {each: [] for each in range(len(intervals))}
    for tick in ticks:
        found = due(buckets, now, now + tick)
        assert all(now < at <= now + tick for at, _ in found)
        assert len({each for _, each in found}) == len(found), "one monitor twice in a tick"
        for at, monitor_id in found:
            seen[monitor_id].append(at)
        now += tick
    for monitor_id, interval in enumerate(intervals):
        times = seen[monitor_id]
        assert times == sorted(set(times))
        steps = {later - earlier for earlier, later in pairwise(times)}
        assert all(step % interval == 0 for step in steps)
        longest_gap = max([*ticks, 0]) + interval
        assert all(step <= longest_gap for step in steps)
        assert times or now - START < interval + SLOT


@given(st.lists(INTERVALS, min_size=1, max_size=20), st.integers(0, 30 * HOUR))
def test_one_long_tick_finds_the_last_time_of_each_monitor_that_came_due(
    intervals: list[Span], span: Span
) -> None:
    buckets = filled(*intervals)
    step_by_step: dict[int, Instant] = {}
    for monitor_id, interval in enumerate(intervals):
        alone = Buckets()
        alone.put(monitor_id, interval)
        first = min(at for at, _ in due(alone, START, START + interval))
        if first <= START + span:
            step_by_step[monitor_id] = first + (START + span - first) // interval * interval
    assert {each: at for at, each in due(buckets, START, START + span)} == step_by_step


def test_an_interval_that_is_no_multiple_of_a_slot_does_not_drift() -> None:
    buckets = filled(*[1_234] * 200)
    times: dict[int, list[Instant]] = {each: [] for each in range(200)}
    for tick in range(START, START + MINUTE, 70):
        for at, monitor_id in due(buckets, tick, tick + 70):
            times[monitor_id].append(at)
    for each in times.values():
        assert {later - earlier for earlier, later in pairwise(each)} == {1_234}


def test_a_tick_a_little_longer_than_the_interval_gives_full_buckets_once() -> None:
    buckets = filled(*[SECOND] * 1_000)
    for shift in range(0, 1_000, 25):
        found = due(buckets, START + shift, START + shift + SECOND + SLOT - 1)
        assert len(found) == 1_000


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 5), INTERVALS),
            st.tuples(st.just("remove"), st.integers(0, 5), st.just(0)),
            st.tuples(st.just("tick"), st.just(0), st.integers(0, 5 * SECOND)),
        ),
        max_size=60,
    )
)
def test_monitors_come_change_and_go_between_ticks(events: list[tuple[str, int, int]]) -> None:
    buckets, now, known = Buckets(), START, dict[int, Span]()
    for word, number, span in events:
        if word == "put":
            buckets.put(number, span)
            known[number] = span
        elif word == "remove" and number in known:
            buckets.remove(number)
            del known[number]
        elif word == "tick":
            fresh = Buckets()
            for monitor_id, interval in known.items():
                fresh.put(monitor_id, interval)
            found = sorted(due(buckets, now, now + span))
            assert found == sorted(due(fresh, now, now + span))
            now += span
        assert len(buckets) == len(known)
    assert {each for _, each in due(buckets, now, now + 24 * HOUR)} == set(known)


def test_putting_a_monitor_again_changes_nothing() -> None:
    buckets = filled(MINUTE)
    buckets.put(0, MINUTE)
    assert len(due(buckets, START, START + MINUTE)) == 1


def test_what_a_gap_missed_is_made_up_for_once_and_spread() -> None:
    buckets = filled(*[HOUR] * 2_000)
    made_up = list(buckets.missed(START - 10 * HOUR, START))
    at = {monitor_id: at for at, monitor_id in made_up}
    regular = {each: when for when, each in due(buckets, START, START + HOUR)}
    assert len(at) == len(made_up)
    assert all(START <= when < START + LONGEST_SPREAD for when in at.values())
    # Only those that are due anyway before they could be made up for are left out.
    left_out = {each for each in range(2_000) if each not in at}
    assert all(regular[each] < START + LONGEST_SPREAD for each in left_out)
    assert all(at[each] < regular[each] for each in at)
    by_second = Counter((when - START) // (10 * SECOND) for when in at.values())
    assert len(by_second) == LONGEST_SPREAD // (10 * SECOND)
    assert min(by_second.values()) > 250


def test_a_gap_shorter_than_the_interval_concerns_only_those_that_it_hit() -> None:
    buckets = filled(*[24 * HOUR] * 2_000)
    hit = {each for _, each in due(buckets, START - HOUR, START)}
    assert 0 < len(hit) < 200
    assert {each for _, each in buckets.missed(START - HOUR, START)} == hit


def test_short_intervals_are_spread_over_themselves() -> None:
    buckets = filled(*[5 * SECOND] * 500)
    times = [at for at, _ in buckets.missed(START - HOUR, START)]
    assert all(START <= at < START + 5 * SECOND for at in times)
    assert len(times) > 200, "half of them come before their next regular time"


@given(INTERVALS, st.integers(0, 1_000), st.integers(0, 48 * HOUR))
def test_one_monitor_makes_up_for_what_it_missed_since_its_last_check(
    interval: Span, monitor_id: int, ago: Span
) -> None:
    buckets = Buckets()
    buckets.put(monitor_id, interval)
    makes_up = buckets.missed_since(monitor_id, START - ago, START)
    assert ([] if makes_up is None else [(makes_up, monitor_id)]) == list(
        buckets.missed(START - ago, START)
    )


def test_a_check_at_the_very_time_of_its_phase_missed_nothing() -> None:
    buckets = filled(HOUR)
    ((at, _),) = due(buckets, START, START + HOUR)
    assert buckets.missed_since(0, at, at + MINUTE) is None
    assert buckets.missed_since(0, at - 1, at + MINUTE) is not None
