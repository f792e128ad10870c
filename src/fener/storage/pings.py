"""What the jobs of heartbeats reported, read for people."""

from msgspec import Struct

from fener.domain.heartbeat import PingAction
from fener.domain.time import Instant, Span
from fener.storage.database import Session
from fener.storage.ids import LARGEST_ID
from fener.storage.queries import statements

SQL = statements("pings")


class SeenPing(Struct, frozen=True, kw_only=True):
    """One ping. `duration` is that of the run it ended; `check_id` 0 where it was no result."""

    id: int
    at: Instant
    action: PingAction
    exit_status: int | None
    run_id: str | None
    body: str | None
    source: str
    user_agent: str
    check_id: int
    duration: Span | None


async def newest(
    session: Session, monitor_id: int, limit: int, before_id: int | None = None
) -> list[SeenPing]:
    given = {"monitor_id": monitor_id, "before_id": before_id or LARGEST_ID, "limit": limit}
    return [
        SeenPing(
            id=row["id"],
            at=row["at"],
            action=PingAction(row["action"]),
            exit_status=row["exit_status"],
            run_id=row["run_id"],
            body=row["body"],
            source=row["source"],
            user_agent=row["user_agent"],
            check_id=row["check_id"] or 0,
            duration=row["duration_ms"],
        )
        for row in await session.all(SQL["newest"], given)
    ]
