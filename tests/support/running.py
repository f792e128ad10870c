"""A story's Fener over a file that is migrated already, which says at the end what broke."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fener.bootstrap import DATABASE_FILE
from fener.testing.timeline import Timeline, running
from support.database import migrated_file


@asynccontextmanager
async def story(folder: Path) -> AsyncIterator[Timeline]:
    """Fails for a fault of Fener's own that the story did not forgive by clearing `faults.ever`,
    and for any task that Fener leaves behind.
    """
    migrated_file(folder / DATABASE_FILE)
    before = asyncio.all_tasks()
    async with running(folder) as fener:
        yield fener
    await fener.clock.settle()
    assert fener.faults.ever == set()
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert [task.get_coro() for task in left if not task.done()] == []
