"""Brings the schema up to date: Alembic's migrations, with a verified backup before each change."""

import sqlite3
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from fener.ports import StoreUnavailable
from fener.storage.backup import copy_database
from fener.storage.tables import METADATA

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaTooNew(Exception):
    """The database was written by a newer Fener; this one would harm it."""


def is_migration_due(path: Path) -> bool:
    """Whether `migrate` would change anything. Raises SchemaTooNew, StoreUnavailable."""
    if not path.exists():
        return True
    script = _script()
    try:
        with _engine(path).connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
    except (sqlite3.Error, DBAPIError) as error:
        raise StoreUnavailable(f"{path} cannot be read: {error}") from error
    _refuse_newer(script, revision)
    return revision != script.get_current_head()


def migrate(path: Path) -> str | None:
    """Upgrade the database at `path`, made where there is none; gives the revision it had before.

    Raises SchemaTooNew for a revision that this program does not know, StoreUnavailable where
    the file cannot be used.
    """
    script = _script()
    try:
        with _engine(path).connect() as connection:
            before = MigrationContext.configure(connection).get_current_revision()
            _refuse_newer(script, before)
            if before == script.get_current_head():
                return before
            if before is not None:
                copy_database(path, path.with_name(f"{path.stem}-before-{before}.db"))
            _upgrade(script, connection)
            return before
    except (sqlite3.Error, DBAPIError) as error:
        raise StoreUnavailable(f"{path} cannot be migrated: {error}") from error


def _engine(path: Path) -> Engine:
    """Without a pool: what is closed is closed, or else nobody could tidy the log away."""
    return create_engine(f"sqlite:///{path}", poolclass=NullPool)


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def _refuse_newer(script: ScriptDirectory, revision: str | None) -> None:
    known = {one.revision for one in script.walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaTooNew(
            f"the database has revision {revision}, which this version of Fener does not know; "
            "start the version that wrote it, or a newer one"
        )


def _upgrade(script: ScriptDirectory, connection: Connection) -> None:
    def upgrades(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)  # noqa: SLF001 - what its env.py calls too

    environment = EnvironmentContext(Config(), script, fn=upgrades)
    with environment:
        environment.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
        with environment.begin_transaction():
            environment.run_migrations()
    connection.commit()
