"""Whatever the history of an organization, its open incidents are found by their own index."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fener.domain.incident import IncidentStatus
from fener.domain.listing import Filters, Window
from fener.storage import incidents
from fener.storage.database import Database, Parameters, Row, Session
from fener.storage.incidents import Only, Reach
from support.database import migrated_file

OPEN = Only(status=IncidentStatus.OPEN)
REACHES = (Reach(1), Reach(1, frozenset({1, 2})))


class Explaining:
    """A session that tells how each statement would be answered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.plans: list[str] = []

    async def all(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        rows = await self._session.all(f"EXPLAIN QUERY PLAN {sql}", parameters)
        self.plans += [row["detail"] for row in rows]
        return []

    async def value(self, sql: str, parameters: Parameters | None = None) -> int:
        await self.all(sql, parameters)
        return 0


@pytest.fixture
async def explaining(tmp_path: Path) -> AsyncIterator[Explaining]:
    database = Database(migrated_file(tmp_path / "fener.db"))
    await database.open()
    async with database.read() as session:
        yield Explaining(session)
    await database.close()


@pytest.mark.parametrize("reach", REACHES, ids=["all", "limited"])
async def test_they_are_counted_and_listed_without_a_walk_through_the_past(
    explaining: Explaining, reach: Reach
) -> None:
    session: Session = explaining  # type: ignore[assignment]
    await incidents.count(session, reach, Filters(), OPEN)
    counted = list(explaining.plans)
    await incidents.filtered(session, reach, Filters(), OPEN, Window(20))
    assert "uq_incidents_open" in counted[0]
    assert "uq_incidents_open" in explaining.plans[len(counted)]
