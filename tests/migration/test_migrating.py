"""The migrations make just the schema that the tables declare, and refuse what they do not know."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from fener.storage.database import Database
from fener.storage.migrating import SchemaTooNew, is_migration_due, migrate
from fener.storage.tables import METADATA


def test_migrations_and_tables_agree(tmp_path: Path) -> None:
    path = tmp_path / "fener.db"
    assert migrate(path) is None
    with create_engine(f"sqlite:///{path}").connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []


def test_no_id_is_given_twice(tmp_path: Path) -> None:
    path = tmp_path / "fener.db"
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        insert = "INSERT INTO locations (code, name) VALUES ('x', 'X') RETURNING id"
        (first,) = connection.execute(insert).fetchone()
        connection.execute("DELETE FROM locations")
        (second,) = connection.execute(insert).fetchone()
    assert second > first


def test_a_second_migration_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fener.db"
    migrate(path)
    before = path.read_bytes()
    assert migrate(path) is not None
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*-before-*"))


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fener.db"
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(SchemaTooNew, match="9999"):
        migrate(path)


def test_a_new_place_and_an_older_schema_are_due_and_the_present_one_is_not(
    tmp_path: Path,
) -> None:
    path = tmp_path / "fener.db"
    assert is_migration_due(path)
    migrate(path)
    assert not is_migration_due(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM alembic_version")
        connection.commit()
    assert is_migration_due(path)


async def test_a_closed_database_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "fener.db"
    migrate(path)
    database = Database(path)
    await database.open()
    async with database.write() as session:
        await session.run("INSERT INTO facts (name, value) VALUES ('a', 'b')")
    await database.close()
    assert [file.name for file in tmp_path.iterdir()] == ["fener.db"]
