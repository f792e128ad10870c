"""What each location of a monitor sees, and how many of them must agree before it is down."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from fener.domain.health import Health, ProblemState, Streak
from fener.domain.policy import Policy
from fener.domain.time import Instant


class LastSeen(Struct, frozen=True):
    """When a location's last good and last failing check were due; None for not lately."""

    good_at: Instant | None = None
    failed_at: Instant | None = None


class View(Struct, frozen=True, kw_only=True):
    """What one location sees, by its own settled opinion."""

    location_id: int
    sees: Health
    since: Instant | None
    """Of one that sees it down, its first failing check."""
    against: int
    """How many checks in a row speak against it: failing ones while up, good ones while down."""
    last: LastSeen


class Agreement(Struct, frozen=True):
    """All of them, and how many it takes."""

    views: tuple[View, ...]
    needed: int

    @property
    def seeing_down(self) -> int:
        return sum(view.sees is Health.DOWN for view in self.views)


def agreement(
    state: ProblemState, policy: Policy, location_ids: Sequence[int], last: Mapping[int, LastSeen]
) -> Agreement:
    """Of the locations that a monitor is watched from, in their order."""
    views = tuple(
        _view(number, state.streaks.get(number, Streak()), last.get(number, LastSeen()))
        for number in location_ids
    )
    return Agreement(views, policy.locations_needed(len(location_ids)))


def _view(location_id: int, streak: Streak, last: LastSeen) -> View:
    first = streak.first_failure if streak.failing else None
    return View(
        location_id=location_id,
        sees=_sees(streak, last),
        since=first.at if first else None,
        against=streak.successes if streak.failing else streak.failures,
        last=last,
    )


def _sees(streak: Streak, last: LastSeen) -> Health:
    """A streak alone does not tell a good check from one of ours that said nothing."""
    if streak.failing:
        return Health.DOWN
    is_known = streak.judged_at > 0 and last.good_at is not None
    return Health.UP if is_known else Health.UNKNOWN
