"""A story's Fener over a file that is migrated already, which says at the end what broke."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fener.bootstrap import DATABASE_FILE
from fener.testing.timeline import Timeline, running
from support.database import migrated_file


@asynccontextmanager
async def story(folder: Path) -> AsyncIterator[Timeline]:
    """Fails for a fault of Fener's own that the story did not forgive by clearing `faults.ever`."""
    migrated_file(folder / DATABASE_FILE)
    async with running(folder) as fener:
        yield fener
    assert fener.faults.ever == set()
