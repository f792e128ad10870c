"""One Fener for each story."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from fener.testing.timeline import Timeline
from support.running import story


@pytest_asyncio.fixture
async def fener(tmp_path: Path) -> AsyncIterator[Timeline]:
    async with story(tmp_path) as told:
        yield told
