"""Keeps the evidence of the last few successes of which it was asked for, and what an incident
needs of it.
"""

from collections.abc import Sequence

import msgspec

from fener.domain.settlement import Settlement
from fener.domain.time import Instant
from fener.storage.database import Session
from fener.storage.queries import statements

SQL = statements("good_answers")
KEPT = 5
"""Of each monitor and location."""


async def write_good_answers(session: Session, made: Sequence[Settlement]) -> None:
    """Those of a batch, each in the place of the oldest. Nearly always there is none."""
    good = [_columns(one) for one in made if one.result.is_good_answer]
    if good:
        await session.many(SQL["keep"], good)
        await session.many(SQL["forget_older"], good)


async def keep_for_incident(
    session: Session, incident_id: int, monitor_id: int, before: Instant, location_id: int
) -> None:
    """Copy what the target answered when it last was good, if possible at that location."""
    found = await latest(session, monitor_id, location_id, before)
    if found is not None:
        check = {"monitor_id": monitor_id, "at": found[0], "check_id": found[1]}
        await session.run(SQL["copy"], {"incident_id": incident_id, **check})


async def latest(
    session: Session, monitor_id: int, location_id: int, before: Instant
) -> tuple[Instant, int] | None:
    """The time and id of the last one before an instant, if possible at that location."""
    place = {"monitor_id": monitor_id, "location_id": location_id, "before": before}
    row = await session.one(SQL["latest"], place)
    return None if row is None else (row["at"], row["check_id"])


def _columns(one: Settlement) -> dict[str, object]:
    result = one.result
    return {
        "monitor_id": one.monitor.id,
        "check_id": one.check_id,
        "at": result.at,
        "location_id": result.location_id,
        "evidence": msgspec.json.encode(result.evidence).decode(),
        "kept": KEPT,
    }
