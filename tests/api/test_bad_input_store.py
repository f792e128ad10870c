"""The store made to fail under every route: 500 in the words of the contract, and no word of why.

It fails for everything, for writing alone, and at the end of a transaction; a request that was
answered 500 has left nothing behind.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from structlog.testing import capture_logs

from fener.actions import identify
from fener.actions.context import Context
from fener.actions.identify import Caller as Asker
from fener.api.app import create_api
from fener.api.options import ApiOptions
from fener.domain.people import Identity
from fener.domain.time import HOUR
from fener.ports import StoreUnavailable
from fener.storage.database import Database, Session
from support.api import Client
from support.rights import Operation
from support.rights_asking import SHARED, own_requests
from support.rights_world import Open
from support.schemas import refused

WHY = "disk I/O error at /secret/place"


class Failing(Database):
    """Another store's stand-in, broken in one way."""

    def __init__(self, real: Database, way: str) -> None:
        super().__init__(real.path)
        self._real = real
        self._way = way

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        if self._way == "everything":
            raise StoreUnavailable(WHY)
        async with self._real.read() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        if self._way != "commits":
            raise StoreUnavailable(WHY)
        async with self._real.write() as session:
            yield session
            raise StoreUnavailable(WHY)


class Recognizing:
    """Knows who asks by a store that still works."""

    def __init__(self, working: Context) -> None:
        self._working = working

    async def by_bearer(self, _context: Context, secret: str) -> Asker | None:
        return await identify.by_bearer(self._working, secret)

    async def by_session(self, _context: Context, cookie: str) -> Asker | None:
        return await identify.by_session(self._working, cookie)

    async def identity_for(
        self, _context: Context, caller: Asker, organization_id: int | None = None
    ) -> Identity:
        return await identify.identity_for(self._working, caller, organization_id)


def words(operation: Operation) -> str:
    is_list = operation.name == "organization GET /api/incidents"
    return "Failed to fetch incidents" if is_list else "Internal server error"


def _client(here: Open, way: str, caller: str, *, recognizes: bool) -> Client:
    working = here.here.context
    broken = msgspec.structs.replace(working, database=Failing(working.database, way))
    recognizer = Recognizing(working) if recognizes else identify
    api = create_api(broken, ApiOptions(rate_limit=0, recognizer=recognizer))
    return Client(api, here.town.callers[caller].headers)


DRY = {"POST /api/notification-channels/test"}
"""Unsafe by its method alone."""


@pytest.mark.parametrize("caller", ["session of owner", "key of owner", "token"])
@pytest.mark.parametrize("recognizes", [True, False], ids=["knows callers", "knows nobody"])
async def test_every_route_words_a_broken_store(
    here: Open, caller: str, *, recognizes: bool
) -> None:
    client = _client(here, "everything", caller, recognizes=recognizes)
    who = here.town.callers[caller]
    for asked in own_requests(who):
        operation = asked.line.operation
        wanted = asked.line.wanted(who.column, with_session=who.has_session)
        if recognizes and wanted[0] == "-":
            continue  # refused before the store is asked
        with capture_logs() as logged:
            answer = await asked.of(client)
        # Whoever is not known has no key that could choose the other contract.
        is_chosen = operation.path.rstrip("/") in SHARED and not recognizes
        contract = "organization" if is_chosen else operation.contract
        refused(answer, contract, 500, words(operation))
        assert b"secret" not in answer.body
        assert WHY in str(logged)


@pytest.mark.parametrize("way", ["writing", "commits"])
async def test_every_change_words_a_store_that_cannot_keep_it(here: Open, way: str) -> None:
    client = _client(here, way, "session of owner", recognizes=True)
    for asked in own_requests(here.town.callers["session of owner"]):
        operation = asked.line.operation
        answer = await asked.of(client)
        if operation.is_safe or operation.key in DRY:
            assert answer.status == 200, (asked, answer)
        else:
            refused(answer, operation.contract, 500, "Internal server error")
        assert not here.is_changed, asked


async def test_a_credential_is_good_where_its_use_cannot_be_noted(here: Open) -> None:
    here.here.clock.step_wall(HOUR)
    client = _client(here, "writing", "key of owner", recognizes=False)
    with capture_logs() as logged:
        assert (await client.get("/api/monitors/")).status == 200
    assert [entry["log_level"] for entry in logged] == ["warning"]
