"""`python -m fener.testing.simulation`: simulates, prints tables, and fails on a broken promise."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from functools import partial

from fener.clock import stopwatch
from fener.testing.simulation import report
from fener.testing.simulation.reference import added
from fener.testing.simulation.shares import (
    added_chance,
    processors,
    side_by_side,
    simulate_chance,
    simulate_troubles,
)
from fener.testing.simulation.world import shares

LEAST_DAYS = 0.5
FAILS_AT_RANDOM = 0.02
CHANCE_SHARE = 1 / 4
"""Of the days, for the run in which checks fail at random: it judges twice as many a day."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.days < LEAST_DAYS:
        parser.error(f"troubles need room: at least {LEAST_DAYS:g} days")
    began = stopwatch()
    _say(f"{given.monitors:,} monitors, {given.days:g} days, seed {given.seed}", ())
    all_shares = shares(given.seed, given.monitors, given.days)
    verdict = added(side_by_side(simulate_troubles, all_shares, given.processes))
    _say("Everything goes wrong that may", report.troubles_lines(verdict))
    _say("From an outage's begin to its incident", report.delay_lines(verdict.delays))
    fewer_days = shares(given.seed, given.monitors, given.days * CHANCE_SHARE)
    by_chance = partial(simulate_chance, FAILS_AT_RANDOM)
    chance = added_chance([*side_by_side(by_chance, fewer_days, given.processes)])
    _say(report.chance_title(FAILS_AT_RANDOM), report.chance_lines(chance))
    broken = [*report.unlikely(chance), *(f"{one.promise}" for one in verdict.complaints)]
    _say(f"It took {(stopwatch() - began) / 1e6:.0f} s.", ())
    _say(f"{len(broken)} promises were broken." if broken else "Every promise was kept.", ())
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m fener.testing.simulation", description=__doc__)
    parser.add_argument("--monitors", type=int, default=1_000)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=processors())
    return parser


def _say(title: str, lines: Iterable[str]) -> None:
    print(title)  # noqa: T201 - it is what a simulation is run for
    for line in lines:
        print(line)  # noqa: T201
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
