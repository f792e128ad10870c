"""Transactions on a real SQLite file: whole or not at all, and none left open behind."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from fener.ports import StoreUnavailable
from fener.storage.database import Database, Session, in_list


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "some.db")
    await opened.open()
    async with opened.write() as session:
        await session.run("CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT UNIQUE)")
    yield opened
    await opened.close()


async def words(database: Database) -> list[str]:
    async with database.read() as session:
        return [row["word"] for row in await session.all("SELECT word FROM words ORDER BY id")]


async def add(session: Session, word: str) -> int:
    insert = "INSERT INTO words (word) VALUES (:word) RETURNING id"
    return await session.insert(insert, {"word": word})


async def test_a_block_is_committed_at_its_end(database: Database) -> None:
    async with database.write() as session:
        assert await add(session, "a") == 1
        assert await words(database) == []
    assert await words(database) == ["a"]


async def test_an_exception_undoes_the_whole_block(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as session:
            await add(session, "a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await words(database) == []


async def test_work_at_once_is_whole_or_not_at_all(database: Database) -> None:
    async def two(session: Session) -> int:
        await add(session, "a")
        return await add(session, "b")

    assert await database.write_at_once(two) == 2
    with pytest.raises(sqlite3.IntegrityError):
        await database.write_at_once(two)
    assert await words(database) == ["a", "b"]


async def test_a_block_cancelled_while_it_begins_leaves_nothing_open(database: Database) -> None:
    async def write(word: str) -> None:
        async with database.write() as session:
            await add(session, word)

    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(write("cancelled"))
        await asyncio.wait({writing}, timeout=0)
        while database._writing._work_queue.qsize():
            await asyncio.wait({writing}, timeout=0)
        writing.cancel()
        await asyncio.wait({writing}, timeout=0)
        other.execute("ROLLBACK")
        with suppress(asyncio.CancelledError):
            await writing
    await write("whole")
    assert await words(database) == ["whole"]


async def test_a_locked_file_is_unavailable_and_works_again_afterwards(
    database: Database,
) -> None:
    assert database._writer is not None
    await database._writer.run("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            async with database.write() as session:
                await add(session, "a")
        other.execute("ROLLBACK")
    async with database.write() as session:
        await add(session, "b")
    assert await words(database) == ["b"]


async def test_readers_cannot_write(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(StoreUnavailable, match="readonly"):
            await add(session, "a")


def test_a_list_becomes_named_parameters() -> None:
    assert in_list("id", [7, 8]) == ("(:id_0, :id_1)", {"id_0": 7, "id_1": 8})
