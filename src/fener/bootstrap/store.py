"""The data folder and the store in it: locked, migrated, opened."""

import fcntl
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import UUID

from fener.actions.context import Context, Doorbells
from fener.domain.ids import RANDOM_BITS, uuid7
from fener.domain.place import Place
from fener.domain.time import Instant
from fener.ports import Clock
from fener.settings import Settings
from fener.storage.database import Database
from fener.storage.migrating import is_migration_due, migrate
from fener.storage.sealing import Sealer, load_key

DATABASE_FILE = "fener.db"
LOCK_FILE = "serve.lock"


class AlreadyServing(Exception):
    """Another process serves from this data folder."""


class NoDoorbells:
    """For a process that runs no stages: the server that does polls the store."""

    def check_now(self, monitor_id: int) -> None:
        """Nobody is here to be told."""

    def monitors_changed(self, *places: Place) -> None:
        """Nobody is here to be told."""

    def incidents_changed(self, *places: Place) -> None:
        """Nobody is here to be told."""

    def messages_owed(self, place: Place) -> None:
        """Nobody is here to be told."""


def new_id(at: Instant) -> UUID:
    return uuid7(at, secrets.randbits(RANDOM_BITS))


@asynccontextmanager
async def opened(settings: Settings, clock: Clock, doorbells: Doorbells) -> AsyncIterator[Context]:
    """The store for a process beside the server: migrated where no server is at work on it.

    Raises StoreUnavailable, SchemaTooNew, and AlreadyServing where an older Fener serves.
    """
    if is_migration_due(settings.data / DATABASE_FILE):
        with locked(settings.data):
            prepared_database(settings.data)
    async with connected(settings, clock, doorbells) as context:
        yield context


@asynccontextmanager
async def connected(
    settings: Settings, clock: Clock, doorbells: Doorbells
) -> AsyncIterator[Context]:
    """The migrated store, open, as actions see it. Raises StoreUnavailable."""
    database = Database(settings.data / DATABASE_FILE)
    await database.open()
    try:
        sealer = Sealer(load_key(settings.data, settings.secret_key))
        yield Context(database, sealer, clock, doorbells, new_id)
    finally:
        await database.close()


def prepared_database(data: Path) -> Path:
    """The migrated database file of a data folder, both made on first use."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / DATABASE_FILE
    migrate(path)
    return path


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the data folder for this process alone. Raises AlreadyServing."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / LOCK_FILE).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyServing(f"another Fener serves from {data}") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
