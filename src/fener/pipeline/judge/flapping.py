"""Whether something keeps going down and coming back. Pure; asks no clock.

It is flapping once it turned more often within the window than the policy allows, and until it has
not turned for as long as the policy calls calm.
"""

from msgspec.structs import replace

from fener.domain.health import ProblemState
from fener.domain.judgement import Judgement, Verdict
from fener.domain.policy import Policy
from fener.domain.time import Instant

_TURNS = frozenset({Verdict.WENT_DOWN, Verdict.RECOVERED})


def flapped(judgement: Judgement, before: ProblemState, now: Instant, policy: Policy) -> Judgement:
    """The same judgement, with what it means for the flapping of its problem."""
    turns, flapping = _remembered(before, now, policy)
    if judgement.verdict in _TURNS:
        turns = (*turns, now)[-policy.flap_turns - 1 :]
        flapping = flapping or len(turns) > policy.flap_turns
    return replace(judgement, state=replace(judgement.state, turns=turns, flapping=flapping))


def _remembered(
    before: ProblemState, now: Instant, policy: Policy
) -> tuple[tuple[Instant, ...], bool]:
    """Its turns that still count. What has become calm begins anew."""
    if before.flapping:
        is_calm = now - before.turns[-1] >= policy.flap_calm
        return ((), False) if is_calm else (before.turns, True)
    return tuple(turn for turn in before.turns if turn > now - policy.flap_window), False
