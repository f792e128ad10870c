"""One house for each test of the APIs, or a town where it takes two."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from support.api import Client
from support.house import House, open_house
from support.rights_world import Open, open_town


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture
async def key(house: House) -> Client:
    """Asks with the owner's account key."""
    return await house.key_of(house.owner)


@pytest_asyncio.fixture
async def token(house: House) -> Client:
    """Asks with a token of the organization."""
    return await house.token()


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Open]:
    async with open_town(tmp_path) as opened:
        yield opened
