"""What ends and what begins when a person stops or starts the watching of a monitor."""

import msgspec
from msgspec.structs import replace

from fener.domain import expectation
from fener.domain.health import Health, MonitorState, ProblemState, Runs, Streak
from fener.domain.incident import Resolution, TimelineEvent
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.problem import Problem
from fener.domain.time import Instant
from fener.storage.database import Session
from fener.storage.incident_changes import add_event
from fener.storage.queries import statements
from fener.storage.settlements import write_belief

SQL = statements("watching")
MONITORS = statements("monitors")
_STATE: msgspec.json.Decoder[MonitorState] = msgspec.json.Decoder(MonitorState)


async def state_of(session: Session, monitor_id: int) -> MonitorState:
    text = await session.value(MONITORS["state"], {"monitor_id": monitor_id})
    return _STATE.decode(text)


async def end_incidents(
    session: Session,
    monitor_id: int,
    resolution: Resolution,
    now: Instant,
    user_id: int | None,
) -> int:
    """Resolve what is open without telling anybody; gives how many there were."""
    rows = await session.all(SQL["open_incidents"], {"monitor_id": monitor_id})
    detail = {"resolution": resolution}
    for row in rows:
        incident = {"id": row["id"]}
        await session.run(SQL["end_incident"], {**incident, "now": now, "resolution": resolution})
        await session.run(SQL["cancel_owed"], incident)
        await add_event(
            session, row["id"], TimelineEvent.RESOLVED, now, user_id=user_id, detail=detail
        )
    return len(rows)


async def forget(session: Session, monitor_id: int, why: str, now: Instant) -> None:
    """Health becomes unknown; what was judged before will still not be judged again."""
    state = await state_of(session, monitor_id)
    for problem, before in state.problems.items():
        if before.health is not Health.UNKNOWN:
            moved = {"monitor_id": monitor_id, "problem": problem, "before": before.health}
            await session.run(SQL["note_transition"], {**moved, "why": why, "now": now})
    heard = Runs(last_ping_at=state.runs.last_ping_at)
    kept = {one for one, before in state.problems.items() if before.silenced}
    blank = {one: _blank(state.of(one), now) for one in {Problem.AVAILABILITY, *kept}}
    await write_belief(
        session, monitor_id, replace(state, problems=blank, recheck_at=None, runs=heard)
    )


async def await_runs(
    session: Session, monitor_id: int, settings: HeartbeatSettings, now: Instant, *, anew: bool
) -> None:
    """Let a heartbeat wait by these settings; `anew` from now on, if it was ever pinged."""
    state = await state_of(session, monitor_id)
    runs = state.runs
    if anew and runs.last_ping_at is not None:
        runs = Runs(last_ping_at=runs.last_ping_at, awaited_from=now)
    awaited = expectation.rescheduled(runs, settings, now)
    if awaited != state.runs:
        await write_belief(session, monitor_id, replace(state, runs=awaited))


def _blank(before: ProblemState, now: Instant) -> ProblemState:
    """An incident that was deleted stays silenced until the monitor was up once."""
    judged = {place: Streak(judged_at=streak.judged_at) for place, streak in before.streaks.items()}
    return ProblemState(since=now, streaks=judged, silenced=before.silenced)
