"""The overview of the web app as its owner sees it, with a thousand and ten thousand monitors."""

import tempfile
from pathlib import Path

from client import Rounds, answered, get
from figures import Effort, Figure
from houses import House, furnish, served

from fener.domain.time import DAY, MINUTE

DAYS = 90
CHECKS = 36
APART = 5 * MINUTE
CONNECTIONS = 4
ROUND_SECONDS = 3


def measure(effort: Effort) -> list[Figure]:
    rounds = Rounds(CONNECTIONS, ROUND_SECONDS / effort.of(1, 20), effort.of(3, 1))
    counts = (30,) if effort.is_quick else (1_000, 10_000)
    return [figure for count in counts for figure in _measured(count, rounds)]


def _measured(count: int, rounds: Rounds) -> list[Figure]:
    async def fill(house: House) -> str:
        await house.probes("http://127.0.0.1:9/", count, DAY)
        await _add_past(house)
        return await house.cookie()

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        cookie = furnish(data, fill)
        with served(data) as fener:
            return [
                answered(
                    f"{what}, {count:,} monitors",
                    rounds.of(fener, [get(path, Cookie=f"fener_session={cookie}")]),
                )
                for what, path in (
                    ("overview", "/"),
                    ("overview, last page", f"/?page={count // 25}"),
                    ("overview, searched", "/?search=Site+77"),
                )
            ]


async def _add_past(house: House) -> None:
    """Ninety days of roll-ups and three hours of checks for every monitor, all of them up."""
    now = house.context.clock.now()
    steps = {"now": now, "today": now // DAY, "day": DAY, "apart": APART}
    async with house.context.database.write() as session:
        await session.run(_DAYS, {**steps, "last": DAYS - 1})
        await session.run(_CHECKS, {**steps, "last": CHECKS - 1})
        await session.run(_STATES, steps)


_DAYS = """
INSERT INTO days (monitor_id, day, checks, failed, unknown, timed, total_us_sum)
WITH RECURSIVE ago(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM ago WHERE n < :last)
SELECT id, :today - n, 288, (id + n) % 30 = 0, 0, 288, 288 * 120000 FROM monitors, ago
"""
_CHECKS = """
INSERT INTO check_results (monitor_id, at, id, location_id, purpose, finished_at, outcome,
                           status_code, total_us, dns_us, connect_us, first_byte_us, transfer_us)
WITH RECURSIVE ago(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM ago WHERE n < :last)
SELECT id, :now - n * :apart, id * 1000 + n, 1, 'scheduled', :now - n * :apart + 120, 'success',
       200, 120000 + n * 1000, 3000, 20000, 90000, 7000
  FROM monitors, ago
"""
_STATES = """
UPDATE monitor_states
   SET health = 'up', since = :now - 30 * :day, last_checked_at = :now, last_outcome = 'success',
       last_total_us = 120000, checks_total = 25920, checks_timed = 25920,
       total_us_sum = 25920 * 120000
"""
