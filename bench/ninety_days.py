"""The last ninety days of a thousand monitors: their uptimes, and what a list of them shows."""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from figures import Effort, Figure, middle
from houses import House, furnish

from fener.actions import checks
from fener.actions.checks import Line
from fener.cli.collecting import collect_seldom
from fener.clock import stopwatch
from fener.domain.time import DAY, HOUR
from fener.storage import checks as stored

DAYS = 90
DEAF = 20
"""Times in which Fener was off, an hour each."""


def measure(effort: Effort) -> list[Figure]:
    count, rounds = effort.of(1_000, 20), effort.of(9, 1)
    return [figure for outages in (2, 20) for figure in _measured(count, outages, rounds)]


def _measured(count: int, outages: int, rounds: int) -> list[Figure]:
    async def work(house: House) -> list[Figure]:
        await house.probes("http://127.0.0.1:9/", count, DAY)
        await _add_past(house, outages)
        lines = (await checks.overview(house.context, house.owner, limit=count)).lines

        async def uptimes() -> None:
            await _uptimes(house, lines)

        async def glances() -> None:
            await checks.glances(house.context, house.owner, lines)

        with_outages = f"{count:,} monitors, {outages} outages each"
        return [
            Figure(f"{what}, {with_outages}", await _took(asked, rounds), "ms")
            for what, asked in (("uptimes", uptimes), ("uptimes and days", glances))
        ]

    collect_seldom()  # as the server does
    with tempfile.TemporaryDirectory() as folder:
        return furnish(Path(folder) / "data", work)


async def _uptimes(house: House, lines: tuple[Line, ...]) -> None:
    now = house.context.clock.now()
    async with house.context.database.read() as session:
        pasts = await stored.pasts(session, [one.id for one in lines], now - DAYS * DAY)
    for past in pasts.values():
        past.over(now - DAYS * DAY, now)


async def _took(asked: Callable[[], Awaitable[None]], rounds: int) -> float:
    """Milliseconds of one round, the first one aside: it reads the file."""
    await asked()
    spent = []
    for _ in range(rounds):
        began = stopwatch()
        await asked()
        spent.append((stopwatch() - began) / 1_000)
    return middle(spent)


async def _add_past(house: House, outages: int) -> None:
    now = house.context.clock.now()
    given = {"now": now, "today": now // DAY, "day": DAY, "hour": HOUR, "days": DAYS}
    async with house.context.database.write() as session:
        await session.run(_DAYS, given)
        await session.run(_TURNS, {**given, "last": 2 * outages})
        await session.run(_DEAF, {**given, "last": DEAF})


_DAYS = """
INSERT INTO days (monitor_id, day, checks, failed, unknown, timed, total_us_sum)
WITH RECURSIVE ago(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM ago WHERE n < :days)
SELECT id, :today - n, 1440, 2, 0, 1438, 172560000 FROM monitors, ago
"""
_TURNS = """
INSERT INTO transitions (monitor_id, problem, at, before, after, why, began_at, check_id)
WITH RECURSIVE turn(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < :last),
     turned AS (SELECT id, 0 AS n, :now - (:days + 1) * :day AS at FROM monitors
                UNION ALL
                SELECT id, n, :now - (:last - n) / 2 * :days * :day / (:last / 2 + 1)
                              - id * 60000 - n % 2 * 600000
                  FROM turn, monitors)
SELECT id, 'availability', at, CASE WHEN n % 2 THEN 'up' ELSE 'down' END,
       CASE WHEN n % 2 THEN 'down' ELSE 'up' END, '', at - 20000, 1
  FROM turned
 ORDER BY at
"""
"""Up before the first day, then outages of ten minutes, evenly over the days; those of all monitors
as they would be written.
"""
_DEAF = """
INSERT INTO deaf_periods (from_at, until_at, why)
WITH RECURSIVE ago(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM ago WHERE n < :last)
SELECT :now - n * 4 * :day, :now - n * 4 * :day + :hour, 'not_running' FROM ago
"""
