"""Whether the records of a name are other than before. Pure; asks no clock.

Each location measures an answer by the one it believes in. A change is beyond doubt after as many
checks in a row as a failure is, and people are told of it once, whichever location saw it first.
Where answers alternate (round robin, a network that balances load), it has to hold for as long as
what flaps has to be calm.
"""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from fener.domain.check import CheckResult, Failure
from fener.domain.failure import Facts, FailureReason
from fener.domain.health import MOVES_COUNT_FOR, Answers, CheckRef, Snapshots
from fener.domain.judgement import Change, Noticed
from fener.domain.kinds.dns import DnsSettings
from fener.domain.monitor import Monitor
from fener.domain.policy import Policy
from fener.domain.problem import Cause
from fener.domain.time import Instant

_MOST_SHOWN, _LONGEST = 10, 600
_NOTHING = Noticed(None)
"""Said of nearly every check."""


def notice_changes(
    monitor: Monitor, before: Snapshots | None, result: CheckResult, check_id: int
) -> Noticed:
    """What one check means for what is remembered. One that failed says nothing of the records."""
    settings = monitor.settings
    if not isinstance(settings, DnsSettings) or not settings.notice_changes:
        return _NOTHING
    known = before or Snapshots(settings.target)
    if known.question != settings.target:
        known = Snapshots(settings.target)
    if known.answers.keys() - set(monitor.location_ids):
        kept = {one: known.answers[one] for one in known.answers if one in monitor.location_ids}
        known = replace(known, answers=kept)
    if result.records is None:
        return Noticed(known)
    return _compared(monitor, known, result, result.records, CheckRef(check_id, result.at))


def _compared(
    monitor: Monitor, known: Snapshots, result: CheckResult, came: tuple[str, ...], check: CheckRef
) -> Noticed:
    place, policy, now = result.location_id, monitor.policy, result.finished_at
    believed = known.answers.get(place)
    if believed is None:
        return Noticed(_with(known, place, Answers(came, now)))
    moved = _moved(believed, came, check, now, policy)
    if not moved.other:
        after, change = _with(known, place, moved), None
    elif _is_told(known.answers, place, came, now):
        after, change = _with(known, place, _adopted(moved, now)), None
    elif _is_beyond_doubt(moved, policy, now):
        others = _superseded(known, believed.records)
        after = replace(_with(others, place, _adopted(moved, now)), told_at=now)
        change = _change(monitor, moved)
    else:
        after, change = _with(known, place, moved), None
    return Noticed(after, change, _recheck_at(after, result, policy))


def _moved(
    believed: Answers, came: tuple[str, ...], check: CheckRef, now: Instant, policy: Policy
) -> Answers:
    """The same belief, with one more answer."""
    moves = believed.moves
    if came != believed.latest or (moves and moves[0] <= now - MOVES_COUNT_FOR):
        lately = tuple(at for at in moves if at > now - MOVES_COUNT_FOR)
        moved = (now,) if came != believed.latest else ()
        moves = (*lately, *moved)[-policy.flap_turns - 1 :]
    if came == believed.records:
        return _undoubted(believed, moves)
    return replace(
        believed,
        other=came,
        other_since=believed.other_since if came == believed.other else check,
        doubt=believed.doubt or check,
        doubts=believed.doubts + 1,
        moves=moves,
    )


def _undoubted(believed: Answers, moves: tuple[Instant, ...]) -> Answers:
    if not believed.other and moves == believed.moves:
        return believed
    return replace(believed, other=(), other_since=None, doubt=None, doubts=0, moves=moves)


def _is_beyond_doubt(moved: Answers, policy: Policy, now: Instant) -> bool:
    assert moved.other_since is not None  # noqa: S101 - set with `other`
    if moved.is_restless(policy.flap_turns, now):
        return now - moved.other_since.at >= policy.flap_calm
    return moved.doubts >= policy.confirm_after


def _is_told(
    answers: Mapping[int, Answers], place: int, came: Collection[str], now: Instant
) -> bool:
    """Whether the same change was seen and told elsewhere, not longer ago than caches keep."""
    return any(
        one.told and one.records == came and now - one.since < MOVES_COUNT_FOR
        for other, one in answers.items()
        if other != place
    )


def _superseded(known: Snapshots, old: tuple[str, ...]) -> Snapshots:
    """The same, where people have just heard that an answer is the old one: they would have to hear
    of it anew, even if another location still has it.
    """
    answers = {
        place: replace(one, told=False) if one.told and one.records == old else one
        for place, one in known.answers.items()
    }
    return replace(known, answers=answers)


def _adopted(moved: Answers, now: Instant) -> Answers:
    return Answers(moved.other, now, before=moved.records, told=True, moves=moved.moves)


def _with(known: Snapshots, place: int, answers: Answers) -> Snapshots:
    if known.answers.get(place) is answers:
        return known
    return replace(known, answers={**known.answers, place: answers})


def _recheck_at(known: Snapshots, result: CheckResult, policy: Policy) -> Instant | None:
    """Soon, while any location doubts; not where answers alternate, which no recheck settles."""
    now = result.finished_at
    if not any(
        one.doubts and not one.is_restless(policy.flap_turns, now) for one in known.answers.values()
    ):
        return None
    return max(result.at + policy.recheck_every, now)


def _change(monitor: Monitor, moved: Answers) -> Change:
    assert isinstance(monitor.settings, DnsSettings)  # noqa: S101 - asked by its only caller
    assert moved.doubt is not None  # noqa: S101 - set with the first answer that was another one
    host = monitor.settings.host
    new, old = moved.other, moved.records
    came = tuple(record for record in new if record not in old)
    went = tuple(record for record in old if record not in new)
    message = f"the records of {host} are {_listed(new, old)}, before {_listed(old, new)}"
    got, wanted = (came, went) if came and went else (new, old)
    facts = Facts(name=host, got=_listed(got, old), wanted=_listed(wanted, new))
    failure = Failure(FailureReason.RECORDS_CHANGED, message, facts)
    return Change(Cause.DNS_CHANGE, failure, moved.doubt, moved.doubts)


def _listed(records: Collection[str], others: Collection[str]) -> str:
    """What the others lack comes first: a long list is cut."""
    shown = sorted(records, key=lambda one: (one in others, one))
    more = len(shown) - _MOST_SHOWN
    text = ", ".join(shown[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
