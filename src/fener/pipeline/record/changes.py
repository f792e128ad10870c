"""What becomes of a change that was noticed: an incident of its own. Pure.

It opens with the change, and each channel is told once. It ends without a word when another change
follows, when nobody resolved it for a day, or when nobody wants to hear of changes any more.
"""

from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from fener.domain.check import CheckResult, Unknown
from fener.domain.health import CheckRef
from fener.domain.incident import Resolution
from fener.domain.judgement import Change, Noticed
from fener.domain.monitor import Monitor
from fener.domain.notification import Channel
from fener.domain.problem import Problem
from fener.domain.settlement import IncidentChange, Opened, Resolved, Settlement, Watched
from fener.domain.time import DAY, Span

Route = Callable[[Monitor, Sequence[Channel]], tuple[int, ...]]
NewId = Callable[[int], UUID]
"""Makes the public id of something that begins at an instant."""
USUAL_AFTER: Span = DAY
"""So long a change stays open where nobody resolves it: by then it is the usual state."""


def told(
    watched: Watched, settlement: Settlement, noticed: Noticed, route: Route, new_id: NewId
) -> Iterator[IncidentChange]:
    """The incident before ends first: a monitor has at most one open incident of a problem."""
    result, incident = settlement.result, watched.open_incident(Problem.CONTENT)
    if incident is not None and _is_over(noticed, result):
        end = CheckRef(settlement.check_id, result.at)
        yield Resolved(incident.id, Problem.CONTENT, end, Resolution.ACCEPTED, ())
    if noticed.change is not None:
        channel_ids = route(watched.monitor, watched.channels)
        yield _opened(noticed.change, channel_ids, new_id(result.finished_at))


def _opened(change: Change, channel_ids: tuple[int, ...], public_id: UUID) -> Opened:
    return Opened(
        public_id=public_id,
        problem=Problem.CONTENT,
        cause=change.cause,
        start=change.start,
        failed_checks=change.checks,
        failure=change.failure,
        channel_ids=channel_ids,
        remind_at=None,
    )


def _is_over(noticed: Noticed, result: CheckResult) -> bool:
    if noticed.change is not None:
        return True
    if isinstance(result.outcome, Unknown):
        return False
    told_at = None if noticed.snapshots is None else noticed.snapshots.told_at
    return told_at is None or result.finished_at - told_at >= USUAL_AFTER
