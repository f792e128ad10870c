"""A town that is open: a test has a copy of its store, which it copies back after each change."""

import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fener.actions import secret_texts
from fener.api.app import Api, create_api
from fener.api.options import ApiOptions
from support.api import Client
from support.people import World, world
from support.rights_building import hurry, town
from support.rights_town import RANGES, SPREAD, Caller, Town


class Open:
    """A town that is open: its APIs answer, and changes are seen and undone."""

    def __init__(self, town: Town, here: World) -> None:
        self.town = town
        self.here = here
        self.api: Api = create_api(here.context, ApiOptions(rate_limit=0))
        path = here.context.database.path
        path.with_name("first.db").write_bytes(town.store)
        self._file = sqlite3.connect(path)
        self._first = sqlite3.connect(path.with_name("first.db"))
        self.reset()

    def client(self, caller: Caller) -> Client:
        return Client(self.api, caller.headers)

    def reset(self) -> None:
        """As on the first day."""
        self._first.backup(self._file)
        self.seen()

    def seen(self) -> int:
        """A number that differs when anybody else has written anything since."""
        (self._version,) = self._file.execute("PRAGMA data_version").fetchone()
        return int(self._version)

    @property
    def is_changed(self) -> bool:
        before = self._version
        return bool(self.seen() != before)

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table."""
        names = [
            name
            for (name,) in self._file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: self._file.execute(f"SELECT * FROM {name}").fetchall() for name in names}

    def holds(self, text: str) -> bool:
        """Whether any row does."""
        rows = (row for table in self.dump().values() for row in table)
        return any(text in value for row in rows for value in row if isinstance(value, str))

    def rows(self, sql: str, **parameters: object) -> list[tuple[Any, ...]]:
        return self._file.execute(sql, parameters).fetchall()

    def csrf_of(self, caller: Caller) -> str:
        """The token that the forms of somebody's pages carry."""
        cookie = caller.headers["cookie"].partition("=")[2]
        sql = "SELECT csrf_token FROM sessions WHERE hash = :hash"
        ((token,),) = self.rows(sql, hash=secret_texts.hashed(cookie))
        return str(token)

    def crowd(self, owners: Iterable[str], count: int) -> None:
        """Give some owners so many more monitors, heartbeats, incidents and channels."""
        for owner in owners:
            for table in ("monitors", "incidents", "channels"):
                self._multiply(table, RANGES[owner] * SPREAD, count)
            grown = "UPDATE customers SET incidents_total = incidents_total * :times WHERE id = :id"
            own = int(self.town.things[owner]["customer_id"][-1])
            self._file.execute(grown, {"times": count + 1, "id": own})
        self._file.commit()

    def _multiply(self, table: str, first: int, count: int) -> None:
        told = self._file.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchall()
        names = [name for (name,) in told if name not in {"id", "ping_key"}]
        other = {"public_id": "public_id || n", "status": "'resolved'"}
        values = ", ".join(other.get(name, name) for name in names)
        counted = "SELECT 1 AS n UNION ALL SELECT n + 1 FROM counted WHERE n < :count"
        self._file.execute(
            f"WITH RECURSIVE counted AS ({counted})"
            f" INSERT INTO {table} ({', '.join(names)})"
            f" SELECT {values} FROM {table}, counted WHERE id BETWEEN :first AND :last",
            {"count": count, "first": first, "last": first + SPREAD},
        )

    def close(self) -> None:
        self._file.close()
        self._first.close()


@asynccontextmanager
async def open_town(folder: Path) -> AsyncIterator[Open]:
    async with world(folder) as here:
        await hurry(here)
        opened = Open(town(), here)
        here.clock.step_wall(opened.town.now - here.now)
        try:
            yield opened
        finally:
            opened.close()
