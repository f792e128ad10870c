"""How many incidents chance alone opens, where each check fails by itself with one probability.

A location's opinion is a chain: from each round of checks to the next, its failures or its good
checks in a row go on or begin anew. Several locations are the product of such chains.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from math import exp, lgamma, log, log1p

from msgspec import Struct

from fener.domain.policy import Policy

CONFIDENCE = 0.999
_ROUNDS_TO_FORGET = 200
"""After so many rounds no chain remembers that it began with a good check."""


class Opinion(Struct, frozen=True):
    """One location's opinion, and how many checks in a row speak against it."""

    failing: bool = False
    against: int = 0

    def after(self, failed: bool, policy: Policy) -> "Opinion":  # noqa: FBT001 - it is the event
        if failed is self.failing:
            return Opinion(self.failing)
        needed = policy.recover_after if self.failing else policy.confirm_after
        against = self.against + 1
        return Opinion(failed) if against >= needed else Opinion(self.failing, against)


Opinions = tuple[Opinion, ...]


def incidents_a_round(policy: Policy, locations: int, fails: float) -> float:
    """How many incidents one round of checks, one at each location, opens on the average."""
    needed = policy.locations_needed(locations)
    at: dict[Opinions, float] = {(Opinion(),) * locations: 1.0}
    opens = 0.0
    for _ in range(_ROUNDS_TO_FORGET):
        later: defaultdict[Opinions, float] = defaultdict(float)
        opens = 0.0
        for before, weight in at.items():
            for after, chance in _next(before, policy, fails):
                later[after] += weight * chance
                if _failing(before) < needed <= _failing(after):
                    opens += weight * chance
        at = later
    return opens


def likely_counts(rounds: int, chance: float) -> tuple[int, int]:
    """The least and the greatest count of a binomial that are not too seldom (CONFIDENCE)."""
    tail = (1 - CONFIDENCE) / 2
    least, below, count = 0, 0.0, 0
    while below < 1 - tail:
        if below <= tail:
            least = count
        below += _binomial(rounds, count, chance)
        count += 1
    return least, count - 1


def _next(before: Opinions, policy: Policy, fails: float) -> Iterator[tuple[Opinions, float]]:
    for outcomes in product((False, True), repeat=len(before)):
        chance = 1.0
        for failed in outcomes:
            chance *= fails if failed else 1 - fails
        pairs = zip(before, outcomes, strict=True)
        yield tuple(opinion.after(failed, policy) for opinion, failed in pairs), chance


def _failing(opinions: Opinions) -> int:
    return sum(opinion.failing for opinion in opinions)


def _binomial(rounds: int, count: int, chance: float) -> float:
    if not chance:
        return float(count == 0)
    ways = lgamma(rounds + 1) - lgamma(count + 1) - lgamma(rounds - count + 1)
    return exp(ways + count * log(chance) + (rounds - count) * log1p(-chance))
