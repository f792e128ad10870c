"""SQLite under asyncio: one writer, several read-only connections, each call in a thread.

Statements carry `:name` parameters. Every write is one transaction and durable when it returns
(WAL, `synchronous=FULL`); a failed one leaves nothing behind.
"""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec

from fener.ports import StoreUnavailable

Row = sqlite3.Row
Parameters = Mapping[str, Any]
T = TypeVar("T")
Work: TypeAlias = Callable[["Session"], Coroutine[Any, Any, T]]

READERS = 4
_NAME = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_BUSY_TIMEOUT_MS = 5_000
_CHECKPOINT_AFTER_PAGES = 4_000
"""A page that was changed many times is copied into the database once, but all are at once."""
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}",
    "PRAGMA cache_size = -32000",
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_AFTER_PAGES}",
)


class Session:
    """Statements on one connection, one after another.

    Each is run by the executor; without one, where it is called, and then nothing is waited for.
    """

    def __init__(
        self, connection: sqlite3.Connection, executor: ThreadPoolExecutor | None = None
    ) -> None:
        self._connection = connection
        self._executor = executor

    async def all(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        return await self._call(lambda c: c.execute(sql, parameters or {}).fetchall())

    async def one(self, sql: str, parameters: Parameters | None = None) -> Row | None:
        """The first row, or None."""
        rows: Row | None = await self._call(lambda c: c.execute(sql, parameters or {}).fetchone())
        return rows

    async def value(self, sql: str, parameters: Parameters | None = None) -> Any:
        """The first column of the first row, or None."""
        row = await self.one(sql, parameters)
        return None if row is None else row[0]

    async def run(self, sql: str, parameters: Parameters | None = None) -> int:
        """Execute a change; gives how many rows it touched."""
        return await self._call(lambda c: c.execute(sql, parameters or {}).rowcount)

    async def insert(self, sql: str, parameters: Parameters) -> int:
        """Execute an `INSERT ... RETURNING id`; gives the id."""
        identifier = await self.value(sql, parameters)
        return int(identifier)

    async def many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Execute a change once for each row."""
        given = list(rows)
        if given:
            text, values = _by_place(sql)
            await self._call(lambda c: c.executemany(text, map(values, given)))

    async def transaction(self, work: Work[T]) -> T:
        """Commit what `work` does, in a single call of the executor."""
        return await self._call(lambda c: _finished(_committed(Session(c), work)))

    async def undo(self) -> None:
        """Roll back. A full disk may have ended the transaction already.

        Asked where statements run: one whose caller was cancelled may still be on its way.
        """
        await self._call(lambda c: c.execute("ROLLBACK") if c.in_transaction else None)

    async def _call(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._executor is None:
                return work(self._connection)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, work, self._connection)
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            raise StoreUnavailable(f"the database answered: {error}") from error


class Database:
    """One SQLite file. `open` before use, `close` after."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._write_lock = asyncio.Lock()
        self._writing = ThreadPoolExecutor(1, "fener-writer")
        self._reading = ThreadPoolExecutor(READERS, "fener-reader")
        self._writer: Session | None = None
        self._readers: asyncio.Queue[Session] = asyncio.Queue()
        self._connections: list[sqlite3.Connection] = []

    async def open(self) -> None:
        """Connect. Raises StoreUnavailable where the file cannot be opened."""
        self._writer = Session(self._connect(read_only=False), self._writing)
        for _ in range(READERS):
            self._readers.put_nowait(Session(self._connect(read_only=True), self._reading))

    async def close(self) -> None:
        async with self._write_lock:
            self._writing.shutdown()
            self._reading.shutdown()
            # The writer last: only the last connection of all may tidy the write-ahead log away.
            for connection in reversed(self._connections):
                connection.close()
            self._connections.clear()

    def _connect(self, *, read_only: bool) -> sqlite3.Connection:
        mode = "ro" if read_only else "rwc"
        try:
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
            connection.row_factory = sqlite3.Row
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self.path} cannot be opened: {error}") from error
        self._connections.append(connection)
        return connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        """A connection to read from; each statement sees the newest commit."""
        session = await self._readers.get()
        try:
            yield session
        finally:
            self._readers.put_nowait(session)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        """One transaction: committed at the end of the block, undone by any exception in it."""
        if self._writer is None:
            raise StoreUnavailable("the database is not open")
        async with self._write_lock:
            try:
                await self._writer.run("BEGIN IMMEDIATE")
                yield self._writer
                await self._writer.run("COMMIT")
            except BaseException:
                await asyncio.shield(self._writer.undo())
                raise

    async def write_at_once(self, work: Work[T]) -> T:
        """The same for what is written often: all of it in a single call of the writer's thread.

        A call costs more than most statements do. `work` may wait for nothing but its session;
        cancelled, it is committed all the same or never begun.
        """
        if self._writer is None:
            raise StoreUnavailable("the database is not open")
        async with self._write_lock:
            return await self._writer.transaction(work)


@cache
def _by_place(sql: str) -> tuple[str, Callable[[Parameters], Sequence[Any]]]:
    """The same statement with `?`, and what makes the values of its places from a row.

    SQLite's module looks every `:name` up again for each row, which takes longer than most of what
    is done with the value.
    """
    names = _NAME.findall(sql)
    text = _NAME.sub("?", sql)
    if len(names) == 1:
        return text, lambda row: (row[names[0]],)
    return text, itemgetter(*names)


async def _committed(session: Session, work: Work[T]) -> T:
    await session.run("BEGIN IMMEDIATE")
    try:
        made = await work(session)
        await session.run("COMMIT")
    except BaseException:
        await session.undo()
        raise
    return made


def _finished(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never has to wait."""
    try:
        work.send(None)
    except StopIteration as end:
        made: T = end.value
        return made
    work.close()
    raise RuntimeError("what is written at once may wait for nothing else")


def as_json(values: Sequence[Any]) -> str:
    """One parameter for `IN (SELECT value FROM json_each(:name))`: one text for every length, so
    that it is prepared once.
    """
    return msgspec.json.encode(values).decode()


def in_list(name: str, values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """Text and parameters for `IN (...)` over a list: `(:name_0, :name_1)`."""
    parameters = {f"{name}_{index}": value for index, value in enumerate(values)}
    return "(" + ", ".join(f":{key}" for key in parameters) + ")", parameters
