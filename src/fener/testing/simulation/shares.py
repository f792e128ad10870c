"""Simulates shares in processes side by side; what comes out does not depend on how many."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import structlog
from msgspec import Struct

from fener.testing.simulation.life import Life
from fener.testing.simulation.reference import Verdict, judged
from fener.testing.simulation.world import GROUPS, Share, by_chance, group_of, troubled

Made = TypeVar("Made")


class ByChance(Struct, frozen=True):
    """What chance alone opened where this share of checks fails, by the name of the group."""

    fails: float
    rounds: dict[str, int]
    incidents: dict[str, int]


def simulate_troubles(share: Share) -> Verdict:
    world = troubled(share)
    return judged(world, Life(world).run())


def simulate_chance(fails: float, share: Share) -> ByChance:
    world = by_chance(share, fails)
    seen = Life(world).run()
    rounds, incidents = {group.name: 0 for group in GROUPS}, {group.name: 0 for group in GROUPS}
    for monitor_id, checks in seen.checks.items():
        group = group_of(monitor_id)
        rounds[group.name] += checks // len(group.locations)
    for one in seen.incidents:
        incidents[group_of(one.monitor_id).name] += 1
    return ByChance(fails, rounds, incidents)


def added_chance(parts: Sequence[ByChance]) -> ByChance:
    """The parts are of one probability."""
    return ByChance(
        parts[0].fails,
        {name: sum(part.rounds[name] for part in parts) for name in parts[0].rounds},
        {name: sum(part.incidents[name] for part in parts) for name in parts[0].incidents},
    )


def side_by_side(
    simulate: Callable[[Share], Made], all_shares: Iterable[Share], processes: int
) -> Iterator[Made]:
    """What comes of each share, in their order."""
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=be_quiet) as pool:
        yield from pool.map(simulate, all_shares)


def processors() -> int:
    return os.cpu_count() or 1


def be_quiet() -> None:
    """The scheduler warns of each trouble, and there are thousands."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
