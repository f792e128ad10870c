"""What it costs to file results, in the amounts in which they are due to be filed.

Results that were recorded are recorded again and again with later times, until as many lie there
as a filing takes; then they are filed. The first filing finds empty tables, which no other does, so
it is no figure.
"""

import asyncio
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from figures import Effort, middle
from msgspec import Struct
from processes import used

from fener.bootstrap import DATABASE_FILE
from fener.domain.time import Span
from fener.pipeline.record.filing import LONGEST_UNFILED, MOST_UNFILED
from fener.storage.database import Database
from fener.storage.filing import SqlFilingStore

_LAID_OUT = """
INSERT INTO fresh_results (id, monitor_id, at, location_id, purpose, finished_at, outcome, reason,
                           message, facts, status_code, total_us, dns_us, connect_us, tls_us,
                           first_byte_us, transfer_us, evidence)
SELECT (SELECT coalesce(max(id), 0) FROM fresh_results) + row_number() OVER (ORDER BY id),
       monitor_id, at + :later, location_id, purpose, finished_at + :later, outcome, reason,
       message, facts, status_code, total_us, dns_us, connect_us, tls_us,
       first_byte_us, transfer_us, evidence
  FROM recorded
"""
_RECORDED = """
SELECT count(*), max(at) - min(at), count(DISTINCT monitor_id) FROM recorded
"""
_KEPT = """
SELECT (SELECT sum(pgsize) FROM dbstat WHERE name IN ('check_results', 'hours', 'days'))
       * 1.0 / (SELECT count(*) FROM check_results)
"""
_TO_THE_END = "PRAGMA wal_checkpoint(TRUNCATE)"


class Filed(Struct, frozen=True):
    """Of each result: microseconds of CPU, bytes written, and bytes kept with all roll-ups."""

    cpu: float
    written: float
    kept: float
    together: float
    """Results of one monitor in one filing."""


class Lying(Struct, frozen=True):
    """What was recorded, and what of it makes a filing."""

    results: int
    span: Span
    monitors: int
    times: int
    """How often it lies there, behind itself, when it is due to be filed."""


def filed(data: Path, interval: Span, effort: Effort) -> Filed:
    """File what a Fener that has ended left in this folder, as often as shows a steady state."""
    path = data / DATABASE_FILE
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        store.execute("CREATE TEMP TABLE recorded AS SELECT * FROM fresh_results")
        store.execute("DELETE FROM fresh_results")
        lying = _lying(store, interval, effort)
        laps = range(effort.of(6, 2))
        return _middle([_lap(store, path, lying, number) for number in laps][1:])


def _lying(store: sqlite3.Connection, interval: Span, effort: Effort) -> Lying:
    results, between, monitors = store.execute(_RECORDED).fetchone()
    span = between - between % interval + interval
    due = min(MOST_UNFILED, results * LONGEST_UNFILED // span)
    return Lying(results, span, monitors, effort.of(max(1, round(due / results)), 1))


def _lap(store: sqlite3.Connection, path: Path, lying: Lying, number: int) -> Filed:
    for again in range(lying.times):
        store.execute(_LAID_OUT, {"later": (number * lying.times + again) * lying.span})
    store.execute(_TO_THE_END)
    count = lying.results * lying.times
    before = used(os.getpid())
    asyncio.run(_file(path))
    store.execute(_TO_THE_END)
    after = used(os.getpid())
    return Filed(
        cpu=(after.cpu_us - before.cpu_us) / count,
        written=(after.written - before.written) / count,
        kept=store.execute(_KEPT).fetchone()[0],
        together=count / lying.monitors,
    )


async def _file(path: Path) -> None:
    database = Database(path)
    await database.open()
    try:
        await SqlFilingStore(database).file()
    finally:
        await database.close()


def _middle(laps: Sequence[Filed]) -> Filed:
    return Filed(
        cpu=middle([one.cpu for one in laps]),
        written=middle([one.written for one in laps]),
        kept=laps[-1].kept,
        together=laps[-1].together,
    )
