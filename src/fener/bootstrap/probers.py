"""How many prober processes work side by side."""

import os
from math import ceil

from fener.storage import scheduling
from fener.storage.database import Database

CHECKS_A_SECOND = 400
"""What one process takes: half a core where all of them agree on TLS, a tenth where none does.
Nearer to a whole core the times that it reports begin to grow."""


async def prober_count(asked: int, database: Database) -> int:
    """As many as were asked for; else as what is watched wants, and the machine has cores for.

    Raises StoreUnavailable.
    """
    if asked:
        return asked
    async with database.read() as session:
        rate = await scheduling.checks_a_second(session)
    return fitting(rate, os.cpu_count() or 1)


def fitting(rate: float, cores: int) -> int:
    """For so many checks a second. One core is left to the server."""
    return max(1, min(ceil(rate / CHECKS_A_SECOND), cores - 1))
